/** Makes an input from another one: by its pieces first, then, now and then, by its octets alone. */
import type { Random } from './random.js';
import { type Group, isLeaf, type Leaf, leaf, type Node, nodesOf, numbersMax, withChildren, withLies } from './tree.js';

/** Where lengths, tokens and texts change their meaning in the WSP family. */
const EDGE_OCTETS = [0x00, 0x01, 0x02, 0x1e, 0x1f, 0x20, 0x22, 0x2f, 0x7f, 0x80, 0x81, 0x82, 0x83, 0x84, 0xea, 0xfe, 0xff];
const EDGE_NUMBERS = [
  0,
  1,
  2,
  3,
  29,
  30,
  31,
  32,
  127,
  128,
  255,
  256,
  1023,
  1024,
  1025,
  4096,
  8192,
  65_536,
  2 ** 28,
  2 ** 31,
  2 ** 32 - 1,
];
const RUN_LENGTHS = [2, 3, 7, 16, 30, 31, 32, 63, 64, 65, 127, 128, 255, 256, 513, 1024];
/** Nodes kept for one kind. */
const POOL_KIND_MAX = 512;
/** A firm piece is changed so many times less often than others. */
const FIRMNESS = 8;
/** Changes of one input, at most; each further one is half as likely. */
const CHANGES_MAX = 6;

export class Mutator {
  private readonly random: Random;
  private readonly dictionary: readonly Uint8Array[];
  private readonly pool = new Map<string, Node[]>();
  private readonly kinds: string[] = [];
  private readonly octetsMax: number;

  constructor(random: Random, dictionary: readonly Uint8Array[], octetsMax: number) {
    this.random = random;
    this.dictionary = dictionary;
    this.octetsMax = octetsMax;
  }

  /** The tree's nodes may from now on stand in other inputs. */
  learn(tree: Node): void {
    for (const node of nodesOf(tree)) {
      let nodes = this.pool.get(node.kind);
      if (nodes === undefined) {
        this.pool.set(node.kind, (nodes = []));
        this.kinds.push(node.kind);
      }
      if (nodes.length < POOL_KIND_MAX) nodes.push(node);
      else nodes[this.random.below(POOL_KIND_MAX)] = node;
    }
  }

  /** Another tree, one to a few changes away. */
  tree(parent: Node): Node {
    let node = parent;
    for (let i = 0; i < CHANGES_MAX; i++) {
      node = this.change(node);
      if (this.random.once(2)) break;
    }
    return node;
  }

  /** Octets changed without regard to their structure; the same array when chance leaves them alone. */
  octets(octets: Uint8Array): Uint8Array {
    if (!this.random.once(5)) return octets;
    const changed = this.changeOctets(octets);
    return changed.length <= this.octetsMax ? changed : changed.subarray(0, this.octetsMax);
  }

  private change(node: Node): Node {
    if (isLeaf(node)) return this.changeLeaf(node);
    if (node.children.length === 0 || this.random.once(3)) return this.changeGroup(node);
    const at = this.place(node.children);
    return withChildren(node, node.children.with(at, this.change(node.children[at]!)));
  }

  /** One of the children, seldom a firm one; 0 when there are none. */
  private place(children: readonly Node[]): number {
    if (children.length === 0) return 0;
    const at = this.random.below(children.length);
    return children[at]!.firm && !this.random.once(FIRMNESS) ? this.random.below(children.length) : at;
  }

  private changeGroup(node: Group): Node {
    const { children } = node;
    const at = this.place(children);
    const child = children[at];
    switch (this.random.below(8)) {
      case 0:
        return withChildren(node, children.toSpliced(at, 1));
      case 1: {
        if (child === undefined) break;
        const copies = this.random.once(8) ? this.random.pick(RUN_LENGTHS) : 1;
        const insertAt = this.place(children);
        return withChildren(node, children.toSpliced(insertAt, 0, ...new Array<Node>(copies).fill(child)));
      }
      case 2: {
        if (child === undefined) break;
        const other = this.random.below(children.length);
        return withChildren(node, children.with(at, children[other]!).with(other, child));
      }
      case 3:
        if (child !== undefined) return withChildren(node, children.with(at, this.relative(child.kind) ?? child));
        break;
      case 4:
        if (child !== undefined) return withChildren(node, children.toSpliced(at, 0, this.relative(child.kind) ?? child));
        break;
      case 5:
        return withChildren(node, children.toSpliced(at, 0, this.relative(this.random.pick(this.kinds))!));
      case 6:
        if (child !== undefined) return withChildren(node, children.with(at, this.relative(this.random.pick(this.kinds))!));
        break;
    }
    return node.frame === 'plain' ? (this.relative(node.kind) ?? node) : this.lie(node);
  }

  /** A wrong length or count: near the truth as a rule. */
  private lie(node: Group): Group {
    const { random } = this;
    const near = node.children.length + random.below(5) - 2;
    const number = random.once(2) ? random.pick(EDGE_NUMBERS) : random.once(2) ? Math.max(0, near) : random.below(300);
    if (random.once(2)) return withLies(node, [number]);
    const at = numbersMax(node.frame) > 2 ? random.below(numbersMax(node.frame)) : 1;
    return withLies(node, [...new Array<undefined>(at), number]);
  }

  private relative(kind: string): Node | undefined {
    const nodes = this.pool.get(kind);
    return nodes && this.random.pick(nodes);
  }

  private changeLeaf(node: Leaf): Node {
    if (this.random.once(6)) return this.relative(node.kind) ?? node;
    if (this.random.once(6)) return leaf(node.kind, this.token());
    return leaf(node.kind, this.changeOctets(node.octets));
  }

  private token(): Uint8Array {
    const { random } = this;
    if (this.dictionary.length > 0 && !random.once(4)) return random.pick(this.dictionary);
    return Uint8Array.of(random.once(2) ? random.pick(EDGE_OCTETS) : random.below(256));
  }

  private changeOctets(octets: Uint8Array): Uint8Array {
    const { random } = this;
    const { length } = octets;
    if (length === 0) return this.token();
    const at = random.below(length);
    switch (random.below(8)) {
      case 0: {
        const changed = octets.slice();
        changed[at] = changed[at]! ^ (1 << random.below(8));
        return changed;
      }
      case 1: {
        const changed = octets.slice();
        changed[at] = random.once(2) ? random.pick(EDGE_OCTETS) : random.below(256);
        return changed;
      }
      case 2: {
        const changed = octets.slice();
        changed[at] = changed[at]! + random.below(9) - 4;
        return changed;
      }
      case 3:
        return splice(octets, at, 0, this.token());
      case 4: {
        const token = this.token();
        return splice(octets, at, token.length, token);
      }
      case 5:
        return splice(octets, at, 1 + random.below(Math.min(length - at, 16)), NOTHING);
      case 6: {
        const piece = octets.subarray(at, at + 1 + random.below(Math.min(length - at, 8)));
        return splice(octets, at, 0, repeated(piece, random.pick(RUN_LENGTHS)));
      }
      default:
        return octets.slice(0, at);
    }
  }
}

const NOTHING = new Uint8Array(0);

function splice(octets: Uint8Array, at: number, removed: number, inserted: Uint8Array): Uint8Array {
  const after = Math.min(octets.length, at + removed);
  const changed = new Uint8Array(at + inserted.length + octets.length - after);
  changed.set(octets.subarray(0, at));
  changed.set(inserted, at);
  changed.set(octets.subarray(after), at + inserted.length);
  return changed;
}

function repeated(piece: Uint8Array, times: number): Uint8Array {
  const octets = new Uint8Array(piece.length * times);
  for (let i = 0; i < times; i++) octets.set(piece, i * piece.length);
  return octets;
}
