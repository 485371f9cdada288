/** What people send: submissions of every alphabet, header and validity, and the TPDUs of the other directions. */
import {
  concatenationElement,
  encodeSms,
  makeUserData,
  portsElement,
  type SmsAddress,
  type SmsSubmit,
  type TimeStamp,
  type UserData,
  type ValidityPeriod,
} from '#codec/sms';

import { numberOf } from './numbers.js';

const GSM7 = 0x00;
const OCTETS = 0x04;
const UCS2 = 0x08;
/** Class 0, shown at once. */
const FLASH = 0x10;

const RECIPIENT: SmsAddress = { typeOfNumber: 1, numberingPlan: 1, value: '447700900123' };
const SHORT_CODE: SmsAddress = { typeOfNumber: 0, numberingPlan: 1, value: '71234' };
const NATIONAL: SmsAddress = { typeOfNumber: 2, numberingPlan: 1, value: '701740605' };

const NOON: TimeStamp = { kind: 'time', year: 26, month: 11, day: 2, hour: 12, minute: 0, second: 0, zoneQuarters: 4 };
const A_DAY: ValidityPeriod = { kind: 'relative', value: 167 };

const LONG_TEXT =
  'The train to the north leaves from track four at ten past nine. Bring warm clothes, the tickets and something to read; we shall be there before midnight. ';

interface Text {
  readonly name: string;
  readonly dataCodingScheme: number;
  readonly userData: UserData;
  readonly destination?: SmsAddress;
  readonly validity?: ValidityPeriod;
  readonly flags?: Pick<SmsSubmit, 'statusReportRequest' | 'rejectDuplicates' | 'replyPath'>;
}

const TEXTS: readonly Text[] = [
  { name: 'short', dataCodingScheme: GSM7, userData: { text: 'On my way' } },
  { name: 'extended alphabet', dataCodingScheme: GSM7, userData: { text: 'Price: 12 € [today] ~ {x}' }, validity: A_DAY },
  { name: 'empty', dataCodingScheme: GSM7, userData: { text: '' }, destination: SHORT_CODE },
  {
    name: 'flash',
    dataCodingScheme: FLASH,
    userData: { text: 'Balance?' },
    destination: SHORT_CODE,
    flags: { statusReportRequest: true },
  },
  { name: 'ucs2', dataCodingScheme: UCS2, userData: { text: 'Привет, 東京 مرحبا' }, flags: { rejectDuplicates: true } },
  { name: 'octets', dataCodingScheme: OCTETS, userData: { data: Uint8Array.from({ length: 40 }, (_, i) => i * 5) } },
  {
    name: 'part of a long message',
    dataCodingScheme: GSM7,
    userData: {
      header: [concatenationElement({ reference: 77, total: 3, sequence: 2, wide: false })],
      text: LONG_TEXT.slice(0, 100),
    },
  },
  {
    name: 'part of a long message, wide reference',
    dataCodingScheme: UCS2,
    userData: { header: [concatenationElement({ reference: 4711, total: 2, sequence: 1, wide: true })], text: 'Дорогие друзья' },
    destination: NATIONAL,
  },
  {
    name: 'for an application',
    dataCodingScheme: OCTETS,
    userData: {
      header: [portsElement({ destination: 2948, originator: 9200, wide: true })],
      data: Uint8Array.from({ length: 60 }, (_, i) => 255 - i),
    },
    validity: { kind: 'absolute', time: NOON },
  },
  {
    name: 'national table',
    dataCodingScheme: GSM7,
    userData: { header: [{ identifier: 0x24, octets: Uint8Array.of(3) }], text: 'Amanhã às nove' },
    flags: { replyPath: true },
  },
];

function submit({ dataCodingScheme, userData, destination, validity, flags }: Text): Uint8Array {
  return encodeSms({
    kind: 'SMS-SUBMIT',
    ...flags,
    ...(userData.header === undefined ? {} : { userDataHeader: true }),
    messageReference: 42,
    destinationAddress: destination ?? RECIPIENT,
    protocolIdentifier: 0,
    dataCodingScheme,
    ...(validity === undefined ? {} : { validityPeriod: validity }),
    userData: makeUserData(userData, dataCodingScheme),
  });
}

/** A TPDU with a name for reports. */
export interface Tpdu {
  readonly name: string;
  readonly octets: Uint8Array;
  /** It is for a prepaid subscriber of ours. */
  readonly isForPrepaid?: true;
}

const PREPAID_RECIPIENT: SmsAddress = { typeOfNumber: 1, numberingPlan: 1, value: numberOf('prepaid-1', 0) };

/** To a prepaid subscriber of ours, which matters where recipients are asked for. */
export const TO_PREPAID: Tpdu = {
  name: 'to a prepaid recipient',
  octets: submit({ name: 'to prepaid', dataCodingScheme: GSM7, userData: { text: 'Call me' }, destination: PREPAID_RECIPIENT }),
  isForPrepaid: true,
};

/** What phones send; the last is a command. All fit one UDT with their dialogue portion. */
export const SUBMISSIONS: readonly Tpdu[] = [
  ...TEXTS.map((text) => ({ name: text.name, octets: submit(text) })),
  {
    name: 'command',
    octets: encodeSms({
      kind: 'SMS-COMMAND',
      messageReference: 43,
      protocolIdentifier: 0,
      commandType: 0,
      messageNumber: 42,
      destinationAddress: RECIPIENT,
      commandData: new Uint8Array(0),
    }),
  },
];

/** A full text: with its dialogue portion it is long for one UDT, so that some exchanges segment it or open the dialogue first. */
export const LONG_SUBMISSIONS: readonly Tpdu[] = [
  {
    name: 'full',
    octets: submit({ name: 'full', dataCodingScheme: GSM7, userData: { text: LONG_TEXT.padEnd(160, '.') }, validity: A_DAY }),
  },
  {
    name: 'full, part of a long message',
    octets: submit({
      name: 'full part',
      dataCodingScheme: UCS2,
      userData: {
        header: [concatenationElement({ reference: 300, total: 4, sequence: 1, wide: true })],
        text: 'ветер с севера '.repeat(5).slice(0, 66),
      },
    }),
  },
];

/** What a service centre sends to a phone. */
export const DELIVERY: Uint8Array = encodeSms({
  kind: 'SMS-DELIVER',
  noMoreMessages: true,
  originatingAddress: RECIPIENT,
  protocolIdentifier: 0,
  dataCodingScheme: GSM7,
  serviceCentreTimeStamp: NOON,
  userData: makeUserData({ text: 'Your parcel is at the station' }, GSM7),
});

/** What a service centre says of a submission that it takes (version 3 may carry it). */
export const SUBMIT_REPORT: Uint8Array = encodeSms({
  kind: 'SMS-SUBMIT-REPORT',
  parameterIndicator: 0,
  serviceCentreTimeStamp: NOON,
});
