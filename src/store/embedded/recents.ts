/** Fingerprints of what was accepted last: recognises a resubmission without asking the database. The oldest are forgotten. */
import type { MessageId } from '#messaging';
import { OldestFirst } from './oldest-first.js';

export class Recents {
  readonly #rowsMax: number;
  /** Oldest first. */
  readonly #byFingerprint = new Map<string, { readonly id: MessageId; readonly acceptedAt: number }>();

  readonly #oldest = new OldestFirst(this.#byFingerprint);

  constructor(rowsMax: number) {
    this.#rowsMax = rowsMax;
  }

  get size(): number {
    return this.#byFingerprint.size;
  }

  /** The latest by its own clock counts, whatever the order of acknowledgement. */
  add(fingerprint: string, id: MessageId, acceptedAt: number): void {
    const known = this.#byFingerprint.get(fingerprint);
    if (known && known.acceptedAt > acceptedAt) return;
    if (known) this.#byFingerprint.delete(fingerprint);
    this.#byFingerprint.set(fingerprint, { id, acceptedAt });
    if (this.#byFingerprint.size > this.#rowsMax) this.#byFingerprint.delete(this.#oldest.next()!);
  }

  find(fingerprint: string, since: number): MessageId | undefined {
    const known = this.#byFingerprint.get(fingerprint);
    return known && known.acceptedAt >= since ? known.id : undefined;
  }

  /** The message is gone. */
  remove(fingerprint: string, id: string): void {
    if (this.#byFingerprint.get(fingerprint)?.id === id) this.#byFingerprint.delete(fingerprint);
  }
}
