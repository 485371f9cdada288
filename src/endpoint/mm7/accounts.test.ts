import assert from 'node:assert/strict';
import { Agent, request as httpRequest } from 'node:http';
import { describe, it } from 'node:test';
import { LIMITS } from '#base';
import type { SubmitReq } from '#codec/mm7';
import {
  ask,
  aVasp,
  BASIC,
  CONTENT,
  codeOf,
  MESSAGE_ID,
  NOW,
  PASSWORD,
  post,
  postOctets,
  REL6,
  submitReq,
  withMm7,
} from './fixtures.contract.js';
import { callSoap } from './provider/send.js';
import { nextOpening } from './windows.js';

const digestVasp = aVasp({ identification: { method: 'digest', user: 'acme', passwords: ['old-password', PASSWORD] } });
const basic = (user: string, password: string): string => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

describe('MM7: who is calling', () => {
  const nobodies: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
    ['no credentials', {}],
    ['a wrong password', { Authorization: basic('acme', 'guess') }],
    ['an unknown user', { Authorization: basic('nobody', PASSWORD) }],
    ['an empty password', { Authorization: basic('acme', '') }],
    ['another scheme', { Authorization: 'Negotiate abc' }],
    ['a token, which is for JSON only', { Authorization: 'Bearer token-of-acme-0123456789abcdef' }],
    ['octets that are no credentials', { Authorization: 'Basic =====' }],
  ];
  for (const [title, headers] of nobodies)
    it(`answers 401 with both challenges and 4001 to ${title}, and the domain is not asked`, async () =>
      withMm7({}, async ({ port, script }) => {
        const answer = await post(port, submitReq(), { headers });
        assert.deepEqual([answer.http, codeOf(answer)], [401, 4001]);
        const challenges = String(answer.headers['www-authenticate']);
        assert.match(challenges, /Digest realm="mmsc\.example", qop="auth", algorithm=SHA-256, nonce="/);
        assert.match(challenges, /Basic realm="mmsc\.example"/);
        assert.equal(script.submissions.length, 0);
      }));

  it('lets a provider in by Digest, with either of two passwords', async () =>
    withMm7({ vasps: [digestVasp] }, async ({ port, script }) => {
      for (const password of [PASSWORD, 'old-password']) {
        const relay = {
          url: `http://127.0.0.1:${port}/mm7`,
          login: { method: 'digest', user: 'acme', password },
          timeoutMs: 10_000,
        } as const;
        const answer = await callSoap(relay, `t-${password}`, submitReq(), REL6, CONTENT);
        assert.equal(answer.http, 200);
      }
      assert.equal(script.submissions.length, 2);
      const wrong = {
        url: `http://127.0.0.1:${port}/mm7`,
        login: { method: 'digest', user: 'acme', password: 'guess' },
        timeoutMs: 10_000,
      } as const;
      assert.equal((await callSoap(wrong, 't', submitReq(), REL6, CONTENT)).http, 401);
    }));

  it('does not take Basic from an account that has Digest: its password never crosses the wire', async () =>
    withMm7({ vasps: [digestVasp] }, async ({ port }) => {
      assert.equal((await post(port, submitReq(), { headers: { Authorization: basic('acme', PASSWORD) } })).http, 401);
    }));

  it('knows an account without login by its network, and several of one network by their VASPID', async () => {
    const at = (name: string, network: string, code: string) =>
      aVasp({
        name,
        'vasp-id': name,
        'short-codes': [code],
        'sender-addresses': [],
        identification: { method: 'none', networks: [network] },
      });
    const from = (vaspId: string, value: string): SubmitReq =>
      submitReq({ senderIdentification: { vaspId, vasId: 'news', senderAddress: { kind: 'ShortCode', value } } });
    await withMm7(
      { vasps: [at('one', '127.0.0.0/8', '111'), at('two', '127.0.0.1', '222'), at('far', '10.0.0.0/8', '333')] },
      async ({ port, script }) => {
        assert.equal(codeOf(await post(port, from('one', '111'), { headers: {} })), 1000);
        assert.equal(codeOf(await post(port, from('two', '222'), { headers: {} })), 1000);
        assert.equal(codeOf(await post(port, from('far', '333'), { headers: {} })), 4001);
        assert.deepEqual(
          script.submissions.map(({ origin }) => origin.interface === 'mm7' && origin.vasp),
          ['one', 'two'],
        );
      },
    );
    await withMm7({ vasps: [at('far', '10.0.0.0/8', '333')] }, async ({ port }) => {
      assert.equal((await post(port, from('far', '333'), { headers: {} })).http, 401);
    });
  });

  it('wants the right network beside the right password where both are given', async () => {
    const identification = { user: 'acme', passwords: [PASSWORD], networks: ['10.0.0.0/8'] };
    await withMm7({ vasps: [aVasp({ identification })] }, async ({ port, lines }) => {
      assert.equal((await post(port, submitReq())).http, 401);
      assert.ok(lines.some(({ fields }) => fields['why'] === 'wrong-network'));
    });
  });
});

describe('MM7: what an account may do', () => {
  const cases: readonly (readonly [
    title: string,
    more: Partial<SubmitReq>,
    code: number,
    vasp?: Readonly<Record<string, unknown>>,
  ])[] = [
    [
      "somebody else's short code",
      { senderIdentification: { vaspId: 'acme', senderAddress: { kind: 'ShortCode', value: '99999' } } },
      2001,
    ],
    [
      'a sender number that is not its own',
      { senderIdentification: { senderAddress: { kind: 'Number', value: '+46700000001' } } },
      2001,
    ],
    [
      'a mailbox that is not its own',
      { senderIdentification: { senderAddress: { kind: 'RFC2822Address', value: 'ceo@bank.example' } } },
      2001,
    ],
    ['another VASPID', { senderIdentification: { vaspId: 'other' } }, 4001],
    ['another VASID', { senderIdentification: { vaspId: 'acme', vasId: 'casino' } }, 4001],
    ['a service code that is not its own', { serviceCode: 'gold' }, 2001, { 'service-codes': ['silver'] }],
    ['a charged party that is not allowed', { chargedParty: 'Recipient' }, 2001],
    [
      'a third party that is not its own',
      { chargedParty: 'ThirdParty', chargedPartyId: 'victim' },
      2001,
      { charging: { allowed: ['sender', 'third-party'], 'third-parties': ['payer'] } },
    ],
    ['recipients outside its prefixes', {}, 2001, { 'recipient-prefixes': ['4673'] }],
    ['too large a message', {}, 2004, { limits: { 'size-max': '1KB' } }],
    ['an account that is paused', {}, 4006, { state: 'paused' }],
    ['an account that is being closed', {}, 4007, { state: 'draining' }],
    ['an account that may not submit', {}, 2001, { operations: ['cancel'] }],
  ];
  for (const [title, more, code, vasp] of cases)
    it(`refuses ${title} with ${code}, and the domain is not asked`, async () =>
      withMm7({ vasps: [aVasp(vasp)] }, async ({ port, script }) => {
        const answer = await post(port, submitReq(more));
        assert.deepEqual([codeOf(answer), answer.reading.transactionId, answer.reading.message.kind], [code, 't-1', 'SubmitRsp']);
        assert.equal(script.submissions.length, 0);
      }));

  it('takes its own number as sender, and its first short code when the request names none', async () =>
    withMm7({}, async ({ port, script }) => {
      await post(port, submitReq({ senderIdentification: { senderAddress: { kind: 'Number', value: '0700000099' } } }));
      await post(port, submitReq({ senderIdentification: {} }));
      assert.deepEqual(
        script.submissions.map(({ sender }) => sender),
        [
          { kind: 'number', msisdn: '46700000099' },
          { kind: 'short-code', code: '12345' },
        ],
      );
    }));

  it('sends to those inside its prefixes and names the others', async () =>
    withMm7({ vasps: [aVasp({ 'recipient-prefixes': ['4670'] })] }, async ({ port, script }) => {
      const to = ['+46701234567', '+46731234567'].map((value) => ({ kind: 'Number', value }) as const);
      const answer = await post(port, submitReq({ recipients: { to } }));
      assert.equal(codeOf(answer), 1100);
      assert.match(JSON.stringify(answer.reading.message), /\+46731234567: not allowed/);
      assert.equal(script.submissions[0]?.recipients.length, 1);
    }));

  it('refuses more recipients than the account may have with 3003', async () =>
    withMm7({ vasps: [aVasp({ limits: { 'recipients-max': 1 } })] }, async ({ port }) => {
      const to = ['+46701234567', '+46701234568'].map((value) => ({ kind: 'Number', value }) as const);
      assert.equal(codeOf(await post(port, submitReq({ recipients: { to } }))), 3003);
    }));

  it('puts off what is above the rate with 4006', async () =>
    withMm7({ vasps: [aVasp({ limits: { 'rate-max': 0.01, 'burst-max': 2 } })] }, async ({ port, script }) => {
      const codes = [];
      for (let i = 0; i < 4; i++) codes.push(codeOf(await post(port, submitReq())));
      assert.deepEqual(codes, [1000, 1000, 4006, 4006]);
      assert.equal(script.submissions.length, 2);
    }));

  it('puts off what comes on more connections than the account may have', async () =>
    withMm7({ vasps: [aVasp({ limits: { 'connections-max': 1 } })] }, async ({ port }) => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      await new Promise<void>((resolve, reject) => {
        const request = httpRequest(
          { port, agent, method: 'POST', path: '/mm7', headers: { Authorization: BASIC } },
          (response) => {
            response.resume().on('end', resolve);
          },
        );
        request.on('error', reject);
        request.end('<x/>');
      });
      // What could not be read has no account; this one has.
      const first = new Promise<void>((resolve) => {
        const request = httpRequest(
          { port, agent, method: 'GET', path: '/vasp/v1/messages/none', headers: { Authorization: BASIC } },
          (response) => {
            response.resume().on('end', resolve);
          },
        );
        request.end();
      });
      await first;
      assert.equal(codeOf(await post(port, submitReq())), 4006);
      agent.destroy();
    }));

  it('holds outside the windows until the next one begins, or refuses with 4007', async () => {
    // NOW is a Wednesday, 12:00 UTC.
    const windows = [{ days: [3], from: '18:00', until: '21:00' }];
    await withMm7({ vasps: [aVasp({ windows, 'utc-offset': '+01:00' })] }, async ({ port, script }) => {
      await post(port, submitReq());
      assert.deepEqual(script.submissions[0]?.deliveryTime, { at: NOW + 5 * 3_600_000 });
      await post(port, submitReq({ earliestDeliveryTime: { afterMs: 6 * 3_600_000 } }));
      assert.deepEqual(script.submissions[1]?.deliveryTime, { afterMs: 6 * 3_600_000 });
    });
    await withMm7({ vasps: [aVasp({ windows, 'outside-windows': 'refuse' })] }, async ({ port }) => {
      assert.equal(codeOf(await post(port, submitReq())), 4007);
    });
  });
});

describe('MM7: texts that would be kept', () => {
  const long = 'x'.repeat(LIMITS.mm7TextCharactersMax + 1);
  const cases: readonly (readonly [string, Partial<SubmitReq>])[] = [
    ['Subject', { subject: long }],
    ['ServiceCode', { serviceCode: long }],
    ['LinkedID', { linkedId: long }],
    ['ChargedPartyID', { chargedPartyId: long }],
    ['AuxApplicInfo', { auxApplicInfo: long }],
    ['Recipients', { recipients: { to: [{ kind: 'RFC2822Address', value: `${long}@example.com` }] } }],
  ];
  for (const [what, more] of cases)
    it(`are refused with 2007 where ${what} is longer than any sense`, async () =>
      withMm7({}, async ({ port, script }) => {
        const answer = await post(port, submitReq(more));
        assert.equal(codeOf(answer), 2007);
        assert.match(JSON.stringify(answer.reading.message), new RegExp(`${what} has more than`));
        assert.equal(script.submissions.length, 0);
      }));

  it('are refused with 2007 where the TransactionID is, which is echoed all the same', async () =>
    withMm7({}, async ({ port }) => {
      const answer = await post(port, submitReq(), { transactionId: long });
      assert.deepEqual([codeOf(answer), answer.reading.transactionId], [2007, long]);
    }));
});

describe('MM7: windows and replacements', () => {
  // NOW is a Wednesday, 12:00 UTC.
  const windows = [{ days: [3], from: '18:00', until: '21:00' }];
  const replace = { kind: 'ReplaceReq', version: '6.8.0', senderIdentification: {}, messageId: MESSAGE_ID } as const;
  const opening = NOW + 6 * 3_600_000;

  it('holds a replacement until the window opens, whatever the first version was allowed, and its own wish likewise', async () =>
    withMm7({ vasps: [aVasp({ windows })] }, async ({ port, script }) => {
      assert.equal(codeOf(await post(port, replace)), 1000);
      await post(port, { ...replace, earliestDeliveryTime: { afterMs: 60_000 } });
      await post(port, { ...replace, earliestDeliveryTime: { afterMs: 7 * 3_600_000 } });
      assert.deepEqual(
        script.replacements.map(({ notBefore, deliveryTime }) => ({ notBefore, deliveryTime })),
        [
          { notBefore: opening, deliveryTime: undefined },
          { notBefore: undefined, deliveryTime: { at: opening } },
          { notBefore: undefined, deliveryTime: { afterMs: 7 * 3_600_000 } },
        ],
      );
    }));

  it("refuses a replacement outside the windows with 4007 where that is the account's rule", async () =>
    withMm7({ vasps: [aVasp({ windows, 'outside-windows': 'refuse' })] }, async ({ port, script }) => {
      assert.equal(codeOf(await post(port, replace)), 4007);
      assert.equal(script.replacements.length, 0);
    }));
});

describe('windows of a VASP', () => {
  const vasp = (days: readonly number[], from: number, until: number) => ({
    windows: [{ days, from, until }],
    utcOffsetMinutes: 0,
  });
  const HOUR = 3_600_000;

  it('are open at any time where there are none', () =>
    assert.equal(nextOpening({ windows: [], utcOffsetMinutes: 0 }, NOW), NOW));
  it('may reach over midnight, and over the end of the week', () => {
    const nights = vasp([7], 22 * 60, 6 * 60);
    const sunday = Date.UTC(2026, 2, 8, 23, 0);
    assert.equal(nextOpening(nights, sunday), sunday);
    assert.equal(nextOpening(nights, sunday + 6 * HOUR), sunday + 6 * HOUR);
    assert.equal(nextOpening(nights, sunday + 7 * HOUR), sunday + 7 * 24 * HOUR - HOUR);
  });
  it('open at their first minute and are shut at their last', () => {
    const day = vasp([3], 13 * 60, 14 * 60);
    assert.equal(nextOpening(day, NOW), NOW + HOUR);
    assert.equal(nextOpening(day, NOW + HOUR), NOW + HOUR);
    assert.equal(nextOpening(day, NOW + 2 * HOUR), NOW + HOUR + 7 * 24 * HOUR);
  });
});

describe('MM7: limits of HTTP', () => {
  it('answers 404 elsewhere and 405 to other methods', async () =>
    withMm7({}, async ({ port }) => {
      assert.equal((await ask(port, 'POST', '/other')).status, 404);
      const other = await ask(port, 'GET', '/mm7');
      assert.deepEqual([other.status, other.headers.allow], [405, 'POST']);
    }));

  it('refuses a body beyond the limit with 413 and 2004, whether its length is said or not', async () =>
    withMm7({ config: { bodyMax: 10_000 } }, async ({ port, script }) => {
      const body = Buffer.alloc(20_000, 0x20);
      const said = await postOctets(port, 'text/xml', body, { Authorization: BASIC, 'Content-Length': '20000' });
      assert.deepEqual([said.http, codeOf(said)], [413, 2004]);
      const chunked = await postOctets(port, 'text/xml', body, { Authorization: BASIC, 'Transfer-Encoding': 'chunked' });
      assert.deepEqual([chunked.http, codeOf(chunked)], [413, 2004]);
      assert.equal(script.submissions.length, 0);
    }));

  it('puts off with 503 and 4006 what is more than may be under way', async () =>
    withMm7({ config: { requestsInFlightMax: 0 } }, async ({ port }) => {
      const answer = await post(port, submitReq());
      assert.deepEqual([answer.http, codeOf(answer), answer.headers['retry-after']], [503, 4006, '5']);
    }));

  it('refuses a huge SOAP document with a small attachment', async () =>
    withMm7({}, async ({ port, script }) => {
      const answer = await post(port, submitReq({ subject: 'x'.repeat(LIMITS.mm7SoapOctetsMax) }));
      assert.deepEqual([answer.http, codeOf(answer)], [500, 4004]);
      assert.equal(script.submissions.length, 0);
    }));
});
