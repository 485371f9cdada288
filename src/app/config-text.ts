/** Example files and reference pages, both made from the schema of a configuration. */
import { z } from 'zod';
import { KEYS, type KeyInfo, SECTIONS, type TomlValue } from './config-values.js';
import { type ConfigWords, MMSC_WORDS } from './config-words.js';

/** Columns that a comment of the example file may fill. */
const LINE_WIDTH = 110;

interface Entry {
  readonly name: string;
  readonly info: KeyInfo;
}

interface Table {
  /** With dots, as between the brackets. */
  readonly name: string;
  /** It may occur several times. */
  readonly many: boolean;
  /** It stands in a table that may occur several times, or not at all. */
  readonly inMany: boolean;
  readonly description: string;
  readonly entries: readonly Entry[];
}

const isWrapper = (schema: z.core.$ZodType): schema is z.ZodPrefault | z.ZodOptional =>
  schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional;

function tablesOf(shape: z.core.$ZodLooseShape, above: string, inMany = false): Table[] {
  return Object.entries(shape).flatMap(([step, schema]) => {
    const description = SECTIONS.get(schema);
    if (description === undefined) return [];
    const name = above === '' ? step : `${above}.${step}`;
    const inner = isWrapper(schema) ? schema.unwrap() : schema;
    const many = inner instanceof z.ZodArray;
    const object = (many ? inner.element : inner) as z.ZodObject;
    const entries = Object.entries(object.shape).flatMap(([key, value]) => {
      const info = KEYS.get(value);
      return info ? [{ name: key, info }] : [];
    });
    return [{ name, many, inMany, description, entries }, ...tablesOf(object.shape, name, inMany || many)];
  });
}

const toml = (value: TomlValue): string =>
  Array.isArray(value) ? `[${value.map((inner) => toml(inner)).join(', ')}]` : JSON.stringify(value);

function wrapped(sentence: string): string[] {
  const lines: string[] = [];
  let line = '#';
  for (const word of sentence.split(' ')) {
    if (line.length + word.length + 1 > LINE_WIDTH) {
      lines.push(line);
      line = '#';
    }
    line += ` ${word}`;
  }
  return [...lines, line];
}

const ifAbsent = (info: KeyInfo): string => (info.preset !== undefined ? toml(info.preset) : (info.otherwise ?? 'must be given'));

const expected = (info: KeyInfo): string => `${info.expects[0]!.toUpperCase()}${info.expects.slice(1)}`;

/**
 * A complete configuration file: every key with its meaning, its kind and its default, commented out, so that the file as it stands means
 * the defaults. Lines that begin with `#` and no space are keys; the others are comments.
 */
export function exampleFile({ schema, exampleHead }: ConfigWords = MMSC_WORDS): string {
  const lines = exampleHead.map((line) => `# ${line}`);
  for (const table of tablesOf(schema.shape, '')) {
    lines.push(
      '',
      '',
      ...wrapped(table.description),
      table.many ? `#[[${table.name}]]` : `${table.inMany ? '#' : ''}[${table.name}]`,
    );
    for (const { name, info } of table.entries) {
      const shown = info.preset ?? info.example;
      lines.push('', ...wrapped(info.description), ...wrapped(`${expected(info)}. Default: ${ifAbsent(info)}.`));
      lines.push(`#${name} = ${toml(shown!)}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

/** The reference page in Markdown. */
export function referencePage({ schema, referenceHead }: ConfigWords = MMSC_WORDS): string {
  const cell = (words: string): string => words.replaceAll('|', '\\|');
  const lines = [...referenceHead];
  for (const table of tablesOf(schema.shape, '')) {
    lines.push('', `## ${table.many ? `[[${table.name}]]` : `[${table.name}]`}`, '', table.description);
    if (table.entries.length === 0) continue;
    lines.push('', '| key | meaning | expected | default |', '| --- | --- | --- | --- |');
    for (const { name, info } of table.entries) {
      const preset = info.preset === undefined ? ifAbsent(info) : `\`${toml(info.preset)}\``;
      lines.push(`| \`${name}\` | ${[info.description, info.expects, preset].map(cell).join(' | ')} |`);
    }
  }
  return `${lines.join('\n')}\n`;
}

/** One key for a program that reads it. */
export interface KeyRow {
  /** With dots between tables, as faults name it. */
  readonly key: string;
  /** It stands in a table that may occur several times. */
  readonly many: boolean;
  readonly meaning: string;
  readonly expected: string;
  /** As one would write it in TOML; absent where there is none, and `otherwise` says what happens then. */
  readonly default?: TomlValue;
  readonly otherwise?: string;
}

/** Every key there is. */
export const keyList = ({ schema }: ConfigWords = MMSC_WORDS): readonly KeyRow[] =>
  tablesOf(schema.shape, '').flatMap(({ name: table, many, entries }) =>
    entries.map(({ name, info }) => ({
      key: `${table}.${name}`,
      many,
      meaning: info.description,
      expected: info.expects,
      ...(info.preset === undefined ? { otherwise: ifAbsent(info) } : { default: info.preset }),
    })),
  );
