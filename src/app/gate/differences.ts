/** What differs between two editions of a configuration, in the words of the file. Pure. */
import type { GateConfig } from './config.js';

/** Sections that take effect when the program starts, and not before. */
const AT_START: readonly (keyof GateConfig)[] = [
  'data',
  'program',
  'log',
  'network',
  'listener',
  'peer',
  'link',
  'sgp',
  'sccp',
  'overload',
  'numbers',
  'decisions',
  'enum',
  'numbers-http',
  'operator',
  'monitoring',
];

/** Differences that are told one by one. Unit: differences. */
const TOLD_MAX = 200;

const isTable = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;
const text = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value));

function* differing(key: string, a: unknown, b: unknown): Generator<string> {
  if (!isTable(a) || !isTable(b)) {
    if (JSON.stringify(a) !== JSON.stringify(b)) yield `${key}: ${text(a)} becomes ${text(b)}`;
    return;
  }
  for (const name of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const at = Array.isArray(a) || Array.isArray(b) ? `${key}[${name}]` : key === '' ? name : `${key}.${name}`;
    yield* differing(at, a[name], b[name]);
  }
}

/** Every key that differs, with both values; beyond TOLD_MAX only how many more there are. */
export function differences(a: unknown, b: unknown): readonly string[] {
  const all = [...differing('', a, b)];
  return all.length <= TOLD_MAX ? all : [...all.slice(0, TOLD_MAX), `and ${all.length - TOLD_MAX} more`];
}

/** The sections among them that wait for the next start. */
export const waitingSections = (running: GateConfig, read: GateConfig): readonly string[] =>
  AT_START.filter((section) => JSON.stringify(running[section]) !== JSON.stringify(read[section]));

/** The configuration that a running gate can go on by: what takes effect at once from `read`, the rest as it is. */
export const reloadable = (running: GateConfig, read: GateConfig): GateConfig => ({
  ...read,
  ...Object.fromEntries(AT_START.map((section) => [section, running[section]])),
});
