/**
 * What was taken back, and what took its place: which versions of a message there are, which deliveries were stopped and since when, and what
 * must not happen to them any more.
 */
import { addressKey, type Delivery, type DeliveryKey, type Message, type MessageId, type MessagingEvent } from '#messaging';
import { Violation } from '../machine/witness.js';
import type { Sent } from './compose.js';

/** What the database says of deliveries, as committed. */
export type StoredDeliveries = (id: MessageId) => readonly Delivery[];

export interface RecalledWorld {
  /** Milliseconds since the world began. */
  now(): number;
  fail(violation: Violation): void;
  /** What was sent, by the id it was kept under. */
  readonly messages: ReadonlyMap<MessageId, Sent>;
  readonly stored: StoredDeliveries;
}

/** States in which nobody has been given anything of it, and a handset of ours is meant. */
const WAITS_FOR_HANDSET: ReadonlySet<string> = new Set(['due', 'notified', 'deferred']);

/** How one version ended for one recipient. */
interface VersionEnd {
  readonly id: MessageId;
  readonly state: Delivery['state'];
  /** It gave way to another version. */
  readonly gaveWay: boolean;
}

export class Recalled {
  readonly #in: RecalledWorld;
  /** Deliveries whose sender or operator has been told that they are stopped, and since when. */
  readonly #stopped = new Map<DeliveryKey, number>();
  /** Of versions that took another's place: the id of the first. */
  readonly #firsts = new Map<MessageId, MessageId>();
  /** By the id of the first version and recipient, how each version ended, by the delivery's key. */
  readonly #ends = new Map<MessageId, Map<string, Map<DeliveryKey, VersionEnd>>>();

  constructor(world: RecalledWorld) {
    this.#in = world;
  }

  /** Ids under which versions of the message `first` were to be kept, that one included, in the order in which they were. */
  versionsOf(first: MessageId): readonly MessageId[] {
    return [first, ...[...this.#firsts].flatMap(([id, of]) => (of === first ? [id] : []))];
  }

  /** What the message is a version of: its own id where it took no other's place. */
  firstOf(id: MessageId): MessageId {
    return this.#firsts.get(id) ?? id;
  }

  /**
   * A cancellation of `first`, or its replacement by `newest`, was answered: what of the (older) versions waited for a handset has been stopped, and
   * what has been stopped stays so. What is on its way to a far side at this instant may come too late.
   */
  answered(first: MessageId, newest?: MessageId): void {
    const versions = this.versionsOf(first);
    const older = newest === undefined ? versions : versions.slice(0, versions.indexOf(newest));
    for (const id of older) {
      for (const { key, state, road } of this.#in.stored(id)) {
        if (state === 'cancelled') this.#stopped.set(key, this.#stopped.get(key) ?? this.#in.now());
        if (state === 'unrouted' || (road === undefined && WAITS_FOR_HANDSET.has(state)))
          throw this.#broken('what was taken back does not wait any more', `${this.#name(id)}: ${key} is ${state}`);
      }
    }
  }

  /** Somebody asked for it, or is given it, at the instant `at` since the world began. */
  used(key: DeliveryKey, at: number, how: string): void {
    const since = this.#stopped.get(key);
    if (since !== undefined && at > since)
      throw this.#broken('nobody is given what was taken back', `${key} ${how} at ${at}, stopped at ${since}`);
  }

  /** A new version is to be kept. Gives what is wrong with it; undefined: nothing. */
  wrongVersion(sent: Sent, message: Message, deliveries: readonly Delivery[]): string | undefined {
    const original = sent.replaces!;
    const { named, origin, id } = message;
    const first = named?.messageId as MessageId | undefined;
    if (named?.system !== 'replaces' || this.#in.messages.get(first!) !== original) return 'what it replaces';
    this.#firsts.set(id, first!);
    if (origin.interface !== 'mm7' || origin.replaces !== first) return 'its origin';
    const served = new Set(deliveries.map(({ recipient }) => addressKey(recipient)));
    const shown = message.recipients.map(({ address, shownOnly }) => `${addressKey(address)} ${shownOnly !== true}`);
    const meant = original.intended.map(({ key }) => `${key} ${served.has(key)}`);
    return shown.join() === meant.join() && served.size > 0 ? undefined : `its recipients: ${shown.join()} of ${meant.join()}`;
  }

  /** A version has come to its end. */
  ended({ id }: Message, deliveries: readonly Delivery[], events: readonly MessagingEvent[]): void {
    const gaveWay = (key: DeliveryKey): boolean =>
      events.some((event) => event.kind === 'delivery-cancelled' && event.delivery === key && event.replacement !== undefined);
    const first = this.firstOf(id);
    const ends = this.#ends.get(first) ?? new Map<string, Map<DeliveryKey, VersionEnd>>();
    this.#ends.set(first, ends);
    for (const { key, recipient, state } of deliveries) {
      const who = addressKey(recipient);
      const versions = ends.get(who) ?? new Map<DeliveryKey, VersionEnd>();
      ends.set(who, versions.set(key, { id, state, gaveWay: gaveWay(key) }));
    }
  }

  /** When everything has ended: each recipient was served by exactly one version of what was replaced. */
  judge(): void {
    for (const [first, ends] of this.#ends) {
      for (const [recipient, versions] of ends) {
        const kept = [...versions.values()].filter(({ gaveWay }) => !gaveWay);
        if (kept.length === 1) continue;
        const text = [...versions.values()].map(({ id, state, gaveWay }) => `${id} ${state}${gaveWay ? ', gave way' : ''}`);
        const what = `${this.#name(first)} for ${recipient}: ${text.join('; ')}`;
        throw this.#broken('a replaced message reaches everybody in one version', what);
      }
    }
  }

  #name(id: MessageId): string {
    return `message ${this.#in.messages.get(id)?.number} (${id})`;
  }

  #broken(invariant: string, what: string): Violation {
    const violation = new Violation(invariant, what);
    this.#in.fail(violation);
    return violation;
  }
}
