/** Captures of the signalling corpus, and the messages in them. */
import { readFileSync } from 'node:fs';
import { createIpaFramer } from '#codec/ipa';
import { createM3uaFramer } from '#codec/m3ua';
import { CaptureReader, type Signalling, SignallingReader } from '#codec/mtp';

const CORPUS = new URL('../../../../test/corpus/ss7/', import.meta.url);
const IPA_PORT = 5000;
const M3UA_PORT = 2905;

export const corpusFile = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(name, CORPUS)));
export const corpusJson = (name: string): unknown => JSON.parse(readFileSync(new URL(name, CORPUS), 'utf8'));
export const fromHex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replaceAll(/\s/g, ''), 'hex'));
export const toHex = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');

/** Every signalling message of a capture; `pieceOctets`: in pieces of which size the file is fed. Throws when the file cannot be read. */
export function signallingOf(file: Uint8Array, pieceOctets = file.length): Signalling[] {
  const reader = new CaptureReader();
  const signalling = new SignallingReader([
    { kind: 'ipa', port: IPA_PORT, createFramer: createIpaFramer },
    { kind: 'm3ua', port: M3UA_PORT, createFramer: createM3uaFramer },
  ]);
  const found: Signalling[] = [];
  for (let at = 0; at < file.length; at += pieceOctets) {
    const packets = reader.push(file.subarray(at, at + pieceOctets));
    if (!packets.ok) throw new Error(packets.error.text);
    for (const packet of packets.value) found.push(...signalling.push(packet));
  }
  return found;
}
