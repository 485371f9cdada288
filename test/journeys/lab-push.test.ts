/** The two sides of the laboratory's push, which share no code, against each other. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { silentLog, silentMeter, toMsisdn } from '#base';
import { listen } from '#endpoint/handset';
import { startLabPush } from '#endpoint/push';
import type { DeliveryKey, Notification } from '#messaging';

const HANDSETS = 50;
const PUSHES = 2_000;

const number = (i: number) => toMsisdn(`1555${1_000_000 + i}`)!;

const notification = (i: number): Notification => ({
  kind: 'notification',
  to: number(i % HANDSETS),
  version: '1.2',
  key: `key-${i}` as DeliveryKey,
  messageClass: 'personal',
  priority: 'normal',
  size: i,
  expirySeconds: 60,
  deliveryReport: false,
});

describe('lab push, server and handset', () => {
  it('carries every push to the handset it is for, many at once, and each is confirmed', async () => {
    const reachable = new Set<string>();
    const lab = await startLabPush(
      {
        listen: { host: 'localhost', port: 0 },
        contentUrl: 'http://mmsc.example/m',
        versionMax: '1.3',
        connectionsMax: 1,
        confirmTimeoutMs: 30_000,
      },
      { log: silentLog, meter: silentMeter, onReachable: (msisdn) => void reachable.add(msisdn) },
    );
    const got = new Map<string, string>();
    const listener = listen({
      host: lab.address.address,
      port: lab.address.port,
      msisdns: Array.from({ length: HANDSETS }, (_, i) => number(i)),
      onPush: ({ msisdn, pdu }) => {
        assert.ok(pdu.kind === 'm-notification-ind');
        got.set(pdu.transactionId, msisdn);
      },
    });
    await listener.ready;
    assert.equal(reachable.size, HANDSETS);
    const outcomes = await Promise.all(Array.from({ length: PUSHES }, (_, i) => lab.notifier.push(notification(i))));
    assert.ok(outcomes.every((it) => it.kind === 'accepted'));
    assert.equal(got.size, PUSHES);
    for (let i = 0; i < PUSHES; i++) assert.equal(got.get(`key-${i}`), number(i % HANDSETS));
    await listener.close();
    assert.equal((await lab.notifier.push(notification(0))).kind, 'deferred');
    await lab.close();
  });
});
