/**
 * Deliveries that somebody is taking off their roads, so that none of them sets out while that is written down. A handover that was being prepared
 * then may have read of it before it was written, and would still see it waiting: for those it stays barred until they have ended.
 */
import type { Delivery, MessageId } from './model.js';

interface Withdrawn {
  readonly messageId: MessageId;
  /** How many are taking it off its road at this moment. */
  takers: number;
  /** Handovers up to this one may have read of it before it was taken off. */
  barredUpTo: number;
}

/** Numbers handovers, and reports, in the order in which they were begun. */
export type HandoverNumber = number;

export class Withdrawals {
  readonly #withdrawn = new Map<string, Withdrawn>();
  /** Of each message, handovers and reports under way or being prepared. */
  readonly #underWay = new Map<MessageId, number>();
  #last: HandoverNumber = 0;

  /** Somebody is taking the delivery off its road. */
  begin({ key, messageId }: Delivery): void {
    const known = this.#withdrawn.get(key) ?? { messageId, takers: 0, barredUpTo: 0 };
    known.takers++;
    this.#withdrawn.set(key, known);
  }

  /** He is done, whatever came of it. */
  end({ key }: Delivery): void {
    const known = this.#withdrawn.get(key);
    if (!known) return;
    known.takers--;
    known.barredUpTo = this.#last;
    this.#forget(key, known);
  }

  /** Whether this must not be taken up now. */
  isBeingTaken(key: string): boolean {
    return (this.#withdrawn.get(key)?.takers ?? 0) > 0;
  }

  /** A handover of this message is being prepared. Gives what names it to `bars`. */
  setOut(messageId: MessageId): HandoverNumber {
    this.#underWay.set(messageId, (this.#underWay.get(messageId) ?? 0) + 1);
    return ++this.#last;
  }

  /** Whether the delivery must not go along with this handover. */
  bars(key: string, handover: HandoverNumber): boolean {
    const known = this.#withdrawn.get(key);
    return known !== undefined && (known.takers > 0 || handover <= known.barredUpTo);
  }

  /** A handover of this message has ended. */
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
    if (takers === 0 && !this.#underWay.has(messageId)) this.#withdrawn.delete(key);
  }
}
