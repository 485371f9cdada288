/** Decides what happens to a multimedia message, from acceptance to report. */
export { type Address, addressKey, addressText } from './address.js';
export type {
  Carrier,
  Carriers,
  Handover,
  HandoverOutcome,
  OutgoingReport,
  ReportOutcome,
  Terms,
} from './carrier.js';
export { createMessaging } from './create-messaging.js';
export type { EventLog, LoggedChange } from './event-log.js';
export type { MessagingEvent } from './events.js';
export type { HandsetStore } from './handset-store.js';
export { instantOfKey, isKey, toKey } from './key.js';
export {
  type Change,
  type ContentOctets,
  type DeliveryOfMessage,
  type Due,
  type MessageFilter,
  type MessageHistory,
  type MessageStore,
  type RoadCount,
  type StoredContent,
  StoreUnavailable,
  type WaitingPlace,
} from './message-store.js';
export type {
  Accepted,
  Acknowledgement,
  AnswerRefusal,
  Cancellation,
  Cancelled,
  FarReport,
  FarReported,
  HandoverAnswer,
  HandoverAnswered,
  Messaging,
  MessagingService,
  NotificationAnswer,
  ReadReceipt,
  RecallRefusal,
  RefusedRecipient,
  Replacement,
  Retrieval,
  RetrieveRefusal,
  RoadAction,
  RoadActionDone,
  RoadQueue,
  RoadSelection,
  Submission,
  SubmitRefusal,
  TimeWish,
} from './messaging.js';
export {
  type ApplicationAddressing,
  type Delivery,
  type DeliveryKey,
  type DeliveryOutcome,
  type DeliveryState,
  type DsnWish,
  ENDED,
  type FarAnswer,
  type Forwarding,
  type HandedOver,
  type Handset,
  type Message,
  type MessageClass,
  type MessageId,
  type Mm1Origin,
  type Mm3Origin,
  type Mm4Origin,
  type Mm7Origin,
  needsContent,
  type Origin,
  type Priority,
  type Recipient,
  type RecipientField,
  type Report,
  type ReportedOutcome,
  type ReportKey,
  type SystemName,
} from './model.js';
export type { DeliveryReport, Notification, Notifier, Push, PushOutcome, ReadReport } from './notifier.js';
export { VERSION_OF_UNKNOWN_HANDSETS } from './notify.js';
export { isOwnNumber, normaliseNumber } from './number.js';
export type { NumberingPlan, Policy } from './policy.js';
export type { Ports } from './ports.js';
export type { NoRoute } from './road.js';
export { DELIVERY_CONDITIONS, isKnownCondition, type OuterRoad, type Road, type RoadName, roadName, sameRoad } from './road.js';
export type { RouteDecision, RouteQuery, Router } from './router.js';
