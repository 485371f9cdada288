/** Whatever comes in: nothing throws, and what leaves is the message as it came, or an answer that can be read. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { decodeAddress, decodeSccp, MESSAGES, type SccpView, segmentXudt, viewSccp } from '#codec/sccp';
import { type Component, decodeTcap, encodeTcap } from '#codec/tcap';
import type { GateOutput } from './gate.js';
import {
  begin,
  FAR_ID,
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

const continued = tcapUnit({ kind: 'continue', otid: OTID, dtid: FAR_ID, components: [moInvoke()] });
const xudt = sccpOf(tcapUnit(begin(3), { kind: 'XUDT' }));
assert.ok(xudt.kind === 'XUDT');
const segments = segmentXudt(xudt, 7, 50);
assert.ok(segments.ok);

const SEEDS: readonly Uint8Array[] = [
  ...[1, 2, 3].flatMap((version) => [tcapUnit(begin(version)), tcapUnit(begin(version, []))]),
  tcapUnit(begin(3), { kind: 'XUDT' }),
  tcapUnit(begin(3), { kind: 'LUDT' }),
  tcapUnit(begin(2, [moInvoke(1), moInvoke(2)])),
  tcapUnit({ kind: 'continue', otid: FAR_ID, dtid: OTID }, { called: title(MSC), calling: title(SMSC) }),
  tcapUnit({ kind: 'end', dtid: OTID }, { called: title(MSC), calling: title(SMSC) }),
  continued,
  ...segments.value,
  unit(new Uint8Array(0)),
];

/** Changes such as lines, stacks and attackers make. */
const change = fc.oneof(
  fc.record({ kind: fc.constant('set' as const), at: fc.nat(300), value: fc.nat(255) }),
  fc.record({ kind: fc.constant('flip' as const), at: fc.nat(300), value: fc.nat(7) }),
  fc.record({ kind: fc.constant('cut' as const), at: fc.nat(300), value: fc.constant(0) }),
  fc.record({ kind: fc.constant('insert' as const), at: fc.nat(300), value: fc.nat(255) }),
  fc.record({ kind: fc.constant('remove' as const), at: fc.nat(300), value: fc.constant(0) }),
);

function changed(octets: Uint8Array, { kind, at, value }: { kind: string; at: number; value: number }): Uint8Array {
  if (octets.length === 0) return octets;
  const place = at % octets.length;
  switch (kind) {
    case 'set':
      return octets.with(place, value);
    case 'flip':
      return octets.with(place, octets[place]! ^ (1 << value));
    case 'cut':
      return octets.slice(0, place);
    case 'insert':
      return Uint8Array.from([...octets.subarray(0, place), value, ...octets.subarray(place)]);
    default:
      return Uint8Array.from([...octets.subarray(0, place), ...octets.subarray(place + 1)]);
  }
}

const message = fc
  .tuple(fc.constantFrom(...SEEDS), fc.array(change, { minLength: 1, maxLength: 4 }))
  .map(([seed, changes]) => changes.reduce(changed, seed));

const HOP_COUNTER_AT = 2;
const withoutHops = (octets: Uint8Array): string =>
  toHex(octets.length > HOP_COUNTER_AT ? octets.with(HOP_COUNTER_AT, 0) : octets);

/** A message that left is one of those that came in, hop counter (and point codes in addresses) apart, or answers one of them. */
function assertSound(output: GateOutput, received: readonly Uint8Array[]): void {
  if (output.kind !== 'send') return;
  const { data } = sentOf(output);
  const left = viewSccp(data.userData);
  assert.ok(left.ok, `${toHex(data.userData)}: ${left.ok ? '' : left.error.text}`);
  const isRelayed = received.some((it) => withoutHops(it) === withoutHops(data.userData) || isSameBut(it, data.userData));
  // A service message has the addresses of what it takes back, such as they are.
  if (isRelayed || MESSAGES[left.value.kind].isService) return;
  // Otherwise it is ours: an End to the sender, or an Abort in his name.
  assert.ok(decodeSccp(data.userData).ok, toHex(data.userData));
  const tcap = decodeTcap(left.value.data);
  assert.ok(tcap.ok && (tcap.value.kind === 'end' || tcap.value.kind === 'abort'), toHex(data.userData));
}

/**
 * Whether only addresses have changed: the point code in a called one is that of the new destination, a calling one that is routed on its
 * subsystem gets the point code that it relied on.
 */
function isSameBut(came: Uint8Array, left: Uint8Array): boolean {
  const [a, b] = [viewSccp(came), viewSccp(left)];
  if (!a.ok || !b.ok) return false;
  const parts = ({ kind, data }: SccpView) => `${kind} ${toHex(data)}`;
  return parts(a.value) === parts(b.value);
}

const verdicts = fc.constantFrom(pass, reject, redirect);
const failing = fc.constantFrom('pass' as const, 'discard' as const);

describe('the gate and whatever octets', () => {
  it('never throws, and lets out what came in or an answer that can be read, from changed messages in any order', () => {
    fc.assert(
      fc.property(verdicts, failing, fc.array(message, { minLength: 1, maxLength: 12 }), (verdict, whenReassemblyFails, all) => {
        const { gate, send } = testGate(() => verdict(), { whenReassemblyFails, traceOneIn: 1 });
        const outputs = all.flatMap((octets, i) => [
          ...send(octets, { at: i * 1_000, ...(i % 3 === 0 ? { opc: PC.smsc } : {}) }),
        ]);
        for (const output of [...outputs, ...gate.expire(1_000_000)]) assertSound(output, all);
        const { dialogues, reassemblies, segmentOctets } = gate.held;
        assert.deepEqual([dialogues, reassemblies, segmentOctets], [0, 0, 0]);
      }),
      { numRuns: 400, includeErrorInReport: true },
    );
  });

  it('never throws on octets without sense', () => {
    const octets = fc.uint8Array({ maxLength: 60 });
    const type = fc.constantFrom(0x09, 0x0a, 0x11, 0x12, 0x13, 0x14);
    fc.assert(
      fc.property(octets, type, fc.nat(15), (rest, first, si) => {
        const { send } = testGate(() => reject());
        send(rest, { si });
        send(Uint8Array.of(first, ...rest));
        send(unit(rest));
        send(unit(Uint8Array.of(0x62, rest.length, ...rest)));
      }),
      { numRuns: 400 },
    );
  });

  it('judges a changed message only where the decoders find a short message in it', () => {
    fc.assert(
      fc.property(message, (octets) => {
        const { send, screening } = testGate(() => reject());
        send(octets);
        if (screening.asked.length === 0) return;
        // Of its addresses the calling one may be whatever it is.
        const read = viewSccp(octets);
        assert.ok(read.ok);
        assert.ok(decodeAddress(read.value.called).ok);
        const tcap = decodeTcap(read.value.data);
        assert.ok(tcap.ok && 'components' in tcap.value);
        assert.ok(tcap.value.components?.some((it) => it.kind === 'invoke'));
      }),
      { numRuns: 400 },
    );
  });

  it('finds a short message behind all the components that SCCP can carry, and takes back what has more', () => {
    const padded = (components: readonly Component[]): Uint8Array =>
      tcapUnit(begin(3, [...components, moInvoke()]), { kind: 'LUDT', returnOnError: true });
    const results = (count: number): Component[] =>
      Array.from({ length: count }, () => ({ kind: 'returnResultLast', invokeId: 1 }));
    const junk = (count: number): Component[] =>
      Array.from({ length: count }, () => ({ kind: 'unreadable', octets: Uint8Array.of(0xa4, 0), problem: 2, detail: '' }));
    for (const components of [results(760), junk(8), [...results(300), ...junk(8)]]) {
      const { gate, send } = testGate(() => reject());
      assert.equal(tcapOf(onlySent(send(padded(components))).data.userData).kind, 'end');
      assert.equal(gate.counts.rejected, 1);
    }
    for (const components of [results(2_000), junk(9), junk(1_500)]) {
      const { events, gate, send } = testGate(() => reject());
      const back = onlySent(send(padded(components)));
      assert.deepEqual([back.link, sccpOf(back.data.userData).kind], ['to-msc', 'LUDTS']);
      assert.deepEqual([gate.counts['beyond-limits'], gate.counts.undecodable, events[0]?.kind], [1, 0, 'beyond-limits']);
    }
  });

  it('is not held up by one sender who fills it with dialogues and segments: others pass', () => {
    const { gate, send } = testGate(() => pass(), {}, { dialogues: { dialoguesMax: 8 }, reassembly: { messagesMax: 4 } });
    for (let i = 0; i < 200; i++) {
      send(tcapUnit(begin(3, [], Uint8Array.of(i))));
      const [first] = (segmentXudt(xudt, i, 50) as { readonly ok: true; readonly value: readonly Uint8Array[] }).value;
      send(first!);
    }
    assert.deepEqual([gate.held.dialogues, gate.held.reassemblies], [8, 4]);
    assert.equal(send(unit(encodeTcap(begin(3)), { calling: title('393490001001') })).length, 1);
  });
});
