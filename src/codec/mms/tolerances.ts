/**
 * Where the decoder accepts what MMS encapsulation does not allow: one row for each tolerance, by name, beside those of the WSP room. A use
 * is told to the witness of the reading (see `inspectPdu`) with its octet; whoever does not ask does not pay. What is not in these tables
 * is refused; REFUSALS says where a tolerance was considered, and why there is none.
 */
import type { ByteReader } from '#base';
import { type Tolerance, WSP_TOLERANCES } from '#codec/wsp';

const UNSEEN = 'no capture known';

export const MMS_TOLERANCES = {
  'field-order': {
    accepts: 'X-Mms-Transaction-ID and X-Mms-MMS-Version elsewhere than directly behind X-Mms-Message-Type: fields in any order.',
    clause: 'MMS_ENC 7',
    seen: UNSEEN,
  },
  'repeated-field': {
    accepts: 'A second field of a kind that may stand once: the first good value counts.',
    clause: 'MMS_ENC 6',
    seen: UNSEEN,
  },
  'foreign-field': {
    accepts: 'A field that is assigned, but not to this PDU: kept as it came, and not acted upon.',
    clause: 'MMS_ENC 6',
    seen: UNSEEN,
  },
  'report-transaction-id': {
    accepts: 'X-Mms-Transaction-ID in a delivery report, which has none.',
    clause: 'MMS_ENC 6',
    seen: 'delivery reports of DNA, Finland (tests of Jolla)',
  },
  'unassigned-field': {
    accepts: 'A field whose number is assigned to nothing: passed over by the rule for unknown values, kept as it came.',
    clause: 'MMS_ENC 7.4',
    seen: UNSEEN,
  },
  'later-field': {
    accepts: 'A field that came with a later version than the PDU says it has.',
    clause: 'MMS_ENC 6',
    seen: UNSEEN,
  },
  'later-pdu': {
    accepts: 'A PDU that came with a later version than it says it has.',
    clause: 'MMS_ENC 6',
    seen: UNSEEN,
  },
  'damaged-field': {
    accepts:
      'A field whose value breaks its grammar, where the rule for unknown values says where it ends: kept as it came, not acted upon.',
    clause: 'MMS_ENC 7.3',
    seen: UNSEEN,
  },
  'stray-octets': {
    accepts: 'Octets behind the last field of a PDU without body, when no mandatory field is missing: passed over.',
    clause: 'MMS_ENC 7',
    seen: 'notifications of a Finnish operator',
  },
  'missing-recipient': {
    accepts: 'A PDU without the recipients that it must name: an empty list. Whether to go on is the decision of the relay.',
    clause: 'MMS_ENC 6',
    seen: 'an m-send.req of a tool (danascape)',
  },
  'missing-status': {
    accepts: 'A confirmation of deletion without any status: an empty list.',
    clause: 'MMS_ENC 6',
    seen: UNSEEN,
  },
  'missing-body': {
    accepts: 'A PDU without Content-Type and body that must have both.',
    clause: 'MMS_ENC 6',
    seen: 'an error of retrieval of nuntium',
  },
  'missing-parts': {
    accepts: 'A multipart body without even the count of its parts: no parts.',
    clause: 'WAP-230 8.5',
    seen: UNSEEN,
  },
  'broken-inner-multipart': {
    accepts: 'A multipart inside a part that cannot be taken apart: the part is handed on as it is, for the recipient to judge.',
    clause: 'WAP-230 8.5',
    seen: UNSEEN,
  },
  'missing-count': {
    accepts:
      'A value of a deletion confirmation without the length and the count that stand there only: read as in every other PDU.',
    clause: 'MMS_ENC 7.3',
    seen: UNSEEN,
  },
  'textual-version': {
    accepts: 'X-Mms-MMS-Version as a text.',
    clause: 'MMS_ENC 7.3',
    seen: UNSEEN,
  },
  'absolute-expiry': {
    accepts: 'An absolute X-Mms-Expiry in a notification, which may have a relative one only.',
    clause: 'MMS_ENC 7.3.20',
    seen: 'notifications of an operator in New Zealand (tests of Jolla)',
  },
  'bare-charset': {
    accepts: 'A charset number as one octet without its high bit.',
    clause: 'MMS_ENC 7.3, WAP-230 8.4.2.3',
    seen: 'a laboratory in France (2010), `04` for `84`',
  },
  'missing-charset': {
    accepts: 'A text with a length in front, but without a charset: read as a text without charset.',
    clause: 'MMS_ENC 7.3',
    seen: UNSEEN,
  },
  'any-charset': {
    accepts: 'The charset `*` (0) for a text, which says nothing: read as UTF-8.',
    clause: 'MMS_ENC 7.3, WAP-230 8.4.2.8',
    seen: UNSEEN,
  },
  'unknown-charset': {
    accepts: 'A text in a charset that is not known here: read octet by octet as ISO 8859-1.',
    clause: 'MMS_ENC 7.3',
    seen: UNSEEN,
  },
  'unnamed-charset': {
    accepts: 'Octets above 0x7f in a text that is us-ascii, by its charset or for want of one: read as UTF-8.',
    clause: 'MMS_ENC 7.3',
    seen: 'Subject of mmsd-tng',
  },
  'undecodable-text': {
    accepts: 'Octets that are none of their charset: each sequence becomes a replacement character.',
    clause: 'MMS_ENC 7.3',
    seen: 'a Subject cut inside a character of UTF-8 (tests of Jolla)',
  },
  'empty-value': {
    accepts: 'A text or an address that has a length of zero, or nothing behind its token: an empty text.',
    clause: 'MMS_ENC 7.3',
    seen: 'Subject of T-Mobile notifications, `96 00` (tests of Mudita)',
  },
  'reserved-status': {
    accepts: 'A status octet that is assigned to nothing: kept as its number, and understood by its range.',
    clause: 'MMS_ENC 7.3',
    seen: UNSEEN,
  },
} as const satisfies Readonly<Record<string, Tolerance>>;

/** All tolerances by name: those of WSP and those of MMS encapsulation. */
export const TOLERANCES = { ...WSP_TOLERANCES, ...MMS_TOLERANCES } as const;
/** Name of a row of TOLERANCES. */
export type ToleranceName = keyof typeof TOLERANCES;

/** Tells the witness, if there is one, that the reader made use of a tolerance at `offset`. */
export function tolerateMms(r: ByteReader, name: keyof typeof MMS_TOLERANCES, offset: number, detail: string): void {
  r.witness?.tolerated(name, offset, detail);
}

/** What is refused although somebody might read on, and why. */
export interface Refusal {
  readonly refuses: string;
  readonly why: string;
  readonly clause: string;
}

/** What reading on would make unsafe, by name. */
export const REFUSALS = {
  'type-not-first': {
    refuses: 'X-Mms-Message-Type elsewhere than first.',
    why: 'The type decides what every field means. Reading on would take any octets for a PDU; no client writes it so, and Android stops there too.',
    clause: 'MMS_ENC 7',
  },
  'no-field': {
    refuses: 'An octet that can begin neither a field nor a name, while a mandatory field is missing or a body must follow.',
    why: "There is no total length to start again from: what follows could be read as fields of somebody else's choosing.",
    clause: 'MMS_ENC 7',
  },
  'value-beyond-end': {
    refuses: 'A value whose length reaches beyond the PDU or the value around it.',
    why: 'The PDU was cut: what was meant is not there, and half of an address is another address.',
    clause: 'WAP-230 8.4.2.2',
  },
  'content-type-unreadable': {
    refuses: 'A Content-Type of the PDU that cannot be read.',
    why: 'Nobody can say where the body begins.',
    clause: 'MMS_ENC 7',
  },
  'missing-mandatory': {
    refuses: 'A PDU without a field that the answer or the delivery depends on, or whose value is damaged.',
    why: 'Transaction id, version, status, From, size and address are what the relay acts upon; a guess would be acted upon as well.',
    clause: 'MMS_ENC 6',
  },
  'other-major-version': {
    refuses: 'Another major version than 1, even where all fields can be read.',
    why: 'What it did to the encoding is not known. The standard has an answer for it (unsupported message).',
    clause: 'MMS_ENC 7.3',
  },
  'enumeration-octet': {
    refuses:
      'An octet without meaning in Status, Read-Status, Cancel-Status, X-Mms-Priority and other enumerations; statuses with ranges are kept.',
    why: 'An optional field is passed over (damaged-field). A mandatory one says what became of a message: no value may be made up for it.',
    clause: 'MMS_ENC 7.3',
  },
  'long-uintvar': {
    refuses: 'A uintvar of more than five octets or 32 bits.',
    why: 'It is a length or a count; cut to size it would be another one.',
    clause: 'WAP-230 8.1.2',
  },
  'name-without-end': {
    refuses: 'A name of an application header that has no end or other characters than a token may have.',
    why: 'Names are written on into other protocols, where a stray character begins a header of its own.',
    clause: 'WAP-230 8.4.2.1',
  },
  'part-beyond-end': {
    refuses: 'A body whose parts announce more octets than there are (the PDU itself is read, the body is not).',
    why: 'A picture cut short looks like a picture. The sender learns that his message is corrupt and can send it again.',
    clause: 'WAP-230 8.5.2',
  },
} as const satisfies Readonly<Record<string, Refusal>>;
