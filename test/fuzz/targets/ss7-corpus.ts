/** The recorded and made messages of signalling as examples. */
import { readdirSync } from 'node:fs';
import { decodeM3ua } from '#codec/m3ua';
import { decodeMtp3, type Signalling } from '#codec/mtp';
import { viewSccp } from '#codec/sccp';
import { generated, jss7, octetsOf, tcapMessages } from '../../corpus/ss7-vectors.js';
import { corpusFile, signallingOf } from '../../kit/ss7/captures.js';

const FOLDER = new URL('../../../../test/corpus/ss7/', import.meta.url);

export const CAPTURES: readonly string[] = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.pcap'))
  .sort();

/** Each text once. */
function distinct(messages: readonly Uint8Array[]): Uint8Array[] {
  const seen = new Map(messages.map((it) => [Buffer.from(it).toString('hex'), it]));
  return [...seen.values()];
}

export const hex = (text: string): Uint8Array => octetsOf(text);

/** Captured messages of one layer, equal ones once. */
export function recordedOf(kind: Signalling['kind']): Uint8Array[] {
  return distinct(
    CAPTURES.flatMap((file) => signallingOf(corpusFile(file)).flatMap((it) => (it.kind === kind ? [it.octets] : []))),
  );
}

const vectorsOf = (layer: string): Uint8Array[] => jss7(layer).map((it) => octetsOf(it.hex));

export const m3uaMessages = (): Uint8Array[] => distinct([...recordedOf('m3ua'), ...vectorsOf('m3ua')]);

/** SCCP messages: bare, those in M3UA and MTP3, generated ones, and those of other implementations' tests. */
export function sccpMessages(): Uint8Array[] {
  const inM3ua = recordedOf('m3ua').flatMap((it) => {
    const message = decodeM3ua(it);
    return message.ok && message.value.kind === 'DATA' ? [message.value.protocolData.userData] : [];
  });
  const inMtp3 = recordedOf('mtp3').flatMap((it) => {
    const message = decodeMtp3(it);
    return message.ok ? [message.value.userData] : [];
  });
  const made = generated().flatMap((it) => it.sccp.map(octetsOf));
  return distinct([...recordedOf('sccp'), ...inM3ua, ...inMtp3, ...made, ...vectorsOf('sccp')]).filter((it) => viewSccp(it).ok);
}

export const tcapOctets = (): Uint8Array[] => distinct(tcapMessages().map((it) => it.octets));

/** Arguments, results and TPDUs that stand alone in other implementations' tests. */
const LAYERS = ['map-sms', 'map-primitives', 'map-mobility', 'map-dialog', 'map-errors'];
export const mapVectors = (): Uint8Array[] => distinct(LAYERS.flatMap(vectorsOf));
export const smsVectors = (): Uint8Array[] => distinct(vectorsOf('sms-tpdu'));
