/**
 * The number store: 100 million random numbers in a folder, asked, changed and started anew.
 *
 *     npm run build && node dist/bench/numbers.js [--smoke] [--numbers COUNT]
 *
 * Takes up to 2.5 GB of memory and 4 GB of disk (the number file, and a load). Lookups are timed in batches: a clock call takes as long as one.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import Database from 'libsql';
import type { NumberChange, NumberLookup } from '#portability';
import { type NumberStore, openNumberStore } from '#store/numbers';
import { type Bench, type Row, runAlone } from './harness/index.js';

const { values: wish } = parseArgs({ options: { numbers: { type: 'string' } }, strict: false, allowPositionals: true });

const BATCH = 64;
/** One in eight numbers asked for is not stored. */
const MISS_SHARE = 8;
/** How far a sorted array and a Map are tried: a Map ends at 16.7 million. */
const BASELINE_NUMBERS = 10_000_000;
const SQL_NUMBERS = 2_000_000;
/** Changes under way at once: a clearing house that sends its night's work. */
const IN_FLIGHT_CHANGES = 20_000;

/** Numbers in no order: the same for the same i. 49 and 11 digits, so that every one is another. */
function numberAt(i: number): number {
  let h = Math.imul(i ^ (i >>> 16), 0x7feb352d);
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
  h = (h ^ (h >>> 16)) >>> 0;
  return 4_910_000_000_000 + h * 20 + (i % 20);
}

/** The number file, and how long it took to write. */
async function writeFile(file: string, count: number): Promise<void> {
  const out = fs.createWriteStream(file);
  out.write('number,portability-type,entity,routing-number\n');
  const AT_ONCE = 50_000;
  for (let from = 0; from < count; from += AT_ONCE) {
    let text = '';
    for (let i = from; i < Math.min(count, from + AT_ONCE); i++) text += `${numberAt(i)},${1 + (i % 2)},rn,D${100 + (i % 200)}\n`;
    if (!out.write(text)) await new Promise((resolve) => out.once('drain', () => resolve(undefined)));
  }
  await new Promise<void>((resolve) => out.end(resolve));
}

/** Nanoseconds of a lookup: median and 99th percentile of batches. */
function lookups(
  count: number,
  looks: number,
  find: (number: number) => unknown,
): { readonly p50: number; readonly p99: number; readonly misses: number } {
  const numbers = new Float64Array(looks);
  for (let i = 0; i < looks; i++) numbers[i] = numberAt(i % MISS_SHARE === 0 ? count + i : Math.floor(Math.random() * count));
  const times = new Float64Array(Math.floor(looks / BATCH));
  let misses = 0;
  for (let batch = 0; batch < times.length; batch++) {
    const begun = process.hrtime.bigint();
    for (let i = batch * BATCH; i < (batch + 1) * BATCH; i++) if (find(numbers[i]!) === undefined) misses++;
    times[batch] = Number(process.hrtime.bigint() - begun) / BATCH;
  }
  times.sort();
  return { p50: times[Math.floor(times.length / 2)]!, p99: times[Math.floor(times.length * 0.99)]!, misses };
}

const asked = (name: string, count: number, looks: number, find: (number: number) => unknown, more: Partial<Row> = {}): Row => {
  lookups(count, looks, find);
  const { p50, p99, misses } = lookups(count, looks, find);
  const wanted = looks / MISS_SHARE;
  // Random numbers meet now and then: a miss less is no fault, one more is.
  if (misses > wanted || misses < wanted * 0.9) throw new Error(`${name}: ${misses} numbers not found, ${wanted} are not there`);
  return {
    benchmark: name,
    figures: { 'p50 ns': p50, 'p99 ns': p99, ...more.figures },
    ...(more.reach ? { reach: more.reach } : {}),
  };
};

async function opened(folder: string): Promise<NumberStore> {
  const store = await openNumberStore({ folder });
  if (!store.ok) throw new Error(JSON.stringify(store.error));
  return store.value;
}

/** Durable changes a second, one number each or in batches, while lookups go on between. */
async function changes(store: NumberStore, count: number, seconds: number, size: number): Promise<Row> {
  const IN_FLIGHT = Math.ceil(IN_FLIGHT_CHANGES / size);
  const record = { portabilityType: 1, entity: { kind: 'rn', routingNumber: 'D777' } } as const;
  let made = 0;
  let looks = 0;
  const end = performance.now() + seconds * 1_000;
  const begun = performance.now();
  const cpu = process.cpuUsage();
  const times: number[] = [];
  const client = async (): Promise<void> => {
    while (performance.now() < end) {
      const batch: NumberChange[] = Array.from({ length: size }, () => ({
        kind: 'set-number',
        number: numberAt(Math.floor(Math.random() * count)),
        record,
      }));
      const at = performance.now();
      const done = await store.apply(batch);
      if (!done.ok) throw new Error(JSON.stringify(done.error));
      times.push(performance.now() - at);
      made += size;
      for (let i = 0; i < size; i++, looks++) store.find(numberAt(looks), 0);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, client));
  const passed = (performance.now() - begun) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  times.sort((a, b) => a - b);
  const at = (share: number): number => times[Math.floor(times.length * share)] ?? 0;
  return {
    benchmark: `durable changes, ${size === 1 ? 'single' : `batches of ${size}`}, as many lookups between`,
    figures: { 'rate/s': made / passed, 'CPU µs/change': (user + system) / made, 'p50 ms': at(0.5), 'p99 ms': at(0.99) },
    reach: '100,000/s',
  };
}

function baselines(smoke: boolean): Row[] {
  const count = smoke ? 100_000 : BASELINE_NUMBERS;
  const looks = smoke ? 100_000 : 2_000_000;
  const rows: Row[] = [];
  const map = new Map<number, number>();
  for (let i = 0; i < count; i++) map.set(numberAt(i), i & 0xffff);
  rows.push(asked(`baseline: Map, ${count / 1e6} M`, count, looks, (number) => map.get(number)));
  map.clear();
  const sorted = Float64Array.from({ length: count }, (_, i) => numberAt(i)).sort();
  rows.push(
    asked(`baseline: sorted array, ${count / 1e6} M`, count, looks, (number) => {
      let [low, high] = [0, count];
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (sorted[middle]! < number) low = middle + 1;
        else high = middle;
      }
      return sorted[low] === number ? low : undefined;
    }),
  );
  const sqlCount = smoke ? 20_000 : SQL_NUMBERS;
  const sql = new Database(':memory:');
  sql.exec('CREATE TABLE numbers (number INTEGER PRIMARY KEY, record INTEGER) WITHOUT ROWID; BEGIN');
  const insert = sql.prepare('INSERT OR IGNORE INTO numbers VALUES (?, ?)');
  for (const number of Float64Array.from({ length: sqlCount }, (_, i) => numberAt(i)).sort()) insert.run(number, 1);
  sql.exec('COMMIT');
  const select = sql.prepare('SELECT record FROM numbers WHERE number = ?');
  rows.push(
    asked(
      `baseline: libsql in memory, ${sqlCount / 1e6} M`,
      sqlCount,
      Math.ceil(looks / 10 / MISS_SHARE) * MISS_SHARE,
      (number) => select.get(number),
    ),
  );
  sql.close();
  return rows;
}

export const bench: Bench = {
  name: 'numbers: a store of 100 million random numbers',
  async run({ smoke }) {
    const count = Number(wish.numbers ?? (smoke ? 200_000 : 100_000_000));
    const looks = smoke ? 100_000 : 4_000_000;
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'angarium-bench-numbers-'));
    const million = `${count / 1e6} M`;
    try {
      const file = path.join(folder, 'numbers.csv');
      await writeFile(file, count);
      let store = await opened(folder);
      let begun = performance.now();
      const loaded = await store.load({ settings: { file, source: 'bench', screenedTypes: [] } });
      if (!loaded.ok) throw new Error(JSON.stringify(loaded.error).slice(0, 500));
      const seconds = (performance.now() - begun) / 1_000;
      fs.rmSync(file);
      const { numbers, tableOctets, spilled } = store.stats();
      const rows: Row[] = [
        {
          benchmark: `import of ${million} lines, to the switch`,
          figures: { 'rate/s': count / seconds, seconds, 'octets/number': tableOctets / numbers, spilled },
          reach: '8 octets a number',
        },
      ];
      const find = (lookup: NumberLookup) => (number: number) => lookup.find(number, 0);
      rows.push(asked(`lookup, ${million}, 7 of 8 are stored`, count, looks, find(store), { reach: '200 ns' }));
      rows.push(await changes(store, count, smoke ? 0.3 : 5, 1), await changes(store, count, smoke ? 0.3 : 5, 100));
      await store.close();
      begun = performance.now();
      store = await opened(folder);
      rows.push({
        benchmark: `start to ready, ${million}, and the log of the changes above`,
        figures: {
          seconds: (performance.now() - begun) / 1_000,
          changes: store.stats().changesInLog,
          'RSS MB': process.memoryUsage.rss() / 1e6,
        },
        reach: '3 s',
      });
      await store.compact();
      await store.close();
      begun = performance.now();
      store = await opened(folder);
      rows.push({
        benchmark: `start to ready, ${million}, without a log`,
        figures: { seconds: (performance.now() - begun) / 1_000 },
        reach: '3 s',
      });
      await store.close();
      return [...rows, ...baselines(smoke)];
    } finally {
      fs.rmSync(folder, { recursive: true, force: true });
    }
  },
};

await runAlone(bench, import.meta.url);
