/** M3UA in pieces: header, parameters, and the parameters inside some of them. */
import { ByteReader, Malformed } from '#base';
import { firm, group, leaf, type Node } from '../tree.js';

const HEADER_OCTETS = 8;
/** What stands before the length in the common header. */
const TYPE_OCTETS = 4;
const ALIGNMENT = 4;
/** Routing Key, Registration Result, Deregistration Result. RFC 4666 3.6. */
const COMPOUND = [0x0207, 0x0208, 0x0209];
const PROTOCOL_DATA = 0x0210;
const LABEL_OCTETS = 12;

const name = (tag: number): string => tag.toString(16).padStart(4, '0');

function valueTree(tag: number, value: Uint8Array): readonly Node[] {
  if (COMPOUND.includes(tag)) return parametersOf(value);
  if (tag === PROTOCOL_DATA && value.length >= LABEL_OCTETS)
    return [leaf('label', value.subarray(0, LABEL_OCTETS)), leaf('user-data', value.subarray(LABEL_OCTETS))];
  return [leaf(`value-${name(tag)}`, value)];
}

/** Parameters one after the other; what is none is a leaf at the end. */
export function parametersOf(octets: Uint8Array): Node[] {
  const nodes: Node[] = [];
  const r = new ByteReader(octets);
  let done = 0;
  try {
    while (r.remaining > 0) {
      const head = r.take(2);
      const tag = head[0]! * 0x100 + head[1]!;
      const value = r.take(r.u16() - 4);
      nodes.push(group(`parameter-${name(tag)}`, [leaf('tag', head), group('value', valueTree(tag, value), 'parameter-length')]));
      r.offset = Math.min(r.end, Math.ceil(r.offset / ALIGNMENT) * ALIGNMENT);
      done = r.offset;
    }
  } catch (e) {
    if (!(e instanceof Malformed)) throw e;
    nodes.push(leaf('rest', octets.subarray(done)));
  }
  return nodes;
}

/** A message with its header; a leaf when it has none. */
export function m3uaTree(octets: Uint8Array): Node {
  if (octets.length < HEADER_OCTETS) return leaf('message', octets);
  const type = firm(group('type', [leaf('version', octets.subarray(0, 2)), leaf('class', octets.subarray(2, TYPE_OCTETS))]));
  return group('message', [type, group('parameters', parametersOf(octets.subarray(HEADER_OCTETS)), 'message-length')]);
}
