import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { editSccp, encodeAddress, encodeSegmentation, RETURN_CAUSE, segmentXudt, viewSccp } from '#codec/sccp';
import { encodeTcap, type TcapMessage } from '#codec/tcap';
import {
  begin,
  FAR_ID,
  moInvoke,
  OTID,
  onlySent,
  PC,
  reject,
  SMSC,
  sccpOf,
  sentOf,
  tcapOf,
  tcapUnit,
  testGate,
  toHex,
  unit,
} from './testbed.contract.js';

const refuseAll = () => reject();

function readdressed(octets: Uint8Array, called: Uint8Array): Uint8Array {
  const view = viewSccp(octets);
  assert.ok(view.ok);
  const edited = editSccp(view.value, { called });
  assert.ok(edited.ok);
  return edited.value;
}

describe('the gate and segmented messages', () => {
  const segmentsOf = (octetsMax: number, returnOnError = true, reference = 0x010203): readonly Uint8Array[] => {
    const message = sccpOf(tcapUnit(begin(3), { kind: 'XUDT', returnOnError }));
    assert.ok(message.kind === 'XUDT');
    const segments = segmentXudt(message, reference, octetsMax);
    assert.ok(segments.ok);
    return segments.value;
  };

  it('judges them whole, and hands the segments on as they came, hop counter apart', () => {
    const { gate, send, screening } = testGate();
    const segments = segmentsOf(40);
    assert.ok(segments.length >= 3);
    for (const segment of segments.slice(0, -1)) assert.deepEqual(send(segment), []);
    const sent = send(segments.at(-1)!).map(sentOf);
    assert.deepEqual(
      sent.map(({ data }) => toHex(data.userData.with(2, 15))),
      segments.map(toHex),
    );
    assert.ok(sent.every(({ data, link }) => data.userData[2] === 14 && link === 'to-smsc'));
    assert.equal(screening.asked[0]?.sender?.digits, '393491234567');
    assert.deepEqual([gate.counts.reassembled, gate.held.reassemblies, gate.held.segmentOctets], [1, 0, 0]);
  });

  it('judges them by the called party of the first, which later segments may write otherwise', () => {
    const { send, screening } = testGate(refuseAll);
    const [first, ...later] = segmentsOf(40);
    const gt = { indicator: 2, translationType: 0, digits: SMSC } as const;
    const unselected = encodeAddress({ routeOn: 'gt', ssn: 8, globalTitle: gt });
    const outputs = [first!, ...later.map((it) => readdressed(it, unselected))].flatMap((it) => [...send(it)]);
    assert.equal(screening.asked.length, 1);
    assert.equal(onlySent(outputs).link, 'to-msc');
  });

  it('keeps nothing of the buffers that they came in, and tells of them as they were', () => {
    const { gate, events, send } = testGate();
    const [first] = segmentsOf(40);
    const buffer = first!.slice();
    send(buffer);
    buffer.fill(0);
    const [sent] = gate.expire(1_000_000).map(sentOf);
    assert.equal(toHex(sent!.data.userData.with(2, 15)), toHex(first!));
    assert.equal(toHex(events[0]!.wire.data.userData), toHex(first!));
  });

  it('answers a refused one once, in an XUDT that is whole', () => {
    const { send } = testGate(refuseAll);
    const outputs = segmentsOf(60).flatMap((segment) => [...send(segment)]);
    const answer = sccpOf(onlySent(outputs).data.userData);
    assert.ok(answer.kind === 'XUDT' && answer.hopCounter === 15 && answer.optional.length === 0);
    assert.equal(tcapOf(onlySent(outputs).data.userData).kind, 'end');
  });

  it('hands on, or takes back, the segments of what never becomes a whole', () => {
    const [first, , third] = segmentsOf(40);
    const passing = testGate(refuseAll, { whenReassemblyFails: 'pass' });
    passing.send(first!);
    const handedOn = passing.send(third!).map(sentOf);
    assert.deepEqual(
      handedOn.map(({ data }) => toHex(data.userData.with(2, 15))),
      [first!, third!].map(toHex),
    );
    assert.equal(passing.events[0]?.kind, 'reassembly-failed');
    const strict = testGate(refuseAll, { whenReassemblyFails: 'discard' });
    strict.send(first!);
    const back = sccpOf(onlySent(strict.send(third!)).data.userData);
    assert.ok(back.kind === 'XUDTS' && back.returnCause === RETURN_CAUSE.segmentationFailure);
  });

  it('gives up a message that stays incomplete, without a timer of its own', () => {
    const { gate, send } = testGate(refuseAll, { whenReassemblyFails: 'discard' }, { reassembly: { timeMs: 50 } });
    send(segmentsOf(40)[0]!, { at: 1_000 });
    assert.equal(gate.expiresAt, 1_050);
    assert.deepEqual(gate.expire(1_049), []);
    const back = onlySent(gate.expire(1_050));
    assert.deepEqual([sccpOf(back.data.userData).kind, back.data.dpc], ['XUDTS', PC.msc]);
    assert.deepEqual([gate.held.reassemblies, gate.held.segmentOctets, gate.counts['reassembly-failed']], [0, 0, 1]);
  });

  it('holds no more messages and octets than its bounds, and takes back the oldest of the greediest, also where what fails may pass', () => {
    const { gate, events, send } = testGate(refuseAll, { whenReassemblyFails: 'pass' }, { reassembly: { messagesMax: 2 } });
    const outputs = [0, 1, 2, 3, 4].flatMap((reference) => [...send(segmentsOf(40, true, reference)[0]!)]);
    assert.deepEqual(
      outputs.map((it) => [sentOf(it).link, sccpOf(sentOf(it).data.userData).kind]),
      [
        ['to-msc', 'XUDTS'],
        ['to-msc', 'XUDTS'],
        ['to-msc', 'XUDTS'],
      ],
    );
    assert.deepEqual([gate.held.reassemblies, gate.counts['reassembly-crowded-out']], [2, 3]);
    assert.equal(events[0]?.kind, 'reassembly-crowded-out');
  });

  it('takes a segmentation parameter of one whole message as no segmentation', () => {
    const { gate, send } = testGate(refuseAll);
    const whole = sccpOf(tcapUnit(begin(3), { kind: 'XUDT' }));
    assert.ok(whole.kind === 'XUDT');
    const alone = encodeSegmentation({ first: true, requestedClass: 0, remaining: 0, localReference: 5 });
    const made = segmentXudt({ ...whole, optional: [alone] }, 1, 200);
    assert.ok(made.ok);
    assert.equal(tcapOf(onlySent(send(made.value[0]!)).data.userData).kind, 'end');
    assert.equal(gate.counts.reassembled, 0);
  });

  it('puts together a Continue of a dialogue that it follows, even where no selector takes it up, and lets other segments pass meanwhile', () => {
    const gt = { routeOn: 'gt', ssn: 8, globalTitle: { indicator: 2, translationType: 0, digits: SMSC } } as const;
    const cut = (message: TcapMessage): readonly Uint8Array[] => {
      const whole = sccpOf(tcapUnit(message, { kind: 'XUDT', called: gt }));
      assert.ok(whole.kind === 'XUDT');
      const made = segmentXudt(whole, 9, 30);
      assert.ok(made.ok);
      return made.value;
    };
    const { gate, send } = testGate(refuseAll, { whenReassemblyFails: 'discard' });
    send(tcapUnit(begin(3, [])));
    for (const octets of cut(begin(3))) assert.equal(onlySent(send(octets)).link, 'to-smsc');
    const outputs = cut({ kind: 'continue', otid: OTID, dtid: FAR_ID, components: [moInvoke()] }).flatMap((it) => [...send(it)]);
    assert.deepEqual(
      outputs.map((it) => tcapOf(sentOf(it).data.userData).kind),
      ['end', 'abort'],
    );
    assert.equal(gate.counts['reassembly-failed'], 0);
  });

  it('does not put together what no selector takes up', () => {
    const { gate, send } = testGate(refuseAll);
    const message = sccpOf(unit(encodeTcap(begin(3)), { kind: 'XUDT' }));
    assert.ok(message.kind === 'XUDT');
    const gt = { indicator: 2, translationType: 0, digits: SMSC } as const;
    const segments = segmentXudt({ ...message, called: { routeOn: 'gt', ssn: 8, globalTitle: gt } }, 1, 40);
    assert.ok(segments.ok);
    for (const segment of segments.value) onlySent(send(segment));
    assert.equal(gate.counts['segments-held'], 0);
  });
});
