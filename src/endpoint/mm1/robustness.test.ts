import assert from 'node:assert/strict';
import { request as httpsRequest } from 'node:https';
import { createServer } from 'node:net';
import { describe, it } from 'node:test';
import { LIMITS, ok } from '#base';
import { encodePdu } from '#codec/mms';
import {
  ALICE,
  aConfig,
  aContent,
  aLedger,
  aRetrieval,
  aScript,
  aSendReq,
  ask,
  eventually,
  get,
  KEY,
  MESSAGE_ID,
  MMS,
  post,
  postHead,
  postOctets,
  RawClient,
  responses,
  sendConf,
  withMm1,
} from './fixtures.contract.js';
import { startMm1 } from './server.js';

const SMALL = encodePdu(aSendReq());
const PORTS = { numbering: {}, now: Date.now, writable: () => true };

/** `octets` in chunks of `size`, as Transfer-Encoding has them. */
function chunked(octets: Uint8Array, size: number): Buffer {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < octets.length; at += size) {
    const piece = octets.subarray(at, at + size);
    pieces.push(Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n'));
  }
  return Buffer.concat([...pieces, Buffer.from('0\r\n\r\n')]);
}

const CHUNKED_HEAD = `POST /mms HTTP/1.1\r\nHost: x\r\nContent-Type: ${MMS}\r\nX-MSISDN: ${ALICE}\r\nTransfer-Encoding: chunked\r\n\r\n`;

/** The PDU of the first response in `received`. */
function firstConf(received: string) {
  const start = received.indexOf('\r\n\r\n') + 4;
  const length = Number(/content-length: (\d+)/i.exec(received)?.[1]);
  return sendConf(Buffer.from(received.slice(start, start + length), 'latin1'));
}

const answered = (count: number) => (received: string) =>
  responses(received) >= count && Number(/content-length: (\d+).*?\r\n\r\n/is.exec(received)?.[1]) >= 0;

describe('start of MM1', () => {
  const start = (config: Parameters<typeof aConfig>[0]) => {
    const { log, meter } = aLedger();
    return startMm1(aConfig(config), { ...PORTS, messaging: aScript(), log, meter });
  };

  it('fails visibly when the port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as { port: number };
    try {
      await assert.rejects(
        start({ listen: { host: '127.0.0.1', port } }),
        /mm1: cannot listen on 127\.0\.0\.1:\d+: .*EADDRINUSE/,
      );
    } finally {
      other.close();
    }
  });

  for (const host of ['0.0.0.0', '::', '192.0.2.1', 'mmsc.example'])
    it(`refuses laboratory identity on ${host}`, () =>
      assert.rejects(start({ listen: { host, port: 0 } }), /lab identity believes anybody, so it listens on loopback only/));

  it('names a bad entry of the identity configuration', () =>
    assert.rejects(
      start({ identity: { mode: 'network', headers: [], gateways: ['nowhere'], clients: [] } }),
      /"nowhere" is no network/,
    ));
});

describe('bodies on MM1', () => {
  it('are the same whether they come whole, in pieces of one octet, or chunked in any size', () =>
    withMm1({}, async ({ port, script }) => {
      const octets = encodePdu(aSendReq({ content: aContent('body '.repeat(200)) }));
      const client = new RawClient(port);
      client.write(postHead(octets.length));
      client.write(octets);
      await client.until(answered(1));
      client.socket.setNoDelay(true);
      client.write(postHead(octets.length));
      for (const octet of octets.subarray(0, 60)) {
        client.write(Uint8Array.of(octet));
        await new Promise((resolve) => setImmediate(resolve));
      }
      client.write(octets.subarray(60));
      await client.until(answered(2));
      let sent = 2;
      for (const size of [1, 2, 7, 100, 5000]) {
        client.write(CHUNKED_HEAD);
        client.write(chunked(octets, size));
        await client.until(answered(++sent));
      }
      client.destroy();
      const prints = new Set(script.submissions.map((submission) => submission.fingerprint));
      assert.equal(script.submissions.length, 7);
      assert.equal(prints.size, 1);
      for (const submission of script.submissions)
        assert.deepEqual(Buffer.concat(submission.content as Uint8Array[]), Buffer.from(aContent('body '.repeat(200)).octets));
    }));

  it('of 300 KB come through whole', () =>
    withMm1({}, async ({ port, script, gauge }) => {
      const text = 'abcdefghij'.repeat(30_000);
      await post(port, aSendReq({ content: aContent(text) }));
      assert.deepEqual(Buffer.from(script.submissions[0]!.content[0]!), Buffer.from(aContent(text).octets));
      assert.equal(gauge('angarium_mm1_request_body_bytes'), 0);
    }));

  const large = encodePdu(aSendReq({ transactionId: 'big-1', content: aContent('x'.repeat(3_000_000)) }));

  it('exactly of the limit are taken, one octet more is refused', () =>
    withMm1({ config: { bodyMax: SMALL.length } }, async ({ port, script }) => {
      assert.equal(sendConf((await postOctets(port, SMALL)).body).responseStatus, 0x80);
      const longer = Buffer.concat([SMALL, Uint8Array.of(0)]);
      assert.equal(sendConf((await postOctets(port, longer)).body).responseStatus, 0xe5);
      assert.equal(script.submissions.length, 1);
    }));

  for (const [name, head, body] of [
    ['Content-Length', postHead(large.length), large],
    ['chunked', CHUNKED_HEAD, chunked(large, 60_000)],
  ] as const)
    it(`beyond the limit (${name}) are answered with content-not-accepted and their transaction id, read to the end, and the connection closed`, () =>
      withMm1({}, async ({ port, script, gauge, count }) => {
        const client = new RawClient(port);
        client.write(head);
        client.write(body);
        await client.closed;
        assert.match(client.received, /^HTTP\/1\.1 200 OK\r\n.*Connection: close/s);
        const conf = firstConf(client.received);
        assert.deepEqual(
          [conf.transactionId, conf.responseStatus, conf.responseText],
          ['big-1', 0xe5, 'Message too large: at most 400000 octets'],
        );
        assert.equal(script.submissions.length, 0);
        assert.equal(gauge('angarium_mm1_request_body_bytes'), 0);
        assert.equal(count('angarium_mm1_submissions_total', { result: 'body-too-large' }), 1);
      }));

  it('beyond the limit are answered while they are still being sent', () =>
    withMm1({}, async ({ port }) => {
      const client = new RawClient(port);
      client.write(postHead(large.length));
      client.write(large.subarray(0, 2000));
      await client.until(answered(1));
      assert.equal(firstConf(client.received).transactionId, 'big-1');
      client.destroy();
    }));

  it('beyond the limit without end are not read for ever', () =>
    withMm1({}, async ({ port }) => {
      const client = new RawClient(port);
      client.write(postHead(1e12));
      const piece = Buffer.alloc(65_536);
      let sent = 0;
      const pump = (): void => {
        while (!client.socket.destroyed && sent < 50 * LIMITS.mm1DrainOctetsMax) {
          sent += piece.length;
          if (!client.socket.write(piece)) return void client.socket.once('drain', pump);
        }
      };
      client.write(SMALL);
      pump();
      await client.closed;
      assert.ok(sent < 50 * LIMITS.mm1DrainOctetsMax);
    }));

  it('that stop short are forgotten when the client goes', () =>
    withMm1({}, async ({ port, script, gauge }) => {
      const client = new RawClient(port);
      client.write(postHead(100_000));
      client.write(new Uint8Array(50_000));
      await eventually(() => gauge('angarium_mm1_request_body_bytes') === 50_000);
      client.destroy();
      await eventually(() => gauge('angarium_mm1_request_body_bytes') === 0 && gauge('angarium_mm1_connections') === 0);
      assert.equal(script.submissions.length, 0);
    }));

  it('of submissions by nobody whom the network names are not waited for', () =>
    withMm1({}, async ({ port, gauge }) => {
      const client = new RawClient(port);
      const octets = encodePdu(aSendReq({ content: aContent('x'.repeat(100_000)) }));
      client.write(`POST /mms HTTP/1.1\r\nContent-Type: ${MMS}\r\nContent-Length: ${octets.length}\r\n\r\n`);
      client.write(octets.subarray(0, 50_000));
      await client.until((received) => received.includes('The network did not identify you'));
      assert.equal(gauge('angarium_mm1_request_body_bytes'), 0);
      // Answers name their delivery by its key, so that they need no name.
      const answer = encodePdu({ kind: 'm-acknowledge-ind', transactionId: KEY, version: '1.2' });
      const handset = new RawClient(port);
      handset.write(`POST /mms HTTP/1.1\r\nContent-Type: ${MMS}\r\nContent-Length: ${answer.length}\r\n\r\n`);
      for (const octet of answer) {
        handset.write(Uint8Array.of(octet));
        await new Promise(setImmediate);
      }
      await handset.until((received) => received.includes('\r\n\r\n'));
      assert.match(handset.received, /^HTTP\/1\.1 200 OK\r\n/);
      assert.match(handset.received, /\r\nContent-Length: 0\r\n/);
      for (const each of [client, handset]) each.destroy();
    }));

  it('that stop short with a closed half are refused', () =>
    withMm1({}, async ({ port, script, gauge }) => {
      const client = new RawClient(port, { allowHalfOpen: true });
      client.write(postHead(SMALL.length + 1));
      client.write(SMALL);
      client.socket.end();
      await client.closed;
      assert.match(client.received, /^(HTTP\/1\.1 400 .*)?$/s);
      assert.equal(script.submissions.length, 0);
      assert.equal(gauge('angarium_mm1_request_body_bytes'), 0);
    }));

  it('of a client that closes its half behind them are accepted and answered', () => {
    const submit = async () => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      return ok({ messageId: MESSAGE_ID, refused: [], resubmission: false });
    };
    return withMm1({ messaging: { submit } }, async ({ port }) => {
      const client = new RawClient(port, { allowHalfOpen: true });
      client.write(postHead(SMALL.length));
      client.write(SMALL);
      client.socket.end();
      await client.closed;
      assert.equal(firstConf(client.received).responseStatus, 0x80);
    });
  });

  it('of a message that became durable after its client had gone harm nobody', () => {
    let settle = (): void => {};
    const settled = new Promise<void>((resolve) => (settle = resolve));
    const submit = async () => {
      await settled;
      return ok({ messageId: MESSAGE_ID, refused: [], resubmission: false });
    };
    return withMm1({ messaging: { submit } }, async ({ port, script, gauge, count }) => {
      const client = new RawClient(port);
      client.write(postHead(SMALL.length));
      client.write(SMALL);
      await eventually(() => script.submissions.length === 1);
      client.socket.resetAndDestroy();
      await eventually(() => gauge('angarium_mm1_connections') === 0);
      assert.equal(gauge('angarium_mm1_request_body_bytes'), SMALL.length, 'the store still holds them');
      settle();
      await eventually(() => gauge('angarium_mm1_request_body_bytes') === 0 && gauge('angarium_mm1_submissions_in_flight') === 0);
      assert.equal(count('angarium_mm1_internal_errors_total'), 0);
    });
  });

  it('are asked for with 100 Continue when the client waits for it (RFC 9110 10.1.1)', () =>
    withMm1({}, async ({ port }) => {
      const client = new RawClient(port);
      client.write(postHead(SMALL.length, 'Expect: 100-continue\r\n'));
      await client.until((received) => received.startsWith('HTTP/1.1 100 Continue\r\n\r\n'));
      client.write(SMALL);
      await client.until((received) => responses(received) === 2);
      client.destroy();
    }));
});

describe('connections on MM1', () => {
  it('are kept: requests one after the other, answered in their order', () =>
    withMm1({}, async ({ port }) => {
      const client = new RawClient(port);
      for (let i = 1; i <= 5; i++) {
        client.write(postHead(SMALL.length));
        client.write(SMALL);
        await client.until(answered(i));
      }
      assert.ok(!/connection: close/i.test(client.received));
      client.destroy();
    }));

  it('may carry requests ahead of answers: those come in the order of the requests, however long each takes', () => {
    const waits = [60, 0, 30, 0];
    const submit = async () => {
      await new Promise((resolve) => setTimeout(resolve, waits.shift()));
      return ok({ messageId: MESSAGE_ID, refused: [], resubmission: false });
    };
    return withMm1({ messaging: { submit } }, async ({ port }) => {
      const client = new RawClient(port);
      const pdus = ['T1', 'T2', 'T3', 'T4'].map((transactionId) => encodePdu(aSendReq({ transactionId })));
      client.write(Buffer.concat(pdus.flatMap((pdu) => [Buffer.from(postHead(pdu.length)), pdu])));
      await client.until((received) => responses(received) === 4 && received.includes('T4\0'));
      assert.deepEqual(client.received.match(/T[1-4](?=\0)/g), ['T1', 'T2', 'T3', 'T4']);
      client.destroy();
    });
  });

  it('that pile up requests without taking answers are closed, and give back all they held', () => {
    const retrieve = () => new Promise<never>(() => {});
    return withMm1({ messaging: { retrieve } }, async ({ port, gauge, script }) => {
      const client = new RawClient(port);
      client.write(`GET /m/${KEY} HTTP/1.1\r\nHost: x\r\n\r\n`.repeat(500));
      await client.closed;
      await eventually(() => gauge('angarium_mm1_connections') === 0);
      assert.ok(script.commands.length <= LIMITS.mm1PipelinedMax);
    });
  });

  it('that download behind another download give back what they held when the client goes', () => {
    const content = aContent('x'.repeat(5_000_000)).octets;
    return withMm1(
      {
        config: { bodyMax: 10_000_000, contentOctetsInFlightMax: 100_000_000 },
        messaging: { retrieve: async () => ok(aRetrieval({ content })) },
      },
      async ({ port, gauge }) => {
        const client = new RawClient(port);
        client.socket.pause();
        client.write(`GET /m/${KEY} HTTP/1.1\r\nHost: x\r\n\r\n`.repeat(3));
        await eventually(
          () => gauge('angarium_mm1_content_bytes') > 15_000_000 && gauge('angarium_mm1_content_bytes') < 16_000_000,
        );
        client.destroy();
        await eventually(() => gauge('angarium_mm1_content_bytes') === 0);
      },
    );
  });

  it('that send nothing do not keep a submission from going through, a thousand of them', () =>
    withMm1({}, async ({ port, gauge }) => {
      const idlers = Array.from({ length: 1000 }, () => new RawClient(port));
      await eventually(() => gauge('angarium_mm1_connections') === 1000);
      assert.equal(sendConf((await post(port, aSendReq())).body).responseStatus, 0x80);
      for (const idler of idlers) idler.destroy();
    }));

  it('beyond the allowed number are refused and counted', () =>
    withMm1({ config: { connectionsMax: 2 } }, async ({ port, gauge, count }) => {
      const idlers = [new RawClient(port), new RawClient(port)];
      await eventually(() => gauge('angarium_mm1_connections') === 2);
      await assert.rejects(post(port, aSendReq()));
      assert.equal(count('angarium_mm1_connections_dropped_total'), 1);
      for (const idler of idlers) idler.destroy();
    }));

  it('that send their head too slowly are answered 408 and closed', () =>
    withMm1({ config: { headersTimeoutMs: 150, requestTimeoutMs: 300 } }, async ({ port, count }) => {
      const client = new RawClient(port);
      client.write('POST /mms HTTP/1.1\r\nHo');
      await client.closed;
      assert.match(client.received, /^HTTP\/1\.1 408 Request Timeout\r\n/);
      assert.equal(count('angarium_mm1_refused_requests_total', { status: '408' }), 1);
    }));

  it('that send their body too slowly are answered 408 and closed, and hold nothing any more', () =>
    withMm1({ config: { headersTimeoutMs: 150, requestTimeoutMs: 300 } }, async ({ port, gauge }) => {
      const client = new RawClient(port);
      client.write(postHead(SMALL.length));
      const drip = setInterval(() => client.write(Uint8Array.of(0x8c)), 40);
      await client.closed;
      clearInterval(drip);
      assert.match(client.received, /^HTTP\/1\.1 408 Request Timeout\r\n/);
      await eventually(() => gauge('angarium_mm1_request_body_bytes') === 0);
    }));

  it('that send nothing at all are closed', () =>
    withMm1({ config: { headersTimeoutMs: 100, requestTimeoutMs: 300 } }, async ({ port }) => {
      await new RawClient(port).closed;
    }));

  it('that stay silent after an answer are closed after the keep-alive time', () =>
    withMm1({ config: { keepAliveTimeoutMs: 50 } }, async ({ port }) => {
      const client = new RawClient(port);
      client.write(postHead(SMALL.length));
      client.write(SMALL);
      await client.closed;
      assert.equal(firstConf(client.received).responseStatus, 0x80);
    }));

  it('that wait for our store longer than the idle time are not idle', () => {
    const submit = async () => {
      await new Promise((resolve) => setTimeout(resolve, 200));
      return ok({ messageId: MESSAGE_ID, refused: [], resubmission: false });
    };
    return withMm1({ config: { idleTimeoutMs: 50 }, messaging: { submit } }, async ({ port }) => {
      assert.equal(sendConf((await post(port, aSendReq())).body).responseStatus, 0x80);
    });
  });

  it('are encrypted when there is a certificate', () =>
    withMm1({ config: { tls: { key: TLS_KEY, cert: TLS_CERT } } }, async ({ port, script }) => {
      const status = await new Promise<number | undefined>((resolve, reject) => {
        const headers = { 'Content-Type': MMS, 'X-MSISDN': ALICE };
        const options = {
          host: '127.0.0.1',
          port,
          method: 'POST',
          path: '/mms',
          headers,
          rejectUnauthorized: false,
          agent: false,
        };
        const request = httpsRequest(options, (response) => {
          response.resume();
          response.on('end', () => resolve(response.statusCode));
        });
        request.on('error', reject);
        request.end(SMALL);
      });
      assert.equal(status, 200);
      assert.deepEqual(script.submissions[0]?.sender, { kind: 'number', msisdn: ALICE });
    }));
});

describe('requests that HTTP refuses', () => {
  const raw = async (port: number, request: string): Promise<string> => {
    const client = new RawClient(port);
    client.write(request);
    await client.closed;
    return client.received;
  };

  it('with a head that is too long are answered 431', () =>
    withMm1({}, async ({ port, count }) => {
      const received = await raw(port, `POST /mms HTTP/1.1\r\nX-Long: ${'x'.repeat(LIMITS.mm1HeadOctetsMax)}\r\n\r\n`);
      assert.match(received, /^HTTP\/1\.1 431 /);
      assert.equal(count('angarium_mm1_refused_requests_total', { status: '431' }), 1);
    }));

  it('with too many header lines are answered 431, not cut', () =>
    withMm1({}, async ({ port, script }) => {
      const lines = Array.from({ length: LIMITS.mm1HeadLinesMax + 1 }, (_, i) => `X-${i}: 1\r\n`).join('');
      const received = await raw(port, `POST /mms HTTP/1.1\r\n${lines}Connection: close\r\nContent-Length: 5\r\n\r\nhello`);
      assert.match(received, /^HTTP\/1\.1 431 /);
      assert.equal(script.submissions.length, 0);
    }));

  for (const [name, head] of [
    ['both Content-Length and Transfer-Encoding', 'Content-Length: 5\r\nTransfer-Encoding: chunked'],
    ['two different Content-Lengths', 'Content-Length: 5\r\nContent-Length: 6'],
    ['a Content-Length with a sign', 'Content-Length: +5'],
    ['a Transfer-Encoding that does not end in chunked', 'Transfer-Encoding: chunked, identity'],
    ['a space before the colon', 'Content-Length : 5'],
    ['a folded header line', 'X-A: b\r\n c: d'],
    ['a bare line feed in a header', 'X-A: b\nX-MSISDN: 46701234567'],
    ['a NUL in a header', 'X-A: b\0c'],
  ] as const)
    it(`with ${name} are answered 400: gateways could read them otherwise (RFC 9112 11.2)`, () =>
      withMm1({}, async ({ port, script }) => {
        const received = await raw(port, `POST /mms HTTP/1.1\r\nHost: x\r\n${head}\r\n\r\nhello`);
        assert.match(received, /^HTTP\/1\.1 400 /);
        assert.equal(responses(received), 1);
        assert.equal(script.submissions.length, 0);
      }));

  it('for other paths get 404, with other methods 405 and Allow, and the connection goes on', () =>
    withMm1({}, async ({ port }) => {
      assert.equal((await ask(port, 'GET', '/elsewhere')).status, 404);
      const refused = await ask(port, 'PUT', '/mms', {}, SMALL);
      assert.equal(refused.status, 405);
      assert.equal(refused.headers.allow, 'POST');
      const client = new RawClient(port);
      client.write(`PUT /mms HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello${postHead(SMALL.length)}`);
      client.write(SMALL);
      await client.until(answered(2));
      assert.match(client.received, /^HTTP\/1\.1 405 .*HTTP\/1\.1 200 /s);
      client.destroy();
    }));

  it('with a foreign content type get 415 after their body has been read', () =>
    withMm1({}, async ({ port, script }) => {
      const answer = await postOctets(port, new Uint8Array(200_000), { 'Content-Type': 'text/plain' });
      assert.equal(answer.status, 415);
      assert.equal(script.submissions.length, 0);
    }));

  it('without Host, or with a strange one, are served all the same', () =>
    withMm1({}, async ({ port }) => {
      for (const host of ['', 'Host: evil.example:99\r\n']) {
        const client = new RawClient(port);
        client.write(`POST /mms HTTP/1.1\r\n${host}X-MSISDN: ${ALICE}\r\nContent-Length: ${SMALL.length}\r\n\r\n`);
        client.write(SMALL);
        await client.until(answered(1));
        assert.equal(firstConf(client.received).responseStatus, 0x80);
        client.destroy();
      }
    }));

  it('behind a submission that is under way do not get an answer that could be taken for its own', () => {
    const submit = async () => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      return ok({ messageId: MESSAGE_ID, refused: [], resubmission: false });
    };
    return withMm1({ messaging: { submit } }, async ({ port }) => {
      const client = new RawClient(port);
      client.write(postHead(SMALL.length));
      client.write(Buffer.concat([SMALL, Buffer.from('garbage\r\n\r\n')]));
      await client.closed;
      assert.ok(!client.received.includes(' 400 '));
    });
  });
});

describe('close of MM1', () => {
  it('lets a submission end, closes idle connections, takes no new ones', async () => {
    let settle = (): void => {};
    const settled = new Promise<void>((resolve) => (settle = resolve));
    const submit = async () => {
      await settled;
      return ok({ messageId: MESSAGE_ID, refused: [], resubmission: false });
    };
    await withMm1({ messaging: { submit } }, async ({ port, mm1, script, gauge }) => {
      const idler = new RawClient(port);
      const busy = new RawClient(port);
      busy.write(postHead(SMALL.length));
      busy.write(SMALL);
      await eventually(() => script.submissions.length === 1 && gauge('angarium_mm1_connections') === 2);
      const closed = mm1.close();
      await idler.closed;
      await assert.rejects(get(port));
      settle();
      await closed;
      await busy.closed;
      assert.equal(firstConf(busy.received).responseStatus, 0x80);
      assert.match(busy.received, /Connection: close/);
    });
  });
});

/** Made for this file; protects nothing. */
const TLS_KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgHohzh5zGMWKJADh9
ipXLsxLRY+i2ZBlM7D3Bprb2xQihRANCAAQJmsCMY+K0eQYbJ0CP/sNPBgNgx4VG
E1FCfPimV2FGUzkLkIPr+XRiJIKEUH7CnAtHxcrDUfDoGO9anH4b/U68
-----END PRIVATE KEY-----
`;
const TLS_CERT = `-----BEGIN CERTIFICATE-----
MIIBkTCCATagAwIBAgIUTcyheSjoKDD+g8V9d3KLj/r2LtEwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMjAzMjYwM1oYDzIxMjYxMDI5
MDMyNjAzWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQJmsCMY+K0eQYbJ0CP/sNPBgNgx4VGE1FCfPimV2FGUzkLkIPr+XRi
JIKEUH7CnAtHxcrDUfDoGO9anH4b/U68o2QwYjAdBgNVHQ4EFgQU1QiqvFqhcjah
eomxQRMCNsCThQ8wHwYDVR0jBBgwFoAU1QiqvFqhcjaheomxQRMCNsCThQ8wDwYD
VR0TAQH/BAUwAwEB/zAPBgNVHREECDAGhwR/AAABMAoGCCqGSM49BAMCA0kAMEYC
IQC/OIP47nFQIKwsUHt5JGpou4eBS0YKSXJ9OgDbU/Ng2AIhAIW+zh7HTHigY4UM
62Jo4RXXNxvWJiSFUobsOVq7IWoS
-----END CERTIFICATE-----
`;
