/** The operator API's handlers for objects: reading, writing, applying, history. */
import type { Result } from '#base';
import {
  type Changed,
  type ChangeRefusal,
  type ChangeSet,
  differencesText,
  type HistoryEntry,
  KINDS,
  OBJECT_KINDS,
  type ObjectChange,
  type ObjectKind,
  type ObjectStore,
  pathText,
  type SetFault,
  type StoredObject,
  setFaultText,
  type WrittenTable,
} from '#directory';
import type { ProblemView } from './api.js';
import { Problem } from './http-api.js';
import type { ChangedView, StoredObjectView } from './object-api.js';
import type { Asked, Handlers } from './resources.js';
import { assertRole, type OperatorCaller } from './roles.js';

const instant = (at: number): string => new Date(at).toISOString();

const storedView = ({ changedAt, ...object }: StoredObject): StoredObjectView => ({
  ...object,
  changedAt: instant(changedAt),
});

/** Remarks told at most. */
const REMARKS_MAX = 100;

export const changedViewOf = ({ revision, differences, remarks }: Changed, carriedOut: boolean): ChangedView => ({
  revision,
  carriedOut,
  differences: differences.map((difference) => ({ ...difference, keys: [...difference.keys] })),
  text: differencesText(differences),
  remarks: remarks.slice(0, REMARKS_MAX).map(({ path, ...remark }) => ({ ...remark, path: pathText(path) })),
});

/** Faults told at most; more are counted. */
const FAULTS_MAX = 200;

/** Of a set, the place of a change among those of its kind: what a caller who wrote objects by kind can find again. */
function placesByKind(changes: readonly ObjectChange[]): readonly number[] {
  const counts = new Map<ObjectKind, number>();
  return changes.map(({ kind }) => {
    const place = counts.get(kind) ?? 0;
    counts.set(kind, place + 1);
    return place;
  });
}

function faultsView(faults: readonly SetFault[], places: readonly number[]): ProblemView['faults'] {
  return faults.slice(0, FAULTS_MAX).map(({ change, kind, name, path, text }) => ({
    kind,
    ...(name === undefined ? {} : { name }),
    ...(change === undefined ? {} : { index: places[change]! }),
    path: [...path],
    text,
  }));
}

function problemOf(refusal: ChangeRefusal, changes: readonly ObjectChange[]): Problem {
  switch (refusal.kind) {
    case 'invalid': {
      const { faults } = refusal;
      const more = faults.length > FAULTS_MAX ? `\nand ${faults.length - FAULTS_MAX} more` : '';
      const text = faults.slice(0, FAULTS_MAX).map(setFaultText).join('\n');
      return new Problem(400, 'Bad request', `${text}${more}`, { faults: faultsView(faults, placesByKind(changes)) });
    }
    case 'stale':
      if (refusal.objects.length === 0)
        return new Problem(
          409,
          'Conflict',
          'objects were changed by somebody else since the dry run; look at the difference again',
        );
      return new Problem(
        409,
        'Conflict',
        `changed by somebody else meanwhile: ${refusal.objects.map(({ kind, name }) => `${kind} ${name}`).join(', ')}; read again, and write what you still want`,
      );
    case 'full':
      return new Problem(422, 'Refused', refusal.text);
    case 'unavailable':
      return new Problem(503, 'Unavailable', refusal.text);
  }
}

export function given(result: Result<Changed, ChangeRefusal>, changes: readonly ObjectChange[]): Changed {
  if (result.ok) return result.value;
  throw problemOf(result.error, changes);
}

/** The object, or a Problem (404). */
export function existing(store: ObjectStore, kind: ObjectKind, name: string): StoredObject {
  const found = store.get(kind, name);
  if (found === undefined) throw new Problem(404, 'Not found', `there is no ${kind} ${JSON.stringify(name)}`);
  return found;
}

/** Subscribers are people: viewers do not see them. */
function assertMaySee(caller: OperatorCaller, kind: ObjectKind | undefined): void {
  if (kind === 'subscriber') assertRole(caller, 'operator');
}

/** Entries as the caller may see them. */
function visible(entries: readonly HistoryEntry[], { role }: OperatorCaller): readonly HistoryEntry[] {
  if (role !== 'viewer') return entries;
  return entries.flatMap((entry) => {
    const differences = entry.differences.filter(({ kind }) => kind !== 'subscriber');
    return differences.length > 0 ? [{ ...entry, differences }] : [];
  });
}

const becauseOf = (reason: string | undefined): { reason?: string } => (reason === undefined ? {} : { reason });

/** What a file of objects makes: each put, and of the pruned kinds the others removed. */
function changesOf(store: ObjectStore, { objects, prune }: Asked<'apply', unknown>['body']): readonly ObjectChange[] {
  return OBJECT_KINDS.flatMap((kind): ObjectChange[] => {
    const listed = (objects[kind] ?? []) as readonly WrittenTable[];
    const named = new Set(listed.map((object) => object[KINDS[kind].key]));
    const others = prune.includes(kind) ? store.list(kind).filter(({ name }) => !named.has(name)) : [];
    return [
      ...listed.map((object): ObjectChange => ({ act: 'put', kind, object })),
      ...others.map(({ name }): ObjectChange => ({ act: 'remove', kind, name })),
    ];
  });
}

type ObjectResource = 'objects' | 'object' | 'putObject' | 'removeObject' | 'apply' | 'objectHistory';

export function objectHandlers(store: ObjectStore): Handlers<ObjectResource, OperatorCaller> {
  const changed = async (set: ChangeSet): Promise<ChangedView> =>
    changedViewOf(given(await store.change(set), set.changes), true);

  return {
    objects: ({ query: { kind, after, limit }, caller }) => {
      assertMaySee(caller, kind);
      const objects = store.list(kind, after, limit).map(storedView);
      const last = objects.length === limit ? objects.at(-1) : undefined;
      return { revision: store.snapshot.revision, objects, ...(last === undefined ? {} : { after: last.name }) };
    },

    object: ({ params: { kind, name }, caller }) => {
      assertMaySee(caller, kind);
      return storedView(existing(store, kind, name));
    },

    putObject: ({ params: { kind, name }, body: { seen, object, reason }, caller }) => {
      const written = object as WrittenTable;
      const { key } = KINDS[kind];
      if (written[key] !== undefined && written[key] !== name)
        throw new Problem(400, 'Bad request', `${key}: the object names itself otherwise than its address; names do not change`);
      const changes: ObjectChange[] = [{ act: 'put', kind, object: { [key]: name, ...written } }];
      return changed({ who: caller.name, seen, changes, ...becauseOf(reason) });
    },

    removeObject: ({ params: { kind, name }, query: { seen, reason }, caller }) => {
      existing(store, kind, name);
      return changed({ who: caller.name, seen, changes: [{ act: 'remove', kind, name }], ...becauseOf(reason) });
    },

    apply: async ({ body, caller }) => {
      const changes = changesOf(store, body);
      const { dryRun, reason } = body;
      const seen = dryRun ? store.snapshot.revision : body.seen!;
      const set: ChangeSet = { who: caller.name, seen, changes, keepStates: true, ...becauseOf(reason) };
      if (!dryRun) {
        // What was shown as the difference must be what is done: any change since then may have made it another.
        if (seen !== store.snapshot.revision)
          throw new Problem(
            409,
            'Conflict',
            'objects were changed by somebody else since the dry run; look at the difference again',
          );
        return changed(set);
      }
      // Of a dry run, the revision that is to be named when it is carried out.
      return { ...changedViewOf(given(store.preview(set), changes), false), revision: seen };
    },

    objectHistory: async ({ query, caller }) => {
      assertMaySee(caller, query.kind);
      const { kind, name, before, limit } = query;
      const entries = await store.history({
        ...(kind === undefined ? {} : { kind }),
        ...(name === undefined ? {} : { name }),
        ...(before === undefined ? {} : { before }),
        limit,
      });
      return {
        entries: visible(entries, caller).map(({ at, differences, ...entry }) => ({
          ...entry,
          at: instant(at),
          differences: differences.map((difference) => ({ ...difference, keys: [...difference.keys] })),
        })),
      };
    },
  };
}
