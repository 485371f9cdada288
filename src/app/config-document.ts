/**
 * Reads a configuration file by its schema and finds every fault in it at once, each with its line. Relative paths in the file are relative to
 * the folder that the file is in.
 */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parse, TomlError } from 'smol-toml';
import { type AST, ParseError, parseTOML } from 'toml-eslint-parser';
import { z } from 'zod';
import { err, nearestWord, ok, type Result } from '#base';
import { KEYS, SECTIONS } from './config-values.js';

export type Path = readonly (string | number)[];

/** A fault between keys. It is shown at the first of `keys`, and not at all when one of them is faulty by itself. */
export interface CrossFault {
  readonly keys: readonly [string, ...string[]];
  readonly text: string;
}

/** A kind of configuration file. */
export interface ConfigKind<S extends z.ZodObject> {
  readonly schema: S;
  /** All faults between the keys of a configuration whose keys are right one by one. May read the files that it names. */
  readonly crossFaults: (config: z.output<S>) => readonly CrossFault[];
}

/** One thing that is wrong with a configuration. */
export interface ConfigFault {
  /** Absent when the configuration was no file. */
  readonly file?: string;
  /** From 1; absent when no single line is at fault. */
  readonly line?: number;
  /** With dots between tables; empty when the fault lies with the file as a whole. */
  readonly key: string;
  /** What is wrong and what is expected. */
  readonly text: string;
}

/** `file:line: key: text`, without the parts that are absent. */
export const faultText = (fault: ConfigFault): string =>
  [fault.file === undefined ? '' : fault.line === undefined ? fault.file : `${fault.file}:${fault.line}`, fault.key, fault.text]
    .filter((part) => part !== '')
    .join(': ');

interface Problem {
  readonly path: Path;
  readonly text: string;
}

/** What the file says in its own words: needed to name values as the operator wrote them. */
export const keyText = (path: Path): string =>
  path.reduce<string>((all, step) => (typeof step === 'number' ? `${all}[${step}]` : all ? `${all}.${step}` : step), '');

const pathOf = (key: string): Path => key.split('.').map((step) => (/^[0-9]+$/.test(step) ? Number(step) : step));

const shown = (value: unknown): string => {
  const json = JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? String(inner) : inner)) ?? String(value);
  const SHOWN_MAX = 80;
  return json.length > SHOWN_MAX ? `${json.slice(0, SHOWN_MAX)}...` : json;
};

const valueAt = (root: unknown, path: Path): unknown =>
  path.reduce<unknown>((value, step) => (value as Record<string | number, unknown> | undefined)?.[step], root);

/** The schema without its default or its permission to be absent. */
const bare = (schema: z.core.$ZodType): z.core.$ZodType =>
  schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional ? bare(schema.unwrap()) : schema;

/** What a path leads to: a key with its words, a table with its keys, or a list of tables. */
function lookUp(root: z.ZodObject, path: Path): { readonly expects: string } | undefined {
  let schema: z.core.$ZodType = root;
  for (const step of path) {
    if (KEYS.has(schema)) break;
    const inner = bare(schema);
    const next = inner instanceof z.ZodArray ? inner.element : inner instanceof z.ZodObject ? inner.shape[step] : undefined;
    if (!next) return undefined;
    schema = next;
  }
  const info = KEYS.get(schema);
  if (info) return typeof path.at(-1) === 'number' && info.expectsEach ? { expects: info.expectsEach } : info;
  if (bare(schema) instanceof z.ZodArray) return { expects: 'a list of tables' };
  return SECTIONS.has(schema) || bare(schema) instanceof z.ZodObject ? { expects: 'a table' } : undefined;
}

const keysOfTable = (root: z.ZodObject, path: Path): readonly string[] => {
  let schema: z.core.$ZodType = root;
  for (const step of path) {
    const inner = bare(schema);
    schema = inner instanceof z.ZodArray ? inner.element : (inner as z.ZodObject).shape[step]!;
  }
  return Object.keys((bare(schema) as z.ZodObject).shape);
};

function unknownKey(root: z.ZodObject, table: Path, key: string): string {
  const known = keysOfTable(root, table);
  const nearest = nearestWord(known, key);
  const meant = nearest === undefined ? '' : `; did you mean "${nearest}"?`;
  return `unknown key, expected ${known.length > 1 ? 'one of ' : ''}${known.join(', ')}${meant}`;
}

function problemsOf(root: z.ZodObject, issue: z.core.$ZodIssue, raw: unknown): Problem[] {
  const path = issue.path as Path;
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: [...path, key], text: unknownKey(root, path, key) }));
  }
  const value = valueAt(raw, path);
  const expects = lookUp(root, path)?.expects ?? issue.message;
  return [
    {
      path,
      text: value === undefined ? `is missing, expected ${expects}` : `${shown(value)} is not accepted, expected ${expects}`,
    },
  ];
}

/** A copy of `raw` without what `path` names; of a list the whole list goes, as its other elements may lean on the missing one. */
function without(raw: unknown, path: Path): unknown {
  const [step, ...rest] = path;
  if (step === undefined || typeof step === 'number' || typeof raw !== 'object' || raw === null) return undefined;
  const copy: Record<string, unknown> = { ...(raw as Record<string, unknown>) };
  const inner = rest.length === 0 ? undefined : without(copy[step], rest);
  if (inner === undefined) delete copy[step];
  else copy[step] = inner;
  return copy;
}

const startsWith = (path: Path, start: Path): boolean => start.every((step, index) => path[index] === step);

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) frozen(inner);
  }
  return value;
}

interface Checked<C> {
  readonly config?: C;
  readonly problems: readonly Problem[];
}

/** Each key by itself, then keys against each other. The second pass sees defaults in place of faulty keys and says nothing about those. */
function check<S extends z.ZodObject>(
  { schema, crossFaults }: ConfigKind<S>,
  raw: unknown,
  folder: string,
): Checked<z.output<S>> {
  const first = schema.safeParse(raw);
  const problems = first.success ? [] : first.error.issues.flatMap((issue) => problemsOf(schema, issue, raw));
  const mended = first.success
    ? first
    : schema.safeParse(problems.reduce((rest, problem) => without(rest, problem.path) ?? {}, raw));
  if (mended.success) {
    const config = withFolder(schema, mended.data, folder) as z.output<S>;
    const faulty = problems.map(({ path }) => path);
    for (const cross of crossFaults(config)) {
      const paths = cross.keys.map(pathOf);
      const known = paths.some((path) => faulty.some((other) => startsWith(other, path) || startsWith(path, other)));
      if (!known) problems.push({ path: paths[0]!, text: cross.text });
    }
    if (problems.length === 0) return { config: frozen(config), problems };
  }
  return { problems };
}

/** Paths of files made absolute, wherever the schema has them. */
function withFolder(schema: z.core.$ZodType, value: unknown, folder: string): unknown {
  if (value === undefined) return value;
  const info = KEYS.get(schema);
  if (info) return info.isPath ? resolve(folder, value as string) : value;
  const inner = bare(schema);
  if (inner instanceof z.ZodArray) return (value as unknown[]).map((each) => withFolder(inner.element, each, folder));
  if (!(inner instanceof z.ZodObject)) return value;
  const table = value as Readonly<Record<string, unknown>>;
  return Object.fromEntries(Object.entries(table).map(([key, its]) => [key, withFolder(inner.shape[key]!, its, folder)]));
}

/** Line of every table and key in the file, by its key text. */
function linesOf(source: string): ReadonlyMap<string, number> {
  const lines = new Map<string, number>();
  const nameOf = (key: AST.TOMLBare | AST.TOMLQuoted): string => (key.type === 'TOMLBare' ? key.name : key.value);
  const noteValue = (path: Path, node: AST.TOMLContentNode): void => {
    if (node.type === 'TOMLArray') {
      for (const [index, element] of node.elements.entries()) note([...path, index], element.loc.start.line, element);
    }
    if (node.type === 'TOMLInlineTable') for (const pair of node.body) notePair(path, pair);
  };
  const note = (path: Path, line: number, node?: AST.TOMLContentNode): void => {
    for (let depth = 1; depth < path.length; depth += 1) {
      const above = keyText(path.slice(0, depth));
      if (!lines.has(above)) lines.set(above, line);
    }
    lines.set(keyText(path), line);
    if (node) noteValue(path, node);
  };
  const notePair = (table: Path, pair: AST.TOMLKeyValue): void =>
    note([...table, ...pair.key.keys.map(nameOf)], pair.key.loc.start.line, pair.value);

  for (const item of parseTOML(source, { tomlVersion: '1.0' }).body[0].body) {
    if (item.type === 'TOMLKeyValue') notePair([], item);
    else {
      note(item.resolvedKey, item.key.loc.start.line);
      for (const pair of item.body) notePair(item.resolvedKey, pair);
    }
  }
  return lines;
}

/** The line of a path, or of the nearest table around it that has one. */
export function lineOf(lines: ReadonlyMap<string, number>, path: Path): number | undefined {
  for (let depth = path.length; depth > 0; depth -= 1) {
    const line = lines.get(keyText(path.slice(0, depth)));
    if (line !== undefined) return line;
  }
  return undefined;
}

/** Where a file has a key, or the nearest table around it. Absent: nowhere, or the file can no longer be read. */
export function lineOfKey(file: string, key: string): number | undefined {
  let source: string;
  try {
    source = readFileSync(file, 'utf8');
  } catch (e) {
    if ((e as NodeJS.ErrnoException).code === undefined) throw e;
    return undefined;
  }
  const read = readToml(source, file);
  return read.ok ? lineOf(read.value.lines, pathOf(key)) : undefined;
}

/** What the text of a TOML file says, and where; or what is no TOML in it. `file` is for the message. */
export function readToml(
  source: string,
  file: string,
): Result<
  { readonly raw: Readonly<Record<string, unknown>>; readonly lines: ReadonlyMap<string, number> },
  readonly ConfigFault[]
> {
  try {
    return ok({ raw: parse(source), lines: linesOf(source) });
  } catch (e) {
    if (e instanceof TomlError) {
      const what = e.message.split('\n')[0]!.replace('Invalid TOML document: ', '');
      return err([{ file, line: e.line, key: '', text: `no TOML: ${what}` }]);
    }
    if (e instanceof ParseError) return err([{ file, line: e.lineNumber, key: '', text: `no TOML: ${e.message}` }]);
    throw e;
  }
}

/** The configuration that the text of a file means, frozen, or all its faults in the order of their lines. `file` is for the messages and its folder for paths. */
export function parseDocument<S extends z.ZodObject>(
  kind: ConfigKind<S>,
  source: string,
  file: string,
): Result<z.output<S>, readonly ConfigFault[]> {
  const read = readToml(source, file);
  if (!read.ok) return read;
  const { raw, lines } = read.value;
  const { config, problems } = check(kind, raw, dirname(resolve(file)));
  if (config) return ok(config);
  const faults = problems.map(({ path, text }): ConfigFault => {
    const line = lineOf(lines, path);
    return { file, ...(line === undefined ? {} : { line }), key: keyText(path), text };
  });
  return err(faults.sort((a, b) => (a.line ?? 0) - (b.line ?? 0)));
}

/** The same from a file's name; a file that cannot be read is a fault. */
export function readDocument<S extends z.ZodObject>(
  kind: ConfigKind<S>,
  file: string,
): Result<z.output<S>, readonly ConfigFault[]> {
  let source: string;
  try {
    source = readFileSync(file, 'utf8');
  } catch (e) {
    const { code } = e as NodeJS.ErrnoException;
    if (code === undefined) throw e;
    return err([{ file, key: '', text: `cannot be read (${code})` }]);
  }
  return parseDocument(kind, source, file);
}

/** A configuration from a value, for programs that hold one: what is absent has its default, relative paths start at the working directory. Throws on faults. */
export function documentOf<S extends z.ZodObject>(kind: ConfigKind<S>, input: z.input<S>): z.output<S> {
  const { config, problems } = check(kind, input, process.cwd());
  if (config) return config;
  throw new Error(problems.map(({ path, text }) => faultText({ key: keyText(path), text })).join('\n'));
}
