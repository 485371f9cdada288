/** What happened in a world, line by line: the last lines for people, a digest of all of them to compare two runs by. */
import { createHash } from 'node:crypto';
import type { Loop } from './loop.js';

/** Lines kept for a failure's report. */
const LINES_KEPT = 60;

export class Trace {
  readonly #loop: Loop;
  readonly #say: ((line: string) => void) | undefined;
  readonly #hash = createHash('sha256');
  readonly #last: string[] = [];
  /** How often each fault, road and outcome occurred. */
  readonly counts = new Map<string, number>();

  /** `say` gets every line at once; absent: nobody does. */
  constructor(loop: Loop, say: ((line: string) => void) | undefined) {
    this.#loop = loop;
    this.#say = say;
  }

  line(text: string): void {
    const line = `${this.#loop.now.toFixed(1).padStart(11)} ${text}`;
    this.#hash.update(line);
    this.#last.push(line);
    if (this.#last.length > 2 * LINES_KEPT) this.#last.splice(0, LINES_KEPT);
    this.#say?.(line);
  }

  /** Counts an occurrence under `group: name`. */
  count(group: string, name: string, by = 1): void {
    const key = `${group}: ${name}`;
    this.counts.set(key, (this.counts.get(key) ?? 0) + by);
  }

  get last(): readonly string[] {
    return this.#last.slice(-LINES_KEPT);
  }

  /** Of everything so far; to be asked once, at the end. */
  digest(): string {
    return this.#hash.digest('hex');
  }
}
