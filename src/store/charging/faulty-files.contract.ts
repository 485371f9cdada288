/** A folder in memory whose operations fail on demand, and which can lose whatever was not flushed. Not part of the program. */
import type { RecordFile, RecordFiles } from './files.js';

interface Stored {
  /** As the operating system shows it. */
  seen: Buffer;
  /** As the disk has it. */
  kept: Buffer;
}

/** Where a crash may come: before the operation that it is asked about, by its number. */
export interface Trouble {
  /** Code to fail with; undefined: nothing fails. */
  fail?: (operation: string, count: number) => string | undefined;
}

export class MemoryRecordFiles implements RecordFiles {
  readonly trouble: Trouble = {};
  /** Operations so far that change something. */
  count = 0;
  #names = new Map<string, Stored>();
  #keptNames = new Map<string, Stored>();

  #step(operation: string): void {
    const code = this.trouble.fail?.(operation, ++this.count);
    if (code !== undefined) throw Object.assign(new Error(`injected ${code} at ${operation}`), { code });
  }

  /** Names as the operating system shows them, with their text. */
  texts(): ReadonlyMap<string, string> {
    return new Map([...this.#names].map(([name, { seen }]) => [name, seen.toString()]));
  }

  remove(name: string): void {
    this.#names.delete(name);
    this.#keptNames.delete(name);
  }

  /** What a power loss leaves: flushed names and octets, and of each file's unflushed end as much as `share` says (0 to 1). */
  loseUnflushed(share: number): void {
    for (const file of new Set([...this.#names.values(), ...this.#keptNames.values()])) {
      const more = Math.floor(Math.max(0, file.seen.length - file.kept.length) * share);
      file.seen = Buffer.concat([file.kept, file.seen.subarray(file.kept.length, file.kept.length + more)]);
      file.kept = Buffer.from(file.seen);
    }
    this.#names = new Map(this.#keptNames);
  }

  async makeFolder(): Promise<void> {}

  async list(): Promise<readonly { name: string; octets: number }[]> {
    return [...this.#names].map(([name, { seen }]) => ({ name, octets: seen.length }));
  }

  async read(name: string): Promise<Uint8Array | undefined> {
    return this.#names.get(name)?.seen;
  }

  async rename(from: string, to: string): Promise<void> {
    this.#step('rename');
    const file = this.#names.get(from)!;
    this.#names.delete(from);
    this.#names.set(to, file);
  }

  async syncFolder(): Promise<void> {
    this.#step('syncFolder');
    this.#keptNames = new Map(this.#names);
  }

  async open(name: string): Promise<RecordFile> {
    let file = this.#names.get(name);
    if (!file) {
      this.#step('create');
      file = { seen: Buffer.alloc(0), kept: Buffer.alloc(0) };
      this.#names.set(name, file);
    }
    const stored = file;
    return {
      read: async (into, position) => stored.seen.subarray(position).copy(into),
      write: async (octets, position) => {
        const put = (some: Uint8Array): void => {
          const length = Math.max(stored.seen.length, position + some.length);
          stored.seen = Buffer.concat([stored.seen], length);
          stored.seen.set(some, position);
        };
        try {
          this.#step('write');
        } catch (e) {
          // A write that fails may have written a part.
          put(octets.subarray(0, octets.length >> 1));
          throw e;
        }
        put(octets);
      },
      datasync: async () => {
        this.#step('datasync');
        stored.kept = Buffer.from(stored.seen);
      },
      truncate: async (octets) => {
        this.#step('truncate');
        stored.seen = stored.seen.subarray(0, octets);
      },
      close: async () => {},
    };
  }
}
