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
  #writing: Promise<void> = Promise.resolve();

  constructor(folder: string) {
    this.#file = join(folder, 'audit.jsonl');
    mkdirSync(dirname(this.#file), { recursive: true });
  }

  /** Resolves when the entry is on the disk. */
  write({ at, ...entry }: AuditEntry): Promise<void> {
    const line = `${JSON.stringify({ at: new Date(at).toISOString(), ...entry })}\n`;
    const written = this.#writing.then(() => this.#append(line));
    // A failure is the writer's to tell; the next entry tries again.
    this.#writing = written.catch(() => {});
    return written;
  }

  /** The last entries, newest first. Lines that cannot be read are passed over. */
  async last(): Promise<AuditView> {
    const text = await readFile(this.#file, 'utf8').catch((e: NodeJS.ErrnoException) => {
      if (e.code === 'ENOENT') return '';
      throw e;
    });
    const lines = text.split('\n').filter((line) => line.startsWith('{') && line.endsWith('}'));
    return {
      entries: lines
        .slice(-SHOWN_MAX)
        .reverse()
        .map((line) => JSON.parse(line) as AuditView['entries'][number]),
    };
  }

  async #append(line: string): Promise<void> {
    const file = await open(this.#file, 'a', 0o640);
    try {
      await file.appendFile(line);
      await file.datasync();
    } finally {
      await file.close();
    }
  }
}
