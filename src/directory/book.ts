/**
 * All objects at one revision, and what a set of changes makes of them: pure, so that every store does the same. A store keeps the entry that
 * `plan` gives (and the secrets beside it) and goes on with the book that stands in the plan.
 */
import { err, LIMITS, ok, type Result } from '#base';
import { type Finding, faultsAcross, remarksOn } from './across.js';
import { differenceOf, type ObjectDifference } from './difference.js';
import type { Fault } from './faults.js';
import { KINDS, nameOf, OBJECT_KINDS, type ObjectKind, type ObjectTypes } from './kinds.js';
import type { Changed, ChangeRefusal, ChangeSet, HistoryEntry, ObjectChange, SetFault, StoredObject } from './object-store.js';
import { masked, revealed, type Secrets, secretsOf, separated, unmasked } from './secrets.js';
import { Shards } from './shards.js';
import type { WrittenTable } from './words.js';

/** One object as it is kept: secrets are references. */
export interface KeptObject {
  readonly kind: ObjectKind;
  readonly name: string;
  readonly object: WrittenTable;
  readonly revision: number;
  readonly changedAt: number;
  readonly changedBy: string;
}

/** One set as it is kept. */
export interface KeptEntry {
  readonly revision: number;
  readonly at: number;
  readonly who: string;
  readonly reason?: string;
  readonly changes: readonly {
    readonly kind: ObjectKind;
    readonly name: string;
    readonly before?: WrittenTable;
    readonly after?: WrittenTable;
  }[];
}

/** What a book is made of again. */
export interface KeptBook {
  readonly revision: number;
  /** Revision of the last removal; 0: none yet. */
  readonly lastRemoval: number;
  readonly nextSecret: number;
  readonly objects: readonly KeptObject[];
}

interface Held<K extends ObjectKind> extends KeptObject {
  readonly value: ObjectTypes[K];
}
type HeldMaps = { readonly [K in ObjectKind]: Shards<Held<K>> };
type ValueMaps = { readonly [K in ObjectKind]: Shards<ObjectTypes[K]> };

export interface Plan {
  readonly book: ObjectBook;
  readonly changed: Changed;
  /** Absent: nothing changes, nothing is to be kept. */
  readonly entry?: KeptEntry;
}

const emptyMaps = <M extends HeldMaps | ValueMaps>(): M =>
  Object.fromEntries(OBJECT_KINDS.map((kind) => [kind, Shards.empty()])) as unknown as M;

/** Objects of one kind that become others; undefined: gone. */
type Next = ReadonlyMap<string, Held<ObjectKind> | undefined>;

/** The maps with these changes in them. A kind without changes keeps its map. */
function withChanges(
  maps: HeldMaps,
  objects: ValueMaps,
  next: ReadonlyMap<ObjectKind, Next>,
): { maps: HeldMaps; objects: ValueMaps } {
  const held: Record<string, unknown> = { ...maps };
  const values: Record<string, unknown> = { ...objects };
  for (const [kind, changes] of next) {
    held[kind] = (maps[kind] as Shards<unknown>).with(changes);
    values[kind] = (objects[kind] as Shards<unknown>).with([...changes].map(([name, its]) => [name, its?.value] as const));
  }
  return { maps: held as HeldMaps, objects: values as ValueMaps };
}

const differencesOf = (entry: Pick<KeptEntry, 'changes'>): readonly ObjectDifference[] =>
  entry.changes.flatMap(({ kind, name, before, after }) => differenceOf(kind, name, before, after) ?? []);

/** A kept entry as history shows it. */
export const historyOf = (entry: KeptEntry): HistoryEntry => ({
  revision: entry.revision,
  at: entry.at,
  who: entry.who,
  ...(entry.reason === undefined ? {} : { reason: entry.reason }),
  differences: differencesOf(entry),
});

const shown = ({ kind, name, object, revision, changedAt, changedBy }: KeptObject): StoredObject => ({
  kind,
  name,
  object: masked(kind, object),
  revision,
  changedAt,
  changedBy,
});

/** A change and what is to stand afterwards: written with its secrets in clear, or nothing. */
interface Resolved {
  readonly kind: ObjectKind;
  readonly name: string;
  readonly written?: WrittenTable;
  readonly value?: ObjectTypes[ObjectKind];
}

export class ObjectBook {
  readonly revision: number;
  readonly #lastRemoval: number;
  readonly #nextSecret: number;
  readonly #maps: HeldMaps;
  /** In the program's form. A kind that has not changed has the same map as in the book before. */
  readonly objects: ValueMaps;
  readonly secrets: Secrets;
  /** In order, once somebody has asked. */
  readonly #names = new Map<ObjectKind, readonly string[]>();

  private constructor(kept: Omit<KeptBook, 'objects'>, maps: HeldMaps, objects: ValueMaps, secrets: Secrets) {
    this.objects = objects;
    this.revision = kept.revision;
    this.#lastRemoval = kept.lastRemoval;
    this.#nextSecret = kept.nextSecret;
    this.#maps = maps;
    this.secrets = secrets;
  }

  static empty(): ObjectBook {
    return new ObjectBook({ revision: 0, lastRemoval: 0, nextSecret: 1 }, emptyMaps(), emptyMaps(), new Map());
  }

  /** A book from what was kept of it. Faults: what this version of the program does not accept any more. */
  static from(kept: KeptBook, secrets: Secrets): Result<ObjectBook, readonly string[]> {
    const read = new Map(OBJECT_KINDS.map((kind) => [kind, new Map<string, Held<ObjectKind>>()]));
    const faults: string[] = [];
    for (const object of kept.objects) {
      const { kind, name } = object;
      const its = KINDS[kind].read(revealed(kind, object.object, secrets));
      if ('value' in its) read.get(kind)!.set(name, { ...object, value: its.value });
      else faults.push(...its.faults.map(({ path, text }) => `${kind} ${name}: ${path.join('.')}: ${text}`));
    }
    const referred = new Set(kept.objects.flatMap(({ kind, object }) => secretsOf(kind, object)));
    const own = new Map([...secrets].filter(([number]) => referred.has(number)));
    if (faults.length > 0) return err(faults);
    const { maps, objects } = withChanges(emptyMaps(), emptyMaps(), read);
    return ok(new ObjectBook(kept, maps, objects, own));
  }

  get kept(): KeptBook {
    const objects = OBJECT_KINDS.flatMap((kind) =>
      [...this.#maps[kind].values()].map(({ value: _, ...object }: Held<ObjectKind>): KeptObject => object),
    );
    return { revision: this.revision, lastRemoval: this.#lastRemoval, nextSecret: this.#nextSecret, objects };
  }

  list(kind: ObjectKind, after = '', limit = Number.POSITIVE_INFINITY): readonly StoredObject[] {
    const names = this.#namesOf(kind);
    const from = after === '' ? 0 : names.findIndex((name) => name > after);
    return from < 0 ? [] : names.slice(from, from + limit).map((name) => shown(this.#maps[kind].get(name)!));
  }

  #namesOf(kind: ObjectKind): readonly string[] {
    const known = this.#names.get(kind) ?? [...this.#maps[kind]].map(([name]) => name).sort();
    this.#names.set(kind, known);
    return known;
  }

  get(kind: ObjectKind, name: string): StoredObject | undefined {
    const held = this.#maps[kind].get(name);
    return held && shown(held);
  }

  /** What the set makes of this book. `at`: epoch milliseconds. Changes nothing here. */
  plan(set: ChangeSet, at: number): Result<Plan, ChangeRefusal> {
    if (set.changes.length > LIMITS.objectChangesMax)
      return err({ kind: 'full', text: `${set.changes.length} changes at once, at most ${LIMITS.objectChangesMax} are taken` });
    if (set.exact && set.seen !== this.revision) return err({ kind: 'stale', objects: [] });
    const resolved = this.#resolve(set);
    if (!resolved.ok) return resolved;
    const stale = resolved.value.filter((change) => this.#isStale(change, set.seen));
    if (stale.length > 0) return err({ kind: 'stale', objects: stale.map(({ kind, name }) => ({ kind, name })) });
    return this.#next(resolved.value, set, at);
  }

  #isStale({ kind, name }: Resolved, seen: number): boolean {
    const held = this.#maps[kind].get(name);
    return held === undefined ? seen > 0 && seen < this.#lastRemoval : held.revision > seen;
  }

  #resolve({ changes, keepStates = false }: ChangeSet): Result<readonly Resolved[], ChangeRefusal> {
    const faults: SetFault[] = [];
    const resolved: Resolved[] = [];
    const named = new Set<string>();
    changes.forEach((change, index) => {
      const outcome = this.#resolveOne(change, keepStates);
      const { kind } = change;
      const name = 'faults' in outcome ? outcome.name : outcome.change.name;
      const fault = ({ path, text }: Fault): SetFault => ({
        change: index,
        kind,
        ...(name === undefined ? {} : { name }),
        path,
        text,
      });
      if ('faults' in outcome) faults.push(...outcome.faults.map(fault));
      else resolved.push(outcome.change);
      if (name === undefined) return;
      if (named.has(`${kind} ${name}`))
        faults.push(fault({ path: [KINDS[kind].key], text: `${kind} ${name} stands in the set twice` }));
      named.add(`${kind} ${name}`);
    });
    return faults.length > 0 ? err({ kind: 'invalid', faults }) : ok(resolved);
  }

  #resolveOne(
    change: ObjectChange,
    keepStates: boolean,
  ): { readonly change: Resolved } | { readonly name?: string; readonly faults: readonly Fault[] } {
    const { kind } = change;
    if (change.act === 'remove') {
      const { name } = change;
      if (this.#maps[kind].has(name)) return { change: { kind, name } };
      return { name, faults: [{ path: [], text: `there is no ${kind} ${JSON.stringify(name)}` }] };
    }
    const name = nameOf(kind, change.object);
    const before = name === undefined ? undefined : this.#maps[kind].get(name)?.object;
    const stated =
      keepStates && before?.['state'] !== undefined && change.object['state'] === undefined
        ? { ...change.object, state: before['state'] }
        : change.object;
    const { written, faults } = unmasked(kind, stated, before, this.secrets);
    const read = KINDS[kind].read(written);
    const all = [...faults, ...('faults' in read ? read.faults : [])];
    if (name === undefined || 'faults' in read || all.length > 0) return { ...(name === undefined ? {} : { name }), faults: all };
    return { change: { kind, name, written, value: read.value } };
  }

  #next(resolved: readonly Resolved[], set: ChangeSet, at: number): Result<Plan, ChangeRefusal> {
    const next = new Map<ObjectKind, Map<string, Held<ObjectKind> | undefined>>();
    const secrets = new Map(this.secrets);
    const revision = this.revision + 1;
    let [nextSecret, lastRemoval] = [this.#nextSecret, this.#lastRemoval];
    const changes: KeptEntry['changes'][number][] = [];
    for (const { kind, name, written, value } of resolved) {
      const before = this.#maps[kind].get(name)?.object;
      const made = written === undefined ? undefined : separated(kind, written, before, this.secrets, nextSecret);
      const after = made?.kept;
      // Another spelling of the same is kept as it was written first: it is no change.
      if (differenceOf(kind, name, before, after) === undefined) continue;
      const ofKind = next.get(kind) ?? new Map<string, Held<ObjectKind> | undefined>();
      next.set(kind, ofKind);
      if (made === undefined) {
        ofKind.set(name, undefined);
        lastRemoval = revision;
      } else {
        for (const [number, text] of made.added) secrets.set(number, text);
        nextSecret += made.added.size;
        ofKind.set(name, { kind, name, object: made.kept, revision, changedAt: at, changedBy: set.who, value: value! });
      }
      changes.push({ kind, name, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) });
    }
    const { maps, objects } = withChanges(this.#maps, this.objects, next);
    const size = OBJECT_KINDS.reduce((sum, kind) => sum + maps[kind].size, 0);
    if (size > LIMITS.objectsMax)
      return err({ kind: 'full', text: `${size} objects would be kept, at most ${LIMITS.objectsMax} are` });
    const faults = faultsAcross(objects, changes);
    if (faults.length > 0) {
      const placed = (found: Finding): SetFault => {
        const change = resolved.findIndex(({ kind, name }) => kind === found.kind && name === found.name);
        return change < 0 ? found : { ...found, change };
      };
      return err({ kind: 'invalid', faults: faults.map(placed) });
    }
    const remarks = remarksOn(objects);
    if (changes.length === 0) return ok({ book: this, changed: { revision: this.revision, differences: [], remarks } });
    // What is replaced is forgotten.
    const gone = changes.flatMap(({ kind, before }) => (before === undefined ? [] : secretsOf(kind, before)));
    const still = new Set(changes.flatMap(({ kind, after }) => (after === undefined ? [] : secretsOf(kind, after))));
    for (const number of gone) if (!still.has(number)) secrets.delete(number);
    const entry: KeptEntry = { revision, at, who: set.who, ...(set.reason === undefined ? {} : { reason: set.reason }), changes };
    const book = new ObjectBook({ revision, lastRemoval, nextSecret }, maps, objects, secrets);
    return ok({ book, changed: { revision, differences: differencesOf(entry), remarks }, entry });
  }
}

/** Makes a kept book again of an older one and the entries since. */
export class Replay {
  #revision: number;
  #lastRemoval: number;
  #nextSecret: number;
  readonly #objects: Map<string, KeptObject>;

  constructor(from: KeptBook) {
    this.#revision = from.revision;
    this.#lastRemoval = from.lastRemoval;
    this.#nextSecret = from.nextSecret;
    this.#objects = new Map(from.objects.map((object) => [`${object.kind} ${object.name}`, object]));
  }

  get revision(): number {
    return this.#revision;
  }

  get kept(): KeptBook {
    const [revision, lastRemoval, nextSecret] = [this.#revision, this.#lastRemoval, this.#nextSecret];
    return { revision, lastRemoval, nextSecret, objects: [...this.#objects.values()] };
  }

  /** The entry must be the next one. */
  apply({ revision, at, who, changes }: KeptEntry): void {
    this.#revision = revision;
    for (const { kind, name, after } of changes) {
      if (after === undefined) {
        this.#objects.delete(`${kind} ${name}`);
        this.#lastRemoval = revision;
        continue;
      }
      this.#objects.set(`${kind} ${name}`, { kind, name, object: after, revision, changedAt: at, changedBy: who });
      for (const number of secretsOf(kind, after)) this.#nextSecret = Math.max(this.#nextSecret, number + 1);
    }
  }
}
