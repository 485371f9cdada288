/**
 * The port to events in the order in which they were kept, for those who must see each of them once: charging. What each method promises is
 * tested by `event-log.contract.ts`.
 */
import type { MessagingEvent } from './events.js';
import type { Delivery, Message } from './model.js';

/** What one change kept for one message. */
export interface LoggedChange {
  /** Grows from change to change in the order in which they became durable, also across restarts; not without gaps. At least 1. */
  readonly place: number;
  /** At least one, in their order. The same at every reading. */
  readonly events: readonly MessagingEvent[];
  readonly message: Message;
  /** Of the message in the order of its recipients, as they stood after the change or at any time since. */
  readonly deliveries: readonly Delivery[];
}

/**
 * A change is logged together with what it changes: whatever survives stands here, too, until it is done with, with its
 * message, whatever is pruned meanwhile. Methods may reject with StoreUnavailable.
 */
export interface EventLog {
  /** Names this log for good: places of two logs are not compared. 1 to 32 letters, digits and `-`. */
  identity(): Promise<string>;
  /** Up to `limit` changes behind the place `after`, in their order; empty: there are none now. 0: from the first that is not done with. */
  changesAfter(after: number, limit: number): Promise<readonly LoggedChange[]>;
  /** Nobody needs changes up to this place any more. Durable some time after it resolves: after a crash some may come again. */
  changesDone(upTo: number): Promise<void>;
  /** Calls back, possibly often, when there may be changes that were not there before. */
  onChanges(wake: () => void): void;
}
