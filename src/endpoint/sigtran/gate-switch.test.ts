import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeError } from '#codec/map';
import { encodeSegmentation, RETURN_CAUSE, segmentXudt } from '#codec/sccp';
import { type End, encodeTcap, type TcapMessage } from '#codec/tcap';
import {
  argumentOf,
  begin,
  FAR_ID,
  hex,
  MSC,
  moInvoke,
  OTID,
  onlySent,
  PC,
  pass,
  redirect,
  reject,
  SMSC,
  sccpOf,
  sentOf,
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

describe('the gate and short messages inside dialogues', () => {
  const opening = (version = 3) => tcapUnit(begin(version, []));
  const answered = tcapUnit({ kind: 'continue', otid: FAR_ID, dtid: OTID }, { called: title(MSC), calling: title(SMSC) });
  const continued = (invokeId = 1, argument = argumentOf()): TcapMessage => ({
    kind: 'continue',
    otid: OTID,
    dtid: FAR_ID,
    components: [moInvoke(invokeId, argument)],
  });
  const fromSmsc = { link: 'to-smsc', opc: PC.smsc } as const;

  it('refuses one with an End to the exchange, in the version of its Begin, and a U-ABORT to the service centre', () => {
    for (const version of [1, 2, 3]) {
      const { gate, send } = testGate(refuseAll);
      assert.equal(onlySent(send(opening(version))).link, 'to-smsc');
      assert.equal(onlySent(send(answered, fromSmsc)).link, 'to-msc');
      const [toMsc, toSmsc, ...rest] = send(tcapUnit(continued(3))).map(sentOf);
      assert.equal(rest.length, 0);
      const end = tcapOf(toMsc!.data.userData) as End;
      assert.deepEqual([toMsc!.link, end.kind, toHex(end.dtid), end.dialogue], ['to-msc', 'end', toHex(OTID), undefined]);
      const [component] = end.components!;
      assert.ok(component?.kind === 'returnError' && component.invokeId === 3);
      assert.equal(toHex(component.parameter!), version === 1 ? '0a0106' : '30030a0106');
      const abort = tcapOf(toSmsc!.data.userData);
      assert.ok(abort.kind === 'abort' && abort.dialogue?.kind === 'ABRT' && abort.dialogue.source === 0);
      assert.deepEqual([toSmsc!.link, toSmsc!.data.dpc, toHex(abort.dtid)], ['to-smsc', PC.smsc, toHex(FAR_ID)]);
      const message = sccpOf(toSmsc!.data.userData);
      assert.deepEqual([message.called, message.calling], [title(SMSC), title(MSC)]);
      assert.deepEqual([gate.counts['rejected-mid-dialogue'], gate.counts['continue-segments-stopped']], [1, 1]);
    }
  });

  it('judges one by the selector of its Begin, even when the Continue is addressed so that none would take it up', () => {
    const { send, screening } = testGate(refuseAll);
    send(opening());
    send(answered, fromSmsc);
    const gt = { indicator: 2, translationType: 0, digits: SMSC } as const;
    assert.equal(send(tcapUnit(continued(), { called: { routeOn: 'gt', ssn: 8, globalTitle: gt } })).length, 2);
    assert.equal(screening.asked.length, 1);
  });

  it('holds to a decision for what comes later in the dialogue, from the same sender; another sender is judged anew', () => {
    const { send, screening } = testGate((it) => (it.sender?.digits === '393490009999' ? reject() : pass()));
    send(opening());
    send(tcapUnit(continued(1)));
    send(tcapUnit(continued(2)));
    assert.equal(screening.asked.length, 1);
    assert.equal(send(tcapUnit(continued(3, argumentOf('393490009999')))).length, 2);
    assert.equal(screening.asked.length, 2);
  });

  it('refuses what comes after a refusal, whoever it says it is from', () => {
    let verdict = reject();
    const { send } = testGate(() => verdict);
    send(opening());
    send(tcapUnit(continued(1)));
    verdict = pass();
    assert.equal(send(tcapUnit(continued(2, argumentOf('393490009999')))).length, 2);
  });

  it('judges one whose Begin it has not seen by its own called party', () => {
    const { send, screening } = testGate(refuseAll);
    assert.equal(send(tcapUnit(continued())).length, 2);
    assert.equal(screening.asked.length, 1);
  });

  it('hands one for a prepaid platform on to the service centre, which has the dialogue, and says so', () => {
    const { gate, events, send } = testGate(redirect);
    send(opening());
    assert.equal(onlySent(send(tcapUnit(continued()))).link, 'to-smsc');
    assert.equal(gate.counts['redirect-mid-dialogue'], 1);
    assert.equal(events[0]?.kind, 'redirect-mid-dialogue');
  });

  it('forgets a dialogue with its End, with time, and at the bound', () => {
    const ended = testGate();
    ended.send(opening());
    assert.equal(ended.gate.held.dialogues, 1);
    ended.send(tcapUnit({ kind: 'end', dtid: OTID }, { called: title(MSC), calling: title(SMSC) }), fromSmsc);
    assert.equal(ended.gate.held.dialogues, 0);
    const late = testGate(undefined, {}, { dialogues: { timeMs: 10, dialoguesMax: 2 } });
    for (const [i, id] of ['01', '02', '03'].entries()) late.send(tcapUnit(begin(3, [], hex(id))), { at: 100 + i });
    assert.deepEqual([late.gate.held.dialogues, late.gate.counts['dialogues-evicted'], late.gate.expiresAt], [2, 1, 111]);
    assert.deepEqual(late.gate.expire(200), []);
    assert.deepEqual([late.gate.held.dialogues, late.gate.counts['dialogues-expired']], [0, 2]);
  });

  it('judges no Continue when that is switched off, and counts it as handed on', () => {
    const { send, screening } = testGate(refuseAll, { continues: false });
    send(opening());
    assert.equal(onlySent(send(tcapUnit(continued()))).link, 'to-smsc');
    assert.equal(screening.asked.length, 0);
  });
});

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

  it('holds no more messages and octets than its bounds, and hands on what does not fit', () => {
    const { gate, send } = testGate(refuseAll, {}, { reassembly: { messagesMax: 2 } });
    for (let reference = 0; reference < 5; reference++) send(segmentsOf(40, true, reference)[0]!);
    assert.deepEqual([gate.held.reassemblies, gate.counts['reassembly-failed']], [2, 3]);
  });

  it('takes a segmentation parameter of one whole message as no segmentation', () => {
    const { send } = testGate(refuseAll);
    const whole = sccpOf(tcapUnit(begin(3), { kind: 'XUDT' }));
    assert.ok(whole.kind === 'XUDT');
    const alone = encodeSegmentation({ first: true, requestedClass: 0, remaining: 0, localReference: 5 });
    const made = segmentXudt({ ...whole, optional: [alone] }, 1, 200);
    assert.ok(made.ok);
    assert.equal(tcapOf(onlySent(send(made.value[0]!)).data.userData).kind, 'end');
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
    const ways = () => send(octets, { opc: PC.platform, link: 'to-in' }).map((it) => sentOf(it).data.dpc);
    assert.deepEqual(ways(), [PC.platform]);
    assert.deepEqual([ways(), ways()], [[PC.smsc], [PC.smsc]]);
    const back = sccpOf(onlySent(send(octets)).data.userData);
    assert.ok(back.kind === 'UDTS' && back.returnCause === RETURN_CAUSE.hopCounterViolation);
    assert.equal(events.at(-1)?.kind, 'loop-stopped');
    assert.deepEqual([gate.counts['redirect-returned'], gate.counts['loops-stopped']], [2, 1]);
  });

  it('forgets after five seconds that a message was redirected', () => {
    const { send } = testGate(redirect);
    const octets = tcapUnit(begin(3));
    for (const at of [0, 5_000]) assert.equal(onlySent(send(octets, { at })).data.dpc, PC.platform);
  });

  it('lets no message of a platform go back to it', () => {
    const { gate, send } = testGate(() => pass('from-platform'));
    assert.deepEqual(send(tcapUnit(begin(3)), { opc: PC.smsc, link: 'to-smsc' }), []);
    assert.equal(gate.counts['loops-stopped'], 1);
  });

  it('passes a message for a platform that has no route, and says so', () => {
    const { events, send } = testGate(redirect, { platforms: [] });
    assert.equal(onlySent(send(tcapUnit(begin(3)))).link, 'to-smsc');
    assert.equal(events[0]?.kind, 'platform-without-route');
  });
});

describe('the gate and loops', () => {
  it('takes back an XUDT whose hop counter is used up, and says so', () => {
    const { events, gate, send } = testGate();
    const back = sccpOf(onlySent(send(tcapUnit(begin(3), { kind: 'XUDT', hopCounter: 1 }))).data.userData);
    assert.ok(back.kind === 'XUDTS' && back.returnCause === RETURN_CAUSE.hopCounterViolation);
    assert.deepEqual([events[0]?.kind, gate.counts['loops-stopped'], gate.counts.returned], ['hop-counter-used-up', 1, 1]);
  });
});

describe('the allow list', () => {
  const rows = [
    { name: 'exchanges', pointCodes: [PC.msc], callingDigits: ['39349'], operations: [46, 44] },
    { name: 'centres', pointCodes: [PC.smsc] },
  ];
  const discard = { allowList: { rows, refused: { kind: 'discard' } } } as const;

  it('lets through whom a row speaks for, with the operations that it names', () => {
    assert.equal(testGate(() => pass(), discard).send(tcapUnit(begin(3))).length, 1);
    const other = { kind: 'invoke', invokeId: 1, operation: { kind: 'local', value: 2 } } as const;
    const { gate, events, send } = testGate(() => pass(), discard);
    assert.deepEqual(send(tcapUnit(begin(3, [other]))), []);
    assert.deepEqual([gate.counts['not-allowed'], events[0]?.kind], [1, 'not-allowed']);
    assert.equal(send(tcapUnit(begin(3, [other])), { opc: PC.smsc, link: 'to-smsc' }).length, 1);
  });

  it('looks at every operation of a message, not at the first alone', () => {
    const other = { kind: 'invoke', invokeId: 2, operation: { kind: 'local', value: 2 } } as const;
    assert.deepEqual(testGate(() => pass(), discard).send(tcapUnit(begin(3, [moInvoke(1), other]))), []);
  });

  it('refuses strangers by point code and by calling party, with an SCCP answer where that is set', () => {
    const answer = { allowList: { rows, refused: { kind: 'return', cause: RETURN_CAUSE.unqualified } } } as const;
    const { send } = testGate(() => pass(), answer);
    for (const sent of [
      onlySent(send(tcapUnit(begin(3)), { opc: 9 })),
      onlySent(send(tcapUnit(begin(3), { calling: title('4477') }))),
    ]) {
      const back = sccpOf(sent.data.userData);
      assert.ok(back.kind === 'UDTS' && back.returnCause === RETURN_CAUSE.unqualified);
    }
  });

  it('does not let pass what it cannot read from one who may not do everything', () => {
    assert.deepEqual(testGate(() => pass(), discard).send(unit(hex('62 80'))), []);
  });

  it('lets answers and aborts of an allowed sender through, which invoke nothing', () => {
    const { send } = testGate(() => pass(), discard);
    assert.equal(send(tcapUnit({ kind: 'abort', dtid: FAR_ID })).length, 1);
  });

  it('is kept for segmented messages, which it puts together for that', () => {
    const other = {
      kind: 'invoke',
      invokeId: 1,
      operation: { kind: 'local', value: 2 },
      parameter: new Uint8Array([4, 60, ...new Uint8Array(60)]),
    } as const;
    const message = sccpOf(
      tcapUnit(begin(3, [other]), {
        kind: 'XUDT',
        called: { routeOn: 'gt', ssn: 8, globalTitle: { indicator: 2, translationType: 0, digits: SMSC } },
      }),
    );
    assert.ok(message.kind === 'XUDT');
    const segments = segmentXudt(message, 1, 60);
    assert.ok(segments.ok);
    const { gate, send } = testGate(() => pass(), discard);
    assert.deepEqual(
      segments.value.flatMap((it) => [...send(it)]),
      [],
    );
    assert.equal(gate.counts['not-allowed'], 1);
  });
});

describe('overload', () => {
  const unselected = {
    called: { routeOn: 'gt', ssn: 8, globalTitle: { indicator: 2, translationType: 0, digits: SMSC } },
  } as const;
  const cases = [
    ['pass-through', (send: ReturnType<typeof testGate>['send']) => send(tcapUnit(begin(3), unselected))],
    ['transit', (send: ReturnType<typeof testGate>['send']) => send(hex('01'), { dpc: PC.smsc, si: 5 })],
    ['screened', (send: ReturnType<typeof testGate>['send']) => send(tcapUnit(begin(3)))],
    ['ongoing', (send: ReturnType<typeof testGate>['send']) => send(tcapUnit({ kind: 'end', dtid: OTID }))],
  ] as const;

  it('sheds pass-through first, then transit, then new short messages, and never what is under way', () => {
    for (const level of [0, 1, 2, 3] as const) {
      const shed = cases.filter(([name, feed]) => {
        const { gate, send } = testGate();
        gate.load = level;
        feed(send);
        return gate.counts[`shed-${name}`] === 1;
      });
      assert.deepEqual(
        shed.map(([name]) => name),
        ['pass-through', 'transit', 'screened'].slice(0, level),
      );
    }
  });

  it('answers what it sheds with cause network congestion, and tells the link so, not more often than every 300 ms', () => {
    const { gate, send } = testGate();
    gate.load = 1;
    const [back, told] = send(tcapUnit(begin(3), unselected), { at: 1_000 });
    const udts = sccpOf(sentOf(back!).data.userData);
    assert.ok(udts.kind === 'UDTS' && udts.returnCause === RETURN_CAUSE.networkCongestion);
    assert.deepEqual(told, { kind: 'congestion', link: 'to-msc', ni: 2, pointCode: PC.gate, level: 1 });
    assert.equal(send(tcapUnit(begin(3), unselected), { at: 1_299 }).length, 1);
    assert.equal(send(tcapUnit(begin(3), unselected), { at: 1_300 }).length, 2);
  });

  it('sheds by the levels that are set', () => {
    const { gate, send } = testGate(() => pass(), { shedFrom: { screened: 1 } });
    gate.load = 3;
    assert.equal(send(tcapUnit(begin(3), unselected)).length, 1);
    assert.equal(gate.counts['shed-pass-through'], 0);
    send(tcapUnit(begin(3)));
    assert.equal(gate.counts['shed-screened'], 1);
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
