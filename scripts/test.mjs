/**
 * Runs the tests on the compiled output and ends with `N passed, N failed`.
 *
 *   node scripts/test.mjs [--peers] [--long] [part of a path ...]
 *
 * Without options: every test but those of test/peers/ (which need programs that Node does not bring) and the long forms
 * (`*.long.test.ts`). `--peers`: test/peers/ only. `--long`: the long forms as well. Paths keep only the files that contain one.
 * The list is made from the sources, so the output of a deleted test does not run. No test at all is a failure.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from 'node:test';
import { parseArgs } from 'node:util';
import { compiled, filesUnder, root, sourceOf } from './sources.mjs';

/** Test files at a time: as many as the smallest machine we support has cores. */
const CONCURRENCY = 2;
/** When a file that does not end is given up. Unit: ms. */
const FILE_MS = 420_000;
const LONG_FILE_MS = 3_600_000;

const { values: wish, positionals: parts } = parseArgs({
  options: { peers: { type: 'boolean', default: false }, long: { type: 'boolean', default: false } },
  allowPositionals: true,
});

const wanted = ['src', 'test']
  .flatMap(filesUnder)
  .filter((file) => file.endsWith('.test.ts'))
  .filter((file) => file.startsWith('test/peers/') === wish.peers)
  .filter((file) => wish.long || !file.endsWith('.long.test.ts'))
  .filter((file) => parts.length === 0 || parts.some((part) => file.includes(part)));

let passed = 0;
let failed = 0;
let skipped = 0;
const problems = [];

const runnable = wanted.filter((file) => {
  const output = join(root, compiled(file));
  const why = existsSync(output) ? missingPrograms(file) : `not compiled: ${compiled(file)} is missing; run \`npm run build\``;
  if (why !== undefined) fail(file, why);
  return why === undefined;
});
for (const problem of problems) console.log(problem);

if (runnable.length > 0) await runFiles(runnable);
if (passed + failed === 0)
  fail('scripts/test.mjs', `no test was run${parts.length > 0 ? `: nothing matches ${parts.join(', ')}` : ''}`);

if (problems.length > 0) console.log(`\nFailures:\n\n${problems.join('\n')}`);
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exitCode = failed > 0 ? 1 : 0;

function fail(where, what) {
  failed++;
  problems.push(`✖ ${where}\n${what.replace(/^/gm, '    ')}\n`);
}

/** A test of test/peers/ names the programs it needs in a line `// Needs: tshark, strace`. Absent when all are here. */
function missingPrograms(file) {
  // Debian keeps daemons where a plain user's PATH does not look.
  const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` };
  const needs = /^\/\/ Needs: (.+)$/m.exec(readFileSync(join(root, file), 'utf8'))?.[1];
  const missing = (needs ?? '')
    .split(/,\s*/)
    .filter((program) => program !== '' && spawnSync('sh', ['-c', 'command -v "$1"', 'sh', program], { env }).status !== 0);
  return missing.length === 0
    ? undefined
    : `needs ${missing.join(', ')}, not on this machine; scripts/peers installs what is missing (Debian)`;
}

/** Prints a line for each file when it is done; failures are kept for the end, in full. */
function runFiles(files) {
  const outputs = files.map((file) => join(root, compiled(file)));
  const stream = run({ files: outputs, concurrency: CONCURRENCY, timeout: wish.long ? LONG_FILE_MS : FILE_MS });
  /** The runner reports on a file as a whole under the path of its output. */
  const isFile = (event) => outputs.includes(event.name);
  let current;
  let path = [];

  /** The runner reports file after file, whatever runs at the same time. */
  const count = (event, outcome) => {
    const file = sourceOf(event.file ?? event.name);
    if (current?.file !== file) {
      printFile(current);
      current = { file, ms: 0, passed: 0, failed: 0, skipped: 0 };
    }
    if (outcome !== undefined) current[outcome]++;
    if (event.nesting === 0) current.ms += event.details.duration_ms;
    return file;
  };
  const titleOf = (event) => [...path.slice(0, event.nesting), ...(isFile(event) ? [] : [event.name])].join(' › ');

  stream.on('test:start', (event) => {
    path = [...path.slice(0, event.nesting), event.name];
  });
  stream.on('test:pass', (event) => {
    if (event.skip !== undefined || event.todo !== undefined) {
      skipped++;
      const file = count(event, 'skipped');
      console.log(
        `- ${file}: ${titleOf(event)} (skipped: ${[event.skip, event.todo].find((why) => typeof why === 'string') ?? 'no reason given'})`,
      );
    } else if (event.details.type === 'suite') {
      count(event);
    } else if (isFile(event)) {
      // A file without tests counts as one passed test for the runner, under the file's own name.
      fail(count(event, 'failed'), 'the file holds no test');
    } else {
      passed++;
      count(event, 'passed');
    }
  });
  stream.on('test:fail', (event) => {
    const error = event.details.error;
    // What holds tests fails with them; it counts by itself only when it broke on its own: a hook, a syntax error, no end.
    if (error?.failureType === 'subtestsFailed') {
      count(event);
      return;
    }
    const where = [count(event, 'failed'), titleOf(event)].filter((part) => part !== '').join(': ');
    console.log(`✖ ${where}`);
    fail(where, describe(error));
  });
  stream.on('test:stdout', (event) => process.stdout.write(event.message));
  stream.on('test:stderr', (event) => process.stderr.write(event.message));

  return new Promise((resolve, reject) => {
    stream.once('error', reject);
    stream.once('end', () => {
      printFile(current);
      resolve();
    });
    stream.resume();
  });
}

function printFile(tally) {
  if (tally === undefined) return;
  const counts = ['passed', 'failed', 'skipped']
    .filter((outcome) => tally[outcome] > 0)
    .map((outcome) => `${tally[outcome]} ${outcome}`);
  console.log(`${tally.failed > 0 ? '✖' : '✔'} ${tally.file}: ${counts.join(', ')} (${(tally.ms / 1000).toFixed(1)} s)`);
}

function describe(error) {
  const cause = error?.cause ?? error;
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
}
