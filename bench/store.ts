/**
 * The embedded store alone: acceptances of small and of large messages, each durable before it counts.
 *
 *     npm run build && node dist/bench/store.js [--folder DIR] [--small COUNT] [--large COUNT] [--stored COUNT]
 *
 * Rate, p50 and p99, CPU of the whole process for one message, and resident memory. `--stored` accepts that many small messages
 * first and then measures again: what a full store costs.
 */
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { silentLog, silentMeter, toMsisdn } from '#base';
import type { Delivery, Message, MessageId, MessageStore } from '#messaging';
import { openEmbeddedStore } from '#store/embedded';
import { type Bench, type Row, runAlone } from './harness/index.js';

const ALPHABET = '-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz';
const SMALL = 260;
const LARGE = 300 * 1024;

let random = randomBytes(1 << 20);
let used = 0;

/** 22 characters: 9 of time in milliseconds, 13 random. */
function newKey(): string {
  if (used + 13 > random.length) [random, used] = [randomBytes(1 << 20), 0];
  let time = Date.now();
  let text = '';
  for (let i = 0; i < 9; i++) {
    text = ALPHABET[time % 64] + text;
    time = Math.floor(time / 64);
  }
  for (let i = 0; i < 13; i++) text += ALPHABET[random[used++]! & 63];
  return text;
}

const number = (i: number) => ({ kind: 'number' as const, msisdn: toMsisdn(`49151${1_000_000 + (i % 1_000_000)}`)! });

function submission(i: number, size: number): { message: Message; delivery: Delivery } {
  const now = Date.now();
  const id = newKey() as MessageId;
  const recipient = number(i * 7 + 1);
  const message: Message = {
    id,
    origin: { interface: 'mm1', version: '1.2' },
    sender: number(i),
    senderHidden: false,
    recipients: [{ field: 'to', address: recipient }],
    date: now,
    subject: 'A picture from the holidays',
    messageClass: 'personal',
    priority: 'normal',
    deliveryReport: false,
    readReport: false,
    contentType: 'application/vnd.wap.multipart.related',
    size,
    acceptedAt: now,
    deliverAt: now,
    expiresAt: now + 259_200_000,
    fingerprint: `${newKey()}${newKey()}`.slice(0, 43),
  };
  const delivery: Delivery = {
    key: newKey() as Delivery['key'],
    messageId: id,
    recipientIndex: 0,
    recipient,
    state: 'due',
    dueAt: now,
    attempts: 0,
    revision: 0,
  };
  return { message, delivery };
}

async function accepted(store: MessageStore, i: number, content: readonly Uint8Array[]): Promise<Delivery> {
  const size = content[0]!.length;
  const { message, delivery } = submission(i, size);
  await store.accept(
    message,
    content,
    [delivery],
    [],
    [{ kind: 'message-accepted', messageId: message.id, sender: message.sender, at: message.acceptedAt, size, recipients: 1 }],
  );
  return delivery;
}

/** The changes of a message's whole way: notified, fetched, retrieved; the last one removes the content. */
async function settled(store: MessageStore, delivery: Delivery): Promise<void> {
  const { key, messageId, recipient } = delivery;
  const none = { newReports: [], reports: [], reportsDone: [], contentRemoved: [] };
  const at = Date.now();
  const about = { messageId, delivery: key, recipient, at };
  const notified: Delivery = { ...delivery, state: 'notified', attempts: 1, dueAt: at + 60_000, revision: 1 };
  const fetched: Delivery = { ...notified, state: 'fetched', fetchedAt: at, dueAt: at + 259_200_000, revision: 2 };
  const { dueAt: _, ...rest } = fetched;
  const ended: Delivery = { ...rest, state: 'retrieved', revision: 3 };
  const outcomes = [
    await store.change({
      ...none,
      deliveries: [notified],
      events: [{ kind: 'notification-pushed', ...about, attempt: 1 }],
    }),
    await store.change({
      ...none,
      deliveries: [fetched],
      events: [{ kind: 'content-fetched', ...about }],
    }),
    await store.change({
      ...none,
      deliveries: [ended],
      events: [
        { kind: 'delivery-ended', ...about, outcome: 'retrieved' },
        { kind: 'content-removed', messageId, at },
      ],
      contentRemoved: [messageId],
    }),
  ];
  if (outcomes.some((outcome) => outcome !== 'done')) throw new Error(`a change was ${outcomes}`);
}

/** Does `one` for `count` messages, `inFlight` at a time. */
async function measure(what: string, count: number, inFlight: number, one: (i: number) => Promise<unknown>): Promise<Row> {
  const times = new Float64Array(count);
  let next = 0;
  const client = async (): Promise<void> => {
    for (let i = next++; i < count; i = next++) {
      const startedAt = performance.now();
      await one(i);
      times[i] = performance.now() - startedAt;
    }
  };
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: inFlight }, client));
  const seconds = (performance.now() - startedAt) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  times.sort();
  const at = (share: number): number => times[Math.min(count - 1, Math.floor(count * share))]!;
  return {
    benchmark: what,
    figures: {
      'rate/s': count / seconds,
      'p50 ms': at(0.5),
      'p99 ms': at(0.99),
      'CPU µs/msg': (user + system) / count,
      'user µs/msg': user / count,
      'RSS MB': process.memoryUsage.rss() / 1e6,
    },
  };
}

const OPTIONS = {
  folder: { type: 'string' },
  small: { type: 'string', default: '50000' },
  large: { type: 'string', default: '2000' },
  stored: { type: 'string', default: '0' },
  json: { type: 'boolean' },
  smoke: { type: 'boolean' },
} as const;
const SMOKE = { small: '1000', large: '20' };

export const bench: Bench = {
  name: 'The embedded store alone',
  async run({ smoke }) {
    const wish = { ...parseArgs({ options: OPTIONS }).values, ...(smoke ? SMOKE : {}) };
    const [small, large, stored] = [Number(wish.small), Number(wish.large), Number(wish.stored)];
    const folder = wish.folder ?? fs.mkdtempSync(path.join(os.tmpdir(), 'angarium-bench-'));
    const store = await openEmbeddedStore({ folder, log: silentLog, meter: silentMeter });
    const rows: Row[] = [];
    try {
      const { messages } = store;
      const [smallContent, largeContent] = [[randomBytes(SMALL)], [randomBytes(LARGE)]];
      const acceptSmall = (i: number) => accepted(messages, i, smallContent);
      await measure('warm-up', Math.min(5_000, small), 64, acceptSmall);
      rows.push(await measure('accept 260 octets, 64 at a time', small, 64, acceptSmall));
      const waiting: Delivery[] = [];
      await measure('to be settled', small, 64, async (i) => {
        waiting[i] = await acceptSmall(i);
      });
      rows.push(await measure('three changes each, 64 at a time', small, 64, (i) => settled(messages, waiting[i]!)));
      if (large > 0)
        rows.push(await measure('accept 300 KB, 16 at a time', large, 16, (i) => accepted(messages, i, largeContent)));
      if (stored > 0) {
        rows.push(await measure(`fill with ${stored}`, stored, 512, acceptSmall));
        rows.push(await measure('accept 260 octets, 64 at a time, full', small, 64, acceptSmall));
      }
    } finally {
      await store.close();
      if (wish.folder === undefined) fs.rmSync(folder, { recursive: true });
    }
    return rows;
  },
};

await runAlone(bench, import.meta.url);
