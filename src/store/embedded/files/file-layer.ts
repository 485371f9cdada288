/**
 * The few file operations that segments need, as a port: tests and the simulator put a faulty disk behind it.
 * Every call may reject with an error that carries a `code` as Node's do.
 */
import fs from 'node:fs';
import path from 'node:path';

export interface OpenFile {
  /** Writes all pieces one after another from `position` on. Resolves when the operating system has them, not when the disk has. */
  write(pieces: readonly Uint8Array[], position: number): Promise<void>;
  /** Fills as much of `into` as the file has from `position` on; returns the count. */
  read(into: Uint8Array, position: number): Promise<number>;
  /** All that has been written before this call survives a power loss once it resolves. */
  datasync(): Promise<void>;
  /** Cuts the file off behind this many octets. */
  truncate(octets: number): Promise<void>;
  close(): Promise<void>;
}

export interface FileLayer {
  makeFolder(folder: string): Promise<void>;
  /** A new empty file; rejects when it exists. */
  create(file: string): Promise<OpenFile>;
  openForReading(file: string): Promise<OpenFile>;
  /** Names in the folder with their sizes in octets. */
  list(folder: string): Promise<readonly { readonly name: string; readonly octets: number }[]>;
  unlink(file: string): Promise<void>;
  /** Entries made in the folder before this call survive a power loss once it resolves. */
  syncFolder(folder: string): Promise<void>;
  /** Octets of the folder's file system: those that may still be written, and all. */
  space(folder: string): Promise<{ readonly free: number; readonly total: number }>;
}

type Done = (error: NodeJS.ErrnoException | null) => void;

/** The callback form, because it takes a bare descriptor; it costs about what FileHandle costs (3,000 writes of 300 KB, side by side). */
const settled = (start: (done: Done) => void): Promise<void> =>
  new Promise((resolve, reject) => start((error) => (error ? reject(error) : resolve())));

/** Pieces of one writev. Source: IOV_MAX of Linux. */
const PIECES_MAX = 1024;

function writeAll(fd: number, pieces: readonly Uint8Array[], position: number): Promise<void> {
  return settled((done) => {
    let rest = pieces.slice();
    let at = position;
    const next = (): void => {
      fs.writev(fd, rest.slice(0, PIECES_MAX), at, (error, written) => {
        if (error) return done(error);
        at += written;
        let skip = written;
        let first = 0;
        while (first < rest.length && skip >= rest[first]!.length) skip -= rest[first++]!.length;
        if (first === rest.length) return done(null);
        if (written === 0) return done(Object.assign(new Error('the file takes no more octets'), { code: 'EIO' }));
        // A short write: go on where it stopped; the operating system names the reason next time.
        rest = rest.slice(first);
        rest[0] = rest[0]!.subarray(skip);
        next();
      });
    };
    next();
  });
}

function readAll(fd: number, into: Uint8Array, position: number): Promise<number> {
  return new Promise((resolve, reject) => {
    let got = 0;
    const next = (): void => {
      fs.read(fd, into, got, into.length - got, position + got, (error, count) => {
        if (error) return reject(error);
        got += count;
        if (count === 0 || got === into.length) return resolve(got);
        next();
      });
    };
    next();
  });
}

const openFile = (fd: number): OpenFile => ({
  write: (pieces, position) => writeAll(fd, pieces, position),
  read: (into, position) => readAll(fd, into, position),
  datasync: () => settled((done) => fs.fdatasync(fd, done)),
  truncate: (octets) => settled((done) => fs.ftruncate(fd, octets, done)),
  close: () => settled((done) => fs.close(fd, done)),
});

/** The disk of this machine. */
export const diskFiles: FileLayer = {
  makeFolder: async (folder) => {
    await fs.promises.mkdir(folder, { recursive: true });
  },
  create: async (file) =>
    new Promise((resolve, reject) => fs.open(file, 'wx+', 0o640, (error, fd) => (error ? reject(error) : resolve(openFile(fd))))),
  openForReading: async (file) =>
    new Promise((resolve, reject) => fs.open(file, 'r', (error, fd) => (error ? reject(error) : resolve(openFile(fd))))),
  list: async (folder) => {
    const names = await fs.promises.readdir(folder);
    return Promise.all(names.map(async (name) => ({ name, octets: (await fs.promises.stat(path.join(folder, name))).size })));
  },
  unlink: (file) => settled((done) => fs.unlink(file, done)),
  syncFolder: async (folder) => {
    const handle = await fs.promises.open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
  space: async (folder) => {
    // What is kept back for the superuser does not count: the program should not run as one.
    const { bavail, blocks, bsize } = await fs.promises.statfs(folder);
    return { free: bavail * bsize, total: blocks * bsize };
  },
};
