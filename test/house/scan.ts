/**
 * Reads a TypeScript file as tokens, enough of the language to find every import and every use of a global without being fooled by
 * comments, strings, templates and regular expressions. It is no parser: TypeScript 7 offers none to programs yet.
 */

export type Token = {
  readonly kind: 'word' | 'string' | 'template' | 'number' | 'regex' | 'mark';
  readonly text: string;
  readonly line: number;
};

/** `specifier`: what is imported; null when it is computed and cannot be read. */
export type Import = {
  readonly specifier: string | null;
  readonly form: 'import' | 'side-effect' | 'export-from' | 'export-star' | 'dynamic' | 'worker-url';
  readonly typeOnly: boolean;
  readonly line: number;
};

const WORD = /[\p{ID_Start}$_#][\p{ID_Continue}$\u200c\u200d]*/uy;
const NUMBER = /(?:0[xXoObB][\da-fA-F_]+|\d[\d_]*(?:\.[\d_]*)?(?:[eE][+-]?\d+)?|\.\d[\d_]*)n?/y;
/** Words after which a slash begins a regular expression, not a division. */
const BEFORE_REGEX = new Set([
  'return',
  'typeof',
  'case',
  'in',
  'of',
  'delete',
  'void',
  'throw',
  'new',
  'do',
  'else',
  'yield',
  'await',
  'instanceof',
]);

/** The tokens of a file, comments left out. `string` tokens carry the text between the quotes as written, `template` tokens their fixed text. */
export function tokenise(source: string): Token[] {
  const tokens: Token[] = [];
  /** Open braces; true where the brace was opened by `${` of a template, which goes on when it closes. */
  const braces: boolean[] = [];
  let at = 0;
  let line = 1;

  const push = (kind: Token['kind'], text: string, end: number) => {
    tokens.push({ kind, text, line });
    line += source.slice(at, end).split('\n').length - 1;
    at = end;
  };
  /** Reads template text from `from` up to the closing backtick or the next `${`. */
  const template = (from: number) => {
    let end = from;
    while (end < source.length && source[end] !== '`' && !source.startsWith('${', end)) end += source[end] === '\\' ? 2 : 1;
    const opens = source.startsWith('${', end);
    push('template', source.slice(from, end), end + (opens ? 2 : 1));
    if (opens) braces.push(true);
  };

  while (at < source.length) {
    const char = source[at]!;
    if (char === '\n') {
      line++;
      at++;
    } else if (/\s/.test(char)) {
      at++;
    } else if (source.startsWith('//', at) || (at === 0 && source.startsWith('#!'))) {
      const end = source.indexOf('\n', at);
      at = end < 0 ? source.length : end;
    } else if (source.startsWith('/*', at)) {
      const end = source.indexOf('*/', at + 2);
      const stop = end < 0 ? source.length : end + 2;
      line += source.slice(at, stop).split('\n').length - 1;
      at = stop;
    } else if (char === "'" || char === '"') {
      let end = at + 1;
      while (end < source.length && source[end] !== char && source[end] !== '\n') end += source[end] === '\\' ? 2 : 1;
      push('string', source.slice(at + 1, end), end + 1);
    } else if (char === '`') {
      template(at + 1);
    } else if (char === '/' && beginsRegex(tokens.at(-1))) {
      push('regex', source.slice(at, regexEnd(source, at)), regexEnd(source, at));
    } else if (char === '{') {
      braces.push(false);
      push('mark', char, at + 1);
    } else if (char === '}') {
      if (braces.pop() === true) template(at + 1);
      else push('mark', char, at + 1);
    } else {
      WORD.lastIndex = at;
      NUMBER.lastIndex = at;
      const word = WORD.exec(source)?.[0];
      const number = word === undefined ? NUMBER.exec(source)?.[0] : undefined;
      const mark = source.startsWith('?.', at) ? '?.' : source.startsWith('...', at) ? '...' : char;
      if (word !== undefined) push('word', word, at + word.length);
      else if (number !== undefined) push('number', number, at + number.length);
      else push('mark', mark, at + mark.length);
    }
  }
  return tokens;
}

function beginsRegex(before: Token | undefined): boolean {
  if (before === undefined) return true;
  if (before.kind === 'word') return BEFORE_REGEX.has(before.text);
  return before.kind === 'mark' && !/^[)\]}]$/.test(before.text);
}

function regexEnd(source: string, from: number): number {
  let inClass = false;
  for (let at = from + 1; at < source.length && source[at] !== '\n'; at++) {
    if (source[at] === '\\') at++;
    else if (source[at] === '[') inClass = true;
    else if (source[at] === ']') inClass = false;
    else if (source[at] === '/' && !inClass) return at + 1 + (/^[a-z]*/.exec(source.slice(at + 1))?.[0].length ?? 0);
  }
  return from + 1;
}

/** Every import, type import, re-export, dynamic import and worker URL (`new URL('./x.js', import.meta.url)`). */
export function importsOf(tokens: readonly Token[]): Import[] {
  const found: Import[] = [];
  const text = (i: number) => tokens[i]?.text;
  const isMark = (i: number, mark: string) => tokens[i]?.kind === 'mark' && text(i) === mark;
  const isWord = (i: number, word: string) => tokens[i]?.kind === 'word' && text(i) === word;

  for (let i = 0; i < tokens.length; i++) {
    const line = tokens[i]!.line;
    if (isMark(i - 1, '.') || isMark(i - 1, '?.')) continue;
    if (isWord(i, 'import') && isMark(i + 1, '(')) {
      const literal =
        (tokens[i + 2]?.kind === 'string' || tokens[i + 2]?.kind === 'template') && (isMark(i + 3, ')') || isMark(i + 3, ','));
      found.push({ specifier: literal ? text(i + 2)! : null, form: 'dynamic', typeOnly: false, line });
    } else if (isWord(i, 'import') && tokens[i + 1]?.kind === 'string') {
      found.push({ specifier: text(i + 1)!, form: 'side-effect', typeOnly: false, line });
    } else if (isWord(i, 'require') && isMark(i + 1, '(')) {
      found.push({ specifier: tokens[i + 2]?.kind === 'string' ? text(i + 2)! : null, form: 'dynamic', typeOnly: false, line });
    } else if (
      isWord(i, 'new') &&
      isWord(i + 1, 'URL') &&
      tokens[i + 3]?.kind === 'string' &&
      isWord(i + 5, 'import') &&
      isWord(i + 7, 'meta')
    ) {
      if (/^\.{1,2}\/.*\.js$/.test(text(i + 3)!))
        found.push({ specifier: text(i + 3)!, form: 'worker-url', typeOnly: false, line });
    } else if ((isWord(i, 'import') && !isMark(i + 1, '.') && !isMark(i + 1, ':')) || (isWord(i, 'export') && opensReExport(i))) {
      // The clause holds only words, commas, stars and braces up to `from`.
      let end = i + 1;
      while (end < tokens.length && !(isWord(end, 'from') && tokens[end + 1]?.kind === 'string') && isClause(end)) end++;
      if (!isWord(end, 'from')) continue;
      const typeOnly = isWord(i + 1, 'type') && !isWord(i + 2, 'from');
      const star = isWord(i, 'export') && isMark(i + (typeOnly ? 2 : 1), '*');
      const form = isWord(i, 'import') ? 'import' : star ? 'export-star' : 'export-from';
      found.push({ specifier: text(end + 1)!, form, typeOnly, line });
    }
  }
  return found;

  function opensReExport(i: number): boolean {
    const next = isWord(i + 1, 'type') ? i + 2 : i + 1;
    return isMark(next, '{') || isMark(next, '*');
  }
  function isClause(i: number): boolean {
    const token = tokens[i]!;
    return token.kind === 'word' || token.kind === 'string' || (token.kind === 'mark' && /^[{},*]$/.test(token.text));
  }
}

/** Names that a file exports by declaration or by list. `export *` gives none: faces list what they export. */
export function exportsOf(tokens: readonly Token[]): string[] {
  const names: string[] = [];
  const DECLARES = new Set(['const', 'let', 'function', 'class', 'interface', 'type', 'abstract', 'async', 'declare']);
  for (let i = 0; i < tokens.length; i++) {
    if (tokens[i]!.kind !== 'word' || tokens[i]!.text !== 'export' || tokens[i - 1]?.text === '.') continue;
    let at = i + 1;
    if (tokens[at]?.text === 'type' && tokens[at + 1]?.text === '{') at++;
    if (tokens[at]?.text === '{') {
      for (at++; at < tokens.length && tokens[at]!.text !== '}'; at++) {
        const next = tokens[at + 1]?.text;
        if (tokens[at]!.kind === 'word' && (next === ',' || next === '}')) names.push(tokens[at]!.text);
      }
    } else {
      while (DECLARES.has(tokens[at]?.text ?? '') || tokens[at]?.text === '*') at++;
      if (at > i + 1 && tokens[at]?.kind === 'word') names.push(tokens[at]!.text);
    }
  }
  return names;
}
