import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { ExtendedUnitData } from './messages.js';
import { segmentationOf } from './optional-part.js';
import { DROP_CAUSE, Reassembly, type ReassemblyOutput, type ReassemblySettings } from './reassembly.js';
import { returnMessage } from './return-message.js';
import { segmentXudt } from './segmenting.js';
import { viewSccp } from './view.js';

const message = (data: Uint8Array, calling = 7): ExtendedUnitData => ({
  kind: 'XUDT',
  protocolClass: 0,
  returnOnError: true,
  hopCounter: 15,
  called: { routeOn: 'ssn', ssn: 8 },
  calling: { routeOn: 'ssn', ssn: calling },
  data,
  optional: [{ name: 0x12, octets: Uint8Array.of(5) }],
});

function segments(data: Uint8Array, reference: number, octetsMax: number, calling = 7): Uint8Array[] {
  const cut = segmentXudt(message(data, calling), reference, octetsMax);
  assert.ok(cut.ok, cut.ok ? '' : cut.error.text);
  return cut.value.map((it) => it);
}

/** Gives a segment to the machine; the buffer that it came in is overwritten afterwards, as sockets' are. */
function give(machine: Reassembly<number>, octets: Uint8Array, now = 0, opc = 1, label = 0): ReassemblyOutput<number>[] {
  const buffer = octets.slice();
  const view = viewSccp(buffer);
  assert.ok(view.ok);
  const segmentation = segmentationOf(view.value);
  assert.ok(segmentation.ok && segmentation.value !== undefined);
  const outputs = machine.receive(view.value, segmentation.value, opc, label, now);
  const isKept = outputs.some((it) => it.kind !== 'held');
  if (!isKept) buffer.fill(0xee);
  return outputs;
}

const kinds = (outputs: readonly ReassemblyOutput<number>[]): string[] =>
  outputs.map((it) => (it.kind === 'dropped' ? `dropped ${it.reason} ${it.segments.length}` : it.kind));

const make = (settings: ReassemblySettings = {}): Reassembly<number> => new Reassembly<number>(settings);
const DATA = Uint8Array.from({ length: 300 }, (_, i) => i);

describe('segments', () => {
  it('become the message again, of any length and number', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 2, maxLength: 900, size: 'max' }),
        fc.integer({ min: 60, max: 255 }),
        (data, octetsMax) => {
          const pieces = segments(data, 0x123456, octetsMax);
          fc.pre(pieces.length > 1);
          const machine = make();
          const outputs = pieces.flatMap((it) => give(machine, it));
          const last = outputs.at(-1);
          assert.ok(last?.kind === 'complete');
          assert.deepEqual([...last.data], [...data]);
          assert.equal(last.segments.length, pieces.length);
          assert.equal(last.requestedClass, 0);
          assert.deepEqual(machine.held, { messages: 0, octets: 0 });
          assert.deepEqual(
            last.segments.map((it) => Buffer.from(it.view.octets).toString('hex')),
            pieces.map((it) => Buffer.from(it).toString('hex')),
          );
        },
      ),
    );
  });

  it('of many messages may come mixed: sender, originating point code and reference tell them apart', () => {
    const machine = make();
    const a = segments(DATA, 1, 200);
    const b = segments(DATA, 2, 200);
    const c = segments(DATA, 1, 200, 9);
    assert.deepEqual(kinds([a[0]!, b[0]!, c[0]!].flatMap((it) => give(machine, it))), ['held', 'held', 'held']);
    assert.deepEqual(kinds(give(machine, a[0]!, 0, 2)), ['held']);
    assert.equal(machine.held.messages, 4);
    for (const it of [a, b, c]) assert.deepEqual(kinds(give(machine, it[1]!)), ['complete']);
    assert.deepEqual(kinds(give(machine, a[1]!, 0, 2)), ['complete']);
  });

  it('out of order end their message; without a first they are nothing', () => {
    const machine = make();
    const pieces = segments(DATA, 1, 90);
    assert.equal(pieces.length, 4);
    give(machine, pieces[0]!);
    assert.deepEqual(kinds(give(machine, pieces[2]!)), ['dropped out-of-sequence 2']);
    assert.deepEqual(kinds(give(machine, pieces[1]!)), ['dropped no-first-segment 1']);
    assert.equal(machine.held.octets, 0);
  });

  it('a second first segment begins anew', () => {
    const machine = make();
    const pieces = segments(DATA, 1, 200);
    give(machine, pieces[0]!);
    assert.deepEqual(kinds(give(machine, pieces[0]!)), ['dropped superseded 1', 'held']);
    assert.deepEqual(kinds(give(machine, pieces[1]!)), ['complete']);
  });

  it('are given up when T(reass) is over, by whatever comes first: the caller or another segment', () => {
    const machine = make({ timeMs: 1_000 });
    const pieces = segments(DATA, 1, 200);
    give(machine, pieces[0]!, 5);
    assert.equal(machine.expiresAt, 1_005);
    assert.deepEqual(machine.expire(1_004), []);
    assert.deepEqual(kinds(machine.expire(1_005)), ['dropped timeout 1']);
    assert.equal(machine.expiresAt, undefined);
    give(machine, pieces[0]!, 2_000);
    assert.deepEqual(kinds(give(machine, pieces[1]!, 3_000)), ['dropped timeout 1', 'dropped no-first-segment 1']);
  });

  it('beyond the limits push out the oldest of whoever holds most', () => {
    const one = make({ messagesMax: 1 });
    const [a, b] = [segments(DATA, 1, 200), segments(DATA, 2, 200)];
    give(one, a[0]!);
    assert.deepEqual(kinds(give(one, b[0]!)), ['dropped too-many-messages 1', 'held']);
    assert.deepEqual(kinds(give(one, b[1]!)), ['complete']);

    const small = make({ octetsMax: 250 });
    give(small, a[0]!);
    assert.deepEqual(kinds(give(small, b[0]!)), ['dropped too-many-octets 1', 'held']);
    const long = segments(DATA, 3, 90);
    const tight = make({ octetsMax: 150 });
    give(tight, long[0]!);
    assert.deepEqual(kinds(give(tight, long[1]!)), ['dropped too-many-octets 2']);
    assert.deepEqual(tight.held, { messages: 0, octets: 0 });
  });

  it('of a sender who fills all places leave room for others, on his link and on others', () => {
    const machine = new Reassembly<string>({ messagesMax: 10 }, (link) => link);
    const outcomes = (octets: Uint8Array, link: string): string[] => {
      const view = viewSccp(octets);
      assert.ok(view.ok);
      const segmentation = segmentationOf(view.value);
      assert.ok(segmentation.ok && segmentation.value !== undefined);
      return machine
        .receive(view.value, segmentation.value, 1, link, 0)
        .map((it) => (it.kind === 'dropped' ? `dropped ${it.reason} of ${it.segments[0]!.label}` : it.kind));
    };
    const first = (reference: number, calling: number): Uint8Array => segments(DATA, reference, 200, calling)[0]!;
    const greedy = Array.from({ length: 30 }, (_, i) => outcomes(first(i, 7), 'bad').join());
    assert.equal(greedy.filter((it) => it.startsWith('dropped too-many-messages of bad')).length, 20);
    assert.deepEqual(outcomes(first(1, 8), 'bad'), ['dropped too-many-messages of bad', 'held']);
    // Many parties on one link, one message each, count as one greedy link.
    for (let i = 20; i < 40; i++) outcomes(first(1, i), 'bad');
    const [one, two] = segments(DATA, 5, 200, 9);
    assert.deepEqual(outcomes(one!, 'good'), ['dropped too-many-messages of bad', 'held']);
    for (let i = 50; i < 90; i++) outcomes(first(1, i), 'bad');
    assert.deepEqual(outcomes(two!, 'good'), ['complete']);
    for (let i = 0; i < 30; i++) outcomes(first(100 + i, 7), 'bad');
    assert.equal(machine.held.messages, 10);
  });

  it('that are given up can go back to their sender, each that asks to', () => {
    const machine = make();
    const pieces = segments(DATA, 1, 200);
    give(machine, pieces[0]!);
    const [dropped] = machine.expire(20_000);
    assert.ok(dropped !== undefined);
    const back = returnMessage(dropped.segments[0]!.view, DROP_CAUSE[dropped.reason]);
    assert.ok(back.ok);
    assert.deepEqual([back.value[0], back.value[1], back.value[2]], [0x12, 14, 15]);
  });

  it("the caller's label comes back with each", () => {
    const machine = make();
    const pieces = segments(DATA, 1, 200);
    give(machine, pieces[0]!, 0, 1, 41);
    const [whole] = give(machine, pieces[1]!, 0, 1, 42);
    assert.ok(whole?.kind === 'complete');
    assert.deepEqual(
      whole.segments.map((it) => it.label),
      [41, 42],
    );
  });
});

describe('segmenting', () => {
  it('leaves a message alone that fits', () => {
    const cut = segmentXudt(message(Uint8Array.of(1)), 1, 200);
    assert.ok(cut.ok && cut.value.length === 1);
    const view = viewSccp(cut.value[0]!);
    assert.ok(view.ok);
    assert.deepEqual(segmentationOf(view.value), { ok: true, value: undefined });
  });

  it('says so when 16 segments do not hold the data', () => {
    const cut = segmentXudt(message(new Uint8Array(17 * 100)), 1, 100);
    assert.equal(!cut.ok && cut.error.part, 'data');
    assert.ok(segmentXudt(message(new Uint8Array(16 * 100)), 1, 100).ok);
  });
});
