/**
 * Every header field of MMS encapsulation: one row per assigned number. Decoder, encoder, printer and tests read these rows, and nothing
 * else. OMA-TS-MMS_ENC 1.3 clause 7.3 (values), 7.4 (numbers).
 *
 * The headings of 7.3 go by the alphabet. Their numbers are known where other sources cite them (7.3.9, 10, 18 to 21, 23, 24, 27, 30, 32,
 * 33, 35, 39, 43, 50, 54 and 63); the others follow from their places between those. Content and Additional-headers are named in the
 * clause of X-Mms-Attributes.
 */
import { type Coder, integerValue, isTokenOctet, longInteger, readToken, textString, writeText } from '#codec/wsp';
import { contentValue } from './content.js';
import type { MmsVersion } from './pdus.js';
import { RESPONSE_STATUS, RETRIEVE_STATUS, STORE_STATUS, statusName } from './statuses.js';
import {
  dateValue,
  elementDescriptor,
  encodedString,
  enumerated,
  fromValue,
  mboxCount,
  messageClassValue,
  mmFlags,
  opaque,
  ordinal,
  previouslySentBy,
  previouslySentDate,
  statusOctet,
  timeValue,
  versionValue,
  yesNo,
} from './values.js';

/** One header field of the standard: its number and name, the version it came with, and the coder of its value. */
export interface Field<T> {
  /** Assigned number 0x01..0x3f; on the wire 0x80 more. */
  readonly code: number;
  readonly name: string;
  /** The version that brought it. */
  readonly since: MmsVersion;
  /** Of MMS_ENC 1.3; a number alone. */
  readonly clause: string;
  readonly coder: Coder<T>;
}

const field = <T>(code: number, name: string, since: MmsVersion, clause: string, coder: Coder<T>): Field<T> => ({
  code,
  name,
  since,
  clause,
  coder,
});

/** Octets of X-Mms-Message-Type, all that the standard assigns; each has its row in PDUS. */
export const MESSAGE_TYPES = {
  128: 'm-send-req',
  129: 'm-send-conf',
  130: 'm-notification-ind',
  131: 'm-notifyresp-ind',
  132: 'm-retrieve-conf',
  133: 'm-acknowledge-ind',
  134: 'm-delivery-ind',
  135: 'm-read-rec-ind',
  136: 'm-read-orig-ind',
  137: 'm-forward-req',
  138: 'm-forward-conf',
  139: 'm-mbox-store-req',
  140: 'm-mbox-store-conf',
  141: 'm-mbox-view-req',
  142: 'm-mbox-view-conf',
  143: 'm-mbox-upload-req',
  144: 'm-mbox-upload-conf',
  145: 'm-mbox-delete-req',
  146: 'm-mbox-delete-conf',
  147: 'm-mbox-descr',
  148: 'm-delete-req',
  149: 'm-delete-conf',
  150: 'm-cancel-req',
  151: 'm-cancel-conf',
} as const;

const CONTENT_CLASSES = [
  'text',
  'image-basic',
  'image-rich',
  'video-basic',
  'video-rich',
  'megapixel',
  'content-basic',
  'content-rich',
] as const;

const yes = yesNo('MMS_ENC 7.3');

/** X-Mms-Attributes: the name of a header field, by number or, for an application's own, as a token. */
const attribute: Coder<string> = {
  decode(r) {
    const first = r.peek();
    if (first < 0x80) return readToken(r);
    r.offset++;
    return fieldOfCode(first & 0x7f)?.name ?? `0x${first.toString(16)}`;
  },
  encode(w, value) {
    const code = fieldOfName(value)?.code;
    if (code !== undefined) w.u8(0x80 | code);
    else if (/^0x[89a-f][0-9a-f]$/.test(value)) w.u8(Number.parseInt(value, 16));
    else if ([...value].every((c) => isTokenOctet(c.charCodeAt(0)))) writeText(w, value);
    else throw new RangeError(`no name of a header field: ${value}`);
  },
  toText: (value) => value,
};

/** Every header field by the property that holds it in a decoded PDU. MMS_ENC 1.3 §7.3 and §7.4. */
export const FIELDS = {
  bcc: field(0x01, 'Bcc', '1.0', '7.3.5', encodedString),
  cc: field(0x02, 'Cc', '1.0', '7.3.8', encodedString),
  contentLocation: field(0x03, 'X-Mms-Content-Location', '1.0', '7.3.10', textString),
  content: field(0x04, 'Content-Type', '1.0', '7.3.11', contentValue),
  date: field(0x05, 'Date', '1.0', '7.3.12', dateValue),
  deliveryReport: field(0x06, 'X-Mms-Delivery-Report', '1.0', '7.3.13', yes),
  deliveryTime: field(0x07, 'X-Mms-Delivery-Time', '1.0', '7.3.14', timeValue),
  expiry: field(0x08, 'X-Mms-Expiry', '1.0', '7.3.20', timeValue),
  from: field(0x09, 'From', '1.0', '7.3.21', fromValue),
  messageClass: field(0x0a, 'X-Mms-Message-Class', '1.0', '7.3.27', messageClassValue),
  messageId: field(0x0b, 'Message-ID', '1.0', '7.3.29', textString),
  messageType: field(0x0c, 'X-Mms-Message-Type', '1.0', '7.3.30', enumerated(MESSAGE_TYPES, 'MMS_ENC 7.3.30')),
  version: field(0x0d, 'X-Mms-MMS-Version', '1.0', '7.3.34', versionValue),
  messageSize: field(0x0e, 'X-Mms-Message-Size', '1.0', '7.3.31', longInteger),
  priority: field(
    0x0f,
    'X-Mms-Priority',
    '1.0',
    '7.3.35',
    enumerated({ 128: 'low', 129: 'normal', 130: 'high' }, 'MMS_ENC 7.3.35'),
  ),
  readReport: field(0x10, 'X-Mms-Read-Report', '1.0', '7.3.37', yes),
  reportAllowed: field(0x11, 'X-Mms-Report-Allowed', '1.0', '7.3.47', yes),
  responseStatus: field(
    0x12,
    'X-Mms-Response-Status',
    '1.0',
    '7.3.48',
    statusOctet(statusName(RESPONSE_STATUS), 'MMS_ENC 7.3.48'),
  ),
  responseText: field(0x13, 'X-Mms-Response-Text', '1.0', '7.3.49', encodedString),
  senderVisibility: field(
    0x14,
    'X-Mms-Sender-Visibility',
    '1.0',
    '7.3.52',
    enumerated({ 128: 'hide', 129: 'show' }, 'MMS_ENC 7.3.52'),
  ),
  status: field(
    0x15,
    'X-Mms-Status',
    '1.0',
    '7.3.54',
    enumerated(
      {
        128: 'expired',
        129: 'retrieved',
        130: 'rejected',
        131: 'deferred',
        132: 'unrecognised',
        133: 'indeterminate',
        134: 'forwarded',
        135: 'unreachable',
      },
      'MMS_ENC 7.3.54',
    ),
  ),
  subject: field(0x16, 'Subject', '1.0', '7.3.60', encodedString),
  to: field(0x17, 'To', '1.0', '7.3.61', encodedString),
  transactionId: field(0x18, 'X-Mms-Transaction-Id', '1.0', '7.3.63', textString),
  retrieveStatus: field(
    0x19,
    'X-Mms-Retrieve-Status',
    '1.1',
    '7.3.50',
    statusOctet(statusName(RETRIEVE_STATUS), 'MMS_ENC 7.3.50'),
  ),
  retrieveText: field(0x1a, 'X-Mms-Retrieve-Text', '1.1', '7.3.51', encodedString),
  readStatus: field(
    0x1b,
    'X-Mms-Read-Status',
    '1.1',
    '7.3.38',
    enumerated({ 128: 'read', 129: 'deleted-without-being-read' }, 'MMS_ENC 7.3.38'),
  ),
  replyCharging: field(
    0x1c,
    'X-Mms-Reply-Charging',
    '1.1',
    '7.3.43',
    enumerated({ 128: 'requested', 129: 'requested-text-only', 130: 'accepted', 131: 'accepted-text-only' }, 'MMS_ENC 7.3.43'),
  ),
  replyChargingDeadline: field(0x1d, 'X-Mms-Reply-Charging-Deadline', '1.1', '7.3.44', timeValue),
  replyChargingId: field(0x1e, 'X-Mms-Reply-Charging-ID', '1.1', '7.3.45', textString),
  replyChargingSize: field(0x1f, 'X-Mms-Reply-Charging-Size', '1.1', '7.3.46', longInteger),
  previouslySentBy: field(0x20, 'X-Mms-Previously-Sent-By', '1.1', '7.3.23', previouslySentBy),
  previouslySentDate: field(0x21, 'X-Mms-Previously-Sent-Date', '1.1', '7.3.24', previouslySentDate),
  store: field(0x22, 'X-Mms-Store', '1.2', '7.3.56', yes),
  mmState: field(
    0x23,
    'X-Mms-MM-State',
    '1.2',
    '7.3.33',
    enumerated({ 128: 'draft', 129: 'sent', 130: 'new', 131: 'retrieved', 132: 'forwarded' }, 'MMS_ENC 7.3.33'),
  ),
  mmFlags: field(0x24, 'X-Mms-MM-Flags', '1.2', '7.3.32', mmFlags),
  storeStatus: field(0x25, 'X-Mms-Store-Status', '1.2', '7.3.57', statusOctet(statusName(STORE_STATUS), 'MMS_ENC 7.3.57')),
  storeStatusText: field(0x26, 'X-Mms-Store-Status-Text', '1.2', '7.3.58', encodedString),
  stored: field(0x27, 'X-Mms-Stored', '1.2', '7.3.59', yes),
  attributes: field(0x28, 'X-Mms-Attributes', '1.2', '7.3.3', attribute),
  totals: field(0x29, 'X-Mms-Totals', '1.2', '7.3.62', yes),
  mboxTotals: field(0x2a, 'X-Mms-Mbox-Totals', '1.2', '7.3.26', mboxCount),
  quotas: field(0x2b, 'X-Mms-Quotas', '1.2', '7.3.36', yes),
  mboxQuotas: field(0x2c, 'X-Mms-Mbox-Quotas', '1.2', '7.3.25', mboxCount),
  messageCount: field(0x2d, 'X-Mms-Message-Count', '1.2', '7.3.28', integerValue),
  /** A name inside X-Mms-Attributes (the whole body); it has no value of its own. */
  contentAttribute: field(0x2e, 'Content', '1.2', '7.3.3', opaque),
  start: field(0x2f, 'X-Mms-Start', '1.2', '7.3.53', integerValue),
  /** A name inside X-Mms-Attributes (all other headers); it has no value of its own. */
  additionalHeaders: field(0x30, 'Additional-headers', '1.2', '7.3.3', opaque),
  distributionIndicator: field(0x31, 'X-Mms-Distribution-Indicator', '1.2', '7.3.16', yes),
  elementDescriptor: field(0x32, 'X-Mms-Element-Descriptor', '1.2', '7.3.18', elementDescriptor),
  limit: field(0x33, 'X-Mms-Limit', '1.2', '7.3.22', integerValue),
  recommendedRetrievalMode: field(
    0x34,
    'X-Mms-Recommended-Retrieval-Mode',
    '1.3',
    '7.3.39',
    enumerated({ 128: 'manual' }, 'MMS_ENC 7.3.39'),
  ),
  recommendedRetrievalModeText: field(0x35, 'X-Mms-Recommended-Retrieval-Mode-Text', '1.3', '7.3.40', encodedString),
  statusText: field(0x36, 'X-Mms-Status-Text', '1.3', '7.3.55', encodedString),
  applicId: field(0x37, 'X-Mms-Applic-ID', '1.3', '7.3.2', textString),
  replyApplicId: field(0x38, 'X-Mms-Reply-Applic-ID', '1.3', '7.3.42', textString),
  auxApplicInfo: field(0x39, 'X-Mms-Aux-Applic-Info', '1.3', '7.3.4', textString),
  contentClass: field(0x3a, 'X-Mms-Content-Class', '1.3', '7.3.9', ordinal(CONTENT_CLASSES, 'MMS_ENC 7.3.9')),
  drmContent: field(0x3b, 'X-Mms-DRM-Content', '1.3', '7.3.17', yes),
  adaptationAllowed: field(0x3c, 'X-Mms-Adaptation-Allowed', '1.3', '7.3.1', yes),
  replaceId: field(0x3d, 'X-Mms-Replace-ID', '1.3', '7.3.41', textString),
  cancelId: field(0x3e, 'X-Mms-Cancel-ID', '1.3', '7.3.6', textString),
  cancelStatus: field(
    0x3f,
    'X-Mms-Cancel-Status',
    '1.3',
    '7.3.7',
    enumerated({ 128: 'request-successfully-received', 129: 'request-corrupted' }, 'MMS_ENC 7.3.7'),
  ),
} as const;

/** The property that holds a header field in a decoded PDU. */
export type FieldKey = keyof typeof FIELDS;
/** The type of one value of a header field; a field that may be repeated has a list of them in its PDU. */
export type ValueOf<K extends FieldKey> = (typeof FIELDS)[K] extends Field<infer T> ? T : never;

const CODES_MAX = 128;

/** Rows by assigned number, for the decoder's dispatch. */
const BY_CODE: readonly (Field<unknown> | undefined)[] = (() => {
  const rows = new Array<Field<unknown> | undefined>(CODES_MAX).fill(undefined);
  for (const row of Object.values(FIELDS)) rows[row.code] = row as Field<unknown>;
  return rows;
})();
const BY_NAME = new Map(Object.values(FIELDS).map((row) => [row.name.toLowerCase(), row as Field<unknown>]));

/** The row of an assigned number (without the high bit); undefined when nothing is assigned. */
export const fieldOfCode = (code: number): Field<unknown> | undefined => BY_CODE[code];

/** The row of a field name in any case. */
export const fieldOfName = (name: string): Field<unknown> | undefined => BY_NAME.get(name.toLowerCase());
