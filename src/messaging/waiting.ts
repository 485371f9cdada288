/**
 * How many messages of each VASP wait for their recipients: those whose content somebody may still be given. Counted by the events of changes that
 * were made; from the store once, when somebody first asks. What was being committed at that moment may count twice or not, so that a bound holds but for
 * as many messages as were under way then.
 */
import type { MessagingEvent } from './events.js';
import type { MessageStore } from './message-store.js';

export class WaitingMessages {
  readonly #store: Pick<MessageStore, 'countWaiting'>;
  readonly #counts = new Map<string, number>();
  /** Submissions that have been let in and are not stored yet. */
  readonly #entering = new Map<string, number>();
  #known: Promise<void> | undefined;

  constructor(store: Pick<MessageStore, 'countWaiting'>) {
    this.#store = store;
  }

  /** Takes note of what has been committed. */
  note(events: readonly MessagingEvent[]): void {
    if (this.#known === undefined) return;
    for (const event of events) {
      if (event.kind === 'message-accepted' && event.interface === 'mm7') this.#add(event.system, 1);
      else if (event.kind === 'content-removed') this.#add(event.vasp, -1);
    }
  }

  /**
   * Does `accept` if the VASP has fewer messages waiting than `max`, those that are being let in included; undefined: it has not. Rejects with
   * StoreUnavailable where they cannot be counted.
   */
  async within<T>(vasp: string, max: number, accept: () => Promise<T>): Promise<T | undefined> {
    await this.#count();
    const entering = this.#entering.get(vasp) ?? 0;
    if ((this.#counts.get(vasp) ?? 0) + entering >= max) return undefined;
    this.#entering.set(vasp, entering + 1);
    try {
      return await accept();
    } finally {
      const left = this.#entering.get(vasp)! - 1;
      if (left === 0) this.#entering.delete(vasp);
      else this.#entering.set(vasp, left);
    }
  }

  #count(): Promise<void> {
    this.#known ??= this.#load().catch((thrown: unknown) => {
      this.#known = undefined;
      this.#counts.clear();
      throw thrown;
    });
    return this.#known;
  }

  async #load(): Promise<void> {
    for (const [vasp, count] of await this.#store.countWaiting()) this.#add(vasp, count);
  }

  #add(vasp: string | undefined, more: number): void {
    if (vasp === undefined) return;
    const count = (this.#counts.get(vasp) ?? 0) + more;
    if (count === 0) this.#counts.delete(vasp);
    else this.#counts.set(vasp, count);
  }
}
