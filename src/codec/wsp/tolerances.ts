/**
 * Where the readers of this room accept what WSP does not allow: one row for each tolerance, by name. A reader that makes use of one says
 * so to its witness (`tolerate`), with the octet; nobody else pays for it. What is not in this table is refused.
 */
import type { ByteReader } from '#base';

/** One departure from the grammar that is accepted. */
export interface Tolerance {
  /** What is accepted, and how it is read. */
  readonly accepts: string;
  /** The clause that does not allow it. */
  readonly clause: string;
  /** Who sends such octets. */
  readonly seen: string;
}

/** Said of rows for which there is no capture: reading on harms nobody, and a refusal would lose a message. */
const UNSEEN = 'no capture known';

/** The tolerances of the WSP encodings, by the name under which they are reported. */
export const WSP_TOLERANCES = {
  'padded-integer': {
    accepts: 'A Long-integer with leading zeros, where the fewest octets must be used; the zeros are dropped.',
    clause: 'WAP-230 8.4.2.1',
    seen: 'X-Mms-Message-Size of a Chinese operator (2026), `04 00 00 05 01`',
  },
  'short-for-long-integer': {
    accepts: 'A Short-integer (or a bare octet) where only a Long-integer may stand: dates and sizes.',
    clause: 'MMS_ENC 7.3',
    seen: UNSEEN,
  },
  'bare-integer': {
    accepts: 'An octet 0x20..0x7f where an Integer-value belongs; it stands for itself, as nothing else can be meant.',
    clause: 'WAP-230 8.4.2.3',
    seen: UNSEEN,
  },
  'bare-length': {
    accepts: 'A length 32..127 as one octet, without Length-quote.',
    clause: 'WAP-230 8.4.2.2',
    seen: 'a Korean server (tests of nuntium), length 32 as `20`',
  },
  'value-remainder': {
    accepts: 'Octets inside the length of a value, behind all that its grammar has: passed over.',
    clause: 'WAP-230 8.4.2.2',
    seen: "From with the text's zero outside its length (a laboratory in France, 2010); From two octets too long (danascape)",
  },
  'unterminated-text': {
    accepts: 'A text without its closing zero, where the PDU or the length around it ends.',
    clause: 'WAP-230 8.4.2.1',
    seen: 'X-Mms-Content-Location of MTS (2025); a notification cut after its first short message (Celcom)',
  },
  'missing-quote': {
    accepts: 'A text that begins with an octet above 0x7f without the quote 0x7f in front.',
    clause: 'WAP-230 8.4.2.1',
    seen: 'Subject of mmsd-tng, `96 D0 ..`',
  },
  'needless-quote': {
    accepts: 'The quote 0x7f in front of a text that begins below 0x80; it is dropped.',
    clause: 'WAP-230 8.4.2.1',
    seen: UNSEEN,
  },
  'control-character': {
    accepts:
      'Control characters inside a text (other than tab, carriage return and line feed); they are kept, and shown escaped.',
    clause: 'WAP-230 8.4.2.1, RFC 2616 2.2',
    seen: UNSEEN,
  },
  'closing-quote': {
    accepts: 'A closing 0x22 on a Quoted-string, which has only an opening one; it is dropped.',
    clause: 'WAP-230 8.4.2.1',
    seen: 'Content-ID of a server (tests of Jolla)',
  },
  'unquoted-string': {
    accepts: 'A Text-string where a Quoted-string belongs.',
    clause: 'WAP-230 8.4.2.1',
    seen: UNSEEN,
  },
  'textual-parameter': {
    accepts: 'A numbered parameter whose value is a text where the grammar has a number, for instance a charset by its name.',
    clause: 'WAP-230 8.4.2.4',
    seen: UNSEEN,
  },
  'parameter-without-value': {
    accepts: 'A parameter by name behind which the value ends; it is empty.',
    clause: 'WAP-230 8.4.2.4',
    seen: UNSEEN,
  },
  'repeated-parameter': {
    accepts: 'A second parameter of the same name: the first counts.',
    clause: 'RFC 2045 5.1',
    seen: UNSEEN,
  },
  'broken-parameters': {
    accepts: 'A parameter that breaks its grammar ends the parameters, as the length around them says where the value ends.',
    clause: 'WAP-230 8.4.2.4',
    seen: UNSEEN,
  },
  'unassigned-number': {
    accepts: 'A number that is assigned to nothing, for a media type, parameter, part header or disposition: kept as its number.',
    clause: 'WAP-230 8.4.2 and Appendix A',
    seen: UNSEEN,
  },
  'bare-disposition': {
    accepts: 'A Content-Disposition without the length in front.',
    clause: 'WAP-230 8.4.2.53',
    seen: UNSEEN,
  },
  'broken-part-headers': {
    accepts: 'A header of a part that breaks its grammar ends the headers of the part, not the message.',
    clause: 'WAP-230 8.4.2',
    seen: 'servers with a wrong length of Content-Disposition, for which Android has a switch',
  },
  'header-without-value': {
    accepts: 'The name of a part header behind which the headers end; its value is empty.',
    clause: 'WAP-230 8.4.2',
    seen: UNSEEN,
  },
  'octets-behind-parts': {
    accepts: 'Octets behind the last entry of a multipart: passed over.',
    clause: 'WAP-230 8.5',
    seen: 'messages of several servers',
  },
} as const satisfies Readonly<Record<string, Tolerance>>;

/** Name of a row of WSP_TOLERANCES. */
export type WspToleranceName = keyof typeof WSP_TOLERANCES;

/** Tells the witness, if there is one, that the reader made use of a tolerance at `offset`. */
export function tolerate(r: ByteReader, name: WspToleranceName, offset: number, detail: string): void {
  r.witness?.tolerated(name, offset, detail);
}

/** The end of a value that has a length of its own: whatever is left inside is passed over. */
export function endOfValue(r: ByteReader): void {
  if (r.offset < r.end) {
    r.witness?.tolerated('value-remainder', r.offset, `${r.end - r.offset} octets are left inside the value's length`);
    r.offset = r.end;
  }
}
