/** Short messages: TPDUs both ways, their user data and texts. The first octet of an input says which way it goes. */

import { decodeInvoke } from '#codec/map';
import {
  concatenationElement,
  concatenationOf,
  dataCodingText,
  decodeSms,
  decodeUserData,
  encodeSms,
  epochMs,
  isSingleShot,
  makeUserData,
  portsElement,
  portsOf,
  protocolText,
  readTbcd,
  type SmsContext,
  type SmsTpdu,
  semiOctets,
  smsToText,
  timeText,
  type UserData,
  validitySeconds,
} from '#codec/sms';
import { decodeTcap } from '#codec/tcap';
import { expect, hexOf, type Target } from '../target.js';
import { group, leaf, type Node } from '../tree.js';
import { checkError, checkPrint, checkSame, writtenOr } from './checks.js';
import { hex, smsVectors, tcapOctets } from './ss7-corpus.js';

const CONTEXTS: readonly SmsContext[] = [
  { direction: 'mo' },
  { direction: 'mt' },
  { direction: 'mo', error: true },
  { direction: 'mt', error: true },
];

/** Signs of other alphabets are read as what they look like; they cannot be written. */
const NOT_WRITTEN = /^(an alphanumeric address has signs|the text has signs)/;

function checkTpdu(tpdu: SmsTpdu, octets: Uint8Array, context: SmsContext): void {
  for (const masked of [false, true]) checkPrint('sms', smsToText(tpdu, { masked }));
  const written = writtenOr(() => encodeSms(tpdu), NOT_WRITTEN);
  if (written !== undefined) {
    expect(
      written.length <= octets.length,
      'sms: a TPDU does not grow when it is written',
      () => `${hexOf(octets)} as ${hexOf(written)}`,
    );
    const again = decodeSms(written, context);
    expect(again.ok, 'sms: what was written can be read', () => `${hexOf(octets)} as ${hexOf(written)}`);
    if (again.ok) {
      checkSame(`sms: ${tpdu.kind} is read back as it was`, again.value, tpdu, octets);
      checkSame('sms: the second writing equals the first', encodeSms(again.value), written, octets);
    }
  }
  checkTimes(tpdu);
  if ('dataCodingScheme' in tpdu) dataCodingText(tpdu.dataCodingScheme ?? 0);
  if (tpdu.protocolIdentifier !== undefined) protocolText(tpdu.protocolIdentifier);
  if (tpdu.kind !== 'SMS-COMMAND' && tpdu.userData !== undefined) checkUserData(tpdu, octets);
}

function checkTimes(tpdu: SmsTpdu): void {
  if ('serviceCentreTimeStamp' in tpdu) {
    const ms = epochMs(tpdu.serviceCentreTimeStamp);
    expect(
      ms === undefined || Number.isInteger(ms),
      'sms: a time is a number',
      () => `${ms} of ${timeText(tpdu.serviceCentreTimeStamp)}`,
    );
  }
  if (tpdu.kind !== 'SMS-SUBMIT' || tpdu.validityPeriod === undefined) return;
  const seconds = validitySeconds(tpdu.validityPeriod);
  expect(
    seconds === undefined || (seconds >= 0 && seconds <= 63 * 7 * 86_400),
    'sms: a validity is one of the standard',
    () => `${seconds}`,
  );
  isSingleShot(tpdu.validityPeriod);
}

function checkUserData(tpdu: Exclude<SmsTpdu, { kind: 'SMS-COMMAND' }>, octets: Uint8Array): void {
  const scheme = tpdu.dataCodingScheme ?? 0;
  const hasHeader = tpdu.userDataHeader ?? false;
  const raw = tpdu.userData!;
  const data = decodeUserData(raw, scheme, hasHeader);
  if (!data.ok) {
    checkError('sms', data.error, raw.octets);
    return;
  }
  checkHeader(data.value, octets);
  const again = writtenOr(() => makeUserData(data.value, scheme), NOT_WRITTEN);
  if (again === undefined) return;
  const back = decodeUserData(again, scheme, hasHeader);
  expect(back.ok, 'sms: written user data can be read', () => hexOf(octets));
  if (back.ok) checkSame('sms: user data are read back as they were', back.value, data.value, octets);
}

function checkHeader({ header = [] }: UserData, octets: Uint8Array): void {
  const concatenation = concatenationOf(header);
  if (concatenation !== undefined) {
    const { sequence, total } = concatenation;
    expect(sequence >= 1 && sequence <= total, 'sms: a part is one of its message', () => `${sequence} of ${total}`);
    checkSame(
      'sms: a concatenation is read as it was written',
      concatenationOf([concatenationElement(concatenation)]),
      concatenation,
      octets,
    );
  }
  const ports = portsOf(header);
  if (ports !== undefined) checkSame('sms: ports are read as they were written', portsOf([portsElement(ports)]), ports, octets);
}

function lengthTree(name: string, octets: Uint8Array, at: number, size: number): Node[] {
  return [
    leaf(`${name}-length`, octets.subarray(at, at + 1)),
    leaf(`${name}-type`, octets.subarray(at + 1, at + 2)),
    leaf(name, octets.subarray(at + 2, at + 2 + size)),
  ];
}

/** Where the address of a TPDU stands, by its message type: 01 a SUBMIT and a DELIVER, 10 a COMMAND and a STATUS-REPORT. */
function tpduTree(octets: Uint8Array): Node {
  const [direction, first = 0] = octets;
  const type = first & 3;
  const address = type === 0 ? 2 : type === 1 ? 3 : direction! & 1 ? 3 : 6;
  const digits = octets[address];
  const to = address + 2 + (((digits ?? 0) + 1) >> 1);
  if (digits === undefined || to > octets.length)
    return group('tpdu', [leaf('direction', octets.subarray(0, 1)), leaf('octets', octets.subarray(1))]);
  return group('tpdu', [
    leaf('direction', octets.subarray(0, 1)),
    leaf('first', octets.subarray(1, 2)),
    leaf('before', octets.subarray(2, address)),
    ...lengthTree('address', octets, address, to - address - 2),
    ...fieldsOf(octets.subarray(to)),
  ]);
}

/** PID, DCS, times; then a length, which may be a count of septets, and user data. */
function fieldsOf(octets: Uint8Array): Node[] {
  for (const before of [2, 3, 9, 15]) {
    const length = octets[before];
    const left = octets.length - before - 1;
    if (length === undefined) continue;
    if (left === length || left === (length * 7 + 7) >> 3)
      return [
        leaf('protocol', octets.subarray(0, 1)),
        leaf('coding', octets.subarray(1, 2)),
        leaf('times', octets.subarray(2, before)),
        leaf('length', octets.subarray(before, before + 1)),
        group('user-data', [leaf('header', octets.subarray(before + 1, before + 7)), leaf('text', octets.subarray(before + 7))]),
      ];
  }
  return [leaf('fields', octets)];
}

/** TPDUs of the corpus both alone and in MAP, and some of every kind; each with the octet of its way. */
function tpdus(): Uint8Array[] {
  const carried = tcapOctets().flatMap((octets) => {
    const message = decodeTcap(octets);
    if (!message.ok || !('components' in message.value)) return [];
    return (message.value.components ?? []).flatMap((component) => {
      const invoke = component.kind === 'invoke' ? decodeInvoke(component) : undefined;
      return invoke?.ok && 'smRpUi' in invoke.value.argument ? [invoke.value.argument.smRpUi] : [];
    });
  });
  const all = [...carried, ...smsVectors(), ...MADE.map(hex)];
  return all.flatMap((octets) => CONTEXTS.map((_, direction) => Uint8Array.from([direction, ...octets])));
}

const MADE = [
  // SUBMIT: relative, absolute and enhanced validity; concatenated; UCS2; alphanumeric originator of a DELIVER.
  '11000c919343795634120000a70bc8329bfd06dddf723619',
  '19000c9193437956341200001112032143650a0bc8329bfd06dddf723619',
  '09000c91934379563412000001050000000000000bc8329bfd06dddf723619',
  '41000c91934379563412000412050003aa020106080411220201410042',
  '41000c919343795634120000160b0500030102010a0524010125010141c8329bfd0600',
  '01000c91934379563412000806d83dde000041',
  '040bd0cf74d9da5c06000062111221430002 04c8329b0d',
  '0006 0791 12 00 62111221430002 62111221430002 00 07 00 00 04c8329b0d',
  '02aa0c919343795634126211122143000262111221430002 00',
  '02010102030791214365f70204aabbccdd',
  '00c30700f604c8329b0d',
  '01c30062111221430002',
];

export const sms: Target = {
  name: 'sms',
  about: 'TPDUs of short messages, their user data and texts',
  seeds: tpdus,
  dictionary: [
    '00',
    '01',
    '02',
    '03',
    '1b',
    '1b1b',
    '9b',
    '00',
    '04',
    '08',
    '0c',
    '10',
    '20',
    '24',
    '25',
    '44',
    'c0',
    'd0',
    'e0',
    'f4',
    'f5',
    '050003010201',
    '06080400010201',
    '0605041122aabb',
    '2401 03',
    '2501 01',
    'ffffffffffffff',
    '62111221430002',
    '91',
    'd0',
    '14',
    '15',
    '0a',
  ].map(hex),
  structure: tpduTree,
  run(octets) {
    if (octets.length === 0) return;
    const context = CONTEXTS[octets[0]! & 3]!;
    const tpdu = octets.subarray(1);
    const decoded = decodeSms(tpdu, context);
    if (decoded.ok) checkTpdu(decoded.value, tpdu, context);
    else checkError('sms', decoded.error, tpdu);
    const digits = readTbcd(tpdu);
    expect(readTbcd(semiOctets(digits)) === digits, 'sms: digits are read back as they were', () => digits);
  },
};
