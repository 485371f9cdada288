/**
 * One carrier under load at every door: a handset, a peer, a mail server and a content provider send and repeat until they are answered; what they
 * send is for a handset, a peer, a mailbox and a provider. Meanwhile something is done to the program. Then it is held to every answer it gave.
 */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTransport as mailTransport } from 'nodemailer';
import { decodeBody, leafParts, type MimeSource, readMessage } from '#codec/mime';
import { decodeMm4 } from '#codec/mm4';
import { dialectOf, type SubmitReq } from '#codec/mm7';
import { type Content, decodeParts } from '#codec/mms';
import { buildMessage, createHandset, createTransport, listen } from '#endpoint/handset';
import { callSoap, serveProvider } from '#endpoint/mm7';
import { startSmtpLabServer } from '#smtp';
import { type Program, startProgram } from '../../kit/program.js';
import { apply, makeCarrier } from './carriers.js';

const DOORS = ['mm1', 'mm4', 'mm3', 'mm7'] as const;
export type Door = (typeof DOORS)[number];

const ALICE = '46700000001';
const BOB = '46700000002';
const PEER_NUMBER = '46710000001';
const MAILBOX = 'friend@mail.example';
const CODE = '7777';
const PASSWORD = 'seven sevens';
const REL6 = dialectOf('REL-6-MM7-1-4');

/** Whom what comes in by a door is for, in turn: every road out, and nobody to whom that door does not lead. */
const TARGETS: Readonly<Record<Door, readonly string[]>> = {
  mm1: [PEER_NUMBER, MAILBOX, CODE],
  mm4: [BOB],
  mm3: [BOB],
  mm7: [BOB, PEER_NUMBER],
};
/** At each door. */
const SENDERS = 2;
/** Every fourth message is larger than what the store keeps in its rows; by mail with a picture, as mail's text is cut for phones. Unit: octets. */
const LARGE = 40_000;
const LARGE_EVERY = 4;
/** Between two messages, and before a repetition. Unit: milliseconds. */
const PAUSE_MS = 20;
/** After the last disturbance everything must have come within this time. Unit: milliseconds. */
const SETTLE_MS = 120_000;

/** What is done to the program, by what it is done with. */
export interface Hands {
  end(signal: NodeJS.Signals): Promise<void>;
  start(): Promise<void>;
  /** How many messages it has taken by each door. */
  accepted(): Readonly<Record<Door, number>>;
}

export interface Outcome {
  readonly accepted: Readonly<Record<Door, number>>;
  /** Requests that were not answered and had to be sent again. */
  readonly repeated: number;
  /** Messages that a far side was given more than once, under the same ids. */
  readonly repeatedOut: number;
  /** Accepted, and never where they were to go. */
  readonly missing: readonly string[];
  /** At one far side under two names: nobody could know them for one message. */
  readonly doubled: readonly string[];
  /** With other words than were written, or at somebody for whom they were not. */
  readonly wrong: readonly string[];
  /** Taken from the peer, and never answered to it (MM4_forward.RES). */
  readonly unanswered: readonly string[];
}

interface Letter {
  readonly marker: string;
  readonly target: string;
  readonly text: string;
  readonly isLarge: boolean;
}

const base64 = (octets: Buffer): readonly string[] => octets.toString('base64').match(/.{1,76}/g) ?? [];

/** A mail of text, with a picture of so many octets behind it or none; in base64, as lines of mail are bounded. */
function mailOf(head: readonly string[], text: string, picture = 0): Buffer {
  const written = [
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: base64',
    '',
    ...base64(Buffer.from(text)),
  ];
  const parts = [
    'Content-Type: multipart/mixed; boundary=b',
    '',
    '--b',
    ...written,
    '--b',
    'Content-Type: image/jpeg; name=a.jpg',
    'Content-Transfer-Encoding: base64',
    '',
    ...base64(Buffer.alloc(picture, 0x55)),
    '--b--',
  ];
  return Buffer.from([...head, 'MIME-Version: 1.0', ...(picture === 0 ? written : parts), ''].join('\r\n'));
}

const textsOfContent = (content: Content): readonly string[] => {
  const parts = decodeParts(content);
  assert.ok(parts.ok);
  return parts.value
    .filter(({ contentType }) => contentType.media === 'text/plain')
    .map(({ data }) => Buffer.from(data).toString());
};
const textsOfMail = (content: Uint8Array): readonly string[] => {
  const mail = readMessage(content);
  assert.ok(mail.ok);
  return leafParts(mail.value)
    .filter(({ part }) => part.type.media === 'text/plain')
    .map(({ part }) => Buffer.from(decodeBody(part)).toString());
};

/** What arrived where, and whether it is what was sent. */
class Arrivals {
  readonly letters = new Map<string, Letter>();
  /** By marker: names under which it came, and how often. */
  readonly names = new Map<string, Set<string>>();
  readonly times = new Map<string, number>();
  readonly wrong: string[] = [];

  /** `place`: who has got it. */
  came(place: string, name: string, texts: readonly string[]): void {
    const [text] = texts.map((it) => it.trimEnd()).filter((it) => it !== '');
    const marker = /^\[([^\]]*)\]/.exec(text ?? '')?.[1];
    const letter = marker === undefined ? undefined : this.letters.get(marker);
    if (letter === undefined || letter.target !== place || letter.text !== text) {
      this.wrong.push(`${marker} at ${place}`);
      return;
    }
    this.names.set(letter.marker, (this.names.get(letter.marker) ?? new Set()).add(name));
    this.times.set(letter.marker, (this.times.get(letter.marker) ?? 0) + 1);
  }
}

/** Runs the load while `disturb` does what it does; `disturb` ends with the program running. */
export async function loadDoors(disturb: (hands: Hands) => Promise<void>): Promise<Outcome> {
  const closing: (() => Promise<unknown>)[] = [];
  const arrivals = new Arrivals();
  const accepted = new Map<string, Door>();
  const answered = new Set<string>();
  let repeated = 0;
  let [sending, isOver] = [true, false];

  const peer = await startSmtpLabServer({
    onMail({ content }) {
      const mail = readMessage(content);
      const decoded = mail.ok ? decodeMm4(mail.value.fields) : undefined;
      assert.ok(decoded?.ok, 'what the peer gets is MM4');
      const { pdu } = decoded.value;
      if (pdu.kind === 'MM4_forward.RES' && pdu.status === 'Ok') answered.add(pdu.transactionId);
      if (pdu.kind === 'MM4_forward.REQ')
        arrivals.came(PEER_NUMBER, `${pdu.transactionId} ${pdu.messageId}`, textsOfMail(content));
      return undefined;
    },
  });
  const mailServer = await startSmtpLabServer({
    onMail({ content }) {
      const name = /^Message-ID: *(.*)$/im.exec(Buffer.from(content).toString('latin1'))?.[1];
      arrivals.came(MAILBOX, name ?? 'none', textsOfMail(content));
      return undefined;
    },
  });
  const provider = await serveProvider({
    listen: { host: '127.0.0.1', port: 0 },
    profile: 'good',
    onReceived({ message, transactionId, parts }) {
      if (message?.kind !== 'DeliverReq') return;
      const texts = parts
        .filter(({ contentType }) => contentType === 'text/plain')
        .map(({ data }) => Buffer.from(data).toString());
      arrivals.came(CODE, transactionId, texts);
    },
  });
  closing.push(
    () => peer.close(),
    () => mailServer.close(),
    () => provider.close(),
  );

  const site = await makeCarrier({
    name: 'north',
    own: '4670',
    mailPort: mailServer.port,
    sections: { messages: ['push-retry = ["1s"]'], program: ['stop-within = "60s"'] },
  });
  closing.push(() => site.remove());
  let program: Program = await startProgram(site);
  closing.push(() => program.end('SIGKILL'));
  await apply(
    site,
    `[[peer]]
name = "opb"
domains = ["mms.opb.example"]
hosts = ["127.0.0.1:${peer.port}"]
retry = ["1s"]
identification = { networks = ["127.0.0.1"] }
tls = { outgoing = "never" }
acknowledgement = { forward = false }
[[route]]
name = "to-opb"
match = { prefixes = ["4671"] }
result = { kind = "peer", peer = "opb" }
[[vasp]]
name = "seven"
vasp-id = "seven"
short-codes = ["${CODE}"]
identification = { user = "seven", passwords = ["${PASSWORD}"] }
delivery = { url = "${provider.url}", retry = ["1s"] }
[[route]]
name = "to-seven"
match = { short-codes = ["${CODE}"] }
result = { kind = "vasp", vasp = "seven" }
`,
  );

  const transport = createTransport({ connectionsMax: 64 });
  closing.push(() => transport.close());
  const handsetOf = (msisdn: string) =>
    createHandset(
      {
        mmscUrl: `http://127.0.0.1:${site.mm1Port}/mms`,
        msisdn,
        identityHeader: 'x-msisdn',
        version: '1.2',
        userAgent: 'journey',
        timeoutMs: 10_000,
      },
      transport,
    );
  const bob = handsetOf(BOB);
  const listener = listen({
    host: '127.0.0.1',
    port: site.labPort,
    msisdns: [BOB],
    onPush: async ({ pdu }) => {
      if (pdu.kind !== 'm-notification-ind') return;
      const fetched = await bob.fetchContent(pdu.contentLocation);
      // The program is down, or has nothing to give: it will tell us again.
      if (!fetched.ok || fetched.value.pdu.content === undefined || fetched.value.pdu.messageId === undefined) return;
      arrivals.came(BOB, fetched.value.pdu.messageId, textsOfContent(fetched.value.pdu.content));
      while (!isOver && !(await bob.notifyResp(pdu.transactionId, 'retrieved', true)).ok) await sleep(PAUSE_MS);
    },
  });
  await listener.ready;
  closing.push(() => listener.close());

  /** Whether SMTP took it. */
  const mailed = async (port: number, from: string, to: string, raw: Buffer): Promise<boolean> => {
    const mails = mailTransport({ host: '127.0.0.1', port, ignoreTLS: true });
    try {
      await mails.sendMail({ envelope: { from, to }, raw });
      return true;
    } catch (fault) {
      // Put off, reset or unanswered: all the same to a server that repeats.
      assert.ok(((fault as { responseCode?: number }).responseCode ?? 0) < 500, `refused for good: ${(fault as Error).message}`);
      return false;
    } finally {
      mails.close();
    }
  };

  /** One attempt at each door; true when it was answered with a promise. What is repeated is the same, octet for octet. */
  const KNOCK: Readonly<Record<Door, (letter: Letter) => Promise<boolean>>> = {
    async mm1({ marker, target, text }) {
      const answer = await handsetOf(ALICE).send({
        to: [target],
        content: buildMessage({ text, files: [] }),
        transactionId: marker,
      });
      return answer.ok && answer.value.pdu.messageId !== undefined;
    },
    mm4: ({ marker, target, text }) =>
      mailed(
        site.mm4Port,
        `+${PEER_NUMBER}/TYPE=PLMN@mms.opb.example`,
        `+${target}/TYPE=PLMN@${site.domain}`,
        mailOf(
          [
            `From: +${PEER_NUMBER}/TYPE=PLMN@mms.opb.example`,
            `To: +${target}/TYPE=PLMN@${site.domain}`,
            `Message-ID: <${marker}@mms.opb.example>`,
            'X-Mms-3GPP-MMS-Version: 6.10.0',
            'X-Mms-Message-Type: MM4_forward.REQ',
            `X-Mms-Transaction-ID: "${marker}"`,
            `X-Mms-Message-ID: "${marker}"`,
            'X-Mms-Ack-Request: Yes',
            'X-Mms-Originator-System: system-user@mms.opb.example',
          ],
          text,
        ),
      ),
    mm3: ({ marker, target, text, isLarge }) =>
      mailed(
        site.mm3Port,
        MAILBOX,
        `+${target}@${site.domain}`,
        mailOf(
          [`From: ${MAILBOX}`, `To: +${target}@${site.domain}`, `Message-ID: <${marker}@mail.example>`],
          text,
          isLarge ? LARGE : 0,
        ),
      ),
    async mm7({ marker, target, text }) {
      const request: SubmitReq = {
        kind: 'SubmitReq',
        version: '6.8.0',
        senderIdentification: { vaspId: 'seven', senderAddress: { kind: 'ShortCode', value: CODE } },
        recipients: { to: [{ kind: 'Number', value: `+${target}` }] },
      };
      const content: MimeSource = {
        kind: 'leaf',
        type: { media: 'text/plain', parameters: { charset: 'utf-8' } },
        data: Buffer.from(text),
      };
      const relay = {
        url: `http://127.0.0.1:${site.mm7Port}/mm7`,
        login: { method: 'basic', user: 'seven', password: PASSWORD },
        timeoutMs: 10_000,
      } as const;
      try {
        const { reading } = await callSoap(relay, marker, request, REL6, content);
        return reading?.message.kind === 'SubmitRsp' && reading.message.messageId !== undefined;
      } catch {
        return false;
      }
    },
  };

  const sender = async (door: Door, index: number): Promise<void> => {
    const targets = TARGETS[door];
    for (let n = 0; sending; n++) {
      const marker = `${door}-${index}-${n}`;
      const isLarge = n % LARGE_EVERY === 0;
      const text = `[${marker}] `.padEnd(isLarge && door !== 'mm3' ? LARGE : 100, 'letters');
      const letter = { marker, target: targets[n % targets.length]!, text, isLarge };
      arrivals.letters.set(marker, letter);
      while (!(await KNOCK[door](letter))) {
        repeated++;
        await sleep(PAUSE_MS);
      }
      accepted.set(marker, door);
      await sleep(PAUSE_MS);
    }
  };
  const counts = (): Readonly<Record<Door, number>> => {
    const all: Record<Door, number> = { mm1: 0, mm4: 0, mm3: 0, mm7: 0 };
    for (const door of accepted.values()) all[door]++;
    return all;
  };

  try {
    const senders = DOORS.flatMap((door) => Array.from({ length: SENDERS }, (_, index) => sender(door, index)));
    const hands: Hands = {
      end: (signal) => program.end(signal),
      async start() {
        program = await startProgram(site);
      },
      accepted: counts,
    };
    // Senders end when they are told; one that ends before has met what must not be.
    await Promise.race([disturb(hands), Promise.all(senders)]);
    sending = false;
    await Promise.all(senders);
    const missing = (): string[] =>
      [...accepted.keys()]
        .filter((marker) => !arrivals.names.has(marker))
        .map((it) => `${it} for ${arrivals.letters.get(it)?.target}`);
    const unanswered = (): string[] =>
      [...accepted].flatMap(([marker, door]) => (door === 'mm4' && !answered.has(marker) ? [marker] : []));
    const giveUpAt = performance.now() + SETTLE_MS;
    const isOpen = (): boolean => missing().length > 0 || unanswered().length > 0;
    while (arrivals.wrong.length === 0 && isOpen() && performance.now() < giveUpAt) await sleep(200);
    return {
      accepted: counts(),
      repeated,
      repeatedOut: [...arrivals.times.values()].filter((count) => count > 1).length,
      missing: missing(),
      doubled: [...arrivals.names]
        .filter(([, names]) => names.size > 1)
        .map(([marker, names]) => `${marker}: ${[...names].join(', ')}`),
      wrong: arrivals.wrong,
      unanswered: unanswered(),
    };
  } finally {
    [sending, isOver] = [false, true];
    for (const close of closing.reverse()) await close();
  }
}

export function assertKept(outcome: Outcome): void {
  for (const door of DOORS) assert.ok(outcome.accepted[door] > 0, `something must have been accepted by ${door}`);
  assert.deepEqual(outcome.missing, [], 'answered with a promise, never where it was to go');
  assert.deepEqual(outcome.doubled, [], 'one message under two names at one far side');
  assert.deepEqual(outcome.wrong, [], 'with other words, or at somebody else');
  assert.deepEqual(outcome.unanswered, [], 'taken from the peer and never answered to it');
}
