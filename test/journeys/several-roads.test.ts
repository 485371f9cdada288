/**
 * One message, every road: to a handset of ours, to the carrier that a number was ported to, to the one that ENUM names, to a service, to a mailbox
 * and to a short code that nobody has. The domain with the memory store, the number store, a name server on loopback, and charging behind it.
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { decode, encode, type Packet } from 'dns-packet';
import { silentLog, silentMeter, toMsisdn } from '#base';
import { directoryOf } from '#directory';
import { createEnumClient, type LookupClient } from '#endpoint/numbering';
import {
  type Address,
  addressText,
  type Carrier,
  createMessaging,
  type Handover,
  type MessagingService,
  type Policy,
  type Push,
} from '#messaging';
import { createRouter, portabilitySource } from '#messaging/routing';
import { MemoryNumbers } from '#portability';
import { diskRecordFiles, startRecorder } from '#store/charging';
import { type LoggedStore, logEvents, openMemoryStore } from '#store/memory';
import { removeFolder, temporaryFolder } from './program.js';

const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 0, 2);

const POLICY: Policy = {
  numbering: { countryCode: '46' },
  ownNumbers: ['46701'],
  sizeMax: 1_000_000,
  recipientsMax: 20,
  expiryDefaultMs: 72 * HOUR,
  expiryMaxMs: 72 * HOUR,
  deliveryTimeMaxMs: HOUR,
  senderHidingAllowed: true,
  deliveryReportsAllowed: true,
  readReportsAllowed: true,
  pushRetryMs: [HOUR],
  reportLifetimeMs: HOUR,
  resubmissionWindowMs: 0,
  historyMs: 72 * HOUR,
  retrieveBy: 'address',
  pushesInFlightMax: 10,
};

const number = (digits: string): Address => ({ kind: 'number', msisdn: toMsisdn(digits)! });
const ALICE = number('46701000001');

/** Takes everything, and remembers it. */
class TakingCarrier implements Carrier {
  readonly taken: Handover[] = [];
  terms() {
    return { recipientsMax: 100, inFlightMax: 4 };
  }
  async handOver(handover: Handover) {
    this.taken.push(handover);
    return handover.deliveries.map(() => ({ kind: 'taken', awaits: 'nothing', answer: { by: 'far', code: '250' } }) as const);
  }
  async report() {
    return { kind: 'taken' } as const;
  }
  /** Roads with the recipients that went by them. */
  get went(): string[] {
    return this.taken.map(
      ({ road, deliveries }) => `${JSON.stringify(road)} ${deliveries.map(({ recipient }) => addressText(recipient)).join(' ')}`,
    );
  }
}

/** What is looked at of a charging record. */
interface Written {
  readonly recordName: string;
  readonly recipientMmsRSAddress?: string;
  readonly recordExtensions?: { readonly refused?: unknown };
}

let dns: Socket;
let lookups: LookupClient;
let messaging: MessagingService;
let store: LoggedStore;
const folder = temporaryFolder();
const [peers, mail, vasps] = [new TakingCarrier(), new TakingCarrier(), new TakingCarrier()];
const pushes: Push[] = [];

before(async () => {
  dns = createSocket('udp4').bind(0, '127.0.0.1');
  await once(dns, 'listening');
  dns.on('message', (octets, from) => {
    const { id, questions = [] } = decode(octets) as Packet & { id: number };
    const data = {
      order: 10,
      preference: 10,
      flags: 'u',
      services: 'E2U+mms:mailto',
      regexp: '!^(.*)$!mailto:\\1@mms2.c.example!',
      replacement: '.',
    };
    dns.send(
      encode({
        type: 'response',
        id,
        questions,
        answers: [{ type: 'NAPTR', name: questions[0]!.name, ttl: 60, class: 'IN', data }],
      }),
      from.port,
      from.address,
    );
  });
  lookups = createEnumClient(
    {
      name: 'enum',
      servers: [{ host: '127.0.0.1', port: dns.address().port }],
      root: 'e164.test',
      services: ['mms:mailto'],
      deadlineMs: 30_000,
      attemptMs: 10_000,
      cacheEntriesMax: 10,
      ttlSecondsMin: 0,
      ttlSecondsMax: 60,
      negativeTtlSecondsMax: 60,
      inFlightMax: 10,
    },
    { log: silentLog, meter: silentMeter, monotonic: () => performance.now() },
  );
  const numbers = new MemoryNumbers();
  const record = { portabilityType: 1, entity: { kind: 'rn', routingNumber: '4917' } } as const;
  await numbers.apply([{ kind: 'set-number', number: 46701000009, record }]);
  const router = createRouter(
    {
      directory: directoryOf({
        peer: [
          { name: 'b', domains: ['mms.b.example'], hosts: ['mx.b.example'] },
          { name: 'c', domains: ['mms.c.example', 'mms2.c.example'], hosts: ['mx.c.example'] },
        ],
        vasp: [
          {
            name: 'quiz',
            'vasp-id': 'quiz',
            'short-codes': ['4711'],
            identification: { method: 'none', networks: ['127.0.0.1'] },
          },
        ],
        route: [{ name: 'ported-to-b', match: { operators: ['4917'] }, result: { kind: 'peer', peer: 'b' } }],
        // Still among our subscribers, although ported out.
        subscriber: [
          { msisdn: '46701000009', 'mail-aliases': ['carol'] },
          { msisdn: '46701000003', 'mail-aliases': ['bob'] },
        ],
      }),
      sources: [portabilitySource('portability', numbers, () => NOW), lookups],
    },
    {
      ownNumbers: POLICY.ownNumbers,
      ownDomains: ['mms.own.example'],
      ownSubscribers: 'range-suffices',
      sources: [
        { source: 'portability', ask: 'every-number', whenItFails: 'wait' },
        { source: 'enum', ask: 'foreign-numbers', whenItFails: 'wait' },
      ],
      whenNetworkUnknown: 'refuse',
      email: 'send',
      mailToPeers: 'refuse',
      retryAfterMs: 60_000,
    },
  );
  const { messages, handsets } = openMemoryStore();
  store = logEvents(messages);
  messaging = createMessaging(
    {
      messages: store.messages,
      handsets,
      notifier: {
        push: async (push) => {
          pushes.push(push);
          return { kind: 'accepted' };
        },
      },
      router,
      carriers: { peer: peers, email: mail, vasp: vasps },
      now: () => NOW,
      monotonic: () => performance.now(),
      randomOctets: (count) => randomBytes(count),
      observe: () => {},
    },
    POLICY,
  );
});
after(async () => {
  await messaging.stopWork();
  await lookups.close();
  dns.close();
  removeFolder(folder);
});

describe('one message for recipients everywhere', () => {
  it('leaves by every road, each recipient by his own, and says why; what nobody has is refused', async () => {
    const addresses: Address[] = [
      number('46701000002'),
      number('46701000009'),
      number('46720000002'),
      { kind: 'short-code', code: '4711' },
      { kind: 'short-code', code: '4799' },
      { kind: 'email', mailbox: 'ann@example.org' },
      { kind: 'email', mailbox: 'bob@mms.own.example' },
    ];
    const outcome = await messaging.submit({
      origin: { interface: 'mm1', version: '1.2' },
      sender: ALICE,
      recipients: addresses.map((address) => ({ field: 'to', address })),
      messageClass: 'personal',
      priority: 'normal',
      deliveryReport: false,
      readReport: false,
      replyCharging: false,
      contentType: 'application/vnd.wap.multipart.mixed',
      content: [new TextEncoder().encode('a letter')],
      fingerprint: 'a letter',
    });
    assert.ok(outcome.ok);
    assert.deepEqual(
      outcome.value.refused.map(({ recipient, reason }) => [addressText(recipient.address), reason]),
      [['4799', 'no-route-for-short-code']],
    );
    await messaging.workDue();

    assert.deepEqual(peers.went.sort(), [
      '{"kind":"peer","peer":"b"} +46701000009',
      '{"kind":"peer","peer":"c","domain":"mms2.c.example"} +46720000002',
    ]);
    assert.deepEqual(vasps.went, ['{"kind":"vasp","vasp":"quiz"} 4711']);
    assert.deepEqual(mail.went, ['{"kind":"email"} ann@example.org']);
    assert.deepEqual(pushes.map(({ to }) => to).sort(), ['46701000002', '46701000003']);

    const history = await store.messages.history(outcome.value.messageId);
    const because = (history?.events ?? []).flatMap((event) => (event.kind === 'delivery-routed' ? [event.because ?? ''] : []));
    assert.match(because[0]!, /range: in ours, 46701; lookup portability: operator 4917, .*; route ported-to-b .*: to peer b$/);
    assert.match(because[1]!, /lookup enum: domain mms2.c.example, says 127.0.0.1:\d+; .*; peer c by domain mms2.c.example$/);
    assert.equal(because.length, 4);
  });

  it('is charged for: one record for each road, in their order', async () => {
    const recorder = await startRecorder(
      {
        node: 'n1',
        ownDomain: 'mms.own.example',
        domainOfPeer: (peer) => `mms.${peer}.example`,
        numbers: 'whole',
        formats: ['json'],
        octetsMax: 1_000_000,
        ageMs: HOUR,
        gatherMs: 0,
        retryMs: HOUR,
      },
      { log: silentLog, meter: silentMeter, events: store.events, files: diskRecordFiles(join(folder, 'cdr')), now: () => NOW },
    );
    await recorder.close();
    const name = readdirSync(join(folder, 'cdr')).find((it) => it.endsWith('.part'))!;
    const records = readFileSync(join(folder, 'cdr', name), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Written);
    const names = records.map(({ recordName }) => recordName);
    assert.equal(names[0], 'MMO1S');
    assert.deepEqual(names.slice(1).sort(), ['MM7DRq', 'MM7DRs', 'MMO4FRq', 'MMO4FRq', 'MMR1NRq', 'MMR1NRq']);
    const refused = records[0]!.recordExtensions?.refused;
    assert.deepEqual(refused, [{ kind: 'short-code', address: '4799', reason: 'no-route-for-short-code' }]);
    const domains = records.flatMap(({ recordName, recipientMmsRSAddress }) =>
      recordName === 'MMO4FRq' ? [recipientMmsRSAddress] : [],
    );
    assert.deepEqual(domains.sort(), ['mms.b.example', 'mms.c.example']);
  });
});
