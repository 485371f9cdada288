/** DNS messages in pieces: head, question, and records with their lengths. RFC 1035 4.1. */
import { group, leaf, type Node } from '../tree.js';

const HEADER_OCTETS = 12;
/** Type and class of a question; type, class and time to live of a record, and behind them the length. */
const QUESTION_OCTETS = 4;
const RECORD_OCTETS = 8;
const TYPE_NAPTR = 35;
/** Order and preference, in front of the character strings. RFC 3403 4.1. */
const NAPTR_FIXED = 4;
const NAPTR_TEXTS = 3;

/** One past the name that begins here. */
function nameEnd(octets: Uint8Array, from: number): number {
  let at = from;
  while (at < octets.length) {
    const length = octets[at]!;
    if (length >= 0xc0) return Math.min(octets.length, at + 2);
    at += length + 1;
    if (length === 0) break;
  }
  return Math.min(octets.length, at);
}

function dataOf(octets: Uint8Array, type: number): Node[] {
  if (type !== TYPE_NAPTR || octets.length < NAPTR_FIXED) return [leaf('data', octets)];
  const nodes: Node[] = [leaf('order', octets.subarray(0, NAPTR_FIXED))];
  let at = NAPTR_FIXED;
  for (let i = 0; i < NAPTR_TEXTS && at < octets.length; i++) {
    const to = at + 1 + octets[at]!;
    if (to > octets.length) break;
    nodes.push(group('text', [leaf('octets', octets.subarray(at + 1, to))], 'octet-length'));
    at = to;
  }
  return [...nodes, leaf('replacement', octets.subarray(at))];
}

/** Any octets; what is no DNS message becomes a leaf at the end. */
export function dnsTree(octets: Uint8Array): Node {
  if (octets.length < HEADER_OCTETS) return group('message', [leaf('head', octets)]);
  const nodes: Node[] = [leaf('head', octets.subarray(0, HEADER_OCTETS))];
  let at = HEADER_OCTETS;
  if (octets[5] === 1) {
    const to = Math.min(octets.length, nameEnd(octets, at) + QUESTION_OCTETS);
    nodes.push(leaf('question', octets.subarray(at, to)));
    at = to;
  }
  while (at < octets.length) {
    const name = nameEnd(octets, at);
    const data = name + RECORD_OCTETS + 2;
    const length = data <= octets.length ? (octets[data - 2]! << 8) | octets[data - 1]! : octets.length;
    if (data + length > octets.length) break;
    const type = (octets[name]! << 8) | octets[name + 1]!;
    nodes.push(
      group('record', [
        leaf('name', octets.subarray(at, name)),
        leaf('fixed', octets.subarray(name, data - 2)),
        group('length', dataOf(octets.subarray(data, data + length), type), 'word-length'),
      ]),
    );
    at = data + length;
  }
  if (at < octets.length) nodes.push(leaf('rest', octets.subarray(at)));
  return group('message', nodes);
}
