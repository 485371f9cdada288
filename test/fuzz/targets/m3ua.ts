/** M3UA messages: read, printed, written, read again; alone and on a stream. */
import { ByteReader, Malformed } from '#base';
import {
  createM3uaFramer,
  type DecodeError,
  decodeM3ua,
  encodeM3ua,
  errorAnswer,
  type M3uaMessage,
  MESSAGES,
  PARAMETERS,
  type Parameter,
  toText,
} from '#codec/m3ua';
import { expect, hexOf, octetsOf, type Target } from '../target.js';
import type { Node } from '../tree.js';
import { checkError, checkFramer, checkPrint, checkSame } from './checks.js';
import { m3uaTree, parametersOf } from './m3ua-tree.js';
import { hex, m3uaMessages } from './ss7-corpus.js';

/** Values of every size and of every parameter that has others inside; which of them a parameter accepts is found by trying. */
const VALUES = [
  '',
  '00000001',
  '00000003',
  '00010002',
  '0000000b0000000c',
  '02001016',
  '746578740a',
  '00000001000000020302000461626364',
  // Routing Key: local identifier, DPC, and every optional parameter.
  '0206000800000001020b0008000010160006000c0000000b0000000c000b00080000000202000008000000070 20c0007030509 00 020e000c0000000a02000014',
  // Registration and Deregistration Results.
  '0206000800000001 0212000800000000 000600080000000b',
  '000600080000000b 0213000800000000',
].map(hex);

/** The whole parameter, padded. */
function parameterOctets({ tag }: Parameter, value: Uint8Array): Uint8Array {
  const octets = new Uint8Array(4 + Math.ceil(value.length / 4) * 4);
  octets.set([tag >> 8, tag & 0xff, (4 + value.length) >> 8, (4 + value.length) & 0xff]);
  octets.set(value, 4);
  return octets;
}

function accepts(parameter: Parameter, value: Uint8Array): boolean {
  const r = new ByteReader(value);
  try {
    parameter.coder.decode(r);
    return r.remaining === 0;
  } catch (e) {
    if (e instanceof Malformed) return false;
    throw e;
  }
}

const ACCEPTED = new Map(
  (Object.values(PARAMETERS) as Parameter[]).map((it) => [
    it,
    VALUES.filter((value) => accepts(it, value)).map((value) => parameterOctets(it, value)),
  ]),
);

/** One message of each kind with all its parameters. */
const madeMessages = (): Uint8Array[] =>
  Object.values(MESSAGES).map((row) => {
    const body = row.slots.flatMap(({ parameter }) => [...(ACCEPTED.get(parameter)?.at(-1) ?? [])]);
    const length = 8 + body.length;
    return Uint8Array.from([1, 0, row.class, row.type, 0, 0, length >> 8, length & 0xff, ...body]);
  });

function checkRefusal(error: DecodeError, octets: Uint8Array): void {
  checkError('m3ua', error, octets);
  expect(error.diagnosticInformation.length <= 40, 'm3ua: diagnostic information has 40 octets at most', () => hexOf(octets));
  const answer = errorAnswer(error);
  if (answer === undefined) return;
  const back = decodeM3ua(encodeM3ua(answer));
  expect(back.ok, 'm3ua: the answer to an error can be read', () => hexOf(octets));
  if (back.ok) checkSame('m3ua: the answer to an error is read as it was', back.value, answer, octets);
}

function checkMessage(message: M3uaMessage, octets: Uint8Array): void {
  checkPrint('m3ua', toText(message));
  const written = encodeM3ua(message);
  expect(written.length % 4 === 0, 'm3ua: a message is padded', () => hexOf(written));
  const again = decodeM3ua(written);
  expect(again.ok, 'm3ua: what was written can be read', () => `${again.ok ? '' : again.error.text} in ${hexOf(written)}`);
  if (!again.ok) return;
  checkSame(`m3ua: ${message.kind} is read back as it was`, again.value, message, octets);
  checkSame('m3ua: the second writing equals the first', encodeM3ua(again.value), written, octets);
  if (message.kind === 'DATA' && message.others === undefined) checkBothRoads(message, asSaid(octets) ?? written);
}

/** The octets when their header says just their length, and nothing is to be padded. */
function asSaid(octets: Uint8Array): Uint8Array | undefined {
  const length = new DataView(octets.buffer, octets.byteOffset, octets.length).getUint32(4);
  return length === octets.length && length % 4 === 0 ? octets : undefined;
}

/** A parameter that nobody knows. */
const UNKNOWN = Uint8Array.of(0x0f, 0xff, 0x00, 0x04);

/** A DATA is read on a road of its own; with a parameter that nobody knows on the road of all others. */
function checkBothRoads(message: M3uaMessage, octets: Uint8Array): void {
  const longer = new Uint8Array(octets.length + UNKNOWN.length);
  longer.set(octets);
  longer.set(UNKNOWN, octets.length);
  new DataView(longer.buffer).setUint32(4, longer.length);
  const other = decodeM3ua(longer);
  expect(other.ok, 'm3ua: a DATA with an unknown parameter can be read', () => hexOf(longer));
  if (!other.ok) return;
  const { others: _, ...rest } = other.value;
  checkSame('m3ua: both roads read the same DATA', rest, message, longer);
}

export const m3ua: Target = {
  name: 'm3ua',
  about: 'M3UA messages, alone and on a stream',
  seeds: () => [...m3uaMessages(), ...madeMessages()],
  dictionary: [
    ...Object.values(PARAMETERS).map(({ tag }) => Uint8Array.of(tag >> 8, tag & 0xff)),
    ...Object.values(MESSAGES).map((row) => Uint8Array.of(row.class, row.type)),
    ...['0004', '0008', 'ffff', '00000000', 'efbbbf', 'e2808e', 'c285', '01000101'].map(hex),
    octetsOf('\u202e'),
  ],
  structure: m3uaTree,
  fragments: (): readonly Node[] => [...ACCEPTED.values()].flatMap((all) => all.flatMap(parametersOf)),
  run(octets) {
    const decoded = decodeM3ua(octets);
    if (decoded.ok) checkMessage(decoded.value, octets);
    else checkRefusal(decoded.error, octets);
    for (const frame of checkFramer('m3ua', createM3uaFramer, octets)) decodeM3ua(frame);
  },
};
