/** Short messages of the corpus: read, written again, broken. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeInvoke } from '#codec/map';
import { decodeSms, decodeUserData, encodeSms, makeUserData, type SmsContext, type SmsTpdu, smsToText } from '#codec/sms';
import { decodeTcap } from '#codec/tcap';
import { hexOf, jss7, octetsOf, tcapMessages } from './ss7-vectors.js';

const CONTEXTS: Readonly<Record<string, SmsContext>> = {
  SmsCommandTpdu: { direction: 'mo' },
  SmsSubmitTpdu: { direction: 'mo' },
  SmsDeliverTpdu: { direction: 'mt' },
  SmsStatusReportTpdu: { direction: 'mt' },
  SmsDeliverReportTpdu: { direction: 'mo', error: true },
};

const tpdus = jss7('sms-tpdu').flatMap(({ object, vector, hex }) => {
  const context = CONTEXTS[object];
  return context === undefined ? [] : [{ title: `${object} ${vector}`, octets: octetsOf(hex), context }];
});

/** The TPDUs inside the corpus' MAP messages. */
const carried = tcapMessages().flatMap(({ title, octets }) => {
  const message = decodeTcap(octets);
  assert.ok(message.ok);
  return ('components' in message.value ? (message.value.components ?? []) : []).flatMap((component) => {
    if (component.kind !== 'invoke') return [];
    const invoke = decodeInvoke(component);
    if (!invoke.ok || !('smRpUi' in invoke.value.argument)) return [];
    const { smRpUi, smRpOa } = invoke.value.argument;
    const context: SmsContext = { direction: smRpOa.kind === 'serviceCentreAddressOA' ? 'mt' : 'mo' };
    return [{ title, octets: smRpUi, context }];
  });
});

const decoded = (octets: Uint8Array, context: SmsContext): SmsTpdu => {
  const tpdu = decodeSms(octets, context);
  assert.ok(tpdu.ok, tpdu.ok ? '' : tpdu.error.text);
  return tpdu.value;
};

describe('corpus of short messages', () => {
  it('has TPDUs of jSS7 and of MAP messages', () => {
    assert.equal(tpdus.length, 6);
    assert.ok(carried.length > 25, `${carried.length}`);
  });

  for (const { title, octets, context } of [...tpdus, ...carried]) {
    it(`${title}: is read whole and written again`, () => {
      const tpdu = decoded(octets, context);
      assert.equal(hexOf(encodeSms(tpdu)), hexOf(octets));
      assert.equal('extra' in tpdu, false);
      if (tpdu.kind === 'SMS-COMMAND' || tpdu.userData === undefined) return;
      const scheme = tpdu.dataCodingScheme ?? 0;
      const data = decodeUserData(tpdu.userData, scheme, tpdu.userDataHeader ?? false);
      assert.ok(data.ok, data.ok ? '' : data.error.text);
      assert.deepEqual(makeUserData(data.value, scheme), { ...tpdu.userData, octets: Uint8Array.from(tpdu.userData.octets) });
    });
  }

  it('has the values that the vectors stand for', () => {
    const print = (object: string, vector: string): string => {
      const found = tpdus.find(({ title }) => title === `${object} ${vector}`)!;
      return smsToText(decoded(found.octets, found.context));
    };
    assert.equal(
      print('SmsCommandTpdu', 'getData1'),
      [
        'SMS-COMMAND (type 0x02)',
        '  TP-MR: 11',
        '  TP-PID: 0x21 (telex)',
        '  TP-CT: 0x2c (reserved)',
        '  TP-MN: 12',
        '  TP-DA: 1122334455667 (international, E.164)',
        '  TP-CD: 7365742041',
      ].join('\n'),
    );
    assert.match(print('SmsDeliverReportTpdu', 'getData1'), /TP-FCS: 0xc8 .*\n.*\n.*\n.*\n {4}text: Hello !!!!$/);
    const deliver = print('SmsDeliverTpdu', 'getData1');
    assert.match(deliver, /flags: TP-MMS, TP-SRI, TP-UDHI, TP-RP/);
    assert.match(deliver, /TP-SCTS: 2007-05-15 15:01:11 \+03:00/);
    assert.match(deliver, /reference 235, part 1 of 2\n {4}text: Hello, world !!!$/);
    assert.match(print('SmsStatusReportTpdu', 'getData1'), /TP-ST: 0x00 \(received by the SME\)$/);
    assert.match(print('SmsSubmitTpdu', 'getData2'), /TP-VP: until 2011-01-30 02:30:58 -01:00/);
    assert.match(print('SmsSubmitTpdu', 'getData3'), /TP-VP: 900 s \(enhanced 01020304050607\)/);
  });

  it('gives a value or a typed error for every prefix and every change of one octet', () => {
    for (const { octets, context } of tpdus)
      for (let i = 0; i < octets.length; i++)
        for (let octet = 0; octet < 256; octet++) judge(changedAt(octets, i, octet), context);
    for (const { octets, context } of carried)
      for (let i = 0; i < octets.length; i++) {
        for (let bit = 1; bit < 256; bit <<= 1) judge(changedAt(octets, i, octets[i]! ^ bit), context);
        judge(octets.subarray(0, i), context);
      }
    function changedAt(octets: Uint8Array, place: number, octet: number): Uint8Array {
      const changed = Uint8Array.from(octets);
      changed[place] = octet;
      return changed;
    }
    function judge(octets: Uint8Array, context: SmsContext): void {
      const tpdu = decodeSms(octets, context);
      if (!tpdu.ok) assert.ok(tpdu.error.text.startsWith('sms: ') && tpdu.error.offset <= octets.length);
      else {
        smsToText(tpdu.value);
        decoded(encodeSms(tpdu.value), { ...context, error: 'failureCause' in tpdu.value });
      }
    }
  });
});
