/** Reads the gate's configuration file with the lists that it names, and finds every fault in all of them at once. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { ok, type Result } from '#base';
import {
  type ConfigFault,
  type ConfigKind,
  type CrossFault,
  documentOf,
  parseDocument,
  readDocument,
} from '../config-document.js';
import { type GateConfig, type GateConfigInput, gateSchema } from './config.js';
import { gateFaults } from './config-checks.js';
import { type GateLists, NO_LISTS } from './config-parts.js';
import { type ListFault, listFaultText, readList } from './lists.js';
import { specFaults } from './spec-faults.js';

/** A configuration with what stands beside it. */
export interface GateFile {
  readonly config: GateConfig;
  readonly lists: GateLists;
  /** Which edition it is: the beginning of a hash over the file and its lists. */
  readonly version: string;
  /** What is lawful and can hardly be meant. */
  readonly warnings: readonly string[];
}

const homeSmscShape = (gateSchema.shape['home-smsc'].unwrap() as z.ZodArray<z.ZodObject>).element;
const setShape = ((gateSchema.shape.gtt.unwrap() as z.ZodObject).shape['set'] as z.ZodPrefault<z.ZodArray<z.ZodObject>>).unwrap()
  .element;
const entryShape = (setShape.shape['entry'] as z.ZodPrefault<z.ZodArray<z.ZodObject>>).unwrap().element;

/** All lists that a configuration names; faults go to `complain` with the key that names the file. */
function listsOf(config: GateConfig, complain: (key: string, fault: ListFault) => void): GateLists {
  const entries = new Map<string, never>();
  const readAt = (key: string, file: string | undefined, shape: z.ZodObject): readonly unknown[] => {
    if (file === undefined) return [];
    const rows = readList(file, shape);
    if (rows.ok) return rows.value;
    for (const fault of rows.error) complain(key, fault);
    return [];
  };
  for (const [index, set] of config.gtt.set.entries())
    entries.set(set.name, readAt(`gtt.set.${index}.entries-file`, set['entries-file'], entryShape) as never);
  return { entries, homeSmscs: readAt('home-smscs.file', config['home-smscs'].file, homeSmscShape) as GateLists['homeSmscs'] };
}

/** What the checks of a configuration leave behind beside its faults. */
interface Reading {
  lists: GateLists;
  warnings: readonly string[];
}

function kindFor(reading: Reading): ConfigKind<typeof gateSchema> {
  const crossFaults = (config: GateConfig): readonly CrossFault[] => {
    const faults = gateFaults(config);
    reading.lists = listsOf(config, (key, fault) => faults.push({ keys: [key], text: listFaultText(fault) }));
    // What the rooms themselves find is told only of what can be handed to them: a missing link is said once.
    const found = faults.length === 0 ? specFaults(config, reading.lists) : { faults: [], warnings: [] };
    reading.warnings = found.warnings;
    return [...faults, ...found.faults];
  };
  return { schema: gateSchema, crossFaults };
}

/** Characters of the hash that tell editions apart. Source: as git shows them. */
const VERSION_DIGITS = 12;

function versionOf(source: string, config: GateConfig): string {
  const hash = createHash('sha256').update(source);
  for (const file of [...config.gtt.set.map((set) => set['entries-file']), config['home-smscs'].file])
    if (file !== undefined) hash.update('\0').update(readFileSync(file));
  return hash.digest('hex').slice(0, VERSION_DIGITS);
}

const whole = (
  reading: Reading,
  config: Result<GateConfig, readonly ConfigFault[]>,
  source: () => string,
): Result<GateFile, readonly ConfigFault[]> =>
  config.ok ? ok({ config: config.value, ...reading, version: versionOf(source(), config.value) }) : config;

/** The configuration that the text of a file means, or all its faults. `file` is for the messages, and its folder for paths. */
export function parseGateConfig(source: string, file: string): Result<GateFile, readonly ConfigFault[]> {
  const reading: Reading = { lists: NO_LISTS, warnings: [] };
  return whole(reading, parseDocument(kindFor(reading), source, file), () => source);
}

/** The same from a file's name; a file that cannot be read is a fault. */
export function readGateConfig(file: string): Result<GateFile, readonly ConfigFault[]> {
  const reading: Reading = { lists: NO_LISTS, warnings: [] };
  return whole(reading, readDocument(kindFor(reading), file), () => readFileSync(file, 'utf8'));
}

/** A configuration from a value, for programs that hold one. Throws on faults. */
export function gateConfigOf(input: GateConfigInput): GateFile {
  const reading: Reading = { lists: NO_LISTS, warnings: [] };
  const config = documentOf(kindFor(reading), input);
  return { config, ...reading, version: versionOf(JSON.stringify(input), config) };
}
