import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { silentLog, silentMeter, toMsisdn } from '#base';
import { encodeMultipart } from '#codec/wsp';
import { directoryOf } from '#directory';
import type { Address, Delivery, Handover, Message, OuterRoad, Recipient } from '#messaging';
import type { SmtpMail, SmtpPool } from '#smtp';

import { createCarrier } from './client.js';
import { createTelemetry } from './telemetry.js';

const numberOf = (digits: string): Address => ({ kind: 'number', msisdn: toMsisdn(digits)! });
const PEER = { name: 'hub', domains: ['mms.hub.example'], hosts: ['mx.hub.example'] };
const CONTENT = encodeMultipart(
  [{ contentType: { media: 'text/plain', parameters: {} }, data: new TextEncoder().encode('hello') }],
  { media: 'application/vnd.wap.multipart.mixed', parameters: {} },
);

/** The mail that is made of a message to recipients by these roads. */
async function mailTo(roads: readonly OuterRoad[], dialect = {}): Promise<{ readonly mail: SmtpMail; readonly text: string }> {
  const mails: SmtpMail[] = [];
  const pool = {
    async send(_: unknown, mail: SmtpMail) {
      mails.push(mail);
      return { recipients: mail.recipients.map(() => ({ kind: 'taken', reply: { code: 250, text: 'ok' } })) };
    },
  } as unknown as SmtpPool;
  const carrier = createCarrier(
    { listeners: [], domains: ['mms.opa.example'], refusalWaitMs: 1_000 },
    { directory: directoryOf({ peer: [{ ...PEER, dialect }] }), pool, now: () => 0 },
    createTelemetry({ log: silentLog, meter: silentMeter }),
  );
  const recipients: Recipient[] = roads.map((_, i) => ({ field: 'to', address: numberOf(`4671000000${i}`) }));
  const message = {
    id: 'm',
    sender: numberOf('46700000001'),
    recipients,
    date: 0,
    messageClass: 'personal',
    priority: 'normal',
    expiresAt: 1_000,
    deliveryReport: false,
    readReport: false,
    senderHidden: false,
  } as unknown as Message;
  const deliveries = roads.map((road, i) => ({ key: `k${i}`, road, recipient: recipients[i]!.address }) as unknown as Delivery);
  const handover: Handover = {
    road: roads[0]!,
    message,
    deliveries,
    transactionId: 'k0',
    attempt: 1,
    recipientsShown: recipients,
    content: CONTENT,
  };
  const outcomes = await carrier.handOver(handover);
  assert.deepEqual(
    outcomes.map(({ kind }) => kind),
    roads.map(() => 'taken'),
  );
  return { mail: mails[0]!, text: Buffer.concat(mails[0]!.pieces).toString('latin1') };
}

describe('a message to a peer with several domains behind it', () => {
  it('is addressed at the domain that each recipient’s route names, else at the peer’s first', async () => {
    const { mail, text } = await mailTo(
      [
        { kind: 'peer', peer: 'hub', domain: 'mms.opc.example' },
        { kind: 'peer', peer: 'hub' },
      ],
      { 'header-address': 'plmn-with-domain' },
    );
    assert.deepEqual(
      mail.recipients.map(({ address }) => address),
      ['+46710000000/TYPE=PLMN@mms.opc.example', '+46710000001/TYPE=PLMN@mms.hub.example'],
    );
    assert.match(text, /^To: \+46710000000\/TYPE=PLMN@mms\.opc\.example,\s+\+46710000001\/TYPE=PLMN@mms\.hub\.example\r$/m);
  });
});
