/**
 * Deliveries that somebody is taking off their roads, so that none of them sets out while that is written down. Who has read a message's deliveries
 * before it was written, and has not set out yet, would still see them waiting: so they are remembered until nothing of that message is under way.
 */
import type { Delivery, MessageId } from './model.js';

interface Withdrawn {
  readonly messageId: MessageId;
  /** How many are taking it off its road at this moment. */
  takers: number;
}

export class Withdrawals {
  readonly #withdrawn = new Map<string, Withdrawn>();
  /** Of each message, handovers and reports under way or being prepared. */
  readonly #underWay = new Map<MessageId, number>();

  has(key: string): boolean {
    return this.#withdrawn.has(key);
  }

  begin({ key, messageId }: Delivery): void {
    const known = this.#withdrawn.get(key) ?? { messageId, takers: 0 };
    known.takers++;
    this.#withdrawn.set(key, known);
  }

  end({ key }: Delivery): void {
    const known = this.#withdrawn.get(key);
    if (!known) return;
    known.takers--;
    this.#forget(key, known);
  }

  /** A handover of this message is being prepared. */
  setOut(messageId: MessageId): void {
    this.#underWay.set(messageId, (this.#underWay.get(messageId) ?? 0) + 1);
  }

  /** It has ended. */
  arrived(messageId: MessageId): void {
    const left = (this.#underWay.get(messageId) ?? 1) - 1;
    if (left > 0) {
      this.#underWay.set(messageId, left);
      return;
    }
    this.#underWay.delete(messageId);
    for (const [key, one] of this.#withdrawn) if (one.messageId === messageId) this.#forget(key, one);
  }

  #forget(key: string, { messageId, takers }: Withdrawn): void {
    if (takers <= 0 && !this.#underWay.has(messageId)) this.#withdrawn.delete(key);
  }
}
