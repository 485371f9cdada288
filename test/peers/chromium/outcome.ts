/**
 * All that the codec says of some octets, as JSON: the same function runs in Node and in the page of a browser, on what each of them has of
 * its own (text codecs, digests).
 */
import { decodeParts, decodePdu, encodePdu, type MmsPdu, toText } from '#codec/mms';
import { decodePush } from '#codec/wsp';

export interface Shown {
  readonly length: number;
  readonly sha256: string;
}

/** Octets as their length and digest; absent properties are left out, as JSON would. */
async function plain(value: unknown): Promise<unknown> {
  if (value instanceof Uint8Array) return shown(value);
  if (Array.isArray(value)) return Promise.all(value.map(plain));
  if (typeof value !== 'object' || value === null) return value;
  const pairs = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(await Promise.all(pairs.map(async ([key, inner]) => [key, await plain(inner)])));
}

async function shown(octets: Uint8Array): Promise<Shown> {
  // A copy: a digest is taken of a whole buffer that nobody shares.
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', Uint8Array.from(octets)));
  return { length: octets.length, sha256: Array.from(digest, (octet) => octet.toString(16).padStart(2, '0')).join('') };
}

const pduOutcome = async (pdu: MmsPdu): Promise<object> => ({
  pdu: await plain(pdu),
  text: toText(pdu),
  written: await shown(encodePdu(pdu)),
  ...('content' in pdu && pdu.content !== undefined ? { parts: await plain(decodeParts(pdu.content)) } : {}),
});

/** Of a file of the corpus: `.wsp` is a push, anything else a PDU. */
export async function outcomeOf(file: string, octets: Uint8Array): Promise<unknown> {
  if (file.endsWith('.wsp')) return plain(decodePush(octets));
  const pdu = decodePdu(octets);
  return pdu.ok ? pduOutcome(pdu.value) : { error: await plain(pdu.error) };
}
