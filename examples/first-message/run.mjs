/**
 * The first message, by itself: starts the program in a temporary folder on free ports, lets two handsets meet, and prints what passes
 * between them. Run it with `npm run build && node examples/first-message/run.mjs`.
 */
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { configOf, startMmsc } from '#app';
import { silentLog } from '#base';
import { toText } from '#codec/mms';
import { buildMessage, createHandset, listen, saveParts } from '#endpoint/handset';

const SENDER = '46700000001';
const RECIPIENT = '46700000002';

const folder = await mkdtemp(join(tmpdir(), 'angarium-example-'));
const config = configOf({
  data: { folder: join(folder, 'data') },
  mm1: { listen: '127.0.0.1:0' },
  push: { lab: { listen: '127.0.0.1:0' } },
  monitoring: { listen: '127.0.0.1:0' },
});
const program = await startMmsc(config, { log: silentLog });
const { mmsc, push } = program.addresses;
const handset = (msisdn) =>
  createHandset({ mmscUrl: mmsc, msisdn, identityHeader: 'x-msisdn', version: '1.2', userAgent: 'example', timeoutMs: 10_000 });
const [sender, recipient] = [handset(SENDER), handset(RECIPIENT)];
const show = (heading, pdu) => console.log(`--- ${heading}\n${toText(pdu)}\n`);

const pushes = [];
const bell = new EventTarget();
const listener = listen({
  ...push,
  msisdns: [SENDER, RECIPIENT],
  onPush({ msisdn, pdu }) {
    pushes.push({ msisdn, pdu });
    bell.dispatchEvent(new Event('push'));
  },
});
const pushed = async () => {
  while (pushes.length === 0) await once(bell, 'push');
  return pushes.shift().pdu;
};
const valueIn = (result) => {
  if (result.ok) return result.value;
  throw new Error(JSON.stringify(result.error));
};

try {
  await listener.ready;
  const picture = await readFile(new URL('courier.png', import.meta.url));
  const content = buildMessage({ text: 'neither snow nor rain', files: [{ name: 'courier.png', data: picture }] });
  const { pdu: conf } = valueIn(await sender.send({ to: [`+${RECIPIENT}`], subject: 'Hello', content, deliveryReport: true }));
  show('the sender is answered', conf);

  const notification = await pushed();
  show('the recipient is notified', notification);

  const { pdu: message } = valueIn(await recipient.fetchContent(notification.contentLocation));
  show('and fetches the message', message);
  const parts = valueIn(await saveParts(message, join(folder, 'received')));
  console.log(`saved: ${parts.map(({ path }) => basename(path)).join(', ')}\n`);
  valueIn(await recipient.notifyResp(notification.transactionId, 'retrieved'));

  show('the sender hears of it', await pushed());
} finally {
  await listener.close();
  await Promise.all([sender.close(), recipient.close()]);
  await program.close();
  await rm(folder, { recursive: true, force: true });
}
