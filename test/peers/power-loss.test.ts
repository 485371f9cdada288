// Needs: strace
/**
 * Power loss, tried on the real program: strace records every file and socket call of it under load; then (1) each m-send.conf with Ok must
 * come after the flush of every file that holds its message, and (2) the folder, rebuilt as it could look after the power failed at a random
 * moment with the unflushed dropped, torn or reordered, must open and hold every message that had been answered by then.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { silentLog, silentMeter } from '#base';
import { decodePdu, encodePdu, makeContent, plmn, RESPONSE_STATUS } from '#codec/mms';
import { createHandset, createTransport } from '#endpoint/handset';
import type { MessageId } from '#messaging';
import { openEmbeddedStore } from '#store/embedded';
import { makeSite, type Site, startProgram } from '../kit/program.js';
import { DiskModel, type Fate } from './power-loss/disk-model.js';
import { CALLS, type Call, readStraceLog } from './power-loss/strace-log.js';

const missing = spawnSync('strace', ['--version']).status === 0 ? false : 'strace is not installed (scripts/peers installs it)';
const MESSAGES = 240;
const IN_FLIGHT = 24;
/** Every sixth body goes to a segment. Unit: octets. */
const LARGE_BODY = 40_000;
const LARGE_EVERY = 6;
const CUTS = 200;
/** Longer than any single write of the run. Unit: octets. */
const STRACE_STRING_MAX = 8_000_000;

interface Acknowledged {
  readonly id: MessageId;
  /** Of Content-Type value and body, as the store keeps them. */
  readonly digest: string;
}

const digestOf = (octets: Uint8Array): string => createHash('sha256').update(octets).digest('hex');
const OK = Number(Object.entries(RESPONSE_STATUS).find(([, row]) => row.name === 'Ok')![0]);

/** A small generator with a seed, so that a failing cut can be repeated. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

async function submitUnderLoad(site: Site): Promise<readonly Acknowledged[]> {
  const transport = createTransport({ connectionsMax: IN_FLIGHT });
  const phone = createHandset(
    {
      mmscUrl: `http://127.0.0.1:${site.mm1Port}/mms`,
      msisdn: '46702000001',
      identityHeader: 'x-msisdn',
      version: '1.2',
      userAgent: 'journey',
      timeoutMs: 60_000,
    },
    transport,
  );
  const acknowledged: Acknowledged[] = [];
  let next = 0;
  const one = async (): Promise<void> => {
    while (next < MESSAGES) {
      const n = next++;
      const data = randomBytes(n % LARGE_EVERY === 0 ? LARGE_BODY : 120);
      const content = makeContent([{ contentType: { media: 'application/octet-stream', parameters: {} }, headers: [], data }], {
        media: 'application/vnd.wap.multipart.mixed',
        parameters: {},
      });
      const answer = await phone.post(
        encodePdu({
          kind: 'm-send-req',
          transactionId: `T${n}`,
          version: '1.2',
          from: { kind: 'insert-address' },
          to: [plmn('46701000001')],
          cc: [],
          bcc: [],
          content,
        }),
      );
      assert.ok(answer.ok);
      const conf = decodePdu(answer.value.body);
      assert.ok(conf.ok && conf.value.kind === 'm-send-conf' && conf.value.responseStatus === OK && conf.value.messageId);
      acknowledged.push({ id: conf.value.messageId as MessageId, digest: digestOf(content.octets) });
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, one));
  await transport.close();
  return acknowledged;
}

describe('power loss', { skip: missing }, () => {
  let site: Site;
  let calls: readonly Call[];
  let acknowledged: readonly Acknowledged[];
  /** Line of the log on which the first octets of each answer went to the handset. */
  const answeredAt = new Map<MessageId, number>();

  before(async () => {
    site = await makeSite();
    const log = join(site.folder, 'strace.log');
    const program = await startProgram(site, [
      'strace',
      '-f',
      '-y',
      '-xx',
      '-s',
      String(STRACE_STRING_MAX),
      '-o',
      log,
      '-e',
      `trace=${CALLS.join(',')}`,
    ]);
    acknowledged = await submitUnderLoad(site);
    process.kill(-program.process.pid!, 'SIGKILL'); // strace and what it runs
    await program.end('SIGKILL');
    calls = await readStraceLog(log);
    for (const call of calls) {
      if (!call.path.startsWith('socket:')) continue;
      const text = call.octets.toString('latin1');
      for (const { id } of acknowledged) {
        if (!answeredAt.has(id) && text.includes(`\x8b${id}\0`)) answeredAt.set(id, call.entered);
      }
    }
  });

  after(async () => {
    await site?.remove();
  });

  it('sees the answer to every message in the recording', () => {
    assert.equal(answeredAt.size, MESSAGES);
  });

  it('answers m-send.conf only after a flush of every file that the message depends on, after it was written there', () => {
    const files = calls.filter((call) => call.path.startsWith(`${site.data}/`) && call.octets.length > 0 && call.result >= 0);
    for (const { id } of acknowledged) {
      const answered = answeredAt.get(id)!;
      const holding = files.filter((call) => call.entered < answered && call.octets.includes(id));
      assert.ok(holding.length > 0, `no write before the answer holds ${id}`);
      // The first write to each file that holds the message is of its own transaction, and the next flush of the log is that transaction's
      // commit. Later ones may be of the next group: it can write the same page again before this answer has left.
      const firstWrites = new Map<string, number>();
      for (const { path, returned } of holding) if (!firstWrites.has(path)) firstWrites.set(path, returned);
      for (const [path, written] of firstWrites) {
        const flushed = calls.some(
          (call) =>
            (call.name === 'fsync' || call.name === 'fdatasync') &&
            call.result === 0 &&
            call.path === path &&
            call.entered > written &&
            call.returned < answered,
        );
        assert.ok(flushed, `${id}: answered on line ${answered}, ${path} written on line ${written} and not flushed between`);
      }
    }
  });

  it(`reopens after each of ${CUTS} cuts at random moments, the unflushed dropped, torn or reordered, with every answered message`, async (t) => {
    const disk = new DiskModel(calls, site.data);
    const first = Math.min(...answeredAt.values());
    const last = Math.max(...answeredAt.values()) + 1;
    const answers = [...answeredAt.values()].sort((a, b) => a - b);
    let checked = 0;
    for (let cut = 0; cut < CUTS; cut++) {
      const random = seeded(cut + 1);
      // Half of the cuts fall on the very line of an answer: the moment at which the promise is newest.
      const line =
        cut % 2 === 0 ? answers[Math.floor(random() * answers.length)]! + 1 : first + Math.floor(random() * (last - first));
      const dropAll = cut % 4 === 0;
      const fate = (): Fate => (dropAll ? 'dropped' : (['dropped', 'whole', 'torn'] as const)[Math.floor(random() * 3)]!);
      const folder = await mkdtemp(join(tmpdir(), 'angarium-cut-'));
      try {
        await disk.imageAt(line, folder, fate, random);
        const store = await openEmbeddedStore({ folder, log: silentLog, meter: silentMeter });
        try {
          for (const { id, digest } of acknowledged) {
            if (answeredAt.get(id)! >= line) continue;
            const content = await store.messages.content(id);
            assert.equal(content.kind, 'content', `cut ${cut} at line ${line}: ${id} is ${content.kind}`);
            assert.equal(
              content.kind === 'content' && digestOf(content.octets),
              digest,
              `cut ${cut} at line ${line}: ${id} has other octets`,
            );
            assert.ok(await store.messages.message(id), `cut ${cut} at line ${line}: ${id} is gone`);
            assert.equal(
              (await store.messages.deliveriesOf(id)).length,
              1,
              `cut ${cut} at line ${line}: ${id} lost its delivery`,
            );
            checked++;
          }
        } finally {
          await store.close();
        }
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    }
    t.diagnostic(`${CUTS} cuts, ${checked} messages looked up, ${calls.length} calls recorded`);
    assert.ok(checked > CUTS, 'most cuts must find answered messages');
  });
});
