/**
 * Octets as a tree of the pieces that their format has, so that a mutation can delete, repeat or exchange a field and the lengths around it
 * still agree, or be made to disagree on purpose. Trees are never changed: a mutation makes new nodes along its way down and shares the rest.
 */

/**
 * What stands before the children. `plain`: nothing. `value-length`: their octets as WSP's Value-length. `uintvar-length`: as a uintvar.
 * `uintvar-count`: how many there are. `entry`: the octets of the first child and of the second, both as uintvars.
 */
export type Frame = 'plain' | 'value-length' | 'uintvar-length' | 'uintvar-count' | 'entry';

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
  octets,
});
export const group = (kind: string, children: readonly Node[], frame: Frame = 'plain'): Group => ({
  kind,
  firm: false,
  frame,
  children,
  lies: undefined,
  octets: undefined,
});
export const firm = (node: Node): Node => ({ ...node, firm: true });

/** The same group with other children, or with other numbers before them. */
export const withChildren = ({ kind, firm, frame, lies }: Group, children: readonly Node[]): Group => ({
  kind,
  firm,
  frame,
  children,
  lies,
  octets: undefined,
});
export const withLies = ({ kind, firm, frame, children }: Group, lies: readonly (number | undefined)[]): Group => ({
  kind,
  firm,
  frame,
  children,
  lies,
  octets: undefined,
});

const uintvarOctets = (n: number): number => (n < 0x80 ? 1 : n < 0x4000 ? 2 : n < 0x20_0000 ? 3 : n < 0x1000_0000 ? 4 : 5);

const sizeOfAll = (nodes: readonly Node[]): number => {
  let size = 0;
  for (const node of nodes) size += sizeOf(node);
  return size;
};

/** The numbers that stand before the children, lies included. */
function numbersOf(node: Group): readonly number[] {
  const { children, lies } = node;
  let truth: number[];
  switch (node.frame) {
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
  }
  return lies === undefined ? truth : truth.map((n, i) => lies[i] ?? n);
}

const numberOctets = (frame: Frame, n: number): number =>
  frame === 'value-length' ? (n <= 30 ? 1 : 1 + uintvarOctets(n)) : uintvarOctets(n);

/** Octets that the tree takes. */
export function sizeOf(node: Node): number {
  if (isLeaf(node)) return node.octets.length;
  let size = sizeOfAll(node.children);
  for (const n of numbersOf(node)) size += numberOctets(node.frame, n);
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
    for (const n of numbersOf(node)) {
      if (node.frame === 'value-length') {
        if (n > 30) this.u8(31);
        if (n <= 30) this.u8(n);
        else this.uintvar(n);
      } else this.uintvar(n);
    }
    for (const child of node.children) this.put(child);
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
  if (isLeaf(node)) return node.octets.length <= octetsMax ? node : { ...node, octets: node.octets.subarray(0, octetsMax) };
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
