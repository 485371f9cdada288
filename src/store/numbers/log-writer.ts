/** The end of a log that is being written: frames are appended and flushed in groups. */
import fs from 'node:fs';
import { logFile, nameFile, openNew, removeNew } from './folder.js';
import { LOG_HEADER_OCTETS, logHeader, sealFrame } from './log.js';

/** Called by name each time, so that what a disk does can be played in tests. */
const write = (fd: number, octets: Buffer, from: number, at: number): Promise<number> =>
  new Promise((resolve, reject) => {
    fs.write(fd, octets, from, octets.length - from, at, (error, written) => (error ? reject(error) : resolve(written)));
  });
const datasync = (fd: number): Promise<void> =>
  new Promise((resolve, reject) => fs.fdatasync(fd, (error) => (error ? reject(error) : resolve())));
const truncate = (fd: number, octets: number): Promise<void> =>
  new Promise((resolve, reject) => fs.ftruncate(fd, octets, (error) => (error ? reject(error) : resolve())));

/** Where a log ends: with its last whole frame, which may be a seal. */
export interface LogEnd {
  readonly logBase: number;
  readonly logOctets: number;
  readonly logSealed: boolean;
}

export class LogWriter {
  readonly base: number;
  readonly #fd: number;
  /** What survives a power loss, and what has been written: a seal may stand between. */
  #octets: number;
  #end: number;
  #sealed = false;

  constructor(fd: number, base: number, octets: number) {
    this.base = base;
    this.#fd = fd;
    this.#octets = octets;
    this.#end = octets;
  }

  /** A log without changes, on the disk with its name. Throws an error with a code; then there is no such log. */
  static create(folder: string, load: string, base: number): LogWriter {
    const file = logFile(folder, load, base);
    const fd = openNew(file);
    try {
      fs.writeSync(fd, logHeader(load, base));
      nameFile(fd, file);
    } catch (error) {
      // An empty log that is left would say that the one before it has ended.
      fs.closeSync(fd);
      removeNew(file);
      fs.rmSync(file, { force: true });
      throw error;
    }
    const log = new LogWriter(fd, base, LOG_HEADER_OCTETS);
    log.#sealed = true;
    return log;
  }

  /** A log that is there, up to its last whole frame: what a crash has left behind that is cut off, durably. Throws an error with a code. */
  static reopen(folder: string, load: string, { logBase: base, logOctets: octets, logSealed }: LogEnd): LogWriter {
    const fd = fs.openSync(logFile(folder, load, base), 'r+');
    try {
      if (fs.fstatSync(fd).size > octets) fs.ftruncateSync(fd, octets);
      // Whole frames that nobody has flushed yet count from here on.
      fs.fsyncSync(fd);
    } catch (error) {
      fs.closeSync(fd);
      throw error;
    }
    const log = new LogWriter(fd, base, octets);
    log.#sealed = logSealed;
    return log;
  }

  /** Octets that survive a power loss. */
  get octets(): number {
    return this.#octets;
  }

  /** The same, and the seal behind it: what others may know of. */
  get end(): number {
    return this.#end;
  }

  /** Appends; resolves when it survives a power loss. Rejects with an error with a code: `takeBack` then. */
  async append(frames: Buffer): Promise<void> {
    await this.#write(frames);
    await datasync(this.#fd).catch((error: NodeJS.ErrnoException) => {
      throw Object.assign(error, { flush: true });
    });
    this.#sealed = false;
    this.#end += frames.length;
    this.#octets = this.#end;
  }

  /**
   * Writes the witness that everything up to here has been flushed; itself it is flushed with whatever comes next. Nothing is lost when it cannot
   * be written. `change`, `at`: the last change and its instant.
   */
  async seal(change: number, at: number): Promise<void> {
    if (this.#sealed) return;
    const seal = sealFrame(change, at, this.#octets);
    const written = await this.#write(seal).then(
      () => true,
      () => false,
    );
    if (!written) return;
    this.#end += seal.length;
    this.#sealed = true;
  }

  /** Flushes a seal. Rejects with an error with a code: then nothing is known of the disk any more. */
  async flushSeal(): Promise<void> {
    if (this.#end === this.#octets) return;
    await datasync(this.#fd);
    this.#octets = this.#end;
  }

  /** Removes what could not be written whole. Rejects when even that cannot be done. */
  async takeBack(): Promise<void> {
    await truncate(this.#fd, this.#end);
    await datasync(this.#fd);
    this.#octets = this.#end;
  }

  close(): void {
    fs.closeSync(this.#fd);
  }

  async #write(octets: Buffer): Promise<void> {
    for (let done = 0; done < octets.length; ) done += await write(this.#fd, octets, done, this.#end + done);
  }
}
