/**
 * Messages on their way, in memory: what was acknowledged last, message by message, with deliveries and small content.
 *
 * Coherence: every acknowledged change passes here before its caller hears of it. A row that is being read from the database may be older
 * than a change acknowledged meanwhile; so a load that a change overtook is given to those who asked before the change, and not kept.
 */
import type { Delivery, DeliveryKey, Message, MessageId } from '#messaging';
import type { FrameRef } from './files/frame.js';
import { OldestFirst } from './oldest-first.js';

/** Where the content of a message is; `inline` is the content itself. */
export type ContentPlace =
  | { readonly kind: 'inline'; readonly octets: Uint8Array }
  | { readonly kind: 'frame'; readonly ref: FrameRef }
  | { readonly kind: 'absent' };

/** A message with its deliveries in the order of its recipients. */
export interface HotMessage {
  readonly message: Message;
  readonly deliveries: Delivery[];
  /** Undefined: not looked up yet. */
  content: ContentPlace | undefined;
  /** Estimate of the memory it takes. */
  octets: number;
}

/** Rounded up: a message with one delivery, both of ASCII text, took 1,150 octets of heap together, these maps included. */
const MESSAGE_OCTETS = 1_200;
const DELIVERY_OCTETS = 500;

export class HotMessages {
  readonly #rowsMax: number;
  readonly #octetsMax: number;
  /** Least recently used first. */
  readonly #rows = new Map<string, HotMessage>();
  readonly #oldest = new OldestFirst(this.#rows);
  readonly #byDelivery = new Map<string, string>();
  #octets = 0;

  constructor(rowsMax: number, octetsMax: number) {
    this.#rowsMax = rowsMax;
    this.#octetsMax = octetsMax;
  }

  get rows(): number {
    return this.#rows.size;
  }

  get octets(): number {
    return this.#octets;
  }

  get(id: string): HotMessage | undefined {
    const found = this.#rows.get(id);
    if (!found) return undefined;
    this.#rows.delete(id);
    this.#rows.set(id, found);
    return found;
  }

  byDelivery(key: string): HotMessage | undefined {
    const id = this.#byDelivery.get(key);
    return id === undefined ? undefined : this.get(id);
  }

  put(message: Message, deliveries: readonly Delivery[], content: ContentPlace | undefined): HotMessage {
    this.remove(message.id);
    const sorted = [...deliveries];
    if (sorted.length > 1) sorted.sort((a, b) => a.recipientIndex - b.recipientIndex);
    const octets = MESSAGE_OCTETS + sorted.length * DELIVERY_OCTETS + contentOctets(content);
    const hot: HotMessage = { message, deliveries: sorted, content, octets };
    this.#rows.set(message.id, hot);
    for (const { key } of sorted) this.#byDelivery.set(key, message.id);
    this.#octets += octets;
    this.#shrink();
    return hot;
  }

  replaceDelivery(delivery: Delivery): void {
    const hot = this.#rows.get(delivery.messageId);
    const place = hot?.deliveries.findIndex(({ key }) => key === delivery.key) ?? -1;
    if (hot && place >= 0) hot.deliveries[place] = delivery;
  }

  hasten(key: DeliveryKey, dueAt: number): void {
    const hot = this.byDelivery(key);
    const delivery = hot?.deliveries.find((one) => one.key === key);
    if (delivery) this.replaceDelivery({ ...delivery, dueAt });
  }

  /** Puts down where the content of a message is, if the message is here. */
  setContent(id: MessageId | string, content: ContentPlace): void {
    const hot = this.#rows.get(id);
    if (!hot) return;
    const more = contentOctets(content) - contentOctets(hot.content);
    hot.content = content;
    hot.octets += more;
    this.#octets += more;
    this.#shrink();
  }

  remove(id: string): void {
    const hot = this.#rows.get(id);
    if (!hot) return;
    this.#rows.delete(id);
    for (const { key } of hot.deliveries) this.#byDelivery.delete(key);
    this.#octets -= hot.octets;
  }

  #shrink(): void {
    while (this.#rows.size > this.#rowsMax || this.#octets > this.#octetsMax) {
      const oldest = this.#oldest.next();
      if (oldest === undefined) return;
      this.remove(oldest);
    }
  }
}

const contentOctets = (content: ContentPlace | undefined): number => (content?.kind === 'inline' ? content.octets.length : 0);
