/** The mobile application part: short messages, locations and portability between exchanges and registers. TS 29.002. */
export {
  decodeError,
  decodeInvoke,
  decodeResult,
  encodeError,
  encodeInvoke,
  encodeResult,
  INVOKE_PROBLEM,
  type MapError,
  type MapErrorValue,
  type MapInvoke,
  type MapResult,
  smDeliveryFailure,
} from './components.js';
export {
  CONTEXTS,
  type ContextRow,
  contextName,
  contextOf,
  contextText,
  type MapContext,
  SHORT_MSG_MO_RELAY,
  SHORT_MSG_MT_RELAY,
} from './contexts.js';
export { decodeMapDialogue, MAP_DIALOGUE_AS, type MapDialoguePdu, mapUserInformation } from './dialogue.js';
export {
  ABSENT_SUBSCRIBER_DIAGNOSTICS,
  absentSubscriberReason,
  callBarringCause,
  ERRORS,
  type ErrorName,
  type ErrorRow,
  type Errors,
  errorOf,
  networkResource,
  roamingNotAllowedCause,
  type SmDeliveryFailureCause,
  smDeliveryFailureCause,
  unknownSubscriberDiagnostic,
} from './errors.js';
export { type Glance, glance } from './glance.js';
export type {
  AnyTimeInterrogationArg,
  AnyTimeInterrogationRes,
  CancelLocationArg,
  InsertSubscriberDataArg,
  MnpInfoRes,
  UpdateGprsLocationArg,
  UpdateLocationArg,
  UpdateLocationRes,
} from './mobility.js';
export { type AddressString, addressNumberAt, addressStringAt, addressStringText, NATURES, PLANS } from './numbers.js';
export {
  OPERATIONS,
  type OperationName,
  type OperationRow,
  type Operations,
  OTHER_OPERATIONS,
  operationName,
  operationOf,
} from './operations.js';
export {
  type AlertServiceCentreArg,
  type CorrelationId,
  type ForwardSmRes,
  type MoForwardSmArg,
  type MtForwardSmArg,
  type ReportSmDeliveryStatusArg,
  type RoutingInfoForSmArg,
  type RoutingInfoForSmRes,
  type SmDeliveryOutcome,
  type SmRpDa,
  type SmRpOa,
  smDeliveryOutcome,
} from './short-message.js';
export { mapComponentLines, mapToText } from './to-text.js';
