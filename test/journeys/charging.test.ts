/** Charging across kill -9: every message that was acknowledged has one record in each format, numbered without a gap. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { COLUMNS, csvCells } from '#charging';
import { openRecorder, openStore } from './charging-child.js';
import { removeFolder, temporaryFolder } from './program.js';

/** A long form: `CRASH_ROUNDS` in the environment of the test. */
const ROUNDS = Number(process.env['CRASH_ROUNDS'] ?? 4);
const child = fileURLToPath(new URL('./charging-child.js', import.meta.url));

/** Lets a child work for a while, kills it, and adds what it has said to `said`. */
async function round(folder: string, number: number, said: Set<string>): Promise<void> {
  const its = spawn(process.execPath, [child, folder, String(number)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  its.stdout.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
  });
  while (!text.includes('accepted') && its.exitCode === null) await sleep(5);
  await sleep(200 + Math.random() * 400);
  its.kill('SIGKILL');
  await once(its, 'close');
  // The last line may have been cut.
  for (const line of text.slice(0, text.lastIndexOf('\n')).split('\n')) said.add(line.split(' ')[1]!);
}

interface Read {
  readonly sequence: number;
  readonly id: string;
  readonly messageId: string;
}

const fromJson = (line: string): Read => {
  const { localSequenceNumber, recordId, messageID } = JSON.parse(line) as Record<string, never>;
  return { sequence: localSequenceNumber!, id: recordId!, messageId: messageID! };
};
const fromCsv = (line: string): Read => {
  const cells = csvCells(line);
  const cell = (column: string): string => cells[COLUMNS.indexOf(column)]!;
  return { sequence: Number(cell('localSequenceNumber')), id: cell('recordId'), messageId: cell('messageID') };
};

function recordsIn(folder: string, extension: '.jsonl' | '.csv'): Read[] {
  const names = readdirSync(join(folder, 'cdr')).filter((name) => name.replace('.part', '').endsWith(extension));
  // Numbers of files grow, whatever the clock says.
  names.sort((a, b) => (a.slice(-15) < b.slice(-15) ? -1 : 1));
  return names
    .flatMap((name) =>
      readFileSync(join(folder, 'cdr', name), 'utf8')
        .trimEnd()
        .split(/\r?\n/),
    )
    .filter((line) => line !== '' && !line.startsWith('recordName'))
    .map(extension === '.csv' ? fromCsv : fromJson)
    .sort((a, b) => a.sequence - b.sequence);
}

describe('charging records, the program killed with SIGKILL again and again', () => {
  it(`are complete, each once, after ${ROUNDS} rounds`, async () => {
    const folder = temporaryFolder();
    const said = new Set<string>();
    try {
      for (let number = 0; number < ROUNDS; number++) await round(folder, number, said);
      const store = await openStore(folder);
      const recorder = await openRecorder(folder, store);
      await recorder.flush();
      await recorder.close();
      const messages = await store.messages.list({ limit: 1_000_000 });
      await store.close();
      assert.ok(messages.length >= said.size && said.size > ROUNDS);
      for (const extension of ['.jsonl', '.csv'] as const) {
        const records = recordsIn(folder, extension);
        assert.deepEqual(
          records.map(({ sequence }) => sequence),
          records.map((_, i) => i + 1),
          extension,
        );
        assert.equal(new Set(records.map(({ id }) => id)).size, records.length);
        assert.deepEqual(records.map(({ messageId }) => messageId).sort(), messages.map(({ id }) => id).sort(), extension);
      }
    } finally {
      removeFolder(folder);
    }
  });
});
