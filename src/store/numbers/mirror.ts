/**
 * How numbers reach another machine: its folder is made the same, file by file, and a follower there reads it. What is asked of the source fits
 * two requests of any protocol; what has been fetched is not fetched again, so a copy that was interrupted goes on where it stopped.
 */
import fs from 'node:fs';
import path from 'node:path';
import { err, ok, type Result } from '#base';
import type { NumbersVersion } from '#portability';
import { Damage } from './damage.js';
import {
  currentOrNone,
  dropLoad,
  isLoadName,
  isPartName,
  keepLoads,
  loadFolder,
  makeLoadFolder,
  PART_SUFFIX,
  parts,
  prepareFolder,
  readCurrent,
  sweepLoad,
  writeCurrent,
} from './folder.js';
import { checkSnapshot } from './snapshot.js';

/** One piece that is asked for at once. Unit: octets. */
const PIECE_OCTETS = 4 * 1024 * 1024;
/**
 * What is there already is asked for once more and compared, so much of it, before anything is put behind it. Unit: octets. Source: some dozens of
 * frames, each with its instant and checksum; a folder that has gone ways of its own differs in them.
 */
const OVERLAP_OCTETS = 4096;
/** Former loads that a copy keeps: a rollback at its source to the one before costs no second fetch. */
const FORMER_LOADS = 1;

/** A file of the load that counts. A snapshot never changes; of the logs the last one grows. */
export interface MirroredFile {
  readonly name: string;
  /** What may be fetched: of the last log as much as has been flushed. */
  readonly octets: number;
}

export interface MirrorList {
  readonly load: string;
  /** In the order in which they are to be fetched. */
  readonly files: readonly MirroredFile[];
  /** Where the source stands; absent from one that does not say it. */
  readonly version?: NumbersVersion;
}

/** The source cannot be asked, or its answer is of no use: in words for an operator. */
export class SourceAway extends Error {
  override readonly name = 'SourceAway';
}

/** Where numbers are fetched from. Rejects with SourceAway. */
export interface MirrorSource {
  /** Undefined: there are none. */
  list(): Promise<MirrorList | undefined>;
  /** Up to `octetsMax` octets of a file from `offset` on. Undefined: there is no such file any more. */
  read(load: string, name: string, offset: number, octetsMax: number): Promise<Uint8Array | undefined>;
}

/** The source's side, on a folder. `flushed`: as NumberStore says it; without a writer all there is. */
export function mirrorSource(
  folder: string,
  flushed: () => { readonly load: string; readonly base: number; readonly octets: number } | undefined,
): MirrorSource {
  return {
    list: async () => {
      const load = readCurrent(folder);
      if (load === undefined) return undefined;
      const { snapshots, logs } = parts(folder, load);
      const base = snapshots.at(-1) ?? 0;
      const name = (kind: string, change: number): string => `${kind}-${String(change).padStart(16, '0')}`;
      const names = [name('snapshot', base), ...logs.filter((change) => change >= base).map((change) => name('log', change))];
      const live = flushed();
      const files = names.flatMap((file) => {
        const octets = fs.statSync(path.join(loadFolder(folder, load), file), { throwIfNoEntry: false })?.size;
        if (octets === undefined) return [];
        const isLive = live !== undefined && live.load === load && file === name('log', live.base);
        return [{ name: file, octets: isLive ? Math.min(octets, live.octets) : octets }];
      });
      return { load, files };
    },
    read: async (load, name, offset, octetsMax) => {
      if (!isLoadName(load) || !isPartName(name) || !Number.isSafeInteger(offset) || offset < 0) return undefined;
      const live = flushed();
      let handle: fs.promises.FileHandle;
      try {
        handle = await fs.promises.open(path.join(loadFolder(folder, load), name), 'r');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      }
      try {
        const isLive = live !== undefined && live.load === load && name === `log-${String(live.base).padStart(16, '0')}`;
        const end = isLive ? live.octets : Number.POSITIVE_INFINITY;
        const buffer = Buffer.allocUnsafe(Math.max(0, Math.min(octetsMax, PIECE_OCTETS, end - offset)));
        const { bytesRead } = await handle.read(buffer, 0, buffer.length, offset);
        return buffer.subarray(0, bytesRead);
      } finally {
        await handle.close();
      }
    },
  };
}

export interface MirrorProgress {
  /** Octets that are still to be fetched, before and after. */
  readonly behindBefore: number;
  readonly behind: number;
  readonly load: string;
  /** Where the source stood when it gave its list. */
  readonly version?: NumbersVersion;
}

/**
 * `gone`: the source has removed what was being fetched; begin again with its list. `missing`: it has no numbers. `diverged`: the copy holds what
 * the source never had; it has been removed, begin again. `damaged`: the snapshot that came does not match its checksums, and has been removed.
 */
export type MirrorTrouble = 'gone' | 'missing' | 'diverged' | 'damaged';

/**
 * Fetches what the folder does not have, up to `octetsMax`, and makes the load count once its snapshot and the logs up to now are there. Call it
 * again and again: what it returns says how far behind the copy is. Rejects with what the source or the file system rejects with.
 */
export async function mirrorOnce(
  source: MirrorSource,
  folder: string,
  octetsMax = Number.POSITIVE_INFINITY,
): Promise<Result<MirrorProgress, MirrorTrouble>> {
  prepareFolder(folder);
  const list = await source.list();
  if (list === undefined) return err('missing');
  if (!isLoadName(list.load)) return err('gone');
  makeLoadFolder(folder, list.load);
  const files = inOrder(folder, list);
  const missing = (): number =>
    files.reduce((sum, file) => sum + Math.max(0, file.octets - have(folder, list.load, file.name)), 0);
  const behindBefore = missing();
  let budget = octetsMax;
  for (const file of files) {
    const fetched = await fetchFile(source, folder, list.load, file, budget);
    if (fetched === 'diverged') dropLoad(folder, list.load);
    if (typeof fetched === 'string') return err(fetched);
    budget -= fetched;
    if (budget <= 0) break;
  }
  const behind = missing();
  if (behind === 0) {
    if (currentOrNone(folder) !== list.load) writeCurrent(folder, list.load);
    sweepLoad(folder, list.load);
    keepLoads(folder, list.load, FORMER_LOADS);
  }
  return ok({ behindBefore, behind, load: list.load, ...(list.version === undefined ? {} : { version: list.version }) });
}

/**
 * In the source's order. A load that counts here already goes on with its logs first: what is new is known before a snapshot has come that only
 * sums up what is known. A log is only begun when those before it are whole, so what has been begun can always be gone on with.
 */
function inOrder(folder: string, { load, files }: MirrorList): readonly MirroredFile[] {
  const known = files.filter(({ name }) => isPartName(name));
  if (currentOrNone(folder) !== load) return known;
  const isBegun = ({ name }: MirroredFile): boolean => !isSnapshot(name) && have(folder, load, name) > 0;
  return [...known.filter(isBegun), ...known.filter((file) => !isBegun(file))];
}

const isSnapshot = (name: string): boolean => name.startsWith('snapshot');
/** A snapshot has its name only when it is whole; a log counts as far as it goes. */
const pathOf = (folder: string, load: string, name: string, whole: boolean): string =>
  path.join(loadFolder(folder, load), isSnapshot(name) && !whole ? `${name}${PART_SUFFIX}` : name);
const sizeOf = (file: string): number => fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0;

function have(folder: string, load: string, name: string): number {
  return Math.max(sizeOf(pathOf(folder, load, name, true)), sizeOf(pathOf(folder, load, name, false)));
}

/** Octets fetched, or why none can be. */
async function fetchFile(
  source: MirrorSource,
  folder: string,
  load: string,
  file: MirroredFile,
  budget: number,
): Promise<number | 'gone' | 'diverged' | 'damaged'> {
  let at = have(folder, load, file.name);
  if (at > file.octets) return 'diverged';
  const target = pathOf(folder, load, file.name, false);
  if (at === file.octets) {
    // Interrupted between its last octet and its name.
    if (isSnapshot(file.name) && sizeOf(target) === at && at > 0) return (await named(folder, load, file.name)) ?? 0;
    return 0;
  }
  const handle = await fs.promises.open(target, 'a+');
  let fetched = 0;
  try {
    const overlap = Math.min(at, OVERLAP_OCTETS);
    const known = Buffer.alloc(overlap);
    await handle.read(known, 0, overlap, at - overlap);
    let compared = overlap === 0;
    while (at < file.octets && fetched < budget) {
      const before = compared ? 0 : overlap;
      const wanted = Math.min(PIECE_OCTETS - before, file.octets - at, budget - fetched);
      const piece = await source.read(load, file.name, at - before, before + wanted);
      if (piece === undefined || piece.length <= before) return 'gone';
      if (!known.equals(piece.subarray(0, overlap)) && !compared) return 'diverged';
      compared = true;
      // A source that gives more than it was asked for is not believed.
      const fresh = piece.subarray(before, before + wanted);
      await handle.appendFile(fresh);
      at += fresh.length;
      fetched += fresh.length;
    }
    await handle.datasync();
  } finally {
    await handle.close();
  }
  if (at >= file.octets && isSnapshot(file.name)) return (await named(folder, load, file.name)) ?? fetched;
  return fetched;
}

/** Gives a snapshot that is whole its name, if its checksums are right; else it is removed. A log has checksums of its own in every frame. */
async function named(folder: string, load: string, name: string): Promise<'damaged' | undefined> {
  const part = pathOf(folder, load, name, false);
  try {
    await checkSnapshot(part);
  } catch (error) {
    if (!(error instanceof Damage)) throw error;
    fs.rmSync(part);
    return 'damaged';
  }
  fs.renameSync(part, pathOf(folder, load, name, true));
  return undefined;
}
