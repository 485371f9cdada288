/**
 * One DNS query, one answer: octets in, octets out, no socket. RFC 1035, RFC 6891 (EDNS), RFC 2308 (negative answers), RFC 6116 (ENUM). The
 * question goes back as the very octets that came, whatever its letters' case.
 */
import { type Answer, type DecodedPacket, decode, encode, type OptAnswer } from 'dns-packet';
import { LIMITS } from '#base';
import { type NumberFinding, type NumberLookup, numberOf } from '#portability';
import { naptrsOf } from './naptr.js';
import type { Zone } from './zone.js';

/** How a query ended, for the counter. `truncated`: told to ask by TCP. `unready`: the number store does not answer. */
export type EnumResult =
  | 'found'
  | 'no-data'
  | 'nxdomain'
  | 'truncated'
  | 'refused'
  | 'malformed'
  | 'not-implemented'
  | 'bad-version'
  | 'unready'
  | 'unspeakable'
  | 'dropped';

export interface EnumReply {
  readonly result: EnumResult;
  /** Undefined when nothing goes back. */
  readonly octets: Uint8Array | undefined;
}

export type EnumTransport = 'udp' | 'tcp';

const RCODE = { noError: 0, formErr: 1, servFail: 2, nxDomain: 3, notImp: 4, refused: 5, badVers: 16 } as const;
const TYPE = { ns: 2, soa: 6, naptr: 35, ixfr: 251, axfr: 252, any: 255 } as const;
const CLASS_IN = 1;

const HEADER_OCTETS = 12;
const QR = 0x8000;
const OPCODE = 0x7800;
const AA = 0x0400;
const TC = 0x0200;
const RD = 0x0100;
/** Octets of a UDP message without EDNS. RFC 1035 4.2.1. */
const UDP_PLAIN_MAX = 512;
/** Largest octets of a UDP answer: what no usual path cuts in pieces. Source: DNS Flag Day 2020. */
const UDP_MAX = 1232;
const TCP_MAX = 0xffff;
const SOA_REFRESH_SECONDS = 3600;
const SOA_RETRY_SECONDS = 600;
const SOA_EXPIRE_SECONDS = 604_800;

interface Query {
  readonly octets: Uint8Array;
  readonly view: DataView;
  /** One past the question. */
  readonly questionTo: number;
  readonly labels: readonly string[];
  readonly type: number;
  readonly class: number;
  /** Absent without EDNS. */
  readonly opt: { readonly version: number; readonly udpSize: number } | undefined;
}

/** What goes into an answer. */
interface Content {
  readonly rcode: number;
  readonly result: EnumResult;
  readonly authoritative: boolean;
  readonly answers?: readonly Answer[];
  readonly authorities?: readonly Answer[];
}

/** Answers one message. `now`: milliseconds since the epoch. Never throws, whatever the octets. */
export function answerQuery(
  octets: Uint8Array,
  transport: EnumTransport,
  zone: Zone,
  numbers: NumberLookup,
  now: number,
): EnumReply {
  if (octets.length < HEADER_OCTETS) return { result: 'dropped', octets: undefined };
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  const flags = view.getUint16(2);
  // An answer is never answered: two servers would talk for ever.
  if ((flags & QR) !== 0) return { result: 'dropped', octets: undefined };
  if ((flags & OPCODE) !== 0) return { result: 'not-implemented', octets: headerOnly(view, RCODE.notImp) };
  const query = readQuery(octets, view);
  if (query === undefined) return { result: 'malformed', octets: headerOnly(view, RCODE.formErr) };
  return write(query, contentFor(query, zone, numbers, now), transport);
}

/** The answer that sends a client who asks too often to TCP: nothing but his own question. */
export function truncatedAnswer(octets: Uint8Array): Uint8Array | undefined {
  if (octets.length < HEADER_OCTETS) return undefined;
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  const query = (view.getUint16(2) & (QR | OPCODE)) === 0 ? readQuery(octets, view) : undefined;
  return query === undefined
    ? undefined
    : assemble(query, { rcode: RCODE.noError, result: 'truncated', authoritative: false }, TC);
}

/** For a fault of our own: SERVFAIL. */
export function failedAnswer(octets: Uint8Array): Uint8Array | undefined {
  if (octets.length < HEADER_OCTETS) return undefined;
  return headerOnly(new DataView(octets.buffer, octets.byteOffset, octets.byteLength), RCODE.servFail);
}

function readQuery(octets: Uint8Array, view: DataView): Query | undefined {
  const [questions, answers, authorities, additionals] = [4, 6, 8, 10].map((at) => view.getUint16(at));
  if (questions !== 1 || answers !== 0 || authorities !== 0 || additionals! > LIMITS.enumAdditionalsMax) return undefined;
  const labels: string[] = [];
  const nameTo = readLabels(octets, labels);
  if (nameTo === undefined || nameTo + 4 > octets.length) return undefined;
  const packet = decoded(octets);
  const opts = packet?.additionals?.filter((it): it is OptAnswer => it.type === 'OPT') ?? [];
  if (packet === undefined || opts.length > 1) return undefined;
  const opt = opts[0];
  return {
    octets,
    view,
    questionTo: nameTo + 4,
    labels,
    type: view.getUint16(nameTo),
    class: view.getUint16(nameTo + 2),
    opt: opt === undefined ? undefined : { version: opt.ednsVersion, udpSize: opt.udpPayloadSize },
  };
}

/** The labels of the question, which has none to point to; the octet behind it, or undefined when it is no name. `decoded` looks at its length. */
function readLabels(octets: Uint8Array, labels: string[]): number | undefined {
  for (let at = HEADER_OCTETS; at < octets.length; ) {
    const length = octets[at++]!;
    if (length === 0) return at;
    if (length > 63 || at + length > octets.length) return undefined;
    labels.push(String.fromCharCode(...octets.subarray(at, at + length)));
    at += length;
  }
  return undefined;
}

/** The library throws Error and RangeError on what it cannot read, and nothing finer. */
function decoded(octets: Uint8Array): DecodedPacket | undefined {
  try {
    const packet = decode(Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength));
    return decode.bytes === octets.length ? packet : undefined;
  } catch (e) {
    if (e instanceof Error) return undefined;
    throw e;
  }
}

const refused: Content = { rcode: RCODE.refused, result: 'refused', authoritative: false };

function contentFor(query: Query, zone: Zone, numbers: NumberLookup, now: number): Content {
  if (query.opt !== undefined && query.opt.version > 0)
    return { rcode: RCODE.badVers, result: 'bad-version', authoritative: false };
  const isTransfer = query.type === TYPE.axfr || query.type === TYPE.ixfr;
  const name = query.class === CLASS_IN && !isTransfer ? zone.find(query.labels) : undefined;
  if (name === undefined) return refused;
  if (numbers.state !== 'ready') return { rcode: RCODE.servFail, result: 'unready', authoritative: false };
  if (name.kind === 'top') return topOf(query, zone, numbers);
  if (name.kind === 'nothing') return nothing(RCODE.nxDomain, zone, numbers);
  if (name.digits.length < zone.config.digitsMin) return nothing(RCODE.noError, zone, numbers);
  const finding = numbers.finding(numberOf(name.digits)!, now);
  const found = finding === undefined ? undefined : naptrsOf(name.digits, finding.record, zone.config);
  if (found === 'unspeakable') return { rcode: RCODE.servFail, result: 'unspeakable', authoritative: false };
  if (found === undefined) return nothing(RCODE.nxDomain, zone, numbers);
  if (query.type !== TYPE.naptr && query.type !== TYPE.any) return nothing(RCODE.noError, zone, numbers);
  const owner = query.labels.join('.');
  const ttl = ttlOf(finding!, zone.config.ttlSeconds, now);
  const answers = found.map((data): Answer => ({ type: 'NAPTR', name: owner, ttl, class: 'IN', data }));
  return { rcode: RCODE.noError, result: 'found', authoritative: true, answers };
}

/** A record that ends sooner than an answer may be kept is kept until then. */
const ttlOf = ({ validUntil }: NumberFinding, ttlSeconds: number, now: number): number =>
  validUntil === undefined ? ttlSeconds : Math.max(0, Math.min(ttlSeconds, Math.floor((validUntil - now) / 1000)));

function topOf({ type }: Query, zone: Zone, numbers: NumberLookup): Content {
  const soa = [soaOf(zone, numbers, zone.config.ttlSeconds)];
  const ns = zone.config.nameServers.map(
    (data): Answer => ({ type: 'NS', name: zone.name, ttl: zone.config.ttlSeconds, class: 'IN', data }),
  );
  const answers = type === TYPE.soa ? soa : type === TYPE.ns ? ns : type === TYPE.any ? [...soa, ...ns] : [];
  if (answers.length === 0) return nothing(RCODE.noError, zone, numbers);
  return { rcode: RCODE.noError, result: 'found', authoritative: true, answers };
}

/** There is no such name, or no such data: said with the SOA, whose time is that of the negative answer. RFC 2308 3. */
const nothing = (rcode: number, zone: Zone, numbers: NumberLookup): Content => ({
  rcode,
  result: rcode === RCODE.nxDomain ? 'nxdomain' : 'no-data',
  authoritative: true,
  authorities: [soaOf(zone, numbers, zone.config.negativeTtlSeconds)],
});

/** The serial is the second of the newest change: it grows with every load and change that is a second younger. */
const soaOf = (zone: Zone, numbers: NumberLookup, ttl: number): Answer => ({
  type: 'SOA',
  name: zone.name,
  ttl,
  class: 'IN',
  data: {
    mname: zone.config.nameServers[0]!,
    rname: zone.config.contact,
    serial: Math.floor(numbers.version.changedAt / 1000) >>> 0,
    refresh: SOA_REFRESH_SECONDS,
    retry: SOA_RETRY_SECONDS,
    expire: SOA_EXPIRE_SECONDS,
    minimum: zone.config.negativeTtlSeconds,
  },
});

function write(query: Query, content: Content, transport: EnumTransport): EnumReply {
  const octets = assemble(query, content, 0);
  if (octets.length <= sizeMax(query, transport)) return { result: content.result, octets };
  const { rcode, authoritative } = content;
  return { result: 'truncated', octets: assemble(query, { rcode, authoritative, result: 'truncated' }, TC) };
}

const sizeMax = ({ opt }: Query, transport: EnumTransport): number =>
  transport === 'tcp' ? TCP_MAX : Math.min(Math.max(opt?.udpSize ?? 0, UDP_PLAIN_MAX), UDP_MAX);

function assemble(query: Query, { rcode, authoritative, answers = [], authorities = [] }: Content, more: number): Uint8Array {
  const flags = (query.view.getUint16(2) & RD) | (authoritative ? AA : 0) | more | (rcode & 0x0f);
  const additionals: Answer[] =
    query.opt === undefined
      ? []
      : [
          {
            type: 'OPT',
            name: '.',
            udpPayloadSize: UDP_MAX,
            extendedRcode: rcode >>> 4,
            ednsVersion: 0,
            flags: 0,
            flag_do: false,
            options: [],
          },
        ];
  const rest = encode({
    type: 'response',
    id: query.view.getUint16(0),
    flags,
    answers: [...answers],
    authorities: [...authorities],
    additionals,
  });
  const question = query.octets.subarray(HEADER_OCTETS, query.questionTo);
  const out = new Uint8Array(rest.length + question.length);
  out.set(rest.subarray(0, HEADER_OCTETS));
  out.set(question, HEADER_OCTETS);
  out.set(rest.subarray(HEADER_OCTETS), HEADER_OCTETS + question.length);
  // The library was given no question: it stands there all the same.
  out[5] = 1;
  return out;
}

function headerOnly(view: DataView, rcode: number): Uint8Array {
  const out = new Uint8Array(HEADER_OCTETS);
  const header = new DataView(out.buffer);
  header.setUint16(0, view.getUint16(0));
  header.setUint16(2, QR | (view.getUint16(2) & (OPCODE | RD)) | rcode);
  return out;
}
