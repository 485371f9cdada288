/** What is wrong with a written object, in words that say where, what, and what was expected. */
import { z } from 'zod';
import { nearestWord } from '#base';
import { bare, KEYS, TABLES } from './words.js';

export type Path = readonly (string | number)[];

/** One fault. `path`: from the object's own keys, or, of a whole set, from its kind and its place among them. */
export interface Fault {
  readonly path: Path;
  readonly text: string;
}

/** `peer[2].tls.verify`. */
export const pathText = (path: Path): string =>
  path.reduce<string>((all, step) => (typeof step === 'number' ? `${all}[${step}]` : all ? `${all}.${step}` : step), '');

/** `path: text`, or the text alone where the fault is of the whole. */
export const faultText = ({ path, text }: Fault): string => (path.length === 0 ? text : `${pathText(path)}: ${text}`);

/** Characters of a value that a fault shows. */
const SHOWN_MAX = 80;

function shown(value: unknown): string {
  const json = JSON.stringify(value) ?? String(value);
  return json.length > SHOWN_MAX ? `${json.slice(0, SHOWN_MAX)}...` : json;
}

const valueAt = (root: unknown, path: Path): unknown =>
  path.reduce<unknown>((value, step) => (value as Record<string | number, unknown> | null | undefined)?.[step], root);

/** What a path leads to in a schema, as far as it leads anywhere; stops at a key. */
export function schemaAt(root: z.core.$ZodType, path: Path): z.core.$ZodType | undefined {
  let schema: z.core.$ZodType | undefined = root;
  for (const step of path) {
    if (schema === undefined || KEYS.has(schema)) return schema;
    const inner = bare(schema);
    schema = inner instanceof z.ZodArray ? inner.element : inner instanceof z.ZodObject ? inner.shape[step] : undefined;
  }
  return schema;
}

function expectation(root: z.core.$ZodType, path: Path): { readonly expects: string; readonly isSecret: boolean } | undefined {
  const schema = schemaAt(root, path);
  if (schema === undefined) return undefined;
  const words = KEYS.get(schema);
  if (words !== undefined) {
    const isElement = typeof path.at(-1) === 'number' && words.expectsEach !== undefined;
    return { expects: isElement ? words.expectsEach! : words.expects, isSecret: words.isSecret === true };
  }
  if (bare(schema) instanceof z.ZodArray) return { expects: 'a list of tables', isSecret: true };
  return TABLES.has(schema) || bare(schema) instanceof z.ZodObject ? { expects: 'a table', isSecret: true } : undefined;
}

function unknownKey(root: z.core.$ZodType, table: Path, key: string): string {
  const inner = bare(schemaAt(root, table)!);
  const known = inner instanceof z.ZodObject ? Object.keys(inner.shape) : [];
  const meant = nearestWord(known, key);
  return `unknown key, expected one of ${known.join(', ')}${meant === undefined ? '' : `; did you mean "${meant}"?`}`;
}

/** The faults that an issue of zod stands for. Values of secrets, and of whole tables, are not repeated. */
function faultsOfIssue(root: z.core.$ZodType, issue: z.core.$ZodIssue, raw: unknown): Fault[] {
  const path = issue.path as Path;
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ path: [...path, key], text: unknownKey(root, path, key) }));
  const value = valueAt(raw, path);
  const expected = expectation(root, path);
  const expects = expected?.expects ?? issue.message;
  if (value === undefined) return [{ path, text: `is missing, expected ${expects}` }];
  const what = expected?.isSecret === true ? 'what stands there' : shown(value);
  return [{ path, text: `${what} is not accepted, expected ${expects}` }];
}

/** The value by the schema, or every fault of it. */
export function readBy<S extends z.ZodType>(
  schema: S,
  raw: unknown,
): { readonly value: z.output<S> } | { readonly faults: readonly Fault[] } {
  const result = schema.safeParse(raw);
  return result.success
    ? { value: result.data }
    : { faults: result.error.issues.flatMap((issue) => faultsOfIssue(schema, issue, raw)) };
}
