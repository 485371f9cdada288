/** Lists too long for TOML, as CSV: a first line of column names, which are the keys of the table that they belong to, then a row each. */
import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { err, ok, type Result } from '#base';
import { KEYS } from '../config-values.js';

/** Octets of one list file. Unit: octets. Source: a million entries of a hundred octets, three times. */
const LIST_OCTETS_MAX = 300 * 1024 * 1024;
/** Faults told of one file: more say nothing more. */
const FAULTS_MAX = 20;

/** One thing that is wrong with a list. */
export interface ListFault {
  readonly file: string;
  /** From 1. */
  readonly line?: number;
  readonly text: string;
}

/** `file:line: text`. */
export const listFaultText = ({ file, line, text }: ListFault): string =>
  `${line === undefined ? file : `${file}:${line}`}: ${text}`;

/** A field as the schema of its key wants it: keys that take no text get the number or truth value that is written. */
function readField(schema: z.ZodType, written: string): unknown {
  const asText = schema.safeParse(written);
  if (asText.success) return asText.data;
  const value = written === 'true' ? true : written === 'false' ? false : /^-?[0-9]+$/.test(written) ? Number(written) : written;
  const other = schema.safeParse(value);
  return other.success ? other.data : undefined;
}

/**
 * The rows of a list file by the keys of `shape`, empty fields being absent, or all its faults. Fields are separated by commas and hold neither
 * commas nor quotes; empty lines and lines that begin with `#` are passed over.
 */
export function readList<T extends z.core.$ZodLooseShape>(
  file: string,
  shape: z.ZodObject<T>,
): Result<readonly z.output<z.ZodObject<T>>[], readonly ListFault[]> {
  let source: string;
  try {
    const octets = readFileSync(file);
    if (octets.length > LIST_OCTETS_MAX)
      return err([{ file, text: `has ${octets.length} octets, expected at most ${LIST_OCTETS_MAX}` }]);
    source = octets.toString('utf8');
  } catch (e) {
    const { code } = e as NodeJS.ErrnoException;
    if (code === undefined) throw e;
    return err([{ file, text: `cannot be read (${code})` }]);
  }
  return parseList(source, file, shape);
}

/** The same from the text of a file. */
export function parseList<T extends z.core.$ZodLooseShape>(
  source: string,
  file: string,
  shape: z.ZodObject<T>,
): Result<readonly z.output<z.ZodObject<T>>[], readonly ListFault[]> {
  const faults: ListFault[] = [];
  const rows: z.output<z.ZodObject<T>>[] = [];
  let columns: readonly string[] | undefined;
  const schemas = shape.shape as unknown as Readonly<Record<string, z.ZodType>>;
  for (const [index, line] of source.split('\n').entries()) {
    const written = line.trim();
    if (written === '' || written.startsWith('#')) continue;
    const fields = written.split(',').map((field) => field.trim());
    const line1 = index + 1;
    if (columns === undefined) {
      columns = fields;
      const unknown = fields.filter((column) => !(column in schemas) || !KEYS.has(schemas[column]!));
      if (unknown.length > 0)
        return err([
          {
            file,
            line: line1,
            text: `unknown column ${JSON.stringify(unknown[0])}, expected some of ${Object.keys(schemas).join(', ')}`,
          },
        ]);
      continue;
    }
    const row = readRow(schemas, columns, fields);
    if (typeof row === 'string') faults.push({ file, line: line1, text: row });
    else rows.push(row as z.output<z.ZodObject<T>>);
    if (faults.length >= FAULTS_MAX) break;
  }
  if (columns === undefined) faults.push({ file, text: 'is empty, expected a first line of column names' });
  return faults.length > 0 ? err(faults) : ok(rows);
}

/** The row by its keys, or what is wrong with it. */
function readRow(
  schemas: Readonly<Record<string, z.ZodType>>,
  columns: readonly string[],
  fields: readonly string[],
): object | string {
  if (fields.length > columns.length) return `${fields.length} fields, expected at most ${columns.length}`;
  const row: Record<string, unknown> = {};
  for (const [key, schema] of Object.entries(schemas)) {
    const written = fields[columns.indexOf(key)] ?? '';
    const absent = written === '' || !columns.includes(key);
    const value = absent
      ? schema.safeParse(key === 'digits' && columns.includes(key) ? '' : undefined).data
      : readField(schema, written);
    if (value !== undefined) row[key] = value;
    else if (!absent || !schema.safeParse(undefined).success)
      return `${key}: ${absent ? 'is missing' : `${JSON.stringify(written)} is not accepted`}, expected ${KEYS.get(schema)?.expects ?? 'a value'}`;
  }
  return row;
}
