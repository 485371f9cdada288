// Needs: nsd
/** The ENUM client against a name server that is not ours: NSD, with a private zone of numbers, by UDP and TCP. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { silentLog, silentMeter, toMsisdn } from '#base';
import { createEnumClient, type LookupClient } from '#endpoint/numbering';
import type { LookupAnswer } from '#messaging/routing';

/** Long enough for its answer to exceed what the client takes by UDP. */
const MANY = Array.from(
  { length: 12 },
  (_, i) => `NAPTR 10 ${50 + i} "u" "E2U+email:mailto" "!^.*$!mailto:${'x'.repeat(120)}@y.example!" .`,
);

const ZONE = `$ORIGIN 6.4.e164.test.
$TTL 300
@ SOA ns.e164.test. hostmaster.e164.test. 1 3600 600 604800 60
@ NS ns.e164.test.
1.0.0.0.0.0.0.2.7 NAPTR 10 10 "u" "E2U+mms:mailto" "!^(.*)$!mailto:\\\\1/TYPE=PLMN@mms.mnc002.mcc240.gprs!" .
2.0.0.0.0.0.0.2.7 NAPTR 10 20 "u" "E2U+sip" "!^.*$!sip:x@sip.example!" .
                  NAPTR 10 10 "u" "E2U+pstn:tel" "!^.*$!tel:+46720000002;npdi;rn=+46917!" .
3.0.0.0.0.0.0.2.7 CNAME 1.0.0.0.0.0.0.2.7
4.0.0.0.0.0.0.2.7 TXT "no NAPTR"
*.0.0.9.7 NAPTR 10 10 "u" "E2U+mms:mailto" "!^.*$!mailto:any@mms.c.example!" .
5.0.0.0.0.0.0.2.7 NAPTR 10 10 "u" "E2U+mms:mailto" "!^.*$!mailto:x@mms.b.example!" .
${MANY.map((it) => `                  ${it}`).join('\n')}
`;

const START_WAIT_MS = 100;
const START_ATTEMPTS = 300;

let folder: string;
let nsd: ChildProcess;
let client: LookupClient;

/** A port that nothing listens on now. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'angarium-nsd-'));
  const port = await freePort();
  await writeFile(join(folder, 'zone'), ZONE);
  await writeFile(
    join(folder, 'nsd.conf'),
    `server:
  ip-address: 127.0.0.1
  port: ${port}
  server-count: 1
  username: ""
  chroot: ""
  zonesdir: "${folder}"
  database: ""
  pidfile: "${folder}/pid"
  xfrdfile: "${folder}/xfrd"
  xfrdir: "${folder}"
  zonelistfile: "${folder}/zones"
remote-control:
  control-enable: no
zone:
  name: 6.4.e164.test
  zonefile: zone
`,
  );
  nsd = spawn('nsd', ['-d', '-c', join(folder, 'nsd.conf')], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` },
  });
  client = createEnumClient(
    {
      name: 'enum',
      servers: [{ host: '127.0.0.1', port }],
      root: 'e164.test',
      services: ['mms:mailto', 'pstn:tel'],
      deadlineMs: 30_000,
      attemptMs: 1_000,
      cacheEntriesMax: 0,
      ttlSecondsMin: 0,
      ttlSecondsMax: 3600,
      negativeTtlSecondsMax: 600,
      inFlightMax: 100,
    },
    { log: silentLog, meter: silentMeter, monotonic: () => performance.now() },
  );
  for (let attempt = 0; attempt < START_ATTEMPTS; attempt++) {
    if ((await find('46720000004')).kind === 'nothing') return;
    await new Promise((resolve) => setTimeout(resolve, START_WAIT_MS));
  }
  throw new Error('nsd does not answer');
});

after(async () => {
  await client?.close();
  if (nsd.exitCode === null) {
    nsd.kill('SIGTERM');
    await once(nsd, 'exit');
  }
  await rm(folder, { recursive: true });
});

async function find(digits: string): Promise<LookupAnswer> {
  return await client.find(toMsisdn(digits)!);
}
const homeOf = (answer: LookupAnswer) => (answer.kind === 'home' ? answer.home : answer);

describe('the ENUM client with NSD', () => {
  it('reads the domain of a carrier, by name, by alias and by wildcard', async () => {
    assert.deepEqual(homeOf(await find('46720000001')), { kind: 'domain', domain: 'mms.mnc002.mcc240.gprs' });
    assert.deepEqual(homeOf(await find('46720000003')), { kind: 'domain', domain: 'mms.mnc002.mcc240.gprs' });
    assert.deepEqual(homeOf(await find('467900123')), { kind: 'domain', domain: 'mms.c.example' });
  });

  it('reads the routing number of a ported number', async () => {
    assert.deepEqual(homeOf(await find('46720000002')), { kind: 'operator', operator: '46917' });
  });

  it('fetches by TCP what does not fit a datagram', async () => {
    assert.deepEqual(homeOf(await find('46720000005')), { kind: 'domain', domain: 'mms.b.example' });
  });

  it('tells a name without NAPTR records from a name that is not there', async () => {
    const [noData, noName] = [await find('46720000004'), await find('46720000009')];
    assert.deepEqual(noData.kind === 'nothing' && noData.evidence, ['no NAPTR record']);
    assert.deepEqual(noName.kind === 'nothing' && noName.evidence, ['no such name']);
  });
});
