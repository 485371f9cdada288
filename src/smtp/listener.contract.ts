/** What the tests of the listener share: one on loopback whose handler is told what to answer, and keeps what it was given. */
import type { Log, LogFields } from '#base';
import type { SmtpHandler, SmtpTransaction } from './handler.js';
import { SmtpDialogue, type SmtpDialogueSettings } from './laboratory/dialogue.js';
import { startSmtpListener } from './listener.js';
import type { SmtpListener } from './listener-port.js';
import type { SmtpListenerSettings } from './listener-settings.js';
import { REPLIES } from './reply.js';

export interface Taken {
  readonly transaction: SmtpTransaction<string>;
  readonly content: string;
}

export interface Testbed {
  readonly listener: SmtpListener;
  readonly taken: Taken[];
  /** Lines of the log, fields and all. */
  readonly log: string[];
  /** Milliseconds that the listener takes for the time. */
  time: { now: number };
  /** A dialogue behind the banner. */
  dial(settings?: Partial<SmtpDialogueSettings>): Promise<SmtpDialogue>;
  /** A dialogue behind EHLO. */
  greeted(): Promise<SmtpDialogue>;
}

/** Runs a listener for the time of a test. */
export async function withListener(
  settings: Partial<SmtpListenerSettings>,
  handler: Partial<SmtpHandler<string>>,
  test: (bed: Testbed) => Promise<void>,
): Promise<void> {
  const taken: Taken[] = [];
  const log: string[] = [];
  const time = { now: 1_000 };
  const note = (fields: LogFields, text: string): void => {
    log.push(`${text} ${JSON.stringify(fields, (_, value) => (value instanceof Error ? value.message : value))}`);
  };
  const asLog: Log = { debug: note, info: note, warn: note, error: note };
  const listener = await startSmtpListener<string>(
    { name: 'test', address: '127.0.0.1', port: 0, hostName: 'mms.here.example', ...settings },
    {
      log: asLog,
      now: () => time.now,
      handler: {
        identify: () => ({ peer: 'a', name: 'a' }),
        recipient: (_, { path }) => (path.domain === 'here.example' ? undefined : REPLIES.relayingDenied),
        async message(transaction, content) {
          taken.push({ transaction, content: Buffer.from(content).toString('latin1') });
          return REPLIES.accepted;
        },
        ...handler,
      },
    },
  );
  const dialogues: SmtpDialogue[] = [];
  const dial = async (more: Partial<SmtpDialogueSettings> = {}): Promise<SmtpDialogue> => {
    const dialogue = await SmtpDialogue.open({ port: listener.port, ...more });
    dialogues.push(dialogue);
    return dialogue;
  };
  const greeted = async (): Promise<SmtpDialogue> => {
    const dialogue = await dial();
    await dialogue.reply();
    await dialogue.ask('EHLO peer.example');
    return dialogue;
  };
  try {
    await test({ listener, taken, log, time, dial, greeted });
  } finally {
    for (const it of dialogues) it.reset();
    await listener.close(0);
  }
}
