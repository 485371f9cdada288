/** The gate itself under a benchmark: its configuration, its numbers, its process on the server's core. */
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { silentLog } from '#base';
import { type GateSettings, gateFile, NETWORK, numbersFile, type PlannedRecord, plannedRecords } from '#endpoint/exchange';
import { openNumberStore } from '#store/numbers';
import { CLI, freePort } from '../../test/kit/program.js';
import { type Running, startProcess } from '../harness/index.js';

/** Numbers beyond the laboratory's, one after another from here on: ported to another network. */
const FILL_FROM = 461_000_000_000;

function* recordsOf(subscribers: number, fill: number): Generator<PlannedRecord> {
  yield* plannedRecords(subscribers);
  for (let i = 0; i < fill; i++) {
    const number = String(FILL_FROM + i);
    yield { first: number, last: number, portabilityType: 2, entity: 'rn', routingNumber: '4675001' };
  }
}

/** Lines in pieces: a write for each of a hundred million would take longer than the import. */
const LINES_PER_PIECE = 10_000;

function* piecesOf(lines: Iterable<string>): Generator<string> {
  let piece: string[] = [];
  for (const line of lines) {
    piece.push(line);
    if (piece.length < LINES_PER_PIECE) continue;
    yield piece.join('');
    piece = [];
  }
  yield piece.join('');
}

export interface BenchGate {
  readonly port: number;
  readonly running: Running;
  stop(): Promise<void>;
}

/** Loads the numbers, then starts `angarium gate start`. `fill`: numbers beside those of the laboratory. */
export async function startGate(gate: GateSettings, subscribers: number, fill: number): Promise<BenchGate> {
  const folder = await mkdtemp(join(tmpdir(), 'angarium-bench-gate-'));
  const [numbers, csv, config] = [join(folder, 'numbers'), join(folder, 'numbers.csv'), join(folder, 'gate.toml')];
  await pipeline(Readable.from(piecesOf(numbersFile(recordsOf(subscribers, fill)))), createWriteStream(csv));
  const store = await openNumberStore({ folder: numbers, log: silentLog, now: Date.now });
  if (!store.ok) throw new Error(`${numbers} is in use`);
  const loaded = await store.value.load({ settings: { file: csv, source: 'bench', screenedTypes: [] } });
  await store.value.close();
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.error).slice(0, 1_000));
  await rm(csv);
  const port = await freePort();
  const [monitoring, text] = [
    await freePort(),
    gateFile({ gate, network: NETWORK, protocol: 'm3ua', transport: 'tcp', address: '127.0.0.1', port }),
  ];
  await writeFile(
    config,
    `${text.replace('[numbers]\n', '[numbers]\nfolder = "./numbers"\n')}\n[monitoring]\nlisten = "127.0.0.1:${monitoring}"\n\n[log]\nlevel = "info"\nformat = "json"\n`,
  );
  // The first line about the links comes once the listeners are open.
  const running = await startProcess(
    process.execPath,
    [CLI, 'gate', 'start', '--config', config],
    /gate is running|started|ready|listen/i,
  );
  return {
    port,
    running,
    async stop() {
      await running.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
