/** The port to the operators' objects: kept with revisions and history. Tested by `object-store.contract.ts`. */
import type { Result } from '#base';
import type { Finding } from './across.js';
import type { ObjectDifference } from './difference.js';
import type { Directory } from './directory.js';
import type { Path } from './faults.js';
import type { ObjectKind } from './kinds.js';
import type { WrittenTable } from './words.js';

/** One object as it is kept, as far as it may be shown. */
export interface StoredObject {
  readonly kind: ObjectKind;
  readonly name: string;
  /** As it was written, secrets masked. */
  readonly object: WrittenTable;
  /** That of the directory when it was last changed. */
  readonly revision: number;
  /** Epoch milliseconds. */
  readonly changedAt: number;
  readonly changedBy: string;
}

/** What is to become of one object. `put`: made, or replaced as a whole. */
export type ObjectChange =
  | { readonly act: 'put'; readonly kind: ObjectKind; readonly object: WrittenTable }
  | { readonly act: 'remove'; readonly kind: ObjectKind; readonly name: string };

/** Changes that happen together or not at all. Each object stands among them once at most. */
export interface ChangeSet {
  /** Who changes, for the history. */
  readonly who: string;
  /** Why, in his words. */
  readonly reason?: string;
  /**
   * The revision that he saw: that of the one object, or of the directory, or 0 for an object that he believes to be new. If an object that he
   * changes has become another, or has gone, since then, everything is refused as stale.
   */
  readonly seen: number;
  readonly changes: readonly ObjectChange[];
  /** Any change of any object since `seen` refuses the set: what was shown as its difference must be what it does. */
  readonly exact?: boolean;
  /** An object that is put without `state` keeps the one that it has: a file that is applied does not resume what somebody has paused. */
  readonly keepStates?: boolean;
}

/** A fault of a set. `change`: its place in the set; absent when an object that is not in the set would become faulty. */
export interface SetFault {
  readonly change?: number;
  readonly kind: ObjectKind;
  readonly name?: string;
  readonly path: Path;
  readonly text: string;
}

/** Why nothing was changed. `unavailable`: the disk; nothing is known to be wrong with the set. */
export type ChangeRefusal =
  | { readonly kind: 'invalid'; readonly faults: readonly SetFault[] }
  /** `objects`: those that have changed; none where an exact set was refused because of others. */
  | { readonly kind: 'stale'; readonly objects: readonly { readonly kind: ObjectKind; readonly name: string }[] }
  | { readonly kind: 'full'; readonly text: string }
  | { readonly kind: 'unavailable'; readonly text: string };

/** What a set does. */
export interface Changed {
  /** Of the directory, with the set in it. The same as before when nothing changes. */
  readonly revision: number;
  readonly differences: readonly ObjectDifference[];
  /** About all objects, with the set in it. */
  readonly remarks: readonly Finding[];
}

/** One set in the history. Secrets are never in it. */
export interface HistoryEntry {
  readonly revision: number;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly who: string;
  readonly reason?: string;
  readonly differences: readonly ObjectDifference[];
}

/** Objects in one answer about history; the entry that reaches it is the last. Unit: objects. Source: some megabytes. */
export const HISTORY_DIFFERENCES_MAX = 5_000;

export interface HistoryFilter {
  readonly kind?: ObjectKind;
  readonly name?: string;
  /** Only sets before this revision. */
  readonly before?: number;
  /** Entries at most. */
  readonly limit: number;
}

export interface ObjectStore extends Directory {
  /** Of one kind, by name; only those whose names come after `after`, `limit` at most. */
  list(kind: ObjectKind, after?: string, limit?: number): readonly StoredObject[];
  get(kind: ObjectKind, name: string): StoredObject | undefined;
  /** What `change` would do, without doing it. */
  preview(set: ChangeSet): Result<Changed, ChangeRefusal>;
  /** Durable before it resolves ok; then `snapshot` has it and every listener was told. Sets come one after the other. */
  change(set: ChangeSet): Promise<Result<Changed, ChangeRefusal>>;
  /** Newest first. As far back as the store keeps history; fewer than `limit` also where HISTORY_DIFFERENCES_MAX objects are reached: go on with `before`. */
  history(filter: HistoryFilter): Promise<readonly HistoryEntry[]>;
  /** Waits for changes under way. */
  close(): Promise<void>;
}
