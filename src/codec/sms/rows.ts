/** The TPDUs as rows: decoder, encoder and printer read these, and nothing else. TS 23.040 9.2.2. */
import { type ByteReader, type ByteWriter, hexNumber, hexOctets } from '#base';
import { addressText, readAddress, writeAddress } from './address.js';
import { dataCodingText, protocolText, readDataCoding } from './data-coding.js';
import {
  readTimeStamp,
  readValidityPeriod,
  timeText,
  VALIDITY_FORMATS,
  validityText,
  writeTimeStamp,
  writeValidityPeriod,
} from './time.js';
import { COMMAND_TYPES, FAILURE_CAUSES, type SmsKind, type SmsTpdu, STATUSES } from './tpdus.js';
import type { RawUserData } from './user-data.js';

/** What has been read of a PDU so far, by key; with the first octet and whether an error is reported. */
export type Values = Readonly<Record<string, unknown>>;
export interface Situation {
  readonly firstOctet: number;
  readonly error: boolean;
}

interface FieldCoder<T> {
  read(r: ByteReader, values: Values, situation: Situation): T;
  write(w: ByteWriter, value: T, values: Values): void;
  text(value: T, masked: boolean, values: Values): string;
}

export interface SmsField {
  readonly key: string;
  readonly name: string;
  readonly coder: FieldCoder<never>;
  /** Whether the field is there; absent means always. */
  readonly when?: (values: Values, situation: Situation) => boolean;
}

const octet = (text: (value: number) => string = (value) => `${value}`): FieldCoder<number> => ({
  read: (r) => r.u8(),
  write(w, value) {
    if (!Number.isInteger(value) || value < 0 || value > 0xff) throw new RangeError(`no octet: ${value}`);
    w.u8(value);
  },
  text,
});
const named = (names: Readonly<Record<number, string>>): FieldCoder<number> =>
  octet((value) => `${hexNumber(value)} (${names[value] ?? 'reserved'})`);

const address: FieldCoder<Parameters<typeof writeAddress>[1]> = { read: readAddress, write: writeAddress, text: addressText };
const timeStamp: FieldCoder<Parameters<typeof writeTimeStamp>[1]> = {
  read: readTimeStamp,
  write: writeTimeStamp,
  text: timeText,
};
const validity: FieldCoder<Parameters<typeof writeValidityPeriod>[1]> = {
  read: (r, _, { firstOctet }) => readValidityPeriod(r, validityFormat(firstOctet)),
  write: writeValidityPeriod,
  text: validityText,
};

/** Septets unless the scheme says octets. Without a scheme the default alphabet is meant (9.2.3.27, note). */
const inSeptets = (values: Values): boolean => {
  const { alphabet, compressed } = readDataCoding((values['dataCodingScheme'] as number | undefined) ?? 0);
  return alphabet === 'gsm7' && !compressed;
};
const userData: FieldCoder<RawUserData> = {
  read(r, values) {
    const length = r.u8();
    return { length, octets: r.take(inSeptets(values) ? (length * 7 + 7) >> 3 : length) };
  },
  write(w, { length, octets }, values) {
    const needed = inSeptets(values) ? (length * 7 + 7) >> 3 : length;
    if (!Number.isInteger(length) || length < 0 || length > 0xff || octets.length !== needed)
      throw new RangeError(`a user data length of ${length} over ${octets.length} octets`);
    w.u8(length);
    w.octets(octets);
  },
  text: ({ length, octets }, masked) => `length ${length}, ${octets.length} octets${masked ? '' : ` ${hexOctets(octets)}`}`,
};
const commandData: FieldCoder<Uint8Array> = {
  read: (r) => r.take(r.u8()),
  write(w, value) {
    if (value.length > 0xff) throw new RangeError(`command data of ${value.length} octets`);
    w.u8(value.length);
    w.octets(value);
  },
  text: (value, masked) => (masked ? `${value.length} octets` : hexOctets(value)),
};

const field = <T>(key: string, name: string, coder: FieldCoder<T>, when?: SmsField['when']): SmsField => ({
  key,
  name,
  coder: coder as unknown as FieldCoder<never>,
  ...(when === undefined ? {} : { when }),
});

const VPF_SHIFT = 3;
export const VPF_MASK = 0x18;
export const validityFormat = (firstOctet: number): number => (firstOctet & VPF_MASK) >> VPF_SHIFT;
/** The bits of the first octet for a validity period. */
export const validityBits = (kind: keyof typeof VALIDITY_FORMATS | undefined): number =>
  kind === undefined ? 0 : VALIDITY_FORMATS[kind] << VPF_SHIFT;

const indicated =
  (bit: number): NonNullable<SmsField['when']> =>
  (values) =>
    (((values['parameterIndicator'] as number | undefined) ?? 0) & bit) !== 0;

const messageReference = field('messageReference', 'TP-MR', octet());
const protocolIdentifier = field('protocolIdentifier', 'TP-PID', octet(protocolText));
const dataCodingScheme = field('dataCodingScheme', 'TP-DCS', octet(dataCodingText));
const timeStampField = field('serviceCentreTimeStamp', 'TP-SCTS', timeStamp);
const userDataField = field('userData', 'TP-UD', userData);
const parameterIndicator = octet((value) => hexNumber(value));
const optionalFields = [
  { ...protocolIdentifier, when: indicated(1) },
  { ...dataCodingScheme, when: indicated(2) },
  { ...userDataField, when: indicated(4) },
];
const failureCause = field('failureCause', 'TP-FCS', named(FAILURE_CAUSES), (_, { error }) => error);

export interface SmsRow {
  /** TP-MTI, 0..2. */
  readonly type: number;
  /** `mo`: from the phone. */
  readonly direction: 'mo' | 'mt';
  /** Bits of the first octet by key. */
  readonly flags: Readonly<Record<string, { readonly bit: number; readonly name: string }>>;
  readonly fields: readonly SmsField[];
}

const userDataHeader = { bit: 0x40, name: 'TP-UDHI' };
const replyPath = { bit: 0x80, name: 'TP-RP' };
const noMoreMessages = { bit: 0x04, name: 'TP-MMS' };
const loopPrevention = { bit: 0x08, name: 'TP-LP' };
const statusReportRequest = { bit: 0x20, name: 'TP-SRR' };

/** Keys of a PDU that are no fields of the rows. */
type NotInRows = 'kind' | 'spareBits' | 'extra';
/** Every key of the interface that must be in the row's flags or fields: held by the tests that walk the rows. */
export type SmsKey = Exclude<SmsTpdu extends infer P ? (P extends SmsTpdu ? keyof P : never) : never, NotInRows>;

export const TPDUS: Readonly<Record<SmsKind, SmsRow>> = {
  'SMS-DELIVER': {
    type: 0,
    direction: 'mt',
    flags: {
      noMoreMessages,
      loopPrevention,
      statusReportIndication: { bit: 0x20, name: 'TP-SRI' },
      userDataHeader,
      replyPath,
    },
    fields: [field('originatingAddress', 'TP-OA', address), protocolIdentifier, dataCodingScheme, timeStampField, userDataField],
  },
  'SMS-DELIVER-REPORT': {
    type: 0,
    direction: 'mo',
    flags: { userDataHeader },
    fields: [failureCause, field('parameterIndicator', 'TP-PI', parameterIndicator), ...optionalFields],
  },
  'SMS-SUBMIT': {
    type: 1,
    direction: 'mo',
    flags: { rejectDuplicates: { bit: 0x04, name: 'TP-RD' }, statusReportRequest, userDataHeader, replyPath },
    fields: [
      messageReference,
      field('destinationAddress', 'TP-DA', address),
      protocolIdentifier,
      dataCodingScheme,
      field('validityPeriod', 'TP-VP', validity, (_, { firstOctet }) => validityFormat(firstOctet) !== 0),
      userDataField,
    ],
  },
  'SMS-SUBMIT-REPORT': {
    type: 1,
    direction: 'mt',
    flags: { userDataHeader },
    fields: [failureCause, field('parameterIndicator', 'TP-PI', parameterIndicator), timeStampField, ...optionalFields],
  },
  'SMS-COMMAND': {
    type: 2,
    direction: 'mo',
    flags: { statusReportRequest, userDataHeader },
    fields: [
      messageReference,
      protocolIdentifier,
      field('commandType', 'TP-CT', named(COMMAND_TYPES)),
      field('messageNumber', 'TP-MN', octet()),
      field('destinationAddress', 'TP-DA', address),
      field('commandData', 'TP-CD', commandData),
    ],
  },
  'SMS-STATUS-REPORT': {
    type: 2,
    direction: 'mt',
    flags: { noMoreMessages, loopPrevention, answersCommand: { bit: 0x20, name: 'TP-SRQ' }, userDataHeader },
    fields: [
      messageReference,
      field('recipientAddress', 'TP-RA', address),
      timeStampField,
      field('dischargeTime', 'TP-DT', timeStamp),
      field('status', 'TP-ST', named(STATUSES)),
      // Absent at the end of the octets; asked for with what is left.
      field(
        'parameterIndicator',
        'TP-PI',
        parameterIndicator,
        (values) => values['parameterIndicator'] !== undefined || values['atEnd'] === false,
      ),
      ...optionalFields,
    ],
  },
};
