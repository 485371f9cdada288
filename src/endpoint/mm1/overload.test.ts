import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ok } from '#base';
import { encodePdu } from '#codec/mms';
import {
  aContent,
  aRetrieval,
  aSendReq,
  eventually,
  get,
  KEY,
  MESSAGE_ID,
  post,
  postHead,
  RawClient,
  responses,
  retrieveConf,
  sendConf,
  withMm1,
} from './fixtures.contract.js';

/** A domain whose store does not answer until it is told to. */
function stalled() {
  let settle = (): void => {};
  const settled = new Promise<void>((resolve) => (settle = resolve));
  const submit = async () => {
    await settled;
    return ok({ messageId: MESSAGE_ID, refused: [], resubmission: false });
  };
  return { submit, settle: () => settle() };
}

describe('more submissions than are taken on at once', () => {
  for (const [version, status] of [
    ['1.0', 0x86],
    ['1.1', 0xc0],
    ['1.3', 0xc0],
  ] as const)
    it(`get the transient status at once, with their own transaction id, in words of ${version}; retrievals go on`, () => {
      const store = stalled();
      return withMm1(
        { config: { submissionsInFlightMax: 3 }, messaging: { submit: store.submit } },
        async ({ port, script, count, gauge }) => {
          const accepted = ['A1', 'A2', 'A3'].map((transactionId) => post(port, aSendReq({ transactionId })));
          await eventually(() => script.submissions.length === 3);
          for (const transactionId of ['B1', 'B2']) {
            const conf = sendConf((await post(port, aSendReq({ transactionId, version }))).body);
            assert.deepEqual([conf.transactionId, conf.responseStatus, conf.version], [transactionId, status, version]);
            assert.equal(conf.responseText, 'Service is busy, try again');
          }
          assert.equal(retrieveConf((await get(port)).body).retrieveStatus, 0x80);
          const answer = await post(port, { kind: 'm-notifyresp-ind', transactionId: KEY, version: '1.2', status: 'retrieved' });
          assert.equal(answer.status, 200);
          assert.equal(gauge('angarium_mm1_submissions_in_flight'), 3);
          store.settle();
          for (const one of await Promise.all(accepted)) assert.equal(sendConf(one.body).responseStatus, 0x80);
          assert.equal(script.submissions.length, 3);
          assert.equal(count('angarium_mm1_submissions_total', { result: 'overloaded' }), 2);
          assert.equal(gauge('angarium_mm1_submissions_in_flight'), 0);
          assert.equal(sendConf((await post(port, aSendReq())).body).responseStatus, 0x80);
        },
      );
    });

  it('are said in the log once for many, and counted one by one', () => {
    const store = stalled();
    return withMm1(
      { config: { submissionsInFlightMax: 1 }, messaging: { submit: store.submit } },
      async ({ port, script, count, lines }) => {
        const accepted = post(port, aSendReq());
        await eventually(() => script.submissions.length === 1);
        for (let i = 0; i < 20; i++) await post(port, aSendReq());
        assert.equal(count('angarium_mm1_submissions_total', { result: 'overloaded' }), 20);
        const said = lines.filter((line) => line.level === 'warn');
        assert.ok(said.length >= 1 && said.length < 20, `${said.length} lines`);
        store.settle();
        await accepted;
      },
    );
  });

  it('are refused before their body has come, and the connection is kept', () => {
    const store = stalled();
    const large = encodePdu(aSendReq({ transactionId: 'L1', content: aContent('x'.repeat(300_000)) }));
    return withMm1(
      { config: { submissionsInFlightMax: 1 }, messaging: { submit: store.submit } },
      async ({ port, script, gauge }) => {
        const accepted = post(port, aSendReq());
        await eventually(() => script.submissions.length === 1);
        const client = new RawClient(port);
        client.write(postHead(large.length));
        client.write(large.subarray(0, 8));
        await new Promise((resolve) => setTimeout(resolve, 20));
        assert.equal(client.received, '', 'the head of the PDU is not there yet');
        client.write(large.subarray(8, 5000));
        await client.until((received) => received.includes('L1\0'));
        assert.ok(!/connection: close/i.test(client.received));
        client.write(large.subarray(5000));
        const small = encodePdu(aSendReq({ transactionId: 'L2' }));
        client.write(postHead(small.length));
        client.write(small);
        await client.until((received) => received.includes('L2\0') && responses(received) === 2);
        client.destroy();
        assert.ok(gauge('angarium_mm1_request_body_bytes') < 5000);
        store.settle();
        await accepted;
      },
    );
  });

  it('are refused without their transaction id when that does not come in the first octets', () => {
    const store = stalled();
    return withMm1({ config: { submissionsInFlightMax: 1 }, messaging: { submit: store.submit } }, async ({ port, script }) => {
      const accepted = post(port, aSendReq());
      await eventually(() => script.submissions.length === 1);
      const client = new RawClient(port);
      client.write(postHead(100_000));
      client.write(new Uint8Array(2000));
      await client.until((received) => received.includes('\r\n\r\n') && responses(received) === 1);
      client.destroy();
      store.settle();
      await accepted;
    });
  });
});

describe('more octets of bodies than are taken on at once', () => {
  it('get the transient status at once, and what waits behind them is read and thrown away', () => {
    const store = stalled();
    const pdu = (transactionId: string) => aSendReq({ transactionId, content: aContent('x'.repeat(100_000)) });
    return withMm1(
      { config: { bodyOctetsInFlightMax: 250_000 }, messaging: { submit: store.submit } },
      async ({ port, script, gauge }) => {
        const accepted = [post(port, pdu('A1')), post(port, pdu('A2'))];
        await eventually(() => script.submissions.length === 2);
        const conf = sendConf((await post(port, pdu('B1'))).body);
        assert.deepEqual([conf.transactionId, conf.responseStatus], ['B1', 0xc0]);
        assert.ok(gauge('angarium_mm1_request_body_bytes') <= 250_000);
        store.settle();
        for (const one of await Promise.all(accepted)) assert.equal(sendConf(one.body).responseStatus, 0x80);
        assert.equal(gauge('angarium_mm1_request_body_bytes'), 0);
        assert.equal(sendConf((await post(port, pdu('C1'))).body).responseStatus, 0x80);
      },
    );
  });

  it('do not keep an answer of a handset from being taken', () => {
    const store = stalled();
    return withMm1({ config: { bodyOctetsInFlightMax: 100 }, messaging: { submit: store.submit } }, async ({ port, script }) => {
      const pdu = encodePdu({ kind: 'm-acknowledge-ind', transactionId: KEY, version: '1.2' });
      const big = encodePdu(aSendReq({ content: aContent('x'.repeat(5000)) }));
      const holder = new RawClient(port);
      holder.write(postHead(pdu.length));
      holder.write(pdu.subarray(0, 10));
      assert.equal(sendConf((await post(port, aSendReq({ content: aContent('x'.repeat(5000)) }))).body).responseStatus, 0xc0);
      holder.write(pdu.subarray(10));
      await holder.until((received) => responses(received) === 1);
      assert.ok(script.commands.some((each) => each.command === 'acknowledged'));
      assert.ok(big.length > 100);
      holder.destroy();
    });
  });
});

describe('a store that takes nothing now', () => {
  for (const [version, status] of [
    ['1.0', 0x86],
    ['1.2', 0xc0],
  ] as const)
    it(`gives submissions the transient status in words of ${version} without asking it, and retrieval goes on`, () =>
      withMm1({ ports: { writable: () => false } }, async ({ port, script, count }) => {
        const conf = sendConf((await post(port, aSendReq({ version }))).body);
        assert.deepEqual([conf.responseStatus, conf.responseText], [status, 'Service is temporarily unavailable']);
        assert.equal(script.submissions.length, 0);
        assert.equal(count('angarium_mm1_submissions_total', { result: 'not-writable' }), 1);
        assert.equal(retrieveConf((await get(port)).body).retrieveStatus, 0x80);
      }));
});

describe('more content than is sent at once', () => {
  it('waits for its turn, and all of it is sent', () => {
    const content = aContent('x'.repeat(300_000)).octets;
    let loaded = 0;
    return withMm1(
      {
        config: { contentOctetsInFlightMax: 400_000 },
        messaging: {
          retrieve: async () => {
            loaded++;
            return ok(aRetrieval({ content }));
          },
        },
      },
      async ({ port, gauge, count }) => {
        const slow = new RawClient(port);
        slow.socket.pause();
        slow.write(`GET /m/${KEY} HTTP/1.1\r\nHost: x\r\n\r\n`.repeat(20));
        await eventually(() => gauge('angarium_mm1_retrievals_waiting') > 0);
        assert.ok(gauge('angarium_mm1_content_bytes') <= 700_000);
        assert.ok(loaded < 20);
        slow.socket.resume();
        await slow.until((received) => received.length > 20 * 300_000);
        await eventually(() => count('angarium_mm1_retrievals_total', { result: 'sent' }) === 20);
        assert.equal(gauge('angarium_mm1_content_bytes'), 0);
        slow.destroy();
      },
    );
  });

  it('is not kept waiting by clients that take nothing: they are given up long before their idle time', () => {
    const content = aContent('x'.repeat(9_000_000)).octets;
    return withMm1(
      {
        config: { bodyMax: 10_000_000, contentOctetsInFlightMax: 20_000_000, idleTimeoutMs: 600_000 },
        messaging: { retrieve: async () => ok(aRetrieval({ content })) },
      },
      async ({ port, count }) => {
        const stalled = [new RawClient(port), new RawClient(port)];
        for (const client of stalled) {
          client.socket.pause();
          client.write(`GET /m/${KEY} HTTP/1.1\r\nHost: x\r\n\r\n`);
        }
        await eventually(() => stalled.every(({ socket }) => socket.bytesWritten > 0));
        const { retrieveStatus, content: got } = retrieveConf((await get(port)).body);
        assert.equal(retrieveStatus, 0x80);
        assert.equal(got?.octets.length, content.length);
        assert.ok(count('angarium_mm1_retrievals_total', { result: 'interrupted' }) > 0);
        for (const client of stalled) client.destroy();
      },
    );
  });
});
