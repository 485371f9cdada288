/**
 * Far more submitters than capacity: each asks again at once when refused, so what is offered is whatever the generator's core can send.
 * Counts what is accepted against the best rate, how fast refusals come, and that retrievals go first.
 */
import { measureAccept } from './accept.js';
import { type Bench, httpLoad, RawConnection, runAlone } from './harness/index.js';
import { startMmsc } from './mmsc/program.js';
import { getRequest, isAccepted, sendTemplate } from './mmsc/requests.js';

const OCTETS = 260;
const CONNECTIONS_BEST = 64;
const CONNECTIONS_TOO_MANY = 1_000;
/** Nobody's content: answered with a retrieve.conf that says so, after the same look-up as for real content. */
const UNKNOWN_CONTENT = '/m/0aaaaaaaaaaaaaaaaaaaaa';
const DELIVERY_AFTER = 86_400;
/** Where the second measurement of the best rate begins to count: beyond all that the first can have sent. */
const AFTER_FROM = 10_000_000;

export const bench: Bench = {
  name: 'Overload',
  async run({ smoke }) {
    const seconds = smoke ? 0.5 : 8;
    const mmsc = await startMmsc();
    try {
      // Once before and once after: a machine that speeds up or slows down meanwhile must not pass for overload.
      const measureBest = (from: number) =>
        measureAccept(mmsc, { octets: OCTETS, connections: CONNECTIONS_BEST, seconds: seconds / 2, from });
      const before = await measureBest(0);
      const template = sendTemplate({
        octets: OCTETS,
        sender: '46702000003',
        recipient: '46701000003',
        deliveryTime: { kind: 'relative', seconds: DELIVERY_AFTER },
      });
      let next = 0;
      let done = false;
      let slowestGetMs = 0;
      const retriever = await RawConnection.open('127.0.0.1', mmsc.site.mm1Port);
      const retrievals = async (): Promise<void> => {
        while (!done) {
          const begun = performance.now();
          await retriever.request(getRequest(UNKNOWN_CONTENT, '46701000003'));
          slowestGetMs = Math.max(slowestGetMs, performance.now() - begun);
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
      };
      const watching = retrievals();
      const load = await httpLoad({
        port: mmsc.site.mm1Port,
        connections: smoke ? CONNECTIONS_BEST : CONNECTIONS_TOO_MANY,
        warmUpMs: smoke ? 0 : 2_000,
        durationMs: seconds * 1000,
        request: () => template.request(next++),
        accept: isAccepted,
      });
      done = true;
      await watching;
      retriever.close();
      const after = await measureBest(AFTER_FROM);
      const best = (before.perSecond + after.perSecond) / 2;
      const offered = (load.answers + load.failures) / load.seconds;
      return [
        {
          benchmark: `accept 260 octets, ${CONNECTIONS_BEST} connections`,
          figures: { 'accepted/s': best, 'before/s': before.perSecond, 'after/s': after.perSecond },
        },
        {
          benchmark: `the same, ${CONNECTIONS_TOO_MANY.toLocaleString('en')} connections that never wait, 512 under way at most`,
          figures: {
            'accepted/s': load.perSecond,
            'of best': `${Math.round((100 * load.perSecond) / best)} %`,
            'offered/s': offered,
            'refused at once/s': load.failures / load.seconds,
            'slowest GET ms': slowestGetMs,
          },
          reach: 'the accept rate near its best',
        },
      ];
    } finally {
      await mmsc.stop();
      await mmsc.site.remove();
    }
  },
};

await runAlone(bench, import.meta.url);
