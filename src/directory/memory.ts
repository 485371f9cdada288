/** Objects as long as the process lives: for tests and for tools. */
import { historyOf, type KeptEntry, ObjectBook } from './book.js';
import { createObjectStore, fixedDirectory, type ObjectKeeper } from './create-store.js';
import type { Directory } from './directory.js';
import { faultText } from './faults.js';
import { OBJECT_KINDS, type ObjectKind } from './kinds.js';
import {
  HISTORY_DIFFERENCES_MAX,
  type HistoryEntry,
  type HistoryFilter,
  type ObjectStore,
  type SetFault,
} from './object-store.js';
import type { WrittenTable } from './words.js';

/** Is the entry one that the filter asks for? And what of it: the objects that it asks for. */
export function filtered(entry: HistoryEntry, { kind, name, before }: HistoryFilter): HistoryEntry | undefined {
  if (before !== undefined && entry.revision >= before) return undefined;
  if (kind === undefined && name === undefined) return entry;
  const differences = entry.differences.filter(
    (difference) => (kind === undefined || difference.kind === kind) && (name === undefined || difference.name === name),
  );
  return differences.length > 0 ? { ...entry, differences } : undefined;
}

/** Keeps the last of the entries that it is given, within the bounds of an answer. */
export class Recent {
  readonly #entries: HistoryEntry[] = [];
  readonly #limit: number;
  readonly #differencesMax: number;
  #differences = 0;
  /** Something that was given has been left out. */
  isFull = false;

  constructor(limit: number, differencesMax = HISTORY_DIFFERENCES_MAX) {
    this.#limit = limit;
    this.#differencesMax = differencesMax;
  }

  get newestFirst(): readonly HistoryEntry[] {
    return this.#entries.toReversed();
  }

  add(entry: HistoryEntry | undefined): void {
    if (entry === undefined) return;
    this.#entries.push(entry);
    this.#differences += entry.differences.length;
    while (this.#entries.length > this.#limit || (this.#differences > this.#differencesMax && this.#entries.length > 1)) {
      this.#differences -= this.#entries.shift()!.differences.length;
      this.isFull = true;
    }
  }
}

/** `now`: epoch milliseconds. */
export function openMemoryObjects(now: () => number): ObjectStore {
  const entries: KeptEntry[] = [];
  const keeper: ObjectKeeper = {
    keep: async ({ entry }) => {
      entries.push(entry);
      return undefined;
    },
    history: async (filter) => {
      const recent = new Recent(filter.limit);
      for (const entry of entries) recent.add(filtered(historyOf(entry), filter));
      return recent.newestFirst;
    },
    close: async () => {},
  };
  return createObjectStore(ObjectBook.empty(), keeper, now);
}

/** Objects as a file has them: by kind, each as written. */
export type WrittenObjects = { readonly [K in ObjectKind]?: readonly WrittenTable[] };

/** A directory of written objects that does not change. Throws on faults, with all of them. */
export function directoryOf(objects: WrittenObjects): Directory {
  const changes = OBJECT_KINDS.flatMap((kind) => (objects[kind] ?? []).map((object) => ({ act: 'put', kind, object }) as const));
  const plan = ObjectBook.empty().plan({ who: 'fixed', seen: 0, changes }, 0);
  if (plan.ok) return fixedDirectory(plan.value.book);
  throw new Error(plan.error.kind === 'invalid' ? plan.error.faults.map(setFaultText).join('\n') : plan.error.kind);
}

/** `peer operator-b: limits.size-max: ...`. */
export const setFaultText = ({ kind, name, path, text }: SetFault): string =>
  `${kind}${name === undefined ? '' : ` ${name}`}: ${faultText({ path, text })}`;
