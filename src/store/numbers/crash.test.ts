/** What a crash, or a disk that changes its octets, leaves of a folder. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { NumberView } from '#portability';
import { rn, sp } from '../../portability/numbers.contract.js';
import { Damage } from './damage.js';
import { apply, newFolder, opened, partOf, put, removeFolders, set, settingsOf } from './fixtures.contract.js';
import { FRAME_HEADER_OCTETS, LOG_HEADER_OCTETS } from './log.js';
import { openNumberStore } from './open.js';
import { recover } from './recover.js';

describe('a folder of numbers after a crash', () => {
  let folder: string;
  beforeEach(() => {
    folder = newFolder();
  });
  afterEach(removeFolders);
  /** The same without a store around it: for many looks. */
  const quickLook = (numbers: readonly number[]) => {
    try {
      const { image } = recover(folder, fs.readFileSync(path.join(folder, 'CURRENT'), 'utf8').trim());
      const view = new NumberView(image);
      return { state: 'ready', found: numbers.map((number) => view.find(number, 0, false) !== undefined) };
    } catch (error) {
      assert.ok(error instanceof Damage, String(error));
      return { state: 'damaged', reason: error.message };
    }
  };
  /** What is said of the folder as it is now. */
  const look = async (numbers: readonly number[]) => {
    const store = await openNumberStore({ folder });
    assert.ok(store.ok);
    const { state, reason } = store.value;
    const found = state === 'ready' ? numbers.map((number) => store.value.find(number, 0) !== undefined) : [];
    await store.value.close();
    return { state, reason, found };
  };

  it('cuts off a last batch that is torn at any octet, and has all before it', async () => {
    const store = await opened(folder);
    await apply(store, set(1));
    const before = store.flushed!.octets;
    await apply(store, set(2, 'D002'), set(3));
    await store.close();
    const log = partOf(folder, 'log');
    const octets = fs.readFileSync(log);
    for (let length = before; length < octets.length - FRAME_HEADER_OCTETS; length++) {
      fs.writeFileSync(log, octets.subarray(0, length));
      assert.deepEqual(
        await look([1, 2, 3]),
        { state: 'ready', reason: undefined, found: [true, false, false] },
        `${length} octets`,
      );
      assert.equal(fs.statSync(log).size, before);
    }
    fs.writeFileSync(log, octets);
    assert.deepEqual((await look([1, 2, 3])).found, [true, true, true]);
    fs.writeFileSync(log, octets.subarray(0, -7));
    assert.deepEqual((await look([1, 2, 3])).found, [true, true, true], 'a torn seal takes nothing with it');
    assert.deepEqual(fs.readFileSync(log), octets, 'and is written again');
  });

  it('cuts off a last batch in which any octet is wrong, as long as nothing says that it had been flushed', async () => {
    const store = await opened(folder);
    await apply(store, set(1));
    const before = store.flushed!.octets;
    await apply(store, set(2));
    await store.close();
    const log = partOf(folder, 'log');
    const octets = fs.readFileSync(log).subarray(0, -FRAME_HEADER_OCTETS);
    for (let at = before; at < octets.length; at++) {
      const wrong = Buffer.from(octets);
      wrong[at] = wrong[at]! ^ 0x10;
      fs.writeFileSync(log, wrong);
      assert.deepEqual(quickLook([1, 2]).found, [true, false], `octet ${at}`);
    }
  });

  it('is damaged when any octet of an acknowledged batch is wrong, of the very last one too', async () => {
    const store = await opened(folder);
    await apply(store, set(1));
    await apply(store, set(2));
    // As kill -9 leaves it: nobody has closed it.
    const octets = fs.readFileSync(partOf(folder, 'log'));
    await store.close();
    const log = partOf(folder, 'log');
    for (let at = LOG_HEADER_OCTETS; at < octets.length - FRAME_HEADER_OCTETS; at++) {
      const wrong = Buffer.from(octets);
      wrong[at] = wrong[at]! ^ 0x10;
      fs.writeFileSync(log, wrong);
      assert.equal(quickLook([1]).state, 'damaged', `octet ${at}`);
    }
    for (let at = octets.length - FRAME_HEADER_OCTETS; at < octets.length; at++) {
      const wrong = Buffer.from(octets);
      wrong[at] = wrong[at]! ^ 0x10;
      fs.writeFileSync(log, wrong);
      assert.deepEqual(quickLook([1, 2]).found, [true, true], `octet ${at} of the seal`);
    }
  });

  it('is damaged, and says where, when anything is wrong that had been flushed before a later batch', async () => {
    const store = await opened(folder);
    await apply(store, set(1));
    const first = store.stats().logOctets;
    await apply(store, set(2));
    await store.close();
    const log = partOf(folder, 'log');
    const octets = fs.readFileSync(log);
    for (let at = LOG_HEADER_OCTETS; at < first; at++) {
      const wrong = Buffer.from(octets);
      wrong[at] = wrong[at]! ^ 0x10;
      fs.writeFileSync(log, wrong);
      const { state, reason } = quickLook([1]);
      assert.equal(state, 'damaged', `octet ${at}`);
      assert.match(reason!, /log-0000000000000000: octet 44 begins no frame/);
    }
    assert.ok(fs.readFileSync(log).length === octets.length, 'and leaves it for whoever mends it');
  });

  it('does not take a batch for damage that was written together with the torn one', async () => {
    const store = await opened(folder);
    await apply(store, set(1));
    const before = store.flushed!.octets;
    await Promise.all([apply(store, set(2)), apply(store, set(3))]);
    await store.close();
    const log = partOf(folder, 'log');
    const octets = fs.readFileSync(log).subarray(0, -FRAME_HEADER_OCTETS);
    octets[before + 20] = octets[before + 20]! ^ 1;
    fs.writeFileSync(log, octets);
    assert.deepEqual(await look([1, 2, 3]), { state: 'ready', reason: undefined, found: [true, false, false] });
  });

  it('is damaged when its log is missing, or its snapshot is wrong at any of many octets or cut', async () => {
    const store = await opened(folder);
    for (let i = 1; i < 50; i++) await apply(store, set(i));
    await apply(
      store,
      { kind: 'set-range', first: 100, last: 199, record: sp(36) },
      { kind: 'set-number', number: 7, record: sp(3), validFrom: 5 },
    );
    await store.compact();
    await store.close();
    const snapshot = partOf(folder, 'snapshot');
    const octets = fs.readFileSync(snapshot);
    for (let at = 0; at < octets.length; at += 29) {
      const wrong = Buffer.from(octets);
      wrong[at] = wrong[at]! ^ 0x04;
      fs.writeFileSync(snapshot, wrong);
      assert.equal(quickLook([1]).state, 'damaged', `octet ${at}`);
    }
    fs.writeFileSync(snapshot, octets.subarray(0, octets.length - 40));
    assert.equal((await look([1])).state, 'damaged');
    fs.writeFileSync(snapshot, octets);
    assert.equal((await look([1])).state, 'ready');
    fs.rmSync(partOf(folder, 'log'));
    assert.match((await look([1])).reason!, /is missing/);
  });

  it('is mended by going back to a former load, or by a new one', async () => {
    const store = await opened(folder);
    await apply(store, set(1));
    const former = store.version.load;
    const file = put(path.join(folder, 'a.csv'), 'number,routing-number\n2,D002\n');
    assert.ok((await store.load({ settings: settingsOf(file) })).ok);
    await store.close();
    fs.truncateSync(partOf(folder, 'snapshot'), 100);
    const opening = await openNumberStore({ folder });
    assert.ok(opening.ok && opening.value.state === 'damaged');
    assert.ok((await opening.value.rollback(former)).ok);
    assert.deepEqual([opening.value.state, opening.value.find(1, 0)], ['ready', rn(1, 'D001')]);
    await opening.value.close();
    fs.truncateSync(partOf(folder, 'snapshot'), 100);
    const again = await openNumberStore({ folder });
    assert.ok(again.ok && again.value.state === 'damaged');
    assert.ok((await again.value.load({ settings: settingsOf(file) })).ok);
    assert.deepEqual(again.value.find(2, 0)?.entity, rn(1, 'D002').entity);
    await again.value.close();
  });
});
