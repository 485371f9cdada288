/**
 * kill -9 of carriers between which messages flow both ways over MM4: senders repeat a message until it is answered, recipients fetch what they are
 * told of, and now the one, now the other program is killed and started again on the same folder. Then everybody is held to what he has said.
 */
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readLine } from '#charging';
import { buildMessage, createHandset, createTransport, type Listener, listen } from '#endpoint/handset';
import { OperatorClient } from '#operator';
import { type Program, startProgram } from '../../kit/program.js';
import {
  apply,
  type CarrierSite,
  chargingLines,
  chargingRecords,
  digestsOf,
  makeCarrier,
  peerObjects,
  sha256,
} from './carriers.js';

/** On each side. */
const SENDERS = 3;
const RECIPIENTS = 5;
/** Every fourth text is larger than what the store keeps in its rows. Unit: letters. */
const LARGE_TEXT = 40_000;
const LARGE_EVERY = 4;
/** A carrier lives this long between two kills. Unit: milliseconds. */
const LIFE_MS = [300, 1_200] as const;
/** After the last start everything must have come within this time. Unit: milliseconds. */
const SETTLE_MS = 120_000;

export interface Outcome {
  readonly kills: number;
  readonly accepted: number;
  /** Requests that had to be sent again. */
  readonly repeated: number;
  /** Accepted, and never at the recipient. */
  readonly missing: readonly string[];
  /** One message at one recipient under two ids. */
  readonly doubled: readonly string[];
  /** Other octets than were sent, or somebody it was not for. */
  readonly wrong: readonly string[];
  /** Accepted, and no delivery report at its sender. */
  readonly unreported: readonly string[];
  /** Messages of which the sending carrier has not heard the other's answer (MM4_forward.RES). */
  readonly unanswered: readonly string[];
  /** Charging records that are not there, by message and name. */
  readonly uncharged: readonly string[];
  /** Charging records that are there twice, or out of sequence. */
  readonly chargedTwice: readonly string[];
}

interface Side {
  readonly site: CarrierSite;
  readonly prefix: string;
  program: Program;
}

const numberOf = (prefix: string, index: number): string => `${prefix}${String(index).padStart(7, '0')}`;

/** `kills`: how often a carrier is killed, one or the other. */
export async function killCarriers(kills: number): Promise<Outcome> {
  const sections = { messages: ['push-retry = ["1s"]'] };
  const transport = createTransport({ connectionsMax: 64 });
  const make = async (name: string, prefix: string): Promise<Side> => {
    const site = await makeCarrier({ name, own: prefix, sections });
    return { site, prefix, program: await startProgram(site) };
  };
  const [north, south] = [await make('north', '4670'), await make('south', '4673')];
  const sides = [north, south] as const;
  const listeners: Listener[] = [];
  const clients = new Map<Side, OperatorClient>();
  /** By text: its digest and recipient. */
  const sent = new Map<string, { readonly digest: string; readonly recipient: string }>();
  /** By text: id at the sending carrier. */
  const accepted = new Map<string, { readonly id: string; readonly from: Side }>();
  /** Texts by digest. */
  const texts = new Map<string, string>();
  const received = new Map<string, Set<string>>();
  const reported = new Set<string>();
  const wrong: string[] = [];
  let repeated = 0;
  let [sending, isOver] = [true, false];

  const handsetOf = ({ site }: Side, msisdn: string) =>
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

  const sender = async (side: Side, far: Side, index: number): Promise<void> => {
    const phone = handsetOf(side, numberOf(side.prefix, 100 + index));
    for (let n = 0; sending; n++) {
      const marker = `${side.site.name} ${index} ${n}`;
      const text = marker.padEnd(n % LARGE_EVERY === 0 ? LARGE_TEXT : 100, ' letter');
      const digest = sha256(Buffer.from(text));
      const recipient = numberOf(far.prefix, randomInt(RECIPIENTS));
      sent.set(marker, { digest, recipient });
      texts.set(digest, marker);
      // A repetition is the same message: the same transaction, the same octets.
      const wish = {
        to: [recipient],
        content: buildMessage({ text, files: [] }),
        transactionId: marker.replaceAll(' ', '-'),
        deliveryReport: true,
      };
      for (;;) {
        const answer = await phone.send(wish);
        const id = answer.ok ? answer.value.pdu.messageId : undefined;
        if (id !== undefined) {
          accepted.set(marker, { id, from: side });
          break;
        }
        repeated++;
        await sleep(50);
      }
      await sleep(20);
    }
  };

  const listenAt = (side: Side): Listener =>
    listen({
      host: '127.0.0.1',
      port: side.site.labPort,
      msisdns: [
        ...Array.from({ length: RECIPIENTS }, (_, index) => numberOf(side.prefix, index)),
        ...Array.from({ length: SENDERS }, (_, index) => numberOf(side.prefix, 100 + index)),
      ],
      onPush: async ({ pdu, msisdn }) => {
        if (pdu.kind === 'm-delivery-ind' && pdu.status === 'retrieved') reported.add(pdu.messageId);
        if (pdu.kind !== 'm-notification-ind') return;
        const phone = handsetOf(side, msisdn);
        const fetched = await phone.fetchContent(pdu.contentLocation);
        // The program is down, or has nothing to give: it will tell us again.
        if (!fetched.ok || fetched.value.pdu.content === undefined || fetched.value.pdu.messageId === undefined) return;
        const digests = digestsOf(fetched.value.pdu.content);
        const marker = digests.map((digest) => texts.get(digest)).find((it) => it !== undefined);
        if (marker === undefined || sent.get(marker)!.recipient !== msisdn) wrong.push(`${marker} at ${msisdn}`);
        else received.set(marker, (received.get(marker) ?? new Set()).add(fetched.value.pdu.messageId));
        // Fetched is told once and not again: what the recipient says of it is repeated until somebody has heard it.
        while (!isOver && !(await phone.notifyResp(pdu.transactionId, 'retrieved', true)).ok) await sleep(50);
      },
    });

  try {
    await apply(north.site, peerObjects(south.site, '4673'));
    await apply(south.site, peerObjects(north.site, '4670'));
    listeners.push(...sides.map(listenAt));
    for (const listener of listeners) await listener.ready;
    const senders = [[north, south] as const, [south, north] as const].flatMap(([side, far]) =>
      Array.from({ length: SENDERS }, (_, index) => sender(side, far, index)),
    );
    for (let kill = 0; kill < kills; kill++) {
      await sleep(randomInt(LIFE_MS[0], LIFE_MS[1]));
      const side = sides[kill < 2 ? kill : randomInt(2)]!;
      await side.program.end('SIGKILL');
      side.program = await startProgram(side.site);
    }
    await sleep(LIFE_MS[1]);
    sending = false;
    await Promise.all(senders);

    const giveUpAt = performance.now() + SETTLE_MS;
    const settled = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
      while (!(await holds()) && performance.now() < giveUpAt) await sleep(200);
    };
    for (const side of sides) clients.set(side, new OperatorClient({ socket: join(side.site.data, 'operator.sock') }));
    await settled(() => [...accepted].every(([marker, { id }]) => received.has(marker) && reported.has(id)));
    const unanswered = async (): Promise<string[]> => {
      const open = [];
      for (const [marker, { id, from }] of accepted) {
        const history = await clients.get(from)!.message(id);
        assert.ok(history.ok);
        const { events, reports } = history.value;
        if (reports.length > 0 || !events.some(({ kind, verdict }) => kind === 'handover-answered' && verdict === 'accepted'))
          open.push(`${marker}: ${events.map(({ kind }) => kind).join(' ')}`);
      }
      return open;
    };
    let open = await unanswered();
    await settled(async () => {
      if (open.length > 0) open = await unanswered();
      return open.length === 0;
    });
    const unreported: string[] = [];
    const tell = async (side: Side, id: string): Promise<string> => {
      const history = await clients.get(side)!.message(id);
      if (!history.ok) return history.error.text;
      return [...history.value.events, ...history.value.reports].map((it) => JSON.stringify(it)).join('\n');
    };
    for (const [marker, { id, from }] of accepted) {
      if (reported.has(id)) continue;
      const far = await Promise.all(
        [...(received.get(marker) ?? [])].map((farId) => tell(from === north ? south : north, farId)),
      );
      unreported.push([`${marker}, where it was sent`, await tell(from, id), 'and where it was received', ...far].join('\n'));
    }
    const missing: string[] = [];
    for (const [marker, { id, from }] of accepted) {
      if (received.has(marker)) continue;
      const far = from === north ? south : north;
      const there = await unfetched(clients.get(far)!, sent.get(marker)!.recipient, received);
      const told = await Promise.all(there.map((farId) => tell(far, farId)));
      missing.push(
        [`${marker}, where it was sent`, await tell(from, id), 'and what nobody has fetched there', ...told].join('\n'),
      );
    }
    const missingRecords = (): string[] =>
      sides.flatMap((side) => {
        const far = side === north ? south : north;
        const mine = [...accepted].filter(([, { from }]) => from === side);
        const ids = mine.map(([, { id }]) => id);
        const farIds = mine.flatMap(([marker]) => [...(received.get(marker) ?? [])]);
        return [...uncharged(side.site, ids, ORIGINATOR), ...uncharged(far.site, farIds, RECIPIENT)];
      });
    await settled(() => missingRecords().length === 0);
    return {
      kills,
      accepted: accepted.size,
      repeated,
      missing,
      doubled: [...received].filter(([, ids]) => ids.size > 1).map(([marker, ids]) => `${marker}: ${[...ids].join(', ')}`),
      wrong,
      unreported,
      unanswered: open,
      uncharged: missingRecords(),
      chargedTwice: sides.flatMap(({ site }) => chargedTwice(site)),
    };
  } finally {
    sending = false;
    isOver = true;
    for (const listener of listeners) await listener.close();
    for (const client of clients.values()) await client.close();
    for (const { program, site } of sides) {
      await program.end('SIGKILL');
      await site.remove();
    }
    await transport.close();
  }
}

/** A recipient's messages that no handset has fetched. */
async function unfetched(
  client: OperatorClient,
  recipient: string,
  received: ReadonlyMap<string, ReadonlySet<string>>,
): Promise<string[]> {
  const fetched = new Set([...received.values()].flatMap((ids) => [...ids]));
  const found: string[] = [];
  let before: string | undefined;
  for (;;) {
    const page = await client.messages({ recipient, limit: 200, ...(before !== undefined && { before }) });
    if (!page.ok) return [...found, page.error.text];
    found.push(...page.value.messages.map(({ id }) => id).filter((id) => !fetched.has(id)));
    before = page.value.before;
    if (before === undefined) return found;
  }
}

/** That nothing was lost, doubled or changed, that everybody was told, and that each event is charged once. */
export function assertKept(outcome: Outcome): void {
  assert.ok(outcome.accepted > 0, 'something must have been accepted');
  assert.deepEqual(outcome.missing, [], "answered Ok, never at the other carrier's handset");
  assert.deepEqual(outcome.doubled, [], 'one message delivered as two');
  assert.deepEqual(outcome.wrong, [], 'delivered with other octets, or to somebody else');
  assert.deepEqual(outcome.unreported, [], 'delivered, and no report at the sender');
  assert.deepEqual(outcome.unanswered, [], 'the answer to a message between the carriers, or a report, is lost');
  assert.deepEqual(outcome.uncharged, [], 'a charging record is missing, or is made twice for one event');
  assert.deepEqual(outcome.chargedTwice, [], 'a charging record is written twice, or out of sequence');
}

/** Once for each message with one recipient: submission, MM4 forward and its answer, the two delivery reports. */
const ORIGINATOR = ['MMO1S', 'MMO4FRq', 'MMO4FRs', 'MMO4D', 'MMO1D'] as const;
const RECIPIENT = ['MMR4F', 'MMR4DRq'] as const;

/** Names of records that these messages have not, or have more than once. */
function uncharged(site: CarrierSite, ids: readonly string[], names: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const { recordName, messageID } of chargingRecords(site)) {
    const key = `${recordName} of ${messageID}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return ids.flatMap((id) =>
    names
      .map((name) => `${name} of ${id}`)
      .flatMap((key) => (counts.get(key) === 1 ? [] : [`${site.name}: ${key}: ${counts.get(key) ?? 0}`])),
  );
}

/** Ids that two lines have, and lines whose number is not one more than that of the line before. */
function chargedTwice(site: CarrierSite): string[] {
  return (['jsonl', 'csv'] as const).flatMap((kind) => {
    const seen = new Set<string>();
    return chargingLines(site, kind).flatMap((line, i) => {
      const place = readLine(line, kind === 'csv' ? 'csv' : 'json');
      if (place === undefined) return [`${site.name}: no record: ${line.slice(0, 100)}`];
      const isNew = !seen.has(place.id);
      seen.add(place.id);
      return isNew && place.sequence === i + 1 ? [] : [`${site.name} ${kind}: ${place.id} as ${place.sequence} in line ${i + 1}`];
    });
  });
}
