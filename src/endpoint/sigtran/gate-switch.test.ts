import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeError } from '#codec/map';
import { editSccp, RETURN_CAUSE, viewSccp } from '#codec/sccp';
import { type End, encodeTcap } from '#codec/tcap';
import {
  argumentOf,
  begin,
  hex,
  MSC,
  moInvoke,
  OTID,
  onlySent,
  PC,
  pass,
  REFUSED,
  reject,
  SMSC,
  sccpOf,
  tcapOf,
  tcapUnit,
  testGate,
  title,
  toHex,
  unit,
} from './testbed.contract.js';

const refuseAll = () => reject();

describe('the gate at MTP level', () => {
  it('hands on what is for other point codes octet for octet, whatever user part it is', () => {
    for (const si of [3, 5, 13, 0]) {
      const { send } = testGate();
      const octets = hex('09 80 03 0e 00 ff');
      const sent = onlySent(send(octets, { dpc: PC.smsc, si }));
      assert.equal(sent.link, 'to-smsc');
      assert.equal(sent.data.userData, octets);
      assert.deepEqual([sent.data.opc, sent.data.dpc, sent.data.si, sent.data.sls], [PC.msc, PC.smsc, si, 5]);
    }
  });

  it('does not send a message back by the link by which it came', () => {
    const { gate, send } = testGate();
    assert.deepEqual(send(hex('09'), { dpc: PC.msc, si: 5 }), []);
    assert.equal(gate.counts['loops-stopped'], 1);
  });

  it('drops and counts what no route leads to', () => {
    const { gate, send } = testGate();
    assert.deepEqual(send(hex('09'), { dpc: 77, si: 5 }), []);
    assert.equal(gate.counts['transfer-undeliverable'], 1);
  });

  it('keeps network management and tests for it aside, and says which user part it does not have', () => {
    const { send } = testGate();
    for (const si of [0, 1, 2]) assert.equal(send(hex('11'), { si })[0]?.kind, 'aside');
    assert.deepEqual(send(hex('01'), { si: 5 }), [{ kind: 'no-user', link: 'to-msc', ni: 2, pointCode: PC.gate, si: 5 }]);
  });
});

describe('the gate and what is no mobile-originated short message', () => {
  const passes = (octets: Uint8Array): void => {
    const { send, screening } = testGate(refuseAll);
    const sent = onlySent(send(octets));
    assert.equal(toHex(sent.data.userData), toHex(octets));
    assert.deepEqual([sent.link, sent.data.opc, sent.data.dpc], ['to-smsc', PC.gate, PC.smsc]);
    assert.equal(screening.asked.length, 0);
  };

  it('hands on other operations octet for octet', () => passes(unit(hex('62 12 4804 30000001 6c0a a108 020101 020102 0500'))));

  it('hands on a forwardSM the other way, operation 46 of version 2, octet for octet', () => {
    const mt = { ...argumentOf(), smRpDa: { kind: 'imsi', value: '222100123456789' } as const };
    const oa = { kind: 'serviceCentreAddressOA', value: { nature: 1, plan: 1, digits: SMSC } } as const;
    passes(tcapUnit(begin(2, [moInvoke(1, { ...mt, smRpOa: oa })])));
  });

  it('hands on what cannot be decoded, and says so to the decision', () => {
    for (const data of ['62 80', '62 04 4801 01 00', 'ff', '62 0f 4801 01 6c0a a108 020101 02012e 0400']) {
      const { send, screening } = testGate(refuseAll);
      const octets = unit(hex(data));
      assert.equal(toHex(onlySent(send(octets)).data.userData), toHex(octets), data);
      assert.equal(screening.passedOver[0]?.kind, 'undecodable', data);
    }
  });

  it('looks into nothing that is routed on a subsystem, even where a title stands beside it', () => {
    const { send, screening } = testGate(refuseAll);
    send(tcapUnit(begin(3), { called: { ...title(SMSC), routeOn: 'ssn', pointCode: PC.gate } }));
    assert.deepEqual([screening.asked, screening.passedOver], [[], []]);
  });

  it('hands on service messages unread', () => {
    const { send, screening } = testGate(refuseAll);
    const udts = hex(toHex(tcapUnit(begin(3))).replace(/^0980/, '0a01'));
    assert.equal(toHex(onlySent(send(udts)).data.userData), toHex(udts));
    assert.equal(screening.passedOver.length, 0);
  });

  it('drops and counts SCCP that cannot be read, and connections, which it does not serve', () => {
    const { gate, send } = testGate();
    assert.deepEqual([...send(hex('09 80 03')), ...send(hex('01 000001 02 02 0206 0442 01 00'))], []);
    assert.deepEqual([gate.counts['sccp-unreadable'], gate.counts['sccp-connection']], [1, 1]);
  });
});

describe('the gate and short messages', () => {
  it('asks the decision with sender, service centre and both titles, and hands on what passes octet for octet', () => {
    for (const version of [1, 2, 3]) {
      const { gate, send, screening } = testGate();
      const octets = tcapUnit(begin(version));
      assert.equal(toHex(onlySent(send(octets)).data.userData), toHex(octets));
      const [asked] = screening.asked;
      assert.deepEqual(asked?.sender, { nature: 'international', digits: '393491234567' });
      assert.deepEqual(asked?.serviceCentre, { nature: 'international', digits: SMSC });
      assert.deepEqual([asked?.called.digits, asked?.calling.digits], [SMSC, MSC]);
      assert.equal(asked?.recipient?.()?.nature, 'international');
      assert.equal(gate.counts['mo-forward-sm'], 1);
    }
  });

  it('changes nothing but the hop counter of an XUDT that passes', () => {
    const { send } = testGate();
    const octets = tcapUnit(begin(3), { kind: 'XUDT', hopCounter: 9 });
    const sent = onlySent(send(octets)).data.userData;
    assert.deepEqual([sent[2], octets[2]], [8, 9]);
    assert.equal(toHex(sent.with(2, 9)), toHex(octets));
  });

  it('answers a refused one in the name of the service centre, by the way it came', () => {
    for (const version of [1, 2, 3]) {
      const { gate, send } = testGate(refuseAll);
      const sent = onlySent(send(tcapUnit(begin(version, [moInvoke(7)]), { protocolClass: 1 })));
      assert.deepEqual(
        [sent.link, sent.data.opc, sent.data.dpc, sent.data.sls, sent.data.ni, sent.data.si],
        ['to-msc', PC.gate, PC.msc, 5, 2, 3],
      );
      const message = sccpOf(sent.data.userData);
      assert.deepEqual([message.kind, message.called, message.calling], ['UDT', title(MSC), title(SMSC)]);
      assert.ok('protocolClass' in message && message.protocolClass === 1 && !message.returnOnError);
      const end = tcapOf(sent.data.userData) as End;
      assert.deepEqual([end.kind, toHex(end.dtid)], ['end', toHex(OTID)]);
      assert.equal(end.dialogue?.kind, version === 1 ? undefined : 'AARE');
      const [component] = end.components!;
      assert.ok(component?.kind === 'returnError' && component.invokeId === 7);
      const error = decodeError(component);
      const bare = version === 1 ? { bare: true } : {};
      assert.deepEqual(error, {
        ok: true,
        value: { error: 'sm-DeliveryFailure', parameter: { cause: 'subscriberNotSC-Subscriber', ...bare } },
      });
      assert.equal(gate.counts.rejected, 1);
    }
  });

  it('answers a sender that is routed on its subsystem to the point code in his address, whoever brought the message', () => {
    const calling = { routeOn: 'ssn', ssn: 8, pointCode: PC.msc } as const;
    const fromTransferPoint = { opc: PC.platform, link: 'to-in' } as const;
    for (const answer of [REFUSED, { kind: 'udts', cause: 4 } as const]) {
      const { send } = testGate(() => reject(answer));
      const sent = onlySent(send(tcapUnit(begin(3), { calling }), fromTransferPoint));
      assert.deepEqual([sent.link, sent.data.dpc], ['to-msc', PC.msc], answer.kind);
      const unknown = onlySent(send(tcapUnit(begin(3), { calling: { ...calling, pointCode: 77 } }), fromTransferPoint));
      assert.deepEqual([unknown.link, unknown.data.dpc], ['to-in', PC.platform], answer.kind);
    }
  });

  it('judges one whose calling party cannot be read, and answers nobody for it', () => {
    const view = viewSccp(tcapUnit(begin(3)));
    assert.ok(view.ok);
    const octets = editSccp(view.value, { calling: hex('0b12') });
    assert.ok(octets.ok);
    const passing = testGate();
    assert.equal(toHex(onlySent(passing.send(octets.value)).data.userData), toHex(octets.value));
    assert.deepEqual(passing.screening.asked[0]?.calling, { routeOn: 'gt', indicator: 0, digits: '' });
    const { events, send } = testGate(refuseAll);
    assert.deepEqual(send(octets.value), []);
    assert.equal(events[0]?.kind, 'reject-unanswerable');
  });

  it('refuses as it is told: by SCCP with a cause, in silence, or with a false success', () => {
    const octets = tcapUnit(begin(3));
    const byUdts = onlySent(testGate(() => reject({ kind: 'udts', cause: RETURN_CAUSE.unequippedUser })).send(octets));
    const udts = sccpOf(byUdts.data.userData);
    assert.ok(udts.kind === 'UDTS' && udts.returnCause === RETURN_CAUSE.unequippedUser);
    assert.deepEqual([byUdts.data.dpc, udts.called], [PC.msc, title(MSC)]);
    assert.deepEqual(testGate(() => reject({ kind: 'silent-discard' })).send(octets), []);
    const taken = onlySent(testGate(() => reject({ kind: 'ack-and-drop' })).send(octets));
    assert.equal((tcapOf(taken.data.userData) as End).components?.[0]?.kind, 'returnResultLast');
  });

  it('does not answer by SCCP who does not ask for it', () => {
    const { gate, send } = testGate(() => reject({ kind: 'udts', cause: 4 }));
    assert.deepEqual(send(tcapUnit(begin(3), { returnOnError: false })), []);
    assert.equal(gate.counts.dropped, 1);
  });

  it('refuses all short messages of a message when one is refused, each by its invoke id', () => {
    const others = { nature: 1, plan: 1, digits: '393490009999' };
    const second = moInvoke(2, { ...argumentOf(), smRpOa: { kind: 'msisdn', value: others } });
    const { send, screening } = testGate((it) => (it.sender?.digits === others.digits ? reject() : pass()));
    const end = tcapOf(onlySent(send(tcapUnit(begin(3, [moInvoke(1), second])))).data.userData) as End;
    assert.deepEqual(
      end.components?.map((it) => it.kind === 'returnError' && it.invokeId),
      [1, 2],
    );
    assert.equal(screening.asked.length, 2);
  });

  it('finds a short message behind another operation of the same message', () => {
    const other = { kind: 'invoke', invokeId: 1, operation: { kind: 'local', value: 64 } } as const;
    const { send } = testGate(refuseAll);
    const end = tcapOf(onlySent(send(tcapUnit(begin(3, [other, moInvoke(2)])))).data.userData) as End;
    assert.equal(end.kind, 'end');
  });

  it('reads what is not plain with the full decoders, and answers it alike', () => {
    // The same Begin with an indefinite length around it.
    const plain = encodeTcap(begin(3));
    const data = Uint8Array.of(0x62, 0x80, ...plain.subarray(plain[1] === 0x81 ? 3 : 2), 0, 0);
    const { gate, send } = testGate(refuseAll);
    const answer = onlySent(send(unit(data))).data.userData;
    assert.equal(toHex(answer), toHex(onlySent(testGate(refuseAll).send(tcapUnit(begin(3)))).data.userData));
    assert.equal(gate.counts['decoded-in-full'], 1);
  });

  it('keeps a trace of every reject, and of one message in so many that pass', () => {
    const rejecting = testGate(refuseAll);
    for (let i = 0; i < 3; i++) rejecting.send(tcapUnit(begin(3)));
    assert.deepEqual(
      rejecting.traces.map((it) => it.outcome),
      ['answered', 'answered', 'answered'],
    );
    const passing = testGate(() => pass(), { traceOneIn: 4 });
    for (let i = 0; i < 8; i++) passing.send(tcapUnit(begin(3)));
    assert.deepEqual(
      passing.traces.map((it) => it.outcome),
      ['passed', 'passed'],
    );
  });

  it('says when the sender of a refused message cannot be answered', () => {
    const { gate, events, send } = testGate(refuseAll);
    assert.deepEqual(send(tcapUnit({ kind: 'unidirectional', components: [moInvoke()] })), []);
    assert.deepEqual(
      events.map((it) => it.kind),
      ['reject-unanswerable'],
    );
    assert.equal(gate.counts['reject-unanswerable'], 1);
  });
});

describe('messages for subsystems of ours', () => {
  const own = { routeOn: 'ssn', ssn: 1 } as const;

  it('come out as such: SCCP management for whoever keeps the state of subsystems', () => {
    const octets = unit(hex('03 08 6400 00'), { called: { ...own, pointCode: PC.gate }, calling: { ...own, pointCode: PC.msc } });
    const [output] = testGate().send(octets);
    assert.ok(output?.kind === 'local');
    assert.deepEqual([output.ssn, output.link, toHex(output.data.userData)], [1, 'to-msc', toHex(octets)]);
  });

  it('are taken back when we do not have the subsystem', () => {
    const { send } = testGate();
    const back = sccpOf(
      onlySent(send(unit(hex('62'), { called: { routeOn: 'ssn', ssn: 8, pointCode: PC.gate } }))).data.userData,
    );
    assert.ok(back.kind === 'UDTS' && back.returnCause === RETURN_CAUSE.unequippedUser);
  });
});
