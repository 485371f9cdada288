/** MAP of the corpus: read, written again, broken; and the glance held against the whole decoder. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type AddressString,
  addressStringAt,
  contextOf,
  decodeError,
  decodeMapDialogue,
  decodeInvoke,
  decodeResult,
  encodeError,
  encodeInvoke,
  encodeResult,
  type Glance,
  glance,
  type MapInvoke,
  mapToText,
  mapUserInformation,
  operationOf,
} from '#codec/map';
import { decodeSms, decodeUserData } from '#codec/sms';
import { type Component, decodeTcap, local, type TcapMessage } from '#codec/tcap';
import { captured, generated, hexOf, jss7, octetsOf, tcapMessages, userDataOf } from './ss7-vectors.js';

const decoded = (octets: Uint8Array): TcapMessage => {
  const message = decodeTcap(octets);
  assert.ok(message.ok, message.ok ? '' : message.error.text);
  return message.value;
};
const componentsOf = (message: TcapMessage): readonly Component[] => ('components' in message ? (message.components ?? []) : []);

describe('what the generated messages say of their MAP', () => {
  for (const one of generated()) {
    if (one.screen === undefined && one.error === undefined && one.hlr === undefined) continue;
    it(`${one.name}`, () => {
      const message = decoded(userDataOf(one.sccp));
      for (const component of componentsOf(message)) {
        if (component.kind === 'invoke' && component.operation.value !== 67) checkInvoke(component);
        if (component.kind === 'returnError') {
          const error = decodeError(component);
          assert.ok(error.ok, error.ok ? '' : error.error.text);
          assert.deepEqual(encodeError(component.invokeId, error.value), component);
          if (one.cause !== undefined) assert.equal(error.value.error === 'sm-DeliveryFailure' && error.value.parameter?.cause, one.cause);
        }
        if (component.kind === 'returnResultLast') {
          const result = decodeResult(component);
          assert.ok(result.ok, result.ok ? '' : result.error.text);
          assert.deepEqual(encodeResult(component.invokeId, result.value), component);
          if (one.hlr !== undefined)
            assert.ok(result.value?.operation === 'updateLocation' && result.value.result?.hlrNumber.digits === one.hlr);
        }
      }
      function checkInvoke(component: Extract<Component, { kind: 'invoke' }>): void {
        const invoke = decodeInvoke(component);
        assert.ok(invoke.ok, invoke.ok ? '' : invoke.error.text);
        assert.deepEqual(encodeInvoke(component.invokeId, invoke.value), component);
        const { operation, argument } = invoke.value;
        if (operation === 'mo-ForwardSM') {
          const { smRpOa, smRpDa } = argument;
          if (one.msisdn !== undefined) assert.equal(smRpOa.kind === 'msisdn' ? smRpOa.value.digits : null, one.msisdn);
          if (one.sc !== undefined) assert.equal(smRpDa.kind === 'serviceCentreAddressDA' ? smRpDa.value.digits : null, one.sc);
          assert.equal(argument.imsi, one.imsi);
          checkText(argument.smRpUi, one.name.startsWith('mt') ? 'mt' : 'mo');
        }
        if (operation === 'updateLocation') {
          assert.equal(argument.imsi, one.imsi);
          assert.equal(argument.vlrNumber.digits, one.vlr);
          assert.equal(argument.mscNumber?.digits, one.msc);
        }
        if (operation === 'cancelLocation') assert.equal(argument.identity.value, one.imsi);
        if (operation === 'updateGprsLocation') {
          assert.equal(argument.imsi, one.imsi);
          assert.equal(argument.sgsnNumber.digits, one.sgsn);
        }
      }
      function checkText(ui: Uint8Array, direction: 'mo' | 'mt'): void {
        const tpdu = decodeSms(ui, { direction });
        assert.ok(tpdu.ok, tpdu.ok ? '' : tpdu.error.text);
        if (tpdu.value.kind === 'SMS-SUBMIT' && one.tpda !== undefined) assert.equal(tpdu.value.destinationAddress.value, one.tpda);
        if (one.text === undefined) return;
        assert.ok(tpdu.value.kind === 'SMS-SUBMIT' || tpdu.value.kind === 'SMS-DELIVER');
        const data = decodeUserData(tpdu.value.userData, tpdu.value.dataCodingScheme, tpdu.value.userDataHeader ?? false);
        assert.ok(data.ok && data.value.text === one.text, one.text);
      }
    });
  }
});

describe('the captures', () => {
  for (const one of captured()) {
    it(`${one.capture} ${one.frame}: operations and numbers are those that tshark reads`, () => {
      const message = decoded(octetsOf(one.hex));
      const codes = componentsOf(message).flatMap((component) =>
        component.kind === 'invoke' ? [component.operation] : 'result' in component && component.result ? [component.result.operation] : [],
      );
      assert.deepEqual(codes, one.operations.map(local));
      const text = mapToText(message);
      for (const operation of one.operations) {
        // Authentication is known by name only; its numbers stay in its octets.
        if (operationOf(operation) === undefined) return;
        assert.doesNotMatch(text, /\(map: /);
      }
      for (const number of one.numbers) assert.ok(text.includes(number), `${number} in\n${text}`);
    });
  }

});

/** jSS7's vectors of whole arguments and results, by the protocol object that they stand for. */
const ARGUMENTS: Readonly<Record<string, number>> = {
  ForwardShortMessageRequest: 46,
  MoForwardShortMessageRequest: 46,
  MtForwardShortMessageRequest: 44,
  SendRoutingInfoForSMRequest: 45,
  ReportSMDeliveryStatusRequest: 47,
  AlertServiceCentreRequest: 64,
  InformServiceCentreRequest: 63,
  ReadyForSMRequest: 66,
  UpdateLocationRequest: 2,
  CancelLocationRequest: 3,
};
const RESULTS: Readonly<Record<string, number>> = {
  MoForwardShortMessageResponse: 46,
  MtForwardShortMessageResponse: 44,
  SendRoutingInfoForSMResponse: 45,
  ReportSMDeliveryStatusResponse: 47,
  ReadyForSMResponse: 66,
  UpdateLocationResponse: 2,
  CancelLocationResponse: 3,
};
/** Parts of arguments, not arguments. */
const PARTS = /^(?:getGSNAddressData|getDataLmsi)$/;

const vectors = [...jss7('map-sms'), ...jss7('map-mobility')].filter(({ vector }) => !PARTS.test(vector));

describe('arguments and results as jSS7 has them', () => {
  for (const { object, vector, hex } of vectors) {
    const code = ARGUMENTS[object];
    if (code !== undefined)
      it(`${object} ${vector}: is read and written again`, () => {
        const invoke = decodeInvoke({ operation: local(code), parameter: octetsOf(hex) });
        assert.ok(invoke.ok, invoke.ok ? '' : invoke.error.text);
        assert.equal(hexOf(encodeInvoke(1, invoke.value).parameter!), hex);
        assert.equal('unknown' in invoke.value.argument, false, 'every field has a row');
      });
    const result = RESULTS[object];
    if (result !== undefined)
      it(`${object} ${vector}: is read and written again`, () => {
        const value = decodeResult({ result: { operation: local(result), parameter: octetsOf(hex) } });
        assert.ok(value.ok && value.value !== undefined, value.ok ? '' : value.error.text);
        assert.equal(hexOf(encodeResult(1, value.value).result!.parameter!), hex);
      });
  }

  it('have the values that their tests name', () => {
    const argument = <K extends MapInvoke['operation']>(object: string, name: string, operation: K) => {
      const { hex } = vectors.find((it) => it.object === object && it.vector === name)!;
      const invoke = decodeInvoke({ operation: local(ARGUMENTS[object]!), parameter: octetsOf(hex) });
      assert.ok(invoke.ok && invoke.value.operation === operation);
      return invoke.value as Extract<MapInvoke, { operation: K }>;
    };
    const international = (digits: string): AddressString => ({ nature: 1, plan: 1, digits });
    const mo = argument('MoForwardShortMessageRequest', 'getEncodedDataFull', 'mo-ForwardSM').argument;
    assert.deepEqual(mo.smRpDa, { kind: 'imsi', value: '201011234567890' });
    assert.deepEqual(mo.smRpOa, { kind: 'serviceCentreAddressOA', value: { nature: 3, plan: 6, digits: '0123456789' } });
    assert.equal(mo.imsi, '240881122334455');
    const sri = argument('SendRoutingInfoForSMRequest', 'getEncodedDataSimple', 'sendRoutingInfoForSM').argument;
    assert.deepEqual(sri, {
      msisdn: international('13457745551'),
      smRpPri: false,
      serviceCentreAddress: international('9821113333'),
    });
    const report = argument('ReportSMDeliveryStatusRequest', 'getEncodedData', 'reportSM-DeliveryStatus').argument;
    assert.deepEqual(report, {
      msisdn: international('7222333111'),
      serviceCentreAddress: international('100937453'),
      smDeliveryOutcome: 'absentSubscriber',
    });
    const v1 = argument('UpdateLocationRequest', 'getEncodedData_V1', 'updateLocation').argument;
    assert.deepEqual(v1, { imsi: '1111122233', roamingNumber: international('22220'), vlrNumber: international('22221') });
    const cancel = argument('CancelLocationRequest', 'getEncodedData2', 'cancelLocation').argument;
    assert.deepEqual(cancel, { identity: { kind: 'imsi', value: '1111122222' }, bare: true });
  });
});

describe('MAP dialogue PDUs as jSS7 has them', () => {
  for (const { object, vector, hex } of jss7('map-dialog')) {
    it(`${object} ${vector}: is read and written again`, () => {
      const encoding = octetsOf(`a0${(hex.length / 2).toString(16).padStart(2, '0')}${hex}`);
      const pdu = decodeMapDialogue({ directReference: '0.4.0.0.1.1.1.1', encoding });
      assert.ok(pdu.ok, pdu.ok ? '' : pdu.error.text);
      const again = mapUserInformation(pdu.value);
      if (hex.startsWith('a080')) assert.deepEqual(decodeMapDialogue(again), pdu);
      else assert.equal(hexOf(again.encoding), hexOf(encoding));
    });
  }
});

/** What a glance should have found, from the whole decoder. */
function expected(message: TcapMessage): Partial<Glance> {
  const components = componentsOf(message);
  const invokes = components.filter((it) => it.kind === 'invoke');
  const [first] = invokes;
  const { dialogue } = message;
  const asked = dialogue?.kind === 'AARQ' || dialogue?.kind === 'AUDT';
  const named = asked ? contextOf(dialogue.applicationContext) : undefined;
  return {
    kind: message.kind,
    components: components.length,
    invokes: invokes.length,
    invokeId: first?.invokeId ?? 0,
    operation: first?.operation.kind === 'local' ? first.operation.value : -1,
    context: named?.context ?? 0,
    version: named?.version ?? (message.kind === 'begin' && dialogue === undefined ? 1 : 0),
  };
}

const DA: Readonly<Record<number, string>> = {
  0x80: 'imsi',
  0x81: 'lmsi',
  0x83: 'roamingNumber',
  0x84: 'serviceCentreAddressDA',
  0x85: 'noSM-RP-DA',
};
const OA: Readonly<Record<number, string>> = { 0x82: 'msisdn', 0x84: 'serviceCentreAddressOA', 0x85: 'noSM-RP-OA' };

/** Holds a glance against the decoder; says whether it gave an answer. */
function holds(octets: Uint8Array): boolean {
  const found = glance(octets);
  if (found === undefined) return false;
  const message = decoded(octets);
  for (const [key, value] of Object.entries(expected(message)))
    if (key !== 'invokes' || found.components === 1) assert.equal(found[key as keyof Glance], value, key);
  if ('otid' in message) assert.deepEqual(octets.subarray(found.otidFrom, found.otidTo), message.otid);
  if ('dtid' in message) assert.deepEqual(octets.subarray(found.dtidFrom, found.dtidTo), message.dtid);
  if (found.argument !== 'read') return true;
  const first = componentsOf(message).find((it) => it.kind === 'invoke')!;
  const invoke = decodeInvoke(first);
  assert.ok(invoke.ok && (invoke.value.operation === 'mo-ForwardSM' || invoke.value.operation === 'mt-ForwardSM'));
  const { smRpDa, smRpOa, smRpUi } = invoke.value.argument;
  assert.equal(DA[found.daTag], smRpDa.kind);
  assert.equal(OA[found.oaTag], smRpOa.kind);
  if (smRpDa.kind === 'serviceCentreAddressDA') assert.deepEqual(addressStringAt(octets, found.daFrom, found.daTo), smRpDa.value);
  if (smRpOa.kind === 'msisdn') assert.deepEqual(addressStringAt(octets, found.oaFrom, found.oaTo), smRpOa.value);
  assert.deepEqual(octets.subarray(found.uiFrom, found.uiTo), smRpUi);
  assert.equal('imsi' in invoke.value.argument, found.imsiTo !== 0);
  return true;
}

describe('the glance', () => {
  it('answers for every generated message that is to be screened, and says what the decoder says', () => {
    for (const one of generated()) {
      const octets = userDataOf(one.sccp);
      const answered = holds(octets);
      if (one.screen === true) assert.ok(answered && glance(octets)!.argument === 'read', one.name);
    }
  });

  it('answers for most of the corpus and never differs from the decoder', () => {
    const answers = tcapMessages().filter(({ octets }) => holds(octets)).length;
    assert.ok(answers > tcapMessages().length / 2, `${answers} answers`);
  });

  it('never differs from the decoder when an octet is another one', () => {
    for (const { octets } of tcapMessages()) {
      const changed = Uint8Array.from(octets);
      for (let i = 0; i < octets.length; i++) {
        for (const octet of [0x00, 0x01, 0x7f, 0x80, 0x81, 0xff, octets[i]! ^ 0x01, octets[i]! ^ 0x20, octets[i]! ^ 0x80]) {
          changed[i] = octet;
          const found = glance(changed);
          if (found === undefined) continue;
          assert.ok(decodeTcap(changed).ok, hexOf(changed));
          holds(changed);
        }
        changed[i] = octets[i]!;
      }
    }
  });
});

describe('MAP in damaged octets', () => {
  it('gives a value or a typed error for every prefix and every change of one octet', () => {
    for (const { object, hex } of vectors) {
      const octets = octetsOf(hex);
      const operation = local(ARGUMENTS[object] ?? RESULTS[object] ?? 46);
      for (let i = 0; i < octets.length; i++) {
        const changed = Uint8Array.from(octets);
        for (const octet of [0x00, 0x7f, 0x80, 0xff, octets[i]! ^ 0x01, octets[i]! ^ 0x20]) {
          changed[i] = octet;
          for (const parameter of [changed, octets.subarray(0, i)]) {
            const invoke = decodeInvoke({ operation, parameter });
            if (invoke.ok) encodeInvoke(1, invoke.value);
            else assert.ok(invoke.error.text.startsWith('map: '));
            decodeResult({ result: { operation, parameter } });
          }
        }
      }
    }
  });
});
