/** Which transfer encoding keeps every octet of a part on the way it has to go. RFC 2045 6, RFC 5321 4.5.2 and 4.5.3.1.6. */
import { LINE_OCTETS_MAX } from './fields.js';
import type { LeafSource, TransferEncoding, Transport } from './model.js';

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const BLANK = 0x20;
/** `From ` at the beginning of a line is changed by systems that keep mail in mailbox files. RFC 4155 names the practice. */
const FROM = [0x46, 0x72, 0x6f, 0x6d, BLANK];
/** Of a text with more other octets than this, base64 is shorter than quoted-printable. */
const ESCAPED_SHARE_MAX = 1 / 6;

/** What a walk over the octets of a text finds. */
interface Texture {
  /** Octets above 0x7e, and controls other than tab and line breaks. */
  readonly special: number;
  readonly eightBit: boolean;
  /** CR LF at the end of each line, lines short enough, no zero, nothing at the ends of lines that relays change. */
  readonly linesKept: boolean;
  /** Whether the last line has its line break. */
  readonly closed: boolean;
}

const startsFrom = (data: Uint8Array, at: number): boolean => FROM.every((octet, k) => data[at + k] === octet);

/** Walks over the octets of a text, once. */
function textureOf(data: Uint8Array): Texture {
  let special = 0;
  let eightBit = false;
  let linesKept = true;
  let lineStart = 0;
  for (let i = 0; i < data.length; i++) {
    const octet = data[i]!;
    if (i === lineStart && octet === FROM[0] && startsFrom(data, i)) linesKept = false;
    if (octet === LF) {
      const before = i > lineStart ? data[i - 1] : undefined;
      const last = i - 1 > lineStart ? data[i - 2] : undefined;
      if (before !== CR || last === BLANK || last === TAB || i - lineStart > LINE_OCTETS_MAX) linesKept = false;
      lineStart = i + 1;
    } else if (octet === CR) {
      if (data[i + 1] !== LF) linesKept = false;
    } else if (octet > 0x7e || (octet < BLANK && octet !== TAB)) {
      special++;
      if (octet > 0x7f) eightBit = true;
      else linesKept = false;
    }
  }
  const end = data[data.length - 1];
  if (data.length - lineStart > LINE_OCTETS_MAX || (data.length > lineStart && (end === BLANK || end === TAB))) linesKept = false;
  return { special, eightBit, linesKept, closed: lineStart === data.length };
}

/** Types whose data are lines of text, to be shown as such to whoever looks at the message. */
const isText = (media: string): boolean =>
  media.startsWith('text/') ||
  media.startsWith('message/') ||
  media === 'application/smil' ||
  media.endsWith('+xml') ||
  media.endsWith('/xml');

/**
 * The encoding that is asked for where it keeps every octet, else the plainest that does. `alone`: the end of the part is the end of the
 * message, to which mail adds a line break where there is none.
 */
export function chooseEncoding(source: LeafSource, transport: Transport, alone: boolean): TransferEncoding {
  const { data, encoding, type } = source;
  if (encoding === 'base64' || encoding === 'quoted-printable') return encoding;
  if (transport === 'binary') return 'binary';
  if (!isText(type.media)) return 'base64';
  const { special, eightBit, linesKept, closed } = textureOf(data);
  if (linesKept && (closed || !alone)) {
    if (!eightBit) return '7bit';
    if (transport === '8bit') return '8bit';
  }
  return special > data.length * ESCAPED_SHARE_MAX ? 'base64' : 'quoted-printable';
}
