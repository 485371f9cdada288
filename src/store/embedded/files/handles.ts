/** Open segment files: those in use, and of the others the most recently used up to a limit. */
import type { OpenFile } from './file-layer.js';

/** An open file with those who use it. */
export interface Handle {
  readonly file: Promise<OpenFile>;
  users: number;
  /** Not to be found any more: closed when the last user is done. */
  dropped: boolean;
}

export class Handles {
  /** Handles kept open. More are open only while more are in use, or must stay. */
  readonly #most: number;
  readonly #open: (segment: number) => Promise<OpenFile>;
  readonly #mustStay: (segment: number) => boolean;
  /** Most recently used last. */
  readonly #handles = new Map<number, Handle>();

  /** `open` opens for reading; a file that is appended to could not be opened again: `mustStay` names those. */
  constructor(most: number, open: (segment: number) => Promise<OpenFile>, mustStay: (segment: number) => boolean) {
    this.#most = most;
    this.#open = open;
    this.#mustStay = mustStay;
  }

  /** Takes in a file that has just been made; its maker is a user of it. */
  add(segment: number, file: OpenFile): Handle {
    const handle: Handle = { file: Promise.resolve(file), users: 1, dropped: false };
    this.#handles.set(segment, handle);
    return handle;
  }

  /** Whoever calls it also calls `done`, whether the file could be opened or not. */
  acquire(segment: number): Handle {
    let handle = this.#handles.get(segment);
    if (handle) this.#handles.delete(segment);
    else handle = this.#opened(segment);
    handle.users++;
    this.#handles.set(segment, handle);
    return handle;
  }

  done(handle: Handle): void {
    handle.users--;
    if (handle.dropped && handle.users === 0) closeQuietly(handle);
    if (this.#handles.size <= this.#most) return;
    for (const [segment, idle] of this.#handles) {
      if (idle.users > 0 || this.#mustStay(segment)) continue;
      this.drop(segment);
      if (this.#handles.size <= this.#most) return;
    }
  }

  /** Closes the file, if it is open, when the last user is done. */
  drop(segment: number): void {
    const handle = this.#handles.get(segment);
    if (!handle) return;
    this.#handles.delete(segment);
    handle.dropped = true;
    if (handle.users === 0) closeQuietly(handle);
  }

  dropAll(): void {
    for (const segment of [...this.#handles.keys()]) this.drop(segment);
  }

  #opened(segment: number): Handle {
    const handle: Handle = { file: this.#open(segment), users: 0, dropped: false };
    // A file that could not be opened is tried again the next time.
    handle.file.catch(() => this.#handles.get(segment) === handle && this.#handles.delete(segment));
    return handle;
  }
}

/** Nothing depends on closing: what had to survive was flushed. */
function closeQuietly(handle: Handle): void {
  handle.file.then((file) => file.close()).catch(() => undefined);
}
