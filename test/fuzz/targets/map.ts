/** MAP in TCAP messages: arguments, results, errors and dialogues are written as they were read; a glance says what the decoders say. */

import type { Result } from '#base';
import {
  addressNumberAt,
  addressStringAt,
  contextOf,
  decodeError,
  decodeInvoke,
  decodeMapDialogue,
  decodeResult,
  encodeError,
  encodeInvoke,
  encodeResult,
  type Glance,
  glance,
  INVOKE_PROBLEM,
  type MapError,
  type MapErrorValue,
  type MapInvoke,
  type MoForwardSmArg,
  mapToText,
  mapUserInformation,
} from '#codec/map';
import { type Component, decodeTcap, type External, encodeTcap, local, PROBLEMS, type TcapMessage } from '#codec/tcap';
import * as samples from '../../kit/map-samples.js';
import { FUZZ_LIMITS } from '../limits.js';
import { difference, expect, hexOf, type Target } from '../target.js';
import { group, leaf, TreeWriter } from '../tree.js';
import { berTree, withoutLengths } from './ber-tree.js';
import { checkError, checkPrint, checkSame, writtenOr } from './checks.js';
import { hex, mapVectors, tcapOctets } from './ss7-corpus.js';

/** Longer numbers are read than are written, because some stacks send them; fillers alone are no number that can be written. */
const NOT_WRITTEN = /^(an address|an IMSI|a routeing number) of \d+ octets/;

interface Coder<C, V> {
  readonly what: string;
  readonly decode: (component: C) => Result<V, MapError>;
  readonly encode: (value: V) => C;
}

/** A value is written and read back as itself. */
function checkCoder<C, V>(component: C, parameter: Uint8Array, { what, decode, encode }: Coder<C, V>): V | undefined {
  const decoded = decode(component);
  if (!decoded.ok) {
    checkError('map', decoded.error, parameter);
    expect(
      INVOKE_PROBLEM[decoded.error.kind] in PROBLEMS.invoke,
      'map: a refusal has an invoke problem',
      () => decoded.error.text,
    );
    return undefined;
  }
  const { value } = decoded;
  if (value === undefined) return undefined;
  const written = writtenOr(() => encode(value), NOT_WRITTEN);
  if (written === undefined) return value;
  const again = decode(written);
  expect(again.ok, `map: a written ${what} can be read`, () => `${again.ok ? '' : again.error.text} of ${hexOf(parameter)}`);
  if (!again.ok) return value;
  checkSame(`map: ${what} is read back as it was`, again.value, value, parameter);
  checkSame(`map: the second writing of ${what} equals the first`, encode(again.value), written, parameter);
  return value;
}

const NOTHING = new Uint8Array(0);

function checkComponent(component: Component): void {
  if (component.kind === 'invoke') {
    const { invokeId, parameter = NOTHING } = component;
    checkCoder(component, parameter, {
      what: 'an argument',
      decode: decodeInvoke,
      encode: (value) => encodeInvoke(invokeId, value),
    });
  } else if (component.kind === 'returnError') {
    const { invokeId, parameter = NOTHING } = component;
    checkCoder(component, parameter, { what: 'an error', decode: decodeError, encode: (value) => encodeError(invokeId, value) });
  } else if (component.kind === 'returnResultLast' || component.kind === 'returnResultNotLast') {
    const parameter = component.result?.parameter ?? NOTHING;
    const decoded = decodeResult(component);
    // A result without a value is written without its operation: there is nothing to compare.
    if (decoded.ok && decoded.value?.result === undefined) return;
    checkCoder(component, parameter, {
      what: 'a result',
      decode: decodeResult,
      encode: (value) => encodeResult(component.invokeId, value),
    });
  }
}

function checkUserInformation(information: External): void {
  const decoded = decodeMapDialogue(information);
  if (!decoded.ok) {
    checkError('map', decoded.error, information.encoding);
    return;
  }
  const written = writtenOr(() => mapUserInformation(decoded.value), NOT_WRITTEN);
  if (written === undefined) return;
  const again = decodeMapDialogue(written);
  expect(again.ok, 'map: a written dialogue PDU can be read', () => hexOf(information.encoding));
  if (again.ok) checkSame('map: a dialogue PDU is read back as it was', again.value, decoded.value, information.encoding);
}

const componentsOf = (message: TcapMessage): readonly Component[] => ('components' in message ? (message.components ?? []) : []);

/** What a glance should have found, from the whole decoder. Of several components only the first invoke has been looked into. */
function expected(message: TcapMessage, found: Glance): object {
  const components = componentsOf(message);
  const first = components.find((it) => it.kind === 'invoke');
  const { dialogue } = message;
  const named = dialogue?.kind === 'AARQ' || dialogue?.kind === 'AUDT' ? contextOf(dialogue.applicationContext) : undefined;
  return {
    kind: message.kind,
    components: components.length,
    invokes: components.length === 1 ? components.filter((it) => it.kind === 'invoke').length : found.invokes,
    invokeId: first?.invokeId ?? 0,
    operation: first?.operation.kind === 'local' ? first.operation.value : -1,
    context: named?.context ?? 0,
    version: named?.version ?? (message.kind === 'begin' && dialogue === undefined ? 1 : 0),
  };
}

const AARE = 0x61;
const ABRT = 0x64;
const DA = { 128: 'imsi', 129: 'lmsi', 131: 'roamingNumber', 132: 'serviceCentreAddressDA', 133: 'noSM-RP-DA' } as const;
const OA = { 130: 'msisdn', 132: 'serviceCentreAddressOA', 133: 'noSM-RP-OA' } as const;
const nameIn = (names: Readonly<Record<number, string>>, tag: number): string | undefined => names[tag];

/** Where a glance answers, the decoders answer the same. */
function checkGlance(octets: Uint8Array): void {
  const found = glance(octets);
  checkShifted(octets, found);
  if (found === undefined) return;
  const said = (): string => hexOf(octets);
  const decoded = decodeTcap(octets);
  expect(decoded.ok, 'map: a glance answers for messages only', said);
  if (!decoded.ok) return;
  const message = decoded.value;
  // Of dialogue PDUs a glance looks into the AARQ alone.
  const unseen = found.dialogue === AARE || found.dialogue === ABRT;
  expect(unseen || message.dialogue?.kind !== 'unreadable', 'map: a glance answers for readable dialogues only', said);
  const wanted = expected(message, found);
  const place = difference({ ...wanted, ...only(found, wanted) }, wanted);
  expect(place === undefined, `map: ${place} of a glance is what the decoder says`, said);
  const at = (from: number, to: number): Uint8Array | undefined => (to === 0 ? undefined : octets.subarray(from, to));
  const ids = { otid: at(found.otidFrom, found.otidTo), dtid: at(found.dtidFrom, found.dtidTo) };
  const { otid, dtid } = message as { readonly otid?: Uint8Array; readonly dtid?: Uint8Array };
  checkSame('map: transaction ids of a glance are those of the decoder', ids, { otid, dtid }, octets);
  if (found.argument === 'read') checkArgument(octets, found, message);
}

const only = (found: object, keys: object): object =>
  Object.fromEntries(Object.entries(found).filter(([key]) => Object.hasOwn(keys, key)));

function checkArgument(octets: Uint8Array, found: Glance, message: TcapMessage): void {
  const said = (): string => hexOf(octets);
  const first = componentsOf(message).find((it) => it.kind === 'invoke');
  const invoke = first === undefined ? undefined : decodeInvoke(first);
  const readable = invoke?.ok && (invoke.value.operation === 'mo-ForwardSM' || invoke.value.operation === 'mt-ForwardSM');
  expect(readable === true, 'map: a glance reads arguments that the decoder reads', said);
  if (!invoke?.ok || (invoke.value.operation !== 'mo-ForwardSM' && invoke.value.operation !== 'mt-ForwardSM')) return;
  const { argument } = invoke.value;
  const { smRpDa, smRpOa, smRpUi } = argument;
  const kinds = nameIn(DA, found.daTag) === smRpDa.kind && nameIn(OA, found.oaTag) === smRpOa.kind;
  expect(kinds, 'map: addresses of a glance are those of the decoder', said);
  if (smRpOa.kind === 'msisdn' || smRpOa.kind === 'serviceCentreAddressOA')
    checkNumber(octets, found.oaFrom, found.oaTo, smRpOa.value);
  if (smRpDa.kind === 'serviceCentreAddressDA') checkNumber(octets, found.daFrom, found.daTo, smRpDa.value);
  checkSame('map: the TPDU of a glance is that of the decoder', octets.subarray(found.uiFrom, found.uiTo), smRpUi, octets);
  expect('imsi' in argument === (found.imsiTo !== 0), 'map: the IMSI of a glance is that of the decoder', said);
}

/** A number found in place is the one that was decoded, also as a number. */
function checkNumber(octets: Uint8Array, from: number, to: number, value: { readonly digits: string }): void {
  checkSame('map: an address in place is the one decoded', addressStringAt(octets, from, to), value, octets);
  const number = addressNumberAt(octets, from, to);
  const isNumber = /^[0-9]{1,15}$/.test(value.digits);
  // A filler before the last octet, or two of them, stand in no number.
  if (number !== undefined)
    expect(
      isNumber && number === Number(value.digits),
      'map: a number in place is its digits',
      () => `${number}, ${value.digits}`,
    );
}

/** Wherever a message stands, a glance finds the same. */
function checkShifted(octets: Uint8Array, found: Glance | undefined): void {
  const before = 3;
  const padded = new Uint8Array(before + octets.length + 2).fill(0x62);
  padded.set(octets, before);
  const other = glance(padded, before, before + octets.length);
  const moved =
    found === undefined
      ? undefined
      : Object.fromEntries(Object.entries(found).map(([key, value]) => [key, movedBy(key, value, before, found)]));
  const place = difference(other, moved);
  expect(place === undefined, 'map: a glance does not care where a message stands', () => `${place} of ${hexOf(octets)}`);
}

/** Places move with the message; those of what is not there are 0. */
function movedBy(key: string, value: unknown, by: number, found: Glance): unknown {
  const end = /^(.*)(?:From|To)$/.exec(key)?.[1];
  if (end === undefined) return value;
  const isThere = (found as unknown as Readonly<Record<string, number>>)[`${end}To`] !== 0;
  return isThere ? (value as number) + by : value;
}

const number = samples.number('393490000001');

/** Arguments that a glance reads: of every kind of address, and with what may follow. */
const PLAIN: readonly MoForwardSmArg[] = [
  {
    smRpDa: { kind: 'serviceCentreAddressDA', value: number },
    smRpOa: { kind: 'msisdn', value: number },
    imsi: '222100123456789',
  },
  { smRpDa: { kind: 'imsi', value: '222100123456789' }, smRpOa: { kind: 'serviceCentreAddressOA', value: number } },
  { smRpDa: { kind: 'lmsi', value: hex('00036231') }, smRpOa: { kind: 'noSM-RP-OA', value: true } },
  { smRpDa: { kind: 'roamingNumber', value: number }, smRpOa: { kind: 'msisdn', value: number }, moreMessagesToSend: true },
  { smRpDa: { kind: 'noSM-RP-DA', value: true }, smRpOa: { kind: 'msisdn', value: number }, extensionContainer: hex('a0020500') },
].map((it) => ({ ...it, smRpUi: samples.SUBMIT }) as MoForwardSmArg);

const KINDS = ['invoke', 'returnResultLast', 'returnError'] as const;

/**
 * An input that is no message but a parameter alone: an octet that says of what, and one with the code. No TCAP message begins so. Whole
 * messages have so much around a parameter that it would seldom be changed.
 */
const isAlone = (octets: Uint8Array): boolean => octets.length > 2 && octets[0]! < KINDS.length;

function componentOf(octets: Uint8Array): Component {
  const [kind, code, parameter] = [KINDS[octets[0]!]!, local(octets[1]!), octets.slice(2)];
  if (kind === 'invoke') return { kind, invokeId: 1, operation: code, parameter };
  if (kind === 'returnError') return { kind, invokeId: 1, error: code, parameter };
  return { kind, invokeId: 1, result: { operation: code, parameter } };
}

/** The parameter of a message's one component with the octets that say what it is. */
function alone(octets: Uint8Array): Uint8Array[] {
  const message = decodeTcap(octets);
  const [component] = message.ok ? componentsOf(message.value) : [];
  if (component === undefined) return [];
  const { kind } = component;
  const at = (KINDS as readonly string[]).indexOf(kind);
  if (kind === 'invoke' && component.operation.kind === 'local' && component.parameter !== undefined)
    return [Uint8Array.from([at, component.operation.value, ...component.parameter])];
  if (kind === 'returnError' && component.error.kind === 'local' && component.parameter !== undefined)
    return [Uint8Array.from([at, component.error.value, ...component.parameter])];
  if (kind === 'returnResultLast' && component.result?.operation.kind === 'local' && component.result.parameter !== undefined)
    return [Uint8Array.from([at, component.result.operation.value, ...component.result.parameter])];
  return [];
}

/** One message for each sample and for each vector that stands alone, with the operation that could carry it. */
function madeMessages(): Uint8Array[] {
  const message = (component: Component): Uint8Array =>
    encodeTcap({ kind: 'begin', otid: Uint8Array.of(1, 2), components: [component] });
  const invokes = Object.entries(samples.ARGUMENTS).map(([operation, argument]) =>
    message(encodeInvoke(1, { operation, argument } as MapInvoke)),
  );
  const plain = PLAIN.flatMap((argument) => [
    message(encodeInvoke(1, { operation: 'mo-ForwardSM', argument })),
    message(encodeInvoke(1, { operation: 'mt-ForwardSM', argument })),
  ]);
  const results = Object.entries(samples.RESULTS).map(([operation, result]) =>
    message(encodeResult(1, { operation, result } as Parameters<typeof encodeResult>[1])),
  );
  const errors = Object.entries(samples.ERROR_PARAMETERS).map(([error, parameter]) =>
    message(encodeError(1, { error, parameter } as MapErrorValue)),
  );
  const alone = mapVectors()
    .filter((it) => it[0] === 0x30)
    .map((parameter, i) =>
      message({ kind: 'invoke', invokeId: 1, operation: local([44, 45, 46, 47, 2, 66][i % 6]!), parameter }),
    );
  return [...invokes, ...plain, ...results, ...errors, ...alone];
}

/** Addresses, IMSIs and operation codes at the edges of what they may be: fillers in their midst, too short, too long, empty, in segments. */
const ODD_ELEMENTS = [
  ...[
    '82059193f934f1',
    '840591ff3412f3',
    '8402919f',
    '840191',
    '8400',
    '820691939432f1ff',
    '82079193f4f5f6f7f8',
    '820a9193949596979899a0a1',
  ],
  ...[
    '8209919394959697989900',
    '8415912222222222222222222222222222222222222222',
    '8209a13242526272829203',
    '820391aabb',
    '820411121314',
  ],
  ...[
    '80021122',
    '8003112233',
    '8009112233445566778899',
    '8003ffffff',
    '04021122',
    '0409112233445566778899',
    '0403fff1f2',
    '8103112233',
    '8300',
    '850100',
  ],
  ...[
    'a20704059193f934f1',
    'a40404029121',
    '24060402919304011f',
    '0400',
    '04020102',
    '0500',
    '050100',
    '3000',
    '30020500',
    '020180',
    '0201ff',
    '02020080',
    '8001ff',
  ],
];

export const map: Target = {
  name: 'map',
  about: 'MAP operations, errors and dialogues; the glance against the decoders',
  seeds: () => {
    const w = new TreeWriter(FUZZ_LIMITS.inputOctetsMax);
    const octets = [...tcapOctets(), ...madeMessages()];
    return [
      ...octets,
      ...octets.flatMap(alone),
      ...octets.filter((_, i) => i % 3 === 0).map((it) => w.write(withoutLengths(berTree(it))).slice()),
    ];
  },
  dictionary: [
    ...[
      '02012c',
      '02012d',
      '02012e',
      '02012f',
      '020102',
      '020103',
      '020107',
      '020140',
      '020147',
      '020120',
      '0a0100',
      '0a0106',
      '0500',
      '3000',
    ],
    ...[
      '840791934309000010',
      '820791934319325476',
      '8500',
      '8007222100123456f9',
      '810400036231',
      '8303914477',
      '0407222100123456f9',
      '80ff',
      '04028000',
    ],
    ...[
      '8107917283010010f0',
      'a300',
      '300b0603 2a0304 a004 0500 0500',
      'ff',
      'f0',
      'af',
      '91',
      '11',
      'a0',
      '0400',
      '040791ffffffffffff',
    ],
    ...['060704000001001501', '060704000001001502', '060704000001001503', '060704000001001903', '06070400000101 0101'],
  ].map(hex),
  structure: (octets) =>
    isAlone(octets)
      ? group('alone', [leaf('kind', octets.subarray(0, 1)), leaf('code', octets.subarray(1, 2)), berTree(octets.subarray(2))])
      : berTree(octets),
  fragments: () => ODD_ELEMENTS.flatMap((it) => berTree(hex(it)).children),
  run(octets) {
    if (isAlone(octets)) checkMessage(encodeTcap({ kind: 'begin', otid: Uint8Array.of(1), components: [componentOf(octets)] }));
    else checkMessage(octets);
  },
};

function checkMessage(octets: Uint8Array): void {
  checkGlance(octets);
  const decoded = decodeTcap(octets);
  if (!decoded.ok) return;
  const message = decoded.value;
  for (const masked of [false, true]) checkPrint('map', mapToText(message, { masked }));
  for (const component of componentsOf(message)) checkComponent(component);
  const { dialogue } = message;
  if (dialogue !== undefined && 'userInformation' in dialogue)
    for (const information of dialogue.userInformation ?? []) checkUserInformation(information);
}
