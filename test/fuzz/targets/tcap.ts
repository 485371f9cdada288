/** TCAP messages: read, printed by themselves and by MAP, written, read again, answered. */
import { Malformed } from '#base';
import { type BerNode, BerReader, constructed, isConstructed, primitive } from '#codec/ber';
import {
  decodeTcap,
  encodeTcap,
  endOf,
  PROBLEMS,
  providerAbort,
  rejectOf,
  type TcapError,
  type TcapMessage,
  tcapToText,
  userAbort,
} from '#codec/tcap';
import { FUZZ_LIMITS } from '../limits.js';
import { difference, expect, hexOf, type Target } from '../target.js';
import { TreeWriter } from '../tree.js';
import { berTree, withoutLengths } from './ber-tree.js';
import { checkError, checkPrint, checkSame } from './checks.js';
import { hex, tcapOctets } from './ss7-corpus.js';

/** The message without the texts of errors, which name octets of the input. */
const withoutDetails = (message: TcapMessage): unknown => ({
  ...message,
  ...('components' in message && message.components !== undefined
    ? { components: message.components.map((it) => (it.kind === 'unreadable' ? { ...it, detail: '' } : it)) }
    : {}),
  ...(message.dialogue?.kind === 'unreadable' ? { dialogue: { ...message.dialogue, detail: '' } } : {}),
});

function written(message: TcapMessage, what: string): TcapMessage | undefined {
  const octets = encodeTcap(message);
  const again = decodeTcap(octets);
  expect(again.ok, `tcap: ${what} can be read`, () => `${again.ok ? '' : again.error.text} in ${hexOf(octets)}`);
  if (!again.ok) return undefined;
  const place = difference(withoutDetails(again.value), withoutDetails(message));
  expect(place === undefined, `tcap: ${what} is read back as it was`, () => `${place} in ${hexOf(octets)}`);
  return again.value;
}

/**
 * Nothing of a message is lost when it is written, whatever the order of its elements: where its lengths and numbers have as few octets as ours,
 * both are equally long.
 */
function checkNothingLost(message: TcapMessage, octets: Uint8Array): void {
  const nodes = plainNodes(new BerReader(octets));
  if (nodes === undefined || nodes.reduce((sum, it) => sum + it.length, 0) !== octets.length) return;
  const { length } = encodeTcap(message);
  expect(length === octets.length, 'tcap: nothing of a message is lost', () => `${length} octets of ${hexOf(octets)}`);
}

/** Identifiers of what TCAP reads as a number. */
const NUMBERS = [0x02, 0x80, 0x81, 0x82, 0x83];

/** The elements of a window; undefined when one cannot be read, or may be a number that is longer than it need be. */
function plainNodes(r: BerReader): BerNode[] | undefined {
  const nodes: BerNode[] = [];
  try {
    while (r.next()) {
      const first = r.bytes[r.contentStart];
      const isPadded = NUMBERS.includes(r.tag) && r.contentLength > 1 && (first === 0x00 || first === 0xff);
      const inner = isConstructed(r.tag) ? plainNodes(r.inner()) : undefined;
      if (isConstructed(r.tag) ? inner === undefined : isPadded) return undefined;
      nodes.push(inner === undefined ? primitive(r.tag, r.content()) : constructed(r.tag, inner));
    }
  } catch (e) {
    if (e instanceof Malformed) return undefined;
    throw e;
  }
  return nodes;
}

function checkRefusal(error: TcapError, octets: Uint8Array): void {
  checkError('tcap', error, octets);
  // The id of the sender is there for an abort to him.
  if (error.otid !== undefined) written(providerAbort(error.otid, error.pAbortCause), 'an abort');
}

/** A node between two others answers in the name of one of them. */
function checkAnswers(message: TcapMessage): void {
  if (message.kind !== 'begin' && message.kind !== 'continue') return;
  written(endOf(message, [rejectOf(1, { type: 'invoke', code: 0 })]), 'an end');
  written(userAbort(message.otid), 'an abort');
  for (const component of message.components ?? []) {
    if (component.kind !== 'unreadable') continue;
    expect(component.problem in PROBLEMS.general, 'tcap: what cannot be read has a general problem', () => component.detail);
    written(endOf(message, [rejectOf(component.invokeId, { type: 'general', code: component.problem })]), 'a reject');
  }
}

export const tcap: Target = {
  name: 'tcap',
  about: 'TCAP messages with dialogues and components',
  seeds: () => {
    const w = new TreeWriter(FUZZ_LIMITS.inputOctetsMax);
    return tcapOctets().flatMap((it) => [it, w.write(withoutLengths(berTree(it))).slice()]);
  },
  dictionary: [
    ...[
      '61',
      '62',
      '64',
      '65',
      '67',
      '4800',
      '4801aa',
      '480430000001',
      '4901bb',
      '490511223344 55',
      '4a0100',
      '4a0105',
      '6b00',
      '6c00',
      '6c80',
    ],
    ...[
      'a1',
      'a2',
      'a3',
      'a4',
      'a7',
      'a5',
      '020101',
      '0201ff',
      '02020080',
      '800101',
      '02012e',
      '0500',
      '0600',
      '060100',
      '3000',
      '800780',
      '0780',
    ],
    ...[
      '28',
      '060700118605010101',
      '060700118605010201',
      'a109060704000001001503',
      'a203020100',
      'a305a103020100',
      'be00',
      '800100',
      '8103',
    ],
  ].map(hex),
  structure: (octets) => berTree(octets),
  run(octets) {
    const decoded = decodeTcap(octets);
    if (!decoded.ok) {
      checkRefusal(decoded.error, octets);
      return;
    }
    const message = decoded.value;
    for (const masked of [false, true]) checkPrint('tcap', tcapToText(message, { masked }));
    const again = written(message, 'what was written');
    if (again !== undefined)
      checkSame('tcap: the second writing equals the first', encodeTcap(again), encodeTcap(message), octets);
    checkNothingLost(message, octets);
    checkAnswers(message);
  },
};
