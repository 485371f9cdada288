// Needs: dig
/** The ENUM zone as BIND's own client sees it, by UDP and TCP, with EDNS and without. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { silentLog, silentMeter } from '#base';
import { type Listener, startEnum } from '#endpoint/numbering';
import type { NumberFinding, NumberLookup } from '#portability';

const run = promisify(execFile);
const NOW = Date.UTC(2026, 5, 1);
const FINDINGS: Readonly<Record<string, NumberFinding>> = {
  '393490000001': { record: { portabilityType: 1, entity: { kind: 'rn', routingNumber: 'd105' } }, by: { kind: 'number' } },
  '393490000002': { record: { portabilityType: 0, entity: { kind: 'sp' } }, by: { kind: 'number' } },
};
const numbers: NumberLookup = {
  state: 'ready',
  version: { load: 'a', change: 1, changedAt: NOW },
  find: (number) => FINDINGS[number]?.record,
  finding: (number) => FINDINGS[number],
};

let server: Listener;
before(async () => {
  server = await startEnum(
    {
      listen: { host: '127.0.0.1', port: 0 },
      clients: { networks: ['127.0.0.0/8'], ratePerSecond: 1000, burst: 1000 },
      root: 'e164.arpa',
      countryCode: '39',
      nameServers: ['ns1.example.net'],
      contact: 'hostmaster.example.net',
      ttlSeconds: 300,
      negativeTtlSeconds: 60,
      services: ['pstn:tel', 'pstn:sip', 'sip'],
      sipHost: `${'a'.repeat(60)}.${'b'.repeat(40)}.net`,
      routingNumbers: { kind: 'local', context: '+39' },
      digitsMin: 7,
    },
    { numbers, now: () => NOW, log: silentLog, meter: silentMeter },
  );
});
after(() => server.close());

async function dig(...args: string[]): Promise<string> {
  const { stdout } = await run('dig', [
    '@127.0.0.1',
    '-p',
    String(server.address.port),
    '+norecurse',
    '+tries=1',
    '+time=10',
    ...args,
  ]);
  assert.doesNotMatch(stdout, /WARNING|[Mm]alformed|bad packet|[Mm]ismatch/);
  return stdout;
}
const nameOf = (digits: string): string => `${[...digits].reverse().join('.')}.e164.arpa`;
const PORTED = nameOf('393490000001');
const answersIn = (output: string): string[] =>
  output
    .trim()
    .split('\n')
    .filter((it) => it !== '' && !it.startsWith(';'));

describe('dig, of BIND', () => {
  it('reads the records of a ported number', async () => {
    const expected = [
      `10 10 "u" "E2U+pstn:tel" "!^.*$!tel:+393490000001;npdi;rn=D105;rn-context=+39!" .`,
      `10 20 "u" "E2U+pstn:sip" "!^.*$!sip:+393490000001;npdi;rn=D105;rn-context=+39@${'a'.repeat(60)}.${'b'.repeat(40)}.net;user=phone!" .`,
      `10 30 "u" "E2U+sip" "!^.*$!sip:+393490000001;npdi;rn=D105;rn-context=+39@${'a'.repeat(60)}.${'b'.repeat(40)}.net;user=phone!" .`,
    ];
    assert.deepEqual(answersIn(await dig('+short', PORTED, 'NAPTR')), expected);
    assert.deepEqual(answersIn(await dig('+short', '+tcp', PORTED, 'NAPTR')), expected);
  });

  it('is told by the TC bit that an answer does not fit, and asks again by TCP', async () => {
    const output = await dig('+noedns', PORTED, 'NAPTR');
    assert.match(output, /Truncated, retrying in TCP mode/);
    assert.match(output, /ANSWER: 3/);
    assert.match(await dig('+noedns', '+ignore', PORTED, 'NAPTR'), /flags: qr aa tc; QUERY: 1, ANSWER: 0/);
  });

  it('sees EDNS with its size, and no EDNS where it sent none', async () => {
    assert.match(await dig(PORTED, 'NAPTR'), /EDNS: version: 0, flags:; udp: 1232/);
    assert.doesNotMatch(await dig('+noedns', nameOf('393490000002'), 'NAPTR'), /EDNS/);
    assert.match(await dig('+edns=1', '+noednsneg', PORTED, 'NAPTR'), /status: BADVERS/);
  });

  it('sees a number that is not stored as nonexistent, with the SOA; the beginning of one as without data', async () => {
    const missing = await dig(nameOf('393499999999'), 'NAPTR');
    assert.match(missing, /status: NXDOMAIN/);
    assert.match(
      missing,
      /9\.3\.e164\.arpa\.\s+60\s+IN\s+SOA\s+ns1\.example\.net\. hostmaster\.example\.net\. \d+ 3600 600 604800 60/,
    );
    assert.match(await dig(nameOf('39349'), 'NAPTR'), /status: NOERROR[\s\S]*ANSWER: 0, AUTHORITY: 1/);
  });

  it('is refused for other zones and for transfers', async () => {
    assert.match(await dig('example.net', 'A'), /status: REFUSED/);
    assert.match(await dig('9.3.e164.arpa', 'AXFR'), /Transfer failed/);
  });

  it('reads SOA and name servers at the top', async () => {
    assert.match(await dig('+short', '9.3.e164.arpa', 'SOA'), /^ns1\.example\.net\. hostmaster\.example\.net\. \d+ /);
    assert.equal((await dig('+short', '9.3.e164.arpa', 'NS')).trim(), 'ns1.example.net.');
  });
});
