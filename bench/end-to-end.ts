/** A message's whole road, 64 at a time: send, notification, GET at once, m-retrieve.conf, m-notifyresp.ind with its answer. */
import { encodePdu } from '#codec/mms';
import { listen } from '#endpoint/handset';
import { type Bench, Histogram, RawConnection, readUsage, runAlone } from './harness/index.js';
import { startMmsc } from './mmsc/program.js';
import { getRequest, isAccepted, postRequest, sendTemplate } from './mmsc/requests.js';

const IN_FLIGHT = 64;
const OCTETS = 260;
const SENDER = '46702000001';
/** A message that has not been notified within this time counts as failed. Unit: milliseconds. */
const PATIENCE_MS = 10_000;

const recipientOf = (slot: number): string => `4670100${String(slot).padStart(4, '0')}`;
/** First octet of an m-retrieve.conf that holds a message: its type; Retrieve-Status is absent or Ok. */
const isMessage = (status: number, body: Buffer): boolean =>
  status === 200 && body[0] === 0x8c && body[1] === 0x84 && !body.includes(ERROR_STATUS);
/** X-Mms-Retrieve-Status: permanent-message-not-found. */
const ERROR_STATUS = Buffer.from([0x9a, 0xe2]);

export const bench: Bench = {
  name: 'End to end',
  async run({ smoke }) {
    const seconds = smoke ? 1 : 10;
    const mmsc = await startMmsc();
    const pushes = Array.from(
      { length: IN_FLIGHT },
      (): ((key: { url: string; transactionId: string }) => void) | undefined => undefined,
    );
    const listener = listen({
      host: '127.0.0.1',
      port: mmsc.site.labPort,
      msisdns: Array.from({ length: IN_FLIGHT }, (_, slot) => recipientOf(slot)),
      onPush: ({ msisdn, pdu }) => {
        if (pdu.kind !== 'm-notification-ind') return;
        pushes[Number(msisdn.slice(-4))]?.({ url: pdu.contentLocation, transactionId: pdu.transactionId });
      },
    });
    await listener.ready;
    const latency = new Histogram();
    let counted = 0;
    let getFailures = 0;
    let otherFailures = 0;
    let counter = 0;

    const flow = async (slot: number, until: number, count: boolean): Promise<void> => {
      const recipient = recipientOf(slot);
      const template = sendTemplate({ octets: OCTETS, sender: SENDER, recipient });
      const sender = await RawConnection.open('127.0.0.1', mmsc.site.mm1Port);
      const receiver = await RawConnection.open('127.0.0.1', mmsc.site.mm1Port);
      while (performance.now() < until) {
        const begun = performance.now();
        const notified = new Promise<{ url: string; transactionId: string } | undefined>((resolve) => {
          const timer = setTimeout(() => resolve(undefined), PATIENCE_MS);
          pushes[slot] = (key) => {
            clearTimeout(timer);
            resolve(key);
          };
        });
        const accepted = await sender.request(template.request(counter++));
        const push = await notified;
        if (!isAccepted(accepted.status, accepted.body) || push === undefined) {
          otherFailures++;
          continue;
        }
        const content = await receiver.request(getRequest(new URL(push.url).pathname, recipient));
        if (!isMessage(content.status, content.body)) getFailures++;
        const answered = await receiver.request(
          postRequest(
            '/mms',
            recipient,
            encodePdu({ kind: 'm-notifyresp-ind', transactionId: push.transactionId, version: '1.2', status: 'retrieved' }),
          ),
        );
        if (answered.status !== 200) otherFailures++;
        if (!count) continue;
        counted++;
        latency.record((performance.now() - begun) * 1000);
      }
      sender.close();
      receiver.close();
    };
    const drive = (ms: number, count: boolean) =>
      Promise.all(Array.from({ length: IN_FLIGHT }, (_, slot) => flow(slot, performance.now() + ms, count)));

    try {
      await drive(seconds * 200, false);
      const before = readUsage(mmsc.pid);
      const begun = performance.now();
      await drive(seconds * 1000, true);
      const took = (performance.now() - begun) / 1000;
      const after = readUsage(mmsc.pid);
      return [
        {
          benchmark: `end to end, ${OCTETS} octets, ${IN_FLIGHT} in flight`,
          figures: {
            'rate/s': counted / took,
            'p50 ms': latency.percentile(50) / 1000,
            'p99 ms': latency.percentile(99) / 1000,
            'CPU µs/msg': ((after.cpuMs - before.cpuMs) * 1000) / Math.max(1, counted),
            'RSS MB': after.rssBytes / 1e6,
            failures: otherFailures,
          },
          reach: '3,000/s, p99 50 ms, 350 µs',
          baseline: 'Mbuni 212/s, p99 459 ms, 1,700 µs',
        },
        {
          benchmark: 'GET without delay after the push',
          figures: { 'rate/s': counted / took, failures: getFailures },
          reach: '0 failures',
          baseline: 'Mbuni: 83 % fail',
        },
      ];
    } finally {
      await listener.close();
      await mmsc.stop();
      await mmsc.site.remove();
    }
  },
};

await runAlone(bench, import.meta.url);
