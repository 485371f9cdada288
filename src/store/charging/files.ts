/** The few file operations that charging files need, as a port: tests put a faulty disk behind it. Errors carry a `code` as Node's do. */
import { mkdir, open, readdir, readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';

export interface RecordFile {
  /** Fills as much of `into` as the file has from `position` on; returns the count. */
  read(into: Uint8Array, position: number): Promise<number>;
  /** Writes all of it. Resolves when the operating system has it, not when the disk has. */
  write(octets: Uint8Array, position: number): Promise<void>;
  /** All that has been written before this call survives a power loss once it resolves. */
  datasync(): Promise<void>;
  /** Cuts the file off behind this many octets. */
  truncate(octets: number): Promise<void>;
  close(): Promise<void>;
}

/** Of one folder. Files are readable by their owner only: they name who wrote to whom. */
export interface RecordFiles {
  makeFolder(): Promise<void>;
  list(): Promise<readonly { readonly name: string; readonly octets: number }[]>;
  /** Makes it when it is not there. */
  open(name: string): Promise<RecordFile>;
  /** Whole; undefined when it is not there. */
  read(name: string): Promise<Uint8Array | undefined>;
  rename(from: string, to: string): Promise<void>;
  /** Names in the folder survive a power loss once it resolves. */
  syncFolder(): Promise<void>;
}

const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

const hasCode = (e: unknown, code: string): boolean => (e as NodeJS.ErrnoException).code === code;

async function openRecordFile(path: string): Promise<RecordFile> {
  const handle = await open(path, 'r+', FILE_MODE).catch((e: unknown) => {
    if (hasCode(e, 'ENOENT')) return open(path, 'wx+', FILE_MODE);
    throw e;
  });
  return {
    read: async (into, position) => (await handle.read(into, 0, into.length, position)).bytesRead,
    async write(octets, position) {
      for (let at = 0; at < octets.length; ) {
        const { bytesWritten } = await handle.write(octets, at, octets.length - at, position + at);
        if (bytesWritten === 0) throw Object.assign(new Error('the file takes no more octets'), { code: 'EIO' });
        at += bytesWritten;
      }
    },
    datasync: () => handle.datasync(),
    truncate: (octets) => handle.truncate(octets),
    close: () => handle.close(),
  };
}

/** The disk of this machine. */
export const diskRecordFiles = (folder: string): RecordFiles => ({
  async makeFolder() {
    await mkdir(folder, { recursive: true, mode: FOLDER_MODE });
  },
  async list() {
    const names = await readdir(folder);
    return Promise.all(names.map(async (name) => ({ name, octets: (await stat(join(folder, name))).size })));
  },
  open: (name) => openRecordFile(join(folder, name)),
  async read(name) {
    try {
      return await readFile(join(folder, name));
    } catch (e) {
      if (hasCode(e, 'ENOENT')) return undefined;
      throw e;
    }
  },
  rename: (from, to) => rename(join(folder, from), join(folder, to)),
  async syncFolder() {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
});
