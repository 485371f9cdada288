/** What every object store must do. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toMsisdn } from '#base';
import { aPeer, aRoute, aSubscriber, aVasp, PASSWORD } from './fixtures.contract.js';
import type { ObjectKind } from './kinds.js';
import {
  type Changed,
  type ChangeRefusal,
  type ChangeSet,
  HISTORY_DIFFERENCES_MAX,
  type ObjectChange,
  type ObjectStore,
} from './object-store.js';
import type { WrittenTable } from './words.js';

export const put = (kind: ObjectKind, object: WrittenTable): ObjectChange => ({ act: 'put', kind, object });
export const remove = (kind: ObjectKind, name: string): ObjectChange => ({ act: 'remove', kind, name });

/** Changes that must be accepted. */
export async function done(
  store: ObjectStore,
  changes: readonly ObjectChange[],
  more: Partial<ChangeSet> = {},
): Promise<Changed> {
  const outcome = await store.change({ who: 'eva', seen: store.snapshot.revision, changes, ...more });
  assert.ok(outcome.ok, JSON.stringify(outcome));
  return outcome.value;
}

/** Changes that must be refused. */
export async function refused(
  store: ObjectStore,
  changes: readonly ObjectChange[],
  more: Partial<ChangeSet> = {},
): Promise<ChangeRefusal> {
  const before = store.snapshot;
  const outcome = await store.change({ who: 'eva', seen: store.snapshot.revision, changes, ...more });
  assert.ok(!outcome.ok, 'it was accepted');
  assert.equal(store.snapshot, before, 'a refused set left something behind');
  return outcome.error;
}

/** `open`: an empty store by the clock given; the suite closes it. */
export function objectStoreContract(name: string, open: (now: () => number) => Promise<ObjectStore>): void {
  const withStore = async (use: (store: ObjectStore) => Promise<void>, now = () => 1_000): Promise<void> => {
    const store = await open(now);
    try {
      await use(store);
    } finally {
      await store.close();
    }
  };

  describe(`ObjectStore contract: ${name}`, () => {
    it('begins at revision 0 with nothing', () =>
      withStore(async (store) => {
        assert.equal(store.snapshot.revision, 0);
        assert.deepEqual(store.list('peer'), []);
        assert.deepEqual(await store.history({ limit: 10 }), []);
      }));

    it('shows a new object in the next snapshot, in the program form, and leaves the old snapshot as it was', () =>
      withStore(async (store) => {
        const old = store.snapshot;
        const { revision, differences } = await done(store, [put('peer', aPeer())]);
        assert.equal(revision, 1);
        assert.deepEqual(
          differences.map(({ what, kind, name: its }) => [what, kind, its]),
          [['new', 'peer', 'operator-b']],
        );
        const peer = store.snapshot.peer('operator-b')!;
        assert.deepEqual(peer.hosts, [{ host: 'mx.opb.example', port: 2525 }]);
        assert.equal(peer.limits.sizeMax, 3 * 1024 * 1024);
        assert.equal(peer.answerTimeoutMs, 120_000);
        assert.equal(old.peer('operator-b'), undefined);
        assert.throws(() => Object.assign(peer.limits, { sizeMax: 1 }), TypeError);
      }));

    it('keeps a set whole or not at all', () =>
      withStore(async (store) => {
        const refusal = await refused(store, [
          put('peer', aPeer()),
          put('route', aRoute({ result: { kind: 'peer', peer: 'nobody' } })),
        ]);
        assert.equal(refusal.kind, 'invalid');
        assert.deepEqual(store.list('peer'), []);
        assert.deepEqual(await store.history({ limit: 10 }), []);
      }));

    it('takes objects of one set in any order: a route before the peer that it names', () =>
      withStore(async (store) => {
        await done(store, [put('route', aRoute()), put('peer', aPeer())]);
        assert.equal(store.snapshot.routes.length, 1);
      }));

    it('refuses a write that has not seen the last change, a creation of what exists, and a write to what has been removed', () =>
      withStore(async (store) => {
        await done(store, [put('peer', aPeer())]);
        const seen = store.get('peer', 'operator-b')!.revision;
        await done(store, [put('peer', aPeer({ note: 'first' }))], { seen });
        assert.equal((await refused(store, [put('peer', aPeer({ note: 'second' }))], { seen })).kind, 'stale');
        assert.equal((await refused(store, [put('peer', aPeer({ note: 'new' }))], { seen: 0 })).kind, 'stale');
        assert.equal((await refused(store, [remove('peer', 'operator-b')], { seen })).kind, 'stale');
        const last = store.get('peer', 'operator-b')!.revision;
        await done(store, [remove('peer', 'operator-b')], { seen: last });
        assert.equal((await refused(store, [put('peer', aPeer())], { seen: last })).kind, 'stale');
        await done(store, [put('peer', aPeer())], { seen: 0 });
      }));

    it('refuses an exact set after any change of any object, and takes it when there was none', () =>
      withStore(async (store) => {
        await done(store, [put('peer', aPeer())]);
        const exact = { seen: 1, exact: true };
        await done(store, [put('vasp', aVasp())]);
        assert.deepEqual(await refused(store, [put('peer', aPeer({ note: 'x' }))], exact), { kind: 'stale', objects: [] });
        await done(store, [put('peer', aPeer({ note: 'x' }))], { seen: 2, exact: true });
      }));

    it('bounds an answer about history by the objects in it, and goes on where it ended', () =>
      withStore(async (store) => {
        const ROUND = 1_000;
        for (let round = 0; round < 7; round += 1) {
          const changes = Array.from({ length: ROUND }, (_, index) =>
            put('subscriber', { msisdn: String(46_700_000_000 + round * ROUND + index) }),
          );
          await done(store, changes);
        }
        const first = await store.history({ limit: 100 });
        assert.equal(first.length, HISTORY_DIFFERENCES_MAX / ROUND);
        const rest = await store.history({ limit: 100, before: first.at(-1)!.revision });
        assert.deepEqual(
          [...first, ...rest].map(({ revision }) => revision),
          [7, 6, 5, 4, 3, 2, 1],
        );
      }));

    it('lets one of two writers win who saw the same', () =>
      withStore(async (store) => {
        await done(store, [put('peer', aPeer())]);
        const write = (note: string) => store.change({ who: note, seen: 1, changes: [put('peer', aPeer({ note }))] });
        const outcomes = await Promise.all([write('one'), write('two'), write('three')]);
        assert.deepEqual(
          outcomes.map(({ ok }) => ok),
          [true, false, false],
        );
        assert.equal(store.snapshot.peer('operator-b')!.note, 'one');
        assert.equal(store.snapshot.revision, 2);
      }));

    it('does not mind changes of other objects meanwhile', () =>
      withStore(async (store) => {
        await done(store, [put('peer', aPeer()), put('vasp', aVasp())]);
        await done(store, [put('vasp', aVasp({ note: 'x' }))]);
        await done(store, [put('peer', aPeer({ note: 'y' }))], { seen: 1 });
      }));

    it('makes no revision of a set that changes nothing, in whatever spelling', () =>
      withStore(async (store) => {
        await done(store, [put('peer', aPeer()), put('vasp', aVasp())]);
        const told: unknown[] = [];
        store.onChange((snapshot) => told.push(snapshot));
        const same = aPeer({ domains: ['MMS.OPB.example'], 'connect-timeout': '30000ms', transit: false });
        const { revision, differences } = await done(store, [put('peer', same), put('vasp', aVasp())]);
        assert.equal(revision, 1);
        assert.deepEqual(differences, []);
        assert.deepEqual(told, []);
      }));

    it('tells every listener of every change, with what holds from then on, until it ends', () =>
      withStore(async (store) => {
        const told: number[] = [];
        const end = store.onChange((snapshot) => {
          assert.equal(snapshot, store.snapshot);
          told.push(snapshot.revision);
        });
        await done(store, [put('peer', aPeer())]);
        await done(store, [put('peer', aPeer({ note: 'x' }))]);
        end();
        await done(store, [remove('peer', 'operator-b')]);
        assert.deepEqual(told, [1, 2]);
      }));

    it('previews what a set would do, faults too, and does nothing', () =>
      withStore(async (store) => {
        const set: ChangeSet = { who: 'eva', seen: 0, changes: [put('peer', aPeer())] };
        const preview = store.preview(set);
        assert.ok(preview.ok && preview.value.revision === 1 && preview.value.differences.length === 1);
        assert.equal(store.snapshot.revision, 0);
        assert.ok(!store.preview({ ...set, changes: [put('peer', aPeer({ domains: [] }))] }).ok);
      }));

    it('remembers who changed what and when, newest first, and finds the changes of one object', () =>
      withStore(async (store) => {
        await done(store, [put('peer', aPeer())], { who: 'eva', reason: 'new contract' });
        await done(store, [put('vasp', aVasp())], { who: 'ola' });
        await done(store, [put('peer', aPeer({ state: 'paused' }))], { who: 'ola' });
        const all = await store.history({ limit: 10 });
        assert.deepEqual(
          all.map(({ revision, who, at, reason }) => [revision, who, at, reason]),
          [
            [3, 'ola', 1_000, undefined],
            [2, 'ola', 1_000, undefined],
            [1, 'eva', 1_000, 'new contract'],
          ],
        );
        assert.deepEqual(all[0]!.differences[0]!.keys, [{ key: 'state', before: 'active', after: 'paused' }]);
        const its = await store.history({ kind: 'peer', name: 'operator-b', limit: 10 });
        assert.deepEqual(
          its.map(({ revision }) => revision),
          [3, 1],
        );
        assert.deepEqual(
          (await store.history({ before: 3, limit: 1 })).map(({ revision }) => revision),
          [2],
        );
      }));

    it('shows no secret in objects, differences, previews and history, and gives it to the program', () =>
      withStore(async (store) => {
        const shownTo: unknown[] = [];
        shownTo.push(store.preview({ who: 'eva', seen: 0, changes: [put('vasp', aVasp())] }));
        shownTo.push(await done(store, [put('vasp', aVasp())]));
        const other = aVasp({ identification: { user: 'acme', passwords: ['another password nobody sees'] } });
        shownTo.push(await done(store, [put('vasp', other)]));
        shownTo.push(store.list('vasp'), store.get('vasp', 'acme'), await store.history({ limit: 10 }));
        shownTo.push(await done(store, [remove('vasp', 'acme')]), await store.history({ limit: 10 }));
        assert.doesNotMatch(JSON.stringify(shownTo), /nobody sees/);
        assert.match(JSON.stringify(shownTo), /identification.passwords/);
        await done(store, [put('vasp', aVasp())]);
        assert.deepEqual(store.snapshot.vaspOfUser('acme')!.identification.passwords, [PASSWORD]);
      }));

    it('takes an object back as it shows it: the mask stands for the secret that is there', () =>
      withStore(async (store) => {
        await done(store, [put('vasp', aVasp())]);
        const { object } = store.get('vasp', 'acme')!;
        assert.deepEqual((await done(store, [put('vasp', object)])).differences, []);
        await done(store, [put('vasp', { ...object, note: 'edited' })]);
        assert.deepEqual(store.snapshot.vasp('acme')!.identification.passwords, [PASSWORD]);
        const renamed = { ...object, name: 'other', 'vasp-id': 'other', 'short-codes': [] };
        const refusal = await refused(store, [put('vasp', renamed)]);
        assert.ok(refusal.kind === 'invalid' && refusal.faults.some(({ text }) => text.includes('mask')));
      }));

    it('keeps the state of what is applied without one, when it is asked to', () =>
      withStore(async (store) => {
        await done(store, [put('peer', aPeer({ state: 'paused' }))]);
        await done(store, [put('peer', aPeer({ note: 'applied' }))], { keepStates: true });
        assert.equal(store.snapshot.peer('operator-b')!.state, 'paused');
        await done(store, [put('peer', aPeer({ note: 'written' }))]);
        assert.equal(store.snapshot.peer('operator-b')!.state, 'active');
      }));

    it('refuses to remove what others name, and says who does', () =>
      withStore(async (store) => {
        await done(store, [put('peer', aPeer()), put('route', aRoute())]);
        const refusal = await refused(store, [remove('peer', 'operator-b')]);
        assert.ok(refusal.kind === 'invalid');
        assert.deepEqual(
          refusal.faults.map(({ kind, name: its, text }) => [kind, its, text]),
          [['route', 'to-b', 'there is no peer "operator-b"']],
        );
        await done(store, [remove('peer', 'operator-b'), remove('route', 'to-b')]);
      }));

    it('refuses one object twice in a set', () =>
      withStore(async (store) => {
        const refusal = await refused(store, [put('subscriber', aSubscriber()), put('subscriber', aSubscriber({ note: 'x' }))]);
        assert.ok(refusal.kind === 'invalid' && refusal.faults[0]!.change === 1);
      }));

    it('takes sets from many writers one after the other', () =>
      withStore(async (store) => {
        const numbers = Array.from({ length: 50 }, (_, index) => `467000000${String(index).padStart(2, '0')}`);
        const outcomes = await Promise.all(
          numbers.map((msisdn) => store.change({ who: 'eva', seen: 0, changes: [put('subscriber', { msisdn })] })),
        );
        assert.ok(outcomes.every(({ ok }) => ok));
        assert.equal(store.snapshot.revision, 50);
        assert.equal(store.list('subscriber').length, 50);
        assert.ok(store.snapshot.subscriber(toMsisdn(numbers[7]!)!));
      }));
  });
}
