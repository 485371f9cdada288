/** Reads kept decisions, newest file first, without a running gate: files are only ever appended to. */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { type DecisionFile, filesIn } from './files.js';
import type { KeptDecision } from './kept.js';

/** Which decisions are asked for; all that is given must hold. */
export interface DecisionQuery {
  /** Milliseconds since the epoch, `since` included. */
  readonly since?: number;
  readonly until?: number;
  /** The sender as the files have it: whole, masked or hashed. */
  readonly sender?: string;
  readonly verdict?: KeptDecision['verdict'];
  readonly action?: KeptDecision['action'];
  readonly homeSmsc?: string;
  readonly link?: string;
}

const isAsked = (query: DecisionQuery, kept: KeptDecision): boolean =>
  (query.since === undefined || kept.at >= query.since) &&
  (query.until === undefined || kept.at < query.until) &&
  (['sender', 'verdict', 'action', 'homeSmsc', 'link'] as const).every(
    (key) => query[key] === undefined || query[key] === kept[key],
  );

/** What a line must hold to be worth being parsed. */
function needles(query: DecisionQuery): readonly string[] {
  return (['sender', 'verdict', 'action', 'homeSmsc', 'link'] as const).flatMap((key) =>
    query[key] === undefined ? [] : [`${JSON.stringify(key)}:${JSON.stringify(query[key])}`],
  );
}

/** The decision of a line; undefined when it is none: the end of a file that a crash cut, or foreign matter. */
function parsed(line: string): KeptDecision | undefined {
  try {
    const value = JSON.parse(line) as KeptDecision;
    return typeof value === 'object' && value !== null && typeof value.at === 'number' && Array.isArray(value.steps)
      ? value
      : undefined;
  } catch (e) {
    if (e instanceof SyntaxError) return undefined;
    throw e;
  }
}

/** What a file holds for the query, oldest first. Other work is done between the pieces of the file. */
export async function* decisionsOf(file: DecisionFile, query: DecisionQuery): AsyncGenerator<KeptDecision> {
  const wanted = needles(query);
  const stream = createReadStream(file.path);
  stream.on('error', () => {});
  const lines = createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY });
  try {
    for await (const line of lines) {
      if (!wanted.every((needle) => line.includes(needle))) continue;
      const kept = parsed(line);
      if (kept && isAsked(query, kept)) yield kept;
    }
  } finally {
    stream.destroy();
  }
}

/** Files that may hold decisions of the time that is asked for, oldest first. */
async function filesFor(folder: string, { since, until }: DecisionQuery): Promise<readonly DecisionFile[]> {
  const files = await filesIn(folder);
  return files.filter(
    ({ begunAt, changedAt }) =>
      (since === undefined || changedAt >= since - CLOCK_GRAIN_MS) && (until === undefined || begunAt < until),
  );
}

/** A file's time of change may be a little behind the last decision in it. Unit: milliseconds. */
const CLOCK_GRAIN_MS = 60_000;

/** All decisions for the query, oldest first. */
export async function* readDecisions(folder: string, query: DecisionQuery): AsyncGenerator<KeptDecision> {
  for (const file of await filesFor(folder, query)) yield* decisionsOf(file, query);
}

/** The newest decisions for the query, newest first, at most `limit`. */
export async function newestDecisions(folder: string, query: DecisionQuery, limit: number): Promise<readonly KeptDecision[]> {
  const found: KeptDecision[] = [];
  for (const file of [...(await filesFor(folder, query))].reverse()) {
    const own: KeptDecision[] = [];
    for await (const kept of decisionsOf(file, query)) {
      own.push(kept);
      // Only the last ones of a file can be among the newest.
      if (own.length > limit * 2) own.splice(0, own.length - limit);
    }
    found.push(...own.reverse());
    if (found.length >= limit) return found.slice(0, limit);
  }
  return found;
}
