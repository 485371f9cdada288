/** Runs the benchmarks, each in a process of its own, and prints or writes their tables. Usage in bench/README.md. */
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, statfsSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, release, tmpdir, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { canPin, GENERATOR_CORE, machineLimits, pinned, type Row, toMarkdown, withSections } from './harness/index.js';

/** Rows of one benchmark as JSON. Unit: octets. */
const OUTPUT_MAX = 1 << 20;
/** The names that statfs(2) gives numbers to, of the file systems a data folder is likely to be on. */
const FILE_SYSTEMS: Readonly<Record<number, string>> = {
  61267: 'ext4',
  1481003842: 'xfs',
  2435016766: 'btrfs',
  2035054128: 'overlayfs',
  16914836: 'tmpfs',
  801189825: 'zfs',
};

const { values: wish, positionals: names } = parseArgs({
  options: { smoke: { type: 'boolean', default: false }, write: { type: 'boolean', default: false } },
  allowPositionals: true,
});
if (wish.smoke && wish.write) throw new Error('--smoke measures nothing worth writing');

const root = new URL('../../', import.meta.url);
const found = readdirSync(new URL('bench/', root))
  .filter((file) => file.endsWith('.ts') && file !== 'run.ts' && !file.endsWith('.test.ts'))
  .map((file) => file.slice(0, -3));
const unknown = names.filter((name) => !found.includes(name));
if (found.length === 0) throw new Error('bench/ holds no benchmark');
if (unknown.length > 0) throw new Error(`no such benchmark: ${unknown.join(', ')}; there are: ${found.join(', ')}`);

/** Tables of one file may come from several days and hours. */
const limits = await machineLimits({ smoke: wish.smoke ?? false });
const measuredOn = `Measured on ${new Date().toISOString().slice(0, 10)}; a bare node:http answer took ${limits.httpCpuMicroseconds.toFixed(1)} µs in the same run.${loadNote()}`;

let failures = 0;
const sections = [machineSection()];
console.log(sections[0]);
for (const name of names.length > 0 ? names : found) {
  const script = fileURLToPath(new URL(`./${name}.js`, import.meta.url));
  const start = pinned(GENERATOR_CORE, process.execPath, [script, '--json', ...(wish.smoke ? ['--smoke'] : [])]);
  try {
    const { stdout } = await promisify(execFile)(start.command, start.args, { maxBuffer: OUTPUT_MAX });
    const result = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as { name: string; rows: Row[] };
    sections.push(`## ${result.name}\n\n${measuredOn}\n\n${toMarkdown(result.rows)}`);
  } catch (e) {
    failures++;
    sections.push(`## ${name}\n\nfailed: ${e instanceof Error ? e.message : e}\n`);
  }
  console.log(sections.at(-1));
}
if (wish.write && failures === 0) {
  const file = new URL('bench/RESULTS.md', root);
  writeFileSync(file, withSections(readFileSync(file, 'utf8'), sections, '## Reading these figures', benchmarkOf));
}
console.log(`${sections.length - 1 - failures} benchmarks ran, ${failures} failed`);
process.exitCode = failures === 0 ? 0 : 1;

/** A benchmark's name, in a heading that may go on with sizes of what it measured. */
function benchmarkOf(heading: string): string {
  return heading.split(/[:;,]/, 1)[0]!;
}

function machineSection(): string {
  const rows: Row[] = [
    {
      benchmark: 'bare node:http, 260-octet POST, 64 connections',
      figures: { 'rate/s': limits.httpPerSecond, 'CPU µs': limits.httpCpuMicroseconds },
    },
    {
      benchmark: 'bare node:http, 300 KB POST, 16 connections',
      figures: { 'rate/s': limits.largeHttpPerSecond, 'CPU µs': limits.largeHttpCpuMicroseconds },
    },
    { benchmark: 'append of 4 KB and fdatasync', figures: { 'p50 ms': limits.flushP50Ms, 'p99 ms': limits.flushP99Ms } },
    { benchmark: 'sequential writes, flushed every 8 MB', figures: { 'MB/s': limits.writeMegabytesPerSecond } },
  ];
  const memory = `${Math.round(totalmem() / 2 ** 30)} GB`;
  const machine = `${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${availableParallelism()} cores, ${memory}`;
  const disk = FILE_SYSTEMS[statfsSync(tmpdir()).type] ?? 'another file system';
  const pinning = canPin() ? 'program on core 0, generator on core 1' : 'nothing pinned (no taskset, or one core)';
  const about = `Node ${process.version}, Linux ${release()}, ${machine}; temporary folder on ${disk}; ${pinning}.`;
  const smoke = wish.smoke ? ' Smoke run: the figures mean nothing.' : '';
  return `## The machine\n\n${about}${smoke}${loadNote()}\n\n${toMarkdown(rows)}`;
}

/** Other work on the machine makes every figure worse: said, not hidden. */
function loadNote(): string {
  const load = Number(readFileSync('/proc/loadavg', 'utf8').split(' ')[0]);
  return load > 1.5 ? ` Other work was running: load ${load}.` : '';
}
