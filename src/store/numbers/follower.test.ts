/** Whoever reads without writing: other threads, other processes, other machines. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { receiveMessageOnPort, Worker } from 'node:worker_threads';
import { rn, sp } from '../../portability/numbers.contract.js';
import { NumberReader } from './feed.js';
import { apply, newFolder, opened, put, removeFolders, set, settingsOf } from './fixtures.contract.js';
import { followNumbers } from './follower.js';
import { mirrorOnce, mirrorSource } from './mirror.js';
import type { NumberStore } from './store.js';

describe('numbers elsewhere', () => {
  let folder: string;
  let store: NumberStore;
  beforeEach(async () => {
    folder = newFolder();
    store = await opened(folder, { now: () => 0 });
  });
  afterEach(async () => {
    await store.close();
    removeFolders();
  });

  it('are known to a reader as soon as they are acknowledged: numbers, records, validities, ranges, loads', async () => {
    await apply(store, set(1));
    const reader = new NumberReader(store.attach());
    assert.deepEqual([reader.state, reader.version], ['ready', store.version]);
    assert.deepEqual(reader.find(1, 0), rn(1, 'D001'));
    await apply(
      store,
      set(2, 'D999'),
      { kind: 'set-number', number: 1, record: sp(3), validFrom: 10 },
      { kind: 'set-range', first: 100, last: 199, record: sp(36) },
    );
    assert.deepEqual(
      [reader.find(2, 0), reader.find(1, 9), reader.find(1, 10), reader.find(150, 0)],
      [rn(1, 'D999'), rn(1, 'D001'), sp(3), sp(36)],
    );
    assert.deepEqual(reader.finding(150, 0)?.by, { kind: 'range', first: '100', last: '199' });
    const file = put(path.join(folder, 'a.csv'), 'number,entity\n7,sp\n');
    assert.ok((await store.load({ settings: settingsOf(file) })).ok);
    assert.deepEqual([reader.find(1, 0), reader.find(7, 0)?.entity, reader.version], [undefined, { kind: 'sp' }, store.version]);
    reader.close();
  });

  it('do not pile up before a reader that nobody asks', async () => {
    const attachment = store.attach();
    const reader = new NumberReader(attachment);
    for (let i = 1; i < 50; i++) await apply(store, { ...set(i), validFrom: i });
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(receiveMessageOnPort(attachment.port), undefined);
    assert.deepEqual(reader.find(49, 49), rn(1, 'D001'));
    reader.close();
  });

  it('are read by threads while they are written, without a wrong answer', async () => {
    const attachment = store.attach();
    const worker = new Worker(new URL('./reader-thread.contract.js', import.meta.url), {
      workerData: attachment,
      transferList: [attachment.port],
    });
    let heard = (): void => {};
    const begun = new Promise<void>((resolve) => {
      heard = resolve;
    });
    const said = new Promise<{ looks: number; faults: string[] }>((resolve, reject) => {
      worker.on('message', (message) => (message === 'begun' ? heard() : resolve(message)));
      worker.once('error', reject);
    });
    await begun;
    // What a number has tells which number it is, and how often it has been changed.
    for (let round = 0; round < 40; round++) {
      const batch = Array.from({ length: 200 }, (_, i) => set(1_000 + i, `A${i.toString(16).toUpperCase()}B${round}`));
      await apply(store, ...batch, {
        kind: 'set-number',
        number: 1_000 + round,
        record: rn(1, `A${round.toString(16).toUpperCase()}`),
        validFrom: 5,
      });
    }
    await apply(store, set(1));
    const { looks, faults } = await said;
    assert.deepEqual(faults, []);
    assert.ok(looks > 0);
  });

  it('are followed by another process from snapshot and log, through compaction and full loads', async () => {
    await apply(store, set(1));
    const follower = await followNumbers({ folder, pollMs: 60_000, now: () => 0 });
    assert.deepEqual([follower.state, follower.version], ['ready', store.version]);
    await apply(store, set(2));
    assert.ok(follower.lag.octets > 0);
    await follower.look();
    assert.deepEqual(
      [follower.find(2, 0), follower.version, follower.lag],
      [rn(1, 'D001'), store.version, { octets: 0, sameLoad: true, ms: 0 }],
    );
    await apply(store, set(3));
    await store.compact();
    await apply(store, set(4, 'D444'));
    await store.compact();
    await apply(store, set(5));
    // The log it stood on is gone from the folder, as are those between: it reads anew.
    for (let looks = 0; looks < 5 && follower.version.change !== store.version.change; looks++) await follower.look();
    assert.deepEqual(
      [3, 4, 5].map((number) => follower.find(number, 0)?.entity),
      [rn(1, 'D001'), rn(1, 'D444'), rn(1, 'D001')].map(({ entity }) => entity),
    );
    const file = put(path.join(folder, 'a.csv'), 'number,entity\n7,sp\n');
    assert.ok((await store.load({ settings: settingsOf(file) })).ok);
    assert.equal(follower.lag.sameLoad, false);
    await follower.look();
    assert.deepEqual([follower.find(1, 0), follower.version.load], [undefined, store.version.load]);
    await follower.close();
  });

  it('are missing for a follower until there are some', async () => {
    const other = newFolder();
    const follower = await followNumbers({ folder: other, pollMs: 60_000 });
    assert.equal(follower.state, 'missing');
    assert.throws(() => follower.find(1, 0), /missing/);
    const late = await opened(other);
    await apply(late, set(1));
    await follower.look();
    assert.deepEqual(follower.find(1, 0), rn(1, 'D001'));
    await follower.close();
    await late.close();
  });

  it('are copied to another machine piece by piece, and followed there', async () => {
    for (let i = 1; i < 200; i++) await apply(store, set(i, `D${i}`));
    const copy = newFolder();
    const source = mirrorSource(folder, () => store.flushed);
    let rounds = 0;
    for (;;) {
      const done = await mirrorOnce(source, copy, 1_000);
      assert.ok(done.ok);
      assert.ok(done.value.behind < done.value.behindBefore || done.value.behind === 0);
      rounds++;
      if (done.value.behind === 0) break;
      assert.ok(!fs.existsSync(path.join(copy, 'CURRENT')), 'nothing counts before it is whole');
    }
    assert.ok(rounds > 2);
    const follower = await followNumbers({ folder: copy, pollMs: 60_000 });
    assert.deepEqual([follower.version, follower.find(77, 0)], [store.version, rn(1, 'D77')]);
    await apply(store, set(77, 'ABC'));
    await mirrorOnce(source, copy);
    await follower.look();
    assert.deepEqual(follower.find(77, 0), rn(1, 'ABC'));
    await store.compact();
    await apply(store, set(78, 'DEF'));
    await mirrorOnce(source, copy);
    await follower.look();
    await follower.look();
    assert.deepEqual([follower.version, follower.find(78, 0)], [store.version, rn(1, 'DEF')]);
    await follower.close();
  });

  it('are not given to a copy before they have been flushed, nor any file that is none of theirs', async () => {
    await apply(store, set(1));
    const flushed = store.flushed!;
    const source = mirrorSource(folder, () => ({ ...flushed, octets: flushed.octets - 1 }));
    const list = await source.list();
    assert.equal(list!.files.at(-1)!.octets, flushed.octets - 1);
    assert.equal((await source.read(flushed.load, list!.files.at(-1)!.name, flushed.octets - 1, 10))!.length, 0);
    assert.equal(await source.read('..', 'CURRENT', 0, 10), undefined);
    assert.equal(await source.read(flushed.load, '../../CURRENT', 0, 10), undefined);
  });
});
