/** SCCP, connectionless: ITU-T Q.713 formats, Q.714 procedures. */
export {
  type AddressVariant,
  addressText,
  decodeAddress,
  digitsOfAddress,
  encodeAddress,
  type GlobalTitle,
  type GlobalTitle1,
  type GlobalTitle2,
  type GlobalTitle3,
  type GlobalTitle4,
  type GlobalTitleOther,
  type SccpAddress,
} from './address.js';
export { decodeSccp } from './decode.js';
export type { SccpDecodeError } from './decode-error.js';
export { editSccp, type RelayEdit } from './edit.js';
export { type DoesNotFit, encodeSccp } from './encode.js';
export { HOP_COUNTER_MAX, nextHopCounter } from './hop-counter.js';
export {
  decodeManagement,
  encodeManagement,
  MANAGEMENT_FORMATS,
  type ManagementKind,
  type SccpManagement,
} from './management.js';
export {
  type ExtendedUnitData,
  type ExtendedUnitDataService,
  type LongUnitData,
  type LongUnitDataService,
  MESSAGES,
  type MessageRow,
  OPTIONAL_NAME,
  type OptionalParameter,
  type SccpKind,
  type SccpMessage,
  type UnitData,
  type UnitDataService,
} from './messages.js';
export { MESSAGE_TYPES, NATURES_OF_ADDRESS, NUMBERING_PLANS, RETURN_CAUSE, RETURN_CAUSE_NAMES, SUBSYSTEMS } from './names.js';
export { encodeSegmentation, importanceOf, optionalOf, type Segmentation, segmentationOf } from './optional-part.js';
export {
  DROP_CAUSE,
  type Dropped,
  type DropReason,
  type HeldSegment,
  isCrowdedOut,
  Reassembly,
  type ReassemblyOutput,
  type ReassemblySettings,
} from './reassembly.js';
export { type NoReturn, returnMessage } from './return-message.js';
export { segmentXudt } from './segmenting.js';
export { type ToTextOptions, toText } from './to-text.js';
export { type SccpView, type Span, viewSccp } from './view.js';
