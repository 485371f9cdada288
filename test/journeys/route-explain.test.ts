/** `angarium route explain`: against a running program's operator API, with portability and ENUM behind it, and from files alone. */
import assert from 'node:assert/strict';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { decode, encode, type Packet } from 'dns-packet';
import { silentLog, silentMeter } from '#base';
import { directoryOf } from '#directory';
import { createEnumClient, type LookupClient } from '#endpoint/numbering';
import { createRouter, portabilitySource } from '#messaging/routing';
import { type OperatorApi, type RouteExplanation, startOperatorApi } from '#operator';
import { MemoryNumbers } from '#portability';
import { type Ran, removeFolder, runCli, temporaryFolder } from './program.js';

const folder = temporaryFolder();
const socket = join(folder, 'operator.sock');
const objects = join(folder, 'objects.toml');
const run = (...args: readonly string[]): Promise<Ran> => runCli(['route', 'explain', ...args], { cwd: folder });

const OBJECTS = `
[[peer]]
name = "operator-b"
domains = ["mms.opb.example"]
hosts = ["mx.opb.example"]

[[peer]]
name = "operator-c"
domains = ["mms.opc.example"]
hosts = ["mx.opc.example"]

[[route]]
name = "ported-to-b"
match = { operators = ["4917"] }
result = { kind = "peer", peer = "operator-b" }

[[route]]
name = "no-premium"
match = { prefixes = ["46900"] }
result = { kind = "refuse", reason = "not-allowed" }
`;

let api: OperatorApi;
let dns: Socket;
let lookups: LookupClient;
before(async () => {
  writeFileSync(objects, OBJECTS);
  dns = createSocket('udp4').bind(0, '127.0.0.1');
  await once(dns, 'listening');
  dns.on('message', (octets, from) => {
    const { id, questions } = decode(octets) as Packet & { id: number };
    const data = {
      order: 10,
      preference: 10,
      flags: 'u',
      services: 'E2U+mms:mailto',
      regexp: '!^(.*)$!mailto:\\1@mms.opc.example!',
      replacement: '.',
    };
    const answers = [{ type: 'NAPTR', name: questions![0]!.name, ttl: 60, class: 'IN', data }] as const;
    dns.send(encode({ type: 'response', id, questions: questions!, answers: [...answers] }), from.port, from.address);
  });
  const numbers = new MemoryNumbers();
  const record = { portabilityType: 1, entity: { kind: 'rn', routingNumber: '4917' } } as const;
  await numbers.apply([{ kind: 'set-number', number: 46701000009, record }]);
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
    { log: silentLog, meter: silentMeter, monotonic: () => 0 },
  );
  const router = createRouter(
    {
      directory: directoryOf({
        peer: [
          { name: 'operator-b', domains: ['mms.opb.example'], hosts: ['mx.opb.example'] },
          { name: 'operator-c', domains: ['mms.opc.example'], hosts: ['mx.opc.example'] },
        ],
        vasp: [
          {
            name: 'quiz',
            'vasp-id': 'quiz',
            'short-codes': ['4711'],
            identification: { method: 'none', networks: ['127.0.0.1'] },
          },
        ],
        route: [{ name: 'ported-to-b', match: { operators: ['4917'] }, result: { kind: 'peer', peer: 'operator-b' } }],
      }),
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
  api = await startOperatorApi(
    { socket, hosts: [], origins: [] },
    {
      messages: { history: async () => undefined, list: async () => [] },
      router,
      status: async () => assert.fail('nobody asks'),
      log: silentLog,
      meter: silentMeter,
    },
  );
});
after(async () => {
  await api.close();
  await lookups.close();
  dns.close();
  removeFolder(folder);
});

describe('angarium route explain', () => {
  it('tells of a ported number which lookup and which route decided', async () => {
    const { stdout, code } = await run('+46701000009', '--socket', socket);
    assert.equal(code, 0);
    assert.match(stdout, /range: in ours, 46701/);
    assert.match(
      stdout,
      /lookup portability: operator 4917, says numbers .*\n +number: portability type 1 \(own, ported out\), RN 4917/,
    );
    assert.match(
      stdout,
      /route ported-to-b \(priority 100\) by operator 4917: to peer operator-b\n=> peer:operator-b \(MM4\)\n$/,
    );
  });

  it('tells of a foreign number what ENUM answered, and that it is kept the next time', async () => {
    const { stdout } = await run('+46720000002', '--socket', socket);
    assert.match(stdout, /lookup enum: domain mms.opc.example, says 127.0.0.1:\d+\n +NAPTR 10 10 "u" "E2U\+mms:mailto"/);
    assert.match(stdout, /peer operator-c by domain mms.opc.example\n=> peer:operator-c \(MM4\)/);
    assert.match((await run('+46720000002', '--socket', socket)).stdout, /\(kept\)/);
  });

  it('tells where mailboxes and short codes go, and what a message from elsewhere may not do', async () => {
    assert.match((await run('a@example.org', '--socket', socket)).stdout, /=> email \(MM3\)/);
    assert.match((await run('4711', '--socket', socket)).stdout, /=> vasp:quiz \(MM7\)/);
    assert.match((await run('4712', '--socket', socket)).stdout, /=> refused: no-route-for-short-code/);
    const args = ['+46701000009', '--from', 'peer:operator-b', '--sender', '+46720000001', '--socket', socket];
    assert.match((await run(...args)).stdout, /from \+46720000001, by peer operator-b[\s\S]*=> refused: loop/);
  });

  it('gives the steps as data', async () => {
    const answer = JSON.parse((await run('+46701000009', '--json', '--socket', socket)).stdout) as RouteExplanation;
    assert.deepEqual([answer.decision, answer.says], ['road', 'peer:operator-b (MM4)']);
    assert.deepEqual(
      answer.steps.map(({ step }) => step),
      ['range', 'lookup', 'not-asked', 'home', 'route'].filter((it) => it !== 'not-asked'),
    );
  });

  it('answers from files alone, without lookups', async () => {
    const { stdout, code } = await run('+46900123456', '--objects', objects);
    assert.equal(code, 0);
    assert.match(stdout, /route no-premium \(priority 100\) by prefix 46900: refused \(not-allowed\)\n=> refused: not-allowed/);
  });

  it('says what is wrong with question, file or program', async () => {
    const bad = await run('+46701000009', '--from', 'nobody', '--socket', socket);
    assert.deepEqual([bad.code, bad.stdout], [1, '']);
    assert.match(bad.stderr, /handset, mail, peer:NAME or vasp:NAME/);
    assert.match((await run('+46701000009', '--from', 'nobody', '--objects', objects)).stderr, /from: handset, mail/);
    assert.match((await run('+46701000009', '--objects', join(folder, 'none'))).stderr, /cannot be read \(ENOENT\)/);
    const faulty = join(folder, 'faulty.toml');
    writeFileSync(faulty, '[[route]]\nname = "r"\nresult = { kind = "peer", peer = "gone" }\n');
    const refused = await run('+46701000009', '--objects', faulty);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /gone/);
  });
});
