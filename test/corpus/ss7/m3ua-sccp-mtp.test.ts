/** The captures of the corpus, from the packet to SCCP, layer by layer, against what tshark says of the same frames. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeIpa } from '#codec/ipa';
import { decodeM3ua, encodeM3ua, MESSAGES, type M3uaMessage } from '#codec/m3ua';
import { decodeM2pa, decodeMtp3, encodeM2pa, encodeMtp3, type Signalling } from '#codec/mtp';
import { decodeSccp, encodeSccp, type SccpAddress } from '#codec/sccp';
import { corpusFile, corpusJson, signallingOf, toHex } from '../../kit/ss7/captures.js';

/** Values by tshark's names; several of one frame in order. */
type Fields = Map<string, string[]>;

const { files } = corpusJson('lower-layers.tshark.json') as { files: Record<string, readonly Record<string, string>[]> };

const hex = (value: number, digits: number): string => `0x${value.toString(16).padStart(digits, '0')}`;

function add(fields: Fields, values: Record<string, string | number | undefined>): void {
  for (const [name, value] of Object.entries(values))
    if (value !== undefined) fields.set(name, [...(fields.get(name) ?? []), String(value)]);
}

function addAddress(fields: Fields, side: 'called' | 'calling', address: SccpAddress): void {
  const gt = address.globalTitle;
  const digits = gt !== undefined && 'digits' in gt ? gt.digits : undefined;
  const hasScheme = gt !== undefined && (gt.indicator === 3 || gt.indicator === 4);
  const of = (name: string, value: string | number | undefined) => add(fields, { [`sccp.${side}.${name}`]: value });
  of('ri', hex(address.routeOn === 'ssn' ? 1 : 0, 2));
  of('gti', hex(gt?.indicator ?? 0, 2));
  of('pc', address.pointCode);
  of('ssn', address.ssn);
  of('tt', gt !== undefined && 'translationType' in gt ? hex(gt.translationType, 2) : undefined);
  of('np', gt !== undefined && 'numberingPlan' in gt ? hex(gt.numberingPlan, 2) : undefined);
  of('es', hasScheme && digits !== undefined ? hex(digits.length % 2 === 1 ? 1 : 2, 2) : undefined);
  of('nai', gt !== undefined && 'natureOfAddress' in gt ? hex(gt.natureOfAddress, 2) : undefined);
  of('digits', digits);
}

/** Writes the message again as well: what these nodes wrote is canonical. */
function addSccp(fields: Fields, octets: Uint8Array): void {
  const decoded = decodeSccp(octets);
  assert.ok(decoded.ok, decoded.ok ? '' : decoded.error.text);
  const message = decoded.value;
  const again = encodeSccp(message);
  assert.ok(again.ok);
  assert.equal(toHex(again.value), toHex(octets));
  add(fields, {
    'sccp.message_type': hex(octets[0]!, 2),
    'sccp.class': 'protocolClass' in message ? hex(message.protocolClass, 2) : undefined,
    'sccp.handling': 'returnOnError' in message ? hex(message.returnOnError ? 8 : 0, 2) : undefined,
    'sccp.return_cause': 'returnCause' in message ? hex(message.returnCause, 2) : undefined,
    'sccp.hops': 'hopCounter' in message ? hex(message.hopCounter, 2) : undefined,
  });
  addAddress(fields, 'called', message.called);
  addAddress(fields, 'calling', message.calling);
  for (const { name, octets: value } of 'optional' in message ? message.optional : []) {
    if (name === 0x12) continue;
    assert.equal(name, 0x10);
    add(fields, {
      'sccp.segmentation.first': hex(value[0]! >>> 7, 2),
      'sccp.segmentation.class': hex((value[0]! >>> 6) & 1, 2),
      'sccp.segmentation.remaining': hex(value[0]! & 15, 2),
      'sccp.segmentation.slr': `0x${toHex(value.slice(1).reverse())}`,
    });
  }
}

function addM3ua(fields: Fields, octets: Uint8Array): void {
  const decoded = decodeM3ua(octets);
  assert.ok(decoded.ok, decoded.ok ? '' : decoded.error.text);
  const message = decoded.value;
  assert.equal('others' in message, false);
  const again = encodeM3ua(message);
  assert.deepEqual(decodeM3ua(again), decoded);
  // osmo-stp puts the routing context behind the Protocol Data; all else is written as RFC 4666 shows it.
  if (message.kind === 'DATA' && octets[9] === 0x10) assert.equal(again.length, octets.length);
  else assert.equal(toHex(again), toHex(octets));
  const values = message as { readonly [K in string]?: never } & M3uaMessage;
  const { class: messageClass, type } = MESSAGES[message.kind];
  add(fields, {
    'm3ua.message_class': messageClass,
    'm3ua.message_type': type,
    'm3ua.network_appearance': values['networkAppearance'],
    'm3ua.asp_identifier': values['aspIdentifier'],
    // osmo-stp ends the text with a NUL; tshark does not show it.
    'm3ua.info_string': (values['infoString'] as string | undefined)?.replace(/\0$/, ''),
  });
  for (const context of (values['routingContext'] as readonly number[] | undefined) ?? [])
    add(fields, { 'm3ua.routing_context': context });
  for (const { mask, pointCode } of (values['affectedPointCodes'] as readonly { mask: number; pointCode: number }[] | undefined) ?? [])
    add(fields, { 'm3ua.affected_point_code_mask': mask, 'm3ua.affected_point_code_pc': pointCode });
  if (message.kind === 'NTFY') add(fields, { 'm3ua.status_type': message.status.type, 'm3ua.status_info': message.status.information });
  if ('trafficMode' in message) add(fields, { 'm3ua.traffic_mode_type': { override: 1, loadshare: 2, broadcast: 3 }[message.trafficMode!] });
  if ('heartbeatData' in message) add(fields, { 'm3ua.heartbeat_data': toHex(message.heartbeatData!) });
  if (message.kind !== 'DATA') return;
  const label = message.protocolData;
  add(fields, {
    'm3ua.protocol_data_opc': label.opc,
    'm3ua.protocol_data_dpc': label.dpc,
    'm3ua.protocol_data_si': label.si,
    'm3ua.protocol_data_ni': label.ni,
    'm3ua.protocol_data_mp': label.mp,
    'm3ua.protocol_data_sls': label.sls,
    // tshark shows the label under both names.
    'mtp3.opc': label.opc,
    'mtp3.dpc': label.dpc,
    'mtp3.sls': label.sls,
  });
  if (label.si === 3) addSccp(fields, label.userData);
}

function addMtp3(fields: Fields, octets: Uint8Array): void {
  const decoded = decodeMtp3(octets);
  assert.ok(decoded.ok);
  assert.equal(toHex(encodeMtp3(decoded.value)), toHex(octets));
  const { si, ni, opc, dpc, sls, userData } = decoded.value;
  add(fields, {
    'mtp3.service_indicator': hex(si, 2),
    'mtp3.network_indicator': hex(ni, 2),
    'mtp3.opc': opc,
    'mtp3.dpc': dpc,
    'mtp3.sls': sls,
  });
  if (si === 3) addSccp(fields, userData);
}

function addM2pa(fields: Fields, octets: Uint8Array): void {
  const decoded = decodeM2pa(octets);
  assert.ok(decoded.ok, decoded.ok ? '' : decoded.error.text);
  const message = decoded.value;
  add(fields, { 'm2pa.type': message.kind === 'User Data' ? 1 : 2, 'm2pa.bsn': message.bsn, 'm2pa.fsn': message.fsn });
  if (message.kind === 'Link Status') add(fields, { 'm2pa.status': message.state });
  else if (message.mtp3.length > 0) addMtp3(fields, message.mtp3);
  const again = decodeM2pa(encodeM2pa(message));
  assert.deepEqual(again, decoded);
}

function addIpa(fields: Fields, octets: Uint8Array): void {
  const decoded = decodeIpa(octets);
  assert.ok(decoded.ok, decoded.ok ? '' : decoded.error.text);
  const frame = decoded.value;
  add(fields, {
    'gsm_ipa.protocol': hex(octets[2]!, 2),
    'gsm_ipa.data_len': octets.length - 3,
    'ipaccess.msg_type': frame.kind === 'ccm' ? hex(octets[3]!, 2) : undefined,
  });
  if (frame.kind === 'sccp') addSccp(fields, frame.message);
}

const ADD: Readonly<Record<Signalling['kind'], (fields: Fields, octets: Uint8Array) => void>> = {
  m3ua: addM3ua,
  m2pa: addM2pa,
  mtp3: addMtp3,
  sccp: addSccp,
  ipa: addIpa,
};

/** What tshark cannot know of ours (a chunk's stream is SCTP's), or shows for other layers. */
const NOT_COMPARED = new Set(['frame.number', 'sctp.data_sid']);

describe('captures of the corpus', () => {
  for (const [file, frames] of Object.entries(files))
    it(`${file}: every message of every layer says what tshark says, and is written again as it was`, () => {
      const found = new Map<number, Fields>();
      for (const one of signallingOf(corpusFile(file))) {
        const fields = found.get(one.packet) ?? new Map<string, string[]>();
        found.set(one.packet, fields);
        ADD[one.kind](fields, one.octets);
      }
      assert.ok(frames.length > 0);
      for (const frame of frames) {
        const number = Number(frame['frame.number']);
        const ours = found.get(number) ?? assert.fail(`frame ${number}: nothing found`);
        const expected = Object.entries(frame).filter(([name]) => !NOT_COMPARED.has(name));
        assert.deepEqual(
          Object.fromEntries([...ours].map(([name, values]) => [name, values.join(',')]).sort()),
          Object.fromEntries(expected.sort()),
          `frame ${number}`,
        );
      }
      assert.deepEqual([...found.keys()], frames.map((it) => Number(it['frame.number'])));
    });

  it('are the same read in pieces of every small size', () => {
    for (const file of ['pcapr-4.pcap', 'ipa-sccplite-osmostp-tcp.pcap']) {
      const octets = corpusFile(file);
      const whole = signallingOf(octets);
      assert.ok(whole.length > 0);
      for (const size of [1, 2, 3, 5, 7, 16, 23, 24, 25, 41, 1000]) assert.deepEqual(signallingOf(octets, size), whole);
    }
  });
});
