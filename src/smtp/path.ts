/**
 * Mailboxes as they stand in MAIL FROM and RCPT TO. RFC 5321 4.1.2, RFC 6531 3.3. Commands are text of one octet a character (`latin1`); with
 * SMTPUTF8 the octets of a path are read as UTF-8.
 */
import { err, LIMITS, ok, type Result } from '#base';

/** One mailbox. */
export interface SmtpPath {
  /** As it was written, without angle brackets and source route. Safe to be written into a command again. */
  readonly text: string;
  /** Its meaning: quotes and backslashes of a quoted local part are taken away. */
  readonly localPart: string;
  /** Lower case; an address literal keeps its brackets. Empty where none was given: peers write `<PostMaster>`. */
  readonly domain: string;
}

const ATOM = /^[\w!#$%&'*+\-/=?^`{|}~]+(?:\.[\w!#$%&'*+\-/=?^`{|}~]+)*$/;
const ATOM_UTF8 = /^(?:[\w!#$%&'*+\-/=?^`{|}~]|[^\u0000-\u009f])+(?:\.(?:[\w!#$%&'*+\-/=?^`{|}~]|[^\u0000-\u009f])+)*$/u;
/** RFC 5321 4.1.2, quoted-string: printable ASCII, quote and backslash only behind a backslash. */
const QUOTED = /^"(?:[ !#-[\]-~]|\\[ -~])*"$/;
/** Underscores occur in names of real hosts. A label has 63 octets at most. */
const DOMAIN = /^(?:[a-z\d_](?:[a-z\d_-]{0,61}[a-z\d_])?\.)*[a-z\d_](?:[a-z\d_-]{0,61}[a-z\d_])?$/i;
const DOMAIN_UTF8 = /^(?:[a-z\d_-]|[^\u0000-\u009f])+(?:\.(?:[a-z\d_-]|[^\u0000-\u009f])+)*$/iu;
const LITERAL = /^\[(?:[A-Za-z\d-]*[A-Za-z\d]:)?[\x21-\x5a\x5e-\x7e]+\]$/;

/** Where the local part ends: at the `@` that no quotes hold. -1: there is none. */
function atSign(text: string): number {
  if (!text.startsWith('"')) return text.indexOf('@');
  for (let i = 1; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '"') return text[i + 1] === '@' ? i + 1 : -1;
  }
  return -1;
}

/**
 * Reads one mailbox, without angle brackets. `allowsUtf8`: letters beyond ASCII may stand in it. The error is a word for people.
 */
export function readMailbox(text: string, allowsUtf8 = false): Result<SmtpPath, string> {
  if (text.length > LIMITS.smtpPathOctetsMax) return err('mailbox too long');
  const at = atSign(text);
  const local = at < 0 ? text : text.slice(0, at);
  const domain = at < 0 ? '' : text.slice(at + 1);
  const isQuoted = local.startsWith('"');
  if (isQuoted ? !QUOTED.test(local) : !(ATOM.test(local) || (allowsUtf8 && ATOM_UTF8.test(local)))) return err('bad local part');
  if (at >= 0) {
    if (domain.length > LIMITS.smtpDomainOctetsMax) return err('domain too long');
    if (!DOMAIN.test(domain) && !LITERAL.test(domain) && !(allowsUtf8 && DOMAIN_UTF8.test(domain))) return err('bad domain');
  }
  return ok({
    text,
    localPart: isQuoted ? local.slice(1, -1).replace(/\\(.)/g, '$1') : local,
    domain: domain.toLowerCase(),
  });
}

/** What stands behind `FROM:` or `TO:`, cut into its path and the parameters behind it. */
export interface PathAndRest {
  /** Undefined: the null path. */
  readonly path: SmtpPath | undefined;
  readonly rest: string;
}

/** Where the closing bracket is that no quotes hold; -1: nowhere. */
function closing(text: string): number {
  let isQuoted = false;
  for (let i = 1; i < text.length; i++) {
    const c = text[i];
    if (isQuoted && c === '\\') i++;
    else if (c === '"') isQuoted = !isQuoted;
    else if (c === '>' && !isQuoted) return i;
  }
  return -1;
}

/**
 * Reads a path and leaves the parameters. A blank before it and missing brackets are tolerated, as other servers do (Postfix without
 * `strict_rfc821_envelopes`). A source route is read and dropped. RFC 5321 appendix C.
 */
export function readPath(argument: string, allowsUtf8: boolean): Result<PathAndRest, string> {
  const text = argument.replace(/^ +/, '');
  if (!text.startsWith('<')) {
    const end = text.indexOf(' ');
    const mailbox = readMailbox(inCharset(end < 0 ? text : text.slice(0, end), allowsUtf8), allowsUtf8);
    return mailbox.ok ? ok({ path: mailbox.value, rest: end < 0 ? '' : text.slice(end) }) : mailbox;
  }
  const end = closing(text);
  if (end < 0) return err('no closing bracket');
  const rest = text.slice(end + 1);
  if (rest !== '' && !rest.startsWith(' ')) return err('parameters stand right behind the bracket');
  const inside = inCharset(text.slice(1, end), allowsUtf8);
  if (inside === '') return ok({ path: undefined, rest });
  const mailbox = readMailbox(inside.startsWith('@') ? inside.slice(inside.indexOf(':') + 1) : inside, allowsUtf8);
  return mailbox.ok ? ok({ path: mailbox.value, rest }) : mailbox;
}

const inCharset = (latin1: string, isUtf8: boolean): string => (isUtf8 ? Buffer.from(latin1, 'latin1').toString('utf8') : latin1);
