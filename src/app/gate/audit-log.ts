/**
 * Who has changed what, and when: lines of JSON in one file. The program never removes any.
 *
 * Most acts are written first (`write`) and are not carried out when they cannot be. What stops the gate from refusing messages must not wait for a
 * disk: it is carried out all the same (`note`), told in the log, and its entry kept in memory until the file can be written again. Meanwhile there is
 * a fault for status and metrics. An entry that is never written is said to be lost, with all that it holds.
 */
import { mkdirSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { err, type Log, ok, type Result } from '#base';
import type { AuditView } from '#operator';

/** Entries that are shown. Unit: entries. */
const SHOWN_MAX = 1_000;
/** The end of the file that is read to show them. Unit: octets. Source: entries of the usual size, four times over. */
const SHOWN_OCTETS_MAX = 1_048_576;
/** Entries that wait in memory for a file that can be written. Unit: entries. Source: all that people do by hand in a long night. */
const UNWRITTEN_MAX = 1_000;

export interface AuditEntry {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly who: string;
  readonly what: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

interface Waiting {
  readonly line: string;
  /** Whether it is kept when the file cannot be written. */
  readonly isNoted: boolean;
}

export class AuditLog {
  readonly #file: string;
  readonly #log: Log;
  #waiting: Waiting[] = [];
  #next: Promise<NodeJS.ErrnoException | undefined> | undefined;
  #writing: Promise<unknown> = Promise.resolve();
  /** A crash or a full disk may have left a line without its end: the next one begins on a line of its own. */
  #isTorn = true;
  #unwritten: string[] = [];
  #lost = 0;
  #failure: string | undefined;

  constructor(folder: string, log: Log) {
    this.#file = join(folder, 'audit.jsonl');
    this.#log = log;
    mkdirSync(dirname(this.#file), { recursive: true });
  }

  /** Why the file could not be written the last time, and what waits for it; undefined: it could. */
  get fault(): string | undefined {
    const waiting =
      this.#unwritten.length === 0 ? '' : `; acts that were carried out and wait to be written: ${this.#unwritten.length}`;
    return this.#failure === undefined ? undefined : `the audit log cannot be written (${this.#failure})${waiting}`;
  }

  /** Entries of acts that were carried out and are not in the file yet. */
  get unwritten(): number {
    return this.#unwritten.length;
  }

  /** Entries that will never be in the file; the log has them. */
  get lost(): number {
    return this.#lost;
  }

  /** Resolves when the entry is on the disk, or with why it is not: then the act must not be carried out. Entries that wait together are flushed together. */
  async write(entry: AuditEntry): Promise<Result<void, { readonly text: string }>> {
    const failure = await this.#queue({ line: lineOf(entry), isNoted: false });
    return failure === undefined
      ? ok(undefined)
      : err({ text: `the audit log cannot be written (${failure.code}), and nothing is changed without an entry there` });
  }

  /** For an act that is carried out in any case. Resolves when the entry is on the disk or kept in memory to be written later. */
  async note(entry: AuditEntry): Promise<void> {
    const failure = await this.#queue({ line: lineOf(entry), isNoted: true });
    const { who, what, before, after } = entry;
    if (failure !== undefined)
      this.#log.error({ err: failure, who, what, before, after }, 'carried out though the audit log cannot be written');
  }

  /** While there is a fault: tries again to write what waits, or at least an empty line, which shows whether there is room. */
  async retry(): Promise<void> {
    if (this.#failure !== undefined) await this.#queue({ line: this.#unwritten.length === 0 ? '\n' : '', isNoted: false });
  }

  /** Tries a last time; what is not written then is lost, and the log says what it was. */
  async close(): Promise<void> {
    await this.retry();
    for (const line of this.#unwritten.splice(0)) this.#lose(line);
  }

  /** The last entries, newest first. Lines that cannot be read are passed over. */
  async last(): Promise<AuditView> {
    const entries: Entry[] = [];
    for (const line of (await this.#end()).split('\n').reverse()) {
      const entry = read(line);
      if (entry !== undefined && entries.push(entry) >= SHOWN_MAX) break;
    }
    return { entries };
  }

  /** The last lines of the file, the first of them without its beginning. */
  async #end(): Promise<string> {
    const file = await open(this.#file, 'r').catch((e: NodeJS.ErrnoException) => {
      if (e.code === 'ENOENT') return undefined;
      throw e;
    });
    if (file === undefined) return '';
    try {
      const { size } = await file.stat();
      const octets = Buffer.alloc(Math.min(size, SHOWN_OCTETS_MAX));
      const { bytesRead } = await file.read(octets, 0, octets.length, size - octets.length);
      return octets.toString('utf8', 0, bytesRead);
    } finally {
      await file.close();
    }
  }

  /** Resolves when it was tried to write all that waits: with nothing, or with why it could not be. */
  #queue(its: Waiting): Promise<NodeJS.ErrnoException | undefined> {
    this.#waiting.push(its);
    if (this.#next === undefined) {
      this.#next = this.#writing.then(() => {
        this.#next = undefined;
        return this.#flush(this.#waiting.splice(0));
      });
      this.#writing = this.#next.catch(() => {});
    }
    return this.#next;
  }

  async #flush(waiting: readonly Waiting[]): Promise<NodeJS.ErrnoException | undefined> {
    try {
      await this.#append([...this.#unwritten, ...waiting.map(({ line }) => line)].join(''));
    } catch (e) {
      const failure = e as NodeJS.ErrnoException;
      if (failure.code === undefined) throw e;
      this.#failure = failure.code;
      this.#keep(waiting.filter(({ isNoted }) => isNoted).map(({ line }) => line));
      return failure;
    }
    if (this.#failure !== undefined) this.#log.warn({ written: this.#unwritten.length }, 'the audit log can be written again');
    this.#failure = undefined;
    this.#unwritten = [];
    return undefined;
  }

  #keep(lines: readonly string[]): void {
    this.#unwritten.push(...lines);
    for (const line of this.#unwritten.splice(0, Math.max(0, this.#unwritten.length - UNWRITTEN_MAX))) this.#lose(line);
  }

  #lose(line: string): void {
    this.#lost++;
    this.#log.error({ entry: line.trimEnd() }, 'an entry of the audit log is lost');
  }

  async #append(lines: string): Promise<void> {
    const file = await open(this.#file, 'a', 0o640);
    try {
      const isTorn = this.#isTorn && (await file.stat()).size > 0;
      this.#isTorn = true;
      await file.appendFile(isTorn ? `\n${lines}` : lines);
      this.#isTorn = false;
      await file.datasync();
    } finally {
      await file.close();
    }
  }
}

const lineOf = ({ at, ...entry }: AuditEntry): string => `${JSON.stringify({ at: new Date(at).toISOString(), ...entry })}\n`;

type Entry = AuditView['entries'][number];

function read(line: string): Entry | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as Entry;
  } catch (e) {
    if (e instanceof SyntaxError) return undefined;
    throw e;
  }
}
