/** Transaction capabilities: dialogues and the operations in them, as the ITU has them. Q.771 to Q.775. */
export { endOf, providerAbort, rejectOf, userAbort } from './answers.js';
export { DIALOGUE_AS, PROTOCOL_VERSION_1, UNI_DIALOGUE_AS } from './dialogue.js';
export { decodeTcap, encodeTcap, MESSAGES, type TcapError } from './message.js';
export {
  type Aare,
  type Aarq,
  type Abort,
  type Abrt,
  ASSOCIATE_RESULTS,
  type Audt,
  type Begin,
  type Code,
  type Component,
  type Continue,
  DIAGNOSTICS,
  type DialoguePortion,
  type End,
  type External,
  type Invoke,
  local,
  type MessageKind,
  P_ABORT_CAUSES,
  type PAbortCause,
  PROBLEMS,
  type ProblemType,
  type Reject,
  type ReturnError,
  type ReturnResult,
  type TcapMessage,
  type TransactionId,
  type Unidirectional,
  type UnreadableComponent,
  type UnreadableDialogue,
} from './messages.js';
export { componentLines, type TcapTextOptions, tcapToText } from './to-text.js';
