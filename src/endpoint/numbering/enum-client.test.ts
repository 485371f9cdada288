import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { silentLog, silentMeter, toMsisdn } from '#base';
import type { LookupAnswer } from '#messaging/routing';
import { answerTo, type DnsDouble, naptr, type Script, startDnsDouble, TC } from './dns-double.contract.js';
import { createEnumClient, type EnumClientConfig } from './enum-client.js';
import type { LookupClient } from './lookups.js';

const NUMBER = toMsisdn('46720000002')!;
const NAME = '2.0.0.0.0.0.0.2.7.6.4.e164.test';
const HOME = naptr(NAME, '!^(.*)$!mailto:\\1@MMS.b.example!');
const AT_B = { kind: 'domain', domain: 'mms.b.example' };

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const it of open.splice(0).reverse()) await it.close();
});

async function double(script: Script): Promise<DnsDouble> {
  const server = await startDnsDouble(script);
  open.push(server);
  return server;
}

let clock = 0;
function client(servers: readonly DnsDouble[], more: Partial<EnumClientConfig> = {}): LookupClient {
  const made = createEnumClient(
    {
      name: 'enum',
      servers,
      root: 'e164.test',
      services: ['mms:mailto', 'pstn:tel'],
      deadlineMs: 30_000,
      attemptMs: 10_000,
      cacheEntriesMax: 100,
      ttlSecondsMin: 0,
      ttlSecondsMax: 3600,
      negativeTtlSecondsMax: 600,
      inFlightMax: 10,
      ...more,
    },
    { log: silentLog, meter: silentMeter, monotonic: () => clock },
  );
  open.push(made);
  return made;
}

const homeOf = (answer: LookupAnswer) => (answer.kind === 'home' ? answer.home : answer);

describe('the ENUM client', () => {
  it('asks for the number’s name and gives the domain of its MMS relay, with the record and the server that said so', async () => {
    const server = await double((query) => {
      assert.deepEqual(query.questions, [{ name: NAME, type: 'NAPTR', class: 'IN' }]);
      return answerTo(query, { answers: [HOME] });
    });
    assert.deepEqual(await client([server]).find(NUMBER), {
      kind: 'home',
      home: AT_B,
      evidence: ['NAPTR 10 10 "u" "E2U+mms:mailto" "!^(.*)$!mailto:\\1@MMS.b.example!" .'],
      from: `127.0.0.1:${server.port}`,
    });
  });

  it('follows aliases inside the answer', async () => {
    const answers = [
      { type: 'CNAME', name: NAME, ttl: 300, class: 'IN', data: 'at.b.example' } as const,
      naptr('at.b.example', '!^.*$!mailto:x@mms.b.example!'),
    ];
    const server = await double((query) => answerTo(query, { answers }));
    assert.deepEqual(homeOf(await client([server]).find(NUMBER)), AT_B);
  });

  it('passes over what answers another question, has another id or is no answer, and takes the right one after them', async () => {
    const server = await double((query, _transport, octets) => {
      const wrong = naptr(NAME, '!^.*$!mailto:x@mms.forged.example!');
      const other = { ...query, questions: [{ ...query.questions![0]!, name: '1.e164.test' }] };
      return [
        answerTo({ ...query, id: (query.id + 1) & 0xffff }, { answers: [wrong] }),
        answerTo(other as never, { answers: [wrong] }),
        octets,
        new Uint8Array(3),
        answerTo({ ...query, questions: [] } as never, { answers: [wrong] }),
        answerTo(query, { answers: [HOME] }),
      ];
    });
    assert.deepEqual(homeOf(await client([server]).find(NUMBER)), AT_B);
  });

  it('does not see answers of others than the server that was asked', async () => {
    const forger = await double(() => undefined);
    const server = await double((query) => answerTo(query, { answers: [HOME] }));
    // The kernel drops what others send to a connected socket; what is seen here is that the question went to one server only.
    assert.deepEqual(homeOf(await client([server, forger]).find(NUMBER)), AT_B);
    assert.deepEqual([server.asked, forger.asked], [['udp'], []]);
  });

  it('asks again by TCP when the answer does not fit a datagram', async () => {
    const server = await double((query, transport) =>
      transport === 'udp' ? answerTo(query, { flags: TC }) : answerTo(query, { answers: [HOME] }),
    );
    assert.deepEqual(homeOf(await client([server]).find(NUMBER)), AT_B);
    assert.deepEqual(server.asked, ['udp', 'tcp']);
  });

  it('goes to the next server when one refuses, fails, is silent, is not there, or cuts its answer short by TCP too', async () => {
    const good = await double((query) => answerTo(query, { answers: [HOME] }));
    const gone = await double(() => undefined);
    await gone.close();
    open.splice(open.indexOf(gone), 1);
    const scripts: Script[] = [
      (query) => answerTo(query, { rcode: 'REFUSED' }),
      (query) => answerTo(query, { rcode: 'SERVFAIL' }),
      (query) => answerTo(query, { flags: TC }),
      (query, transport) => (transport === 'udp' ? answerTo(query, { flags: TC }) : answerTo({ ...query, id: query.id ^ 1 })),
      (query, transport) => (transport === 'udp' ? answerTo(query, { flags: TC }) : undefined),
      (query) => Buffer.concat([answerTo(query, { answers: [HOME] }).subarray(0, -20)]),
    ];
    for (const bad of [gone, ...(await Promise.all(scripts.map(double)))])
      assert.deepEqual(homeOf(await client([bad, good]).find(NUMBER)), AT_B);
    assert.deepEqual(homeOf(await client([await double(() => undefined), good], { attemptMs: 50 }).find(NUMBER)), AT_B);
  });

  it('is late when its deadline passes, and unreachable when nobody listens until then', async () => {
    const silent = await double(() => undefined);
    const late = await client([silent], { deadlineMs: 100, attemptMs: 40 }).find(NUMBER);
    assert.equal(late.kind === 'failed' && late.cause, 'late');
    const gone = await double(() => undefined);
    await gone.close();
    open.splice(open.indexOf(gone), 1);
    const away = await client([gone], { deadlineMs: 100, attemptMs: 40 }).find(NUMBER);
    assert.ok(away.kind === 'failed' && (away.cause === 'unreachable' || away.cause === 'late'));
    const refusing = await double((query) => answerTo(query, { rcode: 'REFUSED' }));
    const refused = await client([refusing], { deadlineMs: 300, attemptMs: 50 }).find(NUMBER);
    assert.match(refused.kind === 'failed' ? `${refused.cause} ${refused.detail}` : '', /^(refused .*REFUSED|late)/);
  });

  it('keeps an answer as long as it says, within the bounds of the settings, and says that it was kept', async () => {
    let ttl = 60;
    const server = await double((query) => answerTo(query, { answers: [naptr(NAME, '!^.*$!mailto:x@mms.b.example!', { ttl })] }));
    const made = client([server], { ttlSecondsMin: 30, ttlSecondsMax: 100 });
    const lastsFor = async (seconds: number) => {
      clock += 1_000_000;
      await made.find(NUMBER);
      const askedBefore = server.asked.length;
      clock += seconds * 1000 - 1;
      const kept = made.find(NUMBER);
      assert.ok(!(kept instanceof Promise) && kept.kind === 'home' && kept.cached);
      clock += 1;
      await made.find(NUMBER);
      assert.equal(server.asked.length, askedBefore + 1);
    };
    await lastsFor(60);
    ttl = 5;
    await lastsFor(30);
    ttl = 5000;
    await lastsFor(100);
  });

  it('keeps that there is nothing by the SOA record, and does not keep it without one', async () => {
    for (const rcode of ['NXDOMAIN', 'NOERROR'] as const) {
      const server = await double((query) => answerTo(query, { rcode, soa: { ttl: 900, minimum: 60 } }));
      const made = client([server]);
      const answer = await made.find(NUMBER);
      assert.deepEqual(answer.kind === 'nothing' && answer.evidence, [rcode === 'NXDOMAIN' ? 'no such name' : 'no NAPTR record']);
      clock += 59_000;
      assert.ok(!(made.find(NUMBER) instanceof Promise));
      clock += 1_000;
      await made.find(NUMBER);
      assert.equal(server.asked.length, 2);
    }
    const bare = await double((query) => answerTo(query, { rcode: 'NXDOMAIN' }));
    const made = client([bare]);
    await made.find(NUMBER);
    await made.find(NUMBER);
    assert.equal(bare.asked.length, 2);
  });

  it('does not keep failures', async () => {
    let isUp = false;
    const server = await double((query) =>
      isUp ? answerTo(query, { answers: [HOME] }) : answerTo(query, { answers: [naptr(NAME, '!broken')] }),
    );
    const made = client([server]);
    const answer = await made.find(NUMBER);
    assert.match(answer.kind === 'failed' ? `${answer.cause}: ${answer.detail}` : '', /^malformed: .*!broken/);
    isUp = true;
    assert.deepEqual(homeOf(await made.find(NUMBER)), AT_B);
  });

  it('asks once for those who ask at the same time, and fails as busy beyond its bound', async () => {
    const server = await double((query) => answerTo(query, { answers: [HOME] }));
    const made = client([server], { inFlightMax: 1, cacheEntriesMax: 0 });
    const [one, two] = [made.find(NUMBER), made.find(NUMBER)];
    const other = await made.find(toMsisdn('46720000003')!);
    assert.equal(other.kind === 'failed' && other.cause, 'busy');
    assert.deepEqual(await one, await two);
    assert.equal(server.asked.length, 1);
  });

  it('forgets what was not used for longest when its memory is full', async () => {
    const server = await double((query) =>
      answerTo(query, { answers: [naptr(query.questions![0]!.name, '!^.*$!mailto:x@mms.b.example!')] }),
    );
    const made = client([server], { cacheEntriesMax: 2 });
    const [a, b, c] = ['46720000001', '46720000002', '46720000003'].map((it) => toMsisdn(it)!) as [never, never, never];
    for (const it of [a, b, a, c]) await made.find(it);
    assert.deepEqual(
      [a, b, c].map((it) => made.find(it) instanceof Promise),
      [false, true, false],
    );
  });

  it('ends what is under way when it closes, and answers nobody afterwards', async () => {
    const made = client([await double(() => undefined)]);
    const pending = made.find(NUMBER);
    await made.close();
    assert.equal((await pending).kind, 'failed');
    assert.equal((await made.find(NUMBER)).kind, 'failed');
  });

  it('refuses a configuration without server, without service, or with a server by name', () => {
    assert.throws(() => client([]), /no DNS server/);
    assert.throws(() => client([{ host: '127.0.0.1', port: 53 } as never], { services: [] }), /no service/);
    assert.throws(() => client([{ host: 'dns.example', port: 53 } as never]), /no address/);
  });
});
