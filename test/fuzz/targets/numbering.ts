/** Numbers asked of others and by others: what DNS servers and HTTP services answer, and what is asked of our own DNS server. */
import { encode } from 'dns-packet';
import { toMsisdn } from '#base';
import { answerQuery, answers, chooseHome, readAnswer, readHttpAnswer, Zone } from '#endpoint/numbering';
import type { NumberLookup } from '#portability';
import { expect, hexOf, octetsOf, type Target } from '../target.js';
import { group, leaf } from '../tree.js';
import { dnsTree } from './dns-tree.js';

const NUMBER = toMsisdn('46710000001')!;
const ROOT = 'e164.test';
const NAME = `${[...NUMBER].reverse().join('.')}.${ROOT}`;
const SERVICES = ['mms:mailto', 'pstn:tel'] as const;
const EVIDENCE_LINES_MAX = 8;
const RECORDS_MAX = 64;
const UDP_OCTETS_MAX = 1232;
const AA = 0x0400;

const question = { type: 'NAPTR', name: NAME, class: 'IN' } as const;
const QUERY = encode({ type: 'query', id: 7, questions: [question] });
const MAILTO = '!^.*$!mailto:+46710000001@mms.opb.example!';

const naptr = (regexp: string, services: string, name = NAME) =>
  ({
    type: 'NAPTR',
    name,
    class: 'IN',
    ttl: 300,
    data: { order: 10, preference: 10, flags: 'u', services, regexp, replacement: '.' },
  }) as const;

const answered = (records: Parameters<typeof encode>[0]): Uint8Array =>
  encode({ ...records, type: 'response', id: 7, flags: AA, questions: [question] });

/** NXDOMAIN in the head of an answer. RFC 1035 4.1.1. */
const NXDOMAIN = 3;
const soa = {
  type: 'SOA',
  name: ROOT,
  class: 'IN',
  ttl: 60,
  data: { mname: 'ns.test', rname: 'a.test', serial: 1, refresh: 1, retry: 1, expire: 1, minimum: 30 },
} as const;

function checkLines(check: string, lines: readonly string[]): void {
  expect(lines.length <= EVIDENCE_LINES_MAX, `${check}: evidence is short`, () => `${lines.length}`);
  for (const line of lines) expect(/^[\x20-\x7e]*$/.test(line), `${check}: evidence is printable`, () => JSON.stringify(line));
}

type Home = NonNullable<ReturnType<typeof chooseHome>['home']>;

/** A home names something that can be looked for: nothing else may come out of what others say. */
function checkHome(check: string, home: Home | undefined): void {
  if (home?.kind === 'domain') {
    expect(/^[a-z0-9.-]{3,253}$/.test(home.domain), `${check}: a domain is one`, () => JSON.stringify(home.domain));
  } else if (home?.kind === 'operator') {
    expect(/^[0-9A-Za-z]{1,15}$/.test(home.operator), `${check}: an operator has a code`, () => JSON.stringify(home.operator));
  } else if (home?.kind === 'network') {
    expect(/^\d{3}-\d{2,3}$/.test(home.network), `${check}: a network has its codes`, () => JSON.stringify(home.network));
  }
}

export const enumAnswer: Target = {
  name: 'enum-answer',
  about: 'answers of DNS to questions for NAPTR records, and the home that their expressions give',
  seeds: () => [
    answered({ answers: [naptr(MAILTO, 'E2U+mms:mailto')] }),
    answered({
      answers: [
        { type: 'CNAME', name: NAME, class: 'IN', ttl: 9, data: `x.${ROOT}` },
        naptr('!^(\\+46)([0-9]*)$!tel:\\1\\2;npdi;rn=+46d105!i', 'E2U+pstn:tel', `x.${ROOT}`),
        naptr('/^\\+?([[:digit:]]{2,3})(.*)$/mailto:\\2@\\1.example/', 'mms:mailto+E2U', `x.${ROOT}`),
      ],
    }),
    answered({ authorities: [soa] }),
    Uint8Array.from(answered({ authorities: [soa] }), (octet, i) => (i === 3 ? octet | NXDOMAIN : octet)),
    answered({ answers: [{ type: 'TXT', name: NAME, class: 'IN', ttl: 1, data: 'none' }] }),
  ],
  dictionary: [
    '!',
    '\\1',
    '\\9',
    '.*',
    '(',
    ')',
    '[^]]',
    '[[:digit:]]',
    '{2,99}',
    '+',
    '?',
    '^',
    '$',
    'E2U+mms:mailto',
    'E2U+pstn:tel',
    'mailto:',
    'tel:+',
    ';rn=',
    '@',
    '\xc0\x0c',
    '\xff\xff',
    '\0',
  ].map((text) => Buffer.from(text, 'latin1')),
  structure: dnsTree,
  run(octets) {
    answers(octets, QUERY);
    const answer = readAnswer(Buffer.from(octets), NAME);
    if (answer.kind === 'none')
      expect((answer.ttlSeconds ?? 0) >= 0, 'enum: a time to live is not negative', () => String(answer.ttlSeconds));
    if (answer.kind === 'malformed')
      expect(!/[\r\n]/.test(answer.detail), 'enum: a fault is one line', () => JSON.stringify(answer.detail));
    if (answer.kind !== 'records') return;
    const { records, ttlSeconds } = answer;
    expect(records.length > 0 && records.length <= RECORDS_MAX, 'enum: so many records are looked at', () => `${records.length}`);
    expect(ttlSeconds >= 0, 'enum: a time to live is not negative', () => String(ttlSeconds));
    const { home, evidence } = chooseHome(NUMBER, records, SERVICES);
    checkLines('enum', evidence);
    checkHome('enum', home);
  },
};

const ZONE = new Zone({
  listen: { host: '127.0.0.1', port: 0 },
  clients: { networks: [], ratePerSecond: 1, burst: 1 },
  root: ROOT,
  nameServers: ['ns.example.test'],
  contact: 'a.example.test',
  ttlSeconds: 300,
  negativeTtlSeconds: 60,
  services: ['pstn:tel'],
  routingNumbers: { kind: 'local', context: '+46' },
  digitsMin: 7,
});

/** One number, ported. */
const NUMBERS: NumberLookup = {
  state: 'ready',
  version: { load: 'a', change: 1, changedAt: 0 },
  find: (number) => NUMBERS.finding(number, 0)?.record,
  finding: (number) =>
    String(number) === NUMBER
      ? { record: { portabilityType: 1, entity: { kind: 'rn', routingNumber: 'd105' } }, by: { kind: 'number' } }
      : undefined,
};

export const enumQuery: Target = {
  name: 'enum-query',
  about: 'questions to our own DNS server',
  seeds: () => [
    QUERY,
    encode({
      type: 'query',
      id: 7,
      questions: [{ type: 'NAPTR', name: NAME.toUpperCase(), class: 'IN' }],
      additionals: [
        { type: 'OPT', name: '.', udpPayloadSize: 4096, flags: 0, options: [], extendedRcode: 0, ednsVersion: 0, flag_do: false },
      ],
    }),
    encode({ type: 'query', id: 7, questions: [{ type: 'SOA', name: ROOT, class: 'IN' }] }),
  ],
  dictionary: [NAME, ROOT, '\xc0\x0c', '\0\xff', '\0\0\x29\x10\0\0\0\0\0\0\0'].map((text) => Buffer.from(text, 'latin1')),
  structure: dnsTree,
  run(octets) {
    for (const transport of ['udp', 'tcp'] as const) {
      const { octets: said } = answerQuery(octets, transport, ZONE, NUMBERS, 0);
      if (said === undefined) continue;
      expect(transport === 'tcp' || said.length <= UDP_OCTETS_MAX, 'enum: an answer fits its transport', () => `${said.length}`);
      expect(said[0] === octets[0] && said[1] === octets[1], 'enum: an answer has the id of its question', () => hexOf(octets));
      const again = answerQuery(said, transport, ZONE, NUMBERS, 0);
      expect(again.octets === undefined, 'enum: an answer is never answered', () => hexOf(octets));
      const read = readAnswer(Buffer.from(said), NAME);
      expect(read.kind !== 'malformed', 'enum: what we answer can be read', () => hexOf(octets));
    }
  },
};

const FIELDS = { own: 'own', domain: 'relay.domain', network: 'network', operator: 'operator' } as const;

export const numberLookup: Target = {
  name: 'number-lookup',
  about: 'JSON that HTTP services answer about a number',
  seeds: () =>
    [
      '{"number":"46710000001","portabilityType":1,"entity":{"kind":"rn","routingNumber":"d105"},"by":{"kind":"number"}}',
      '{"portabilityType":0,"entity":{"kind":"sp"}}',
      '{"own":false,"relay":{"domain":"mms.opb.example"},"network":"240-01","operator":46105}',
      '{"own":null,"network":24001}',
    ].map(octetsOf),
  dictionary: [
    '"',
    '{',
    '}',
    '[',
    ']',
    ':',
    ',',
    'null',
    'true',
    '1e999',
    '-0',
    '"__proto__":',
    '"entity":',
    '\\u000a',
    '\\',
  ].map(octetsOf),
  structure(octets) {
    const text = Buffer.from(octets).toString('latin1');
    return group(
      'json',
      (text.match(/"[^"]*"|[A-Za-z0-9.+-]+|[^A-Za-z0-9"]|"/g) ?? []).map((piece) => leaf('piece', Buffer.from(piece, 'latin1'))),
    );
  },
  run(octets) {
    const text = Buffer.from(octets).toString('utf8');
    for (const form of ['gate', FIELDS] as const) {
      const answer = readHttpAnswer(form, text, 'lookup.test');
      if (answer.kind === 'failed') {
        checkLines('lookup', [answer.detail]);
        continue;
      }
      checkLines('lookup', answer.evidence);
      if (answer.kind === 'home') checkHome('lookup', answer.home);
    }
  },
};
