/** A disk that fails on demand under the segment files of a store under test. */
import { diskFiles, type FileLayer, type OpenFile } from './files/file-layer.js';

export interface Faults {
  /** Code with which writes fail after having written half. */
  write?: string | undefined;
  datasync?: string | undefined;
  create?: string | undefined;
  unlink?: string | undefined;
  /** Octets that the file system is said to have left, of 1 GB. */
  free?: number | undefined;
  /** Called with what is about to be flushed; the flush waits for it. */
  beforeDatasync?: (() => Promise<void>) | undefined;
  /** Files created, by name. */
  readonly created: string[];
}

const failure = (code: string): Error => Object.assign(new Error(`injected ${code}`), { code });

export function faultyFiles(faults: Faults): FileLayer {
  const wrapped = (file: OpenFile): OpenFile => ({
    ...file,
    write: async (pieces, position) => {
      if (faults.write === undefined) return file.write(pieces, position);
      const half = Buffer.concat(pieces);
      await file.write([half.subarray(0, half.length >> 1)], position);
      throw failure(faults.write);
    },
    datasync: async () => {
      await faults.beforeDatasync?.();
      if (faults.datasync !== undefined) throw failure(faults.datasync);
      return file.datasync();
    },
  });
  return {
    ...diskFiles,
    create: async (file) => {
      if (faults.create !== undefined) throw failure(faults.create);
      faults.created.push(file);
      return wrapped(await diskFiles.create(file));
    },
    unlink: async (file) => {
      if (faults.unlink !== undefined) throw failure(faults.unlink);
      return diskFiles.unlink(file);
    },
    openForReading: async (file) => wrapped(await diskFiles.openForReading(file)),
    space: async (folder) => (faults.free === undefined ? diskFiles.space(folder) : { free: faults.free, total: 1_000_000_000 }),
  };
}
