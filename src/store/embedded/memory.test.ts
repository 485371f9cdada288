/** What memory is for: the way of a message needs no reader, and bounds hold. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { type Meter, silentLog, silentMeter } from '#base';
import type { Delivery } from '#messaging';
import { aDelivery, aMessage, anEnded, BOB } from '../../messaging/fixtures.contract.js';
import { type DueRow, DueWindow } from './due-window.js';
import { HotMessages } from './hot-messages.js';
import { openEmbeddedStore } from './open.js';

const nothing = { deliveries: [], newReports: [], reports: [], reportsDone: [], events: [], contentRemoved: [] };

describe('the way of a message', () => {
  it('from acceptance to the confirmed retrieval asks the reader for the first page of due things and for nothing else', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'angarium-memory-'));
    let misses = 0;
    const meter: Meter = {
      ...silentMeter,
      counter: () => ({
        add: (by = 1, labels) => {
          if (labels?.['result'] === 'miss') misses += by;
        },
      }),
    };
    const store = await openEmbeddedStore({ folder, log: silentLog, meter });
    try {
      const { messages } = store;
      for (const size of [260, 300_000]) {
        const message = aMessage({ size });
        const delivery = aDelivery(message);
        await messages.accept(message, [new Uint8Array(size)], [delivery], [], []);
        assert.equal((await messages.claimDue(2_000, 1_000, 10)).length, 1);
        const notified: Delivery = { ...delivery, state: 'notified', attempts: 1, dueAt: 90_000, revision: 1 };
        assert.equal(await messages.change({ ...nothing, deliveries: [notified] }), 'done');
        assert.deepEqual(await messages.delivery(delivery.key), { delivery: notified, message });
        assert.equal((await messages.content(message.id)).kind, 'content');
        assert.equal(
          await messages.change({ ...nothing, deliveries: [anEnded(notified)], contentRemoved: [message.id] }),
          'done',
        );
        assert.deepEqual(await messages.content(message.id), { kind: 'absent' });
      }
      assert.equal(misses, 0);
    } finally {
      await store.close();
      fs.rmSync(folder, { recursive: true });
    }
  });

  it('shows every acknowledged change to reads that begin after it, whatever is being read meanwhile', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'angarium-memory-'));
    const store = await openEmbeddedStore({ folder, log: silentLog, meter: silentMeter, settings: { cacheMessagesMax: 2 } });
    try {
      const { messages } = store;
      const deliveries: Delivery[] = [];
      for (let i = 0; i < 8; i++) {
        const message = aMessage();
        deliveries.push(aDelivery(message));
        await messages.accept(message, [new Uint8Array(10)], [deliveries[i]!], [], []);
      }
      const acknowledged = deliveries.map(() => 0);
      let running = true;
      const readers = deliveries.map(async ({ key }, i) => {
        while (running) {
          // What memory has is answered within the turn: without this the writer would never be heard.
          await new Promise((resolve) => setImmediate(resolve));
          const atLeast = acknowledged[i]!;
          const found = await messages.delivery(key);
          assert.ok(found && found.delivery.revision >= atLeast, `${found?.delivery.revision} is older than ${atLeast}`);
        }
      });
      await Promise.all(
        deliveries.map(async (delivery, i) => {
          for (let revision = 1; revision <= 40; revision++) {
            assert.equal(
              await messages.change({ ...nothing, deliveries: [{ ...delivery, attempts: revision, revision }] }),
              'done',
            );
            acknowledged[i] = revision;
          }
        }),
      );
      running = false;
      await Promise.all(readers);
    } finally {
      await store.close();
      fs.rmSync(folder, { recursive: true });
    }
  });
});

describe('messages in memory', () => {
  it('keep to their limits in rows and in octets, the least recently used going first', () => {
    const hot = new HotMessages(3, 1_000_000);
    const messages = Array.from({ length: 4 }, () => aMessage());
    for (const message of messages.slice(0, 3)) hot.put(message, [aDelivery(message)], undefined);
    hot.get(messages[0]!.id);
    hot.put(messages[3]!, [], undefined);
    assert.deepEqual(
      messages.map(({ id }) => hot.get(id) !== undefined),
      [true, false, true, true],
    );
    hot.setContent(messages[0]!.id, { kind: 'inline', octets: new Uint8Array(999_999) });
    assert.ok(hot.octets <= 1_000_000);
    for (const { id } of messages) hot.remove(id);
    assert.equal(hot.octets, 0);
  });
});

describe('the window of due things', () => {
  /** An index in memory under a window of a few entries. */
  const indexed = (entriesMax: number, pageRows: number) => {
    const rows = new Map<string, DueRow>();
    const window = new DueWindow(
      () => 0,
      entriesMax,
      pageRows,
      async (dueAt, key, limit) =>
        [...rows.values()]
          .filter((row) => row[3] > dueAt || (row[3] === dueAt && row[1] > key))
          .sort((a, b) => a[3] - b[3] || (a[1] < b[1] ? -1 : 1))
          .slice(0, limit),
    );
    return {
      window,
      arrive: (key: string, dueAt: number) => {
        rows.set(key, ['d', key, BOB.kind, dueAt]);
        window.arrive('d', key, BOB.kind, dueAt);
      },
    };
  };

  it('hands out each of many once and in order although it holds few, also when all share one instant', async () => {
    for (const instant of [() => 5, (i: number) => (i * 7919) % 101]) {
      const { window, arrive } = indexed(10, 4);
      const expected: string[] = [];
      for (let i = 0; i < 100; i++) {
        const key = `k${String(i).padStart(3, '0')}`;
        arrive(key, instant(i));
        expected.push(`${String(instant(i)).padStart(3, '0')}${key}`);
        assert.ok(window.size <= 10);
      }
      const claimed: string[] = [];
      for (;;) {
        const some = await window.claim(1_000, 1_000, 7);
        if (some.length === 0) break;
        for (const { key, dueAt } of some) claimed.push(`${String(dueAt).padStart(3, '0')}${key}`);
      }
      assert.deepEqual(claimed, expected.sort());
      assert.equal(await window.nextDueAt(), undefined);
    }
  });

  it('is never late with the next instant, however little it holds', async () => {
    const { window, arrive } = indexed(3, 2);
    for (let i = 50; i > 0; i--) {
      arrive(`k${i}`, i * 10);
      assert.ok(((await window.nextDueAt()) ?? Infinity) <= i * 10);
    }
  });
});
