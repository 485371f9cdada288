/** SCCP in pieces: the pointers follow the parts, or lie. Messages whose parts stand in another order or overlap are one piece. */
import { MESSAGES, viewSccp } from '#codec/sccp';
import { type Frame, firm, group, leaf, type Node } from '../tree.js';

function addressTree(octets: Uint8Array): Node {
  return group(
    'address',
    [leaf('indicator', octets.subarray(0, 1)), leaf('point', octets.subarray(1, 3)), leaf('title', octets.subarray(3))],
    'octet-length',
  );
}

function optionalTree(octets: Uint8Array): Node {
  const nodes: Node[] = [];
  let at = 0;
  while (at + 1 < octets.length && octets[at] !== 0 && at + 2 + octets[at + 1]! <= octets.length) {
    const to = at + 2 + octets[at + 1]!;
    const value = group(`value-${octets[at]}`, [leaf('optional-value', octets.subarray(at + 2, to))], 'octet-length');
    nodes.push(group('optional', [leaf('optional-name', octets.subarray(at, at + 1)), value]));
    at = to;
  }
  return group('optional-part', [...nodes, leaf('optional-end', octets.subarray(at))]);
}

export function sccpTree(octets: Uint8Array): Node {
  const read = viewSccp(octets);
  if (!read.ok) return leaf('message', octets);
  const { kind, calledAt, callingAt, dataAt, optionalAt } = read.value;
  const row = MESSAGES[kind];
  const pointers = (row.hasOptionalPart ? 4 : 3) * (row.wide ? 2 : 1);
  const plain =
    calledAt.from === row.pointersAt + pointers + 1 &&
    callingAt.from === calledAt.to + 1 &&
    dataAt.from === callingAt.to + (row.wide ? 2 : 1) &&
    (optionalAt === undefined ? octets.length : optionalAt) === dataAt.to;
  if (!plain) return leaf('message', octets);
  const fixed = [
    firm(leaf('type', octets.subarray(0, 1))),
    leaf('class', octets.subarray(1, 2)),
    leaf('hop-counter', octets.subarray(2, row.pointersAt)),
  ];
  const parts = [
    addressTree(octets.subarray(calledAt.from, calledAt.to)),
    addressTree(octets.subarray(callingAt.from, callingAt.to)),
    group('data', [leaf('user-data', octets.subarray(dataAt.from, dataAt.to))], row.wide ? 'little-length' : 'octet-length'),
  ];
  if (row.hasOptionalPart) parts.push(optionalTree(octets.subarray(optionalAt ?? octets.length)));
  const frame: Frame = row.wide ? 'wide-pointers-4' : row.hasOptionalPart ? 'pointers-4' : 'pointers-3';
  return group('message', [...fixed, group(`parts-${frame}`, parts, frame)]);
}
