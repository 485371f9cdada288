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

/** Numbers of one node. They stand together, its children behind them, so that a level of the tree costs one or two lines of cache. */
const NODE = {
  /** Digits on the edge to it, and CHILDREN when it has any. */
  labelLength: 0,
  /** The first eight of these digits, the first one lowest. */
  label: 1,
  /** Where those after them stand in `labels`. */
  moreLabel: 2,
  prefixEntry: 3,
  exactEntry: 4,
  /** Sixteen, by digit: nodes, or NOTHING. */
  children: 5,
} as const;
/** Of a node without children. */
const NODE_NUMBERS = 5;
const CHILDREN = 0x100;
const LENGTH_MASK = 0xff;
const LABEL_DIGITS = 8;

export class DigitsTree {
  private readonly nodes: Int32Array;
  private readonly labels: Uint8Array;

  /** Keys have at most 255 digits. */
  constructor(keys: readonly TreeKey[]) {
    const sorted = [...keys].sort((a, b) => (a.digits < b.digits ? -1 : a.digits > b.digits ? 1 : a.entry - b.entry));
    const builder = new Builder(sorted);
    builder.node(0, sorted.length, 0);
    this.nodes = builder.nodes.done();
    this.labels = Uint8Array.from(builder.labels.done());
  }

  /** Octets that the tree takes. */
  get octets(): number {
    return this.nodes.byteLength + this.labels.byteLength;
  }

  /**
   * The entry for an address: an exact one, else that of the longest prefix, else NOTHING. The digits are the `count` nibbles from octet `from`
   * on, the low one of each octet first. `exactOnly`: prefixes do not count.
   */
  find(octets: Uint8Array, from: number, count: number, exactOnly = false): number {
    const { nodes } = this;
    let best = NOTHING;
    let node = 0;
    let at = 0;
    for (;;) {
      const head = nodes[node]!;
      const length = head & LENGTH_MASK;
      if (at + length > count) return best;
      const inNode = length < LABEL_DIGITS ? length : LABEL_DIGITS;
      for (let label = nodes[node + NODE.label]!, end = at + inNode; at < end; at++, label >>>= 4)
        if ((label & 0x0f) !== ((octets[from + (at >>> 1)]! >>> ((at & 1) << 2)) & 0x0f)) return best;
      if (length > LABEL_DIGITS) {
        if (!this.hasMore(nodes[node + NODE.moreLabel]!, length - LABEL_DIGITS, octets, from, at)) return best;
        at += length - LABEL_DIGITS;
      }
      const prefix = nodes[node + NODE.prefixEntry]!;
      if (prefix !== NOTHING && !exactOnly) best = prefix;
      if (at === count) {
        const exact = nodes[node + NODE.exactEntry]!;
        return exact !== NOTHING ? exact : best;
      }
      if ((head & CHILDREN) === 0) return best;
      node = nodes[node + NODE.children + ((octets[from + (at >>> 1)]! >>> ((at & 1) << 2)) & 0x0f)]!;
      if (node === NOTHING) return best;
    }
  }

  /** Whether the address goes on as the label from `more` on does. */
  private hasMore(more: number, length: number, octets: Uint8Array, from: number, at: number): boolean {
    for (let i = 0; i < length; i++, at++)
      if (this.labels[more + i] !== ((octets[from + (at >>> 1)]! >>> ((at & 1) << 2)) & 0x0f)) return false;
    return true;
  }
}

/** Makes nodes of sorted keys, parents before children. Recursion is as deep as a key has digits. */
class Builder {
  readonly nodes: Numbers;
  readonly labels: Numbers;
  private readonly keys: readonly TreeKey[];

  constructor(keys: readonly TreeKey[]) {
    this.keys = keys;
    this.nodes = new Numbers(keys.length * NODE_NUMBERS);
    this.labels = new Numbers(keys.length);
  }

  /** The node of keys `from` to `to`, which agree in their first `depth` digits. */
  node(from: number, to: number, depth: number): number {
    const shared = from === to ? depth : this.sharedLength(from, to, depth);
    const hasChildren = from < to && this.keys[to - 1]!.digits.length > shared;
    const node = this.nodes.push((shared - depth) | (hasChildren ? CHILDREN : 0));
    this.label(from, depth, shared);
    for (let i = NODE.prefixEntry; i < NODE_NUMBERS + (hasChildren ? FAN_OUT : 0); i++) this.nodes.push(NOTHING);
    let next = from;
    for (; next < to && this.keys[next]!.digits.length === shared; next++) {
      const key = this.keys[next]!;
      const place = node + (key.exact ? NODE.exactEntry : NODE.prefixEntry);
      if (this.nodes.values[place] === NOTHING) this.nodes.values[place] = key.entry;
    }
    if (hasChildren) this.branch(node, next, to, shared);
    return node;
  }

  private label(key: number, from: number, to: number): void {
    let packed = 0;
    for (let i = from; i < Math.min(to, from + LABEL_DIGITS); i++)
      packed |= nibble(this.keys[key]!.digits, i) << (4 * (i - from));
    this.nodes.push(packed);
    this.nodes.push(this.labels.length);
    for (let i = from + LABEL_DIGITS; i < to; i++) this.labels.push(nibble(this.keys[key]!.digits, i));
  }

  private branch(node: number, from: number, to: number, depth: number): void {
    for (let first = from; first < to; ) {
      const digit = nibble(this.keys[first]!.digits, depth);
      let end = first + 1;
      while (end < to && nibble(this.keys[end]!.digits, depth) === digit) end++;
      // Before its place is named: the nodes may have moved to a larger array meanwhile.
      const child = this.node(first, end, depth);
      this.nodes.values[node + NODE.children + digit] = child;
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
