import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { End, TcapMessage } from '#codec/tcap';
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
  ScriptedScreening,
  SETTINGS,
  SMSC,
  sccpOf,
  sentOf,
  tcapOf,
  tcapUnit,
  testGate,
  testRouting,
  title,
  toHex,
} from './testbed.contract.js';

const refuseAll = () => reject();

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

  it('refuses one in an End by a U-ABORT to the service centre alone, as the exchange waits for nothing', () => {
    const { gate, send } = testGate(refuseAll);
    send(opening());
    send(answered, fromSmsc);
    const sent = onlySent(send(tcapUnit({ kind: 'end', dtid: FAR_ID, components: [moInvoke(1)] })));
    const abort = tcapOf(sent.data.userData);
    assert.ok(abort.kind === 'abort');
    assert.deepEqual([sent.link, toHex(abort.dtid)], ['to-smsc', toHex(FAR_ID)]);
    assert.deepEqual([gate.counts['rejected-mid-dialogue'], gate.counts['reject-unanswerable']], [1, 1]);
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

  it('holds no decision against a later dialogue for which the exchange uses the same transaction id again', () => {
    let verdict = reject();
    const { send } = testGate(() => verdict);
    send(opening());
    send(tcapUnit(continued(1)));
    verdict = pass();
    assert.equal(onlySent(send(tcapUnit(begin(3, [moInvoke(1)])))).link, 'to-smsc');
    assert.equal(onlySent(send(tcapUnit(continued(2)))).link, 'to-smsc');
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

  it('tells exchanges apart that give no more than a subsystem, by their point codes', () => {
    const { send, screening } = testGate(refuseAll);
    const calling = { routeOn: 'ssn', ssn: 8 } as const;
    const gt = { routeOn: 'gt', ssn: 8, globalTitle: { indicator: 2, translationType: 0, digits: SMSC } } as const;
    send(tcapUnit(begin(3, []), { calling }));
    send(tcapUnit(continued(), { calling, called: gt }), { opc: PC.platform, link: 'to-in' });
    assert.equal(screening.asked.length, 0);
    send(tcapUnit(continued(), { calling, called: gt }));
    assert.equal(screening.asked.length, 1);
  });

  it('goes on under another configuration with the dialogues that are open', () => {
    const { gate, send } = testGate(() => pass());
    send(opening());
    const screening = new ScriptedScreening(refuseAll);
    gate.adopt(SETTINGS, { screening, routing: testRouting() });
    assert.equal(send(tcapUnit(continued())).length, 2);
    assert.equal(gate.held.dialogues, 1);
  });

  it('judges no Continue when that is switched off, and counts it as handed on', () => {
    const { send, screening } = testGate(refuseAll, { continues: false });
    send(opening());
    assert.equal(onlySent(send(tcapUnit(continued()))).link, 'to-smsc');
    assert.equal(screening.asked.length, 0);
  });
});
