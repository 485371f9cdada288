/**
 * Large content that came last, in memory for the far side or the handset that gets it within the second. The file is what counts: content never
 * changes under its message's id, and whether there still is any is asked of the row first.
 */
import type { ContentOctets } from '#messaging';
import { joined } from './joined.js';
import { OldestFirst } from './oldest-first.js';

/** Content above this share of the whole is not kept: it would put out all others. 0..1. */
const SHARE_MAX = 0.25;

export class RecentContent {
  readonly #octetsMax: number;
  /** Oldest first. */
  readonly #contents = new Map<string, Uint8Array>();
  readonly #oldest = new OldestFirst(this.#contents);
  #octets = 0;

  /** `octetsMax` 0: nothing is kept. */
  constructor(octetsMax: number) {
    this.#octetsMax = octetsMax;
  }

  get octets(): number {
    return this.#octets;
  }

  get(id: string): Uint8Array | undefined {
    return this.#contents.get(id);
  }

  put(id: string, content: ContentOctets, length: number): void {
    if (length > this.#octetsMax * SHARE_MAX) return;
    this.#contents.set(id, joined(content, length));
    this.#octets += length;
    while (this.#octets > this.#octetsMax) {
      const oldest = this.#oldest.next();
      if (oldest === undefined) return;
      this.remove(oldest);
    }
  }

  remove(id: string): void {
    const content = this.#contents.get(id);
    if (!content) return;
    this.#contents.delete(id);
    this.#octets -= content.length;
  }
}
