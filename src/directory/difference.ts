/** Differences between two kept objects, key by key, in written words. An absent key counts as its preset: writing a preset out changes nothing. */
import { z } from 'zod';
import { schemaAt } from './faults.js';
import { KINDS, type ObjectKind } from './kinds.js';
import type { KeyWords, Written, WrittenTable } from './words.js';
import { at, isTable, keysOfKind } from './written-walk.js';

/** One key that differs. Secrets: `before` and `after` are only `(secret)`, or absent. */
export interface KeyDifference {
  /** With dots. */
  readonly key: string;
  readonly before?: Written;
  readonly after?: Written;
}

/** Another object than before: new, gone, or with other values. */
export interface ObjectDifference {
  readonly kind: ObjectKind;
  readonly name: string;
  readonly what: 'new' | 'changed' | 'removed';
  readonly keys: readonly KeyDifference[];
}

const SECRET_SHOWN = '(secret)';

interface LeafKey {
  readonly path: readonly string[];
  readonly schema: z.ZodType;
  readonly preset: Written | undefined;
  readonly isSecret: boolean;
}

/** Leaves to compare: keys; lists of tables as wholes. */
function leavesOf(kind: ObjectKind): readonly LeafKey[] {
  const seen = new Map<string, LeafKey>();
  for (const { path, words } of keysOfKind(kind)) {
    const leaf = listAbove(kind, path) ?? leafOf(kind, path, words);
    seen.set(leaf.path.join('.'), leaf);
  }
  return [...seen.values()];
}

const leafOf = (kind: ObjectKind, path: readonly string[], words: KeyWords): LeafKey => ({
  path,
  schema: schemaAt(KINDS[kind].schema, path) as z.ZodType,
  preset: words.preset,
  isSecret: words.isSecret === true,
});

function listAbove(kind: ObjectKind, path: readonly string[]): LeafKey | undefined {
  for (let depth = 1; depth < path.length; depth += 1) {
    const schema = schemaAt(KINDS[kind].schema, path.slice(0, depth));
    if (schema instanceof z.ZodPrefault && schema.unwrap() instanceof z.ZodArray)
      return { path: path.slice(0, depth), schema, preset: [], isSecret: false };
  }
  return undefined;
}

const leaves = new Map<ObjectKind, readonly LeafKey[]>();
function leavesOfKind(kind: ObjectKind): readonly LeafKey[] {
  const known = leaves.get(kind) ?? leavesOf(kind);
  leaves.set(kind, known);
  return known;
}

/** Equal for values that mean the same: `60s` and `1m`, `A.example` and `a.example`. */
function meaning(leaf: LeafKey, value: Written | undefined): string {
  if (value === undefined) return '';
  if (leaf.isSecret) return JSON.stringify(value);
  const read = leaf.schema.safeParse(value);
  return JSON.stringify(read.success ? read.data : value);
}

const secretShown = (value: Written): Written => (Array.isArray(value) ? value.map(() => SECRET_SHOWN) : SECRET_SHOWN);

/** PEM and the like are too long for a line. Unit: characters. */
const VALUE_MAX = 200;
const short = (value: Written): Written =>
  typeof value === 'string' && value.length > VALUE_MAX ? `${value.slice(0, VALUE_MAX).replaceAll('\n', ' ')}...` : value;

/** A difference of the two; undefined when they mean the same. `before`, `after`: kept, absent where there is none. */
export function differenceOf(
  kind: ObjectKind,
  name: string,
  before: WrittenTable | undefined,
  after: WrittenTable | undefined,
): ObjectDifference | undefined {
  const both = before !== undefined && after !== undefined;
  const keys: KeyDifference[] = [];
  for (const leaf of leavesOfKind(kind)) {
    // Of a new or removed object, what it says; of a changed one, what holds.
    const [was, is] = [before, after].map((written) => at(written, leaf.path) ?? (both ? leaf.preset : undefined));
    if (meaning(leaf, was) === meaning(leaf, is)) continue;
    const show = leaf.isSecret ? secretShown : short;
    keys.push({
      key: leaf.path.join('.'),
      ...(was === undefined ? {} : { before: show(was) }),
      ...(is === undefined ? {} : { after: show(is) }),
    });
  }
  if (both && keys.length === 0) return undefined;
  return { kind, name, what: both ? 'changed' : before === undefined ? 'new' : 'removed', keys };
}

const valueText = (value: Written | undefined): string =>
  value === undefined ? 'absent' : isTable(value) || Array.isArray(value) ? JSON.stringify(value) : JSON.stringify(value);

function keyText({ key, before, after }: KeyDifference): string {
  const isSecret = JSON.stringify(before ?? after)?.includes(SECRET_SHOWN) === true;
  if (before === undefined) return `  + ${key} = ${valueText(after)}`;
  if (after === undefined) return `  - ${key} = ${valueText(before)}`;
  return isSecret ? `  ~ ${key} = another secret` : `  ~ ${key} = ${valueText(before)} -> ${valueText(after)}`;
}

/** Readable lines: each object, and under it each key. `nothing changes` where there is none. */
export function differencesText(differences: readonly ObjectDifference[]): string {
  if (differences.length === 0) return 'nothing changes';
  return differences
    .map(({ kind, name, what, keys }) => [`${kind} ${name}: ${what}`, ...keys.map(keyText)].join('\n'))
    .join('\n');
}
