/**
 * A program under test: the domain over the embedded store with the MM4 endpoint, in a process of its own. Started by bench/mm4.ts. Arguments: port
 * of the peer `live`, port of the peer `dead`, octets of a picture, messages under way to `live` (0: none are made), messages a second to `dead`,
 * messages for `dead` that are accepted before it says that it is ready.
 */
import { randomBytes } from 'node:crypto';
import { silentLog, silentMeter, toMsisdn } from '#base';
import { makeContent } from '#codec/mms';
import { directoryOf } from '#directory';
import { openMm4 } from '#endpoint/mm4';
import type { MessagingEvent } from '#messaging';
import { openSmtpPool } from '#smtp';
import { openCore } from '../roads/core.js';

const [livePort, deadPort, octets, inFlight, deadPerSecond, backlog = 0] = process.argv.slice(2).map(Number) as [
  number,
  number,
  number,
  number,
  number,
];
const OURS = 'mms.opa.example';

const peer = (name: string, port: number, prefix: string) => ({
  name,
  domains: [`mms.${name}.example`],
  hosts: [`127.0.0.1:${port}`],
  identification: { networks: ['127.0.0.0/8'] },
  tls: { outgoing: 'never' },
  limits: { 'connections-out-max': 16, 'connections-in-max': 64, 'rate-in-max': 100_000, 'rate-out-max': 100_000 },
  acknowledgement: { forward: false },
  'sender-prefixes': [prefix],
});
const pool = openSmtpPool({ heloName: `mx.${OURS}` }, { log: silentLog });
const mm4 = openMm4(
  {
    listeners: [{ name: 'mm4', address: '127.0.0.1', port: 0, hostName: `mx.${OURS}`, limits: { connectsPerMinuteMax: 10_000 } }],
    domains: [OURS],
    refusalWaitMs: 5_000,
  },
  {
    directory: directoryOf({ peer: [peer('live', livePort, '4671'), peer('dead', deadPort, '4672')] }),
    pool,
    log: silentLog,
    meter: silentMeter,
    now: Date.now,
    isOurs: () => false,
  },
);
/** Told when a delivery to `live` has ended. */
let ended: () => void = () => {};
const core = await openCore('mm4', {
  router: {
    route({ recipient }) {
      const digits = recipient.kind === 'number' ? recipient.msisdn : '';
      const name = digits.startsWith('4671') ? 'live' : digits.startsWith('4672') ? 'dead' : undefined;
      return { kind: 'road', road: name === undefined ? { kind: 'handset' } : { kind: 'peer', peer: name } };
    },
  },
  carriers: { peer: mm4.carrier },
  observe(events: readonly MessagingEvent[]) {
    for (const event of events) if (event.kind === 'delivery-ended') ended();
  },
});
const { messaging } = core;
const listening = await mm4.listen(messaging);

const content = makeContent([{ contentType: { media: 'image/jpeg', parameters: {} }, data: randomBytes(octets) }], {
  media: 'application/vnd.wap.multipart.mixed',
  parameters: {},
});
let drawn = 0;

async function submit(digits: string): Promise<void> {
  const outcome = await messaging.submit({
    origin: { interface: 'mm1', version: '1.2' },
    sender: { kind: 'number', msisdn: toMsisdn('46700000001')! },
    recipients: [{ field: 'to', address: { kind: 'number', msisdn: toMsisdn(digits)! } }],
    messageClass: 'personal',
    priority: 'normal',
    deliveryReport: false,
    readReport: false,
    replyCharging: false,
    contentType: content.type.media,
    content: [content.octets],
    fingerprint: `message ${++drawn}`,
  });
  if (!outcome.ok) throw new Error(outcome.error.kind);
}

/** Submissions at once while the backlog is made. */
const FILLERS = 64;
let filled = 0;
await Promise.all(
  Array.from({ length: FILLERS }, async () => {
    while (filled++ < backlog) await submit('46720000001');
  }),
);

// As many under way as asked for: each end begins the next.
ended = () => void (inFlight > 0 && submit('46710000001'));
for (let i = 0; i < inFlight; i++) void submit('46710000001');
const TICK_MS = 50;
const ticker = setInterval(() => {
  for (let i = 0; i < (deadPerSecond * TICK_MS) / 1_000; i++) void submit('46720000001');
}, TICK_MS);

console.log(`listening ${listening.listeners[0]!.port}`);
process.once('SIGTERM', async () => {
  clearInterval(ticker);
  ended = () => {};
  await listening.close();
  await pool.close();
  await core.close();
  process.exit(0);
});
