/** What stands behind every road of these benchmarks: the domain over the embedded store in a folder of its own, with its work, as the program has them. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startWorkPump } from '#app';
import { silentLog, silentMeter } from '#base';
import { createMessaging, type Messaging, type Ports } from '#messaging';
import { type EmbeddedStore, openEmbeddedStore } from '#store/embedded';

const DAY_MS = 86_400_000;

/** `store`: for what reads histories. `close`: after what feeds the domain has ended. */
export interface Core {
  readonly messaging: Messaging;
  readonly store: EmbeddedStore;
  close(): Promise<void>;
}

/** Numbers of 4670 are handsets here, whose bearer takes every push at once; `ports`: where the others go. */
export async function openCore(name: string, ports: Partial<Pick<Ports, 'router' | 'carriers' | 'observe'>>): Promise<Core> {
  const folder = mkdtempSync(join(tmpdir(), `angarium-bench-${name}-`));
  const store = await openEmbeddedStore({ folder, log: silentLog, meter: silentMeter });
  const messaging = createMessaging(
    {
      messages: store.messages,
      handsets: store.handsets,
      notifier: { push: async () => ({ kind: 'accepted' }) },
      now: Date.now,
      monotonic: () => performance.now(),
      randomOctets: (count) => new Uint8Array(randomBytes(count)),
      observe: () => {},
      ...ports,
    },
    {
      numbering: {},
      ownNumbers: ['4670'],
      sizeMax: 2_000_000,
      recipientsMax: 100,
      expiryDefaultMs: 3 * DAY_MS,
      expiryMaxMs: 7 * DAY_MS,
      deliveryTimeMaxMs: 7 * DAY_MS,
      senderHidingAllowed: true,
      deliveryReportsAllowed: true,
      readReportsAllowed: true,
      pushRetryMs: [DAY_MS],
      reportLifetimeMs: DAY_MS,
      resubmissionWindowMs: 0,
      historyMs: DAY_MS,
      retrieveBy: 'address',
      pushesInFlightMax: 50,
    },
  );
  const pump = startWorkPump({
    work: () => messaging.workDue(),
    stop: () => messaging.stopWork(),
    now: Date.now,
    log: silentLog,
  });
  store.messages.onDue(() => pump.wake());
  return {
    messaging,
    store,
    async close() {
      await pump.close();
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
