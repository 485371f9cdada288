/** A copy on another machine: what interrupts it, what it makes of trouble, and what it says of itself. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { silentLog } from '#base';
import { rn } from '../../portability/numbers.contract.js';
import { keepCopy, type NumberCopy } from './copy.js';
import { apply, newFolder, opened, partOf, put, removeFolders, set, settingsOf } from './fixtures.contract.js';
import { followNumbers, type NumberFollower } from './follower.js';
import { type MirrorList, type MirrorSource, mirrorOnce, mirrorSource, SourceAway } from './mirror.js';
import type { NumberStore } from './store.js';

/** What is asked of a source at once here, so that small files take several questions. */
const PIECE = 5_000;

describe('a copy of numbers on another machine', () => {
  let folder: string;
  let copyFolder: string;
  let store: NumberStore;
  let follower: NumberFollower;
  let copy: NumberCopy;
  /** What the source was asked: file and offset. */
  let asked: [string, number][];
  /** Questions that the source still answers. */
  let answers: number;
  let clock: number;
  /** Whether what is read of a snapshot has a wrong bit. */
  let flip = false;

  const source: MirrorSource = {
    async list() {
      if (answers <= 0) throw new SourceAway('gone fishing');
      const list = await mirrorSource(folder, () => store.flushed).list();
      return list === undefined ? undefined : { ...list, version: store.version };
    },
    async read(load, name, offset, octetsMax) {
      if (answers-- <= 0) throw new SourceAway('gone fishing');
      asked.push([name.split('-')[0]!, offset]);
      const piece = await mirrorSource(folder, () => store.flushed).read(load, name, offset, Math.min(octetsMax, PIECE));
      if (flip && piece !== undefined && name.startsWith('snapshot')) piece[0]! ^= 1;
      return piece;
    },
  };
  const begin = async (): Promise<void> => {
    follower = await followNumbers({ folder: copyFolder, pollMs: 60_000, now: () => clock });
    const kept = keepCopy({ source, folder: copyFolder, follower, intervalMs: 5, log: silentLog, now: () => clock });
    assert.ok(kept.ok);
    copy = kept.value;
  };
  const end = async (): Promise<void> => {
    await copy.close();
    await follower.close();
  };
  const isWhole = (number: number, routingNumber: string): void => {
    assert.deepEqual([follower.version, follower.find(number, 0)], [store.version, rn(1, routingNumber)]);
    const { behindOctets, behindChanges, wholeAt } = copy.state;
    assert.deepEqual([behindOctets, behindChanges, wholeAt], [0, 0, clock]);
  };

  beforeEach(async () => {
    [folder, copyFolder] = [newFolder(), newFolder()];
    [asked, answers, clock] = [[], Number.POSITIVE_INFINITY, 1_000_000];
    store = await opened(folder, { now: () => clock });
    await apply(store, ...Array.from({ length: 300 }, (_, at) => set(at + 1, `D${at + 1}`)));
    await begin();
  });
  afterEach(async () => {
    await end();
    await store.close();
    removeFolders();
  });

  it('goes on where it was interrupted, also after a new start, and asks for nothing twice but what it compares', async () => {
    const lines = Array.from({ length: 5_000 }, (_, at) => `${at + 1},1,rn,D${at + 1}`);
    const file = put(
      path.join(folder, 'a.csv'),
      `number,portability-type,entity,routing-number\n${lines.slice(0, 300).join('\n')}\n${lines
        .slice(300)
        .map((line) => line.replace(/D.*/, 'D1'))
        .join('\n')}\n`,
    );
    assert.ok((await store.load({ settings: settingsOf(file) })).ok);
    const whole = fs.statSync(partOf(folder, 'snapshot')).size;
    assert.ok(whole > 4 * PIECE, 'the snapshot takes several questions');
    answers = 2;
    await assert.rejects(copy.fetch(), SourceAway);
    assert.equal(follower.state, 'missing', 'a part counts for nothing');
    await end();
    await begin();
    answers = Number.POSITIVE_INFINITY;
    asked = [];
    await copy.fetch();
    assert.deepEqual(asked[0], ['snapshot', 2 * PIECE - 4096]);
    assert.deepEqual(asked[1], ['snapshot', 3 * PIECE - 4096]);
    isWhole(300, 'D300');
  });

  it('says how far behind it is while the source is away, for how long, and catches up when it is back', async () => {
    await copy.fetch();
    await apply(store, set(1, 'AAA'), set(2, 'BBB'));
    answers = 0;
    copy.start();
    while (copy.state.failures < 2) await new Promise((resolve) => setTimeout(resolve, 1));
    clock += 60_000;
    assert.equal(copy.state.fault, 'gone fishing');
    assert.equal(copy.state.wholeAt, 1_000_000);
    assert.deepEqual(follower.find(1, 0), rn(1, 'D1'), 'it answers from what it has');
    answers = Number.POSITIVE_INFINITY;
    while (copy.state.fault !== undefined) await new Promise((resolve) => setTimeout(resolve, 1));
    isWhole(1, 'AAA');
  });

  it('gives no name to a snapshot that does not match its checksums, says so, and does not fetch it again at once', async () => {
    const file = put(path.join(folder, 'a.csv'), 'number,portability-type,entity,routing-number\n7,1,rn,D7\n');
    assert.ok((await store.load({ settings: settingsOf(file) })).ok);
    flip = true;
    await assert.rejects(copy.fetch(), /a snapshot came that does not match its checksums/);
    const loads = path.join(copyFolder, 'loads');
    assert.deepEqual(
      fs.readdirSync(loads, { recursive: true, encoding: 'utf8' }).filter((name) => name.includes('snapshot')),
      [],
    );
    assert.equal(follower.state, 'missing');
    [flip, asked] = [false, []];
    await assert.rejects(copy.fetch(), SourceAway);
    assert.deepEqual(asked, []);
    clock += 600_000;
    await copy.fetch();
    isWhole(7, 'D7');
  });

  it('knows after a new start when it was last the same as its source', async () => {
    await copy.fetch();
    await end();
    clock += 5_000;
    await begin();
    assert.deepEqual([copy.state.wholeAt, follower.state], [1_000_000, 'ready']);
  });

  it('takes in new changes before the new snapshot that sums up the old ones', async () => {
    await copy.fetch();
    const compacted = async (number: number): Promise<void> => {
      await apply(store, set(number, 'C0'));
      await store.compact();
    };
    await compacted(1);
    // The new log is begun while the old one is still there, as it is while a large snapshot is written.
    await copy.fetch();
    await apply(store, set(2, 'AAA'));
    await compacted(3);
    await copy.fetch();
    await apply(store, set(4, 'DDD'));
    asked = [];
    // A snapshot that is not here: as if it had only now been finished.
    const load = path.join(copyFolder, 'loads', store.version.load);
    for (const name of fs.readdirSync(load))
      if (name.startsWith('snapshot'))
        fs.renameSync(path.join(load, name), path.join(load, name.replace(/\d+$/, '0'.repeat(16))));
    await copy.fetch();
    assert.equal(asked[0]![0], 'log');
    assert.ok(asked.some(([kind]) => kind === 'snapshot'));
    isWhole(4, 'DDD');
  });

  it('follows a full load and a rollback, and keeps one former load only', async () => {
    await copy.fetch();
    const first = store.version.load;
    for (const [at, number] of [7, 8, 9].entries()) {
      const file = put(path.join(folder, 'a.csv'), `number,portability-type,entity,routing-number\n${number},1,rn,E${at}\n`);
      assert.ok((await store.load({ settings: settingsOf(file) })).ok);
      await copy.fetch();
      isWhole(number, `E${at}`);
      assert.equal(follower.find(300, 0), undefined);
    }
    assert.equal(fs.readdirSync(path.join(copyFolder, 'loads')).length, 2);
    assert.ok((await store.rollback(first)).ok);
    await copy.fetch();
    isWhole(300, 'D300');
    const before = store.versions().find(({ numbers, current }) => !current && numbers === 1)!.load;
    assert.ok((await store.rollback(before)).ok);
    await copy.fetch();
    assert.equal(follower.version.load, before);
  });

  it('is fetched anew when somebody has written in it: it never mixes two histories', async () => {
    await copy.fetch();
    await end();
    const other = await opened(copyFolder, { now: () => clock });
    await apply(other, set(1, 'BAD'));
    await other.close();
    await begin();
    assert.deepEqual(follower.find(1, 0), rn(1, 'BAD'));
    // As long as what was written there: lengths alone tell nothing.
    await apply(store, set(2, 'AAA'));
    await apply(store, set(3, 'CCC'));
    await copy.fetch();
    isWhole(1, 'D1');
    assert.deepEqual([follower.find(2, 0), follower.find(3, 0)], [rn(1, 'AAA'), rn(1, 'CCC')]);
  });

  it('is fetched anew when its source has been put back to an earlier state', async () => {
    const log = partOf(folder, 'log');
    await store.close();
    const earlier = fs.readFileSync(log);
    store = await opened(folder, { now: () => clock });
    await apply(store, set(1, 'AAA'));
    await copy.fetch();
    await store.close();
    fs.writeFileSync(log, earlier);
    store = await opened(folder, { now: () => clock });
    await copy.fetch();
    isWhole(1, 'D1');
  });

  it('is fetched anew when its own disk has damaged it, and answers meanwhile from what it has', async () => {
    await copy.fetch();
    await end();
    const snapshot = partOf(copyFolder, 'snapshot');
    const octets = fs.readFileSync(snapshot);
    octets[octets.length >> 1]! ^= 1;
    fs.writeFileSync(snapshot, octets);
    await begin();
    assert.equal(follower.state, 'damaged');
    await copy.fetch();
    await copy.fetch();
    isWhole(300, 'D300');
    assert.equal(follower.state, 'ready');
  });

  it('is kept by one process', async () => {
    const second = keepCopy({ source, folder: copyFolder, intervalMs: 5, log: silentLog });
    assert.ok(!second.ok && second.error.pid === process.pid);
  });

  it('takes no more than it has asked for, and no file that is none', async () => {
    const list: MirrorList = {
      load: '000001-00000000',
      files: [
        { name: '../../../escaped', octets: 9 },
        { name: `log-${'0'.repeat(16)}`, octets: 9 },
      ],
    };
    const greedy: MirrorSource = { list: async () => list, read: async () => Buffer.alloc(100, 'x') };
    const other = newFolder();
    assert.ok((await mirrorOnce(greedy, other)).ok);
    assert.deepEqual(fs.readdirSync(path.join(other, 'loads', list.load)), [list.files[1]!.name]);
    assert.equal(fs.statSync(path.join(other, 'loads', list.load, list.files[1]!.name)).size, 9);
    assert.deepEqual(fs.readdirSync(other).sort(), ['CURRENT', 'loads']);
  });
});
