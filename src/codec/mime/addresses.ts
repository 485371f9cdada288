/**
 * Addresses of mail, strictly: RFC 5322 3.4 without its obsolete routes, and without domain as MM4 writes them (TS 23.140 8.4.5).
 *
 * Nothing is guessed, as a guessed address is somebody else's. Characters above 0x7f may stand in display names only: a local part that is not
 * ASCII needs SMTPUTF8, which no MMSC has (RFC 4356 2.1.1 refuses it too).
 */
import { err, LIMITS, Malformed, ok, type Result } from '#base';
import { isAscii, OverLimit } from '#codec/wsp';
import { asMimeError, doorOf } from './fault.js';
import { quotedText } from './media-type.js';
import type { Address, Group, Mailbox, MimeError, MimeField } from './model.js';
import { decodeWords, encodeWords } from './words.js';

const CLAUSE = 'RFC 5322 3.4';
/** Longest local part and domain. Unit: octets. RFC 5321 4.5.3.1. */
const LOCAL_PART_MAX = 64;
const DOMAIN_MAX = 255;
/** One label of a domain. Underscores occur in names of private networks. */
const LABEL = /^[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?$/;
const LITERAL = /^\[[\x21-\x5a\x5e-\x7e]{1,64}\]$/;

/** Characters of an atom. RFC 5322 3.2.3. */
const ATEXT = new Uint8Array(128);
for (const c of "!#$%&'*+-/=?^_`{|}~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") ATEXT[c.charCodeAt(0)] = 1;
const isAtext = (code: number): boolean => code < 128 && ATEXT[code] === 1;
const isSpaceCode = (code: number): boolean => code === 0x20 || code === 0x09 || code === 0x0d || code === 0x0a;

/** A dotted sequence of atoms: no dot at an end, no two together. */
const isDotAtom = (text: string): boolean =>
  text.split('.').every((atom) => atom !== '' && [...atom].every((c) => isAtext(c.charCodeAt(0))));

const isDomain = (text: string): boolean =>
  text.length <= DOMAIN_MAX && (LITERAL.test(text) || text.split('.').every((label) => LABEL.test(label)));

type Token =
  | { readonly kind: 'mark'; readonly text: string; readonly at: number }
  /** Characters of atoms, dots included. */
  | { readonly kind: 'atoms'; readonly text: string; readonly at: number }
  | { readonly kind: 'quoted'; readonly text: string; readonly at: number }
  | { readonly kind: 'literal'; readonly text: string; readonly at: number }
  | { readonly kind: 'end'; readonly text: ''; readonly at: number };

/** Cuts a value into tokens; blanks and comments are between them. */
class Tokens {
  private readonly value: string;
  private at = 0;
  private ahead: Token;
  /** Whether blanks or a comment stood in front of the token ahead. */
  spaced = false;

  constructor(value: string) {
    this.value = value;
    this.ahead = this.read();
  }

  get peek(): Token {
    return this.ahead;
  }

  take(): Token {
    const token = this.ahead;
    this.ahead = this.read();
    return token;
  }

  private blanks(): boolean {
    const start = this.at;
    let depth = 0;
    for (; this.at < this.value.length; this.at++) {
      const code = this.value.charCodeAt(this.at);
      if (code === 0x28) {
        if (++depth > LIMITS.mimeCommentDepthMax) throw new OverLimit(this.at, 'comments inside comments');
      } else if (depth > 0) {
        if (code === 0x29) depth--;
        else if (code === 0x5c) this.at++;
      } else if (!isSpaceCode(code)) break;
    }
    if (depth > 0) throw new Malformed(start, 'a comment without its end', 'RFC 5322 3.2.2');
    return this.at > start;
  }

  private read(): Token {
    this.spaced = this.blanks();
    const { at, value } = this;
    if (at >= value.length) return { kind: 'end', text: '', at };
    const c = value[at]!;
    if ('<>@,;:'.includes(c)) {
      this.at++;
      return { kind: 'mark', text: c, at };
    }
    if (c === '"') return { kind: 'quoted', text: this.quoted(), at };
    if (c === '[') return { kind: 'literal', text: this.literal(), at };
    while (
      this.at < value.length &&
      (isAtext(value.charCodeAt(this.at)) || value[this.at] === '.' || value.charCodeAt(this.at) > 0x7f)
    )
      this.at++;
    if (this.at === at) throw new Malformed(at, 'a character that cannot begin a word of an address', CLAUSE);
    return { kind: 'atoms', text: value.slice(at, this.at), at };
  }

  private quoted(): string {
    const start = this.at++;
    let text = '';
    for (; this.at < this.value.length; this.at++) {
      const c = this.value[this.at]!;
      if (c === '"') {
        this.at++;
        return text;
      }
      if (c === '\\' && this.at + 1 < this.value.length) this.at++;
      text += this.value[this.at];
    }
    throw new Malformed(start, 'a quoted string without its end', 'RFC 5322 3.2.4');
  }

  private literal(): string {
    const start = this.at;
    const end = this.value.indexOf(']', start);
    if (end < 0) throw new Malformed(start, 'a domain literal without its end', 'RFC 5322 3.4.1');
    this.at = end + 1;
    return this.value.slice(start, this.at);
  }
}

const isMark = (token: Token, text: string): boolean => token.kind === 'mark' && token.text === text;

/** `local@domain`, or a local part alone, of which the first word is `first`. */
function addrSpec(tokens: Tokens, first: Token): Mailbox {
  const localPart = localPartOf(first);
  if (!isMark(tokens.peek, '@')) return { kind: 'mailbox', localPart };
  tokens.take();
  const domain = tokens.take();
  if ((domain.kind !== 'atoms' && domain.kind !== 'literal') || !isDomain(domain.text))
    throw new Malformed(domain.at, 'no domain behind the at sign', 'RFC 5322 3.4.1');
  return { kind: 'mailbox', localPart, domain: domain.text.toLowerCase() };
}

function localPartOf({ kind, text, at }: Token): string {
  if (text.length > LOCAL_PART_MAX)
    throw new Malformed(at, `local part of more than ${LOCAL_PART_MAX} characters`, 'RFC 5321 4.5.3.1.1');
  if (kind === 'atoms' && isDotAtom(text)) return text;
  if (kind === 'quoted' && text !== '' && isPrintable(text)) return text;
  throw new Malformed(at, 'no local part', 'RFC 5322 3.4.1');
}

/** Printable ASCII with blanks. */
function isPrintable(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) < 0x20 || text.charCodeAt(i) > 0x7e) return false;
  return true;
}

/** The words of a display name, up to `<` or `:`. */
function phrase(tokens: Tokens, first: Token): string {
  let text = first.text;
  while (tokens.peek.kind === 'atoms' || tokens.peek.kind === 'quoted') {
    const gap = tokens.spaced ? ' ' : '';
    text += gap + tokens.take().text;
  }
  return decodeWords(text);
}

function angled(tokens: Tokens): Mailbox {
  tokens.take();
  const mailbox = addrSpec(tokens, tokens.take());
  const close = tokens.take();
  if (!isMark(close, '>')) throw new Malformed(close.at, 'no closing angle bracket behind an address', CLAUSE);
  return mailbox;
}

/** Whether the word ahead belongs to a display name: something other than an address's end follows the first word. */
const goesOnAsPhrase = ({ kind, text }: Token): boolean =>
  kind === 'atoms' || kind === 'quoted' || (kind === 'mark' && (text === '<' || text === ':'));

function group(tokens: Tokens, name: string): Group {
  tokens.take();
  const mailboxes: Mailbox[] = [];
  for (;;) {
    if (isMark(tokens.peek, ';')) break;
    if (isMark(tokens.peek, ',')) tokens.take();
    else {
      const one = address(tokens);
      if (one.kind === 'group') throw new Malformed(tokens.peek.at, 'a group inside a group', CLAUSE);
      mailboxes.push(one);
    }
    if (mailboxes.length > LIMITS.mimeAddressesMax)
      throw new OverLimit(tokens.peek.at, `more than ${LIMITS.mimeAddressesMax} addresses`);
  }
  tokens.take();
  return { kind: 'group', name, mailboxes };
}

function address(tokens: Tokens): Address {
  if (isMark(tokens.peek, '<')) return angled(tokens);
  const first = tokens.take();
  if (first.kind !== 'atoms' && first.kind !== 'quoted') throw new Malformed(first.at, 'an address is expected', CLAUSE);
  if (!goesOnAsPhrase(tokens.peek)) return addrSpec(tokens, first);
  const name = phrase(tokens, first);
  if (isMark(tokens.peek, ':')) return group(tokens, name);
  if (!isMark(tokens.peek, '<')) throw new Malformed(tokens.peek.at, 'an address in angle brackets is expected', CLAUSE);
  const mailbox = angled(tokens);
  return name === '' ? mailbox : { ...mailbox, displayName: name };
}

const atEnd = (tokens: Tokens): boolean => tokens.peek.kind === 'end';

/** Reads a list. Empty elements are passed over: RFC 5322 4.4 has readers accept them. */
function list(value: string): Address[] {
  const tokens = new Tokens(value);
  const addresses: Address[] = [];
  let count = 0;
  while (!atEnd(tokens)) {
    if (isMark(tokens.peek, ',')) {
      tokens.take();
      continue;
    }
    const one = address(tokens);
    addresses.push(one);
    count += one.kind === 'group' ? one.mailboxes.length + 1 : 1;
    if (count > LIMITS.mimeAddressesMax) throw new OverLimit(tokens.peek.at, `more than ${LIMITS.mimeAddressesMax} addresses`);
    if (!atEnd(tokens) && !isMark(tokens.peek, ','))
      throw new Malformed(tokens.peek.at, 'a comma is expected between addresses', CLAUSE);
  }
  return addresses;
}

/**
 * An address list: mailboxes and groups, with comments and folded blanks between them; empty elements are passed over. Err on anything else:
 * nothing is guessed. A domain may be missing (`+15551230001/TYPE=PLMN`): whether that will do is for the caller to say.
 */
export const parseAddresses = (value: string): Result<readonly Address[], MimeError> => doorOf(() => list(value));

/** One mailbox and nothing else: of an envelope (`+15551230001/TYPE=PLMN@mms.example`, no angle brackets needed), a Sender, a From. */
export const parseMailbox = (value: string): Result<Mailbox, MimeError> =>
  doorOf(() => {
    const [one, second] = list(value);
    if (one?.kind !== 'mailbox' || second !== undefined) throw new Malformed(0, 'one mailbox is expected', CLAUSE);
    return one;
  });

const unsafe = (detail: string, clause: string): Result<never, MimeError> => err(asMimeError(new Malformed(0, detail, clause)));

/**
 * `"Display" <local@domain>` or `local@domain`, quoted and encoded as need be. Err where no writing is safe: controls or characters that are
 * not ASCII in the local part, a domain that is none.
 */
export function mailboxText(mailbox: Mailbox): Result<string, MimeError> {
  const { localPart, domain, displayName } = mailbox;
  if (localPart === '' || localPart.length > LOCAL_PART_MAX || !isPrintable(localPart))
    return unsafe('a local part that cannot be written', 'RFC 5322 3.4.1');
  if (domain !== undefined && !isDomain(domain)) return unsafe('a domain that cannot be written', 'RFC 5322 3.4.1');
  const local = isDotAtom(localPart) ? localPart : quotedText(localPart);
  const spec = domain === undefined ? local : `${local}@${domain}`;
  return ok(displayName === undefined || displayName.trim() === '' ? spec : `${phraseText(displayName)} <${spec}>`);
}

/** A display name: quoted, or encoded where it is not ASCII. Inside quotes an encoded word would not be decoded. RFC 2047 5. */
function phraseText(name: string): string {
  const words = encodeWords(name);
  return words === name && isAscii(name) ? quotedText(name) : words;
}

/** A mailbox or a group. Err as `mailboxText`. */
export function addressText(address: Address): Result<string, MimeError> {
  if (address.kind === 'mailbox') return mailboxText(address);
  const texts: string[] = [];
  for (const mailbox of address.mailboxes) {
    const text = mailboxText(mailbox);
    if (!text.ok) return text;
    texts.push(text.value);
  }
  const name = isDotAtom(address.name) ? address.name : phraseText(address.name);
  return ok(`${name}:${texts.length === 0 ? '' : ' '}${texts.join(', ')};`);
}

/** A field of addresses, `To` for instance. Err as `mailboxText`. An empty list is `undisclosed-recipients:;`. */
export function addressField(name: string, addresses: readonly Address[]): Result<MimeField, MimeError> {
  const texts: string[] = [];
  for (const one of addresses) {
    const text = addressText(one);
    if (!text.ok) return text;
    texts.push(text.value);
  }
  return ok({ name, value: texts.length === 0 ? 'undisclosed-recipients:;' : texts.join(', ') });
}
