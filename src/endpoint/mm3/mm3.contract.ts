/** MM3 on a bench for tests: the real domain on a memory store, listener and far side on loopback, dialogues that can be read. Not part of the program. */
import assert from 'node:assert/strict';
import { silentLog } from '#base';
import { type MimeEntity, readMessage } from '#codec/mime';
import { encodeMultipart } from '#codec/wsp';
import type { Submission } from '#messaging';
import {
  openSmtpPool,
  SmtpDialogue,
  type SmtpLabMail,
  type SmtpLabServer,
  type SmtpLabServerSettings,
  startSmtpLabServer,
} from '#smtp';
import { aRouter } from '../../messaging/carrier-double.contract.js';
import { aTestbed, type Testbed } from '../../messaging/testbed.contract.js';
import type { Mm3Directory, Mm3IncomingSettings, Mm3OutgoingSettings, Mm3Settings } from './settings.js';
import { createMm3Carrier, startMm3 } from './start.js';

export const DOMAIN = 'mms.example';
/** Large enough for every mail of the tests. */
const SIZE_MAX = 1_000_000;

export const SETTINGS: Mm3Settings = {
  domains: [DOMAIN],
  hostName: 'mmsc.example',
  numbering: { countryCode: '49', nationalPrefix: '0', internationalPrefix: '00' },
};

export interface Mm3Bed {
  readonly domain: Testbed;
  readonly far: SmtpLabServer;
  /** What the far side has taken. */
  readonly mails: readonly SmtpLabMail[];
  /**
   * A dialogue with our listener: lines behind `→ ` are said, those behind `| ` are content (the final dot is added), those behind `← ` must begin
   * the reply. Blanks in front of a line do not count.
   */
  play(script: string): Promise<void>;
  /** Takes in a mail by one dialogue and gives the answer to its content. */
  mail(lines: readonly string[], from?: string, ...to: readonly string[]): Promise<string>;
  /** Submits as a phone does, and does what is due. */
  send(overrides?: Partial<Submission>): Promise<string>;
}

export interface Mm3BedSettings {
  readonly incoming?: Partial<Mm3IncomingSettings>;
  readonly outgoing?: Partial<Mm3OutgoingSettings>;
  readonly directory?: Mm3Directory;
  readonly far?: SmtpLabServerSettings;
}

/** A message read, as an independent eye would: nothing of what made it is used. */
export function read(octets: Uint8Array): MimeEntity {
  const message = readMessage(octets);
  assert.ok(message.ok, message.ok ? '' : message.error.text);
  return message.value;
}

/** Content of one text. */
export const textContent = (text: string): Uint8Array =>
  encodeMultipart(
    [{ contentType: { media: 'text/plain', parameters: { charset: 'utf-8' } }, data: new TextEncoder().encode(text) }],
    {
      media: 'application/vnd.wap.multipart.mixed',
      parameters: {},
    },
  );

async function playOn(dialogue: SmtpDialogue, script: string): Promise<void> {
  let content = false;
  for (const line of script
    .split('\n')
    .map((one) => one.trimStart())
    .filter((one) => one !== '')) {
    const [mark, words] = [line.slice(0, 1), line.slice(2)];
    if (mark !== '|' && content) {
      dialogue.octets('.\r\n');
      content = false;
    }
    if (mark === '|') {
      dialogue.octets(`${words.startsWith('.') ? '.' : ''}${words}\r\n`);
      content = true;
    } else if (mark === '→') dialogue.say(words);
    else {
      const reply = (await dialogue.reply()) ?? 'the connection has ended';
      assert.ok(reply.startsWith(words), `expected ${words}, got ${reply}`);
    }
  }
}

/** Runs MM3 for the time of a test. */
export async function withMm3(settings: Mm3BedSettings, test: (bed: Mm3Bed) => Promise<void>): Promise<void> {
  const mails: SmtpLabMail[] = [];
  const far = await startSmtpLabServer({
    onMail(mail) {
      mails.push(mail);
      return undefined;
    },
    ...settings.far,
  });
  const pool = openSmtpPool({ heloName: SETTINGS.hostName }, { log: silentLog });
  const wanted: Mm3Settings = {
    ...SETTINGS,
    incoming: {
      listener: { name: 'mm3', address: '127.0.0.1', port: 0, hostName: SETTINGS.hostName },
      otherwise: 'accept',
      ...settings.incoming,
    },
    outgoing: { smarthost: { hosts: [{ host: '127.0.0.1', port: far.port }], tls: { mode: 'none' } }, ...settings.outgoing },
  };
  const clock = { now: () => 0 };
  const now = (): number => clock.now();
  const carrier = createMm3Carrier(wanted, { pool, now, log: silentLog });
  const domain = aTestbed({ sizeMax: SIZE_MAX, recipientsMax: 50 }, { router: aRouter(), carriers: { email: carrier } });
  clock.now = () => domain.now();
  const directory = settings.directory === undefined ? {} : { directory: settings.directory };
  const mm3 = await startMm3(wanted, { messaging: domain.messaging, pool, now, log: silentLog, ...directory }, carrier);
  const dial = (): Promise<SmtpDialogue> => SmtpDialogue.open({ port: mm3.listener!.port });
  try {
    await test({
      domain,
      far,
      mails,
      async play(script) {
        const dialogue = await dial();
        await playOn(dialogue, script);
        dialogue.close();
      },
      async mail(lines, from = 'ann@example.org', ...to) {
        const dialogue = await dial();
        const recipients = (to.length === 0 ? ['+491510000002@mms.example'] : to).map((one) => `→ RCPT TO:<${one}>\n← 250`);
        await playOn(
          dialogue,
          `← 220\n→ EHLO mx.example.org\n← 250\n→ MAIL FROM:<${from}>\n← 250\n${recipients.join('\n')}\n→ DATA\n← 354`,
        );
        dialogue.octets(Buffer.from(`${lines.join('\r\n')}\r\n.\r\n`, 'utf8'));
        const reply = await dialogue.reply();
        dialogue.close();
        return reply ?? 'the connection has ended';
      },
      async send(overrides = {}) {
        const { messageId } = await domain.accept({
          recipients: [{ field: 'to', address: { kind: 'email', mailbox: 'ann@example.org' } }],
          content: [textContent('hello')],
          ...overrides,
        });
        await domain.messaging.workDue();
        return messageId;
      },
    });
  } finally {
    await mm3.close(0);
    await pool.close(0);
    await far.close();
  }
}
