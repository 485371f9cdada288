/** 3GPP TS 29.002, clause 17: operations, errors, contexts, types. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { onlyElement } from '#codec/ber';
import {
  ABSENT_SUBSCRIBER_DIAGNOSTICS,
  absentSubscriberReason,
  addressNumberAt,
  addressStringAt,
  addressStringText,
  CONTEXTS,
  callBarringCause,
  contextName,
  contextOf,
  contextText,
  decodeError,
  decodeInvoke,
  decodeMapDialogue,
  decodeResult,
  ERRORS,
  type ErrorName,
  encodeError,
  encodeInvoke,
  encodeResult,
  errorOf,
  INVOKE_PROBLEM,
  type MapDialoguePdu,
  type MapErrorValue,
  type MapInvoke,
  type MapResult,
  mapToText,
  mapUserInformation,
  NATURES,
  networkResource,
  OPERATIONS,
  type OperationName,
  OTHER_OPERATIONS,
  operationName,
  operationOf,
  PLANS,
  roamingNotAllowedCause,
  smDeliveryFailure,
  smDeliveryFailureCause,
  smDeliveryOutcome,
  unknownSubscriberDiagnostic,
} from '#codec/map';
import { decodeTcap, encodeTcap, type Invoke, local } from '#codec/tcap';
import { ARGUMENTS, ERROR_PARAMETERS, hex, number, RESULTS, SUBMIT } from '../../kit/map-samples.js';

const hexOf = (octets: Uint8Array | undefined): string => Buffer.from(octets!).toString('hex');
const NAMES = Object.keys(OPERATIONS) as OperationName[];
const ERROR_NAMES = Object.keys(ERRORS) as ErrorName[];

const invokeOf = (octets: Invoke): MapInvoke => {
  const invoke = decodeInvoke(octets);
  assert.ok(invoke.ok, invoke.ok ? '' : invoke.error.text);
  return invoke.value;
};
const errorText = (code: number, parameter: string) => {
  const error = decodeError({ error: local(code), parameter: hex(parameter) });
  assert.ok(error.ok, error.ok ? '' : error.error.text);
  return error.value;
};

/** Every way to leave out one of the fields of a value. */
const without = (value: object): object[] =>
  Object.keys(value).map((left) => Object.fromEntries(Object.entries(value).filter(([key]) => key !== left)));

/** What was written; undefined when a mandatory field is missing, which the encoder must say. */
function written<T>(encode: () => T): T | undefined {
  try {
    return encode();
  } catch (e) {
    assert.ok(e instanceof RangeError && / is missing$/.test(e.message));
    return undefined;
  }
}

describe('TS 29.002, 17.6: operations', () => {
  for (const name of NAMES) {
    it(`17.6: the argument of ${name} (${OPERATIONS[name].code}) is written and read with every field, and with any one missing`, () => {
      assert.equal(operationOf(OPERATIONS[name].code), name);
      const whole = { operation: name, argument: ARGUMENTS[name] } as MapInvoke;
      assert.deepEqual(invokeOf(encodeInvoke(7, whole)), whole);
      for (const argument of without(ARGUMENTS[name])) {
        const component = written(() => encodeInvoke(7, { operation: name, argument } as MapInvoke));
        if (component !== undefined) assert.deepEqual(invokeOf(component).argument, argument);
      }
    });
  }

  for (const [name, result] of Object.entries(RESULTS)) {
    it(`17.6: the result of ${name} is written and read with every field, and with any one missing`, () => {
      for (const one of [result, ...without(result)]) {
        const component = written(() => encodeResult(7, { operation: name, result: one } as MapResult));
        if (component !== undefined)
          assert.deepEqual(decodeResult(component), { ok: true, value: { operation: name, result: one } });
      }
    });
  }

  it('17.6: an operation without a result is answered by a component without one', () => {
    assert.deepEqual(encodeResult(1, undefined), { kind: 'returnResultLast', invokeId: 1 });
    assert.deepEqual(decodeResult({}), { ok: true, value: undefined });
    const odd = decodeResult({ result: { operation: local(64), parameter: hex('3000') } });
    assert.ok(!odd.ok && odd.error.kind === 'unrecognized');
  });

  it('17.5: operations known by name only, and unknown ones, are unrecognized', () => {
    for (const code of Object.keys(OTHER_OPERATIONS).map(Number)) {
      assert.equal(operationOf(code), undefined);
      assert.ok(operationName(code));
      const invoke = decodeInvoke({ operation: local(code), parameter: hex('3000') });
      assert.ok(!invoke.ok && INVOKE_PROBLEM[invoke.error.kind] === 1);
    }
    assert.equal(operationName(255), undefined);
    assert.equal(decodeInvoke({ operation: { kind: 'global', value: '1.2.3' } }).ok, false);
    const mistyped = decodeInvoke({ operation: local(46), parameter: hex('0500') });
    assert.ok(!mistyped.ok && INVOKE_PROBLEM[mistyped.error.kind] === 2);
    assert.equal(decodeInvoke({ operation: local(46) }).ok, false);
  });

  it('GSM 09.02: forms of versions 1 and 2, in which a field stands alone, are read and written as they came', () => {
    const imsi = '0408221200214365 87f9'.replace(' ', '');
    const bare = invokeOf({ kind: 'invoke', invokeId: 1, operation: local(3), parameter: hex(imsi) });
    assert.deepEqual(bare, {
      operation: 'cancelLocation',
      argument: { identity: { kind: 'imsi', value: '222100123456789' }, bare: true },
    });
    assert.equal(hexOf(encodeInvoke(1, bare).parameter), imsi);
    const both = `3010${imsi}040400036231`;
    const withLmsi = invokeOf({ kind: 'invoke', invokeId: 1, operation: local(3), parameter: hex(both) });
    assert.ok(
      withLmsi.operation === 'cancelLocation' && withLmsi.argument.bare && withLmsi.argument.identity.kind === 'imsi-WithLMSI',
    );
    assert.equal(hexOf(encodeInvoke(1, withLmsi).parameter), both);
    for (const [code, parameter] of [
      [2, '0407919343940000 90'],
      [23, '0407919343940000 90'],
      [47, '0407919343193254 76'],
    ] as const) {
      const value = decodeResult({ result: { operation: local(code), parameter: hex(parameter) } });
      assert.ok(value.ok && value.value !== undefined);
      assert.equal(hexOf(encodeResult(1, value.value).result?.parameter), parameter.replace(' ', ''));
    }
  });

  it('17.7.6: SM-RP-DA and SM-RP-OA in all their choices', () => {
    const cases: [string, object, string, object][] = [
      [
        '8008221200214365 87f9',
        { kind: 'imsi', value: '222100123456789' },
        '8407919343090000 10',
        { kind: 'serviceCentreAddressOA', value: number('393490000001') },
      ],
      ['810400036231', { kind: 'lmsi', value: hex('00036231') }, '8500', { kind: 'noSM-RP-OA', value: true }],
      [
        '8307914477009000f1',
        { kind: 'roamingNumber', value: number('44770009001') },
        '8206a14319325476',
        { kind: 'msisdn', value: number('3491234567', 2) },
      ],
      [
        '8407919343090000 10',
        { kind: 'serviceCentreAddressDA', value: number('393490000001') },
        '8207919343193254 76',
        { kind: 'msisdn', value: number('393491234567') },
      ],
      ['8500', { kind: 'noSM-RP-DA', value: true }, '8202 8111', { kind: 'msisdn', value: number('11', 0) }],
    ];
    for (const [da, smRpDa, oa, smRpOa] of cases)
      for (const [code, operation] of [
        [46, 'mo-ForwardSM'],
        [44, 'mt-ForwardSM'],
      ] as const) {
        const content = `${da}${oa}0401aa`.replace(/\s/g, '');
        const parameter = `30${(content.length / 2).toString(16).padStart(2, '0')}${content}`;
        const invoke = invokeOf({ kind: 'invoke', invokeId: 1, operation: local(code), parameter: hex(parameter) });
        assert.deepEqual(invoke, { operation, argument: { smRpDa, smRpOa, smRpUi: hex('aa') } });
        assert.equal(hexOf(encodeInvoke(1, invoke).parameter), parameter);
      }
  });

  it('17.7.6: every outcome of a delivery', () => {
    for (const [code, outcome] of Object.entries(smDeliveryOutcome.names)) {
      const parameter = `3013040691272233131104069101907354f30a010${code}`;
      const invoke = invokeOf({ kind: 'invoke', invokeId: 1, operation: local(47), parameter: hex(parameter) });
      assert.ok(invoke.operation === 'reportSM-DeliveryStatus' && invoke.argument.smDeliveryOutcome === outcome);
      assert.equal(hexOf(encodeInvoke(1, invoke).parameter), parameter);
    }
  });
});

/** Identifiers inside an element, in order; `path` goes down by place. */
function tagsOf(octets: Uint8Array, ...path: number[]): string {
  let r = onlyElement(octets, 'an element').inner();
  for (const place of path) {
    for (let i = 0; i <= place; i++) r.need('an element');
    r = r.inner();
  }
  const tags: string[] = [];
  while (r.next()) tags.push(r.tag.toString(16).padStart(2, '0'));
  return tags.join(' ');
}

/** From the ASN.1 of 17.7, in its order; in front the outer identifier. Fields of versions 1 and 2 stand where GSM 09.02 has them. */
const ARGUMENT_TAGS: Readonly<Record<OperationName, string>> = {
  updateLocation: '30: 04 80 81 04 8a 30 a6 8b 8c 8f 90',
  cancelLocation: 'a3: 30 0a 30 80 81 82 83 84 85',
  insertSubscriberData: '30: 80 81 82',
  updateGprsLocation: '30: 04 04 04 30 a0 81 90',
  'mt-ForwardSM': '30: 80 84 04 05 30 02 04 80 a1 82 83',
  sendRoutingInfoForSM: '30: 80 81 82 83 85 a6 87 88 89 8a 8b 8c 8e 8d af',
  'mo-ForwardSM': '30: 84 82 04 05 30 04 a0 81',
  'reportSM-DeliveryStatus': '30: 04 04 0a 80 a1 82 83 84 85 86 87 88 89 8a ab',
  alertServiceCentreWithoutResult: '30: 04 04 04 30',
  informServiceCentre: '30: 04 03 30 02 80',
  alertServiceCentre: '30: 04 04 04 30',
  readyForSM: '30: 80 0a 05 30 81',
  anyTimeInterrogation: '30: a0 a1 83 a2',
};
const RESULT_TAGS: Readonly<Record<keyof typeof RESULTS, string>> = {
  updateLocation: '30: 04 30 05',
  cancelLocation: '30: 30',
  insertSubscriberData: '30: a7',
  updateGprsLocation: '30: 04 30 05',
  'mt-ForwardSM': '30: 04 30',
  sendRoutingInfoForSM: '30: 04 a0 82 a4',
  'mo-ForwardSM': '30: 04 30',
  'reportSM-DeliveryStatus': '30: 04 30',
  readyForSM: '30: 30',
  anyTimeInterrogation: '30: 30 30',
};
const ERROR_TAGS: Readonly<Record<ErrorName, string>> = {
  unknownSubscriber: '30: 30 0a',
  unidentifiedSubscriber: '30: 30',
  absentSubscriberSM: '30: 02 30 80 81',
  roamingNotAllowed: '30: 0a 30',
  illegalSubscriber: '30: 30',
  bearerServiceNotProvisioned: '30: 30',
  teleserviceNotProvisioned: '30: 30',
  illegalEquipment: '30: 30',
  callBarred: '30: 0a 30 81 82',
  facilityNotSupported: '30: 30',
  absentSubscriber: '30: 30 80',
  'subscriberBusyForMT-SMS': '30: 30 05',
  'sm-DeliveryFailure': '30: 0a 04 30',
  messageWaitingListFull: '30: 30',
  systemFailure: '30: 0a 30',
  dataMissing: '30: 30',
  unexpectedDataValue: '30: 30 80',
  'ati-NotAllowed': '30: 30',
  resourceLimitation: '30: 30',
};

describe('TS 29.002, 17.7: the identifiers of the ASN.1', () => {
  const shape = (octets: Uint8Array | undefined): string => `${octets![0]!.toString(16)}: ${tagsOf(octets!)}`;
  it('17.7: of every argument, result and error, with all fields', () => {
    for (const name of NAMES) {
      const { parameter } = encodeInvoke(1, { operation: name, argument: ARGUMENTS[name] } as MapInvoke);
      assert.equal(shape(parameter), ARGUMENT_TAGS[name], name);
    }
    for (const [name, tags] of Object.entries(RESULT_TAGS)) {
      const result = { operation: name, result: RESULTS[name as keyof typeof RESULTS] } as MapResult;
      assert.equal(shape(encodeResult(1, result).result?.parameter), tags, name);
    }
    for (const name of ERROR_NAMES) {
      const { parameter } = encodeError(1, { error: name, parameter: ERROR_PARAMETERS[name] } as MapErrorValue);
      assert.equal(shape(parameter), ERROR_TAGS[name], name);
    }
  });

  it('17.7: of the sequences inside', () => {
    const argument = (name: OperationName) =>
      encodeInvoke(1, { operation: name, argument: ARGUMENTS[name] } as MapInvoke).parameter!;
    const result = (operation: keyof typeof RESULTS) =>
      encodeResult(1, { operation, result: RESULTS[operation] } as MapResult).result!.parameter!;
    assert.equal(tagsOf(argument('mo-ForwardSM'), 6), '80 81 82', 'CorrelationID');
    assert.equal(tagsOf(argument('cancelLocation'), 0), '04 04', 'IMSI-WithLMSI');
    assert.equal(tagsOf(argument('anyTimeInterrogation'), 0), '81', 'SubscriberIdentity');
    assert.equal(tagsOf(argument('anyTimeInterrogation'), 1), '80 81 a2 83 84 86 85 87', 'RequestedInfo');
    assert.equal(tagsOf(result('sendRoutingInfoForSM'), 1), '80 81 04 30 85 a6', 'LocationInfoWithLMSI');
    assert.equal(tagsOf(result('sendRoutingInfoForSM'), 1, 5), '81', 'Additional-Number');
    assert.equal(tagsOf(result('anyTimeInterrogation'), 0), 'a0 a1 a2 a8', 'SubscriberInfo');
    assert.equal(tagsOf(result('anyTimeInterrogation'), 0, 0), '02 80 81 82 86', 'LocationInformation');
    assert.equal(tagsOf(result('anyTimeInterrogation'), 0, 3), '80 81 82 83 a4', 'MNPInfoRes');
  });
});

describe('TS 29.002, 17.7.7: errors', () => {
  for (const name of ERROR_NAMES) {
    it(`17.6.6: ${name} (${ERRORS[name].code}) is written and read with every field, with any one missing, and bare`, () => {
      assert.equal(errorOf(ERRORS[name].code), name);
      for (const parameter of [ERROR_PARAMETERS[name], ...without(ERROR_PARAMETERS[name])]) {
        const component = written(() => encodeError(1, { error: name, parameter } as MapErrorValue));
        if (component !== undefined) assert.deepEqual(decodeError(component), { ok: true, value: { error: name, parameter } });
      }
      if (ERRORS[name].mandatory) {
        assert.equal(decodeError({ error: local(ERRORS[name].code) }).ok, false);
        assert.throws(() => encodeError(1, { error: name } as MapErrorValue), RangeError);
      } else
        assert.deepEqual(decodeError(encodeError(1, { error: name } as MapErrorValue)), { ok: true, value: { error: name } });
    });
  }

  it('17.7.7: sm-DeliveryFailure has its cause alone in version 1 and in a sequence from version 2 on; every cause', () => {
    for (const [code, cause] of Object.entries(smDeliveryFailureCause.names)) {
      for (const version of [1, 2, 3]) {
        const { parameter } = encodeError(1, smDeliveryFailure(version, cause));
        assert.equal(hexOf(parameter), version === 1 ? `0a010${code}` : `30030a010${code}`);
        assert.deepEqual(decodeError({ error: local(32), parameter: parameter! }), {
          ok: true,
          value: smDeliveryFailure(version, cause),
        });
      }
    }
    assert.deepEqual(
      errorText(32, '30030a0107'),
      { error: 'sm-DeliveryFailure', parameter: { cause: 7 } },
      'a cause to come is kept',
    );
  });

  it('17.7.7: the causes of callBarred, systemFailure and roamingNotAllowed, alone (versions 1 and 2) and in a sequence; every one', () => {
    for (const [code, key, { names }] of [
      [13, 'cause', callBarringCause],
      [34, 'networkResource', networkResource],
      [8, 'cause', roamingNotAllowedCause],
    ] as const)
      for (const [value, name] of Object.entries(names)) {
        assert.deepEqual(errorText(code, `30030a010${value}`).parameter, { [key]: name });
        const bare = errorText(code, `0a010${value}`);
        assert.deepEqual(bare.parameter, { [key]: name, bare: true });
        assert.equal(hexOf(encodeError(1, bare).parameter), `0a010${value}`);
      }
  });

  it('17.7.7: the reasons of absentSubscriber and the diagnostics of unknownSubscriber and absentSubscriberSM; every one', () => {
    for (const [value, name] of Object.entries(absentSubscriberReason.names))
      assert.deepEqual(errorText(27, `300380010${value}`).parameter, { reason: name });
    assert.deepEqual(errorText(27, '0101ff').parameter, { mwdSet: true, bare: true });
    for (const [value, name] of Object.entries(unknownSubscriberDiagnostic.names))
      assert.deepEqual(errorText(1, `30030a010${value}`).parameter, { diagnostic: name });
    for (const value of Object.keys(ABSENT_SUBSCRIBER_DIAGNOSTICS).map(Number))
      assert.deepEqual(errorText(6, `300302010${value.toString(16)}`).parameter, { diagnostic: value });
  });

  it('17.6.6: mo-ForwardSM v3 may be answered by four errors only; what older versions add', () => {
    const allowed = (version: number) => ERROR_NAMES.filter((name) => ERRORS[name].forMoForwardSm?.includes(version)).sort();
    const three = ['facilityNotSupported', 'sm-DeliveryFailure', 'systemFailure', 'unexpectedDataValue'];
    assert.deepEqual(allowed(3), three);
    const two = [
      'absentSubscriber',
      'dataMissing',
      'illegalEquipment',
      'illegalSubscriber',
      'subscriberBusyForMT-SMS',
      'unidentifiedSubscriber',
    ];
    assert.deepEqual(allowed(2), [...three, ...two].sort());
    assert.equal(allowed(1).includes('dataMissing'), false);
  });
});

describe('TS 29.002, 17.3 and 17.4: contexts and dialogue PDUs', () => {
  it('17.3: an application context names context and version; every one of the table', () => {
    for (const [context, { name, versions }] of Object.entries(CONTEXTS))
      for (const version of versions) {
        const oid = contextName({ context: Number(context), version });
        assert.deepEqual(contextOf(oid), { context: Number(context), version });
        assert.equal(contextText(oid), `${name} v${version}`);
      }
    for (const oid of ['0.4.0.0.1.0.21', '0.4.0.0.1.1.21.3', '0.4.0.0.1.0.21.3.1', '2.25.1'])
      assert.equal(contextOf(oid), undefined);
  });

  it('17.4: the six PDUs of MAP itself, both ways', () => {
    const pdus: [MapDialoguePdu, string][] = [
      [
        {
          kind: 'map-open',
          value: { destinationReference: number('222100123456789', 1, 6), originationReference: number('447700900100') },
        },
        '',
      ],
      [{ kind: 'map-accept', value: {} }, 'a100'],
      [{ kind: 'map-close', value: {} }, 'a200'],
      [
        {
          kind: 'map-refuse',
          value: { reason: 'invalidDestinationReference', alternativeApplicationContext: '0.4.0.0.1.0.21.2' },
        },
        'a30c0a01010607040000010015 02',
      ],
      [{ kind: 'map-userAbort', value: { choice: { kind: 'userSpecificReason', value: true } } }, 'a4028000'],
      [
        { kind: 'map-userAbort', value: { choice: { kind: 'resourceUnavailable', value: 'longTermResourceLimitation' } } },
        'a403820101',
      ],
      [{ kind: 'map-providerAbort', value: { reason: 'invalidPDU' } }, 'a5030a0101'],
    ];
    for (const [pdu, text] of pdus) {
      const external = mapUserInformation(pdu);
      if (text !== '') assert.equal(hexOf(external.encoding).slice(4), text.replace(/\s/g, ''));
      assert.deepEqual(decodeMapDialogue(external), { ok: true, value: pdu });
    }
    assert.equal(decodeMapDialogue({ directReference: '1.2.3', encoding: hex('a002a100') }).ok, false);
    assert.equal(decodeMapDialogue({ directReference: '0.4.0.0.1.1.1.1', encoding: hex('a003a40180') }).ok, false);
  });
});

describe('TS 29.002, 17.7.8: numbers', () => {
  it('17.7.8: an AddressString has nature, plan and digits; all 256 octets of type', () => {
    for (let type = 0; type < 256; type++) {
      const octets = Uint8Array.of(type, 0x21, 0x43);
      const address = addressStringAt(octets, 0, 3)!;
      assert.deepEqual([address.nature, address.plan, address.digits], [(type >> 4) & 7, type & 15, '1234']);
      assert.equal(address.extended, type < 128 ? true : undefined);
      assert.ok(addressStringText(address).includes(NATURES[address.nature]!));
      if (PLANS[address.plan] !== undefined) assert.ok(addressStringText(address).includes(PLANS[address.plan]!));
    }
    assert.equal(addressStringText(number('393491234567'), { masked: true }), '********4567 (international, E.164)');
  });

  it('17.7.8: digits beyond 9 are * # a b c; fillers at the end are none', () => {
    assert.equal(addressStringAt(hex('91 ba dc fe'), 0, 4)?.digits, '*#abc');
    assert.equal(addressStringAt(hex('91 21 f3 ff'), 0, 4)?.digits, '123');
    assert.equal(addressStringAt(hex('91 f1 32'), 0, 3)?.digits, '1f23');
    assert.equal(addressStringAt(hex('91'), 0, 1)?.digits, '');
    assert.equal(addressStringAt(hex('91'), 0, 0), undefined);
    assert.equal(addressStringAt(new Uint8Array(21), 0, 21), undefined);
  });

  it('an address is a number for the store when it has 1 to 15 decimal digits and nothing else', () => {
    const numberOf = (text: string) => addressNumberAt(hex(text), 0, hex(text).length);
    assert.equal(numberOf('91 93 43 19 32 54 76'), 393_491_234_567);
    assert.equal(numberOf('91 93 43 19 32 54 76 98 f0'), 393_491_234_567_890);
    assert.equal(numberOf('91 99 99 99 99 99 99 99 f9'), 999_999_999_999_999);
    assert.equal(numberOf('91 99 99 99 99 99 99 99 99'), undefined, 'sixteen');
    for (const text of ['91', '91 f3 12', '91 a1', '91 1a', '91 ff', '91 21 ff']) assert.equal(numberOf(text), undefined, text);
  });

  it('17.7.8: an ISDN-AddressString of more than nine octets is read, but not written; an IMSI has three to eight', () => {
    const ofOctets = (octets: number) =>
      decodeInvoke({
        operation: local(46),
        parameter: hex(
          `30${(octets + 9).toString(16)} 840291f1 82${octets.toString(16).padStart(2, '0')} 91${'33'.repeat(octets - 1)} 0401aa`,
        ),
      });
    const long = ofOctets(12);
    assert.ok(long.ok && long.value.operation === 'mo-ForwardSM' && long.value.argument.smRpOa.kind === 'msisdn');
    assert.equal(long.value.argument.smRpOa.value.digits, '3'.repeat(22));
    assert.ok(ofOctets(20).ok);
    assert.equal(ofOctets(21).ok, false);
    const argument = { ...ARGUMENTS['mo-ForwardSM'], smRpOa: { kind: 'msisdn', value: number('1'.repeat(17)) } } as const;
    assert.throws(() => encodeInvoke(1, { operation: 'mo-ForwardSM', argument }), RangeError);
    assert.throws(
      () => encodeInvoke(1, { operation: 'mo-ForwardSM', argument: { ...ARGUMENTS['mo-ForwardSM'], imsi: '1234' } }),
      RangeError,
    );
  });
});

describe('the text of a MAP message', () => {
  const invoke = encodeInvoke(1, {
    operation: 'mo-ForwardSM',
    argument: {
      smRpDa: ARGUMENTS['mo-ForwardSM'].smRpDa,
      smRpOa: ARGUMENTS['mo-ForwardSM'].smRpOa,
      smRpUi: SUBMIT,
    },
  });
  const message = decodeTcap(
    encodeTcap({
      kind: 'begin',
      otid: hex('01'),
      dialogue: { kind: 'AARQ', applicationContext: '0.4.0.0.1.0.21.3' },
      components: [invoke],
    }),
  );
  assert.ok(message.ok);

  it('names context, operation, addresses and the short message', () => {
    assert.equal(
      mapToText(message.value),
      [
        'begin',
        '  otid: 01',
        '  dialogue AARQ',
        '    application context: 0.4.0.0.1.0.21.3 (shortMsgMO-Relay v3)',
        '  invoke 1',
        '    operation: mo-ForwardSM (46)',
        '    sm-RP-DA: serviceCentreAddressDA 393490000001 (international, E.164)',
        '    sm-RP-OA: msisdn 393491234567 (international, E.164)',
        '    sm-RP-UI: 01010c9193437956341200000bc8329bfd06dddf723619',
        '    SMS-SUBMIT (type 0x01)',
        '      TP-MR: 1',
        '      TP-DA: 393497654321 (international, E.164)',
        '      TP-PID: 0x00 (short message)',
        '      TP-DCS: 0x00 (gsm7)',
        '      TP-UD: length 11, 10 octets c8329bfd06dddf723619',
        '        text: Hello world',
      ].join('\n'),
    );
  });

  it('shows neither numbers nor what people wrote when masked', () => {
    const text = mapToText(message.value, { masked: true });
    assert.match(text, /sm-RP-OA: msisdn \*{8}4567/);
    assert.doesNotMatch(text, /39349|934379|Hello|c8329b/);
    for (const name of NAMES) {
      const component = encodeInvoke(1, { operation: name, argument: ARGUMENTS[name] } as MapInvoke);
      const all = mapToText({ kind: 'begin', otid: hex('01'), components: [component] }, { masked: true });
      assert.doesNotMatch(all, /393491234567|222100123456789|9343193254|22120021436587/, name);
    }
  });
});
