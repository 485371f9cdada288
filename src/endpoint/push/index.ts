/** Tells handsets what waits for them: the domain's port `Notifier` over the laboratory's push and over Kannel. */
export type { KannelConfig, LabPushConfig, PushConfig } from './config.js';
export { createKannelNotifier, type KannelNotifier } from './kannel.js';
export { type LabPush, type LabPushPorts, startLabPush } from './lab.js';
export type { PushPorts } from './measure.js';
export { SEGMENTED_OCTETS_MAX, type ShortMessage, toShortMessages } from './short-messages.js';
export { toPushOctets } from './translate.js';
