/** MTP2, MTP3 and M2PA: the same octets given to each. */
import {
  decodeM2pa,
  decodeMtp2,
  decodeMtp3,
  encodeM2pa,
  encodeMtp3,
  type MtpVariant,
  m2paText,
  mtp3Text,
  parsePointCode,
  pointCodeMax,
  pointCodeText,
} from '#codec/mtp';
import { expect, hexOf, type Target } from '../target.js';
import { firm, group, leaf, type Node } from '../tree.js';
import { checkError, checkPrint, checkSame } from './checks.js';
import { hex, recordedOf } from './ss7-corpus.js';

const M2PA_HEADER_OCTETS = 8;
const M2PA_CLASS = 11;
const MTP3_HEAD_OCTETS = 5;

function checkMtp2(octets: Uint8Array, extended: boolean): void {
  const unit = decodeMtp2(octets, extended);
  if (!unit.ok) {
    checkError('mtp2', unit.error, octets);
    return;
  }
  const { kind, bsn, fsn, octets: inner } = unit.value;
  const max = extended ? 0xfff : 0x7f;
  expect(bsn <= max && fsn <= max, 'mtp2: sequence numbers are in range', () => hexOf(octets));
  const size = kind === 'FISU' ? inner.length === 0 : kind === 'LSSU' ? inner.length <= 2 : inner.length > 2;
  expect(size, 'mtp2: a unit is as long as its kind is', () => `${kind} of ${inner.length}`);
}

function checkMtp3(octets: Uint8Array, variant: MtpVariant): void {
  const message = decodeMtp3(octets, variant);
  if (!message.ok) {
    checkError('mtp3', message.error, octets);
    return;
  }
  checkPrint('mtp3', mtp3Text(message.value, variant));
  // Every bit of the label has a field.
  checkSame('mtp3: a message is written as it came', encodeMtp3(message.value, variant), octets, octets);
  for (const pointCode of [message.value.opc, message.value.dpc]) {
    expect(pointCode <= pointCodeMax(variant), 'mtp3: a point code is in range', () => `${pointCode}`);
    const text = pointCodeText(pointCode, variant);
    expect(parsePointCode(text, variant) === pointCode, 'mtp3: a point code is read as it is printed', () => text);
  }
}

function checkM2pa(octets: Uint8Array): void {
  const message = decodeM2pa(octets);
  if (!message.ok) {
    checkError('m2pa', message.error, octets);
    return;
  }
  checkPrint('m2pa', m2paText(message.value));
  const written = encodeM2pa(message.value);
  const again = decodeM2pa(written);
  expect(again.ok, 'm2pa: what was written can be read', () => hexOf(octets));
  if (again.ok) checkSame('m2pa: a message is read back as it was', again.value, withoutPriority(message.value), octets);
}

/** A message that only acknowledges has no octet in which a priority could stand. */
const withoutPriority = (message: Parameters<typeof m2paText>[0]): typeof message =>
  message.kind === 'User Data' && message.mtp3.length === 0 ? { ...message, priority: 0 } : message;

function tree(octets: Uint8Array): Node {
  if (octets.length >= M2PA_HEADER_OCTETS && octets[0] === 1 && octets[2] === M2PA_CLASS) {
    const numbers = leaf('numbers', octets.subarray(M2PA_HEADER_OCTETS, 2 * M2PA_HEADER_OCTETS));
    const body = leaf('m2pa-body', octets.subarray(2 * M2PA_HEADER_OCTETS));
    return group('m2pa', [firm(leaf('m2pa-type', octets.subarray(0, 4))), group('m2pa-rest', [numbers, body], 'message-length')]);
  }
  return group('mtp3', [
    leaf('label', octets.subarray(0, MTP3_HEAD_OCTETS)),
    leaf('mtp3-user', octets.subarray(MTP3_HEAD_OCTETS)),
  ]);
}

export const mtp: Target = {
  name: 'mtp',
  about: 'MTP2 units, MTP3 and M2PA messages',
  seeds: () => {
    const m2pa = recordedOf('m2pa');
    const inside = m2pa.flatMap((it) => {
      const message = decodeM2pa(it);
      return message.ok && message.value.kind === 'User Data' && message.value.mtp3.length > 0 ? [message.value.mtp3] : [];
    });
    const units = inside.map((it) => Uint8Array.from([0x80, 0x81, Math.min(63, it.length), ...it]));
    return [...m2pa, ...inside, ...recordedOf('mtp3'), ...units, ...MADE.map(hex)];
  },
  dictionary: ['00', '01', '02', '3f', '40', '80', 'ff', 'ff01', '01000b01', '01000b02', '00000010', '00000009', '83'].map(hex),
  structure: tree,
  run(octets) {
    for (const extended of [false, true]) checkMtp2(octets, extended);
    for (const variant of ['itu', 'ansi'] as const) checkMtp3(octets, variant);
    checkM2pa(octets);
  },
};

const MADE = [
  '808100',
  '80810107',
  '8081020700',
  '01000b0200000014000000050000000600000001',
  '01000b02000000180000000500000006000000030a0b0c0d',
  '01000b010000001000ffffff00000000',
  '000100020000',
  '000100020003830102',
];
