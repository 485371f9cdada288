/**
 * kill -9 under load: senders repeat a message until it is answered, as handsets do; recipients fetch what they are told of; the program is
 * killed at random moments and started again on the same folder. Whoever was answered Ok is then held to it.
 */
import { createHash, randomInt } from 'node:crypto';
import { decodeParts, decodePdu, encodePdu, makeContent, plmn, RESPONSE_STATUS } from '#codec/mms';
import { createHandset, createTransport, type Handset, listen, type ReceivedPush } from '#endpoint/handset';
import { makeSite, startProgram } from '../../kit/program.js';

const SENDERS = 12;
const RECIPIENTS = 20;
/** Every fifth body is larger than what the store keeps in its rows. Unit: octets. */
const LARGE_BODY = 60_000;
const LARGE_EVERY = 5;
/** The program lives this long between two kills. Unit: milliseconds. */
const LIFE_MS = [300, 1_500] as const;
/** After the last start everything must arrive within this time. Unit: milliseconds. */
const SETTLE_MS = 60_000;

export interface Outcome {
  readonly rounds: number;
  /** Messages answered Ok, and their deliveries. */
  readonly accepted: number;
  readonly owed: number;
  /** Requests that had to be sent again because no answer or a transient one came. */
  readonly repeated: number;
  /** Owed, never received. */
  readonly missing: readonly string[];
  /** One body, one recipient, two message ids. */
  readonly doubled: readonly string[];
  /** Received with other octets than were sent, or by somebody it was not for. */
  readonly wrong: readonly string[];
}

interface Sent {
  readonly digest: string;
  readonly recipients: readonly string[];
}

const recipientNumber = (index: number): string => `4670100${String(index).padStart(4, '0')}`;
const digestOf = (octets: Uint8Array): string => createHash('sha256').update(octets).digest('hex');
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export async function killRounds(rounds: number): Promise<Outcome> {
  const site = await makeSite({ messages: ['push-retry = ["1s"]'] });
  const transport = createTransport({ connectionsMax: 64 });
  const handset = (msisdn: string): Handset =>
    createHandset(
      {
        mmscUrl: `http://127.0.0.1:${site.mm1Port}/mms`,
        msisdn,
        identityHeader: 'x-msisdn',
        version: '1.2',
        userAgent: 'journey',
        timeoutMs: 5_000,
      },
      transport,
    );

  const sent = new Map<string, Sent>();
  const accepted = new Set<string>();
  const received = new Map<string, Set<string>>();
  const wrong: string[] = [];
  let repeated = 0;
  let sending = true;

  const sender = async (index: number): Promise<void> => {
    const phone = handset(`4670200${String(index).padStart(4, '0')}`);
    for (let n = 0; sending; n++) {
      const marker = `m-${index}-${n}`;
      const recipients = [...new Set(Array.from({ length: randomInt(1, 4) }, () => recipientNumber(randomInt(RECIPIENTS))))];
      const body = new Uint8Array(n % LARGE_EVERY === 0 ? LARGE_BODY : 200).fill(n % 251);
      const text = new TextEncoder().encode(marker);
      const content = makeContent(
        [
          { contentType: { media: 'text/plain', parameters: { charset: 'utf-8' } }, headers: [], data: text },
          { contentType: { media: 'application/octet-stream', parameters: {} }, headers: [], data: body },
        ],
        { media: 'application/vnd.wap.multipart.mixed', parameters: {} },
      );
      sent.set(marker, { digest: digestOf(body), recipients });
      const octets = encodePdu({
        kind: 'm-send-req',
        // Short ones repeat across messages and senders, as real ones do.
        transactionId: `T${n % 7}`,
        version: '1.2',
        from: { kind: 'insert-address' },
        to: recipients.map(plmn),
        cc: [],
        bcc: [],
        content,
      });
      for (;;) {
        const answer = await phone.post(octets);
        if (answer.ok && answer.value.status === 200) {
          const conf = decodePdu(answer.value.body);
          if (conf.ok && conf.value.kind === 'm-send-conf' && conf.value.responseStatus === OK) break;
        }
        repeated++;
        await pause(50);
      }
      accepted.add(marker);
    }
  };

  const onPush = async (push: ReceivedPush): Promise<void> => {
    if (push.pdu.kind !== 'm-notification-ind') return;
    const phone = handset(push.msisdn);
    const answer = await phone.fetchContent(push.pdu.contentLocation);
    if (!answer.ok) return; // the program is down; it will tell us again
    const { pdu } = answer.value;
    if (pdu.content === undefined) return; // an error retrieve.conf
    const parts = decodeParts(pdu.content);
    const [text, body] = parts.ok ? parts.value : [];
    if (pdu.messageId === undefined || text === undefined || body === undefined) return; // an error's empty multipart
    const marker = new TextDecoder().decode(text.data);
    const original = sent.get(marker);
    if (original === undefined || original.digest !== digestOf(body.data) || !original.recipients.includes(push.msisdn)) {
      wrong.push(`${marker} at ${push.msisdn}`);
    }
    const key = `${marker} at ${push.msisdn}`;
    received.set(key, (received.get(key) ?? new Set()).add(pdu.messageId));
    await phone.notifyResp(push.pdu.transactionId, 'retrieved');
  };

  let program = await startProgram(site);
  const fleet = listen({
    host: '127.0.0.1',
    port: site.labPort,
    msisdns: Array.from({ length: RECIPIENTS }, (_, index) => recipientNumber(index)),
    onPush,
  });
  try {
    await fleet.ready;
    const senders = Array.from({ length: SENDERS }, (_, index) => sender(index));
    for (let round = 0; round < rounds; round++) {
      await pause(randomInt(LIFE_MS[0], LIFE_MS[1]));
      await program.end('SIGKILL');
      program = await startProgram(site);
    }
    await pause(LIFE_MS[1]);
    sending = false;
    await Promise.all(senders);
    const owed = [...accepted].flatMap((marker) => sent.get(marker)!.recipients.map((recipient) => `${marker} at ${recipient}`));
    const giveUpAt = performance.now() + SETTLE_MS;
    while (performance.now() < giveUpAt && owed.some((key) => !received.has(key))) await pause(100);
    return {
      rounds,
      accepted: accepted.size,
      owed: owed.length,
      repeated,
      missing: owed.filter((key) => !received.has(key)),
      doubled: [...received].filter(([, ids]) => ids.size > 1).map(([key, ids]) => `${key}: ${[...ids].join(', ')}`),
      wrong,
    };
  } finally {
    sending = false;
    await fleet.close();
    await program.end('SIGKILL');
    await transport.close();
    await site.remove();
  }
}

const OK = Number(Object.entries(RESPONSE_STATUS).find(([, row]) => row.name === 'Ok')![0]);
