/**
 * The relay of bench/mm7.ts: the MM7 endpoint, the domain and the embedded store on a folder of its own, as the program has them, without
 * anything else. Run as a program; prints its port.
 */
import { silentLog, silentMeter } from '#base';
import { directoryOf } from '#directory';
import { startMm7 } from '#endpoint/mm7';
import { openCore } from '../roads/core.js';

const PLAN = { countryCode: '46', nationalPrefix: '0', internationalPrefix: '00' };

const { messaging, store, close } = await openCore('mm7', {});
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
    await close();
    process.exit(0);
  })();
});
