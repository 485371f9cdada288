// Needs: tshark
/**
 * What our encoders of TCAP, MAP and short messages write, read by an independent program. Each goes in a unit data of SCCP; tshark must have
 * no complaint, and show every number, every name of an enumeration and every text that went in.
 */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import {
  ERRORS,
  type ErrorName,
  encodeError,
  encodeInvoke,
  encodeResult,
  type MapErrorValue,
  type MapInvoke,
  type MapResult,
  mapUserInformation,
  OPERATIONS,
  type OperationName,
  smDeliveryFailure,
  smDeliveryFailureCause,
} from '#codec/map';
import { concatenationElement, encodeSms, makeUserData, type SmsSubmit, type SmsTpdu } from '#codec/sms';
import {
  type Begin,
  type Component,
  type DialoguePortion,
  encodeTcap,
  endOf,
  PROBLEMS,
  type ProblemType,
  providerAbort,
  rejectOf,
  type TcapMessage,
  userAbort,
} from '#codec/tcap';
import { ARGUMENTS, ERROR_PARAMETERS, hex, number, RESULTS } from '../kit/map-samples.js';
import { dissectSccp, type SignallingDissection, unitData } from './tshark/signalling.js';

interface Case {
  readonly title: string;
  readonly message: TcapMessage;
  /** Texts that tshark must show. */
  readonly shown: readonly string[];
}

/** Contexts of version 3 for the operations, so that tshark takes them apart by the right rules. */
const CONTEXT = '0.4.0.0.1.0.21.3';
const aarq: DialoguePortion = { kind: 'AARQ', protocolVersion: hex('0780'), applicationContext: CONTEXT };
const otid = hex('30000001');

/** Fields of versions 1 and 2, of which tshark's rules (version 3, release 14) know nothing. */
const OLD = new Set(['roamingNumber', 'cugInterlock', 'teleserviceCode', 'mwdSet', 'bare']);
const current = <T>(value: T, also: readonly string[] = []): T =>
  typeof value !== 'object' || value === null || value instanceof Uint8Array || Array.isArray(value)
    ? value
    : (Object.fromEntries(
        Object.entries(value)
          .filter(([key]) => !OLD.has(key) && !also.includes(key))
          .map(([key, inner]) => [key, current(inner)]),
      ) as T);

/** Numbers and names in a value. */
function leaves(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return [];
  if ('digits' in value) return [value.digits as string];
  return Object.entries(value).flatMap(([key, inner]) => (key === 'kind' ? [] : leaves(inner)));
}

const begin = (title: string, component: Component, shown: readonly string[]): Case => ({
  title,
  message: { kind: 'begin', otid, dialogue: aarq, components: [component] },
  shown,
});
/** Without a dialogue portion tshark reads by the rules of version 1. */
const end = (title: string, component: Component, shown: readonly string[], version = 3): Case => ({
  title,
  message: endOf({ kind: 'begin', otid, ...(version === 1 ? {} : { dialogue: aarq }) }, [component]),
  shown,
});

const invokes = (Object.keys(OPERATIONS) as OperationName[]).map((operation) => {
  const argument = current(ARGUMENTS[operation], operation === 'mo-ForwardSM' ? ['moreMessagesToSend'] : []);
  const shown = [operation, ...leaves(argument)];
  return begin(`invoke ${operation}`, encodeInvoke(1, { operation, argument } as MapInvoke), shown);
});
const results = (Object.entries(RESULTS) as [OperationName, object][]).map(([operation, value]) => {
  const result = current(value);
  return end(`result ${operation}`, encodeResult(1, { operation, result } as MapResult), [operation, ...leaves(result)]);
});
const errors = (Object.keys(ERRORS) as ErrorName[]).map((error) => {
  const parameter = current(ERROR_PARAMETERS[error]);
  return end(`error ${error}`, encodeError(1, { error, parameter } as MapErrorValue), [error, ...leaves(parameter)]);
});
const failures = Object.values(smDeliveryFailureCause.names).flatMap((cause) =>
  [1, 2].map((version) =>
    end(`sm-DeliveryFailure ${cause}, version ${version}`, encodeError(1, smDeliveryFailure(version, cause)), [cause], version),
  ),
);
/** Forms of versions 1 and 2, in which a field stands alone. */
const hlrNumber = number('393490000009');
const bare = true;
const old: Case[] = [
  {
    title: 'invoke cancelLocation, versions 1 and 2',
    message: {
      kind: 'begin',
      otid,
      components: [
        encodeInvoke(1, {
          operation: 'cancelLocation',
          argument: { identity: { kind: 'imsi', value: '222100123456789' }, bare },
        }),
      ],
    },
    shown: ['cancelLocation', '222100123456789'],
  },
  end(
    'result updateLocation, versions 1 and 2',
    encodeResult(1, { operation: 'updateLocation', result: { hlrNumber, bare } }),
    ['393490000009'],
    1,
  ),
  end(
    'error callBarred, versions 1 and 2',
    encodeError(1, { error: 'callBarred', parameter: { cause: 'operatorBarring', bare } }),
    ['callBarred', 'operatorBarring'],
    1,
  ),
  end(
    'error systemFailure, versions 1 and 2',
    encodeError(1, { error: 'systemFailure', parameter: { networkResource: 'vmsc', bare } }),
    ['systemFailure', 'vmsc'],
    1,
  ),
];
const rejects = (Object.keys(PROBLEMS) as ProblemType[]).flatMap((type) =>
  Object.entries(PROBLEMS[type]).map(([code, name]) =>
    end(`reject ${type} ${name}`, rejectOf(1, { type, code: Number(code) }), [name]),
  ),
);
const asked: Begin = { kind: 'begin', otid, dialogue: aarq };
const dialogues: Case[] = [
  {
    title: 'an end that accepts',
    message: endOf(asked, [encodeError(1, smDeliveryFailure(3, 6))]),
    shown: ['accepted', '30000001', 'subscriberNotSC-Subscriber'],
  },
  { title: 'an abort by the provider', message: providerAbort(otid, 'resourceLimitation'), shown: ['resourceLimitation'] },
  { title: 'an abort by the user', message: userAbort(otid), shown: ['dialogue-service-user'] },
  {
    title: 'a dialogue opened by MAP',
    message: {
      ...asked,
      dialogue: {
        ...aarq,
        userInformation: [mapUserInformation({ kind: 'map-open', value: { originationReference: number('447700900100') } })],
      } as DialoguePortion,
    },
    shown: ['447700900100'],
  },
  {
    title: 'a continue',
    message: { kind: 'continue', otid, dtid: hex('0a0b0c0d'), components: [{ kind: 'returnResultLast', invokeId: 1 }] },
    shown: ['30000001', '0a:0b:0c:0d'],
  },
];

const submit: SmsSubmit = {
  kind: 'SMS-SUBMIT',
  messageReference: 77,
  destinationAddress: { typeOfNumber: 1, numberingPlan: 1, value: '393497654321' },
  protocolIdentifier: 0,
  dataCodingScheme: 0,
  userData: makeUserData({ text: 'Hello [world] €' }, 0),
};
const time = { kind: 'time', year: 26, month: 11, day: 12, hour: 12, minute: 34, second: 56, zoneQuarters: -4 } as const;
const CLOCK = ['Year: 26', 'Month: 11', 'Day: 12', 'Hour: 12', 'Minutes: 34', 'Seconds: 56', 'Timezone: GMT - 1 hours 0 minutes'];
const concatenation = concatenationElement({ reference: 4660, total: 3, sequence: 2, wide: true });
const TPDUS: readonly (readonly [string, 'mo' | 'mt', SmsTpdu, readonly string[]])[] = [
  ['text with an extension', 'mo', submit, ['393497654321', 'Hello [world] €']],
  [
    'a number with star and hash',
    'mo',
    { ...submit, destinationAddress: { typeOfNumber: 0, numberingPlan: 1, value: '*123#' } },
    ['*123#'],
  ],
  [
    'an alphanumeric address',
    'mo',
    { ...submit, destinationAddress: { typeOfNumber: 5, numberingPlan: 0, value: 'Angarium' } },
    ['Angarium'],
  ],
  ['UCS2', 'mo', { ...submit, dataCodingScheme: 8, userData: makeUserData({ text: 'Привет' }, 8) }, ['Привет']],
  [
    'a part of a message',
    'mo',
    { ...submit, userDataHeader: true, userData: makeUserData({ header: [concatenation], text: 'part two' }, 0) },
    ['part two', '4660'],
  ],
  ['a relative validity', 'mo', { ...submit, validityPeriod: { kind: 'relative', value: 167 } }, ['24 hours']],
  ['an absolute validity', 'mo', { ...submit, validityPeriod: { kind: 'absolute', time } }, CLOCK],
  [
    'a command',
    'mo',
    {
      kind: 'SMS-COMMAND',
      messageReference: 5,
      protocolIdentifier: 0,
      commandType: 2,
      messageNumber: 9,
      destinationAddress: submit.destinationAddress,
      commandData: hex(''),
    },
    ['393497654321'],
  ],
  [
    'a delivery',
    'mt',
    {
      kind: 'SMS-DELIVER',
      noMoreMessages: true,
      originatingAddress: submit.destinationAddress,
      protocolIdentifier: 0,
      dataCodingScheme: 0,
      serviceCentreTimeStamp: time,
      userData: makeUserData({ text: 'delivered' }, 0),
    },
    ['393497654321', 'delivered', ...CLOCK],
  ],
  [
    'a status report',
    'mt',
    {
      kind: 'SMS-STATUS-REPORT',
      noMoreMessages: true,
      messageReference: 77,
      recipientAddress: submit.destinationAddress,
      serviceCentreTimeStamp: time,
      dischargeTime: time,
      status: 0x46,
    },
    ['393497654321', ...CLOCK],
  ],
];
const shortMessages = TPDUS.map(([title, direction, tpdu, shown]) => {
  const centre = number('393490000001');
  const smRpUi = encodeSms(tpdu);
  const invoke: MapInvoke =
    direction === 'mo'
      ? {
          operation: 'mo-ForwardSM',
          argument: {
            smRpDa: { kind: 'serviceCentreAddressDA', value: centre },
            smRpOa: { kind: 'msisdn', value: number('393491234567') },
            smRpUi,
          },
        }
      : {
          operation: 'mt-ForwardSM',
          argument: {
            smRpDa: { kind: 'imsi', value: '222100123456789' },
            smRpOa: { kind: 'serviceCentreAddressOA', value: centre },
            smRpUi,
          },
        };
  return begin(`short message: ${title}`, encodeInvoke(1, invoke), shown);
});

const CASES = [...invokes, ...results, ...errors, ...failures, ...old, ...rejects, ...dialogues, ...shortMessages];

describe('signalling as Wireshark reads it', () => {
  let found: SignallingDissection[];
  before(() => {
    found = dissectSccp(CASES.map(({ message }) => unitData(encodeTcap(message))));
  });

  CASES.forEach(({ title, shown }, i) => {
    it(`${title}: without complaint, with all that went in`, () => {
      const { complaints, lines } = found[i]!;
      assert.deepEqual(complaints, []);
      const missing = shown.filter((text) => !lines.some((line) => line.toLowerCase().includes(text.toLowerCase())));
      assert.deepEqual(missing, [], lines.join('\n'));
    });
  });
});
