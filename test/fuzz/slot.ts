/**
 * The input that is being read, in a file, so that it is known when the process that reads it hangs or dies. Head: how many inputs there
 * have been, and the length of this one, as 32-bit numbers. A file and not shared memory: a process that dies takes its memory with it.
 */
import { closeSync, openSync, readFileSync, readSync, writeSync } from 'node:fs';

const HEAD_OCTETS = 8;

export class SlotWriter {
  private readonly fd: number;
  private readonly buffer: Buffer;
  private count = 0;

  constructor(path: string, octetsMax: number) {
    this.fd = openSync(path, 'r+');
    this.buffer = Buffer.alloc(HEAD_OCTETS + octetsMax);
  }

  put(octets: Uint8Array): void {
    this.count = (this.count + 1) >>> 0;
    this.buffer.writeUInt32LE(this.count, 0);
    this.buffer.writeUInt32LE(octets.length, 4);
    this.buffer.set(octets, HEAD_OCTETS);
    writeSync(this.fd, this.buffer, 0, HEAD_OCTETS + octets.length, 0);
  }

  close(): void {
    closeSync(this.fd);
  }
}

/** How many inputs there have been: 0 when none has begun. */
export function slotCount(path: string): number {
  const fd = openSync(path, 'r');
  try {
    const head = Buffer.alloc(4);
    return readSync(fd, head, 0, 4, 0) < 4 ? 0 : head.readUInt32LE(0);
  } finally {
    closeSync(fd);
  }
}

/** The input in the file; undefined when none has begun. */
export function slotInput(path: string): Uint8Array | undefined {
  const file = readFileSync(path);
  return file.length < HEAD_OCTETS ? undefined : new Uint8Array(file.subarray(HEAD_OCTETS, HEAD_OCTETS + file.readUInt32LE(4)));
}
