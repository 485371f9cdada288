/** What a DNS server answers to a question for NAPTR records: whether it is an answer to it, and what it says. RFC 1035, RFC 2308. */
import { type Answer, type DecodedPacket, decode } from 'dns-packet';
import type { Naptr } from './naptr.js';

/** `elsewhere`: the server cannot or does not want to say; another may. */
export type DnsAnswer =
  | { readonly kind: 'records'; readonly records: readonly Naptr[]; readonly ttlSeconds: number }
  /** There are none. `ttlSeconds` absent: no SOA says how long that holds, so it is not to be kept. */
  | { readonly kind: 'none'; readonly rcode: string; readonly ttlSeconds?: number }
  | { readonly kind: 'truncated' }
  | { readonly kind: 'elsewhere'; readonly rcode: string }
  | { readonly kind: 'malformed'; readonly detail: string };

const HEADER_OCTETS = 12;
const QR = 0x80;
const OPCODE = 0x78;
const TC = 0x02;
/** Records of all sections of one message: what has more is not decoded, as the library makes room for all that the head promises. Source: a referral has a dozen or two. */
const COUNTS_MAX = 256;
/** The least that a record takes: the root's name, type, class, time to live, length. RFC 1035 4.1.3. */
const RECORD_OCTETS_MIN = 11;
/** Where the counts of answers, authorities and additional records stand. RFC 1035 4.1.1. */
const COUNTS_AT = [6, 8, 10] as const;
/** Records of one answer that are looked at. Source: a number has a handful. */
const RECORDS_MAX = 64;
/** Aliases that are followed. Source: resolvers give up at 8 to 16. */
const ALIASES_MAX = 8;

/** Whether the octets answer `query`: its id, and its question letter for letter (but for their case). Without question only an error can be one. */
export function answers(octets: Uint8Array, query: Uint8Array): boolean {
  if (octets.length < HEADER_OCTETS || octets[0] !== query[0] || octets[1] !== query[1]) return false;
  if ((octets[2]! & QR) === 0 || (octets[2]! & OPCODE) !== 0) return false;
  if (octets[4] !== 0 || octets[5] !== 1) return octets[4] === 0 && octets[5] === 0 && (octets[3]! & 0x0f) !== 0;
  const questionTo = endOfQuestion(query);
  if (octets.length < questionTo) return false;
  for (let i = HEADER_OCTETS; i < questionTo; i++) if (lower(octets[i]!) !== lower(query[i]!)) return false;
  return true;
}

const lower = (octet: number): number => (octet >= 0x41 && octet <= 0x5a ? octet + 0x20 : octet);

/** Of a query that we have written: one question, its name without compression. */
function endOfQuestion(query: Uint8Array): number {
  let at = HEADER_OCTETS;
  while (query[at] !== 0) at += query[at]! + 1;
  return at + 5;
}

/** Whether the message can hold what its head promises, and it is no more than anybody has to say. */
function isPlausible(octets: Buffer): boolean {
  if (octets.length < HEADER_OCTETS || octets.readUInt16BE(4) > 1) return false;
  const records = COUNTS_AT.reduce((sum, at) => sum + octets.readUInt16BE(at), 0);
  return records <= COUNTS_MAX && records * RECORD_OCTETS_MIN <= octets.length - HEADER_OCTETS;
}

/** Any octets give an answer; none throw. `name`: what was asked for. */
export function readAnswer(octets: Buffer, name: string): DnsAnswer {
  if ((octets[2]! & TC) !== 0) return { kind: 'truncated' };
  if (!isPlausible(octets)) return { kind: 'malformed', detail: 'the head promises what the message cannot hold' };
  let packet: DecodedPacket;
  try {
    packet = decode(octets);
  } catch (e) {
    // dns-packet has no error of its own: whatever octets make it throw is about the octets.
    return { kind: 'malformed', detail: e instanceof Error ? e.message : String(e) };
  }
  const rcode = (packet as { rcode?: string }).rcode ?? 'NOERROR';
  if (rcode !== 'NOERROR' && rcode !== 'NXDOMAIN') return { kind: 'elsewhere', rcode };
  const given = (packet.answers ?? []).slice(0, RECORDS_MAX);
  const found = naptrsAt(given, canonicalName(given, name));
  if (found.length === 0) return { kind: 'none', rcode, ...negativeTtl(packet) };
  const records = found.map(({ data }) => data).filter(isWhole);
  if (records.length === 0) return { kind: 'malformed', detail: 'NAPTR records without their fields' };
  return {
    kind: 'records',
    records,
    ttlSeconds: found.reduce((least, { ttl }) => Math.min(least, ttl ?? 0), Number.MAX_SAFE_INTEGER),
  };
}

type NaptrAnswer = Extract<Answer, { type: 'NAPTR' }>;

const same = (a: string, b: string): boolean => a.toLowerCase().replace(/\.$/, '') === b.toLowerCase().replace(/\.$/, '');

const naptrsAt = (given: readonly Answer[], name: string): NaptrAnswer[] =>
  given.filter((it): it is NaptrAnswer => it.type === 'NAPTR' && same(it.name, name));

/** Where the aliases of the answer lead. RFC 1034 3.6.2. */
function canonicalName(given: readonly Answer[], name: string): string {
  let at = name;
  for (let i = 0; i < ALIASES_MAX; i++) {
    const alias = given.find((it) => it.type === 'CNAME' && same(it.name, at));
    if (alias?.type !== 'CNAME' || typeof alias.data !== 'string') break;
    at = alias.data;
  }
  return at;
}

const isWhole = (data: unknown): data is Naptr => {
  const { flags, services, regexp } = (data ?? {}) as Partial<Record<keyof Naptr, unknown>>;
  return typeof flags === 'string' && typeof services === 'string' && typeof regexp === 'string';
};

/** RFC 2308 5: the lesser of the SOA record's own time to live and its minimum field. */
function negativeTtl({ authorities }: DecodedPacket): { ttlSeconds?: number } {
  const soa = authorities?.find((it) => it.type === 'SOA');
  if (soa?.type !== 'SOA') return {};
  const { minimum } = soa.data;
  return typeof minimum === 'number' ? { ttlSeconds: Math.min(soa.ttl ?? 0, minimum) } : {};
}
