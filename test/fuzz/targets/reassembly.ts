/** Segments in any order, from any sender, at any time: what is held, given out and given up. */
import {
  encodeSccp,
  encodeSegmentation,
  Reassembly,
  type ReassemblyOutput,
  type SccpView,
  type Segmentation,
  segmentationOf,
  viewSccp,
} from '#codec/sccp';
import { expect, hexOf, octetsOf, type Target } from '../target.js';
import { group, leaf, type Node } from '../tree.js';
import { sccpTree } from './sccp-tree.js';

const MESSAGES_MAX = 3;
const OCTETS_MAX = 600;
const TIME_MS = 1_000;
/** What one unit of an input's first octet is. Unit: ms. */
const TICK_MS = 10;
const HEAD_OCTETS = 2;

/** A step of an input: how long after the one before, from which point code, and which message. */
interface Step {
  readonly ticks: number;
  readonly opc: number;
  readonly octets: Uint8Array;
}

/** Each step is two octets, a length of two octets, and a message; what is none ends the steps. */
function stepsOf(octets: Uint8Array): Step[] {
  const steps: Step[] = [];
  let at = 0;
  while (at + HEAD_OCTETS + 2 <= octets.length) {
    const [ticks, opc, high, low] = octets.subarray(at, at + HEAD_OCTETS + 2);
    const from = at + HEAD_OCTETS + 2;
    const to = from + high! * 0x100 + low!;
    if (to > octets.length) break;
    steps.push({ ticks: ticks!, opc: opc! & 1, octets: octets.subarray(from, to) });
    at = to;
  }
  return steps;
}

/** What the machine is held against: every segment that was given goes out once, or is held. */
class Watch {
  private readonly machine = new Reassembly<number>({ messagesMax: MESSAGES_MAX, octetsMax: OCTETS_MAX, timeMs: TIME_MS });
  private readonly given: Uint8Array[] = [];
  private readonly out = new Set<number>();
  private now = 0;

  take({ ticks, opc, octets }: Step): void {
    this.now += ticks * TICK_MS;
    // The caller's buffer is used again: what the machine holds must not be in it.
    const buffer = octets.slice();
    const view = viewSccp(buffer);
    if (!view.ok) return;
    const segmentation = segmentationOf(view.value);
    if (!segmentation.ok || segmentation.value === undefined) return;
    const label = this.given.push(octets) - 1;
    const outputs = this.machine.receive(view.value, segmentation.value, opc, label, this.now);
    expect(outputs.length >= 1, 'sccp: a segment has a fate', () => hexOf(octets));
    for (const output of outputs) this.gaveOut(output);
    buffer.fill(0xee);
    this.checkBounds();
    if (outputs.at(-1)!.kind === 'held') checkHeld(segmentation.value);
  }

  private gaveOut(output: ReassemblyOutput<number>): void {
    if (output.kind === 'held') return;
    for (const { view, label } of output.segments) {
      expect(!this.out.has(label), 'sccp: a segment is given out once', () => `${label}`);
      this.out.add(label);
      expect(hexOf(view.octets) === hexOf(this.given[label]!), 'sccp: a segment is given out as it came', () => `${label}`);
    }
    if (output.kind === 'complete')
      checkWhole(
        output.data,
        output.segments.map(({ view }) => view),
      );
  }

  private checkBounds(): void {
    const { messages, octets } = this.machine.held;
    expect(messages <= MESSAGES_MAX && octets <= OCTETS_MAX, 'sccp: no more is held than may be', () => `${messages}, ${octets}`);
    expect((messages === 0) === (this.machine.expiresAt === undefined), 'sccp: what is held has an end', () => `${messages}`);
    const due = this.machine.expiresAt ?? this.now + 1;
    expect(due > this.now && due <= this.now + TIME_MS, 'sccp: what is held ends in time', () => `${due} at ${this.now}`);
  }

  end(): void {
    for (const output of this.machine.expire(this.now + TIME_MS)) this.gaveOut(output);
    const { messages, octets } = this.machine.held;
    expect(messages === 0 && octets === 0, 'sccp: nothing is held for ever', () => `${messages}, ${octets}`);
    expect(
      this.out.size === this.given.length,
      'sccp: every segment is given out in the end',
      () => `${this.out.size} of ${this.given.length}`,
    );
  }
}

function checkHeld({ remaining }: Segmentation): void {
  expect(remaining > 0, 'sccp: a last segment is not held', () => `${remaining}`);
}

/** Segments of one message, the first one first, each with one fewer behind it. */
function checkWhole(data: Uint8Array, views: readonly SccpView[]): void {
  const read = views.map((view) => segmentationOf(view));
  const all = read.flatMap((it) => (it.ok && it.value !== undefined ? [it.value] : []));
  const said = (): string => JSON.stringify(all);
  expect(all.length === views.length && all.every((it, i) => it.first === (i === 0)), 'sccp: a whole message begins once', said);
  expect(
    all.every((it, i) => it.remaining === views.length - 1 - i),
    'sccp: a whole message has all its segments',
    said,
  );
  expect(new Set(all.map((it) => it.localReference)).size === 1, 'sccp: a whole message has one reference', said);
  expect(new Set(views.map((it) => hexOf(it.calling))).size === 1, 'sccp: a whole message has one sender', said);
  const joined = views.map((it) => hexOf(it.data)).join('');
  expect(hexOf(data) === joined, 'sccp: the data of a message are those of its segments', said);
}

const called = { routeOn: 'ssn', ssn: 8, pointCode: 5 } as const;

function segment(data: string, segmentation: Segmentation, ssn: number, isLong: boolean): Uint8Array {
  const encoded = encodeSccp({
    kind: isLong ? 'LUDT' : 'XUDT',
    protocolClass: 1,
    returnOnError: segmentation.first,
    hopCounter: 12,
    called,
    calling: { ...called, ssn },
    data: octetsOf(data),
    optional: [encodeSegmentation(segmentation)],
  });
  if (!encoded.ok) throw new Error(encoded.error.text);
  return encoded.value;
}

/** A message in so many segments. */
const segments = (count: number, localReference: number, ssn = 8, isLong = false): Uint8Array[] =>
  Array.from({ length: count }, (_, i) =>
    segment(
      `part ${i} of ${count}`,
      { first: i === 0, requestedClass: i & 1, remaining: count - 1 - i, localReference },
      ssn,
      isLong,
    ),
  );

const step = (octets: Uint8Array, ticks = 1, opc = 0): Uint8Array =>
  Uint8Array.from([ticks, opc, octets.length >> 8, octets.length & 0xff, ...octets]);

const joined = (parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((it) => [...it]));

/** Whole messages, interleaved ones, broken ones, and more at once than may be. */
function examples(): Uint8Array[] {
  const [one, two, long] = [segments(3, 1), segments(2, 2, 9), segments(4, 0xffffff, 8, true)];
  const interleaved = [one[0]!, two[0]!, one[1]!, long[0]!, two[1]!, one[2]!, long[1]!, long[2]!, long[3]!];
  return [
    joined(one.map((it) => step(it))),
    joined(interleaved.map((it) => step(it))),
    joined(interleaved.map((it, i) => step(it, 40, i & 1))),
    joined(segments(16, 7).map((it) => step(it, 0))),
    joined([1, 2, 3, 4, 5].map((it) => step(segments(2, it)[0]!))),
    joined([one[0]!, one[0]!, one[2]!, one[1]!].map((it) => step(it))),
    joined([one[0]!, one[1]!].map((it) => step(it, 99))),
    step(segments(1, 3)[0]!),
  ];
}

export const reassembly: Target = {
  name: 'sccp-reassembly',
  about: 'segments of SCCP messages, in time',
  seeds: examples,
  dictionary: [0, 1, 50, 99, 100, 101, 0x80, 0xc0, 0x8f].map((it) => Uint8Array.of(it)),
  structure(octets) {
    const nodes: Node[] = [];
    let at = 0;
    for (const one of stepsOf(octets)) {
      const head = leaf('step-head', octets.subarray(at, at + HEAD_OCTETS));
      nodes.push(group('step', [head, group('step-message', [sccpTree(one.octets)], 'word-length')]));
      at += HEAD_OCTETS + 2 + one.octets.length;
    }
    return group('steps', [...nodes, leaf('rest', octets.subarray(at))]);
  },
  run(octets) {
    const watch = new Watch();
    for (const one of stepsOf(octets)) watch.take(one);
    watch.end();
  },
};
