/**
 * A disk that keeps what was flushed and may lose the rest.
 *
 * Built from a program's recorded calls: `imageAt` says what a folder could look like after the power failed at a given line of the log.
 * Kept for sure: data of a file whose flush was entered after the write returned and returned before the failure; names whose folder was
 * flushed likewise. Everything else was perhaps written whole, perhaps torn at sector edges, perhaps not at all, in any order.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { Call } from './strace-log.js';

const SECTOR = 512;

type DataOp = { readonly entered: number; readonly returned: number; durableAt: number } & (
  | { readonly kind: 'write'; readonly position: number; readonly octets: Buffer }
  | { readonly kind: 'truncate'; readonly length: number }
);

interface Inode {
  readonly ops: DataOp[];
}

interface NameOp {
  readonly entered: number;
  readonly returned: number;
  durableAt: number;
  readonly folder: string;
  readonly apply: (names: Map<string, Inode>) => void;
}

/** What to do with an operation that was not flushed. */
export type Fate = 'dropped' | 'whole' | 'torn';

export class DiskModel {
  private readonly root: string;
  private readonly inodes = new Set<Inode>();
  private readonly nameOps: NameOp[] = [];

  constructor(calls: readonly Call[], root: string) {
    this.root = root;
    const names = new Map<string, Inode>();
    const positions = new Map<number, number>();
    const isOurs = (path: string): boolean => path === root || path.startsWith(`${root}/`);
    const name = (call: Call, folder: string, apply: NameOp['apply']): void => {
      this.nameOps.push({ entered: call.entered, returned: call.returned, durableAt: Number.POSITIVE_INFINITY, folder, apply });
      apply(names);
    };
    for (const call of calls) {
      if (!isOurs(call.path) || call.result < 0) continue;
      switch (call.name) {
        case 'openat': {
          positions.set(call.fd, 0);
          if (!call.flags.includes('O_CREAT') && !call.flags.includes('O_TRUNC')) break;
          if (!names.has(call.path)) {
            const inode: Inode = { ops: [] };
            this.inodes.add(inode);
            name(call, dirname(call.path), (n) => n.set(call.path, inode));
          } else if (call.flags.includes('O_TRUNC')) {
            names.get(call.path)!.ops.push({ kind: 'truncate', length: 0, ...instants(call) });
          }
          break;
        }
        case 'write':
        case 'writev':
        case 'pwrite64':
        case 'pwritev':
        case 'pwritev2': {
          const position = call.position ?? positions.get(call.fd) ?? 0;
          if (call.position === undefined) positions.set(call.fd, position + call.result);
          const octets = Number.isFinite(call.returned) ? call.octets.subarray(0, call.result) : call.octets;
          names.get(call.path)?.ops.push({ kind: 'write', position, octets, ...instants(call) });
          break;
        }
        case 'ftruncate':
          names.get(call.path)?.ops.push({ kind: 'truncate', length: call.position!, ...instants(call) });
          break;
        case 'fsync':
        case 'fdatasync': {
          if (!Number.isFinite(call.returned)) break;
          const flushed = names.get(call.path)?.ops ?? this.nameOps.filter((op) => op.folder === call.path);
          for (const op of flushed) {
            if (op.returned <= call.entered && op.returned !== call.returned)
              op.durableAt = Math.min(op.durableAt, call.returned);
          }
          break;
        }
        case 'unlink':
        case 'unlinkat':
          name(call, dirname(call.path), (n) => n.delete(call.path));
          break;
        default: {
          if (!call.name.startsWith('rename') || call.target === undefined) break;
          const target = call.target;
          name(call, dirname(call.path), (n) => {
            const inode = n.get(call.path);
            if (inode === undefined) return;
            n.delete(call.path);
            n.set(target, inode);
          });
        }
      }
    }
  }

  /**
   * Writes into `folder` what could be left when the power failed at `line`. `fate` is asked for each operation that was under way or
   * unflushed; names are kept in the order in which they were made, up to a point that `fate` chooses by its first 'dropped'.
   */
  async imageAt(line: number, folder: string, fate: () => Fate, random: () => number): Promise<void> {
    const names = new Map<string, Inode>();
    let namesGoOn = true;
    for (const op of this.nameOps) {
      if (op.entered >= line) break;
      // A journal keeps names in order: one that is durable brings all before it.
      const later = this.nameOps.some((o) => o.entered >= op.entered && o.durableAt < line && o.folder === op.folder);
      if (!later && namesGoOn && fate() === 'dropped') namesGoOn = false;
      if (later || namesGoOn) op.apply(names);
    }
    await mkdir(folder, { recursive: true });
    for (const [path, inode] of names) {
      if (path.endsWith('-shm')) continue; // shared memory of running processes; a fresh start makes it anew
      const target = join(folder, relative(this.root, path));
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, contentAt(inode, line, fate, random));
    }
  }
}

const instants = (call: Call) => ({ entered: call.entered, returned: call.returned, durableAt: Number.POSITIVE_INFINITY });

function contentAt(inode: Inode, line: number, fate: () => Fate, random: () => number): Buffer {
  let length = 0;
  const kept: { op: DataOp; fate: Fate }[] = [];
  for (const op of inode.ops) {
    if (op.entered >= line) continue;
    const what: Fate = op.durableAt < line ? 'whole' : fate();
    if (what === 'dropped') continue;
    kept.push({ op, fate: what });
    if (op.kind === 'write') length = Math.max(length, op.position + op.octets.length);
  }
  const content = Buffer.alloc(length);
  let size = 0;
  for (const { op, fate: what } of kept) {
    if (op.kind === 'truncate') {
      content.fill(0, op.length);
      size = op.length;
      continue;
    }
    if (what === 'whole') op.octets.copy(content, op.position);
    else tear(op.octets, op.position, content, random);
    size = Math.max(size, op.position + op.octets.length);
  }
  return size > length ? Buffer.concat([content, Buffer.alloc(size - length)]) : content.subarray(0, size);
}

/** Some sectors of the write arrive, others keep what they held. */
function tear(octets: Buffer, position: number, content: Buffer, random: () => number): void {
  let at = 0;
  while (at < octets.length) {
    const sectorEnd = Math.min(octets.length, at + SECTOR - ((position + at) % SECTOR));
    if (random() < 0.5) octets.copy(content, position + at, at, sectorEnd);
    at = sectorEnd;
  }
}
