/**
 * WSP octets in pieces. It follows the format and not the decoder, asks the codec's own readers only how long a value is, and takes what it
 * cannot follow as one leaf.
 */
import { ByteReader, Malformed } from '#base';
import { isMultipart, readContentType, readText, readUintvar, readValueLength, skipValue } from '#codec/wsp';
import { group, leaf, type Node } from '../tree.js';

/** Multiparts inside multiparts that are taken apart. */
const DEPTH_MAX = 4;

/** Splits `octets` by `split`; what is left, or all of it when nothing can be split, is a leaf. */
export function pieces(octets: Uint8Array, rest: string, split: (r: ByteReader, into: Node[]) => void): Node[] {
  const r = new ByteReader(octets);
  const into: Node[] = [];
  let done = 0;
  try {
    while (r.remaining > 0) {
      split(r, into);
      if (r.offset === done) break;
      done = r.offset;
    }
  } catch (e) {
    if (!(e instanceof Malformed)) throw e;
  }
  if (done < octets.length) into.push(leaf(rest, octets.subarray(done)));
  return into;
}

/** One value by the rule for unknown values; one with a length in front of it gets its first octet apart, as that is a token as a rule. */
export function valueTree(kind: string, octets: Uint8Array): Node {
  const r = new ByteReader(octets);
  if (octets.length > 1 && octets[0]! < 0x20) {
    try {
      const length = readValueLength(r);
      if (length > 0 && length === r.remaining) {
        const token = leaf('token', r.take(1));
        return group(kind, r.remaining === 0 ? [token] : [token, leaf('value', r.rest())], 'value-length');
      }
    } catch (e) {
      if (!(e instanceof Malformed)) throw e;
    }
  }
  return leaf(kind, octets);
}

/** A name (a number or a text) and its value. */
function pair(r: ByteReader, kind: string): Node {
  const name = r.offset;
  if (r.peek() >= 0x80) r.offset++;
  else readText(r);
  const value = r.offset;
  if (r.remaining > 0) skipValue(r);
  return group(kind, [
    leaf(`${kind}-name`, r.bytes.subarray(name, value)),
    valueTree(`${kind}-value`, r.bytes.subarray(value, r.offset)),
  ]);
}

const parametersOf = (octets: Uint8Array): Node[] => pieces(octets, 'parameter', (r, into) => into.push(pair(r, 'parameter')));
export const headersOf = (octets: Uint8Array): Node[] => pieces(octets, 'header', (r, into) => into.push(pair(r, 'header')));

/** A Content-Type value from the reader's place. Throws Malformed. */
export function contentTypeTree(r: ByteReader): Node {
  const start = r.offset;
  if (r.peek() >= 0x20) {
    readContentType(r);
    return leaf('content-type', r.bytes.subarray(start, r.offset));
  }
  const value = r.window(readValueLength(r));
  const media = value.offset;
  skipValue(value);
  return group(
    'content-type',
    [leaf('media', r.bytes.subarray(media, value.offset)), ...parametersOf(value.rest())],
    'value-length',
  );
}

/** Content-Type value and body. Throws Malformed. */
export function contentTree(r: ByteReader, depth = 0): Node[] {
  const start = r.offset;
  const type = readContentType(new ByteReader(r.bytes, start, r.end));
  return [contentTypeTree(r), isMultipart(type) ? multipartTree(r.rest(), depth) : leaf('data', r.rest())];
}

/** A multipart body; a leaf when it cannot be followed. */
export function multipartTree(octets: Uint8Array, depth = 0): Node {
  if (depth >= DEPTH_MAX || octets.length === 0) return leaf('data', octets);
  const r = new ByteReader(octets);
  try {
    const count = readUintvar(r);
    const parts: Node[] = [];
    while (r.remaining > 0 && parts.length < count) parts.push(partTree(r, depth));
    const multipart = group('multipart', parts, 'uintvar-count');
    return r.remaining === 0 ? multipart : group('body', [multipart, leaf('rest', r.rest())]);
  } catch (e) {
    if (e instanceof Malformed) return leaf('data', octets);
    throw e;
  }
}

function partTree(r: ByteReader, depth: number): Node {
  const headersLength = readUintvar(r);
  const dataLength = readUintvar(r);
  const head = r.window(headersLength);
  const type = readContentType(new ByteReader(head.bytes, head.offset, head.end));
  const headers = group('part-head', [contentTypeTree(head), ...headersOf(head.rest())]);
  const data = r.take(dataLength);
  return group('part', [headers, isMultipart(type) ? multipartTree(data, depth + 1) : leaf('data', data)], 'entry');
}
