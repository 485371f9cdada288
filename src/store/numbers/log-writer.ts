/** The end of a log that is being written: frames are appended and flushed in groups. */
import fs from 'node:fs';
import { promisify } from 'node:util';
import { giveName, logFile, openNew } from './folder.js';
import { LOG_HEADER_OCTETS, logHeader } from './log.js';

const writeSome = promisify(fs.write);
const datasync = promisify(fs.fdatasync);
const truncate = promisify(fs.ftruncate);

export class LogWriter {
  readonly base: number;
  readonly #fd: number;
  #octets: number;

  constructor(fd: number, base: number, octets: number) {
    this.base = base;
    this.#fd = fd;
    this.#octets = octets;
  }

  /** A log without changes, on the disk with its name. Throws an error with a code. */
  static create(folder: string, load: string, base: number): LogWriter {
    const file = logFile(folder, load, base);
    const fd = openNew(file);
    fs.writeSync(fd, logHeader(load, base));
    giveName(fd, file);
    return new LogWriter(fs.openSync(file, 'r+'), base, LOG_HEADER_OCTETS);
  }

  /** A log that is there, up to its last whole frame: what a crash has left behind that is cut off, durably. */
  static reopen(folder: string, load: string, base: number, octets: number): LogWriter {
    const fd = fs.openSync(logFile(folder, load, base), 'r+');
    if (fs.fstatSync(fd).size > octets) fs.ftruncateSync(fd, octets);
    // Whole frames that nobody has flushed yet count from here on.
    fs.fsyncSync(fd);
    return new LogWriter(fd, base, octets);
  }

  /** Octets that survive a power loss. */
  get octets(): number {
    return this.#octets;
  }

  /** Appends; resolves when it survives a power loss. Rejects with an error with a code: `takeBack` then. */
  async append(frames: Buffer): Promise<void> {
    for (let done = 0; done < frames.length; ) {
      const { bytesWritten } = await writeSome(this.#fd, frames, done, frames.length - done, this.#octets + done);
      done += bytesWritten;
    }
    await datasync(this.#fd).catch((error: NodeJS.ErrnoException) => {
      throw Object.assign(error, { flush: true });
    });
    this.#octets += frames.length;
  }

  /** Removes what could not be written whole. Rejects when even that cannot be done. */
  async takeBack(): Promise<void> {
    await truncate(this.#fd, this.#octets);
    await datasync(this.#fd);
  }

  close(): void {
    fs.closeSync(this.#fd);
  }
}
