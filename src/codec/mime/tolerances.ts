/**
 * Where the readers of this room accept what the standards of Internet mail do not allow, or what differs from how real systems ought to
 * write MM4: one row for each tolerance, by name. A reader that makes use of one says so to its witness; nobody else pays for it.
 */
import type { Witness } from '#base';

/** One departure from the grammar that is accepted. */
export interface MimeTolerance {
  /** What is accepted, and how it is read. */
  readonly accepts: string;
  /** The clause that does not allow it. */
  readonly clause: string;
  /** Who sends such octets. */
  readonly seen: string;
}

/** Said of rows for which there is no capture: reading on harms nobody, and a refusal would lose a message. */
const UNSEEN = 'no capture known';

/** The tolerances of MIME and of the Internet message format, by the name under which they are reported. */
export const MIME_TOLERANCES = {
  'bare-line-feed': {
    accepts: 'Lines that end in LF alone.',
    clause: 'RFC 5322 2.1',
    seen: 'messages kept in files and logs',
  },
  'bare-carriage-return': {
    accepts: 'CR without LF, or a zero octet, inside a header field: read as a blank. It is never the end of a line.',
    clause: 'RFC 5322 2.2',
    seen: UNSEEN,
  },
  'mbox-from-line': {
    accepts: 'The line `From ` that mailbox files put in front of a message: passed over.',
    clause: 'RFC 5322 3.6',
    seen: 'mail handed to Mbuni by a local delivery agent',
  },
  'unreadable-field': {
    accepts: 'A line of the header section that is neither a field nor the continuation of one: passed over.',
    clause: 'RFC 5322 2.2',
    seen: UNSEEN,
  },
  'blank-before-colon': {
    accepts: 'Blanks between the name of a field and its colon.',
    clause: 'RFC 5322 4.5',
    seen: UNSEEN,
  },
  'unterminated-header': {
    accepts: 'A header section without the empty line behind it: the input ends, or a boundary follows.',
    clause: 'RFC 5322 2.1',
    seen: 'MM4_forward.RES of a Korean system',
  },
  'eight-bit-header': {
    accepts: 'Octets above 0x7f in a header field: read as UTF-8, or as ISO 8859-1 where they are none.',
    clause: 'RFC 5322 2.2',
    seen: 'mail of many origins',
  },
  'long-line': {
    accepts: 'A header line of more than 998 octets.',
    clause: 'RFC 5322 2.1.1',
    seen: UNSEEN,
  },
  'broken-media-type': {
    accepts: 'A Content-Type that is no media type: `text` alone is text/plain, anything else application/octet-stream.',
    clause: 'RFC 2045 5.1',
    seen: UNSEEN,
  },
  'unquoted-parameter': {
    accepts: 'A parameter value with blanks or specials and without quotes: read up to the next semicolon.',
    clause: 'RFC 2045 5.1',
    seen: '`Start=<smil>`, `name=a picture.jpg` of several MMSCs; `boundary=` with an equals sign',
  },
  'unterminated-quote': {
    accepts: 'A quoted parameter value without its closing quote: read up to the end.',
    clause: 'RFC 5322 3.2.4',
    seen: UNSEEN,
  },
  'broken-parameter': {
    accepts: 'A parameter without name or without equals sign: passed over.',
    clause: 'RFC 2045 5.1',
    seen: UNSEEN,
  },
  'repeated-parameter': {
    accepts: 'A second parameter of the same name: the first counts.',
    clause: 'RFC 2045 5.1',
    seen: UNSEEN,
  },
  'encoded-word-in-parameter': {
    accepts: 'An encoded word inside a parameter value: decoded.',
    clause: 'RFC 2047 5',
    seen: 'file names of Outlook and of Gmail',
  },
  'bare-content-id': {
    accepts: 'A Content-ID, or a start parameter, without its angle brackets.',
    clause: 'RFC 2045 7, RFC 2387 3.2',
    seen: '`Start=0.smil` and `Content-ID:0.smil` of an Israeli MMSC',
  },
  'unknown-encoding': {
    accepts: 'A Content-Transfer-Encoding that is not known: the body is taken as it stands.',
    clause: 'RFC 2045 6.1',
    seen: UNSEEN,
  },
  'encoded-multipart': {
    accepts: 'A multipart with a transfer encoding of its own: the encoding is passed over.',
    clause: 'RFC 2045 6.4',
    seen: UNSEEN,
  },
  'foreign-base64': {
    accepts: 'Characters inside base64 that are none of its alphabet, other than line breaks and blanks: passed over.',
    clause: 'RFC 2045 6.8',
    seen: 'bodies re-wrapped by content filters',
  },
  'early-padding': {
    accepts: 'Base64 that goes on behind its padding: each stretch is decoded by itself.',
    clause: 'RFC 2045 6.8',
    seen: 'bodies put together from several writes',
  },
  'cut-base64': {
    accepts: 'Base64 that ends inside a group of four: what makes whole octets counts.',
    clause: 'RFC 2045 6.8',
    seen: UNSEEN,
  },
  'broken-quoted-printable': {
    accepts:
      'An equals sign in quoted-printable that neither two hexadecimal digits nor a line break follow: it stands for itself.',
    clause: 'RFC 2045 6.7',
    seen: UNSEEN,
  },
  'multipart-without-boundary': {
    accepts: 'A multipart without a boundary parameter, or one that never occurs: it has no parts.',
    clause: 'RFC 2046 5.1.1',
    seen: UNSEEN,
  },
  'missing-final-boundary': {
    accepts: 'A multipart without its last boundary: the last part reaches to the end.',
    clause: 'RFC 2046 5.1.1',
    seen: 'messages of home-made senders',
  },
  'root-not-found': {
    accepts:
      'A start parameter that names no part by its Content-ID: the part with that Content-Location or name counts, else the SMIL.',
    clause: 'RFC 2387 3.2',
    seen: 'MMSCs that write the Content-Location into Start',
  },
  'smil-in-mixed': {
    accepts: 'A presentation inside multipart/mixed: the content is made a multipart/related with the presentation as its root.',
    clause: 'TS 26.140 4.12',
    seen: 'MM4_forward.REQ of an Israeli MMSC',
  },
  'nested-multipart': {
    accepts: 'A multipart inside the content: its parts take its place, of alternatives the one that a phone can show.',
    clause: 'TS 26.140 4.12',
    seen: 'mail of every origin',
  },
} as const satisfies Readonly<Record<string, MimeTolerance>>;

/** Name of a row of MIME_TOLERANCES. */
export type MimeToleranceName = keyof typeof MIME_TOLERANCES;

/** A tolerance that was made use of. */
export interface Tolerated {
  readonly name: MimeToleranceName;
  /** Octet of the input; of a value inside a header field where the field begins. */
  readonly offset: number;
  readonly detail: string;
  /** The clause departed from. */
  readonly clause: string;
}

/** Tells the witness, if there is one, that a tolerance was made use of. */
export function tolerate(witness: Witness | undefined, name: MimeToleranceName, offset: number, detail: string): void {
  witness?.tolerated(name, offset, detail);
}

/** A witness that keeps what was tolerated, each name once: for the history of a message and for the test of a peer. */
export class ToleranceList implements Witness {
  private readonly list: Tolerated[] = [];

  /** In the order of their first use. */
  get used(): readonly Tolerated[] {
    return this.list;
  }

  tolerated(name: string, offset: number, detail: string): void {
    if (!(name in MIME_TOLERANCES)) return;
    const known = name as MimeToleranceName;
    if (this.list.some((use) => use.name === known)) return;
    this.list.push({ name: known, offset, detail, clause: MIME_TOLERANCES[known].clause });
  }

  read(): void {}

  refused(): void {}
}
