/**
 * Where the reader accepts what TS 23.140 or SOAP do not allow: one row for each tolerance, by name. A use is told with the path of the
 * element (`Mm7Reading.tolerated`). What is not in this table is refused; REFUSALS says where a tolerance was considered, and why there
 * is none.
 */

export interface Mm7Tolerance {
  readonly accepts: string;
  readonly clause: string;
  /** Who writes it. */
  readonly seen: string;
}

const SCHEMA = 'TS 23.140 8.7.2, schema';
const SOAP = 'SOAP 1.1 4';
const PACKAGING = 'TS 23.140 8.7.3';

export const MM7_TOLERANCES = {
  'blank-before-declaration': {
    accepts: 'Blanks and line ends before the XML declaration: passed over.',
    clause: 'XML 1.0 2.8',
    seen: 'DeliverRsp in the guide of an aggregator (Mblox)',
  },
  'soap-namespace': {
    accepts: 'The envelope namespace that copies of the sample in the specification misprint.',
    clause: SOAP,
    seen: 'a provider written in C++',
  },
  'foreign-namespace': {
    accepts: 'An operation in a namespace that is no schema of MM7: its elements are known by their local names.',
    clause: SCHEMA,
    seen: 'urn:mm7 at a carrier in Canada; REL-6-MM7-6-7',
  },
  'no-namespace': {
    accepts: 'An operation in no namespace.',
    clause: SCHEMA,
    seen: 'SubmitReq of an aggregator (Skycore)',
  },
  'mixed-namespaces': {
    accepts: 'Elements of one operation in different namespaces, or attributes in one.',
    clause: SCHEMA,
    seen: 'prefixed operations with bare children (vectorcore); mm7:href of an operator in Serbia',
  },
  'missing-transaction-id': {
    accepts: 'An answer without TransactionID: belongs to the request of the same HTTP exchange.',
    clause: 'TS 23.140 8.7.2',
    seen: 'no capture known',
  },
  'element-order': {
    accepts: 'Elements in another order than that of the schema.',
    clause: SCHEMA,
    seen: 'DeliveryReport before SenderIdentification (Skycore); VASPID before MMSRelayServerID (a sample after the specification)',
  },
  'unknown-element': {
    accepts: 'An element that the schema does not have in this place: passed over.',
    clause: SCHEMA,
    seen: 'MessageID in DeliverRsp and DeliveryReportRsp (vectorcore); ApplicID in SubmitRsp (instantcom)',
  },
  'repeated-element': {
    accepts: 'A second element of a kind that may stand once: the first counts; of recipients all do.',
    clause: SCHEMA,
    seen: 'no capture known',
  },
  'empty-element': {
    accepts: 'An optional element, To, Cc or Bcc with nothing in it: as if it were absent.',
    clause: SCHEMA,
    seen: 'no capture known',
  },
  'misspelt-element': {
    accepts: 'EarlistDeliveryTime, AuxApplicId and AuxApplicID, and names in other letter case, for the elements meant.',
    clause: SCHEMA,
    seen: 'instantcom; <number> of mmsgw',
  },
  'letter-case': {
    accepts: 'Words of an enumeration or a boolean in other letter case.',
    clause: SCHEMA,
    seen: 'True and False (instantcom, copies of the sample in the specification)',
  },
  'unlisted-value': {
    accepts:
      'A word of a peer of its own where what it means is known: Unrecognized; Other as ChargedParty, which is passed over.',
    clause: SCHEMA,
    seen: 'reports of Skycore; the schema of zxid',
  },
  'bare-address': {
    accepts:
      'An address without the element that says its kind: with @ an e-mail address, up to six digits a short code, else a number.',
    clause: SCHEMA,
    seen: 'Mbuni for versions up to 5.1.0',
  },
  'wrapped-address': {
    accepts: 'SenderAddress inside Sender, To inside Recipient.',
    clause: SCHEMA,
    seen: 'a carrier in Canada; instantcom',
  },
  'attribute-as-element': {
    accepts: 'ReplyChargingSize and ReplyDeadline as elements inside ReplyCharging.',
    clause: SCHEMA,
    seen: 'instantcom',
  },
  'time-without-zone': {
    accepts: 'A time without zone: read as UTC.',
    clause: 'XML Schema 2 3.2.7',
    seen: 'no capture known',
  },
  'missing-version': {
    accepts: 'An answer without MM7Version: it has the version of the request.',
    clause: SCHEMA,
    seen: 'no capture known',
  },
  'missing-status-text': {
    accepts: 'A status without StatusText: an empty text.',
    clause: SCHEMA,
    seen: 'extendedCancelRsp, whose schema has none',
  },
  'error-outside-fault': {
    accepts: 'RSErrorRsp or VASPErrorRsp directly in the body: read as the detail of a fault.',
    clause: 'TS 23.140 8.7.4',
    seen: 'no capture known',
  },
  'root-not-found-by-start': {
    accepts: 'start absent, or naming no part: the root is the first part of type text/xml, else the first.',
    clause: 'RFC 2387 3.2',
    seen: 'vectorcore; an operator in Serbia',
  },
  'href-by-location': {
    accepts: 'An href that names a Content-Location where it should be cid: and a Content-ID, or the other way round.',
    clause: PACKAGING,
    seen: 'instantcom reads it so',
  },
  'href-without-match': {
    accepts: 'An href that no part has as its Content-ID or Content-Location: all parts beside the root are the content.',
    clause: PACKAGING,
    seen: "cid:generic_content_id of Skycore; a misprinted id in the specification's example",
  },
  'flat-parts': {
    accepts: 'Parts beside the one that Content names, where that one is no multipart: all of them are the content.',
    clause: PACKAGING,
    seen: 'no capture known',
  },
  'unnamed-parts': {
    accepts: 'Parts beside the multipart that Content names: passed over.',
    clause: PACKAGING,
    seen: 'no capture known',
  },
  'missing-content': {
    accepts: 'Parts, but no Content element: all parts beside the root are the content.',
    clause: PACKAGING,
    seen: 'an MMSC that Mbuni knows',
  },
  'multipart-without-boundary': {
    accepts: 'Content-Type multipart/related, but the body is the bare SOAP document.',
    clause: PACKAGING,
    seen: 'DeliveryReportReq of Skycore',
  },
} as const satisfies Readonly<Record<string, Mm7Tolerance>>;
/** Name of a row of MM7_TOLERANCES. */
export type Mm7ToleranceName = keyof typeof MM7_TOLERANCES;

/** One use of a tolerance. */
export interface Mm7Tolerated {
  readonly name: Mm7ToleranceName;
  /** Local names of the elements down to the one that it is about, joined by `/`. */
  readonly path: string;
  /** What stood there; may hold what the sender wrote, so it is not for logs. */
  readonly detail: string;
}

/** What is refused although somebody might read on, and why. */
export const MM7_REFUSALS = {
  doctype: {
    refuses: 'A document type declaration, and any entity but the five of XML.',
    why: 'SOAP forbids it, and entities let a small message grow without bound or reach for files.',
    clause: 'SOAP 1.1 3',
  },
  'not-well-formed': {
    refuses: 'XML that is not well-formed, blanks before the declaration apart.',
    why: 'Half of a message guessed is another message: a lost end tag moves an address from the recipients to the sender.',
    clause: 'XML 1.0 2.1',
  },
  'undecodable-octets': {
    refuses: 'Octets that are none of the encoding of the document.',
    why: 'The document says how it is written; a text read wrongly reaches the recipient as rubbish, in the name of the provider.',
    clause: 'XML 1.0 4.3.3',
  },
  'missing-mandatory': {
    refuses: 'A request without TransactionID, MM7Version or another mandatory element.',
    why: 'What the answer, the charging or the delivery depends on cannot be made up.',
    clause: 'TS 23.140 8.7, schema',
  },
  'bad-value': {
    refuses: 'A word that its enumeration does not have, or a number or time that is none, in optional elements too.',
    why: 'A provider who asks for a priority, a class or a charged party that is not understood must learn it, or he pays for something else.',
    clause: 'TS 23.140 8.7.5, 2007',
  },
  'content-not-there': {
    refuses: 'A Content element where there is no part but the SOAP document.',
    why: 'A message without its pictures is not what the provider sells.',
    clause: 'TS 23.140 8.7.5, 2004',
  },
} as const satisfies Readonly<Record<string, { readonly refuses: string; readonly why: string; readonly clause: string }>>;
