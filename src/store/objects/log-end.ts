/** The end of the log that is being written. */
import { type FileHandle, open } from 'node:fs/promises';
import { FILE_MODE } from './folder.js';

export class LogEnd {
  readonly #handle: FileHandle;
  #octets: number;
  /** Why nothing can be written any more; undefined while it can. */
  #broken: string | undefined;

  private constructor(handle: FileHandle, octets: number) {
    this.#handle = handle;
    this.#octets = octets;
  }

  /** Behind `octets`: what stands there is cut off, durably. */
  static async at(file: string, octets: number): Promise<LogEnd> {
    const handle = await open(file, 'r+', FILE_MODE);
    try {
      await handle.truncate(octets);
      // Whole lines that a crash left unflushed count from here on.
      await handle.sync();
    } catch (e) {
      await handle.close();
      throw e;
    }
    return new LogEnd(handle, octets);
  }

  get octets(): number {
    return this.#octets;
  }

  /** Resolves to undefined when the line survives a power loss, to why it was not written otherwise. */
  async append(line: Uint8Array): Promise<string | undefined> {
    if (this.#broken !== undefined) return this.#broken;
    try {
      for (let done = 0; done < line.length; )
        done += (await this.#handle.write(line, done, line.length - done, this.#octets + done)).bytesWritten;
    } catch (e) {
      return this.#takeBack(codeOf(e));
    }
    try {
      await this.#handle.datasync();
    } catch (e) {
      // Nobody knows what is on the disk now: the kernel may have thrown the pages away and will not say so twice.
      this.#broken = `the log could not be flushed (${codeOf(e)}); a restart finds out what it holds`;
      return this.#broken;
    }
    this.#octets += line.length;
    return undefined;
  }

  /** Nothing is written any more, and whoever wants to is told why. */
  giveUp(why: string): void {
    this.#broken ??= why;
  }

  close(): Promise<void> {
    return this.#handle.close();
  }

  async #takeBack(code: string): Promise<string> {
    try {
      await this.#handle.truncate(this.#octets);
    } catch (e) {
      this.#broken = `the log could not be taken back (${codeOf(e)}) after a failed write (${code}); a restart mends it`;
      return this.#broken;
    }
    return `the log could not be written (${code})`;
  }
}

/** The code of an error of the file system; other errors are bugs and are thrown on. */
export function codeOf(e: unknown): string {
  const { code } = e as NodeJS.ErrnoException;
  if (code === undefined) throw e;
  return code;
}
