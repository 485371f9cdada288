/** Walks over written objects by their schema: where secrets stand, what their leaves are. */
import { z } from 'zod';
import { type Path, schemaAt } from './faults.js';
import { KINDS, type ObjectKind } from './kinds.js';
import { bare, KEYS, type KeyWords, type Written, type WrittenTable } from './words.js';

/** One key of a kind: its path without places in lists. */
export interface KeyOfKind {
  readonly path: readonly string[];
  readonly words: KeyWords;
}

function keysOf(schema: z.core.$ZodType, path: readonly string[]): KeyOfKind[] {
  const words = KEYS.get(schema);
  if (words !== undefined) return [{ path, words }];
  const inner = bare(schema);
  const table = inner instanceof z.ZodArray ? inner.element : inner;
  if (!(table instanceof z.ZodObject)) return [];
  return Object.entries(table.shape).flatMap(([key, its]) => keysOf(its as z.core.$ZodType, [...path, key]));
}

const made = new Map<ObjectKind, readonly KeyOfKind[]>();

/** Every key of a kind, in the order of its schema. */
export function keysOfKind(kind: ObjectKind): readonly KeyOfKind[] {
  const known = made.get(kind) ?? keysOf(KINDS[kind].schema, []);
  made.set(kind, known);
  return known;
}

export const isTable = (value: unknown): value is WrittenTable =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const at = (written: Written | undefined, path: Path): Written | undefined =>
  path.reduce<Written | undefined>(
    (value, step) =>
      isTable(value) && typeof step === 'string' && Object.hasOwn(value, step)
        ? value[step]
        : Array.isArray(value) && typeof step === 'number'
          ? value[step]
          : undefined,
    written,
  );

/** The table with another value at a path of keys; undefined takes the key away. Tables on the way stay in place. */
export function withAt(written: WrittenTable, [key, ...rest]: readonly string[], value: Written | undefined): WrittenTable {
  if (key === undefined) return written;
  const inner = rest.length === 0 ? value : withAt(isTable(written[key]) ? written[key] : {}, rest, value);
  const { [key]: _, ...others } = written;
  if (inner === undefined) return others;
  // The order of keys is kept where the key was there before.
  return key in written
    ? Object.fromEntries(Object.entries(written).map(([k, its]) => [k, k === key ? inner : its]))
    : { ...others, [key]: inner };
}

/** What a text typed for a key means: itself where the key takes it as it is, else the JSON value that it spells (a number, a list), else itself. */
export function writtenValue(kind: ObjectKind, path: readonly string[], text: string): Written {
  const schema = schemaAt(KINDS[kind].schema, path);
  if (schema === undefined || z.safeParse(schema, text).success) return text;
  try {
    return JSON.parse(text) as Written;
  } catch (e) {
    if (e instanceof SyntaxError) return text;
    throw e;
  }
}
