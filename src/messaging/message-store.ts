/**
 * The port to durable storage of messages. What each method promises is tested by `message-store.contract.ts` on every implementation.
 *
 * Failures: every method may reject with StoreUnavailable (a transient condition: disk full, flush failed, folder read-only, overload).
 * A rejected write has not happened and will not happen later.
 */
import type { Address } from './address.js';
import type { MessagingEvent } from './events.js';
import type { Delivery, DeliveryKey, Message, MessageId, Report, SystemName } from './model.js';
import type { RoadName } from './road.js';

/** The store cannot keep its promise now; trying again later can help. Reading may still work. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
}

/** The octets of a message's content, in pieces that the store does not change and does not keep after `accept` settles. */
export type ContentOctets = readonly Uint8Array[];

/** One atomic change: all of it becomes durable or none. */
export interface Change {
  /** New values of existing deliveries; each must carry the stored revision plus one. */
  readonly deliveries: readonly Delivery[];
  readonly newReports: readonly Report[];
  /** New values of existing reports; revision as for deliveries. */
  readonly reports: readonly Report[];
  /** Reports that are done with and go, each with the revision that is stored. */
  readonly reportsDone: readonly Report[];
  readonly events: readonly MessagingEvent[];
  /** Messages whose content is not needed any more. Removing it twice is a no-op. */
  readonly contentRemoved: readonly MessageId[];
  /**
   * Deliveries that must exist and still need the message's content (`needsContent`) at the moment of the change, else it is stale; they are
   * not changed. Checked in the same atomic step: of two changes that each end what the other calls open, one is stale. Absent means none.
   */
  readonly stillOpen?: readonly DeliveryKey[];
}

/** A delivery together with its message. */
export interface DeliveryOfMessage {
  readonly delivery: Delivery;
  readonly message: Message;
}

/** What waits to be done. */
export type Due = ({ readonly kind: 'delivery' } & DeliveryOfMessage) | { readonly kind: 'report'; readonly report: Report };

/** Content as read back. `damaged`: the stored octets do not match their checksum. `absent`: removed, or there never was any. */
export type StoredContent =
  | { readonly kind: 'content'; readonly octets: Uint8Array }
  | { readonly kind: 'damaged'; readonly reason: string }
  | { readonly kind: 'absent' };

export interface MessageFilter {
  /** Only messages sent by this address. */
  readonly sender?: Address;
  /** Only messages with this address among the recipients. */
  readonly recipient?: Address;
  /** Only messages older than this one (their ids are ordered by time); for paging. */
  readonly before?: MessageId;
  readonly limit: number;
}

/** A place in the queue of a road: that of a delivery seen there. */
export type WaitingPlace = Required<Pick<Delivery, 'key' | 'handOverAt'>>;

/** What waits for one road. */
export interface RoadCount {
  readonly road: RoadName;
  /** Deliveries and reports with a `handOverAt`. */
  readonly waiting: number;
  /** The lowest key of them, which says when the oldest was made; absent when nothing waits. */
  readonly oldest?: string;
  readonly awaiting: number;
}

/** One message with all that belongs to it. */
export interface MessageHistory {
  readonly message: Message;
  readonly deliveries: readonly Delivery[];
  readonly reports: readonly Report[];
  /** Oldest first. */
  readonly events: readonly MessagingEvent[];
}

export interface MessageStore {
  /** Keeps a new message, its content, deliveries and events, together or not at all. Durable before it resolves. */
  accept(
    message: Message,
    content: ContentOctets,
    deliveries: readonly Delivery[],
    reports: readonly Report[],
    events: readonly MessagingEvent[],
  ): Promise<void>;

  /**
   * Makes one change. Durable before it resolves. `stale`: some revision was not the stored one, its row is gone, or one of `stillOpen` is
   * not open; then nothing was changed, no event kept and no content removed.
   */
  change(change: Change): Promise<'done' | 'stale'>;

  /**
   * As `accept` and `change` in one: a new message takes the place of what the change ends. All of it becomes durable or nothing, which is where the
   * change is stale.
   */
  supersede(
    message: Message,
    content: ContentOctets,
    deliveries: readonly Delivery[],
    events: readonly MessagingEvent[],
    change: Change,
  ): Promise<'done' | 'stale'>;

  /**
   * How many messages each VASP has whose content some delivery still needs (`needsContent`), by the name of its object; none is left out. As
   * committed: what is being committed may count or not.
   */
  countWaiting(): Promise<ReadonlyMap<string, number>>;

  /** Sees every change that has been acknowledged to anybody. */
  message(id: MessageId): Promise<Message | undefined>;
  delivery(key: DeliveryKey): Promise<DeliveryOfMessage | undefined>;
  /** All deliveries of one message in the order of its recipients; empty when there is no such message. */
  deliveriesOf(id: MessageId): Promise<readonly Delivery[]>;
  content(id: MessageId): Promise<StoredContent>;

  /** The latest message with this fingerprint accepted at or after `since`. May forget the oldest beyond a named limit, never sees wrong ones. */
  findResubmission(fingerprint: string, since: number): Promise<MessageId | undefined>;

  /**
   * The messages that came under this name, accepted at or after `since`: one row for each address that one was accepted for (`addressKey`, refused
   * ones included, `shownOnly` not). Durable with the message, known as long as it is. Of two for the same address the later one.
   */
  findNamed(name: SystemName, since: number): Promise<readonly { readonly recipient: string; readonly messageId: MessageId }[]>;

  /**
   * Up to `limit` things due at `now` (wall clock), each hidden from further claims for `leaseMs` of the monotonic clock or until it changes,
   * oldest due first as far as known. After a restart nothing is hidden. What has no `dueAt` is never due. `handOverAt` plays no part.
   */
  claimDue(now: number, leaseMs: number, limit: number): Promise<readonly Due[]>;

  /** Calls back, possibly often, when something may have become due earlier than known before. */
  onDue(wake: () => void): void;

  /**
   * When the next thing falls due that is not hidden by a claim; undefined when there is none. May be early, never late; but what is hidden
   * now never makes it name an instant that has passed (its caller would spin).
   */
  nextDueAt(): Promise<number | undefined>;

  /**
   * As `claimDue`, of what may go out by the far side `road` at `now`: deliveries and reports whose `handOverAt` has come, lowest first. A
   * claim here and one by `claimDue` know nothing of each other. What waits for one road makes no other claim slower.
   */
  claimFor(road: RoadName, now: number, leaseMs: number, limit: number): Promise<readonly Due[]>;

  /**
   * For each road that anything waits for: when the next thing may go out that is not hidden by a claim. May name a road in vain; instants as
   * with `nextDueAt`.
   */
  nextHandovers(): Promise<ReadonlyMap<RoadName, number>>;

  /** Deliveries that wait for this road in the order of `handOverAt` and key, from behind `after` on; claimed ones included. */
  waitingFor(road: RoadName, limit: number, after?: WaitingPlace): Promise<readonly DeliveryOfMessage[]>;

  /** What waits for each road, and how many deliveries await an answer from it (`handed-over`, `acknowledged`); roads with neither are left out. */
  countRoads(): Promise<readonly RoadCount[]>;

  /**
   * Everything waiting for `recipient` that has been put off becomes due at `now` (its handset has come within reach): deliveries to him in
   * the states `due` and `notified` by way of his handset (without `road`), and such reports to his number, with at least one attempt behind them and due later than `now`. What was
   * never tried waits for its own hour, what is deferred or fetched for its expiry. Revisions do not grow, so that work under way does not
   * become stale; claims stay. Returns how many.
   */
  hasten(recipient: Address, now: number): Promise<number>;

  history(id: MessageId): Promise<MessageHistory | undefined>;
  /** Newest first. */
  list(filter: MessageFilter): Promise<readonly Message[]>;

  /** Removes messages accepted before `acceptedBefore` whose deliveries have all ended and whose reports are gone, at most `limit`. Returns how many. */
  prune(acceptedBefore: number, limit: number): Promise<number>;
}
