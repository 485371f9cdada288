/** M3UA, RFC 4666: MTP3 users over IP. */
export { DataReader, dataOctets, writeData } from './data.js';
export { decodeM3ua, errorAnswer } from './decode.js';
export { type DecodeError, type DecodeErrorKind, diagnosticOf, ERROR_CODE_OF } from './decode-error.js';
export { encodeM3ua } from './encode.js';
export { createM3uaFramer } from './framer.js';
export {
  type AspActive,
  type AspActiveAck,
  type AspDown,
  type AspDownAck,
  type AspInactive,
  type AspInactiveAck,
  type AspUp,
  type AspUpAck,
  type Beat,
  type BeatAck,
  type Data,
  type Daud,
  type Dava,
  type DeregReq,
  type DeregRsp,
  type Drst,
  type Duna,
  type Dupu,
  type Err,
  type M3uaMessage,
  MESSAGES,
  type MessageKind,
  type MessageRow,
  type Ntfy,
  type RegReq,
  type RegRsp,
  type Scon,
} from './messages.js';
export {
  AS_STATE,
  CONGESTION_LEVELS,
  DEREGISTRATION_STATUS,
  ERROR_CODE,
  ERROR_CODE_NAMES,
  MESSAGE_CLASSES,
  OTHER_STATUS,
  REGISTRATION_STATUS,
  STATUS_NAMES,
  STATUS_TYPE,
  UNAVAILABILITY_CAUSES,
} from './names.js';
export {
  type AffectedPointCode,
  type DeregistrationResult,
  type OtherParameter,
  PARAMETERS,
  type Parameter,
  type ParameterKey,
  type ProtocolData,
  type RegistrationResult,
  type RoutingKey,
  type Slot,
  type StatusValue,
  type TrafficMode,
  type UserCause,
} from './parameters.js';
export { toText } from './to-text.js';
