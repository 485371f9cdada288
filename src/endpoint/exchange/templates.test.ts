import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { contextOf, decodeInvoke, decodeResult } from '#codec/map';
import { decodeAddress, decodeSccp, digitsOfAddress, Reassembly, segmentationOf, viewSccp } from '#codec/sccp';
import { decodeSms, decodeUserData } from '#codec/sms';
import { decodeTcap, type Invoke } from '#codec/tcap';
import { oddTemplates } from './damage.js';
import { NODES } from './laboratory.js';
import { numberOf, SENDER_KINDS, SENDERS, SUBSCRIBERS_MAX } from './numbers.js';
import { putIndex } from './octets.js';
import { OTHER_OPERATION_NAMES, otherTemplate } from './other-operations.js';
import { type Form, moTemplate, mtTemplate, type Version } from './short-messages.js';
import { type Carrier, messagesOf, type Template } from './template.js';
import { LONG_SUBMISSIONS, SUBMISSIONS } from './texts.js';

const VERSIONS: readonly Version[] = [1, 2, 3];
const CARRIERS: readonly Carrier[] = ['UDT', 'XUDT', 'LUDT', 'segmented'];
const FORMS: readonly Form[] = ['international', 'national', 'subscriber'];

function must<T, E>(result: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: E }): T {
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

/** The TCAP message behind the SCCP messages of a part, put together by our own reassembly. */
function tcapOf(messages: readonly Uint8Array[]): Uint8Array {
  const reassembly = new Reassembly();
  for (const octets of messages) {
    must(decodeSccp(octets));
    const view = must(viewSccp(octets));
    const segmentation = must(segmentationOf(view));
    if (segmentation === undefined) return view.data;
    for (const output of reassembly.receive(view, segmentation, 1, undefined, 0))
      if (output.kind === 'complete') return output.data;
  }
  throw new Error('no message came of the segments');
}

const firstInvoke = (tcap: Uint8Array): Invoke => {
  const message = must(decodeTcap(tcap));
  assert.ok(message.kind === 'begin' || message.kind === 'continue');
  return message.components!.find((it): it is Invoke => it.kind === 'invoke')!;
};

const messagesIn = ({ first }: Template): readonly Uint8Array[] => messagesOf(first, first.octets, 0x1234, 70);

describe('messages of the generator', () => {
  it('are read by our codecs, in every version, carrier and form, with the sender that they are to have', () => {
    for (const version of VERSIONS)
      for (const carrier of CARRIERS)
        for (const form of FORMS)
          for (const tpdu of [...SUBMISSIONS, ...(carrier === 'segmented' || carrier === 'LUDT' ? LONG_SUBMISSIONS : [])]) {
            const template = moTemplate({ sender: 'ported-out', version, carrier, form, centre: 'home', tpdu });
            const invoke = must(decodeInvoke(firstInvoke(tcapOf(messagesIn(template)))));
            assert.ok(invoke.operation === 'mo-ForwardSM');
            const { smRpOa, smRpDa, smRpUi, imsi } = invoke.argument;
            assert.ok(smRpOa.kind === 'msisdn' && smRpDa.kind === 'serviceCentreAddressDA');
            assert.ok(numberOf('ported-out', 0).endsWith(smRpOa.value.digits));
            assert.equal(imsi !== undefined, version === 3);
            assert.ok(NODES.homeCentres.some(({ digits }) => digits === smRpDa.value.digits));
            assert.deepEqual(smRpUi, tpdu.octets);
            const sms = must(decodeSms(smRpUi, { direction: 'mo' }));
            if (sms.kind === 'SMS-SUBMIT') must(decodeUserData(sms.userData, sms.dataCodingScheme, sms.userDataHeader ?? false));
            else assert.equal(sms.kind, 'SMS-COMMAND');
          }
  });

  it('name the application context of their version, and none in version 1', () => {
    for (const version of VERSIONS) {
      const { applicationContext } = moTemplate({
        sender: 'own',
        version,
        carrier: 'UDT',
        form: 'international',
        centre: 'home',
        tpdu: SUBMISSIONS[0]!,
      });
      const context = applicationContext === undefined ? undefined : contextOf(applicationContext);
      assert.deepEqual(context, version === 1 ? undefined : { context: 21, version });
    }
  });

  it('open the dialogue first and bring the operation in a Continue without context', () => {
    const template = moTemplate({
      sender: 'own',
      version: 3,
      carrier: 'UDT',
      form: 'international',
      centre: 'home',
      tpdu: SUBMISSIONS[0]!,
      dialogueFirst: true,
    });
    const begin = must(decodeTcap(tcapOf(messagesIn(template))));
    assert.ok(begin.kind === 'begin' && begin.components === undefined && begin.dialogue?.kind === 'AARQ');
    const second = must(viewSccp(template.second!.octets)).data;
    const goOn = must(decodeTcap(second));
    assert.ok(goOn.kind === 'continue' && goOn.dialogue === undefined);
    assert.equal(must(decodeInvoke(firstInvoke(second))).operation, 'mo-ForwardSM');
  });

  it('cut what is segmented into parts', () => {
    const tpdu = LONG_SUBMISSIONS[0]!;
    const template = moTemplate({ sender: 'own', version: 3, carrier: 'segmented', form: 'international', centre: 'home', tpdu });
    assert.ok(messagesIn(template).length >= 3);
  });

  it('to phones have the operation of their version and the addresses of that direction', () => {
    for (const version of VERSIONS) {
      const invoke = must(decodeInvoke(firstInvoke(tcapOf(messagesIn(mtTemplate(version, 'UDT', 'home'))))));
      assert.equal(invoke.operation, version === 3 ? 'mt-ForwardSM' : 'mo-ForwardSM');
      assert.ok('smRpDa' in invoke.argument && invoke.argument.smRpDa.kind === 'imsi');
    }
  });

  it('of other operations are read, and so are their answers', () => {
    for (const name of OTHER_OPERATION_NAMES) {
      const template = otherTemplate(name, 'UDT');
      const invoke = decodeInvoke(firstInvoke(tcapOf(messagesIn(template))));
      assert.equal(invoke.ok, name !== 'unknown operation', name);
      for (const octets of [template.answers!.result, template.answers!.error]) {
        const answer = must(decodeTcap(octets));
        assert.equal(answer.kind, 'end');
        for (const component of 'components' in answer ? (answer.components ?? []) : [])
          if (component.kind === 'returnResultLast') must(decodeResult(component));
      }
    }
  });

  it('that are odd keep an id by which they are known, and leave SCCP whole', () => {
    for (const template of oddTemplates()) {
      const view = must(viewSccp(template.first.octets));
      assert.ok(template.first.otidAt > view.dataAt.from, template.name);
      must(decodeAddress(view.called));
    }
  });

  it('of which only the legal ones are read as a short message of their sender', () => {
    for (const template of oddTemplates()) {
      const decoded = decodeTcap(must(viewSccp(template.first.octets)).data);
      const hasSender = template.facts.senderType !== undefined && template.facts.moForwardSm;
      if (!hasSender) continue;
      assert.ok(decoded.ok, template.name);
      const invoke = 'components' in decoded.value ? decoded.value.components?.[0] : undefined;
      assert.ok(invoke?.kind === 'invoke' && must(decodeInvoke(invoke)).operation === 'mo-ForwardSM', template.name);
    }
  });
});

describe('the sender of a message', () => {
  it('is any subscriber of its kind, in every form of number', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...SENDER_KINDS),
        fc.constantFrom(...FORMS),
        fc.integer({ min: 0, max: SUBSCRIBERS_MAX - 1 }),
        (sender, form, index) => {
          const template = moTemplate({ sender, version: 2, carrier: 'UDT', form, centre: 'home', tpdu: SUBMISSIONS[0]! });
          const octets = template.first.octets.slice();
          const { at, digits } = template.first.sender!;
          putIndex(octets, at, digits, SENDERS[sender].from + index);
          const invoke = must(decodeInvoke(firstInvoke(must(viewSccp(octets)).data)));
          assert.ok(invoke.operation === 'mo-ForwardSM' && invoke.argument.smRpOa.kind === 'msisdn');
          const written = invoke.argument.smRpOa.value.digits;
          assert.equal(numberOf(sender, index).slice(-written.length), written);
          assert.equal(written.length, { international: 11, national: 9, subscriber: 7 }[form]);
        },
      ),
    );
  });

  it('has a number that no other kind has', () => {
    const blocks = SENDER_KINDS.map((kind) => numberOf(kind, 0));
    assert.equal(new Set(blocks).size, SENDER_KINDS.length);
  });

  it('comes from a node whose title the gate can answer to', () => {
    const template = moTemplate({
      sender: 'own',
      version: 3,
      carrier: 'UDT',
      form: 'international',
      centre: 'home',
      tpdu: SUBMISSIONS[3]!,
    });
    const calling = must(decodeAddress(template.first.calling));
    assert.ok(NODES.exchanges.some(({ digits }) => digits === digitsOfAddress(calling)));
  });
});
