/**
 * Dialogues that a Begin opened without a component: the operation comes in a Continue, and whoever judges it then has to know what was said
 * when the dialogue began.
 *
 * A dialogue is known by the id that its opener chose and the party that the opener is. The other side's id is learned from its first
 * Continue; by it the opener's own End or Abort is recognised. A later Begin with the same id and party takes the place of the earlier one.
 * There is no timer: the caller's clock comes with every call. At the bound the oldest dialogue is forgotten, and counted.
 */
import { LIMITS } from '#base';
import { NO_TRANSACTION } from './transaction.js';

export interface DialogueSettings {
  /** Dialogues known at once. Default `LIMITS.moDialoguesMax`. At the bound the oldest gives way. */
  readonly dialoguesMax?: number;
  /** How long a dialogue is known after its Begin. Milliseconds. Default `LIMITS.moDialogueMs`. */
  readonly timeMs?: number;
}

/** A dialogue that is under way. `L`: what the caller knows of its beginning; `V`: what he decided. */
export interface OpenDialogue<L, V> {
  readonly otid: number;
  readonly opener: string;
  readonly label: L;
  /** When it is forgotten. Milliseconds of the caller's clock. */
  readonly expiresAt: number;
  /** The id that the other side chose; NO_TRANSACTION until its first Continue. */
  readonly farId: number;
  /** The decision, once made: it holds for whatever comes later in this dialogue. */
  readonly verdict: V | undefined;
}

type Entry<L, V> = { -readonly [K in keyof OpenDialogue<L, V>]: OpenDialogue<L, V>[K] };

const keyOf = (id: number, party: string): string => `${id}/${party}`;

export class Dialogues<L, V> {
  private readonly dialoguesMax: number;
  private readonly timeMs: number;
  /** By the opener's id, in the order of their Begins, which is that of their ends. */
  private readonly open = new Map<string, Entry<L, V>>();
  /** By the other side's id and the opener. */
  private readonly byFarId = new Map<string, Entry<L, V>>();
  private evictedCount = 0;
  private expiredCount = 0;

  constructor(settings: DialogueSettings = {}) {
    this.dialoguesMax = settings.dialoguesMax ?? LIMITS.moDialoguesMax;
    this.timeMs = settings.timeMs ?? LIMITS.moDialogueMs;
  }

  /** Dialogues known now, those that are due to be forgotten included. */
  get size(): number {
    return this.open.size;
  }

  /** Dialogues forgotten for want of room, since the beginning. */
  get evicted(): number {
    return this.evictedCount;
  }

  /** Dialogues forgotten for their age, since the beginning. */
  get expired(): number {
    return this.expiredCount;
  }

  /** A Begin of `opener` without component. */
  begin(otid: number, opener: string, label: L, now: number): OpenDialogue<L, V> {
    this.expire(now);
    this.superseded(otid, opener);
    if (this.open.size >= this.dialoguesMax) this.evictOldest();
    const entry: Entry<L, V> = {
      otid,
      opener,
      label,
      expiresAt: now + this.timeMs,
      farId: NO_TRANSACTION,
      verdict: undefined,
    };
    this.open.set(keyOf(otid, opener), entry);
    return entry;
  }

  /** A Begin of `opener` that needs no following: whatever dialogue had its id is over. */
  superseded(otid: number, opener: string): void {
    const key = keyOf(otid, opener);
    const former = this.open.get(key);
    if (former !== undefined) this.forget(key, former);
  }

  /** The dialogue of a Continue that its opener sends. */
  ofOpener(otid: number, opener: string, now: number): OpenDialogue<L, V> | undefined {
    const entry = this.open.get(keyOf(otid, opener));
    return entry === undefined || entry.expiresAt <= now ? undefined : entry;
  }

  /** A Continue of the other side: its id is learned. Only its first answer can choose it (Q.774 3.2.1.3.2). */
  answered(dtid: number, opener: string, farId: number, now: number): OpenDialogue<L, V> | undefined {
    const entry = this.open.get(keyOf(dtid, opener)) as Entry<L, V> | undefined;
    if (entry === undefined || entry.expiresAt <= now) return undefined;
    if (entry.farId === NO_TRANSACTION) {
      entry.farId = farId;
      this.byFarId.set(keyOf(farId, opener), entry);
    }
    return entry;
  }

  /** An End or Abort of the other side, for the opener. */
  endedByFar(dtid: number, opener: string): boolean {
    const key = keyOf(dtid, opener);
    const entry = this.open.get(key);
    if (entry !== undefined) this.forget(key, entry);
    return entry !== undefined;
  }

  /** An End or Abort of the opener, for the other side's id. */
  endedByOpener(dtid: number, opener: string): boolean {
    const entry = this.byFarId.get(keyOf(dtid, opener));
    if (entry !== undefined) this.forget(keyOf(entry.otid, entry.opener), entry);
    return entry !== undefined;
  }

  /** Keeps the first decision about a dialogue, and gives the one that holds. */
  settle(dialogue: OpenDialogue<L, V>, verdict: V): V {
    const entry = dialogue as Entry<L, V>;
    entry.verdict ??= verdict;
    return entry.verdict;
  }

  /** Forgets what is too old, and says how many that were. */
  expire(now: number): number {
    let count = 0;
    for (const [key, entry] of this.open) {
      if (entry.expiresAt > now) break;
      this.forget(key, entry);
      count++;
    }
    this.expiredCount += count;
    return count;
  }

  /** When `expire` has something to do next; undefined when there is nothing. */
  get expiresAt(): number | undefined {
    return this.open.values().next().value?.expiresAt;
  }

  private evictOldest(): void {
    const oldest = this.open.entries().next().value;
    if (oldest === undefined) return;
    this.forget(...oldest);
    this.evictedCount++;
  }

  private forget(key: string, entry: Entry<L, V>): void {
    this.open.delete(key);
    const farKey = keyOf(entry.farId, entry.opener);
    if (this.byFarId.get(farKey) === entry) this.byFarId.delete(farKey);
  }
}
