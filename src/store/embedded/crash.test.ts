/** kill -9 in the middle of everything: what was acknowledged is there, whole. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { silentLog, silentMeter } from '#base';
import type { MessageId } from '#messaging';
import { octetOf } from './crash-child.contract.js';
import { openEmbeddedStore } from './open.js';

/** A long form: `CRASH_ROUNDS` in the environment of the test. */
const ROUNDS = Number(process.env['CRASH_ROUNDS'] ?? 4);
const child = fileURLToPath(new URL('./crash-child.contract.js', import.meta.url));

interface Said {
  readonly size: number;
  removing: boolean;
  removed: boolean;
}

/** Lets a child work for a while, kills it, and adds what it had said to `said`. */
async function round(folder: string, number: number, said: Map<string, Said>): Promise<void> {
  const process = spawn(globalThis.process.execPath, [child, folder, String(number)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  process.stdout.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
  });
  while (!text.includes('accepted') && process.exitCode === null) await sleep(5);
  await sleep(100 + Math.random() * 400);
  process.kill('SIGKILL');
  await once(process, 'close');
  // The last line may have been cut.
  for (const line of text.slice(0, text.lastIndexOf('\n')).split('\n')) {
    const [what, id, size] = line.split(' ');
    if (what === 'accepted') said.set(id!, { size: Number(size), removing: false, removed: false });
    else if (what === 'removing') said.get(id!)!.removing = true;
    else if (what === 'removed') said.get(id!)!.removed = true;
  }
}

describe('killed with SIGKILL again and again', () => {
  it(`has every acknowledged message with its content, and every acknowledged change, after each of ${ROUNDS} rounds`, async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'angarium-crash-'));
    const said = new Map<string, Said>();
    try {
      for (let number = 0; number < ROUNDS; number++) {
        const before = said.size;
        await round(folder, number, said);
        assert.ok(said.size > before, 'the child accepted something');
        const store = await openEmbeddedStore({ folder, log: silentLog, meter: silentMeter });
        try {
          for (const [id, { size, removing, removed }] of said) {
            const [delivery] = await store.messages.deliveriesOf(id as MessageId);
            assert.ok(delivery, `${id} is there`);
            const content = await store.messages.content(id as MessageId);
            if (removed) {
              assert.equal(delivery.state, 'retrieved', id);
              assert.equal(content.kind, 'absent', id);
            } else if (!removing || delivery.state === 'due') {
              assert.equal(delivery.state, 'due', id);
              assert.ok(content.kind === 'content', `${id}: ${content.kind}`);
              assert.ok(Buffer.alloc(size, octetOf(id)).equals(content.octets), id);
            }
          }
          const { segmentLive, segmentTotal } = store.diskUse();
          assert.ok(segmentTotal >= segmentLive);
        } finally {
          await store.close();
        }
      }
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });
});
