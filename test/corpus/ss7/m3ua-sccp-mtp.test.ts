/** The captures of the corpus, from the packet to SCCP, layer by layer, against what tshark says of the same frames. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeIpa } from '#codec/ipa';
import { decodeM3ua, encodeM3ua } from '#codec/m3ua';
import { decodeM2pa, decodeMtp3, encodeM2pa, encodeMtp3, type Signalling } from '#codec/mtp';
import { decodeSccp, encodeSccp } from '#codec/sccp';
import { corpusFile, corpusJson, signallingOf, toHex } from '../../kit/ss7/captures.js';
import { add, addM3ua, addSccp, type Fields, hexOf, shown } from '../../kit/ss7/tshark-fields.js';

const { files } = corpusJson('lower-layers.tshark.json') as { files: Record<string, readonly Record<string, string>[]> };

/** Writes the message again as well: what these nodes wrote is canonical. */
function readSccp(fields: Fields, octets: Uint8Array): void {
  const decoded = decodeSccp(octets);
  assert.ok(decoded.ok, decoded.ok ? '' : decoded.error.text);
  const again = encodeSccp(decoded.value);
  assert.ok(again.ok);
  assert.equal(toHex(again.value), toHex(octets));
  addSccp(fields, decoded.value, octets[0]!);
}

function readM3ua(fields: Fields, octets: Uint8Array): void {
  const decoded = decodeM3ua(octets);
  assert.ok(decoded.ok, decoded.ok ? '' : decoded.error.text);
  const message = decoded.value;
  assert.equal('others' in message, false);
  const again = encodeM3ua(message);
  assert.deepEqual(decodeM3ua(again), decoded);
  // osmo-stp puts the routing context behind the Protocol Data; all else is written as RFC 4666 shows it.
  if (message.kind === 'DATA' && octets[9] === 0x10) assert.equal(again.length, octets.length);
  else assert.equal(toHex(again), toHex(octets));
  addM3ua(fields, message);
  if (message.kind === 'DATA' && message.protocolData.si === 3) readSccp(fields, message.protocolData.userData);
}

function readMtp3(fields: Fields, octets: Uint8Array): void {
  const decoded = decodeMtp3(octets);
  assert.ok(decoded.ok);
  assert.equal(toHex(encodeMtp3(decoded.value)), toHex(octets));
  const { si, ni, opc, dpc, sls, userData } = decoded.value;
  add(fields, {
    'mtp3.service_indicator': hexOf(si),
    'mtp3.network_indicator': hexOf(ni),
    'mtp3.opc': opc,
    'mtp3.dpc': dpc,
    'mtp3.sls': sls,
  });
  if (si === 3) readSccp(fields, userData);
}

function readM2pa(fields: Fields, octets: Uint8Array): void {
  const decoded = decodeM2pa(octets);
  assert.ok(decoded.ok, decoded.ok ? '' : decoded.error.text);
  const message = decoded.value;
  add(fields, { 'm2pa.type': message.kind === 'User Data' ? 1 : 2, 'm2pa.bsn': message.bsn, 'm2pa.fsn': message.fsn });
  if (message.kind === 'Link Status') add(fields, { 'm2pa.status': message.state });
  else if (message.mtp3.length > 0) readMtp3(fields, message.mtp3);
  const again = decodeM2pa(encodeM2pa(message));
  assert.deepEqual(again, decoded);
}

function readIpa(fields: Fields, octets: Uint8Array): void {
  const decoded = decodeIpa(octets);
  assert.ok(decoded.ok, decoded.ok ? '' : decoded.error.text);
  const frame = decoded.value;
  add(fields, {
    'gsm_ipa.protocol': hexOf(octets[2]!),
    'gsm_ipa.data_len': octets.length - 3,
    'ipaccess.msg_type': frame.kind === 'ccm' ? hexOf(octets[3]!) : undefined,
  });
  if (frame.kind === 'sccp') readSccp(fields, frame.message);
}

const READ: Readonly<Record<Signalling['kind'], (fields: Fields, octets: Uint8Array) => void>> = {
  m3ua: readM3ua,
  m2pa: readM2pa,
  mtp3: readMtp3,
  sccp: readSccp,
  ipa: readIpa,
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
        READ[one.kind](fields, one.octets);
      }
      assert.ok(frames.length > 0);
      for (const frame of frames) {
        const number = Number(frame['frame.number']);
        const ours = found.get(number) ?? assert.fail(`frame ${number}: nothing found`);
        const expected = Object.entries(frame).filter(([name]) => !NOT_COMPARED.has(name));
        assert.deepEqual(
          shown(ours),
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
