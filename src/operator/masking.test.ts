/** What viewers see of messages. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Client } from 'undici';
import { silentLog, silentMeter, toMsisdn } from '#base';
import type { MessageHistory } from '#messaging';
import { aDelivery, aMessage } from '../messaging/fixtures.contract.js';
import { maskedAddress } from './masking.js';
import { startOperatorApi } from './server.js';

describe('what viewers see', () => {
  it('are the last four digits of numbers, the domain of mailboxes, and short codes', () => {
    assert.equal(maskedAddress('+46700000001'), '+*******0001');
    assert.equal(maskedAddress('46700000001'), '*******0001');
    assert.equal(maskedAddress('eva.karlsson@mail.example'), 'e***@mail.example');
    assert.equal(maskedAddress('"a@b"@mail.example'), '"***@mail.example');
    assert.equal(maskedAddress('1234'), '1234');
    assert.equal(maskedAddress('12345'), '12345');
    assert.equal(maskedAddress('0701234567'), '******4567');
    assert.equal(maskedAddress(''), '');
  });

  it('is no whole number or mailbox of any message, whatever part of its history it stands in', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'angarium-masking-'));
    const sender = { kind: 'number', msisdn: toMsisdn('46700000001')! } as const;
    const recipient = { kind: 'email', mailbox: 'ola.person@mail.example' } as const;
    const message = aMessage({ sender, recipients: [{ field: 'to', address: recipient }] });
    const history: MessageHistory = {
      message,
      deliveries: [
        aDelivery(message, { recipient, reason: '550 no +46700000002 here, nor <ola.person@mail.example>, nor 4670002' }),
      ],
      reports: [],
      events: [
        { kind: 'message-accepted', messageId: message.id, sender, at: 1_000, size: 1234, recipients: 1 },
        {
          kind: 'notification-put-off',
          messageId: message.id,
          at: 1_100,
          delivery: 'd'.repeat(22) as never,
          recipient: sender,
          attempt: 1,
          reason: 'no 46700000003 here',
          retryAt: 1_200,
        },
      ],
    };
    const users = (['viewer', 'operator'] as const).map((role) => ({
      name: role,
      role,
      token: `${role}-token-that-is-long-enough`,
    }));
    const api = await startOperatorApi(
      { socket: join(folder, 's'), hosts: [], origins: [], tcp: { host: '127.0.0.1', port: 0, users } },
      {
        messages: { history: async () => history, list: async () => [message] },
        status: async () => assert.fail('nobody asks'),
        log: silentLog,
        meter: silentMeter,
      },
    );
    const client = new Client(`http://127.0.0.1:${api.tcp!.port}`);
    const ask = async (user: number, path: string): Promise<readonly [number, string]> => {
      const answer = await client.request({ method: 'GET', path, headers: { authorization: `Bearer ${users[user]!.token}` } });
      return [answer.statusCode, await answer.body.text()];
    };
    try {
      for (const path of ['/v1/messages', `/v1/messages/${message.id}`]) {
        const [status, text] = await ask(0, path);
        assert.equal(status, 200);
        assert.doesNotMatch(text, /4670000000|ola\.person|4670002/);
        assert.match(text, /0001/);
        assert.match((await ask(1, path))[1], /46700000001.*ola\.person/s);
      }
      for (const query of ['sender=46700000001', 'recipient=46700000001']) {
        assert.equal((await ask(0, `/v1/messages?${query}`))[0], 403);
        assert.equal((await ask(1, `/v1/messages?${query}`))[0], 200);
      }
      // Without a store of objects their resources say so.
      assert.equal((await ask(1, '/v1/peers'))[0], 503);
    } finally {
      await client.close();
      await api.close();
      rmSync(folder, { recursive: true });
    }
  });
});
