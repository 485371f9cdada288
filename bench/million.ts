/** Acceptance beside a million stored messages: the rate against an empty store's, and the memory. */

import { measureAccept } from './accept.js';
import { type Bench, httpLoad, runAlone } from './harness/index.js';
import { startMmsc } from './mmsc/program.js';
import { isAccepted, sendTemplate } from './mmsc/requests.js';

const STORED = 1_000_000;
const STORED_SMOKE = 2_000;
const OCTETS = 260;
const CONNECTIONS = 64;

export const bench: Bench = {
  name: 'A million messages stored',
  async run({ smoke }) {
    const seconds = smoke ? 0.5 : 8;
    const wanted = smoke ? STORED_SMOKE : STORED;
    const first = await startMmsc();
    const { site } = first;
    try {
      const empty = await measureAccept(first, { octets: OCTETS, connections: CONNECTIONS, seconds, from: 0 });
      const template = sendTemplate({
        octets: OCTETS,
        sender: '46702000002',
        recipient: '46701000002',
        deliveryTime: { kind: 'relative', seconds: 86_400 },
      });
      let sent = 0;
      while (sent < wanted) {
        const load = await httpLoad({
          port: site.mm1Port,
          connections: CONNECTIONS,
          durationMs: smoke ? 200 : 5_000,
          request: () => template.request(sent++),
          accept: isAccepted,
        });
        if (load.failures > 0) throw new Error(`${load.failures} of the messages to be stored were refused`);
      }
      await first.stop();
      const second = await startMmsc(site);
      const full = await measureAccept(second, { octets: OCTETS, connections: CONNECTIONS, seconds, from: 50_000_000 });
      await second.stop();
      return [
        { benchmark: 'accept 260 octets, empty store', figures: empty.figures },
        {
          benchmark: `accept 260 octets, ${sent.toLocaleString('en')} messages stored`,
          figures: { ...full.figures, 'of empty': `${Math.round((100 * full.perSecond) / empty.perSecond)} %` },
          reach: '80 % of empty, RSS 400 MB',
        },
      ];
    } finally {
      await first.stop();
      await site.remove();
    }
  },
};

await runAlone(bench, import.meta.url);
