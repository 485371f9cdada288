/** What the embedded store does when the disk, the engine or the folder fails it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'libsql';
import { silentLog, silentMeter } from '#base';
import { type Message, type MessageStore, StoreUnavailable } from '#messaging';
import { aDelivery, aMessage, anEnded } from '../../messaging/fixtures.contract.js';
import { CHECKPOINT, COMMIT, newSwitches, SWITCH } from './faulty-driver.contract.js';
import { type Faults, faultyFiles } from './faulty-files.contract.js';
import { type EmbeddedStore, type EmbeddedStoreOptions, openEmbeddedStore } from './open.js';
import { type StartSqlThread, startSqlThread } from './sql/thread.js';

const KiB = 1024;
const LARGE = 40 * KiB;
const nothing = { deliveries: [], newReports: [], reports: [], reportsDone: [], events: [], contentRemoved: [] };
const content = (size: number, seed: number): Uint8Array => new Uint8Array(size).fill(seed);

/** Runs with a folder of its own, and opens stores on it that are closed at the end. */
const withFolder =
  (body: (folder: string, open: (options?: Partial<EmbeddedStoreOptions>) => Promise<EmbeddedStore>) => Promise<void>) =>
  async (): Promise<void> => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'angarium-faults-'));
    const stores: EmbeddedStore[] = [];
    try {
      await body(folder, async (options) => {
        const store = await openEmbeddedStore({ folder, log: silentLog, meter: silentMeter, ...options });
        stores.push(store);
        return store;
      });
    } finally {
      for (const store of stores) await store.close();
      fs.rmSync(folder, { recursive: true });
    }
  };

const faultyDriver = (switches: Int32Array) => ({
  sqlThread: { url: new URL('./faulty-thread.contract.js', import.meta.url).href, data: switches },
});

async function accept(store: MessageStore, size: number, seed = 1): Promise<Message> {
  const message = aMessage({ size });
  await store.accept(message, [content(size, seed)], [aDelivery(message)], [], []);
  return message;
}

async function assertKept(store: MessageStore, message: Message, seed = 1): Promise<void> {
  assert.deepEqual(await store.message(message.id), message);
  assert.deepEqual(await store.content(message.id), { kind: 'content', octets: content(message.size, seed) });
}

const refused = (promise: Promise<unknown>): Promise<void> => assert.rejects(promise, StoreUnavailable);

/** Waits for what must come about by itself; the test runner's own time limit is the end. */
async function until(what: () => boolean): Promise<void> {
  while (!what()) await sleep(5);
}

/** Octets of a file; none when the store has deleted it since its folder was read. */
const octetsOf = (file: string): number => fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0;

const sentence =
  (start: string) =>
  (error: Error): boolean =>
    error.message.startsWith(start);

const SOON = { recoveryFirstMs: 5, recoveryMaxMs: 20, compactionRetryMs: 5, compactionPauseMs: 0, handsetDelayMs: 1 };

describe('a segment file that cannot be deleted', () => {
  it(
    'is deleted later, though nothing is left to compact and nobody restarts the program',
    withFolder(async (_, open) => {
      const faults: Faults = { created: [], unlink: 'EROFS' };
      // Each message fills a file of its own.
      const store = await open({ files: faultyFiles(faults), settings: { ...SOON, segmentOctets: LARGE, spaceLookMs: 5 } });
      const message = await accept(store.messages, LARGE);
      const { dueAt: _due, ...before } = (await store.messages.deliveriesOf(message.id))[0]!;
      const ended = { ...before, state: 'retrieved' as const, revision: before.revision + 1 };
      await store.messages.change({ ...nothing, deliveries: [ended], contentRemoved: [message.id] });
      await sleep(20);
      assert.equal(store.diskUse().segmentLive, 0);
      assert.ok(store.diskUse().segmentTotal > 0);
      faults.unlink = undefined;
      await until(() => store.diskUse().segmentTotal === 0);
      assert.equal(fs.existsSync(faults.created[0]!), false);
    }),
  );
});

describe('a failed write or flush of a segment', () => {
  for (const [what, fault] of [
    ['has no space for a write', { write: 'ENOSPC' }],
    ['fails a write', { write: 'EIO' }],
    ['fails a flush', { datasync: 'EIO' }],
    ['cannot create a file in a folder gone read-only', { create: 'EROFS' }],
  ] as const) {
    it(
      `refuses large content while the disk ${what}, serves the rest, and recovers by itself`,
      withFolder(async (_, open) => {
        const faults: Faults = { created: [] };
        const store = await open({ files: faultyFiles(faults), settings: { ...SOON, segmentOctets: 3 * LARGE } });
        const before = await accept(store.messages, LARGE);
        // With nothing open to append to, the next large content needs a new file.
        for (let i = 0; i < 2; i++) await accept(store.messages, LARGE);
        Object.assign(faults, fault);
        const lost = aMessage({ size: LARGE });
        await refused(store.messages.accept(lost, [content(LARGE, 2)], [aDelivery(lost)], [], []));
        assert.equal(store.health().writable, false);
        assert.match(store.health().reason ?? '', /segment/);
        await assertKept(store.messages, before);
        assert.equal(await store.messages.message(lost.id), undefined);

        Object.assign(faults, { write: undefined, datasync: undefined, create: undefined });
        await until(() => store.health().writable);
        await assertKept(store.messages, await accept(store.messages, LARGE, 3), 3);
        await store.close();

        const again = await open();
        await assertKept(again.messages, before);
        assert.equal(await again.messages.message(lost.id), undefined);
      }),
    );
  }

  it(
    'does not trust the file again after a failed flush: all that waited is refused, what comes next goes to another file',
    withFolder(async (_, open) => {
      const faults: Faults = { created: [] };
      const store = await open({ files: faultyFiles(faults), settings: SOON });
      const before = await accept(store.messages, LARGE);
      assert.equal(faults.created.length, 1);
      // A flush that takes its time, so that others come to wait for the one after it.
      let release = (): void => undefined;
      faults.beforeDatasync = () => new Promise((resolve) => (release = resolve));
      const first = accept(store.messages, LARGE);
      const second = sleep(20).then(() => accept(store.messages, LARGE));
      await sleep(60);
      faults.datasync = 'EIO';
      faults.beforeDatasync = undefined;
      release();
      await Promise.all([refused(first), refused(second)]);
      faults.datasync = undefined;
      await until(() => store.health().writable);
      const after = await accept(store.messages, LARGE, 3);
      assert.ok(faults.created.length > 1);
      // What had been flushed before is moved out of the file that is not trusted.
      await until(() => !fs.existsSync(faults.created[0]!));
      await assertKept(store.messages, before);
      await assertKept(store.messages, after, 3);
    }),
  );

  it(
    'acknowledges large content only after the flush of its frame',
    withFolder(async (_, open) => {
      const faults: Faults = { created: [] };
      const store = await open({ files: faultyFiles(faults) });
      let release = (): void => undefined;
      faults.beforeDatasync = () => new Promise((resolve) => (release = resolve));
      let acknowledged = false;
      const message = aMessage({ size: LARGE });
      const accepted = store.messages.accept(message, [content(LARGE, 1)], [aDelivery(message)], [], []).then(() => {
        acknowledged = true;
      });
      await sleep(50);
      assert.equal(acknowledged, false);
      assert.equal(await store.messages.message(message.id), undefined);
      faults.beforeDatasync = undefined;
      release();
      await accepted;
      await assertKept(store.messages, message);
    }),
  );
});

describe('a disk with little space left', () => {
  const PLENTY = 900_000_000;
  const LITTLE = 100_000_000;
  const settings = { ...SOON, spaceLookMs: 5, reserveOctets: 200_000_000, reserveShareMax: 0.125 };

  it(
    'refuses new messages at the reserve, goes on with what is stored, says so, and takes new ones again by itself',
    withFolder(async (folder, open) => {
      const faults: Faults = { created: [], free: PLENTY };
      const store = await open({ files: faultyFiles(faults), settings });
      const kept = [await accept(store.messages, 100), await accept(store.messages, LARGE)];
      const files = fs.readdirSync(path.join(folder, 'segments'));
      faults.free = LITTLE;
      await until(() => !store.health().writable);
      assert.match(store.health().reason ?? '', /^the disk is full: 100\.0 of 1000\.0 MB are free, and 125\.\d MB are kept/);
      for (const size of [100, LARGE]) await refused(accept(store.messages, size));
      for (const message of kept) {
        await assertKept(store.messages, message);
        const [delivery] = await store.messages.deliveriesOf(message.id);
        const change = { ...nothing, deliveries: [anEnded(delivery!)], contentRemoved: [message.id] };
        assert.equal(await store.messages.change(change), 'done');
      }
      assert.deepEqual(fs.readdirSync(path.join(folder, 'segments')), files, 'nothing was written for what was refused');
      faults.free = PLENTY;
      await until(() => store.health().writable);
      for (const size of [100, LARGE]) await assertKept(store.messages, await accept(store.messages, size));
    }),
  );

  it(
    'asks the system again before it refuses anybody, and counts what it has admitted in between',
    withFolder(async (_, open) => {
      const faults: Faults = { created: [], free: 125_000_000 + 3 * LARGE };
      const seldom = { ...settings, spaceLookMs: 1_000_000 };
      const store = await open({ files: faultyFiles(faults), settings: seldom });
      await accept(store.messages, LARGE);
      await accept(store.messages, LARGE);
      await accept(store.messages, LARGE);
      faults.free = PLENTY;
      await accept(store.messages, LARGE);
      faults.free = 125_000_000;
      await Promise.all(Array.from({ length: 16 }, () => accept(store.messages, LARGE)));
      assert.ok(store.health().writable, 'nobody has looked');
    }),
  );

  it(
    'opens, serves what is stored, and recovers by itself although not an octet can be written',
    withFolder(async (_, open) => {
      const first = await open();
      const kept = [await accept(first.messages, 100), await accept(first.messages, LARGE)];
      await first.close();
      const switches = newSwitches();
      Atomics.store(switches, SWITCH.commit, COMMIT.full);
      const faults: Faults = { created: [], free: 0, write: 'ENOSPC' };
      const store = await open({ ...faultyDriver(switches), files: faultyFiles(faults), settings });
      assert.equal(store.health().writable, false);
      for (const message of kept) await assertKept(store.messages, message);
      for (const size of [100, LARGE]) await refused(accept(store.messages, size));
      const [delivery] = await store.messages.deliveriesOf(kept[0]!.id);
      await refused(store.messages.change({ ...nothing, deliveries: [anEnded(delivery!)] }));
      Atomics.store(switches, SWITCH.commit, COMMIT.works);
      Object.assign(faults, { free: PLENTY, write: undefined });
      await until(() => store.health().writable);
      for (const size of [100, LARGE]) await assertKept(store.messages, await accept(store.messages, size));
    }),
  );

  it(
    'that takes no acceptance any more still takes the changes that came with it',
    withFolder(async (_, open) => {
      const switches = newSwitches();
      const store = await open({ ...faultyDriver(switches), settings });
      const message = await accept(store.messages, 100);
      const [delivery] = await store.messages.deliveriesOf(message.id);
      Atomics.store(switches, SWITCH.commit, COMMIT.fullOnce);
      const [, changed] = await Promise.all([
        refused(accept(store.messages, 100)),
        store.messages.change({ ...nothing, deliveries: [anEnded(delivery!)], contentRemoved: [message.id] }),
      ]);
      assert.equal(changed, 'done');
    }),
  );

  it(
    'is not asked to hold a second database when a checkpoint finds no space',
    withFolder(async (folder, open) => {
      const switches = newSwitches();
      const store = await open({ ...faultyDriver(switches), settings: { ...SOON, checkpointOctets: 1 } });
      Atomics.store(switches, SWITCH.checkpoint, CHECKPOINT.full);
      const before = await accept(store.messages, 100);
      await until(() => !store.health().writable);
      assert.match(store.health().reason ?? '', /the disk is full: a checkpoint failed/);
      await refused(accept(store.messages, 100));
      await assertKept(store.messages, before);
      await sleep(50);
      Atomics.store(switches, SWITCH.checkpoint, CHECKPOINT.works);
      await until(() => store.health().writable);
      assert.equal(fs.readFileSync(path.join(folder, 'CURRENT'), 'utf8'), 'messages-1.db\n');
      await assertKept(store.messages, await accept(store.messages, 100, 2), 2);
    }),
  );

  it(
    'gets the torn end of a failed write back',
    withFolder(async (folder, open) => {
      const faults: Faults = { created: [] };
      const store = await open({ files: faultyFiles(faults), settings: SOON });
      const before = await accept(store.messages, LARGE);
      const [name] = fs.readdirSync(path.join(folder, 'segments'));
      const file = path.join(folder, 'segments', name!);
      const whole = fs.statSync(file).size;
      faults.write = 'ENOSPC';
      await refused(accept(store.messages, LARGE));
      faults.write = undefined;
      assert.equal(fs.statSync(file).size, whole);
      await assertKept(store.messages, before);
      await until(() => store.health().writable);
      const torn = fs.readdirSync(path.join(folder, 'segments')).filter((other) => other !== name);
      for (const other of torn) assert.ok(octetsOf(path.join(folder, 'segments', other)) < 100, 'a frame of one octet at most');
    }),
  );

  it(
    'is not filled further by copies of what compaction could not finish',
    withFolder(async (folder, open) => {
      const faults: Faults = { created: [], free: PLENTY };
      const store = await open({ files: faultyFiles(faults), settings: { ...settings, segmentOctets: 4 * LARGE } });
      const messages: Message[] = [];
      for (let i = 0; i < 20; i++) messages.push(await accept(store.messages, LARGE));
      faults.free = 60_000_000;
      await until(() => !store.health().writable);
      const files = fs.readdirSync(path.join(folder, 'segments'));
      for (const [i, { id }] of messages.entries())
        if (i % 4 !== 0) await store.messages.change({ ...nothing, contentRemoved: [id] });
      await sleep(50);
      assert.deepEqual(fs.readdirSync(path.join(folder, 'segments')), files);
      faults.free = LITTLE;
      await until(() => fs.readdirSync(path.join(folder, 'segments')).length < files.length);
      for (const [i, message] of messages.entries()) if (i % 4 === 0) await assertKept(store.messages, message);
    }),
  );

  it(
    'gets every free page of the SQL file back, although they are few',
    withFolder(async (folder, open) => {
      const faults: Faults = { created: [], free: PLENTY };
      const store = await open({ files: faultyFiles(faults), settings: { ...settings, vacuumPauseMs: 1 } });
      const messages = await Promise.all(Array.from({ length: 50 }, () => accept(store.messages, 10_000)));
      faults.free = LITTLE;
      const file = path.join(folder, 'messages-1.db');
      // The log is emptied although it is short.
      await until(() => fs.statSync(file).size > 500_000);
      for (const { id } of messages) await store.messages.change({ ...nothing, contentRemoved: [id] });
      await until(() => fs.statSync(file).size < 200_000);
    }),
  );
});

describe('a failing database', () => {
  it(
    'refuses while the disk is full, keeps nothing of it, and goes on when there is space',
    withFolder(async (_, open) => {
      const switches = newSwitches();
      const store = await open({ ...faultyDriver(switches), settings: SOON });
      const before = await accept(store.messages, 100);
      Atomics.store(switches, SWITCH.commit, COMMIT.full);
      const lost = aMessage();
      await refused(store.messages.accept(lost, [content(5, 1)], [aDelivery(lost)], [], []));
      assert.equal(store.health().writable, false);
      await assertKept(store.messages, before);
      Atomics.store(switches, SWITCH.commit, COMMIT.works);
      await until(() => store.health().writable);
      await assertKept(store.messages, await accept(store.messages, 100, 2), 2);
      assert.equal(await store.messages.message(lost.id), undefined);
      await store.close();
      assert.equal(await (await open()).messages.message(lost.id), undefined);
    }),
  );

  for (const [how, what] of [
    [COMMIT.flushFailed, 'a flush failed'],
    [COMMIT.flushFailedButWritten, 'a flush was said to fail although the commit stands in the log'],
  ] as const) {
    it(
      `rebuilds the database into a new file after ${what}, and every answer agrees with what is kept`,
      withFolder(async (folder, open) => {
        const switches = newSwitches();
        const store = await open({ ...faultyDriver(switches), settings: SOON });
        const before = await accept(store.messages, 100);
        const large = await accept(store.messages, LARGE, 4);
        const current = fs.readFileSync(path.join(folder, 'CURRENT'), 'utf8');
        Atomics.store(switches, SWITCH.commit, how);
        Atomics.store(switches, SWITCH.vacuum, 1);
        const doubtful = aMessage({ size: 100 });
        const answer = store.messages.accept(doubtful, [content(100, 1)], [aDelivery(doubtful)], [], []).then(
          () => 'kept',
          (error: unknown) => {
            assert.ok(error instanceof StoreUnavailable);
            return 'refused';
          },
        );
        await until(() => !store.health().writable);
        await assertKept(store.messages, before);
        await refused(accept(store.messages, 100));
        Atomics.store(switches, SWITCH.commit, COMMIT.works);
        Atomics.store(switches, SWITCH.vacuum, 0);
        await until(() => store.health().writable);
        assert.notEqual(fs.readFileSync(path.join(folder, 'CURRENT'), 'utf8'), current);
        assert.ok(!fs.existsSync(path.join(folder, current.trim())), 'nobody needs the old file any more');
        const after = await accept(store.messages, 100, 3);
        await store.close();

        const again = await open();
        await assertKept(again.messages, before);
        await assertKept(again.messages, large, 4);
        await assertKept(again.messages, after, 3);
        assert.equal((await again.messages.message(doubtful.id)) === undefined ? 'refused' : 'kept', await answer);
      }),
    );
  }

  it(
    'refuses nobody whose outcome is not known when it is closed, and loses nothing of what turns out to be kept',
    withFolder(async (_, open) => {
      const switches = newSwitches();
      const store = await open({ ...faultyDriver(switches), settings: { ...SOON, segmentOctets: LARGE } });
      Atomics.store(switches, SWITCH.commit, COMMIT.flushFailedButWritten);
      Atomics.store(switches, SWITCH.vacuum, 1);
      const doubtful = aMessage({ size: LARGE });
      let heard = 'nothing';
      store.messages.accept(doubtful, [content(LARGE, 1)], [aDelivery(doubtful)], [], []).then(
        () => (heard = 'kept'),
        () => (heard = 'refused'),
      );
      await until(() => !store.health().writable);
      await store.close();
      await sleep(20);
      assert.equal(heard, 'nothing');
      await assertKept((await open()).messages, doubtful);
    }),
  );

  it(
    'claims nothing that is not due any more by a change whose outcome is in doubt',
    withFolder(async (_, open) => {
      const switches = newSwitches();
      // Without the cache the row is read, which is ahead of what has been told.
      const store = await open({ ...faultyDriver(switches), settings: { ...SOON, cacheMessagesMax: 0 } });
      const message = aMessage({ size: 100 });
      const delivery = aDelivery(message);
      const now = message.deliverAt + 1_000;
      await store.messages.accept(message, [content(100, 1)], [delivery], [], []);
      assert.equal(await store.messages.nextDueAt(), delivery.dueAt, 'the index has been read');
      Atomics.store(switches, SWITCH.commit, COMMIT.flushFailedButWritten);
      Atomics.store(switches, SWITCH.vacuum, 1);
      const later = { ...delivery, revision: delivery.revision + 1, dueAt: now + 1_000 };
      const outcome = store.messages.change({ ...nothing, deliveries: [later] });
      await until(() => !store.health().writable);
      assert.deepEqual((await store.messages.delivery(delivery.key))?.delivery, later, 'the row is ahead');
      assert.deepEqual(await store.messages.claimDue(now, 60_000, 10), []);
      Atomics.store(switches, SWITCH.commit, COMMIT.works);
      Atomics.store(switches, SWITCH.vacuum, 0);
      assert.equal(await outcome, 'done');
      assert.deepEqual(
        (await store.messages.claimDue(now + 1_000, 60_000, 10)).map((due) => due.kind === 'delivery' && due.delivery),
        [later],
      );
    }),
  );

  it(
    'opens the database anew, without rebuilding it, after an error before any commit',
    withFolder(async (folder, open) => {
      const switches = newSwitches();
      const store = await open({ ...faultyDriver(switches), settings: SOON });
      const before = await accept(store.messages, 100);
      Atomics.store(switches, SWITCH.begin, 1);
      await refused(accept(store.messages, 100));
      assert.match(store.health().reason ?? '', /cannot be written: injected SQLITE_IOERR_READ/);
      await assertKept(store.messages, before);
      await until(() => store.health().writable);
      await assertKept(store.messages, await accept(store.messages, 100, 2), 2);
      assert.equal(fs.readFileSync(path.join(folder, 'CURRENT'), 'utf8'), 'messages-1.db\n');
    }),
  );

  it(
    'rebuilds the database after a failed checkpoint as well',
    withFolder(async (folder, open) => {
      const switches = newSwitches();
      const store = await open({ ...faultyDriver(switches), settings: { ...SOON, checkpointOctets: 1 } });
      Atomics.store(switches, SWITCH.checkpoint, CHECKPOINT.flushFailed);
      const before = await accept(store.messages, 100);
      await until(() => !store.health().writable || fs.readFileSync(path.join(folder, 'CURRENT'), 'utf8') !== 'messages-1.db\n');
      Atomics.store(switches, SWITCH.checkpoint, CHECKPOINT.works);
      await until(() => store.health().writable);
      assert.notEqual(fs.readFileSync(path.join(folder, 'CURRENT'), 'utf8'), 'messages-1.db\n');
      await assertKept(store.messages, before);
      await assertKept(store.messages, await accept(store.messages, 100, 2), 2);
    }),
  );

  it(
    'goes on accepting while a checkpoint takes half a second',
    withFolder(async (_, open) => {
      const switches = newSwitches();
      Atomics.store(switches, SWITCH.checkpointMs, 500);
      const store = await open({ ...faultyDriver(switches), settings: { checkpointOctets: 1, checkpointRestOctets: 0 } });
      await accept(store.messages, 100);
      await until(() => Atomics.load(switches, SWITCH.checkpointsBegun) > 0);
      const ended = Atomics.load(switches, SWITCH.checkpointsEnded);
      for (let i = 0; i < 3; i++) await accept(store.messages, 100);
      assert.equal(Atomics.load(switches, SWITCH.checkpointsEnded), ended, 'three acceptances fit into one checkpoint');
    }),
  );

  it(
    'bounds the log under constant load',
    withFolder(async (folder, open) => {
      const store = await open({ settings: { checkpointOctets: 256 * KiB, checkpointRestOctets: 128 * KiB } });
      let running = true;
      const load = Array.from({ length: 16 }, async () => {
        while (running) await accept(store.messages, 2_000);
      });
      await sleep(1_500);
      running = false;
      await Promise.all(load);
      assert.ok(fs.statSync(path.join(folder, 'messages-1.db-wal')).size < 16 * 1024 * KiB);
      assert.ok(fs.statSync(path.join(folder, 'messages-1.db')).size > 256 * KiB);
    }),
  );

  it(
    'refuses at once what is more than its queue may hold',
    withFolder(async (_, open) => {
      const switches = newSwitches();
      const store = await open({ ...faultyDriver(switches), settings: { queueOperationsMax: 10, groupOperationsMax: 1 } });
      Atomics.store(switches, SWITCH.commitMs, 20);
      const outcomes = await Promise.allSettled(Array.from({ length: 30 }, () => accept(store.messages, 100)));
      const kept = outcomes.filter(({ status }) => status === 'fulfilled').length;
      assert.ok(kept >= 10 && kept < 30, `${kept} kept`);
      for (const outcome of outcomes) assert.ok(outcome.status === 'fulfilled' || outcome.reason instanceof StoreUnavailable);
    }),
  );

  it(
    'does not let one wrong operation spoil the group it is in',
    withFolder(async (_, open) => {
      const store = await open();
      const message = await accept(store.messages, 100);
      const twice = store.messages.accept(message, [content(100, 2)], [aDelivery(message)], [], []);
      const others = Array.from({ length: 5 }, (_, i) => accept(store.messages, 100, i));
      await assert.rejects(twice, /refuses an operation/);
      for (const [i, other] of (await Promise.all(others)).entries()) await assertKept(store.messages, other, i);
      await assertKept(store.messages, message);
    }),
  );
});

describe('a thread that dies', () => {
  for (const [how, what] of [
    [COMMIT.dies, 'before its commit: nothing is kept, and the caller is refused'],
    [COMMIT.diesAfterwards, 'after its commit, before it could say so: the caller hears that his message is kept'],
  ] as const)
    it(
      `the writer ${what}; it is started again, and the folder stays locked`,
      withFolder(async (_, open) => {
        const switches = newSwitches();
        const store = await open({ ...faultyDriver(switches), settings: SOON });
        const before = await accept(store.messages, 100);
        Atomics.store(switches, SWITCH.commit, how);
        const message = aMessage({ size: 100 });
        const answer = store.messages.accept(message, [content(100, 1)], [aDelivery(message)], [], []);
        if (how === COMMIT.dies) await refused(answer);
        else await answer;
        assert.equal((await store.messages.message(message.id)) !== undefined, how === COMMIT.diesAfterwards);
        await until(() => store.health().writable);
        await assertKept(store.messages, before);
        await assertKept(store.messages, await accept(store.messages, 100, 2), 2);
        await assert.rejects(open(), /is in use by another process/);
        await store.close();
        const again = await open();
        assert.equal((await again.messages.message(message.id)) !== undefined, how === COMMIT.diesAfterwards);
      }),
    );

  it(
    'the checkpointer is started again, and nobody is refused',
    withFolder(async (folder, open) => {
      const switches = newSwitches();
      const store = await open({ ...faultyDriver(switches), settings: { ...SOON, checkpointOctets: 1 } });
      Atomics.store(switches, SWITCH.checkpoint, CHECKPOINT.dies);
      const message = await accept(store.messages, 100);
      await until(() => Atomics.load(switches, SWITCH.checkpoint) === CHECKPOINT.works);
      const file = path.join(folder, 'messages-1.db');
      const size = fs.statSync(file).size;
      while (fs.statSync(file).size <= size) await accept(store.messages, 10_000);
      await assertKept(store.messages, message);
      assert.equal(store.health().writable, true);
    }),
  );

  it(
    'the reader is started again: who was asking is refused, who asks next is answered',
    withFolder(async (_, open) => {
      const switches = newSwitches();
      const store = await open({ ...faultyDriver(switches), settings: { ...SOON, cacheMessagesMax: 0 } });
      const message = await accept(store.messages, 100);
      Atomics.store(switches, SWITCH.readerDies, 1);
      await refused(store.messages.message(message.id));
      await assertKept(store.messages, message);
    }),
  );
});

describe('the data folder', () => {
  it(
    'belongs to one opener: the second is told so, and gets in when the first has closed',
    withFolder(async (_, open) => {
      const first = await open();
      await assert.rejects(open(), /is in use by another process/);
      await accept(first.messages, 100);
      await first.close();
      await open();
    }),
  );

  it(
    'written by a newer program is refused with both versions named, and not changed',
    withFolder(async (folder, open) => {
      await (await open()).close();
      const file = path.join(folder, 'messages-1.db');
      const sql = new Database(file);
      sql.exec('PRAGMA user_version=4711');
      sql.close();
      await assert.rejects(open(), /schema version 4711, this program knows versions up to 3/);
      const after = new Database(file);
      assert.equal((after.prepare('PRAGMA user_version').get([]) as { user_version: number }).user_version, 4711);
      after.close();
    }),
  );

  it(
    'that cannot be made is refused in words',
    withFolder(async (folder, open) => {
      fs.writeFileSync(path.join(folder, 'file'), '');
      await assert.rejects(open({ folder: path.join(folder, 'file', 'data') }), /^Error: store: .*(ENOTDIR|EEXIST)/);
    }),
  );

  it(
    'that is mounted read-only is refused in one sentence that names it, whether new or old',
    withFolder(async (folder, open) => {
      const mount = (...args: string[]): boolean => spawnSync('mount', args).status === 0;
      if (!mount('-t', 'tmpfs', 'tmpfs', folder)) return;
      try {
        const old = path.join(folder, 'old');
        await (await open({ folder: old })).close();
        assert.ok(mount('-o', 'remount,ro', folder));
        await assert.rejects(open({ folder: old }), sentence(`store: ${old} is on a file system mounted read-only`));
        await assert.rejects(
          open({ folder: path.join(folder, 'new') }),
          sentence(`store: ${folder} is on a file system mounted`),
        );
      } finally {
        spawnSync('umount', [folder]);
      }
    }),
  );

  it(
    'without CURRENT but with messages is not taken for a new one',
    withFolder(async (folder, open) => {
      const store = await open();
      await accept(store.messages, 100);
      await store.close();
      fs.rmSync(path.join(folder, 'CURRENT'));
      await assert.rejects(open(), /no file CURRENT/);
    }),
  );

  it(
    'loses segment files that no message names at the next start, and nothing else',
    withFolder(async (folder, open) => {
      const store = await open();
      const message = await accept(store.messages, LARGE);
      await store.close();
      const orphan = path.join(folder, 'segments', '0000000077.seg');
      fs.writeFileSync(orphan, content(1_000, 1));
      const again = await open();
      assert.ok(!fs.existsSync(orphan));
      await assertKept(again.messages, message);
      const next = await accept(again.messages, LARGE, 2);
      assert.deepEqual(fs.readdirSync(path.join(folder, 'segments')).sort(), ['0000000001.seg', '0000000078.seg']);
      await assertKept(again.messages, next, 2);
    }),
  );

  it(
    'says that content is damaged when its segment is cut short or missing',
    withFolder(async (folder, open) => {
      const settings = { segmentOctets: 1 };
      const store = await open({ settings });
      const [short, missing, whole] = [
        await accept(store.messages, LARGE),
        await accept(store.messages, LARGE),
        await accept(store.messages, LARGE),
      ];
      await store.close();
      const [first, second] = fs.readdirSync(path.join(folder, 'segments')).sort();
      fs.truncateSync(path.join(folder, 'segments', first!), LARGE - 1);
      fs.rmSync(path.join(folder, 'segments', second!));
      const again = await open({ settings });
      assert.equal((await again.messages.content(short.id)).kind, 'damaged');
      assert.equal((await again.messages.content(missing.id)).kind, 'damaged');
      await assertKept(again.messages, whole);
    }),
  );
});

describe('space', () => {
  it(
    'stays under twice the live octets plus one segment while messages come and go, and every message left is whole',
    withFolder(async (folder, open) => {
      const segmentOctets = 10 * LARGE;
      const store = await open({ settings: { ...SOON, segmentOctets, cacheOctetsMax: 0 } });
      const kept: { message: Message; seed: number }[] = [];
      for (let i = 0; i < 200; i++) {
        const message = aMessage({ size: LARGE });
        const delivery = aDelivery(message);
        await store.messages.accept(message, [content(LARGE, i % 251)], [delivery], [], []);
        if (i % 20 === 0) kept.push({ message, seed: i % 251 });
        else await store.messages.change({ ...nothing, deliveries: [anEnded(delivery)], contentRemoved: [message.id] });
      }
      const bound = () => {
        const { segmentLive, segmentTotal } = store.diskUse();
        return segmentTotal <= 2 * segmentLive + segmentOctets;
      };
      await until(bound);
      const files = fs.readdirSync(path.join(folder, 'segments'));
      const onDisk = files.reduce((sum, name) => sum + octetsOf(path.join(folder, 'segments', name)), 0);
      assert.ok(onDisk <= 2 * store.diskUse().segmentLive + segmentOctets, `${onDisk} octets in ${files.length} files`);
      for (const { message, seed } of kept) await assertKept(store.messages, message, seed);
      await store.close();
      const again = await open();
      for (const { message, seed } of kept) await assertKept(again.messages, message, seed);
    }),
  );

  it(
    'of the SQL file is given back when small messages have gone',
    withFolder(async (folder, open) => {
      const settings = { ...SOON, freePagesMin: 10, vacuumPauseMs: 1, checkpointOctets: 64 * KiB, inlineOctetsMax: 16 * KiB };
      const store = await open({ settings });
      const deliveries = await Promise.all(
        Array.from({ length: 300 }, async () => {
          const message = aMessage();
          const delivery = aDelivery(message);
          await store.messages.accept(message, [content(10_000, 1)], [delivery], [], []);
          return delivery;
        }),
      );
      const pages = (): number => {
        const sql = new Database(path.join(folder, 'messages-1.db'));
        const row = sql.prepare('PRAGMA page_count').get([]) as { page_count: number };
        sql.close();
        return row.page_count;
      };
      const full = pages();
      for (const delivery of deliveries)
        await store.messages.change({ ...nothing, deliveries: [anEnded(delivery)], contentRemoved: [delivery.messageId] });
      while (pages() > full / 2) {
        await accept(store.messages, 10);
        await sleep(5);
      }
    }),
  );
});

describe('closing a store', () => {
  it(
    'commits a message whose content was on its way to the disk',
    withFolder(async (_, open) => {
      const faults: Faults = { created: [] };
      const store = await open({ files: faultyFiles(faults) });
      let flush = (): void => undefined;
      const flushing = new Promise<void>((begun) => {
        faults.beforeDatasync = () => {
          begun();
          return new Promise((resolve) => (flush = resolve));
        };
      });
      const accepted = accept(store.messages, LARGE);
      await flushing;
      const closing = store.close();
      flush();
      const message = await accepted;
      await closing;
      await assertKept((await open()).messages, message);
    }),
  );

  it(
    'takes every step although one fails, and says which: nothing stays open, and the folder is free',
    withFolder(async (folder, open) => {
      const ended: string[] = [];
      const startThread: StartSqlThread = (data) => {
        const inner = startSqlThread(data);
        return {
          get dead() {
            return inner.dead;
          },
          call: (request, transfer) => inner.call(request, transfer),
          end: async () => {
            await inner.end();
            ended.push(data.role);
            if (data.role === 'checkpointer') throw new Error('the checkpointer does not end');
          },
        };
      };
      const store = await openEmbeddedStore({ folder, log: silentLog, meter: silentMeter, startThread });
      const message = await accept(store.messages, LARGE);
      await assert.rejects(store.close(), /the checkpointer does not end/);
      assert.deepEqual(ended.sort(), ['checkpointer', 'reader', 'writer']);
      await assertKept((await open()).messages, message);
    }),
  );

  it(
    'ends although the disk leaves it in doubt whether content has been moved, and loses none of it',
    withFolder(async (_, open) => {
      const faults: Faults = { created: [] };
      const switches = newSwitches();
      // What is moved fills a file, so that the file would go with the copy.
      const settings = { ...SOON, segmentOctets: 2 * LARGE, deadShareMax: 0.1 };
      const store = await open({ ...faultyDriver(switches), files: faultyFiles(faults), settings });
      const messages: Message[] = [];
      for (let i = 0; i < 8; i++) messages.push(await accept(store.messages, i % 2 === 0 ? LARGE : 2 * LARGE));
      // Compaction's copies are the next to be flushed; their moves are then committed, but said to have failed.
      faults.beforeDatasync = async () => {
        Atomics.store(switches, SWITCH.vacuum, 1);
        Atomics.store(switches, SWITCH.commit, COMMIT.flushFailedButWritten);
      };
      const contentRemoved = messages.filter((_, i) => i % 2 === 0).map(({ id }) => id);
      await store.messages.change({ ...nothing, contentRemoved });
      await until(() => !store.health().writable);
      await store.close();
      const again = await open();
      for (const [i, message] of messages.entries()) if (i % 2 === 1) await assertKept(again.messages, message);
    }),
  );
});
