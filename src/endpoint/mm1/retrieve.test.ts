import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { err, ok } from '#base';
import { decodeParts, RETRIEVE_STATUS } from '#codec/mms';
import type { Message, Retrieval, RetrieveRefusal } from '#messaging';
import {
  ALICE,
  aContent,
  aRetrieval,
  ask,
  BOB,
  eventually,
  get,
  KEY,
  MESSAGE_ID,
  MMS,
  NOW,
  RawClient,
  retrieveConf,
  withMm1,
} from './fixtures.contract.js';
import { RETRIEVALS } from './refusals.js';

const serving = (retrieval: Retrieval) => ({ messaging: { retrieve: async () => ok(retrieval) } });

describe('GET of content on MM1', () => {
  it('is answered with M-Retrieve.conf: key, Message-ID, date, sender, recipients and content as stored (MMS_ENC 6.3)', () =>
    withMm1(serving(aRetrieval({ handsetVersion: '1.3' })), async ({ port }) => {
      const answer = await get(port);
      assert.equal(answer.status, 200);
      assert.equal(answer.headers['content-type'], MMS);
      assert.equal(answer.headers['content-length'], String(answer.body.length));
      assert.equal(answer.headers['content-encoding'], undefined);
      const { content, ...conf } = retrieveConf(answer.body);
      assert.deepEqual(conf, {
        kind: 'm-retrieve-conf',
        transactionId: KEY,
        version: '1.3',
        messageId: MESSAGE_ID,
        date: NOW - 60_000,
        from: { kind: 'address', address: '+46701234567/TYPE=PLMN' },
        to: ['+46707654321/TYPE=PLMN'],
        cc: [],
        subject: 'Grüße',
        messageClass: 'personal',
        priority: 'high',
        deliveryReport: true,
        readReport: true,
        retrieveStatus: 0x80,
      });
      assert.deepEqual(Buffer.from(content!.octets), Buffer.from(aContent().octets));
    }));

  it('asks the domain for the key and the asker, by address or not', () =>
    withMm1({}, async ({ port, script }) => {
      await get(port);
      await ask(port, 'GET', `/m/${KEY}`);
      const asked = script.commands.filter((each) => each.command === 'retrieve').map((each) => each.argument);
      assert.deepEqual(asked, [
        [KEY, BOB],
        [KEY, undefined],
      ]);
    }));

  for (const path of [`/m/${KEY}${KEY}`, `/m/${KEY}?tid=${KEY}`, `http://mmsc.example/m/${KEY}`])
    it(`finds the key in ${path}`, () =>
      withMm1({}, async ({ port, script }) => {
        assert.equal(retrieveConf((await get(port, path)).body).transactionId, KEY);
        assert.deepEqual(script.commands.find((each) => each.command === 'retrieve')?.argument, [KEY, BOB]);
      }));

  it('leaves a hidden sender out, and writes no insert-address (MMS_ENC 6.3)', () => {
    const { from: _, ...hidden } = aRetrieval();
    return withMm1(serving(hidden), async ({ port }) => {
      const answer = await get(port);
      assert.equal(retrieveConf(answer.body).from, undefined);
      assert.ok(!answer.body.includes('46701234567'));
    });
  });

  it('shows only the recipients that the domain shows, in their fields', () =>
    withMm1(
      serving(
        aRetrieval({
          recipients: [
            { field: 'to', address: { kind: 'number', msisdn: BOB } },
            { field: 'cc', address: { kind: 'email', mailbox: 'carol@example.com' } },
          ],
        }),
      ),
      async ({ port }) => {
        const { to, cc } = retrieveConf((await get(port)).body);
        assert.deepEqual([to, cc], [['+46707654321/TYPE=PLMN'], ['carol@example.com']]);
      },
    ));

  const message: Message = {
    ...aRetrieval().message,
    application: { applicId: 'app', replyApplicId: 'reply' },
    contentClass: 2,
    drmContent: true,
  };
  for (const version of ['1.0', '1.1', '1.2', '1.3'])
    it(`writes for a ${version} handset nothing that came later than ${version}`, () =>
      withMm1(serving(aRetrieval({ message, handsetVersion: version })), async ({ port }) => {
        const conf = retrieveConf((await get(port)).body);
        assert.equal(conf.version, version);
        assert.equal(conf.retrieveStatus, version === '1.0' ? undefined : 0x80);
        assert.equal(conf.applicId, version === '1.3' ? 'app' : undefined);
        assert.equal(conf.contentClass, version === '1.3' ? 2 : undefined);
        assert.equal(conf.unknown, undefined);
      }));

  it('writes 1.2 for a handset that nobody knows, and never more than the configured version', async () => {
    await withMm1({}, async ({ port }) => assert.equal(retrieveConf((await get(port)).body).version, '1.2'));
    await withMm1({ config: { versionMax: '1.1' } }, async ({ port }) =>
      assert.equal(retrieveConf((await get(port)).body).version, '1.1'),
    );
  });

  it('tells the domain when all octets have gone out, whose event is the line of the log; here is one for debugging', () =>
    withMm1({}, async ({ port, script, lines, count, gauge }) => {
      await get(port);
      await eventually(() => script.commands.some((each) => each.command === 'fetched'));
      assert.deepEqual(script.commands.at(-1), { command: 'fetched', argument: KEY });
      assert.equal(count('angarium_mm1_retrievals_total', { result: 'sent' }), 1);
      assert.deepEqual(
        lines.map((line) => [line.level, line.fields['messageId']]),
        [['debug', MESSAGE_ID]],
      );
      assert.ok(!JSON.stringify(lines).includes(KEY), 'the key would open the content');
      assert.equal(gauge('angarium_mm1_content_bytes'), 0);
    }));

  it('does not tell the domain of a download that was broken off, and gives back what it held', () => {
    const content = aContent('x'.repeat(9_000_000)).octets;
    return withMm1(
      {
        config: { bodyMax: 10_000_000, contentOctetsInFlightMax: 20_000_000 },
        messaging: { retrieve: async () => ok(aRetrieval({ content })) },
      },
      async ({ port, script, count, gauge }) => {
        const client = new RawClient(port);
        client.write(`GET /m/${KEY} HTTP/1.1\r\nHost: x\r\n\r\n`);
        await client.until((received) => received.includes('\r\n\r\n'));
        client.destroy();
        await eventually(() => count('angarium_mm1_retrievals_total', { result: 'interrupted' }) === 1);
        assert.equal(gauge('angarium_mm1_content_bytes'), 0);
        assert.ok(!script.commands.some((each) => each.command === 'fetched'));
      },
    );
  });

  it('gives up a client that takes nothing for the idle time, and gives back what it held', () => {
    const content = aContent('x'.repeat(9_000_000)).octets;
    return withMm1(
      {
        config: { bodyMax: 10_000_000, idleTimeoutMs: 100, contentOctetsInFlightMax: 20_000_000 },
        messaging: { retrieve: async () => ok(aRetrieval({ content })) },
      },
      async ({ port, script, count, gauge }) => {
        const client = new RawClient(port);
        client.socket.pause();
        client.write(`GET /m/${KEY} HTTP/1.1\r\nHost: x\r\n\r\n`);
        await eventually(() => count('angarium_mm1_retrievals_total', { result: 'interrupted' }) === 1);
        assert.equal(gauge('angarium_mm1_content_bytes'), 0);
        assert.ok(!script.commands.some((each) => each.command === 'fetched'));
        client.destroy();
      },
    );
  });

  it('gives the answer to a client that has closed its half', () =>
    withMm1({}, async ({ port, script }) => {
      const client = new RawClient(port, { allowHalfOpen: true });
      client.write(`GET /m/${KEY} HTTP/1.1\r\nHost: x\r\n\r\n`);
      client.socket.end();
      await client.closed;
      assert.match(client.received, /^HTTP\/1\.1 200 OK\r\n/);
      await eventually(() => script.commands.some((each) => each.command === 'fetched'));
    }));
});

describe('HEAD and Range of content', () => {
  it('answers HEAD with the headers of GET and no octets, and nothing counts as fetched (RFC 9110 9.3.2)', () =>
    withMm1({}, async ({ port, script }) => {
      const whole = await get(port);
      const head = await ask(port, 'HEAD', `/m/${KEY}`, { 'X-MSISDN': BOB });
      assert.equal(head.status, 200);
      assert.equal(head.body.length, 0);
      for (const name of ['content-length', 'content-type', 'etag', 'accept-ranges'])
        assert.equal(head.headers[name], whole.headers[name], name);
      assert.equal(script.commands.filter((each) => each.command === 'fetched').length, 1);
    }));

  it('sends any single range, across the seam between head and content (RFC 9110 15.3.7)', () =>
    withMm1({}, async ({ port }) => {
      const { body: whole } = await get(port);
      for (let from = 0; from < whole.length; from += 13)
        for (const to of [from, Math.min(from + 40, whole.length - 1), whole.length - 1]) {
          const part = await get(port, `/m/${KEY}`, { Range: `bytes=${from}-${to}` });
          assert.equal(part.status, 206);
          assert.equal(part.headers['content-range'], `bytes ${from}-${to}/${whole.length}`);
          assert.equal(part.headers['content-length'], String(to - from + 1));
          assert.deepEqual(part.body, whole.subarray(from, to + 1));
        }
    }));

  it('counts content as fetched with its last octet, not with a part before it', () =>
    withMm1({}, async ({ port, script, count }) => {
      await get(port, `/m/${KEY}`, { Range: 'bytes=0-9' });
      await eventually(() => count('angarium_mm1_retrievals_total', { result: 'part' }) === 1);
      assert.ok(!script.commands.some((each) => each.command === 'fetched'));
      await get(port, `/m/${KEY}`, { Range: 'bytes=10-' });
      await eventually(() => script.commands.some((each) => each.command === 'fetched'));
    }));

  it('goes on only with the entity that was begun: If-Range with its ETag (RFC 9110 13.1.5)', () =>
    withMm1({}, async ({ port }) => {
      const { headers } = await get(port);
      const etag = String(headers.etag);
      assert.equal((await get(port, `/m/${KEY}`, { Range: 'bytes=5-', 'If-Range': etag })).status, 206);
      assert.equal((await get(port, `/m/${KEY}`, { Range: 'bytes=5-', 'If-Range': '"other"' })).status, 200);
    }));

  it('has another ETag for another version of the PDU', async () => {
    const tags: unknown[] = [];
    for (const handsetVersion of ['1.0', '1.2'])
      await withMm1(serving(aRetrieval({ handsetVersion })), async ({ port }) => {
        tags.push((await get(port)).headers.etag);
      });
    assert.notEqual(tags[0], tags[1]);
  });

  it('answers a range behind the end with 416 and the length (RFC 9110 15.5.17)', () =>
    withMm1({}, async ({ port, gauge }) => {
      const { body } = await get(port);
      const refused = await get(port, `/m/${KEY}`, { Range: `bytes=${body.length}-` });
      assert.equal(refused.status, 416);
      assert.equal(refused.headers['content-range'], `bytes */${body.length}`);
      assert.equal(refused.body.length, 0);
      assert.equal(gauge('angarium_mm1_content_bytes'), 0);
    }));

  it('sends the whole for several ranges and for nonsense', () =>
    withMm1({}, async ({ port }) => {
      for (const range of ['bytes=0-1,4-5', 'lines=1-2', 'bytes=9-2'])
        assert.equal((await get(port, `/m/${KEY}`, { Range: range })).status, 200);
    }));
});

/** One of each kind; the compiler keeps it complete. */
const REFUSALS: { readonly [K in RetrieveRefusal['kind']]: Extract<RetrieveRefusal, { kind: K }> } = {
  'not-found': { kind: 'not-found' },
  'not-the-recipient': { kind: 'not-the-recipient' },
  expired: { kind: 'expired' },
  gone: { kind: 'gone' },
  'content-damaged': { kind: 'content-damaged' },
  'store-unavailable': { kind: 'store-unavailable', reason: 'EIO on /var/lib' },
};

describe('content that cannot be had', () => {
  for (const refusal of Object.values(REFUSALS)) {
    for (const handsetVersion of ['1.1', '1.2', '1.3', undefined])
      it(`${refusal.kind} is said to a handset of ${handsetVersion ?? 'unknown version'} in an M-Retrieve.conf with status, text and a multipart.mixed`, () =>
        withMm1(
          { messaging: { retrieve: async () => err({ ...refusal, ...(handsetVersion !== undefined && { handsetVersion }) }) } },
          async ({ port, count, script }) => {
            const answer = await get(port);
            assert.equal(answer.status, 200);
            assert.equal(answer.headers['content-length'], String(answer.body.length));
            const conf = retrieveConf(answer.body);
            assert.equal(conf.version, handsetVersion ?? '1.2');
            assert.equal(conf.retrieveStatus, RETRIEVALS[refusal.kind].status);
            assert.ok(RETRIEVE_STATUS[conf.retrieveStatus!]);
            assert.match(conf.retrieveText ?? '', /^[ -~]{5,60}$/);
            assert.ok(!conf.retrieveText?.includes('/var'));
            assert.equal(conf.transactionId, undefined);
            assert.equal(conf.messageId, undefined);
            assert.equal(conf.content?.type.media, 'application/vnd.wap.multipart.mixed');
            assert.equal(count('angarium_mm1_retrievals_total', { result: refusal.kind }), 1);
            assert.ok(!script.commands.some((each) => each.command === 'fetched'));
          },
        ));

    if (RETRIEVALS[refusal.kind].transient)
      it(`${refusal.kind} is said to a 1.0 handset by HTTP 503: any PDU would be the message to it`, () =>
        withMm1({ messaging: { retrieve: async () => err({ ...refusal, handsetVersion: '1.0' }) } }, async ({ port }) => {
          const answer = await get(port);
          assert.equal(answer.status, 503);
          assert.ok(Number(answer.headers['retry-after']) > 0);
          assert.equal(answer.body.length, 0);
        }));
    else
      it(`${refusal.kind} is said to a 1.0 handset, which knows no status, in a message to read`, () =>
        withMm1({ messaging: { retrieve: async () => err({ ...refusal, handsetVersion: '1.0' }) } }, async ({ port }) => {
          const conf = retrieveConf((await get(port)).body);
          assert.equal(conf.version, '1.0');
          assert.equal(conf.retrieveStatus, undefined);
          assert.equal(conf.retrieveText, undefined);
          const parts = decodeParts(conf.content!);
          assert.ok(parts.ok);
          assert.equal(parts.value[0]?.contentType.media, 'text/plain');
          assert.equal(Buffer.from(parts.value[0]!.data).toString(), RETRIEVALS[refusal.kind].text);
        }));
  }

  it('counts and logs an attempt to fetch what is for somebody else', () =>
    withMm1({ messaging: { retrieve: async () => err({ kind: 'not-the-recipient' }) } }, async ({ port, count, lines }) => {
      await get(port, `/m/${KEY}`, { 'X-MSISDN': ALICE });
      assert.equal(count('angarium_mm1_spoofing_attempts_total', { how: 'delivery' }), 1);
      assert.ok(lines.some((line) => line.level === 'warn' && line.fields['recipient'] === ALICE));
    }));

  it('never answers 404 for what has the form of a key: Android would delete the notification', () =>
    withMm1({ messaging: { retrieve: async () => err({ kind: 'not-found' }) } }, async ({ port }) => {
      assert.equal((await get(port)).status, 200);
      assert.equal((await get(port, '/m/')).status, 404);
    }));

  it('is a transient failure when it is a defect of ours, which is logged', () => {
    const fail = async (): Promise<never> => {
      throw new TypeError('planted');
    };
    return withMm1({ messaging: { retrieve: fail } }, async ({ port, count, gauge }) => {
      assert.equal(retrieveConf((await get(port)).body).retrieveStatus, 0xc0);
      assert.equal(count('angarium_mm1_internal_errors_total'), 1);
      assert.equal(gauge('angarium_mm1_content_bytes'), 0);
    });
  });

  it('is damaged content when the stored octets begin with no content type', () =>
    withMm1(serving(aRetrieval({ content: Uint8Array.of(0x1f, 0xff, 0xff) })), async ({ port }) => {
      assert.equal(retrieveConf((await get(port)).body).retrieveStatus, 0xe0);
    }));
});
