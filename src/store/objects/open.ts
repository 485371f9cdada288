/**
 * Objects in a folder: a log of sets with checksums, from time to time begun anew with the whole book in its first line, and the secrets in a file
 * of their own. Everything is in memory as well; the disk is read at the start and for history only. One process per folder: whoever opens it
 * holds the data folder's lock.
 */
import { createReadStream } from 'node:fs';
import { chmod, mkdir, readFile, rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Log } from '#base';
import {
  createObjectStore,
  filtered,
  HISTORY_DIFFERENCES_MAX,
  type HistoryEntry,
  type HistoryFilter,
  historyOf,
  type KeptBook,
  type KeptEntry,
  ObjectBook,
  type ObjectKeeper,
  type ObjectStore,
  type Plan,
  Recent,
  Replay,
} from '#directory';
import { FILE_MODE, FOLDER_MODE, logFile, logsOf, removeWhole, writeWhole } from './folder.js';
import { Damage, lineOf, readLine, wholeLines } from './lines.js';
import { codeOf, LogEnd } from './log-end.js';
import { SecretsFile } from './secrets.js';

export interface ObjectStoreSettings {
  /** Made when it does not exist. */
  readonly folder: string;
  /** A log that is longer is followed by a new one. Unit: octets. */
  readonly logOctetsMax?: number;
  /** Logs that are kept; the oldest goes, and its history with it. */
  readonly logsMax?: number;
}

/** Unit: octets. Source: some ten thousand changes; read in a tenth of a second at the start. */
const LOG_OCTETS_MAX = 16 * 1024 * 1024;
/** Unit: files. Source: years of changes made by hand, a quarter of a gigabyte. */
const LOGS_MAX = 16;
const FORMAT = 1;

interface Head {
  readonly format: number;
  readonly book: KeptBook;
}

interface Ports {
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly log: Log;
}

const headLine = (book: KeptBook): Buffer => lineOf({ format: FORMAT, book } satisfies Head);

/** What a log holds, and where its whole lines end. Throws Damage. */
async function readLog(file: string): Promise<{ readonly kept: KeptBook; readonly octets: number; readonly torn: number }> {
  const all = await readFile(file);
  const { values, octets } = wholeLines(file, all);
  const [head, ...entries] = values as [Head | undefined, ...KeptEntry[]];
  if (head === undefined) throw new Damage(`${file}: its first line is damaged`);
  if (head.format !== FORMAT) throw new Damage(`${file}: its format ${head.format} is not known here`);
  const replay = new Replay(head.book);
  for (const entry of entries) {
    if (entry.revision !== replay.revision + 1)
      throw new Damage(`${file}: revision ${entry.revision} follows revision ${replay.revision}`);
    replay.apply(entry);
  }
  return { kept: replay.kept, octets, torn: all.length - octets };
}

class FolderKeeper implements ObjectKeeper {
  readonly #settings: Required<ObjectStoreSettings>;
  readonly #log: Log;
  readonly #secrets: SecretsFile;
  #end: LogEnd;
  /** Length at which the next log is begun: more than the limit while beginning one fails, or the book alone is as long. */
  #octetsMax: number;

  constructor(settings: Required<ObjectStoreSettings>, log: Log, secrets: SecretsFile, end: LogEnd) {
    this.#settings = settings;
    this.#log = log;
    this.#secrets = secrets;
    this.#end = end;
    this.#octetsMax = Math.max(settings.logOctetsMax, 2 * end.octets);
  }

  async keep({ book, entry }: Plan & { readonly entry: KeptEntry }): Promise<string | undefined> {
    try {
      await this.#secrets.add(book.secrets);
    } catch (e) {
      return `the secrets could not be written (${codeOf(e)})`;
    }
    const refused = await this.#end.append(lineOf(entry));
    if (refused !== undefined) return refused;
    await this.#tidy(book);
    return undefined;
  }

  async history(filter: HistoryFilter): Promise<readonly HistoryEntry[]> {
    const found: HistoryEntry[] = [];
    let room = HISTORY_DIFFERENCES_MAX;
    for (const revision of await logsOf(this.#settings.folder)) {
      if (filter.before !== undefined && revision >= filter.before) continue;
      const recent = new Recent(filter.limit - found.length, room);
      await this.#read(logFile(this.#settings.folder, revision), filter, recent);
      found.push(...recent.newestFirst);
      room -= recent.newestFirst.reduce((sum, entry) => sum + entry.differences.length, 0);
      // Older logs would leave a gap where this one could not be told whole.
      if (recent.isFull || found.length >= filter.limit || room <= 0) break;
    }
    return found;
  }

  close(): Promise<void> {
    return this.#end.close();
  }

  /** Goes through the entries of a log that the filter asks for. Lines that are being written meanwhile are passed over. */
  async #read(file: string, filter: HistoryFilter, recent: Recent): Promise<void> {
    let isHead = true;
    for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
      const value = isHead ? undefined : readLine(Buffer.from(line));
      isHead = false;
      if (value !== undefined) recent.add(filtered(historyOf(value as KeptEntry), filter));
    }
  }

  /** What need not be done for the set to be kept: a failure is said, and tried again with a later set. */
  async #tidy(book: ObjectBook): Promise<void> {
    try {
      await this.#secrets.only(book.secrets);
      if (this.#end.octets > this.#octetsMax) await this.#begin(book);
    } catch (e) {
      this.#octetsMax = 2 * Math.max(this.#octetsMax, this.#end.octets);
      this.#log.warn({ code: codeOf(e) }, 'the objects are kept, but their files could not be tidied');
    }
  }

  async #begin(book: ObjectBook): Promise<void> {
    const { folder, logOctetsMax, logsMax } = this.#settings;
    const head = headLine(book.kept);
    const file = logFile(folder, book.revision);
    const before = this.#end;
    try {
      await writeWhole(folder, file, head);
      this.#end = await LogEnd.at(file, head.length);
    } catch (e) {
      await this.#takeBack(file);
      throw e;
    }
    await before.close();
    this.#octetsMax = Math.max(logOctetsMax, 2 * head.length);
    for (const revision of (await logsOf(folder)).slice(logsMax)) await rm(logFile(folder, revision), { force: true });
  }

  /** A new log that may stand under its name already would be the one that the next start reads: the sets that go on into the old one would be lost. */
  async #takeBack(file: string): Promise<void> {
    try {
      await removeWhole(this.#settings.folder, file);
    } catch (e) {
      this.#end.giveUp(`a log that was begun could not be taken back (${codeOf(e)}); a restart mends it`);
    }
  }
}

/** Opens the store. Throws Damage, with what to look at, when what is there cannot be what was kept. */
export async function openObjectStore(settings: ObjectStoreSettings, { now, log }: Ports): Promise<ObjectStore> {
  const { folder } = settings;
  await mkdir(folder, { recursive: true, mode: FOLDER_MODE });
  const [newest] = await logsOf(folder);
  const file = logFile(folder, newest ?? 0);
  if (newest === undefined) await writeWhole(folder, file, headLine(ObjectBook.empty().kept));
  await chmod(file, FILE_MODE);
  const { kept, octets, torn } = await readLog(file);
  if (torn > 0) log.warn({ octets: torn }, 'a set of changes that was never acknowledged is cut off the log of objects');
  const secrets = await SecretsFile.open(folder);
  const book = ObjectBook.from(kept, secrets.kept);
  if (!book.ok) throw new Damage(`${file}: objects are not as they were checked: ${book.error.join('; ')}`);
  await secrets.only(book.value.secrets);
  const whole = { logOctetsMax: LOG_OCTETS_MAX, logsMax: LOGS_MAX, ...settings };
  return createObjectStore(book.value, new FolderKeeper(whole, log, secrets, await LogEnd.at(file, octets)), now);
}
