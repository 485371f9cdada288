/**
 * The command: `npm run fuzz -- [target ...] [--inputs N] [--time 60s] [--seed N] [--jobs N] [--findings FOLDER] [--guided] [--measure]`.
 * How to use it is in docs/fuzzing.md. Each target counts as one test.
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { readCases, writeCase } from './cases.js';
import { fuzz } from './supervise.js';
import { TARGETS } from './targets/index.js';

const DEFAULT_TIME = '60s';
const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
const CASES = fileURLToPath(new URL('../../../test/corpus/fuzz-findings', import.meta.url));

const { values: wish, positionals: names } = parseArgs({
  options: {
    inputs: { type: 'string' },
    time: { type: 'string' },
    seed: { type: 'string' },
    jobs: { type: 'string', default: '1' },
    findings: { type: 'string', default: CASES },
    guided: { type: 'boolean', default: false },
    measure: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});

const unknown = names.filter((name) => !TARGETS.some((target) => target.name === name));
if (unknown.length > 0)
  throw new Error(`no such target: ${unknown.join(', ')}; there are: ${TARGETS.map(({ name }) => name).join(', ')}`);

function whole(text: string, option: string): number {
  if (!/^[0-9]{1,15}$/.test(text) || Number(text) === 0)
    throw new Error(`--${option} ${text}: a whole number of 1 or more is wanted`);
  return Number(text);
}

function milliseconds(text: string): number {
  const [, digits, unit] = /^([0-9]{1,9})(ms|s|m|h)$/.exec(text) ?? [];
  if (digits === undefined || unit === undefined) throw new Error(`--time ${text}: a number with ms, s, m or h is wanted`);
  return Number(digits) * UNITS[unit]!;
}

const inputs = wish.inputs === undefined ? Number.MAX_SAFE_INTEGER : whole(wish.inputs, 'inputs');
const time =
  wish.time === undefined && wish.inputs !== undefined ? Number.MAX_SAFE_INTEGER : milliseconds(wish.time ?? DEFAULT_TIME);
const jobs = whole(wish.jobs, 'jobs');
const seed = wish.seed === undefined ? Date.now() % 2 ** 32 : whole(wish.seed, 'seed');
const open = readCases(CASES).filter((one) => one.open !== undefined);

let failed = 0;
const wanted = TARGETS.filter(({ name }) => names.length === 0 || names.includes(name));
console.log(`seed ${seed}, ${jobs} ${jobs === 1 ? 'process' : 'processes'}`);
for (const { name } of wanted) {
  const known = new Set(open.filter((one) => one.target === name).map((one) => one.signature));
  const result = await fuzz({
    worker: new URL('./worker.js', import.meta.url),
    target: name,
    seed,
    inputs,
    time,
    jobs,
    guided: wish.guided,
    measured: wish.measure,
    known,
  });
  const rate = Math.round((result.inputs / result.ms) * 1_000);
  const measured = wish.measure ? `, ${result.reached} characters of source reached` : '';
  const counts = `${result.inputs} inputs in ${(result.ms / 1_000).toFixed(1)} s (${rate}/s), ${result.grown} kept as examples${measured}`;
  console.log(`${result.findings.length === 0 ? '✔' : '✖'} ${name}: ${counts}, ${result.findings.length} findings`);
  for (const signature of result.seen) console.log(`  known and open: ${signature}`);
  for (const finding of result.findings) {
    const file = writeCase(wish.findings, finding);
    console.log(`  ${finding.outcome.kind}: ${finding.outcome.signature}\n${finding.outcome.detail.replace(/^/gm, '    ')}`);
    console.log(`    ${finding.octets.length} of ${finding.foundOctets} octets, written to ${wish.findings}/${file}`);
  }
  if (result.findings.length > 0) failed++;
}
console.log(`${wanted.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
