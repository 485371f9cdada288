/** The messages of the corpus through the gate, while everybody is ported and every service centre is ours: what is refused, and that nothing else changes. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeIpa } from '#codec/ipa';
import { decodeM3ua } from '#codec/m3ua';
import { decodeM2pa, decodeMtp3 } from '#codec/mtp';
import { decodeSccp, RETURN_CAUSE, viewSccp } from '#codec/sccp';
import { decodeTcap } from '#codec/tcap';
import type { GateOutput } from '#endpoint/sigtran';
import type { NumberLookup, NumberRecord, ScreeningSettings, SelectorSettings } from '#portability';
import { corpusFile, signallingOf } from '../kit/ss7/captures.js';
import { type GateWorld, gateWorld, PC, sent, toHex } from '../kit/ss7/gate.js';
import { generated, octetsOf } from './ss7-vectors.js';

const PORTED: NumberRecord = { portabilityType: 1, entity: { kind: 'none' } };
const everybodyHasLeft: NumberLookup = {
  state: 'ready',
  version: { load: 'test', change: 0, changedAt: 0 },
  find: () => PORTED,
  finding: () => ({ record: PORTED, by: { kind: 'number' } }),
};

/** Every kind of title that captures have. */
const selectors: readonly SelectorSettings[] = [
  ...[0, 1, 2, 3, 4, 5, 6].flatMap((natureOfAddress) =>
    [0, 1, 6, 7].map(
      (numberingPlan): SelectorSettings => ({
        name: `gti4/${natureOfAddress}/${numberingPlan}`,
        indicator: 4,
        translationType: 0,
        numberingPlan,
        natureOfAddress,
        ssn: '*',
      }),
    ),
  ),
  { name: 'gti2', indicator: 2, translationType: 0, ssn: '*' },
];

const SETTINGS: ScreeningSettings = {
  version: 'test',
  mode: { kind: 'enforce' },
  portabilityCheck: true,
  selectors,
  conditioning: { countryCode: '39', areaCode: '06' },
  homeSmscs: {
    match: 'best-fit',
    entries: Array.from({ length: 10 }, (_, digit) => ({ name: `all-${digit}`, digits: String(digit) })),
  },
};
const world = (): GateWorld => gateWorld(SETTINGS, everybodyHasLeft, '00');

const HOP_COUNTER_AT = 2;
/** Kinds with a hop counter: XUDT, XUDTS, LUDT, LUDTS. */
const isExtended = (octets: Uint8Array): boolean => octets[0]! >= 0x11;

function assertHandedOn(outputs: readonly GateOutput[], segments: readonly Uint8Array[]): void {
  const left = sent(outputs).map(({ data }) => data.userData);
  assert.deepEqual(
    left.map(toHex),
    segments.map((it) => toHex(isExtended(it) ? it.with(HOP_COUNTER_AT, it[HOP_COUNTER_AT]! - 1) : it)),
  );
}

describe('the messages of the corpus through the gate', () => {
  for (const { name, sccp, screen, msisdn } of generated()) {
    const octets = sccp.map(octetsOf);
    const routedOnSsn = octets.some((it) => {
      const message = decodeSccp(it);
      return message.ok && message.value.called.routeOn === 'ssn';
    });
    if (routedOnSsn) {
      it(`${name} is for a subsystem of ours, which is not there`, () => {
        const [back] = sent(octets.flatMap((it) => [...world().feed(it)]));
        const view = viewSccp(back!.data.userData);
        assert.ok(view.ok && view.value.kind === 'UDTS' && view.value.returnCause === RETURN_CAUSE.unequippedUser);
      });
      continue;
    }
    const isRefused = screen === true && msisdn !== null;
    it(`${name} is ${isRefused ? 'refused, with an End that can be read' : 'handed on as it came'}`, () => {
      const { feed } = world();
      const outputs = octets.flatMap((it) => [...feed(it)]);
      if (!isRefused) {
        assertHandedOn(outputs, octets);
        return;
      }
      const [end, abort] = sent(outputs);
      const message = decodeSccp(end!.data.userData);
      assert.ok(message.ok);
      const tcap = decodeTcap(message.value.data);
      assert.ok(tcap.ok && tcap.value.kind === 'end');
      assert.ok(tcap.value.components?.every((it) => it.kind === 'returnError' && it.error.value === 32));
      assert.equal(end!.data.dpc, PC.msc);
      // Inside a dialogue the service centre hears of it too.
      assert.equal(abort !== undefined, name === 'mo-v2-continue-invoke');
    });
  }

  for (const name of ['generated-map-sccp', 'pcapr-2', 'pcapr-3', 'pcapr-4', 'pcapr-5', 'ipa-sccplite-osmostp-tcp', 'm3ua-asp-osmostp-sctp']) {
    it(`${name}.pcap: no message makes the gate throw, and all that is no short message leaves as it came`, () => {
      const { gate, feed } = world();
      let handedOn = 0;
      for (const octets of sccpMessagesOf(`${name}.pcap`)) {
        const refusedBefore = gate.counts.rejected;
        const outputs = feed(octets);
        const view = viewSccp(octets);
        if (!view.ok || gate.counts.rejected > refusedBefore || outputs.length !== 1) continue;
        const [output] = outputs;
        if (output?.kind !== 'send' || output.data.dpc !== PC.smsc) continue;
        const left = viewSccp(output.data.userData);
        assert.ok(left.ok);
        assert.equal(toHex(left.value.data), toHex(view.value.data));
        handedOn++;
      }
      const { counts } = gate;
      assert.ok(counts.received > 0);
      assert.equal(handedOn > 0 || counts.relayed === 0, true);
    });
  }
});

/** Every SCCP message of a capture. */
function sccpMessagesOf(file: string): Uint8Array[] {
  const found: Uint8Array[] = [];
  const ofMtp3 = (octets: Uint8Array): void => {
    const msu = decodeMtp3(octets);
    if (msu.ok && msu.value.si === 3) found.push(msu.value.userData);
  };
  for (const { kind, octets } of signallingOf(corpusFile(file))) {
    if (kind === 'sccp') found.push(octets);
    else if (kind === 'mtp3') ofMtp3(octets);
    else if (kind === 'm3ua') {
      const message = decodeM3ua(octets);
      if (message.ok && message.value.kind === 'DATA' && message.value.protocolData.si === 3)
        found.push(message.value.protocolData.userData);
    } else if (kind === 'ipa') {
      const message = decodeIpa(octets);
      if (message.ok && message.value.kind === 'sccp') found.push(message.value.message);
    } else if (kind === 'm2pa') {
      const message = decodeM2pa(octets);
      if (message.ok && message.value.kind === 'User Data' && message.value.mtp3.length > 0) ofMtp3(message.value.mtp3);
    }
  }
  return found;
}
