/** A process that accepts messages without end, charges for them, and says what was acknowledged; made to be killed. */
import { join } from 'node:path';
import { silentLog, silentMeter, toMsisdn } from '#base';
import type { Address, Message, MessageId, MessagingEvent } from '#messaging';
import { diskRecordFiles, type Recorder, startRecorder } from '#store/charging';
import { type EmbeddedStore, openEmbeddedStore } from '#store/embedded';

const ALICE: Address = { kind: 'number', msisdn: toMsisdn('491510000001')! };

export const openStore = (folder: string): Promise<EmbeddedStore> =>
  openEmbeddedStore({ folder: join(folder, 'data'), log: silentLog, meter: silentMeter, logEvents: true });

/** Small files, so that closing them is in the way of the kill, too. */
export const openRecorder = (folder: string, { events }: EmbeddedStore): Promise<Recorder> =>
  startRecorder(
    {
      node: 'n1',
      ownDomain: 'mms.own.example',
      domainOfPeer: () => undefined,
      numbers: 'whole',
      formats: ['json', 'csv'],
      octetsMax: 100_000,
      ageMs: 600_000,
      gatherMs: 1,
      retryMs: 10,
    },
    { log: silentLog, meter: silentMeter, events: events!, files: diskRecordFiles(join(folder, 'cdr')), now: Date.now },
  );

async function run(folder: string, round: string): Promise<void> {
  const store = await openStore(folder);
  await openRecorder(folder, store);
  let made = 0;
  const client = async (): Promise<void> => {
    for (;;) {
      const id = `-----${round.padStart(4, '0')}${String(made++).padStart(13, '0')}` as MessageId;
      const message: Message = {
        id,
        origin: { interface: 'mm1', version: '1.2' },
        sender: ALICE,
        senderHidden: false,
        recipients: [],
        date: 1_000,
        messageClass: 'personal',
        priority: 'normal',
        deliveryReport: false,
        readReport: false,
        contentType: 'text/plain',
        size: 5,
        acceptedAt: 1_000,
        deliverAt: 1_000,
        expiresAt: 1_000_000,
        fingerprint: id,
      };
      const event: MessagingEvent = { kind: 'message-accepted', messageId: id, sender: ALICE, size: 5, recipients: 0, at: 1_000 };
      await store.messages.accept(message, [new Uint8Array(5)], [], [], [event]);
      process.stdout.write(`accepted ${id}\n`);
    }
  };
  await Promise.all(Array.from({ length: 8 }, client));
}

const [, script, folder, round] = process.argv;
if (script?.endsWith('charging-child.js')) await run(folder!, round!);
