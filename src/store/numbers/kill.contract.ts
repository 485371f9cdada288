/** kill -9 in the middle of changes and compaction: what was acknowledged is there. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { newFolder, opened, removeFolders } from './fixtures.contract.js';

const child = fileURLToPath(new URL('./crash-child.contract.js', import.meta.url));

/** Of a number: what was acknowledged last, and what was asked for after that. `undefined`: deleted. */
interface Said {
  acknowledged: string | undefined;
  asked: (string | undefined)[];
}

async function workAndKill(folder: string, round: number, said: Map<number, Said>): Promise<void> {
  const process = spawn(globalThis.process.execPath, [child, folder, String(round)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  process.stdout.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
  });
  while (!text.includes('set ') && process.exitCode === null) await sleep(5);
  await sleep(50 + Math.random() * 400);
  process.kill('SIGKILL');
  await once(process, 'close');
  // The last line may have been cut.
  for (const line of text.slice(0, text.lastIndexOf('\n')).split('\n')) {
    const [what, number, value] = line.split(' ');
    const of = said.get(Number(number)) ?? { acknowledged: undefined, asked: [] };
    said.set(Number(number), of);
    if (what === 'setting') of.asked.push(value, undefined);
    else [of.acknowledged, of.asked] = [what === 'set' ? value : undefined, []];
  }
}

/** Registers the test with this many rounds. */
export function killed(rounds: number): void {
  describe('numbers killed with SIGKILL again and again', () => {
    it(`have every acknowledged change after each of ${rounds} rounds`, async () => {
      const folder = newFolder();
      const said = new Map<number, Said>();
      try {
        for (let round = 1; round <= rounds; round++) {
          await workAndKill(folder, round, said);
          const store = await opened(folder);
          assert.equal(store.state, 'ready', store.reason);
          for (const [number, { acknowledged, asked }] of said) {
            const entity = store.find(number, 0)?.entity;
            const value = entity?.kind === 'rn' ? entity.routingNumber : undefined;
            assert.ok(value === acknowledged || asked.includes(value), `${number} is ${value}, acknowledged was ${acknowledged}`);
            said.set(number, { acknowledged: value, asked: [] });
          }
          await store.close();
        }
        assert.ok(said.size > 32);
      } finally {
        removeFolders();
      }
    });
  });
}
