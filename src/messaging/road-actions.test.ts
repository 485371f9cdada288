import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SOUTH } from './carrier-double.contract.js';
import { aRoadsTestbed, FINN, HOUR, MINUTE, to } from './roads-testbed.contract.js';

describe('what operators do with what waits for a road', () => {
  it('routes it anew: by another road, under ids of its own', async () => {
    let moved = false;
    const bed = aRoadsTestbed({}, () => (moved ? { kind: 'road', road: SOUTH } : undefined));
    bed.peers.answer = ({ road }) => (road === SOUTH ? { kind: 'taken', awaits: 'nothing' } : { kind: 'held', reason: 'gone' });
    const ids = [await bed.send({ recipients: to(FINN) }), await bed.send({ recipients: to(FINN) })];
    moved = true;
    const first = await bed.messaging.actOnRoad('peer:north', { kind: 'reroute' }, 'eva', { limit: 1 });
    assert.equal(first.done, 1);
    assert.ok(first.next);
    const second = await bed.messaging.actOnRoad('peer:north', { kind: 'reroute' }, 'eva', { limit: 10, after: first.next });
    assert.deepEqual(second, { done: 1 });
    await bed.messaging.workDue();
    for (const id of ids) {
      assert.deepEqual(await bed.states(id), ['transferred']);
      const [rerouted] = await bed.eventsOf(id, 'delivery-rerouted');
      assert.deepEqual([rerouted!.road, rerouted!.by], ['peer:north', 'eva']);
    }
    assert.deepEqual(
      (await bed.messaging.roads()).map(({ road, waiting }) => [road, waiting]),
      [['peer:north', 0]],
    );
  });

  it('makes what was put off due now, and only that', async () => {
    const bed = aRoadsTestbed();
    bed.peers.answer = () => ({ kind: 'deferred', scope: 'delivery', reason: 'greylisted', retryAfterMs: HOUR });
    const id = await bed.send({ recipients: to(FINN) });
    assert.deepEqual(await bed.messaging.actOnRoad('peer:north', { kind: 'requeue' }, 'eva', { limit: 10 }), { done: 1 });
    assert.deepEqual(await bed.messaging.actOnRoad('peer:north', { kind: 'requeue' }, 'eva', { limit: 10 }), { done: 0 });
    await bed.messaging.workDue();
    assert.equal(bed.peers.handovers.length, 2);
    assert.equal((await bed.eventsOf(id, 'delivery-requeued')).length, 1);
  });

  it('leaves what is meant for later for its time', async () => {
    const bed = aRoadsTestbed();
    const id = await bed.send({ recipients: to(FINN), deliveryTime: { afterMs: HOUR } });
    assert.deepEqual(await bed.messaging.actOnRoad('peer:north', { kind: 'requeue' }, 'eva', { limit: 10 }), { done: 0 });
    await bed.messaging.workDue();
    assert.deepEqual([await bed.states(id), bed.peers.handovers.length], [['due'], 0]);
    bed.pass(HOUR);
    await bed.messaging.workDue();
    assert.equal(bed.peers.handovers.length, 1);
  });

  it('tries at once a far side that rests because nothing gets through', async () => {
    const bed = aRoadsTestbed();
    bed.peers.answer = () => ({ kind: 'deferred', scope: 'road', reason: 'no connection', retryAfterMs: HOUR });
    await bed.send({ recipients: to(FINN) });
    const before = bed.peers.handovers.length;
    await bed.messaging.actOnRoad('peer:north', { kind: 'requeue' }, 'eva', { limit: 10 });
    await bed.messaging.workDue();
    assert.equal(bed.peers.handovers.length, before + 1);
  });

  it('expires it, of the messages named only, and the senders are told', async () => {
    const bed = aRoadsTestbed();
    bed.peers.answer = () => ({ kind: 'held', reason: 'gone' });
    const meant = await bed.send({ recipients: to(FINN), deliveryReport: true });
    const other = await bed.send({ recipients: to(FINN) });
    const action = { kind: 'expire', reason: 'the peer has closed down' } as const;
    assert.deepEqual(await bed.messaging.actOnRoad('peer:north', action, 'eva', { limit: 10, messages: [meant] }), { done: 1 });
    assert.deepEqual([await bed.states(meant), await bed.states(other)], [['expired'], ['due']]);
    assert.equal((await bed.delivery(meant)).reason, 'the peer has closed down (eva)');
    bed.pass(MINUTE);
    await bed.messaging.workDue();
    assert.deepEqual(
      bed.pushes.map((push) => push.kind === 'delivery-report' && push.outcome),
      ['expired'],
    );
  });

  it('leaves alone what a far side has', async () => {
    const bed = aRoadsTestbed();
    bed.peers.answer = () => ({ kind: 'taken', awaits: 'acknowledgement' });
    const id = await bed.send({ recipients: to(FINN) });
    assert.deepEqual(await bed.messaging.actOnRoad('peer:north', { kind: 'reroute' }, 'eva', { limit: 10 }), { done: 0 });
    assert.deepEqual(await bed.states(id), ['handed-over']);
    assert.equal((await bed.messaging.roads())[0]!.awaiting, 1);
  });

  it('keeps handsets out of what has another road: they get nothing, and a late note of a fetch changes nothing', async () => {
    const bed = aRoadsTestbed();
    bed.peers.answer = () => ({ kind: 'held', reason: 'gone' });
    const id = await bed.send({ recipients: to(FINN) });
    const before = await bed.delivery(id);
    const asked = await bed.messaging.retrieve(before.key);
    assert.equal(!asked.ok && asked.error.kind, 'not-found');
    await bed.messaging.fetched(before.key);
    assert.deepEqual(await bed.delivery(id), before);
  });

  it('keeps handsets out of what has no road yet', async () => {
    const bed = aRoadsTestbed({}, () => ({ kind: 'undecided', reason: 'the lookup is late' }));
    const id = await bed.send({ recipients: to(FINN) });
    const before = await bed.delivery(id);
    assert.equal(before.state, 'unrouted');
    const asked = await bed.messaging.retrieve(before.key);
    assert.equal(!asked.ok && asked.error.kind, 'not-found');
    const answered = await bed.messaging.notificationAnswered({ key: before.key, status: 'retrieved' });
    assert.equal(!answered.ok && answered.error.kind, 'not-found');
    await bed.messaging.fetched(before.key);
    assert.deepEqual(await bed.delivery(id), before);
  });
});
