/** MM4, between the MMS systems of carriers: what stands in the header of their mails. TS 23.140 8.4. */
export { type AddressForm, isSameAddress, type Mm4Address, mm4AddressText, readAddress, readAddresses } from './address.js';
export type { FieldCoder, Writing } from './coders.js';
export { decodeMm4, type Mm4Decoded, type Mm4Fault, type Mm4Salvaged } from './decode.js';
export { DEFAULT_DIALECT, type Mm4Dialect } from './dialect.js';
export { encodeMm4 } from './encode.js';
export { HEADERS, type HeaderKey, type HeaderRow, MESSAGE_TYPE } from './headers.js';
export { type Mm4Presence, PDUS } from './pdu-rows.js';
export {
  type Mm4ContentClass,
  type Mm4DeliveryReportReq,
  type Mm4DeliveryReportRes,
  type Mm4Expiry,
  type Mm4ForwardReq,
  type Mm4ForwardRes,
  type Mm4Kind,
  type Mm4MessageClass,
  type Mm4Pdu,
  type Mm4ReadReplyReportReq,
  type Mm4ReadReplyReportRes,
  type Mm4Response,
  type PreviouslySentBy,
  type PreviouslySentDate,
  RESPONSE_OF,
  type ReadStatus,
} from './pdus.js';
export { reportAddresses, reportedRecipient } from './reports.js';
export {
  type KnownRequestStatus,
  MM_STATUS,
  type MmStatus,
  meaningOf,
  REQUEST_STATUS,
  type RequestStatus,
} from './statuses.js';
export { mm4ToText } from './to-text.js';
export { MM4_TOLERANCES, type Mm4ToleranceName, type Tolerated } from './tolerances.js';
