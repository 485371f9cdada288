/** ENUM as a lookup of routing: NAPTR records of a number, asked of several servers in turn within one deadline. RFC 6116. */
import { randomInt } from 'node:crypto';
import { isIP } from 'node:net';
import { encode, RECURSION_DESIRED } from 'dns-packet';
import type { Msisdn } from '#base';
import { answers, type DnsAnswer, readAnswer } from './dns-answer.js';
import { byTcp, byUdp, type DnsServer, type Exchanged, nameOf } from './dns-query.js';
import { type Answered, type LookupClient, type LookupConfig, type LookupPorts, Lookups } from './lookups.js';
import { chooseHome, type EnumClientService } from './naptr-choice.js';

export interface EnumClientConfig extends LookupConfig {
  /** Asked in this order; the next one when one is silent, refuses or fails, and from the start again until the deadline. */
  readonly servers: readonly DnsServer[];
  /** Where numbers hang in the tree: `e164.arpa`, `e164enum.net`, or a private root. */
  readonly root: string;
  /** Services that are believed. */
  readonly services: readonly EnumClientService[];
  /** How long one server is waited for. Unit: milliseconds. */
  readonly attemptMs: number;
}

/** Octets of a UDP answer that we take: what no usual path cuts in pieces. Source: DNS Flag Day 2020. */
const UDP_OCTETS_MAX = 1232;
const ID_MAX = 0x1_0000;

type Failure = Extract<Answered['answer'], { kind: 'failed' }>;

/** Throws an Error for a configuration that cannot be. Opens nothing before the first question. */
export function createEnumClient(config: EnumClientConfig, ports: LookupPorts): LookupClient {
  if (config.servers.length === 0) throw new Error(`numbering: ${config.name}: no DNS server is named`);
  if (config.services.length === 0) throw new Error(`numbering: ${config.name}: no service is named`);
  for (const { host } of config.servers)
    if (isIP(host) === 0) throw new Error(`numbering: ${config.name}: "${host}" is no address of a DNS server`);
  const lookups = new Lookups(config, ports, (number, signal) => ask(config, number, signal));
  return { name: config.name, find: (number) => lookups.find(number), close: () => lookups.close() };
}

/** Servers in turn, from the first one; a round that fails whole is not repeated at once but after `attemptMs`. */
async function ask(config: EnumClientConfig, number: Msisdn, signal: AbortSignal): Promise<Answered> {
  const name = `${[...number].reverse().join('.')}.${config.root}`;
  let failure: Failure = { kind: 'failed', cause: 'late', detail: `no server was asked within ${config.deadlineMs} ms` };
  for (let attempt = 0; !signal.aborted; attempt++) {
    if (attempt > 0 && attempt % config.servers.length === 0) await pause(config.attemptMs, signal);
    if (signal.aborted) break;
    const server = config.servers[attempt % config.servers.length]!;
    const outcome = await askOne(config, server, name, number, signal);
    if ('answer' in outcome) return outcome;
    failure = outcome;
  }
  return { answer: failure };
}

/** Resolves after `ms`, or when `signal` says so. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
}

async function askOne(
  { attemptMs, services }: EnumClientConfig,
  server: DnsServer,
  name: string,
  number: Msisdn,
  deadline: AbortSignal,
): Promise<Answered | Failure> {
  const signal = AbortSignal.any([deadline, AbortSignal.timeout(attemptMs)]);
  const query = queryFor(name);
  const accept = (octets: Buffer): boolean => answers(octets, query);
  const datagram = await byUdp(query, server, accept, signal);
  let answer = datagram.kind === 'octets' ? readAnswer(datagram.octets, name) : undefined;
  let last: Exchanged = datagram;
  if (answer?.kind === 'truncated') {
    last = await byTcp(query, server, signal);
    answer = last.kind === 'octets' ? (accept(last.octets) ? readAnswer(last.octets, name) : OTHER_QUESTION) : undefined;
  }
  if (answer === undefined) return last.kind === 'octets' ? failed('malformed', '') : failed(last.kind, last.detail);
  return said(answer, number, services, server);
}

const OTHER_QUESTION: DnsAnswer = { kind: 'malformed', detail: 'the answer is to another question' };

const failed = (cause: Failure['cause'], detail: string): Failure => ({ kind: 'failed', cause, detail });

function queryFor(name: string): Uint8Array {
  return encode({
    type: 'query',
    id: randomInt(ID_MAX),
    flags: RECURSION_DESIRED,
    questions: [{ type: 'NAPTR', name, class: 'IN' }],
    additionals: [
      {
        type: 'OPT',
        name: '.',
        udpPayloadSize: UDP_OCTETS_MAX,
        flags: 0,
        options: [],
        extendedRcode: 0,
        ednsVersion: 0,
        flag_do: false,
      },
    ],
  });
}

function said(answer: DnsAnswer, number: Msisdn, services: readonly EnumClientService[], server: DnsServer): Answered | Failure {
  const from = nameOf(server);
  switch (answer.kind) {
    case 'records': {
      const { kind, home, evidence } = chooseHome(number, answer.records, services);
      // The zone's own fault: no other server has it otherwise.
      if (kind === 'malformed') return { answer: failed('malformed', `${from}: ${evidence.join('; ')}`) };
      const { ttlSeconds } = answer;
      return { answer: home ? { kind: 'home', home, evidence, from } : { kind: 'nothing', evidence, from }, ttlSeconds };
    }
    case 'none':
      return {
        answer: { kind: 'nothing', evidence: [answer.rcode === 'NXDOMAIN' ? 'no such name' : 'no NAPTR record'], from },
        ...(answer.ttlSeconds !== undefined && { ttlSeconds: answer.ttlSeconds }),
      };
    case 'elsewhere':
      return failed('refused', `${from}: ${answer.rcode}`);
    case 'truncated':
      return failed('malformed', `${from}: cut short even by TCP`);
    case 'malformed':
      return failed('malformed', `${from}: ${answer.detail}`);
  }
}
