import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { encodeAddress, RETURN_CAUSE } from '#codec/sccp';
import {
  argumentOf,
  begin,
  hex,
  MSC,
  moInvoke,
  onlySent,
  PC,
  pass,
  redirect,
  sccpOf,
  sentOf,
  tcapUnit,
  testGate,
  title,
} from './testbed.contract.js';

describe('the gate and prepaid platforms', () => {
  it('sends a redirected message to the platform of its decision', () => {
    const { gate, send } = testGate(redirect);
    const sent = onlySent(send(tcapUnit(begin(3))));
    assert.deepEqual([sent.link, sent.data.dpc, gate.counts.redirected], ['to-in', PC.platform, 1]);
  });

  it('tells the decision that a message comes from a platform, by its point code', () => {
    const { send, screening } = testGate();
    send(tcapUnit(begin(3)), { opc: PC.platform, link: 'to-in' });
    assert.equal(screening.asked[0]?.cameFrom, 'in');
  });

  it('sends a message that has been at the platform to the service centre, and stops it when it keeps coming', () => {
    const { gate, events, send } = testGate(redirect);
    const octets = tcapUnit(begin(3));
    const ways = (from = {}) => send(octets, from).map((it) => sentOf(it).data.dpc);
    const fromPlatform = { opc: PC.platform, link: 'to-in' };
    assert.deepEqual(ways(), [PC.platform]);
    assert.deepEqual([ways(fromPlatform), ways(fromPlatform)], [[PC.smsc], [PC.smsc]]);
    const back = sccpOf(onlySent(send(octets)).data.userData);
    assert.ok(back.kind === 'UDTS' && back.returnCause === RETURN_CAUSE.hopCounterViolation);
    assert.equal(events.at(-1)?.kind, 'loop-stopped');
    assert.deepEqual([gate.counts['redirect-returned'], gate.counts['loops-stopped']], [2, 1]);
  });

  it('redirects another sender for whom the exchange uses the same transaction id', () => {
    const { send } = testGate(redirect);
    send(tcapUnit(begin(3)));
    const other = tcapUnit(begin(3, [moInvoke(1, argumentOf('393490000777'))]));
    assert.equal(onlySent(send(other)).data.dpc, PC.platform);
  });

  it('forgets after five seconds that a message was redirected', () => {
    const { send } = testGate(redirect);
    const octets = tcapUnit(begin(3));
    for (const at of [0, 5_000]) assert.equal(onlySent(send(octets, { at })).data.dpc, PC.platform);
  });

  it('knows a redirected message by its own five seconds, whatever the clock did to others in between', () => {
    const { send } = testGate(redirect);
    const other = tcapUnit(begin(3, undefined, hex('01')));
    const octets = tcapUnit(begin(3));
    send(other, { at: 100_000 });
    for (const at of [0, 5_000]) assert.equal(onlySent(send(octets, { at })).data.dpc, PC.platform);
  });

  it('lets no message of a platform go back to it', () => {
    const { gate, send } = testGate(() => pass('from-platform'));
    const back = sccpOf(onlySent(send(tcapUnit(begin(3), { kind: 'XUDT' }), { opc: PC.smsc, link: 'to-smsc' })).data.userData);
    assert.ok(back.kind === 'XUDTS' && back.returnCause === RETURN_CAUSE.hopCounterViolation);
    assert.equal(gate.counts['loops-stopped'], 1);
  });

  it('passes a message for a platform that has no route, and says so', () => {
    const { events, send } = testGate(redirect, { platforms: [] });
    assert.equal(onlySent(send(tcapUnit(begin(3)))).link, 'to-smsc');
    assert.equal(events[0]?.kind, 'platform-without-route');
  });
});

describe('the gate and loops', () => {
  it('takes back a UDT, which has no hop counter, when translation would send it where it came from; an XUDT goes there', () => {
    const { events, gate, send } = testGate();
    const back = sccpOf(onlySent(send(tcapUnit(begin(3)), { opc: PC.smsc, link: 'to-smsc' })).data.userData);
    assert.ok(back.kind === 'UDTS' && back.returnCause === RETURN_CAUSE.hopCounterViolation);
    assert.deepEqual([events[0]?.kind, gate.counts['loops-stopped'], gate.counts.relayed], ['loop-stopped', 1, 0]);
    const gone = onlySent(send(tcapUnit(begin(3), { kind: 'XUDT' }), { opc: PC.smsc, link: 'to-smsc' }));
    assert.deepEqual([gone.data.dpc, sccpOf(gone.data.userData).kind], [PC.smsc, 'XUDT']);
  });

  it('lets a UDT go to the node it came from under another title: a transfer point may stand before exchange and platform', () => {
    const called = encodeAddress(title(MSC));
    const { gate, send } = testGate(redirect, { platforms: [{ name: 'in', to: { called } }] });
    const sent = onlySent(send(tcapUnit(begin(3))));
    const message = sccpOf(sent.data.userData);
    assert.ok(message.kind === 'UDT');
    assert.deepEqual([sent.data.dpc, message.called], [PC.msc, title(MSC)]);
    assert.equal(gate.counts['loops-stopped'], 0);
  });

  it('takes back an XUDT whose hop counter is used up, and says so', () => {
    const { events, gate, send } = testGate();
    const back = sccpOf(onlySent(send(tcapUnit(begin(3), { kind: 'XUDT', hopCounter: 1 }))).data.userData);
    assert.ok(back.kind === 'XUDTS' && back.returnCause === RETURN_CAUSE.hopCounterViolation);
    assert.deepEqual([events[0]?.kind, gate.counts['loops-stopped'], gate.counts.returned], ['hop-counter-used-up', 1, 1]);
  });
});
