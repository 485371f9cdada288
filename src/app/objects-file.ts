/** Files of objects for `angarium apply`: TOML with `[[peer]]`, `[[vasp]]`, `[[route]]`, `[[subscriber]]` and `[[mail-rule]]`. */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { err, nearestWord, ok, type Result } from '#base';
import { isObjectKind, keysOfKind, OBJECT_KINDS, type ObjectKind } from '#directory';
import type { ObjectFaults } from '#operator';
import { type ConfigFault, keyText, lineOf, type Path, readToml } from './config-document.js';

export interface ObjectsFile {
  /** By kind, as the API takes them. */
  readonly objects: { readonly [K in ObjectKind]?: readonly Record<string, unknown>[] };
  /** What the API says is wrong with them, by the lines of the file, in their order. */
  located(faults: ObjectFaults): readonly ConfigFault[];
}

/** Octets of a file that an object takes a value from. Source: a bundle of all public authorities is 220 KB. */
const VALUE_FILE_MAX = 1024 * 1024;

const isTable = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);

/** What TOML knows and JSON, in which objects travel, would change in silence: dates and numbers beyond all. */
function foreignValues(value: unknown, path: Path): Fault[] {
  if (Array.isArray(value)) return value.flatMap((each, index) => foreignValues(each, [...path, index]));
  if (isTable(value)) return Object.entries(value).flatMap(([key, inner]) => foreignValues(inner, [...path, key]));
  if (value instanceof Date) return [{ path, text: 'is a date, and no key takes one: write a string' }];
  return typeof value === 'number' && !Number.isFinite(value) ? [{ path, text: `${value} is no number that a key takes` }] : [];
}

type Fault = { readonly path: Path; readonly text: string };

/** The text of a file that a key names, or why there is none. */
function fromFile(path: string, how: 'line' | 'whole'): Result<string, string> {
  try {
    const text = readFileSync(path, 'utf8');
    if (text.length > VALUE_FILE_MAX) return err(`"${path}" is longer than ${VALUE_FILE_MAX} octets`);
    return ok(how === 'whole' ? text : text.split('\n')[0]!.trim());
  } catch (e) {
    const { code } = e as NodeJS.ErrnoException;
    if (code === undefined) throw e;
    return err(`"${path}" cannot be read (${code})`);
  }
}

/** A value with every `{ file = "..." }` in it replaced by what the file holds. */
function withFiles(value: unknown, how: 'line' | 'whole', folder: string, path: Path, faults: Fault[]): unknown {
  if (Array.isArray(value)) return value.map((each, index) => withFiles(each, how, folder, [...path, index], faults));
  if (!isTable(value) || Object.keys(value).join() !== 'file' || typeof value['file'] !== 'string') return value;
  const read = fromFile(resolve(folder, value['file']), how);
  if (read.ok) return read.value;
  faults.push({ path, text: read.error });
  return '';
}

function replaced(
  table: Record<string, unknown>,
  [key, ...rest]: readonly string[],
  change: (value: unknown) => unknown,
): Record<string, unknown> {
  const value = key === undefined ? undefined : table[key];
  if (key === undefined || value === undefined) return table;
  if (rest.length === 0) return { ...table, [key]: change(value) };
  return isTable(value) ? { ...table, [key]: replaced(value, rest, change) } : table;
}

function objectOf(kind: ObjectKind, written: unknown, path: Path, folder: string, faults: Fault[]): Record<string, unknown> {
  if (!isTable(written)) {
    faults.push({ path, text: 'is no table' });
    return {};
  }
  faults.push(...foreignValues(written, path));
  let object = written;
  for (const { path: key, words } of keysOfKind(kind)) {
    const how = words.fromFile;
    if (how !== undefined) object = replaced(object, key, (value) => withFiles(value, how, folder, [...path, ...key], faults));
  }
  return object;
}

/** The file's objects, not yet checked: what objects mean is checked where they live. `file` is for messages and for the folder of other files. */
export function parseObjects(source: string, file: string): Result<ObjectsFile, readonly ConfigFault[]> {
  const read = readToml(source, file);
  if (!read.ok) return read;
  const { raw, lines } = read.value;
  const faults: Fault[] = [];
  const objects: Partial<Record<ObjectKind, Record<string, unknown>[]>> = {};
  for (const [kind, listed] of Object.entries(raw)) {
    const nearest = nearestWord(OBJECT_KINDS, kind);
    if (!isObjectKind(kind))
      faults.push({
        path: [kind],
        text: `no kind of object, expected one of ${OBJECT_KINDS.join(', ')}${nearest === undefined ? '' : `; did you mean "${nearest}"?`}`,
      });
    else if (!Array.isArray(listed)) faults.push({ path: [kind], text: `is no list of tables, expected [[${kind}]]` });
    else
      objects[kind] = listed.map((each: unknown, index) => objectOf(kind, each, [kind, index], dirname(resolve(file)), faults));
  }
  const located = (all: readonly Fault[]): readonly ConfigFault[] =>
    all
      .map(({ path, text }): ConfigFault => {
        const line = lineOf(lines, path);
        return { file, ...(line === undefined ? {} : { line }), key: keyText(path), text };
      })
      .sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
  if (faults.length > 0) return err(located(faults));
  return ok({
    objects,
    located: (its) =>
      located(
        its.map(({ kind, name, index, path, text }) => ({
          // A fault of an object that is not in the file has no line: it is named instead.
          path: index === undefined ? [] : [kind, index, ...path],
          text: index === undefined ? `${kind} ${name}: ${keyText(path)}: ${text}` : text,
        })),
      ),
  });
}

/** The same from a file's name. */
export function readObjects(file: string): Result<ObjectsFile, readonly ConfigFault[]> {
  const read = fromObjectsFile(file);
  return read.ok ? parseObjects(read.value, file) : read;
}

function fromObjectsFile(file: string): Result<string, readonly ConfigFault[]> {
  try {
    return ok(readFileSync(file, 'utf8'));
  } catch (e) {
    const { code } = e as NodeJS.ErrnoException;
    if (code === undefined) throw e;
    return err([{ file, key: '', text: `cannot be read (${code})` }]);
  }
}
