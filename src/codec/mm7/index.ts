/** MM7: the SOAP messages between a relay and content providers, and the HTTP bodies that carry them. TS 23.140 8.7. */
export type { Mm7DecodeError, Mm7Salvaged } from './decode-error.js';
export { dialectOf, MM7_SCHEMAS, type Mm7Dialect, type Mm7Schema, releaseOf, schemaNamespace, schemaOf } from './dialect.js';
export { decodeEnvelope, dialectFromTag, encodeEnvelope, type Mm7Envelope, type Mm7Reading } from './envelope.js';
export { MESSAGES, messageRow } from './message-rows.js';
export type {
  CancelReq,
  CancelRsp,
  DeliverReq,
  DeliverRsp,
  DeliveryReportReq,
  DeliveryReportRsp,
  ErrorRsp,
  ExtendedCancelReq,
  ExtendedCancelRsp,
  ExtendedReplaceReq,
  ExtendedReplaceRsp,
  Fault,
  MessageOf,
  Mm7Application,
  Mm7Kind,
  Mm7Message,
  ReadReplyReq,
  ReadReplyRsp,
  ReplaceReq,
  ReplaceRsp,
  SubmitReq,
  SubmitRsp,
} from './messages.js';
export { CONTENT_ID, decodePacket, encodePacket, type Mm7Packet, type WrittenPacket } from './packet.js';
export { PacketReader } from './packet-reader.js';
export { readStatus, STATUS_CODES, type StatusClass, type StatusCode, type StatusCodeRow, statusRow } from './statuses.js';
export { MM7_REFUSALS, MM7_TOLERANCES, type Mm7Tolerance, type Mm7ToleranceName, type Mm7Tolerated } from './tolerances.js';
export {
  ADDRESS_KINDS,
  type AddressKind,
  CHARGED_PARTIES,
  type ChargedParty,
  CONTENT_CLASSES,
  type ContentReference,
  type DateOrDuration,
  MESSAGE_CLASSES,
  MM_STATUS_EXTENSIONS,
  MM_STATUSES,
  type Mm7Address,
  type Mm7ContentClass,
  type Mm7MessageClass,
  type Mm7Priority,
  type Mm7ReadStatus,
  type MmStatus,
  type MmStatusExtension,
  PRIORITIES,
  type PreviousDate,
  type PreviousSender,
  READ_STATUSES,
  type Recipients,
  type ReplyCharging,
  type SenderIdentification,
  type Status,
  type UaCapabilities,
} from './values.js';
