/**
 * What the routing of one recipient costs where nothing is waited for: an own number, a ported one, one whose ENUM answer is kept, and each of them
 * among five hundred routes. The number store is a map, so that its own cost (measured with the store) does not show.
 */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { decode, encode, type Packet } from 'dns-packet';
import { type Msisdn, silentLog, silentMeter, toMsisdn } from '#base';
import { directoryOf } from '#directory';
import { createEnumClient, type LookupClient } from '#endpoint/numbering';
import type { RouteQuery } from '#messaging';
import { createRouter, type ExplainingRouter, portabilitySource } from '#messaging/routing';
import type { NumberLookup, NumberRecord } from '#portability';
import { type Bench, type Row, runAlone, timePerOperation } from './harness/index.js';

/** For each case. */
const SECONDS = 3;
const SECONDS_SMOKE = 0.1;
/** Recipients alternate: nothing is decided twice in a row. */
const NUMBERS = 1_000;
const ROUTES = 500;

const RECORD: NumberRecord = { portabilityType: 1, entity: { kind: 'rn', routingNumber: '4917' } };
const FINDING = { record: RECORD, by: { kind: 'number' } } as const;
const PORTED_FIRST = 46_701_500_000;

const numbers: NumberLookup = {
  state: 'ready',
  version: { load: 'bench', change: 0, changedAt: 0 },
  find: (number) => (number >= PORTED_FIRST && number < PORTED_FIRST + NUMBERS ? RECORD : undefined),
  finding: (number) => (number >= PORTED_FIRST && number < PORTED_FIRST + NUMBERS ? FINDING : undefined),
};

/** Beside the routes that decide, `count` that look at numbers of nobody. */
const routesOf = (count: number) => [
  { name: 'ported', match: { operators: ['4917'] }, result: { kind: 'peer', peer: 'b' } },
  ...Array.from({ length: count }, (_, i) => ({
    name: `r${i}`,
    match: { prefixes: [`99${String(i).padStart(4, '0')}`] },
    result: { kind: 'peer', peer: 'b' },
  })),
];

function routerOf(lookups: LookupClient, count: number): ExplainingRouter {
  const peer = [{ name: 'b', domains: ['mms.b.example'], hosts: ['mx.b.example'] }];
  return createRouter(
    {
      directory: directoryOf({ peer, route: routesOf(count) }),
      sources: [portabilitySource('portability', numbers, () => 0), lookups],
    },
    {
      ownNumbers: ['46701'],
      ownDomains: ['mms.own.example'],
      ownSubscribers: 'range-suffices',
      sources: [
        { source: 'portability', ask: 'every-number', whenItFails: 'wait' },
        { source: 'enum', ask: 'foreign-numbers', whenItFails: 'go-on' },
      ],
      whenNetworkUnknown: 'refuse',
      email: 'send',
      mailToPeers: 'refuse',
      retryAfterMs: 60_000,
    },
  );
}

const queries = (first: number): readonly RouteQuery[] =>
  Array.from({ length: NUMBERS }, (_, i) => ({
    recipient: { kind: 'number', msisdn: toMsisdn(String(first + i))! },
    sender: { kind: 'number', msisdn: '46701000000' as Msisdn },
    origin: { interface: 'mm1', version: '1.2' },
    size: 50_000,
  }));

/** A name server on loopback that puts every number into the domain of b. */
async function enumOnLoopback(): Promise<{ lookups: LookupClient; close(): Promise<void> }> {
  const dns = createSocket('udp4').bind(0, '127.0.0.1');
  await once(dns, 'listening');
  dns.on('message', (octets, from) => {
    const { id, questions = [] } = decode(octets) as Packet & { id: number };
    const regexp = '!^(.*)$!mailto:\\1@mms.b.example!';
    const data = { order: 10, preference: 10, flags: 'u', services: 'E2U+mms:mailto', regexp, replacement: '.' };
    const answer = { type: 'NAPTR', name: questions[0]!.name, ttl: 3600, class: 'IN', data } as const;
    dns.send(encode({ type: 'response', id, questions, answers: [answer] }), from.port, from.address);
  });
  const lookups = createEnumClient(
    {
      name: 'enum',
      servers: [{ host: '127.0.0.1', port: dns.address().port }],
      root: 'e164.test',
      services: ['mms:mailto'],
      deadlineMs: 10_000,
      attemptMs: 1_000,
      cacheEntriesMax: 10 * NUMBERS,
      ttlSecondsMin: 0,
      ttlSecondsMax: 3600,
      negativeTtlSecondsMax: 600,
      inFlightMax: 100,
    },
    { log: silentLog, meter: silentMeter, monotonic: () => performance.now() },
  );
  return {
    lookups,
    async close() {
      await lookups.close();
      dns.close();
    },
  };
}

const CASES = [
  { name: 'own number, portability asked', first: 46_701_000_000 },
  { name: 'ported number', first: PORTED_FIRST },
  { name: 'foreign number, ENUM answer kept', first: 46_720_000_000 },
] as const;

export const bench: Bench = {
  name: 'Routing of one recipient',
  async run({ smoke }) {
    const seconds = smoke ? SECONDS_SMOKE : SECONDS;
    const { lookups, close } = await enumOnLoopback();
    const rows: Row[] = [];
    try {
      for (const routes of [0, ROUTES]) {
        const router = routerOf(lookups, routes);
        for (const { name, first } of CASES) {
          const asked = queries(first);
          // The first time ENUM is asked; from then on its answers are kept.
          for (const query of asked) await router.route(query);
          let next = 0;
          const us = timePerOperation(() => router.route(asked[next++ % NUMBERS]!), seconds);
          const reach = '10 µs or less, so that it does not show beside the 600 µs of a message';
          rows.push({
            benchmark: `${name}, ${routes + 1} routes`,
            figures: { 'µs/op': Number(us.toFixed(2)) },
            reach,
            baseline: 'none',
          });
        }
      }
    } finally {
      await close();
    }
    return rows;
  },
};

await runAlone(bench, import.meta.url);
