/**
 * Writes BER in one form only: definite lengths of the fewest octets (X.690 10.1, the distinguished rules' form of length).
 *
 * A node knows its length when it is made, so that writing is one walk into one buffer of the right size.
 */
import { ByteWriter } from '#base';

/** An element to be written. `octets` instead of a tag: an element that goes out as it came. */
export interface BerNode {
  readonly tag: number | undefined;
  readonly content: Uint8Array | readonly BerNode[];
  /** Octets of the content. */
  readonly contentLength: number;
  /** Octets of identifier, length and content. */
  readonly length: number;
}

const tagOctets = (tag: number): number => (tag < 0x100 ? 1 : tag < 0x1_0000 ? 2 : tag < 0x100_0000 ? 3 : tag < 2 ** 32 ? 4 : 5);
const lengthOctets = (length: number): number =>
  length < 0x80 ? 1 : length < 0x100 ? 2 : length < 0x1_0000 ? 3 : length < 0x100_0000 ? 4 : 5;

function made(tag: number, content: BerNode['content'], contentLength: number): BerNode {
  return { tag, content, contentLength, length: tagOctets(tag) + lengthOctets(contentLength) + contentLength };
}

/** An element with octets as its content. `tag`: identifier octets as one number. */
export const primitive = (tag: number, content: Uint8Array): BerNode => made(tag, content, content.length);

/** An element of elements. */
export function constructed(tag: number, content: readonly BerNode[]): BerNode {
  let length = 0;
  for (const node of content) length += node.length;
  return made(tag, content, length);
}

/** Whole elements that are written as they stand. */
export const asItCame = (octets: Uint8Array): BerNode => ({
  tag: undefined,
  content: octets,
  contentLength: octets.length,
  length: octets.length,
});

function put(w: ByteWriter, node: BerNode): void {
  if (node.tag !== undefined) {
    for (let i = tagOctets(node.tag) - 1; i > 0; i--) w.u8(Math.floor(node.tag / 0x100 ** i) & 0xff);
    w.u8(node.tag & 0xff);
    const size = lengthOctets(node.contentLength);
    if (size > 1) {
      w.u8(0x7f + size);
      for (let i = size - 2; i > 0; i--) w.u8(Math.floor(node.contentLength / 0x100 ** i) & 0xff);
    }
    w.u8(node.contentLength & 0xff);
  }
  if (node.content instanceof Uint8Array) w.octets(node.content);
  else for (const inner of node.content) put(w, inner);
}

/** The octets of an element. They are the caller's. */
export function encodeBer(node: BerNode): Uint8Array<ArrayBuffer> {
  const w = new ByteWriter(node.length);
  put(w, node);
  return w.finish();
}
