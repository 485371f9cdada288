/**
 * Where the decoder accepts what TS 23.140 does not write: one row for each tolerance. A use is told with the header it stands in. What is not
 * here is refused, or passed over as a header that is not MM4's.
 */
export const MM4_TOLERANCES = {
  'unquoted-id': {
    accepts: 'An id without quotes, where the standard writes a quoted string.',
    seen: 'most peers; responses above all',
  },
  'header-alias': {
    accepts: 'Another name of a header.',
    seen: 'X-Mms-3GPP-Version, X-Mms-Status, X-Mms-Status-Code, X-Mms-MM-Read-Status',
  },
  'other-case': {
    accepts: 'A type, status or other token in other letters.',
    seen: 'MM4_Delivery_report.REQ and MM4_Read_reply_report.REQ',
  },
  'other-spelling': { accepts: 'Unrecognized for Unrecognised, and the word Unreachable.', seen: 'Unreachable is of MM7' },
  'missing-field': {
    accepts: 'A mandatory header that is not there and that nothing depends on.',
    seen: 'responses without Date; reports without X-Mms-Forward-To-Originator-UA',
  },
  'damaged-field': {
    accepts: 'A header that cannot be read and that nothing depends on: as if it were not there.',
    seen: 'no capture known',
  },
  'repeated-field': {
    accepts:
      'A second header of a kind that may stand once, with the same value, or where nothing depends on it: the first counts.',
    seen: 'no capture known',
  },
  'foreign-field': {
    accepts: 'A header of MM4 that is not one of this message.',
    seen: 'X-Mms-Request-Status-Code in a delivery report',
  },
  'private-field': {
    accepts: "An X-Mms- header that is not MM4's: passed over.",
    seen: 'X-Mms-Forwarded-By, X-Mms-Sender-Address, X-Mms-To',
  },
  'untyped-number': { accepts: 'A number without /TYPE=PLMN.', seen: 'To of one operator, X-Mms-Request-Recipients' },
  'number-without-plus': { accepts: 'A number without plus that is too long for a short code.', seen: 'no capture known' },
  'unqualified-system': {
    accepts: 'The name of a system mailbox without domain, or of a host.',
    seen: 'From: PostMaster, From: system-user',
  },
  'empty-address': { accepts: 'Nothing between two commas or at the end of a list.', seen: 'no capture known' },
  'dotted-list': { accepts: 'Numbers of a list parted by dots or semicolons.', seen: 'X-Mms-Request-Recipients of a gateway' },
  'asctime-date': {
    accepts: 'A date in the form of C, without zone: taken for UTC.',
    seen: 'Date and X-Mms-Expiry of one server',
  },
  'damaged-address': {
    accepts: 'An address of a list that cannot be read: left out; the envelope says who gets the message.',
    seen: 'no capture known',
  },
} as const;

export type Mm4ToleranceName = keyof typeof MM4_TOLERANCES;

/** One use of a tolerance. `header`: the name as it stood in the mail, or as it should have. */
export interface Tolerated {
  readonly name: Mm4ToleranceName;
  readonly header: string;
  readonly detail: string;
}

/** Told to by coders; who decodes a header knows its name. */
export type Note = (name: Mm4ToleranceName, detail: string) => void;
