/**
 * The relay of bench/mm7.ts: the MM7 endpoint, the domain and the embedded store on a folder of its own, as the program has them, without
 * anything else. Run as a program; prints its port.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog, silentMeter } from '#base';
import { directoryOf } from '#directory';
import { startMm7 } from '#endpoint/mm7';
import { createMessaging } from '#messaging';
import { openEmbeddedStore } from '#store/embedded';

const DAY = 86_400_000;
const PLAN = { countryCode: '46', nationalPrefix: '0', internationalPrefix: '00' };

const folder = mkdtempSync(join(tmpdir(), 'angarium-bench-mm7-'));
const store = await openEmbeddedStore({ folder, log: silentLog, meter: silentMeter });
const messaging = createMessaging(
  {
    messages: store.messages,
    handsets: store.handsets,
    notifier: { push: async () => ({ kind: 'accepted' }) },
    now: Date.now,
    monotonic: () => performance.now(),
    randomOctets: randomBytes,
    observe: () => {},
  },
  {
    numbering: PLAN,
    ownNumbers: ['4670'],
    sizeMax: 2_000_000,
    recipientsMax: 100,
    expiryDefaultMs: 3 * DAY,
    expiryMaxMs: 7 * DAY,
    deliveryTimeMaxMs: 7 * DAY,
    senderHidingAllowed: true,
    deliveryReportsAllowed: true,
    readReportsAllowed: true,
    pushRetryMs: [60_000],
    reportLifetimeMs: DAY,
    resubmissionWindowMs: 3_600_000,
    namedWindowMs: DAY,
    historyMs: 30 * DAY,
    retrieveBy: 'recipient',
    pushesInFlightMax: 50,
  },
);
const mm7 = await startMm7(
  {
    listen: { host: '127.0.0.1', port: 0 },
    path: '/mm7',
    jsonPath: '/vasp/v1',
    relayServerId: 'mmsc.example',
    bodyMax: 4_000_000,
    connectionsMax: 1000,
    headersTimeoutMs: 30_000,
    requestTimeoutMs: 60_000,
    keepAliveTimeoutMs: 60_000,
    requestsInFlightMax: 1000,
    bodyOctetsInFlightMax: 200_000_000,
  },
  {
    messaging,
    directory: directoryOf({
      vasp: [
        {
          name: 'acme',
          'vasp-id': 'acme',
          'short-codes': ['12345'],
          identification: { user: 'acme', passwords: ['password'] },
          limits: { 'rate-max': 100_000, 'burst-max': 1_000_000, 'connections-max': 1000 },
        },
      ],
    }),
    numbering: PLAN,
    history: (id) => store.messages.history(id),
    log: silentLog,
    meter: silentMeter,
    now: Date.now,
  },
);
console.log(`listening ${mm7.address.port}`);
process.once('SIGTERM', () => {
  void (async () => {
    await mm7.close();
    await messaging.stopWork();
    await store.close();
    rmSync(folder, { recursive: true, force: true });
    process.exit(0);
  })();
});
