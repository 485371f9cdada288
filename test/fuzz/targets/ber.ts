/** BER elements: every element stays in its window, and is written as itself. */
import { Malformed } from '#base';
import {
  type BerNode,
  BerReader,
  constructed,
  encodeBer,
  integerOctets,
  isConstructed,
  oidOctets,
  primitive,
  readBoolean,
  readInteger,
  readNull,
  readOctets,
  readOid,
} from '#codec/ber';
import { FUZZ_LIMITS } from '../limits.js';
import { expect, hexOf, type Target } from '../target.js';
import { TreeWriter } from '../tree.js';
import { berTree, withoutLengths } from './ber-tree.js';
import { checkSame } from './checks.js';
import { hex, mapVectors, tcapOctets } from './ss7-corpus.js';

/** Reads; Malformed is an answer, any other throw passes. */
function readOr<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (e) {
    if (e instanceof Malformed) return undefined;
    throw e;
  }
}

/** What one element says, each as its own type would have it. */
function checkValues(r: BerReader, isSegment: boolean): void {
  const said = (): string => hexOf(r.element());
  const integer = readOr(() => readInteger(r));
  if (integer !== undefined) checkContent('integer', integer, integerOctets(integer), readInteger);
  const oid = readOr(() => readOid(r));
  // No form of an object identifier is longer than it needs to be, so that its octets come back.
  if (oid !== undefined) checkSame('ber: an object identifier is written as it came', oidOctets(oid), r.content(), r.element());
  // A segment has been read with its string: reading it again at every depth would only cost time.
  const octets = isSegment ? undefined : readOr(() => readOctets(r));
  if (octets !== undefined) {
    expect(octets.length <= r.contentLength, 'ber: a string is no longer than its element', said);
    if (!isConstructed(r.tag)) expect(octets.buffer === r.bytes.buffer, 'ber: a string in one piece is a view', said);
  }
  readOr(() => readBoolean(r));
  readOr(() => readNull(r));
}

function checkContent<T>(name: string, value: T, content: Uint8Array, read: (r: BerReader) => T): void {
  const element = encodeBer(primitive(0x04, content));
  const r = new BerReader(element);
  r.next();
  expect(Object.is(read(r), value), `ber: an ${name} is read back as it was`, () => `${value} as ${hexOf(content)}`);
}

const CONSTRUCTED_STRING = 0x24;

/** The elements of a window as nodes; what cannot be read ends it and is left out. */
function nodesOf(r: BerReader, isSegment = false): BerNode[] {
  const nodes: BerNode[] = [];
  while (readOr(() => r.next()) === true) {
    const { start, contentStart, contentEnd, offset, end, tag } = r;
    const inOrder = start < contentStart && contentStart <= contentEnd && contentEnd <= offset && offset <= end;
    expect(inOrder, 'ber: an element stays within its window', () => `${start} ${contentStart} ${contentEnd} ${offset} ${end}`);
    checkValues(r, isSegment);
    const inner = isConstructed(tag) ? readOr(() => r.inner()) : undefined;
    nodes.push(inner === undefined ? primitive(tag, r.content()) : constructed(tag, nodesOf(inner, tag === CONSTRUCTED_STRING)));
  }
  return nodes;
}

/** Elements as text, lengths left out. */
function shapeOf(node: BerNode): string {
  const { content } = node;
  return `${node.tag?.toString(16)}${content instanceof Uint8Array ? `=${hexOf(content)}` : `{${content.map(shapeOf).join(' ')}}`}`;
}

export const ber: Target = {
  name: 'ber',
  about: 'BER elements and the types that signalling uses',
  // Every element of an input is read as every type, and refused by most.
  slowMs: 250,
  // All of them are made into nodes and texts, twice.
  growthOctetsMax: 16_777_216,
  seeds: () => {
    const octets = [...tcapOctets(), ...mapVectors()];
    const w = new TreeWriter(FUZZ_LIMITS.inputOctetsMax);
    return [...octets, ...octets.map((it) => w.write(withoutLengths(berTree(it))).slice()), ...deep()];
  },
  dictionary: [
    ...[
      '0000',
      '80',
      '8100',
      '820000',
      '84ffffffff',
      '86ffffffffffff',
      '88000000000000000001',
      'ff',
      '8000',
      '3080',
      '2480',
      '1f1f00',
    ],
    ...[
      '9f8101',
      'bfff7f',
      '1fffffffff7f',
      '0201ff',
      '0207ffffffffffffff',
      '020880000000000000',
      '0600',
      '06028001',
      '0609ffffffffffffffff7f',
      '0500',
      '0101ff',
    ],
  ].map(hex),
  structure: (octets) => berTree(octets),
  run(octets) {
    for (const node of nodesOf(new BerReader(octets))) {
      const written = encodeBer(node);
      expect(written.length === node.length, 'ber: an element is as long as was said', () => hexOf(written));
      const again = nodesOf(new BerReader(written));
      const [shape, other] = [shapeOf(node), again.map(shapeOf).join()];
      expect(shape === other, 'ber: an element is read back as it was', () => `${shape}: ${other}`);
    }
  },
};

/** Elements in elements, around the depth that is read, of both kinds of length. */
const deep = (): Uint8Array[] =>
  [30, 31, 32, 33, 34].flatMap((depth) => {
    let node: BerNode = primitive(0x02, Uint8Array.of(1));
    for (let i = 0; i < depth; i++) node = constructed(0x30, [node]);
    return [encodeBer(node), hex(`${'3080'.repeat(depth)}020101${'0000'.repeat(depth)}`)];
  });
