/** What the number store does when the disk fails it, or when two things happen in the moment that suits them least. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import { apply, newFolder, opened, partOf, put, removeFolders, set, settingsOf } from './fixtures.contract.js';
import { loadFolder } from './folder.js';
import { followNumbers } from './follower.js';
import { type NumberStoreOptions, openNumberStore } from './open.js';
import type { NumberStore } from './store.js';

const trouble = (code: string): NodeJS.ErrnoException => Object.assign(new Error(code), { code });
type Done = (error: Error | null) => void;

let folder: string;
const stores: NumberStore[] = [];
const open = async (options: Omit<NumberStoreOptions, 'folder'> = {}): Promise<NumberStore> => {
  const store = await opened(folder, options);
  stores.push(store);
  return store;
};
const again = async (store: NumberStore): Promise<NumberStore> => {
  await store.close();
  const opening = await openNumberStore({ folder });
  assert.ok(opening.ok);
  stores.push(opening.value);
  assert.equal(opening.value.state, 'ready', opening.value.reason);
  return opening.value;
};
const text = (store: NumberStore, number: number, now = 0): string | undefined => {
  const entity = store.find(number, now)?.entity;
  return entity?.kind === 'rn' ? entity.routingNumber : entity?.kind;
};
beforeEach(() => {
  folder = newFolder();
});
afterEach(async () => {
  mock.restoreAll();
  for (const store of stores.splice(0)) await store.close();
  removeFolders();
});

describe('a disk that fails the number store', () => {
  it('refuses what it could not write for want of room, serves on, and takes changes again when there is room', async () => {
    const store = await open();
    await apply(store, set(1));
    const full = mock.method(fs, 'write', (...args: unknown[]) => (args.at(-1) as Done)(trouble('ENOSPC')));
    const refusal = await store.apply([set(2)]);
    assert.deepEqual(refusal, { ok: false, error: { kind: 'unavailable', text: 'the disk is full' } });
    assert.deepEqual([text(store, 1), text(store, 2)], ['D001', undefined]);
    full.mock.restore();
    await apply(store, set(3));
    const later = await again(store);
    assert.deepEqual([text(later, 1), text(later, 2), text(later, 3)], ['D001', undefined, 'D001']);
  });

  it('takes back a group that was written by half', async () => {
    const store = await open();
    await apply(store, set(1));
    const { write } = fs;
    let calls = 0;
    const half = mock.method(fs, 'write', (fd: number, octets: Buffer, from: number, length: number, at: number, done: Done) => {
      if (calls++ > 0) done(trouble('ENOSPC'));
      else write(fd, octets, from, Math.floor(length / 2), at, done);
    });
    assert.equal((await store.apply([set(2), set(3)])).ok, false);
    half.mock.restore();
    await apply(store, set(4));
    const later = await again(store);
    assert.deepEqual(
      [1, 2, 3, 4].map((number) => text(later, number)),
      ['D001', undefined, undefined, 'D001'],
    );
  });

  it('takes no more changes after a failed flush, until it is opened anew; then all that was acknowledged is there', async () => {
    const store = await open();
    await apply(store, set(1));
    const failing = mock.method(fs, 'fdatasync', (_fd: number, done: Done) => done(trouble('EIO')));
    assert.equal((await store.apply([set(2)])).ok, false);
    failing.mock.restore();
    const refusal = await store.apply([set(3)]);
    assert.ok(!refusal.ok && refusal.error.kind === 'unavailable' && /starts anew/.test(refusal.error.text));
    assert.deepEqual([text(store, 1), text(store, 2)], ['D001', undefined]);
    const later = await again(store);
    assert.deepEqual([text(later, 1), text(later, 3)], ['D001', undefined]);
    await apply(later, set(4));
  });

  it('keeps its records in order in the log when a refused batch and a failed write meet', async () => {
    const store = await open();
    const full = mock.method(fs, 'write', (...args: unknown[]) => (args.at(-1) as Done)(trouble('ENOSPC')));
    await Promise.all([store.apply([set(1, 'AAA')]), store.apply([set(2, 'BBB'), { kind: 'delete-number', number: 0 }])]);
    full.mock.restore();
    await apply(store, set(3, 'BBB'), set(4, 'AAA'));
    const later = await again(store);
    assert.deepEqual([text(later, 3), text(later, 4)], ['BBB', 'AAA']);
  });

  it('leaves no half snapshot on a full disk, and goes on with its log', async () => {
    const store = await open();
    await apply(store, set(1));
    const snapshot = path.join(loadFolder(folder, store.version.load), 'snapshot-0000000000000001.new');
    fs.symlinkSync('/dev/full', snapshot);
    await assert.rejects(store.compact(), /ENOSPC/);
    assert.ok(!fs.readdirSync(path.dirname(snapshot)).some((name) => name.endsWith('.new')));
    await apply(store, set(2));
    const later = await again(store);
    assert.deepEqual([text(later, 1), text(later, 2)], ['D001', 'D001']);
    await later.compact();
  });

  for (const [what, call, calls] of [
    ['it cannot be made', 'openSync', 0],
    ['its head cannot be written', 'writeSync', 0],
    ['it cannot be flushed', 'fsyncSync', 0],
    ['it cannot get its name', 'renameSync', 0],
    ['its folder cannot be opened', 'openSync', 1],
    ['its folder cannot be flushed', 'fsyncSync', 1],
  ] as const)
    it(`goes on with its log when the next one is begun and ${what}`, async () => {
      const store = await open();
      await apply(store, set(1));
      const original = fs[call] as (...args: unknown[]) => unknown;
      let before: number = calls;
      const failing = mock.method(fs, call, (...args: unknown[]) => {
        if (before-- > 0) return original(...args);
        throw trouble('EMFILE');
      });
      await assert.rejects(store.compact(), /EMFILE/);
      failing.mock.restore();
      await apply(store, set(2));
      const later = await again(store);
      assert.deepEqual([text(later, 1), text(later, 2)], ['D001', 'D001']);
    });

  it('takes no changes that a restart might not find, when it is unknown which load counts', async () => {
    const store = await open();
    await apply(store, set(1));
    const file = put(path.join(folder, 'a.csv'), 'number,entity\n7,sp\n');
    const { renameSync, fsyncSync } = fs;
    let renamed = false;
    mock.method(fs, 'renameSync', (from: string, to: string) => {
      renameSync(from, to);
      renamed ||= to.endsWith('CURRENT');
    });
    mock.method(fs, 'fsyncSync', (fd: number) => {
      if (renamed) throw trouble('EIO');
      fsyncSync(fd);
    });
    const loaded = await store.load({ settings: settingsOf(file) });
    assert.ok(!loaded.ok && loaded.error.kind === 'failed', JSON.stringify(loaded));
    mock.restoreAll();
    assert.equal(text(store, 1), 'D001');
    const refusal = await store.apply([set(2)]);
    assert.ok(!refusal.ok && refusal.error.kind === 'unavailable');
    assert.equal(text(await again(store), 7), 'sp', 'the load that CURRENT names is there');
  });

  it('is opened on a full disk: the note of who has it is for people only', async () => {
    const store = await open();
    await apply(store, set(1));
    await store.close();
    fs.symlinkSync('/dev/full', path.join(folder, 'lock.owner'));
    assert.equal(text(await again(store), 1), 'D001');
  });

  it('is damaged, and can go back, when CURRENT names nothing; a follower says so too', async () => {
    const store = await open();
    await apply(store, set(1));
    const { load } = store.version;
    await store.close();
    fs.writeFileSync(path.join(folder, 'CURRENT'), '');
    const follower = await followNumbers({ folder, pollMs: 60_000 });
    assert.equal(follower.state, 'damaged');
    const opening = await openNumberStore({ folder });
    assert.ok(opening.ok && opening.value.state === 'damaged');
    stores.push(opening.value);
    assert.ok((await opening.value.rollback(load)).ok);
    assert.equal(text(opening.value, 1), 'D001');
    await follower.look();
    assert.equal(follower.state, 'ready');
    await follower.close();
  });

  it('removes what an import that was killed has left', async () => {
    const store = await open();
    fs.mkdirSync(loadFolder(folder, '000002-00000000'));
    await again(store);
    assert.deepEqual(fs.readdirSync(path.join(folder, 'loads')).length, 1);
  });
});

describe('changes of numbers at the worst moment', () => {
  it('survive a rollback to the load that counts', async () => {
    const store = await open();
    await apply(store, set(1));
    const back = store.rollback(store.version.load);
    let next = 2;
    let done = false;
    void back.then(() => {
      done = true;
    });
    while (!done) await apply(store, set(next++));
    assert.ok((await back).ok);
    const later = await again(store);
    for (let number = 1; number < next; number++) assert.equal(text(later, number), 'D001', `${number}`);
  });

  it('keep the record a number has when it gets a validity while a snapshot is written', async () => {
    const store = await open();
    const batch = (from: number, validFrom?: number) =>
      Array.from({ length: 4_000 }, (_, i) => ({
        ...set(from + i, validFrom === undefined ? 'AAA' : 'CCC'),
        ...(validFrom === undefined ? {} : { validFrom }),
      }));
    for (let from = 1; from < 40_000; from += 4_000) await apply(store, ...batch(from));
    for (let from = 1_000_000; from < 1_020_000; from += 4_000) await apply(store, ...batch(from, 5));
    const compacted = store.compact();
    let [next, done] = [1, false];
    void compacted.then(() => {
      done = true;
    });
    // Records that the snapshot's beginning did not know, too.
    for (; !done && next < 40_000; next++) await apply(store, { ...set(next, `B${next % 50}`), validFrom: 1_000_000 });
    await compacted;
    assert.ok(next > 20, `${next}`);
    const later = await again(store);
    for (let number = 1; number < next; number++)
      assert.deepEqual([text(later, number), text(later, number, 1_000_000)], ['AAA', `B${number % 50}`], `${number}`);
  });

  it('do not bring back a number that is deleted while a snapshot is written', async () => {
    const store = await open({ now: () => 1_000 });
    const numbers = Array.from({ length: 4_000 }, (_, i) => i + 1);
    await apply(store, ...numbers.map((number) => ({ ...set(number), validFrom: 5 })));
    const compacted = store.compact();
    let [next, done] = [1, false];
    void compacted.then(() => {
      done = true;
    });
    for (; !done && next < 4_000; next++) await apply(store, { kind: 'delete-number', number: next });
    await compacted;
    const later = await again(store);
    assert.equal(later.stats().timed, 4_000 - (next - 1));
    assert.equal(
      later.counts().reduce((sum, row) => sum + row.numbers, 0),
      later.stats().numbers,
    );
  });

  it('win over what housekeeping has to say of the same number', async () => {
    mock.timers.enable({ apis: ['setInterval'] });
    let now = 1_000;
    const store = await open({ now: () => now, settings: { settleAfterMs: 0 } });
    await apply(store, { ...set(1, 'AAA'), validUntil: 2_000 });
    now = 3_000;
    const change = store.apply([set(1, 'BBB')]);
    mock.timers.tick(1_000);
    assert.ok((await change).ok);
    // Behind whatever was asked for meanwhile.
    await apply(store, set(9));
    mock.timers.reset();
    assert.equal(text(store, 1, now), 'BBB');
  });

  it('are not counted against a number when their batch was refused', async () => {
    const store = await open();
    for (let i = 0; i < 40; i++)
      assert.equal(
        (
          await store.apply([
            { ...set(1), validFrom: 5 },
            { kind: 'delete-number', number: 0 },
          ])
        ).ok,
        false,
      );
    await apply(store, { ...set(1), validFrom: 5 });
  });

  it('are told by a follower that cannot read on with the version that it answers from', async () => {
    const store = await open();
    await apply(store, set(1));
    const follower = await followNumbers({ folder, pollMs: 60_000 });
    const { version } = follower;
    const at = store.flushed!.octets;
    await apply(store, set(2));
    await apply(store, set(3));
    const log = partOf(folder, 'log');
    const octets = fs.readFileSync(log);
    octets[at + 30] = octets[at + 30]! ^ 1;
    fs.writeFileSync(log, octets);
    await follower.look();
    assert.deepEqual([follower.version, follower.state], [version, 'ready']);
    assert.ok(follower.lag.octets > 0);
    await follower.close();
  });

  it('are not seen by a follower before they are sure to stay', async () => {
    const store = await open();
    await apply(store, set(1));
    const follower = await followNumbers({ folder, pollMs: 60_000 });
    let release = (): void => {};
    const { fdatasync } = fs;
    const held = mock.method(fs, 'fdatasync', (fd: number, done: Done) => {
      release = () => fdatasync(fd, done);
    });
    const pending = store.apply([set(2)]);
    while (held.mock.callCount() === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    await follower.look();
    assert.equal(follower.find(2, 0), undefined, 'written, not flushed');
    held.mock.restore();
    release();
    assert.ok((await pending).ok);
    await follower.look();
    assert.notEqual(follower.find(2, 0), undefined);
    await follower.close();
  });
});
