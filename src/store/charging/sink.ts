/**
 * Charging files of one format: one that is written, and those that are closed and left to whoever fetches them.
 *
 * What the sink says is written has been flushed. A write that fails leaves the file as it was counted: the next attempt writes the same octets
 * to the same place again, so that what a failed flush may have lost is handed to the disk once more.
 */
import { CSV_HEAD, type LineFormat } from '#charging';
import type { RecordFile, RecordFiles } from './files.js';
import { type FileName, fileName, readFileName } from './names.js';
import { reliablePart } from './tail.js';

/** A record that was written: its id and localSequenceNumber. */
export interface Written {
  readonly id: string;
  readonly sequence: number;
}

/** A record to write. */
export interface NumberedLine extends Written {
  readonly line: string;
}

export interface SinkSettings {
  readonly node: string;
  readonly format: LineFormat;
  /** A file is closed when it has so many octets. */
  readonly octetsMax: number;
  /** A file is closed so long after it was begun. Unit: milliseconds. */
  readonly ageMs: number;
}

/** What stands beside the files, so that they may be taken away: the last record of those that are closed. */
interface Kept {
  readonly last: Written;
  readonly fileNumber: number;
}

const MS_PER_SECOND = 1000;
/** Octets written at once. */
const CHUNK_OCTETS = 1_048_576;

/**
 * Whoever wrote it may have ended after a flush that failed: what is read then is in memory and perhaps nowhere else, and no further flush would
 * bring it to the disk. Written again, it is brought there.
 */
async function flushAgain(file: RecordFile, octets: number): Promise<void> {
  const chunk = new Uint8Array(CHUNK_OCTETS);
  for (let at = 0; at < octets; ) {
    const count = Math.min(await file.read(chunk, at), octets - at);
    if (count === 0) break;
    await file.write(chunk.subarray(0, count), at);
    at += count;
  }
  await file.truncate(octets);
  await file.datasync();
}

export class RecordSink {
  readonly #files: RecordFiles;
  readonly #settings: SinkSettings;
  readonly #now: () => number;
  #last: Written | undefined;
  #fileNumber = 0;
  #open: { readonly name: FileName; readonly file: RecordFile; octets: number } | undefined;

  private constructor(files: RecordFiles, settings: SinkSettings, now: () => number) {
    this.#files = files;
    this.#settings = settings;
    this.#now = now;
  }

  /** Finds where the last start left off. An open file goes on; behind its last whole line it is cut off. */
  static async open(files: RecordFiles, settings: SinkSettings, now: () => number): Promise<RecordSink> {
    const sink = new RecordSink(files, settings, now);
    await sink.#recover();
    return sink;
  }

  /** The last record that is durable; absent: none was ever written. */
  get last(): Written | undefined {
    return this.#last;
  }

  /** Name of the file that is written; absent: the next record begins one. */
  get fileName(): string | undefined {
    return this.#open && fileName(this.#settings.node, this.#open.name);
  }

  /**
   * Begins behind a record of other formats, if nothing was ever written: a new format has no use for what was before. Durable once it resolves:
   * else a crash before its own first record would look like a new format again, and records that others have would be missing here.
   */
  async startBehind(last: Written): Promise<void> {
    if (this.#last) return;
    await this.#keep({ last, fileNumber: this.#fileNumber });
    this.#last = last;
  }

  async #recover(): Promise<void> {
    const { node, format } = this.#settings;
    const kept = await this.#readKept();
    this.#fileNumber = kept?.fileNumber ?? 0;
    this.#last = kept?.last;
    const names = (await this.#files.list())
      .map(({ name }) => readFileName(name, node))
      .filter((it): it is FileName => it?.format === format)
      .sort((a, b) => a.number - b.number);
    for (const name of names) this.#fileNumber = Math.max(this.#fileNumber, name.number);
    const newest = names.filter(({ isOpen }) => !isOpen).at(-1);
    if (newest && newest.number > (kept?.fileNumber ?? 0)) await this.#recoverFrom(newest);
    for (const name of names.filter(({ isOpen }) => isOpen)) await this.#recoverFrom(name);
  }

  async #recoverFrom(name: FileName): Promise<void> {
    const file = await this.#files.open(fileName(this.#settings.node, name));
    const { octets, last } = await reliablePart(file, this.#settings.format);
    if (last && last.sequence > (this.#last?.sequence ?? 0)) this.#last = last;
    if (!name.isOpen || this.#open) return file.close();
    await flushAgain(file, octets);
    this.#open = { name, file, octets };
  }

  async #readKept(): Promise<Kept | undefined> {
    const octets = await this.#files.read(this.#keptName());
    if (!octets) return undefined;
    try {
      const { last, fileNumber } = JSON.parse(Buffer.from(octets).toString()) as Partial<Kept>;
      return typeof last?.id === 'string' && Number.isSafeInteger(last.sequence) && Number.isSafeInteger(fileNumber)
        ? { last, fileNumber: fileNumber! }
        : undefined;
    } catch (e) {
      if (e instanceof SyntaxError) return undefined;
      throw e;
    }
  }

  #keptName(): string {
    return `mms-${this.#settings.node}.${this.#settings.format}.state`;
  }

  /** Writes those that are not written yet, and flushes. Rejects with what the disk says; then nothing more counts as written than before. */
  async append(lines: readonly NumberedLine[]): Promise<void> {
    const fresh = lines.filter(({ sequence }) => sequence > (this.#last?.sequence ?? 0));
    const last = fresh.at(-1);
    if (!last) return;
    this.#open ??= await this.#begin();
    const head = this.#settings.format === 'csv' && this.#open.octets === 0 ? CSV_HEAD : '';
    const octets = Buffer.from(head + fresh.map(({ line }) => line).join(''));
    await this.#open.file.write(octets, this.#open.octets);
    await this.#open.file.datasync();
    this.#open.octets += octets.length;
    this.#last = { id: last.id, sequence: last.sequence };
    if (this.#open.octets >= this.#settings.octetsMax) await this.closeFile();
  }

  async #begin(): Promise<{ name: FileName; file: RecordFile; octets: number }> {
    const begunAt = Math.floor(this.#now() / MS_PER_SECOND) * MS_PER_SECOND;
    const name: FileName = { number: this.#fileNumber + 1, begunAt, format: this.#settings.format, isOpen: true };
    const file = await this.#files.open(fileName(this.#settings.node, name));
    try {
      // The name must survive before a record counts that stands under it.
      await this.#files.syncFolder();
    } catch (e) {
      await file.close();
      throw e;
    }
    this.#fileNumber = name.number;
    return { name, file, octets: 0 };
  }

  /** Closes the file when it is old enough. When it will be: milliseconds since the epoch; absent: there is none. */
  async closeOld(): Promise<number | undefined> {
    const open = this.#open;
    if (!open) return undefined;
    const at = open.name.begunAt + this.#settings.ageMs;
    if (at > this.#now()) return at;
    await this.closeFile();
    return undefined;
  }

  /** Gives the file its final name. A file without records is kept open: nobody is given an empty one. */
  async closeFile(): Promise<void> {
    const open = this.#open;
    if (!open || open.octets === 0 || !this.#last) return;
    const { node } = this.#settings;
    await open.file.truncate(open.octets);
    await open.file.datasync();
    await this.#keep({ last: this.#last, fileNumber: open.name.number });
    await this.#files.rename(fileName(node, open.name), fileName(node, { ...open.name, isOpen: false }));
    this.#open = undefined;
    await open.file.close();
    await this.#files.syncFolder();
  }

  async #keep(kept: Kept): Promise<void> {
    const name = this.#keptName();
    const file = await this.#files.open(`${name}.new`);
    try {
      const octets = Buffer.from(JSON.stringify(kept));
      await file.write(octets, 0);
      await file.truncate(octets.length);
      await file.datasync();
    } finally {
      await file.close();
    }
    await this.#files.rename(`${name}.new`, name);
    await this.#files.syncFolder();
  }

  /** Leaves the open file to the next start. */
  async close(): Promise<void> {
    await this.#open?.file.close();
    this.#open = undefined;
  }
}
