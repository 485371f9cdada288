/** BER in pieces: identifier, length, content; elements inside elements where the identifier says so. */
import { Malformed } from '#base';
import { BerReader, isConstructed } from '#codec/ber';
import { group, leaf, type Node } from '../tree.js';

/** Elements as deep as this are one piece. */
const DEPTH_MAX = 40;

/** Contents of a primitive element, by its identifier. */
export type ContentTree = (tag: number, octets: Uint8Array) => Node;

const plain: ContentTree = (tag, octets) => leaf(`value-${tag.toString(16)}`, octets);

/** The elements of octets; what is none is a leaf at the end. */
export const berTree = (octets: Uint8Array, content: ContentTree = plain): Node =>
  group('elements', elementsOf(new BerReader(octets), content));

function elementsOf(r: BerReader, content: ContentTree): Node[] {
  const nodes: Node[] = [];
  let done = r.offset;
  try {
    while (r.next()) {
      nodes.push(elementTree(r, content));
      done = r.offset;
    }
  } catch (e) {
    if (!(e instanceof Malformed)) throw e;
    nodes.push(leaf('rest', r.bytes.subarray(done, r.end)));
  }
  return nodes;
}

function elementTree(r: BerReader, content: ContentTree): Node {
  const { bytes, tag, start, contentStart, contentEnd, offset } = r;
  const name = tag.toString(16);
  const identifier = leaf('identifier', bytes.subarray(start, start + Math.max(1, Math.ceil(name.length / 2))));
  if (!isConstructed(tag) || r.depth >= DEPTH_MAX)
    return group(`element-${name}`, [
      identifier,
      group(`content-${name}`, [content(tag, bytes.subarray(contentStart, contentEnd))], 'ber-length'),
    ]);
  // A reader of its own: that of the codec ends at its own depth.
  const inner = elementsOf(new BerReader(bytes, contentStart, contentEnd), content);
  const frame = offset > contentEnd ? 'ber-indefinite' : 'ber-length';
  return group(`element-${name}`, [identifier, group(`content-${name}`, inner, frame)]);
}

/** The same elements, those that may with an indefinite length. */
export function withoutLengths(node: Node): Node {
  if (node.octets !== undefined) return node;
  const children = node.children.map(withoutLengths);
  const isSet = node.frame === 'ber-length' && node.children.some((it) => it.octets === undefined);
  return group(node.kind, children, isSet ? 'ber-indefinite' : node.frame);
}
