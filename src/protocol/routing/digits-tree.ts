/**
 * Entries by their digits: a radix tree in flat arrays. A node holds the digits that lead to it from its parent, the entry for addresses
 * that begin with what leads to it, and the entry for the address that is just that. There are at most twice as many nodes as keys, so that
 * a hundred thousand whole numbers take a few megabytes.
 */

/** Digits are nibbles, 0..15. */
const FAN_OUT = 16;

/** One key. `entry`: 0 or more; of keys that are the same the first counts. */
export interface TreeKey {
  readonly digits: string;
  readonly exact: boolean;
  readonly entry: number;
}

/** Where a search ends. */
export const NOTHING = -1;

const nibble = (digits: string, at: number): number => {
  const code = digits.charCodeAt(at);
  return code <= 0x39 ? code - 0x30 : code - 0x57;
};

/** Numbers that grow while a tree is built. */
class Numbers {
  values: Int32Array;
  length = 0;

  constructor(capacity: number) {
    this.values = new Int32Array(Math.max(capacity, FAN_OUT));
  }

  push(value: number): number {
    if (this.length === this.values.length) {
      const larger = new Int32Array(this.values.length * 2);
      larger.set(this.values);
      this.values = larger;
    }
    this.values[this.length] = value;
    return this.length++;
  }

  done(): Int32Array {
    return this.values.slice(0, this.length);
  }
}

/** Numbers of one node, which stand together: a search meets each node once. */
const NODE = {
  /** Digits on the edge to it: where in `labels`, and how many. */
  labelFrom: 0,
  labelLength: 1,
  prefixEntry: 2,
  exactEntry: 3,
  /** First of its sixteen places in `children`; NOTHING for a leaf. */
  childrenFrom: 4,
} as const;
const NODE_NUMBERS = 5;

export class DigitsTree {
  private readonly nodes: Int32Array;
  private readonly children: Int32Array;
  private readonly labels: Uint8Array;

  constructor(keys: readonly TreeKey[]) {
    const sorted = [...keys].sort((a, b) => (a.digits < b.digits ? -1 : a.digits > b.digits ? 1 : a.entry - b.entry));
    const builder = new Builder(sorted);
    builder.node(0, sorted.length, 0);
    this.nodes = builder.nodes.done();
    this.children = builder.children.done();
    this.labels = Uint8Array.from(builder.labels.done());
  }

  /** Octets that the tree takes. */
  get octets(): number {
    return this.nodes.byteLength + this.children.byteLength + this.labels.byteLength;
  }

  /**
   * The entry for an address: an exact one, else that of the longest prefix, else NOTHING. The digits are the `count` nibbles from octet `from`
   * on, the low one of each octet first.
   */
  find(octets: Uint8Array, from: number, count: number): number {
    const { nodes, labels, children } = this;
    let best = NOTHING;
    let node = 0;
    let at = 0;
    for (;;) {
      const length = nodes[node + NODE.labelLength]!;
      if (at + length > count) return best;
      for (let i = 0, label = nodes[node + NODE.labelFrom]!; i < length; i++, at++)
        if (labels[label + i] !== ((octets[from + (at >>> 1)]! >>> ((at & 1) << 2)) & 0x0f)) return best;
      const prefix = nodes[node + NODE.prefixEntry]!;
      if (prefix !== NOTHING) best = prefix;
      if (at === count) {
        const exact = nodes[node + NODE.exactEntry]!;
        return exact !== NOTHING ? exact : best;
      }
      const block = nodes[node + NODE.childrenFrom]!;
      if (block === NOTHING) return best;
      node = children[block + ((octets[from + (at >>> 1)]! >>> ((at & 1) << 2)) & 0x0f)]!;
      if (node === NOTHING) return best;
    }
  }
}

/** Makes nodes of sorted keys, parents before children. Recursion is as deep as a key has digits. */
class Builder {
  readonly nodes: Numbers;
  readonly children: Numbers;
  readonly labels: Numbers;
  private readonly keys: readonly TreeKey[];

  constructor(keys: readonly TreeKey[]) {
    this.keys = keys;
    this.nodes = new Numbers(keys.length * NODE_NUMBERS);
    this.children = new Numbers(keys.length);
    this.labels = new Numbers(keys.length);
  }

  /** The node of keys `from` to `to`, which agree in their first `depth` digits. */
  node(from: number, to: number, depth: number): number {
    const shared = from === to ? depth : this.sharedLength(from, to, depth);
    const node = this.nodes.push(this.labels.length);
    for (let i = depth; i < shared; i++) this.labels.push(nibble(this.keys[from]!.digits, i));
    this.nodes.push(shared - depth);
    for (let i = NODE.prefixEntry; i < NODE_NUMBERS; i++) this.nodes.push(NOTHING);
    let next = from;
    for (; next < to && this.keys[next]!.digits.length === shared; next++) {
      const key = this.keys[next]!;
      const place = node + (key.exact ? NODE.exactEntry : NODE.prefixEntry);
      if (this.nodes.values[place] === NOTHING) this.nodes.values[place] = key.entry;
    }
    if (next < to) this.branch(node, next, to, shared);
    return node;
  }

  private branch(node: number, from: number, to: number, depth: number): void {
    const block = this.children.length;
    for (let i = 0; i < FAN_OUT; i++) this.children.push(NOTHING);
    this.nodes.values[node + NODE.childrenFrom] = block;
    for (let first = from; first < to; ) {
      const digit = nibble(this.keys[first]!.digits, depth);
      let end = first + 1;
      while (end < to && nibble(this.keys[end]!.digits, depth) === digit) end++;
      // Before its place is named: the children may have moved to a larger array meanwhile.
      const child = this.node(first, end, depth);
      this.children.values[block + digit] = child;
      first = end;
    }
  }

  /** How many digits all these keys agree in: the first and the last do, as they are sorted. */
  private sharedLength(from: number, to: number, depth: number): number {
    const first = this.keys[from]!.digits;
    const last = this.keys[to - 1]!.digits;
    let length = depth;
    while (length < first.length && length < last.length && first[length] === last[length]) length++;
    return length;
  }
}
