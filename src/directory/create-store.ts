/** What every object store does, whatever it is kept in: one set after the other, durable first, then announced. */
import { err, type Result } from '#base';
import type { KeptEntry, ObjectBook, Plan } from './book.js';
import type { Directory, DirectorySnapshot } from './directory.js';
import type { ObjectKind } from './kinds.js';
import type {
  Changed,
  ChangeRefusal,
  ChangeSet,
  HistoryEntry,
  HistoryFilter,
  ObjectStore,
  StoredObject,
} from './object-store.js';
import { Snapshot } from './snapshot.js';

/** Where sets are kept. */
export interface ObjectKeeper {
  /** Resolves when entry and secrets of the plan survive a crash; gives why when they cannot be kept, and then they are not. */
  keep(plan: Plan & { readonly entry: KeptEntry }): Promise<string | undefined>;
  history(filter: HistoryFilter): Promise<readonly HistoryEntry[]>;
  close(): Promise<void>;
}

class KeptStore implements ObjectStore {
  #book: ObjectBook;
  #snapshot: Snapshot;
  #last: Promise<unknown> = Promise.resolve();
  readonly #keeper: ObjectKeeper;
  readonly #now: () => number;
  readonly #listeners = new Set<(snapshot: DirectorySnapshot) => void>();

  constructor(book: ObjectBook, keeper: ObjectKeeper, now: () => number) {
    this.#book = book;
    this.#snapshot = new Snapshot(book.revision, book.objects);
    this.#keeper = keeper;
    this.#now = now;
  }

  get snapshot(): DirectorySnapshot {
    return this.#snapshot;
  }

  onChange(listener: (snapshot: DirectorySnapshot) => void): () => void {
    // Wrapped, so that the same function given twice is told twice and ends separately.
    const its = (snapshot: DirectorySnapshot): void => listener(snapshot);
    this.#listeners.add(its);
    return () => {
      this.#listeners.delete(its);
    };
  }

  list(kind: ObjectKind, after?: string, limit?: number): readonly StoredObject[] {
    return this.#book.list(kind, after, limit);
  }

  get(kind: ObjectKind, name: string): StoredObject | undefined {
    return this.#book.get(kind, name);
  }

  preview(set: ChangeSet): Result<Changed, ChangeRefusal> {
    const plan = this.#book.plan(set, this.#now());
    return plan.ok ? { ok: true, value: plan.value.changed } : plan;
  }

  change(set: ChangeSet): Promise<Result<Changed, ChangeRefusal>> {
    const outcome = this.#last.then(() => this.#change(set));
    // Whoever asked is told of a bug; the next set is not held up by it.
    this.#last = outcome.catch(() => {});
    return outcome;
  }

  history(filter: HistoryFilter): Promise<readonly HistoryEntry[]> {
    return this.#keeper.history(filter);
  }

  async close(): Promise<void> {
    await this.#last;
    await this.#keeper.close();
  }

  async #change(set: ChangeSet): Promise<Result<Changed, ChangeRefusal>> {
    const planned = this.#book.plan(set, this.#now());
    if (!planned.ok) return planned;
    const { book, changed, entry } = planned.value;
    if (entry === undefined) return { ok: true, value: changed };
    const refused = await this.#keeper.keep({ ...planned.value, entry });
    if (refused !== undefined) return err({ kind: 'unavailable', text: refused });
    this.#book = book;
    this.#snapshot = new Snapshot(book.revision, book.objects, this.#snapshot);
    for (const listener of [...this.#listeners]) listener(this.#snapshot);
    return { ok: true, value: changed };
  }
}

/** A store that goes on from a book. `now`: epoch milliseconds. */
export const createObjectStore = (book: ObjectBook, keeper: ObjectKeeper, now: () => number): ObjectStore =>
  new KeptStore(book, keeper, now);

/** What does not change, for tools and tests. */
export const fixedDirectory = (book: ObjectBook): Directory => ({
  snapshot: new Snapshot(book.revision, book.objects),
  onChange: () => () => {},
});
