/**
 * A week of traffic on a simulated clock, through the real domain and the real embedded store: every message is pushed, fetched and confirmed,
 * but two in a hundred, which wait for handsets that never come. What counts is what is left on the disk, and that the last day is as fast
 * as the first.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog, silentMeter, toMsisdn } from '#base';
import { createMessaging, type Notification, type Policy } from '#messaging';
import { DEFAULT_SETTINGS, openEmbeddedStore } from '#store/embedded';
import { type Bench, type Row, runAlone } from './harness/index.js';

const DAYS = 7;
const DAY_MS = 86_400_000;
const PER_DAY = 12_000;
const PER_DAY_SMOKE = 300;
/** One in so many messages is never fetched. */
const KEPT_EVERY = 50;
const IN_FLIGHT = 64;
const SWEEPS_A_DAY = 24;
/** Octets of content, drawn in turn: text, small pictures, pictures. */
const SIZES = [400, 1_500, 12_000, 30_000, 90_000, 290_000];
const MEGABYTE = 1e6;

const policy: Policy = {
  numbering: {},
  ownNumbers: [''],
  sizeMax: 1 << 20,
  recipientsMax: 10,
  expiryDefaultMs: 30 * DAY_MS,
  expiryMaxMs: 30 * DAY_MS,
  deliveryTimeMaxMs: DAY_MS,
  senderHidingAllowed: true,
  deliveryReportsAllowed: true,
  readReportsAllowed: true,
  pushRetryMs: [2 * DAY_MS],
  reportLifetimeMs: DAY_MS,
  resubmissionWindowMs: 900_000,
  historyMs: DAY_MS,
  retrieveBy: 'recipient',
  pushesInFlightMax: 256,
};

/** Octets of all files below a folder. */
async function onDisk(folder: string): Promise<number> {
  let octets = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    // A file may go while we look.
    if (entry.isFile()) octets += (await stat(join(entry.parentPath, entry.name)).catch(() => ({ size: 0 }))).size;
  }
  return octets;
}

export const bench: Bench = {
  name: 'A week of simulated traffic, 2 % of messages kept',
  async run({ smoke }) {
    const perDay = smoke ? PER_DAY_SMOKE : PER_DAY;
    const folder = await mkdtemp(join(tmpdir(), 'angarium-week-'));
    const store = await openEmbeddedStore({ folder, log: silentLog, meter: silentMeter });
    let clock = Date.UTC(2026, 0, 5);
    const arrivals = new Map<string, (push: Notification) => void>();
    const messaging = createMessaging(
      {
        messages: store.messages,
        handsets: store.handsets,
        notifier: {
          async push(push) {
            if (push.kind === 'notification') arrivals.get(push.to)?.(push);
            return { kind: 'accepted' };
          },
        },
        now: () => clock,
        monotonic: () => performance.now(),
        randomOctets: randomBytes,
        observe: () => {},
      },
      policy,
    );
    let working = false;
    store.messages.onDue(() => {
      if (working) return;
      working = true;
      void messaging.workDue().finally(() => {
        working = false;
      });
    });

    let sent = 0;
    let failures = 0;
    const one = async (): Promise<void> => {
      const n = sent++;
      // A number for each message: a kept one is pushed again later, and must not be taken for another's notification.
      const recipient = toMsisdn(`4670${String(n).padStart(8, '0')}`)!;
      const kept = n % KEPT_EVERY === 0;
      const notified = new Promise<Notification>((resolve) => arrivals.set(recipient, resolve));
      const content = randomBytes(SIZES[n % SIZES.length]!);
      const outcome = await messaging.submit({
        origin: { interface: 'mm1', version: '1.2' },
        sender: { kind: 'number', msisdn: toMsisdn('46702000001')! },
        recipients: [{ field: 'to', address: { kind: 'number', msisdn: recipient } }],
        messageClass: 'personal',
        priority: 'normal',
        deliveryReport: false,
        readReport: false,
        replyCharging: false,
        contentType: 'application/vnd.wap.multipart.mixed',
        content: [content],
        fingerprint: `week:${n}`,
      });
      if (!outcome.ok) {
        failures++;
        return;
      }
      const { key } = await notified;
      arrivals.delete(recipient);
      if (kept) return;
      const retrieval = await messaging.retrieve(key, recipient);
      if (!retrieval.ok || !content.equals(retrieval.value.content)) failures++;
      const answered = await messaging.notificationAnswered({ key, by: recipient, status: 'retrieved' });
      if (!answered.ok) failures++;
    };

    const rates: number[] = [];
    let worst = { ratio: 0, segmentsMb: 0, boundMb: 0 };
    let peakMb = 0;
    const look = async (): Promise<void> => {
      const { segmentLive, segmentTotal } = store.diskUse();
      const bound = 2 * segmentLive + DEFAULT_SETTINGS.segmentOctets;
      if (segmentTotal / bound > worst.ratio) {
        worst = { ratio: segmentTotal / bound, segmentsMb: segmentTotal / MEGABYTE, boundMb: bound / MEGABYTE };
      }
      peakMb = Math.max(peakMb, (await onDisk(folder)) / MEGABYTE);
    };
    try {
      for (let day = 0; day < DAYS; day++) {
        const begun = performance.now();
        let left = perDay;
        const worker = async (): Promise<void> => {
          while (left > 0) {
            left--;
            clock += DAY_MS / perDay;
            await one();
          }
        };
        // As the program does it: one sweep at a time, now and then, beside the traffic.
        const sweeps = async (): Promise<void> => {
          while (left > 0) {
            const before = left;
            await messaging.housekeep();
            await look();
            while (left > 0 && before - left < perDay / SWEEPS_A_DAY) await new Promise((resolve) => setTimeout(resolve, 5));
          }
        };
        await Promise.all([sweeps(), ...Array.from({ length: IN_FLIGHT }, worker)]);
        rates.push(perDay / ((performance.now() - begun) / 1000));
      }
      const { database } = store.diskUse();
      const figures: Row['figures'] = {
        messages: sent,
        'first day/s': rates[0]!,
        'slowest day/s': Math.min(...rates),
        'last day/s': rates.at(-1)!,
        'segments MB': worst.segmentsMb,
        'their bound MB': worst.boundMb,
        'database MB': database / MEGABYTE,
        'folder peak MB': peakMb,
        failures,
      };
      const reach = 'segments within twice the live octets plus one segment; a steady rate';
      return [{ benchmark: `${DAYS} days of ${perDay.toLocaleString('en')} messages`, figures, reach }];
    } finally {
      await messaging.stopWork();
      await store.close();
      await rm(folder, { recursive: true, force: true });
    }
  },
};

await runAlone(bench, import.meta.url);
