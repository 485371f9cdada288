/** A handset: for `angarium phone`, journeys, benches and examples. */
export type { HandsetConfig } from './config.js';
export { createTransport, type HttpAnswer, type Transport, type TransportFault } from './exchange.js';
export {
  type Answer,
  createHandset,
  type Handset,
  type HandsetFault,
  type ReadReceiptOptions,
  type SendOptions,
} from './handset.js';
export { type ListenEvent, type Listener, type ListenOptions, listen, type ReceivedPush } from './listen.js';
export { type AttachedFile, buildMessage, type Composition } from './message.js';
export { type SavedPart, saveParts } from './save-parts.js';
