import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RETURN_CAUSE, segmentXudt } from '#codec/sccp';
import {
  begin,
  FAR_ID,
  hex,
  moInvoke,
  OTID,
  onlySent,
  PC,
  pass,
  SMSC,
  sccpOf,
  sentOf,
  tcapUnit,
  testGate,
  title,
  unit,
} from './testbed.contract.js';

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

  it('does not shed the later segments of a message whose first it has taken, whatever they begin with', () => {
    const data = new Uint8Array(180).fill(0x62);
    const message = sccpOf(unit(data, { kind: 'XUDT' }));
    assert.ok(message.kind === 'XUDT');
    const segments = segmentXudt(message, 1, 60);
    assert.ok(segments.ok);
    const { gate, send } = testGate();
    gate.load = 3;
    for (const segment of segments.value) send(segment);
    assert.equal(gate.counts['shed-screened'], 1);
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

  it('tells links of congestion after the clock was set back, too', () => {
    const { gate, send } = testGate();
    gate.load = 1;
    assert.equal(send(tcapUnit(begin(3), unselected), { at: 3_600_000 }).length, 2);
    assert.equal(send(tcapUnit(begin(3), unselected), { at: 1_000 }).length, 2);
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
