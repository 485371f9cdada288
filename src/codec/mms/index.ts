/** MMS encapsulation: the octets of MM1 and of WAP push. */
export {
  applicationField,
  joinFields,
  type PduOf,
  rawField,
  samplePdu,
  type WireField,
  wireField,
  wireFields,
  withField,
  withoutField,
} from './builder.js';
export { decodeParts, encodeContent, makeContent, readContent } from './content.js';
export { decodePdu, type Taken } from './decode.js';
export type { DecodeError, Salvaged } from './decode-error.js';
export { type DeletionResult, deletionFields, deletionResults, type NumberedFields } from './deletions.js';
export { decodeDescriptors, type ListedMessage, makeDescriptors } from './descriptors.js';
export { type DeviceAddress, plmn, readDeviceAddress } from './device-address.js';
export { encodeHead, encodePdu } from './encode.js';
export { FIELDS, type Field, type FieldKey, MESSAGE_TYPES, type ValueOf } from './fields.js';
export { fitToVersion, isPduOfVersion, lowerVersion, responseStatusFor, statusFor, VERSION_MAX } from './fit-to-version.js';
export { type Inspection, inspectPdu, type Refused } from './inspect.js';
export type { Item, Tolerated } from './inspected.js';
export { octetsText } from './octets-text.js';
export { PDUS, type PduRow, type Presence, type Slot } from './pdu-rows.js';
export type {
  AcknowledgeInd,
  CancelConf,
  CancelReq,
  Content,
  DeleteConf,
  DeleteReq,
  DeliveryInd,
  ForwardConf,
  ForwardReq,
  MboxDeleteConf,
  MboxDeleteReq,
  MboxDescr,
  MboxStoreConf,
  MboxStoreReq,
  MboxUploadConf,
  MboxUploadReq,
  MboxViewConf,
  MboxViewReq,
  MmsPdu,
  MmsVersion,
  NotificationInd,
  NotifyRespInd,
  PduKind,
  ReadOrigInd,
  ReadRecInd,
  RetrieveConf,
  SendConf,
  SendReq,
  UnknownField,
} from './pdus.js';
export { RULES, type Rule, type RuleName } from './rules.js';
export { RESPONSE_STATUS, RETRIEVE_STATUS, STORE_STATUS, type StatusRow, type StatusTable, statusMeaning } from './statuses.js';
export { type Departure, departures } from './strict.js';
export { type ToTextOptions, toText } from './to-text.js';
export { REFUSALS, type Refusal, TOLERANCES, type ToleranceName } from './tolerances.js';
export type {
  CancelStatusValue,
  Counted,
  ElementDescriptor,
  FromValue,
  MboxCount,
  MessageClassValue,
  MmFlagsValue,
  MmStateValue,
  PreviouslySentBy,
  PreviouslySentDate,
  PriorityValue,
  ReadStatusValue,
  RecommendedRetrievalModeValue,
  ReplyChargingValue,
  ResponseStatusValue,
  RetrieveStatusValue,
  StatusValue,
  StoreStatusValue,
  TimeValue,
  VisibilityValue,
} from './value-types.js';
