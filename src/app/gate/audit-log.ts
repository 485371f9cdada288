/** Who has changed what, and when: lines of JSON in one file, flushed before the change is made. The program never removes any. */
import { mkdirSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { AuditView } from '#operator';

/** Entries that are shown. Unit: entries. */
const SHOWN_MAX = 1_000;

export interface AuditEntry {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly who: string;
  readonly what: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

export class AuditLog {
  readonly #file: string;
  #waiting: string[] = [];
  #next: Promise<void> | undefined;
  #writing: Promise<void> = Promise.resolve();
  /** A crash or a full disk may have left a line without its end: the next one begins on a line of its own. */
  #isTorn = true;

  constructor(folder: string) {
    this.#file = join(folder, 'audit.jsonl');
    mkdirSync(dirname(this.#file), { recursive: true });
  }

  /** Resolves when the entry is on the disk. Entries that wait together are flushed together. */
  write({ at, ...entry }: AuditEntry): Promise<void> {
    this.#waiting.push(`${JSON.stringify({ at: new Date(at).toISOString(), ...entry })}\n`);
    if (this.#next === undefined) {
      const next = this.#writing.then(() => {
        this.#next = undefined;
        return this.#append(this.#waiting.splice(0).join(''));
      });
      this.#next = next;
      // A failure is the writers' to tell; the next entry tries again.
      this.#writing = next.catch(() => {});
    }
    return this.#next;
  }

  /** The last entries, newest first. Lines that cannot be read are passed over. */
  async last(): Promise<AuditView> {
    const text = await readFile(this.#file, 'utf8').catch((e: NodeJS.ErrnoException) => {
      if (e.code === 'ENOENT') return '';
      throw e;
    });
    const entries: Entry[] = [];
    for (const line of text.split('\n').reverse()) {
      const entry = read(line);
      if (entry !== undefined && entries.push(entry) >= SHOWN_MAX) break;
    }
    return { entries };
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
