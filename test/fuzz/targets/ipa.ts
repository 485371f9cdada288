/** IPA frames, alone and on a stream. */
import {
  type CcmMessage,
  createIpaFramer,
  decodeIpa,
  encodeCcm,
  encodeIpa,
  ID_TAGS,
  IPA_PROTOCOL,
  type IpaFrame,
} from '#codec/ipa';
import { expect, hexOf, octetsOf, type Target } from '../target.js';
import { group, leaf, type Node } from '../tree.js';
import { checkError, checkFramer, checkSame } from './checks.js';
import { sccpTree } from './sccp-tree.js';
import { hex, recordedOf, sccpMessages } from './ss7-corpus.js';

const HEADER_OCTETS = 3;
const CCM = 0xfe;
const SCCP = 0xfd;

/** Protocol and payload of a frame that is no control message. */
function partsOf(frame: Exclude<IpaFrame, { kind: 'ccm' }>): [number, Uint8Array] {
  if (frame.kind === 'sccp') return [IPA_PROTOCOL.sccp, frame.message];
  const { protocol, type, payload } = frame;
  return [protocol, type === undefined ? payload : Uint8Array.from([type, ...payload])];
}

function checkFrame(octets: Uint8Array): void {
  const decoded = decodeIpa(octets);
  if (!decoded.ok) {
    checkError('ipa', decoded.error, octets);
    return;
  }
  const frame = decoded.value;
  if (frame.kind !== 'ccm') {
    checkSame('ipa: a frame is written as it came', encodeIpa(...partsOf(frame)), octets, octets);
    return;
  }
  const written = encodeCcm(frame.message);
  const again = decodeIpa(written);
  expect(again.ok && again.value.kind === 'ccm', 'ipa: a written control message can be read', () => hexOf(octets));
  if (again.ok && again.value.kind === 'ccm')
    checkSame(`ipa: ${frame.message.kind} is read back as it was`, again.value.message, frame.message, octets);
}

/** Values of an ID_RESP, tags of an ID_GET. */
function controlTree(octets: Uint8Array): Node {
  const type = octets[0]!;
  const wide = type === 5;
  const nodes: Node[] = [leaf('ccm-type', octets.subarray(0, 1))];
  let at = 1;
  while ((wide || type === 4) && at + (wide ? 2 : 1) <= octets.length) {
    const from = at + (wide ? 2 : 1);
    const to = from + (wide ? octets[at]! * 0x100 + octets[at + 1]! : octets[at]!);
    if (to > octets.length || to === from) break;
    const value = [leaf('ccm-tag', octets.subarray(from, from + 1)), leaf('ccm-text', octets.subarray(from + 1, to))];
    nodes.push(group(`ccm-value-${wide}`, value, wide ? 'word-length' : 'octet-length'));
    at = to;
  }
  return group('ccm', [...nodes, leaf('ccm-rest', octets.subarray(at))]);
}

/** Frames one after the other. */
function tree(octets: Uint8Array): Node {
  const nodes: Node[] = [];
  let at = 0;
  while (at + HEADER_OCTETS <= octets.length) {
    const to = at + HEADER_OCTETS + octets[at]! * 0x100 + octets[at + 1]!;
    if (to > octets.length) break;
    const [protocol, payload] = [octets.subarray(at + 2, at + HEADER_OCTETS), octets.subarray(at + HEADER_OCTETS, to)];
    const inner =
      protocol[0] === CCM && payload.length > 0
        ? controlTree(payload)
        : protocol[0] === SCCP
          ? sccpTree(payload)
          : leaf('payload', payload);
    nodes.push(group('frame', [leaf('protocol', protocol), inner], 'ipa-length'));
    at = to;
  }
  return group('frames', [...nodes, leaf('rest', octets.subarray(at))]);
}

const MADE: readonly CcmMessage[] = [
  { kind: 'PING' },
  { kind: 'PONG' },
  { kind: 'ID_ACK' },
  { kind: 'ID_GET', tags: Object.values(ID_TAGS) },
  { kind: 'ID_RESP', values: Object.values(ID_TAGS).map((tag) => ({ tag, text: `value ${tag}` })) },
  { kind: 'ID_RESP', values: [{ tag: 1, text: '' }] },
];

export const ipa: Target = {
  name: 'ipa',
  about: 'IPA frames, alone and on a stream',
  seeds: () => [
    ...recordedOf('ipa'),
    ...MADE.map(encodeCcm),
    ...sccpMessages()
      .slice(0, 20)
      .map((it) => encodeIpa(IPA_PROTOCOL.sccp, it)),
    Uint8Array.from([
      ...encodeCcm({ kind: 'PING' }),
      ...encodeCcm({ kind: 'ID_GET', tags: [1] }),
      ...encodeIpa(0xfd, octetsOf('x')),
    ]),
  ],
  dictionary: ['fe', 'fd', '00', '01', '04', '05', '06', '0001', '0000', 'ffff', 'efbbbf', '00efbbbf', 'c3', '0100', '0800'].map(
    hex,
  ),
  structure: tree,
  run(octets) {
    checkFrame(octets);
    for (const frame of checkFramer('ipa', createIpaFramer, octets)) checkFrame(frame);
  },
};
