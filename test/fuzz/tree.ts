/**
 * Octets as a tree of the pieces that their format has, so that a mutation can delete, repeat or exchange a field and the lengths around it
 * still agree, or be made to disagree on purpose. Trees are never changed: a mutation makes new nodes along its way down and shares the rest.
 */

/**
 * What stands before the children. `plain`: nothing. `value-length`: their octets as WSP's Value-length. `uintvar-length`: as a uintvar.
 * `uintvar-count`: how many there are. `entry`: the octets of the first child and of the second, both as uintvars. `ber-length`: their octets
 * as BER writes a length. `ber-indefinite`: BER's mark of no length, and one behind them. `pointers-3`, `pointers-4`, `wide-pointers-4`: SCCP's pointers to the first children, 0 to one without octets.
 * All others are rows of FIXED.
 */
export type Frame =
  | 'plain'
  | 'value-length'
  | 'uintvar-length'
  | 'uintvar-count'
  | 'entry'
  | 'ber-length'
  | 'ber-indefinite'
  | PointerFrame
  | FixedFrame;

type PointerFrame = 'pointers-3' | 'pointers-4' | 'wide-pointers-4';
type FixedFrame = keyof typeof FIXED;

interface FixedLength {
  /** Octets of the number. */
  readonly octets: 1 | 2 | 4;
  /** What the number counts besides the children. */
  readonly more: number;
  /** The lowest octet first. */
  readonly little?: true;
  /** How often the number stands there. */
  readonly copies?: 2;
  /** Octets to a multiple of which zeros behind the children fill up, not counted by the number unless `counted`. */
  readonly aligned?: 4;
  readonly counted?: true;
  /** The number stands behind the children as well. */
  readonly again?: true;
}

/** Lengths of a fixed number of octets. */
const FIXED = {
  /** SCCP's parameters, the parts of a short message. */
  'octet-length': { octets: 1, more: 0 },
  /** Data of LUDT. */
  'little-length': { octets: 2, more: 0, little: true },
  /** Values of an ID_RESP, and whatever else counts what follows. */
  'word-length': { octets: 2, more: 0 },
  /** The common header of M3UA and M2PA: four octets stand before it. */
  'message-length': { octets: 4, more: 8 },
  /** A parameter of M3UA, a chunk of SCTP: a tag or type stands before it. */
  'parameter-length': { octets: 2, more: 4, aligned: 4 },
  /** The first child is the octet that names the protocol. */
  'ipa-length': { octets: 2, more: -1 },
  /** IPv4: two octets before it. */
  'ip-length': { octets: 2, more: 4 },
  /** A packet of a capture: what was captured, and what it was. */
  'packet-length': { octets: 4, more: 0, little: true, copies: 2 },
  'packet-length-big': { octets: 4, more: 0, copies: 2 },
  /** A block of a pcapng file: its type before it, the same length at its end. */
  'block-length': { octets: 4, more: 12, little: true, aligned: 4, counted: true, again: true },
} as const satisfies Readonly<Record<string, FixedLength>>;

const fixedOf = (frame: FixedFrame): FixedLength => FIXED[frame];
const padding = ({ aligned }: FixedLength, size: number): number =>
  aligned === undefined ? 0 : (aligned - (size % aligned)) % aligned;

/** How far each pointer leads, counted from its own last octet. ITU-T Q.713 2.3. */
function distances(frame: PointerFrame, children: readonly Node[]): number[] {
  const count = frame === 'pointers-3' ? 3 : 4;
  const step = frame === 'wide-pointers-4' ? 2 : 1;
  const found: number[] = [];
  let at = count * step;
  for (let i = 0; i < count; i++) {
    const size = children[i]?.size ?? 0;
    found.push(size === 0 ? 0 : at - i * step - (step - 1));
    at += size;
  }
  return found;
}

/** Leaves and groups have the same properties in the same order: a fuzzer spends much of its time on asking which is which. */
interface Shape {
  /** Pieces of one kind may take each other's places, whatever input they come from. */
  readonly kind: string;
  /** Mutations pass it by as a rule: what stands here decides whether anything else is read at all. */
  readonly firm: boolean;
  readonly frame: Frame;
  readonly children: readonly Node[];
  /** Numbers that are written instead of the true ones, in the order of the frame; undefined: the true one. */
  readonly lies: readonly (number | undefined)[] | undefined;
  /** Octets that the piece takes, known from the start: asked at every depth, it would otherwise be counted anew at every depth. */
  readonly size: number;
}

/** A piece without inner structure. */
export interface Leaf extends Shape {
  readonly octets: Uint8Array;
}

export interface Group extends Shape {
  readonly octets: undefined;
}

export type Node = Leaf | Group;

const NONE: readonly Node[] = [];

export const isLeaf = (node: Node): node is Leaf => node.octets !== undefined;
export const leaf = (kind: string, octets: Uint8Array): Leaf => ({
  kind,
  firm: false,
  frame: 'plain',
  children: NONE,
  lies: undefined,
  size: octets.length,
  octets,
});
export const group = (kind: string, children: readonly Node[], frame: Frame = 'plain'): Group =>
  made(kind, false, frame, children, undefined);

const made = (kind: string, firm: boolean, frame: Frame, children: readonly Node[], lies: Shape['lies']): Group => ({
  kind,
  firm,
  frame,
  children,
  lies,
  size: sizeIn(frame, children, lies),
  octets: undefined,
});

export const firm = (node: Node): Node => ({ ...node, firm: true });

/** Numbers that a frame writes, at most. */
export const numbersMax = (frame: Frame): number => (frame.includes('pointers') ? 4 : 2);

/** The same group with other children, or with other numbers before them. */
export const withChildren = ({ kind, firm, frame, lies }: Group, children: readonly Node[]): Group =>
  made(kind, firm, frame, children, lies);
export const withLies = ({ kind, firm, frame, children }: Group, lies: readonly (number | undefined)[]): Group =>
  made(kind, firm, frame, children, lies);

const uintvarOctets = (n: number): number => (n < 0x80 ? 1 : n < 0x4000 ? 2 : n < 0x20_0000 ? 3 : n < 0x1000_0000 ? 4 : 5);

const sizeOfAll = (nodes: readonly Node[]): number => {
  let size = 0;
  for (const node of nodes) size += node.size;
  return size;
};

/** The numbers that stand before the children, lies included. */
function numbersOf({ frame, children, lies }: Pick<Shape, 'frame' | 'children' | 'lies'>): readonly number[] {
  let truth: number[];
  switch (frame) {
    case 'plain':
      return [];
    case 'value-length':
    case 'uintvar-length':
      truth = [sizeOfAll(children)];
      break;
    case 'uintvar-count':
      truth = [children.length];
      break;
    case 'entry':
      truth = [sizeOfAll(children.slice(0, 1)), sizeOfAll(children.slice(1))];
      break;
    case 'ber-length':
      truth = [sizeOfAll(children)];
      break;
    case 'ber-indefinite':
      truth = [BER_INDEFINITE];
      break;
    case 'pointers-3':
    case 'pointers-4':
    case 'wide-pointers-4':
      truth = distances(frame, children);
      break;
    default:
      truth = fixedNumbers(fixedOf(frame), sizeOfAll(children));
  }
  return lies === undefined ? truth : truth.map((n, i) => lies[i] ?? n);
}

function fixedNumbers(row: FixedLength, size: number): number[] {
  const number = Math.max(0, row.more + size + (row.counted ? padding(row, size) : 0));
  return row.copies === undefined ? [number] : [number, number];
}

const BER_INDEFINITE = 0x80;
const BER_END_OCTETS = 2;
const berOctets = (n: number): number => (n < 0x80 ? 1 : n < 0x100 ? 2 : n < 0x1_0000 ? 3 : n < 0x100_0000 ? 4 : 5);

function numberOctets(frame: Frame, n: number): number {
  switch (frame) {
    case 'value-length':
      return n <= 30 ? 1 : 1 + uintvarOctets(n);
    case 'plain':
    case 'uintvar-length':
    case 'uintvar-count':
    case 'entry':
      return uintvarOctets(n);
    case 'ber-length':
      return berOctets(n);
    case 'ber-indefinite':
    case 'pointers-3':
    case 'pointers-4':
      return 1;
    case 'wide-pointers-4':
      return 2;
    default:
      return fixedOf(frame).octets;
  }
}

/** What stands behind the children: padding, a length that is there twice, BER's end-of-contents. */
function tailOctets(frame: Frame, size: number): number {
  if (frame === 'ber-indefinite') return BER_END_OCTETS;
  if (!(frame in FIXED)) return 0;
  const row = fixedOf(frame as FixedFrame);
  return padding(row, size) + (row.again ? row.octets : 0);
}

function sizeIn(frame: Frame, children: readonly Node[], lies: Shape['lies']): number {
  const inner = sizeOfAll(children);
  if (frame === 'plain') return inner;
  let size = inner + tailOctets(frame, inner);
  for (const n of numbersOf({ frame, children, lies })) size += numberOctets(frame, n);
  return size;
}

/** Writes trees into one buffer, again and again. What does not fit is cut off at the end. */
export class TreeWriter {
  private readonly buffer: Uint8Array;
  private used = 0;

  constructor(octetsMax: number) {
    this.buffer = new Uint8Array(octetsMax);
  }

  /** The tree's octets, valid until the next call. */
  write(tree: Node): Uint8Array {
    this.used = 0;
    this.put(tree);
    return this.buffer.subarray(0, this.used);
  }

  private put(node: Node): void {
    if (isLeaf(node)) {
      const room = this.buffer.length - this.used;
      const octets = node.octets.length <= room ? node.octets : node.octets.subarray(0, room);
      this.buffer.set(octets, this.used);
      this.used += octets.length;
      return;
    }
    const numbers = numbersOf(node);
    for (const n of numbers) this.number(node.frame, n);
    for (const child of node.children) this.put(child);
    if (node.frame === 'plain') return;
    if (node.frame === 'ber-indefinite') this.integer(0, BER_END_OCTETS, false);
    if (!(node.frame in FIXED)) return;
    const row = fixedOf(node.frame as FixedFrame);
    for (let left = padding(row, sizeOfAll(node.children)); left > 0; left--) this.u8(0);
    if (row.again) this.integer(numbers[0]!, row.octets, row.little === true);
  }

  private number(frame: Frame, n: number): void {
    switch (frame) {
      case 'value-length':
        if (n > 30) this.u8(31);
        if (n <= 30) this.u8(n);
        else this.uintvar(n);
        return;
      case 'plain':
      case 'uintvar-length':
      case 'uintvar-count':
      case 'entry':
        this.uintvar(n);
        return;
      case 'ber-length': {
        const octets = berOctets(n);
        if (octets > 1) this.u8(0x7f + octets);
        this.integer(n, Math.max(1, octets - 1), false);
        return;
      }
      case 'ber-indefinite':
      case 'pointers-3':
      case 'pointers-4':
        this.u8(n);
        return;
      case 'wide-pointers-4':
        this.integer(n, 2, true);
        return;
      default: {
        const row = fixedOf(frame);
        this.integer(n, row.octets, row.little === true);
      }
    }
  }

  private integer(n: number, octets: number, little: boolean): void {
    for (let i = 0; i < octets; i++) this.u8(Math.floor(n / 0x100 ** (little ? i : octets - 1 - i)) & 0xff);
  }

  private u8(octet: number): void {
    if (this.used < this.buffer.length) this.buffer[this.used++] = octet;
  }

  private uintvar(n: number): void {
    for (let i = uintvarOctets(n) - 1; i >= 0; i--) this.u8((Math.floor(n / 2 ** (7 * i)) & 0x7f) | (i > 0 ? 0x80 : 0));
  }
}

/** The same tree with every leaf cut to so many octets: bodies are shortened, and the lengths around them follow. */
export function cutLeaves(node: Node, octetsMax: number): Node {
  if (isLeaf(node))
    return node.octets.length <= octetsMax ? node : { ...node, octets: node.octets.subarray(0, octetsMax), size: octetsMax };
  return withChildren(
    node,
    node.children.map((child) => cutLeaves(child, octetsMax)),
  );
}

/** Every node of the tree, itself first. */
export function* nodesOf(node: Node): Generator<Node> {
  yield node;
  if (!isLeaf(node)) for (const child of node.children) yield* nodesOf(child);
}
