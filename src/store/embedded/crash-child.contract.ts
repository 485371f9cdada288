/** A process that accepts and changes messages without end and says what was acknowledged, one line each; made to be killed. */
import { silentLog, silentMeter } from '#base';
import type { Delivery, Message } from '#messaging';
import { aDelivery, aMessage } from '../../messaging/fixtures.contract.js';
import { openEmbeddedStore } from './open.js';

/** Content of a message is this octet over and over; the id says which. */
export const octetOf = (id: string): number => [...id].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) & 0xff, 7);

const [, script, folder, round] = process.argv;

async function run(): Promise<void> {
  const store = await openEmbeddedStore({
    folder: folder!,
    log: silentLog,
    meter: silentMeter,
    settings: { segmentOctets: 400_000, checkpointOctets: 300_000, compactionPauseMs: 0, handsetDelayMs: 1 },
  });
  let made = 0;
  const client = async (number: number): Promise<void> => {
    for (;;) {
      const id = `-----${round!.padStart(4, '0')}${String(number).padStart(3, '0')}${String(made++).padStart(10, '0')}`;
      const size = made % 3 === 0 ? 40_000 : 300;
      const message = aMessage({ id: id as Message['id'], size });
      const delivery = aDelivery(message, { key: `d${id.slice(1)}` as Delivery['key'] });
      await store.messages.accept(message, [new Uint8Array(size).fill(octetOf(id))], [delivery], [], []);
      process.stdout.write(`accepted ${id} ${size}\n`);
      if (made % 4 !== 0) continue;
      const { dueAt: _, ...rest } = delivery;
      const nothing = { newReports: [], reports: [], reportsDone: [], events: [] };
      // Said before: the change may have happened although the acknowledgement is lost with the process.
      process.stdout.write(`removing ${id}\n`);
      const ended: Delivery = { ...rest, state: 'retrieved', revision: 1 };
      await store.messages.change({ ...nothing, deliveries: [ended], contentRemoved: [message.id] });
      process.stdout.write(`removed ${id}\n`);
    }
  };
  await Promise.all(Array.from({ length: 16 }, (_, number) => client(number)));
}

if (script?.endsWith('crash-child.contract.js')) await run();
