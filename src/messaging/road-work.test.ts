import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { HandoverOutcome } from './carrier.js';
import { NORTH } from './carrier-double.contract.js';
import { BOB } from './fixtures.contract.js';
import { StoreUnavailable } from './message-store.js';
import { aRoadsTestbed, FINN, HOUR, ITALIAN, MINUTE, type RoadsTestbed, to } from './roads-testbed.contract.js';

const DOWN: HandoverOutcome = { kind: 'deferred', scope: 'road', reason: 'connection refused' };
const TAKEN: HandoverOutcome = { kind: 'taken', awaits: 'nothing' };

const many = async (bed: RoadsTestbed, count: number): Promise<void> => {
  for (let i = 0; i < count; i++) await bed.accept({ recipients: to(FINN) });
};

const queue = async (bed: RoadsTestbed, road: string) => (await bed.messaging.roads()).find((one) => one.road === road);

describe('a far side that is down', () => {
  it('is tried once at a time while the rest waits untouched, and then gets everything at full speed', async () => {
    const bed = aRoadsTestbed();
    bed.peers.setTerms({ inFlightMax: 2 });
    bed.peers.answer = () => DOWN;
    await many(bed, 50);
    await bed.messaging.workDue();
    assert.equal(bed.peers.handovers.length, 2, 'as many as went out together before the first failed');
    const changes: string[] = [];
    bed.trouble = (method) => {
      if (method === 'change') changes.push(method);
      return undefined;
    };
    for (const wait of [MINUTE, 10 * MINUTE, HOUR, HOUR]) {
      bed.pass(wait - 1);
      await bed.messaging.workDue();
      const before: number = bed.peers.handovers.length;
      bed.pass(1);
      await bed.messaging.workDue();
      assert.equal(bed.peers.handovers.length, before + 1);
    }
    assert.equal(changes.length, 4, 'only what was tried is written down');
    bed.peers.answer = () => TAKEN;
    bed.pass(HOUR);
    await bed.messaging.workDue();
    assert.equal(new Set(bed.peers.handovers.slice(6).map(({ message }) => message.id)).size, 50);
    assert.equal(await queue(bed, 'peer:north'), undefined);
  });

  it('takes nothing from other roads and handsets', async () => {
    const bed = aRoadsTestbed({ pushesInFlightMax: 1 });
    bed.peers.setTerms({ inFlightMax: 1 });
    const stalled: (() => void)[] = [];
    bed.peers.answer = ({ road }) =>
      road.kind === 'peer' && road.peer === 'north' ? new Promise((resolve) => stalled.push(() => resolve(DOWN))) : TAKEN;
    await many(bed, 10);
    const working = bed.messaging.workDue();
    while (stalled.length === 0) await new Promise(setImmediate);
    for (let i = 0; i < 5; i++) await bed.accept({ recipients: to(BOB, ITALIAN) });
    while (bed.notifications().length < 5 || bed.peers.handovers.length < 6) await new Promise(setImmediate);
    assert.equal(stalled.length, 1);
    stalled[0]!();
    await working;
  });

  it('is left alone as long as it asks for', async () => {
    const bed = aRoadsTestbed();
    bed.peers.answer = () => ({ ...DOWN, retryAfterMs: 2 * HOUR });
    await many(bed, 1);
    const { nextAt } = await bed.messaging.workDue();
    assert.equal(nextAt === undefined, false);
    bed.pass(2 * HOUR - 1);
    await bed.messaging.workDue();
    assert.equal(bed.peers.handovers.length, 1);
    bed.pass(1);
    await bed.messaging.workDue();
    assert.equal(bed.peers.handovers.length, 2);
  });

  it('is not down because of one message that it puts off', async () => {
    const bed = aRoadsTestbed();
    bed.peers.setTerms({ inFlightMax: 1 });
    await many(bed, 3);
    const [poison] = (await bed.store.list({ limit: 3 })).slice(-1);
    bed.peers.answer = ({ message }) =>
      message.id === poison!.id ? { kind: 'deferred', scope: 'delivery', reason: 'busy' } : TAKEN;
    await bed.messaging.workDue();
    assert.equal(bed.peers.handovers.length, 3);
    assert.equal((await queue(bed, 'peer:north'))?.waiting, 1);
  });

  it('says what waits, since when, why and until when', async () => {
    const bed = aRoadsTestbed();
    bed.peers.setTerms({ inFlightMax: 1 });
    bed.peers.answer = () => DOWN;
    await many(bed, 3);
    const since = bed.now();
    await bed.messaging.workDue();
    bed.pass(1_000);
    assert.deepEqual(await bed.messaging.roads(), [
      {
        road: 'peer:north',
        waiting: 3,
        oldestAt: since,
        awaiting: 0,
        underWay: 0,
        state: 'resting',
        triedNextAt: since + MINUTE,
        reason: 'connection refused',
      },
    ]);
    const [first, ...rest] = await bed.messaging.waitingFor('peer:north', 10);
    assert.equal(rest.length, 2);
    const place = { key: first!.delivery.key, handOverAt: first!.delivery.handOverAt! };
    assert.deepEqual(await bed.messaging.waitingFor('peer:north', 10, place), rest);
  });
});

describe('a far side that is held', () => {
  it('by its carrier waits without attempts until it is resumed, which begins at once', async () => {
    const bed = aRoadsTestbed();
    bed.peers.setTerms({ inFlightMax: 1 });
    bed.peers.answer = () => ({ kind: 'held', reason: 'paused' });
    await many(bed, 5);
    const { nextAt } = await bed.messaging.workDue();
    assert.equal(bed.peers.handovers.length, 1);
    assert.ok(nextAt === undefined || nextAt > bed.now() + HOUR, 'only expiry is left to come back for');
    const waiting = await bed.messaging.waitingFor('peer:north', 10);
    assert.deepEqual(
      waiting.map(({ delivery }) => delivery.attempts),
      [0, 0, 0, 0, 0],
    );
    assert.equal((await queue(bed, 'peer:north'))?.state, 'held');
    bed.peers.answer = () => TAKEN;
    bed.messaging.resumeRoad('peer:north');
    while (bed.peers.handovers.length < 6) await new Promise(setImmediate);
    await bed.messaging.workDue();
    assert.equal(await queue(bed, 'peer:north'), undefined);
  });

  it('by an operator gets nothing more', async () => {
    const bed = aRoadsTestbed();
    bed.messaging.holdRoad('peer:north', 'maintenance');
    await many(bed, 1);
    await bed.messaging.workDue();
    assert.equal(bed.peers.handovers.length, 0);
    assert.deepEqual(
      (await bed.messaging.roads()).map(({ state, reason }) => [state, reason]),
      [['held', 'maintenance']],
    );
  });

  it('is held when there is nothing that carries', async () => {
    const bed = aRoadsTestbed({}, ({ recipient }) =>
      recipient === BOB ? { kind: 'road', road: { kind: 'vasp', vasp: 'nobody' } } : undefined,
    );
    bed.vasps.answer = () => ({ kind: 'held', reason: 'not configured' });
    const id = await bed.send({ recipients: to(BOB) });
    assert.deepEqual(await bed.states(id), ['due']);
  });
});

describe('a crash between the far side and our note', () => {
  it('hands over again under the same ids', async () => {
    const bed = aRoadsTestbed();
    bed.peers.answer = () => ({ kind: 'taken', awaits: 'acknowledgement' });
    await many(bed, 1);
    bed.trouble = (method) => (method === 'change' ? new StoreUnavailable('disk full') : undefined);
    await bed.messaging.workDue();
    assert.equal(bed.peers.handovers.length, 1);
    bed.trouble = () => undefined;
    for (let i = 0; i < 3; i++) {
      bed.pass(MINUTE);
      await bed.messaging.workDue();
    }
    const [first, second, ...more] = bed.peers.handovers;
    assert.equal(more.length, 0);
    assert.deepEqual([second!.transactionId, second!.message.id], [first!.transactionId, first!.message.id]);
  });

  it('believes the answer of a far side whose acceptance was never written down', async () => {
    const bed = aRoadsTestbed();
    const { messageId } = await bed.accept({ recipients: to(FINN), deliveryReport: true });
    const { handedOver } = await bed.delivery(messageId);
    const { transactionId } = handedOver!;
    const heard = await bed.messaging.handoverAnswered({ from: NORTH, transactionId, verdict: { kind: 'accepted' } });
    assert.deepEqual(heard, { ok: true, value: { kind: 'settled', messageId } });
    await bed.messaging.workDue();
    assert.deepEqual(await bed.states(messageId), ['acknowledged']);
    assert.equal(bed.peers.handovers.length, 0);
  });
});
