/**
 * A file layer in memory under the segments of a test: the test says when each operation ends and whether it fails, so that every order can
 * be forced without waiting for anything.
 *
 * It is as strict as a disk may be: a write that fails has written half, and a flush keeps only what stood in the file when it was asked for.
 */
import path from 'node:path';
import type { FileLayer, OpenFile } from './file-layer.js';

export type OperationKind = 'create' | 'open' | 'write' | 'read' | 'datasync' | 'truncate' | 'close' | 'unlink' | 'syncFolder';

/** An operation that the test has not let end yet. */
export interface HeldOperation {
  readonly kind: OperationKind;
  /** Of the file, without its folder. */
  readonly name: string;
  /** Carries it out. */
  readonly go: () => void;
  /** Lets it fail with this code. */
  readonly fail: (code: string) => void;
}

interface Inode {
  octets: Buffer;
  /** What a power loss would leave. */
  durable: Buffer;
  writing: number;
}

export const fileError = (code: string): Error => Object.assign(new Error(`injected ${code}`), { code });

export class MemoryFiles implements FileLayer {
  /** Says which operations wait until the test lets them end. */
  holds: (kind: OperationKind, name: string) => boolean = () => false;
  /** Code with which an operation that is not held fails; undefined when it does not. */
  fails: (kind: OperationKind, name: string) => string | undefined = () => undefined;
  /** Oldest first. */
  readonly held: HeldOperation[] = [];
  /** All that was asked for, as `kind name`, in the order of asking. */
  readonly asked: string[] = [];
  /** Files open at this moment, and most ever. */
  open = 0;
  openMost = 0;
  /** Most writes that one file has seen at once. */
  writesAtOnceMost = 0;
  readonly #inodes = new Map<string, Inode>();

  /** Names of the files in the folder with their octets. */
  get files(): ReadonlyMap<string, number> {
    return new Map([...this.#inodes].map(([name, { octets }]) => [name, octets.length]));
  }

  get totalOctets(): number {
    return [...this.files.values()].reduce((sum, octets) => sum + octets, 0);
  }

  /** What a power loss would leave of the file. */
  durable(name: string): Buffer {
    return this.#inodes.get(name)?.durable ?? Buffer.alloc(0);
  }

  /** Puts a file there as an earlier process left it. */
  put(name: string, octets: number): void {
    this.#inodes.set(name, { octets: Buffer.alloc(octets), durable: Buffer.alloc(octets), writing: 0 });
  }

  /** The oldest held operation of the kind, and of the file where one is named. Throws when there is none. */
  holding(kind: OperationKind, name?: string): HeldOperation {
    const found = this.held.find((operation) => operation.kind === kind && (name === undefined || operation.name === name));
    if (!found) throw new Error(`no ${kind} is held; held: ${this.held.map((one) => `${one.kind} ${one.name}`).join(', ')}`);
    return found;
  }

  makeFolder(): Promise<void> {
    return Promise.resolve();
  }

  create(file: string): Promise<OpenFile> {
    const name = path.basename(file);
    return this.#ask('create', name, () => {
      if (this.#inodes.has(name)) throw fileError('EEXIST');
      const inode: Inode = { octets: Buffer.alloc(0), durable: Buffer.alloc(0), writing: 0 };
      this.#inodes.set(name, inode);
      return this.#opened(name, inode, true);
    });
  }

  openForReading(file: string): Promise<OpenFile> {
    const name = path.basename(file);
    return this.#ask('open', name, () => this.#opened(name, this.#inode(name), false));
  }

  list(): Promise<readonly { readonly name: string; readonly octets: number }[]> {
    return Promise.resolve([...this.files].map(([name, octets]) => ({ name, octets })));
  }

  unlink(file: string): Promise<void> {
    const name = path.basename(file);
    return this.#ask('unlink', name, () => {
      this.#inode(name);
      this.#inodes.delete(name);
    });
  }

  syncFolder(folder: string): Promise<void> {
    return this.#ask('syncFolder', path.basename(folder), () => undefined);
  }

  space(): Promise<{ readonly free: number; readonly total: number }> {
    return Promise.resolve({ free: Infinity, total: Infinity });
  }

  #inode(name: string): Inode {
    const inode = this.#inodes.get(name);
    if (!inode) throw fileError('ENOENT');
    return inode;
  }

  /** `halfway` is what a failure leaves behind. */
  #ask<T>(kind: OperationKind, name: string, whole: () => T, halfway: () => void = () => undefined): Promise<T> {
    this.asked.push(`${kind} ${name}`);
    return new Promise((resolve, reject) => {
      const go = (): void => {
        try {
          resolve(whole());
        } catch (error) {
          reject(error);
        }
      };
      const fail = (code: string): void => {
        halfway();
        reject(fileError(code));
      };
      if (this.holds(kind, name)) return this.#hold(kind, name, go, fail);
      const code = this.fails(kind, name);
      if (code === undefined) go();
      else fail(code);
    });
  }

  #hold(kind: OperationKind, name: string, go: () => void, fail: (code: string) => void): void {
    const ended = (): void => {
      const at = this.held.indexOf(operation);
      if (at < 0) throw new Error(`the ${kind} of ${name} has ended before`);
      this.held.splice(at, 1);
    };
    const operation: HeldOperation = {
      kind,
      name,
      go: () => {
        ended();
        go();
      },
      fail: (code) => {
        ended();
        fail(code);
      },
    };
    this.held.push(operation);
  }

  #opened(name: string, inode: Inode, writable: boolean): OpenFile {
    let closed = false;
    this.open++;
    this.openMost = Math.max(this.openMost, this.open);
    const ask = <T>(kind: OperationKind, whole: () => T, halfway?: () => void): Promise<T> => {
      if (closed) return Promise.reject(fileError('EBADF'));
      return this.#ask(kind, name, whole, halfway);
    };
    return {
      write: async (pieces, position) => {
        if (!writable) throw fileError('EBADF');
        const octets = Buffer.concat(pieces);
        inode.writing++;
        this.writesAtOnceMost = Math.max(this.writesAtOnceMost, inode.writing);
        try {
          const half = octets.subarray(0, octets.length >> 1);
          await ask(
            'write',
            () => put(inode, octets, position),
            () => put(inode, half, position),
          );
        } finally {
          inode.writing--;
        }
      },
      read: (into, position) => ask('read', () => inode.octets.copy(into, 0, position, position + into.length)),
      datasync: () => {
        const standing = Buffer.from(inode.octets);
        return ask('datasync', () => {
          inode.durable = standing;
        });
      },
      truncate: async (octets) => {
        if (!writable) throw fileError('EINVAL');
        return ask('truncate', () => {
          const cut = Buffer.alloc(octets);
          inode.octets.copy(cut);
          inode.octets = cut;
        });
      },
      close: async () => {
        if (closed) throw new Error(`${name} is closed a second time`);
        closed = true;
        this.open--;
      },
    };
  }
}

/** Between the old end and `position` a file reads as zeros. */
function put(inode: Inode, octets: Buffer, position: number): void {
  const grown = Buffer.alloc(Math.max(inode.octets.length, position + octets.length));
  inode.octets.copy(grown);
  octets.copy(grown, position);
  inode.octets = grown;
}
