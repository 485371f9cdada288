/** The store on a disk: the contract of the port, and what its folder does. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { NumberChange } from '#portability';
import { numbersContract, rn, sp } from '../../portability/numbers.contract.js';
import { apply, newFolder, opened, partOf, put, removeFolders, set, settingsOf } from './fixtures.contract.js';
import { type NumberStoreOptions, openNumberStore } from './open.js';
import type { NumberStore } from './store.js';

numbersContract(
  'in a folder',
  () => opened(newFolder()),
  async (numbers) => {
    await (numbers as NumberStore).close();
    removeFolders();
  },
  8,
);

describe('a folder of numbers', () => {
  let folder: string;
  const stores: NumberStore[] = [];
  const open = async (options: Omit<NumberStoreOptions, 'folder'> = {}): Promise<NumberStore> => {
    const store = await opened(folder, options);
    stores.push(store);
    return store;
  };
  beforeEach(() => {
    folder = newFolder();
  });
  afterEach(async () => {
    for (const store of stores.splice(0)) await store.close();
    removeFolders();
  });

  it('says that it holds no numbers, and answers nothing', async () => {
    const store = await openNumberStore({ folder });
    assert.ok(store.ok);
    stores.push(store.value);
    assert.equal(store.value.state, 'missing');
    assert.throws(() => store.value.find(1, 0), /missing/);
    const refusal = await store.value.apply([set(1)]);
    assert.ok(!refusal.ok && refusal.error.kind === 'unavailable', JSON.stringify(refusal));
  });

  it('has one writer, and says who it is', async () => {
    await open();
    assert.deepEqual(await openNumberStore({ folder }), { ok: false, error: { kind: 'in-use', pid: process.pid } });
  });

  it('holds everything after it was closed: numbers, ranges, validities, records and version', async () => {
    const store = await open();
    await apply(store, set(46700000001), { kind: 'set-number', number: 5, record: sp(3), validFrom: 10, validUntil: 20 });
    await apply(store, { kind: 'set-range', first: 1000, last: 1999, record: sp(36), validFrom: 7 }, set(9, 'ABCDEF123456789'));
    const { version } = store;
    const counts = store.counts();
    await store.close();
    const again = await open();
    assert.deepEqual(again.version, version);
    assert.deepEqual(again.find(46700000001, 0), rn(1, 'D001'));
    assert.deepEqual([again.find(5, 9), again.find(5, 10), again.find(5, 20)], [undefined, sp(3), undefined]);
    assert.deepEqual([again.find(1500, 6), again.find(1500, 7)], [undefined, sp(36)]);
    assert.deepEqual(again.find(9, 0), rn(1, 'ABCDEF123456789'));
    assert.deepEqual(again.counts(), counts);
  });

  it('defines a record in its log although the batch that brought it first was refused', async () => {
    const store = await open();
    assert.equal((await store.apply([set(1, 'AAA'), { kind: 'delete-number', number: 0 }])).ok, false);
    await apply(store, set(2, 'BBB'), set(3, 'AAA'));
    await store.close();
    const again = await open();
    assert.deepEqual([again.find(1, 0), again.find(2, 0), again.find(3, 0)], [undefined, rn(1, 'BBB'), rn(1, 'AAA')]);
  });

  it('makes a snapshot of its log while it is changed, and loses nothing of either', async () => {
    const store = await open();
    for (let i = 1; i <= 3_000; i++)
      void store.apply([set(i, `A${i % 7}`), { kind: 'set-number', number: 5_000 + i, record: sp(3), validFrom: i }]);
    await apply(store, set(1));
    const compacted = store.compact();
    for (let i = 1; i <= 3_000; i++) void store.apply([i % 3 === 0 ? { kind: 'delete-number', number: i } : set(i, `B${i % 5}`)]);
    await compacted;
    await apply(store, { kind: 'set-range', first: 100_000, last: 199_999, record: sp(36) });
    assert.ok(Number(partOf(folder, 'snapshot').slice(-16)) >= 6_001);
    const found = Array.from({ length: 8_100 }, (_, i) => store.find(i + 1, 2_000));
    const { version } = store;
    const counts = store.counts();
    await store.close();
    const again = await open();
    assert.deepEqual(again.version, version);
    assert.deepEqual(again.counts(), counts);
    for (const [i, record] of found.entries()) assert.deepEqual(again.find(i + 1, 2_000), record, `${i + 1}`);
  });

  it('makes one by rule, and the files before it go', async () => {
    const store = await open({ settings: { compactAfterChanges: 10, compactPauseMs: 0 } });
    for (let i = 1; i <= 40; i++) await apply(store, set(i));
    await store.close();
    assert.notEqual(path.basename(partOf(folder, 'snapshot')), 'snapshot-0000000000000000');
    assert.equal((await open()).stats().numbers, 40);
  });

  it('refuses a batch that is too large, and more than may wait', async () => {
    const store = await open();
    const refusal = await store.apply(Array.from({ length: 4_097 }, (_, i) => set(i + 1)));
    assert.ok(!refusal.ok && refusal.error.kind === 'full', JSON.stringify(refusal));
    const batch = Array.from({ length: 4_096 }, (_, i): NumberChange => ({ kind: 'delete-number', number: i + 1 }));
    const outcomes = await Promise.all(Array.from({ length: 250 }, () => store.apply(batch)));
    assert.ok(outcomes.some((outcome) => !outcome.ok && outcome.error.kind === 'busy'));
    assert.ok(outcomes.some((outcome) => outcome.ok));
  });

  it('makes what time has decided permanent, by its log', async () => {
    let now = 1_000;
    const store = await open({ now: () => now, settings: { settleAfterMs: 0 } });
    await apply(
      store,
      { kind: 'set-number', number: 1, record: sp(3), validFrom: 2_000 },
      { kind: 'set-number', number: 2, record: sp(3), validUntil: 2_000 },
    );
    const { change } = store.version;
    now = 3_000;
    while (store.version.change < change + 2) await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual([store.find(1, 0), store.find(2, 0), store.stats().timed], [sp(3), undefined, 0]);
  });

  it('takes a full load while it answers, keeps the former ones, and goes back to one', async () => {
    const store = await open({ settings: { formerLoads: 2 } });
    await apply(store, set(1));
    const first = store.version.load;
    const file = put(path.join(folder, 'a.csv'), 'number,portability-type,entity,routing-number\n2,1,rn,D002\n');
    const loaded = await store.load({ settings: settingsOf(file) });
    assert.ok(loaded.ok, JSON.stringify(loaded));
    assert.deepEqual([store.find(1, 0), store.find(2, 0)], [undefined, rn(1, 'D002')]);
    await apply(store, set(3));
    const second = store.version;
    const back = await store.rollback(first);
    assert.ok(back.ok, JSON.stringify(back));
    assert.deepEqual([store.find(1, 0), store.find(2, 0), store.version.load], [rn(1, 'D001'), undefined, first]);
    await store.rollback(second.load);
    assert.deepEqual(store.version, second);
    assert.deepEqual(store.find(3, 0), rn(1, 'D001'));
    for (let i = 0; i < 3; i++) assert.ok((await store.load({ settings: settingsOf(file) })).ok);
    const versions = store.versions();
    assert.equal(versions.length, 3);
    assert.deepEqual(
      versions.map(({ current }) => current),
      [false, false, true],
    );
    assert.equal(versions[2]!.source, 'a.csv');
    assert.equal((await store.rollback(first)).ok, false, 'it is gone');
  });

  it('makes changes that were acknowledged while a file was read to the new load as well', async () => {
    const store = await open();
    const lines = Array.from({ length: 200_000 }, (_, i) => `${1_000_000 + i},D009`).join('\n');
    const file = put(path.join(folder, 'b.csv'), `number,routing-number\n${lines}\n`);
    const loading = store.load({ settings: settingsOf(file) });
    let done = false;
    void loading.finally(() => {
      done = true;
    });
    let made = 0;
    while (!done) {
      made++;
      await apply(store, set(made), { kind: 'delete-number', number: 1_000_000 + made });
      assert.deepEqual(store.find(made, 0), rn(1, 'D001'));
    }
    const loaded = await loading;
    assert.ok(loaded.ok, JSON.stringify(loaded));
    assert.ok(made > 3 && loaded.value.carriedOver > 0);
    const check = (): void => {
      for (let i = 1; i <= made; i++) {
        assert.deepEqual(store.find(i, 0), rn(1, 'D001'), `${i} of ${made}`);
        assert.equal(store.find(1_000_000 + i, 0), undefined);
      }
      assert.equal(store.stats().numbers, 200_000);
    };
    check();
    const { version } = store;
    await store.close();
    const again = await open();
    assert.deepEqual(again.version, version);
    assert.equal(again.stats().numbers, 200_000);
  });

  it('does not make to a new load what was settled of the old one', async () => {
    const store = await open({ now: () => 3_000, settings: { settleAfterMs: 0 } });
    await apply(store, { kind: 'set-number', number: 1, record: sp(3), validFrom: 2_000 });
    const lines = Array.from({ length: 300_000 }, (_, i) => `${1_000_000 + i},D009`).join('\n');
    const file = put(path.join(folder, 'b.csv'), `number,routing-number\n${lines}\n`);
    const loaded = await store.load({ settings: settingsOf(file) });
    assert.ok(loaded.ok && loaded.value.carriedOver === 0, JSON.stringify(loaded));
    assert.equal(store.find(1, 3_000), undefined);
  });

  it('leaves everything as it is when a file has faults or is missing', async () => {
    const store = await open();
    await apply(store, set(1));
    const { version } = store;
    const faulty = await store.load({ settings: settingsOf(put(path.join(folder, 'c.csv'), 'number\n1x\n')) });
    assert.ok(!faulty.ok && faulty.error.kind === 'faults');
    const missing = await store.load({ settings: settingsOf(path.join(folder, 'none.csv')) });
    assert.ok(!missing.ok && missing.error.kind === 'failed', JSON.stringify(missing));
    assert.deepEqual(store.version, version);
    assert.equal(store.versions().length, 1);
  });

  it('goes over to a larger table while it is changed and asked', async () => {
    const store = await open();
    const room = 4_284_090;
    // As if most were there: numbers that share no bucket with those that are asked for.
    const file = path.join(folder, 'd.csv');
    const out = fs.createWriteStream(file);
    out.write('number,routing-number\n');
    for (let from = 0; from < room; from += 100_000) {
      let text = '';
      for (let i = from; i < Math.min(room, from + 100_000); i++) text += `${500_000_000 + i * 7},D00${i % 9}\n`;
      out.write(text);
    }
    await new Promise<void>((resolve) => out.end(resolve));
    const loaded = await store.load({ settings: settingsOf(file) });
    assert.ok(loaded.ok, JSON.stringify(loaded));
    const { tableOctets } = store.stats();
    let next = 0;
    while (store.stats().tableOctets === tableOctets) {
      await Promise.all(Array.from({ length: 20 }, () => store.apply(Array.from({ length: 500 }, () => set(++next, 'D777')))));
      assert.ok(next < 500_000, 'it grows');
    }
    for (let i = 1; i <= next; i++) if (store.find(i, 0)?.entity.kind !== 'rn') assert.fail(`${i} of ${next} is missing`);
    for (let i = 0; i < room; i += 11) if (store.find(500_000_000 + i * 7, 0) === undefined) assert.fail(`line ${i} is missing`);
    assert.equal(store.stats().numbers, room + next);
    assert.equal(store.stats().spilled, 0, 'what had spilled has found room');
    // More than the table of the snapshot has slots for: it grows while the log is run over it.
    while (next < 500_000)
      await Promise.all(Array.from({ length: 20 }, () => store.apply(Array.from({ length: 500 }, () => set(++next, 'D777')))));
    await store.close();
    const again = await open();
    assert.equal(again.state, 'ready', again.reason);
    assert.equal(again.stats().numbers, room + next);
  });
});
