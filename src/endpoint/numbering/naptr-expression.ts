/**
 * The substitution expression of a NAPTR record, applied to a number. RFC 3402 3.2, RFC 6116 3.
 *
 * The expression comes from whoever runs the zone, and a POSIX expression can be written that takes this program's engine minutes over sixteen
 * characters. So only expressions are run whose work is bounded by their form: repetitions of single characters, a few of them, and none of
 * groups. What ENUM zones hold is of that form.
 */

/** Repetitions in one expression. Each can take the number's length of steps: 16^4 at most. Source: `^(\+?)(.*)$` has two. */
const REPETITIONS_MAX = 4;
/** Octets of an expression: a character string of DNS. RFC 1035 3.3. */
const EXPRESSION_MAX = 255;

/** Tokens of the POSIX expressions that are run; anything else is refused. `atom` may be repeated, `group` may not. */
const TOKEN =
  /(?<group>[()|^$])|(?<atom>\[\^?\]?(?:\[:[a-z]+:\]|[^\]\\])+\]|\\[^1-9A-Za-z]|\\d|[^\\()|^$[\]*+?{}])|(?<repeat>[*+?]|\{\d{1,2}(?:,\d{0,2})?\})/y;

const CLASSES: Readonly<Record<string, string>> = { '[:digit:]': '0-9', '[:alnum:]': '0-9A-Za-z', '[:alpha:]': 'A-Za-z' };

/** The POSIX expression as one of ours; undefined when it is not run. */
function toRegExp(pattern: string, flags: string): RegExp | undefined {
  let source = '';
  let repetitions = 0;
  let mayRepeat = false;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < pattern.length) {
    const token = TOKEN.exec(pattern);
    if (!token) return undefined;
    const { atom, repeat } = token.groups!;
    if (repeat !== undefined && (!mayRepeat || ++repetitions > REPETITIONS_MAX)) return undefined;
    mayRepeat = atom !== undefined;
    source += atom?.startsWith('[') ? bracket(atom) : token[0];
  }
  try {
    return new RegExp(source, flags);
  } catch (e) {
    if (e instanceof SyntaxError) return undefined;
    throw e;
  }
}

const bracket = (text: string): string =>
  text.replace(/\[:[a-z]+:\]/g, (name) => CLASSES[name] ?? name).replace(/^(\[\^?)\]/, '$1\\]');

/** `!expression!replacement!flags` taken apart, with any delimiter; a delimiter inside is escaped by `\`. */
function split(text: string): { pattern: string; replacement: string; flags: string } | undefined {
  const delimiter = text[0];
  if (delimiter === undefined || text.length > EXPRESSION_MAX || /[\\0-9i]/.test(delimiter)) return undefined;
  const parts: string[] = [];
  let part = '';
  for (let i = 1; i < text.length; i++) {
    if (text[i] === '\\' && i + 1 < text.length) {
      const next = text[++i]!;
      part += next === delimiter ? next : `\\${next}`;
    } else if (text[i] === delimiter) {
      parts.push(part);
      part = '';
    } else part += text[i];
  }
  const [pattern, replacement] = parts;
  const flags = part;
  if (parts.length !== 2 || (flags !== '' && flags !== 'i')) return undefined;
  return { pattern: pattern!, replacement: replacement!, flags };
}

/** What the expression makes of `text` (`+` and digits). Undefined: it does not match, is malformed, or is none that is run. */
export function substitute(expression: string, text: string): string | undefined {
  const parts = split(expression);
  if (!parts) return undefined;
  const found = toRegExp(parts.pattern, parts.flags)?.exec(text);
  if (!found) return undefined;
  return parts.replacement.replace(/\\(.)/g, (_, letter: string) =>
    /[1-9]/.test(letter) ? (found[Number(letter)] ?? '') : letter,
  );
}
