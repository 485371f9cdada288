/**
 * Secrets stand in objects only on their way in. Kept objects have a reference in their place, `{ secret: 17 }`, and the secrets themselves are
 * kept apart, so that answers, differences, history and logs can show whole objects. A secret that somebody writes anew with the same
 * text keeps its reference: then nothing has changed.
 */
import type { Fault } from './faults.js';
import type { ObjectKind } from './kinds.js';
import type { Written, WrittenTable } from './words.js';
import { at, isTable, keysOfKind, withAt } from './written-walk.js';

/** Shown in place of a secret; written back, it means the secret that is there. */
export const SECRET_MASK = '********';

/** Secrets by the number of their reference. */
export type Secrets = ReadonlyMap<number, string>;

const numberOf = (value: Written | undefined): number | undefined =>
  isTable(value) && typeof value['secret'] === 'number' ? value['secret'] : undefined;

const secretKeys = (kind: ObjectKind): readonly (readonly string[])[] =>
  keysOfKind(kind)
    .filter(({ words }) => words.isSecret)
    .map(({ path }) => path);

/** The object with every secret's place rewritten by `change`; other values stay as they are. */
function mapSecrets(
  kind: ObjectKind,
  written: WrittenTable,
  change: (value: Written, path: readonly (string | number)[]) => Written,
): WrittenTable {
  let result = written;
  for (const path of secretKeys(kind)) {
    const value = at(written, path);
    if (value === undefined) continue;
    const changed = Array.isArray(value) ? value.map((each, index) => change(each, [...path, index])) : change(value, path);
    result = withAt(result, path, changed);
  }
  return result;
}

/** A kept object as it may be shown. */
export const masked = (kind: ObjectKind, kept: WrittenTable): WrittenTable => mapSecrets(kind, kept, () => SECRET_MASK);

/** A kept object with its secrets, for the program only. */
export const revealed = (kind: ObjectKind, kept: WrittenTable, secrets: Secrets): WrittenTable =>
  mapSecrets(kind, kept, (value) => secrets.get(numberOf(value) ?? -1) ?? value);

/** Numbers of the secrets that a kept object refers to. */
export function secretsOf(kind: ObjectKind, kept: WrittenTable): readonly number[] {
  const numbers: number[] = [];
  mapSecrets(kind, kept, (value) => {
    const number = numberOf(value);
    if (number !== undefined) numbers.push(number);
    return value;
  });
  return numbers;
}

/**
 * A written object whose masks have been replaced by the secrets that `before`, the kept object of that name, has there; a list's by place.
 * What is written as a reference is no secret and becomes a fault of its key by the schema.
 */
export function unmasked(
  kind: ObjectKind,
  written: WrittenTable,
  before: WrittenTable | undefined,
  secrets: Secrets,
): { readonly written: WrittenTable; readonly faults: readonly Fault[] } {
  const faults: Fault[] = [];
  const result = mapSecrets(kind, written, (value, path) => {
    if (value !== SECRET_MASK) return value;
    const kept = secrets.get(numberOf(at(before, path)) ?? -1);
    if (kept === undefined) faults.push({ path, text: 'the mask stands for no secret here: write the secret itself' });
    return kept ?? value;
  });
  return { written: result, faults };
}

/** A written object as it is kept. Secrets that `before` has at the same key keep their numbers, others get the next, from `next` on. */
export function separated(
  kind: ObjectKind,
  written: WrittenTable,
  before: WrittenTable | undefined,
  secrets: Secrets,
  next: number,
): { readonly kept: WrittenTable; readonly added: Secrets } {
  const added = new Map<number, string>();
  const kept = mapSecrets(kind, written, (value, path) => {
    if (typeof value !== 'string') return value;
    const [place] = typeof path.at(-1) === 'number' ? [path.slice(0, -1)] : [path];
    const there = at(before, place!);
    const known = (Array.isArray(there) ? there : [there])
      .map(numberOf)
      .find((number) => number !== undefined && secrets.get(number) === value);
    const number = known ?? next + added.size;
    if (known === undefined) added.set(number, value);
    return { secret: number };
  });
  return { kept, added };
}
