/** The capture on disk: written in pieces, bounded, never in the way of the traffic. */
import { closeSync, openSync, writeSync } from 'node:fs';
import type { ProtocolData } from '#codec/m3ua';
import { CaptureWriter } from './capture-writer.js';
import type { Network, Place } from './laboratory.js';

/** Gathered before it is written. Unit: octets. Source: a few hundred packets; one write of this size takes a fraction of a millisecond. */
const PIECE_OCTETS = 262_144;

export class CaptureFile {
  private readonly writer: CaptureWriter;
  private readonly descriptor: number;
  private readonly octetsMax: number;
  private readonly piece = new Uint8Array(PIECE_OCTETS);
  private used = 0;
  private written = 0;
  /** Messages in the file, and those that the bound left out. */
  messages = 0;
  leftOut = 0;

  /** Throws the system's error when the file cannot be opened or, later, written. `octetsMax`: of the file. */
  constructor(path: string, network: Network, octetsMax: number) {
    this.writer = new CaptureWriter(network);
    this.octetsMax = octetsMax;
    this.descriptor = openSync(path, 'w');
    this.put(CaptureWriter.fileHeader());
  }

  /** `at`: milliseconds since the epoch. */
  add(place: Place, direction: 'to' | 'from', data: ProtocolData, at: number): void {
    if (this.leftOut > 0) {
      this.leftOut++;
      return;
    }
    const record = this.writer.record(place, direction, data, at);
    if (this.written + this.used + record.length > this.octetsMax) {
      this.leftOut++;
      return;
    }
    this.messages++;
    this.put(record);
  }

  private put(octets: Uint8Array): void {
    if (this.used + octets.length > PIECE_OCTETS) this.flush();
    if (octets.length > PIECE_OCTETS) {
      writeSync(this.descriptor, octets);
      this.written += octets.length;
      return;
    }
    this.piece.set(octets, this.used);
    this.used += octets.length;
  }

  private flush(): void {
    writeSync(this.descriptor, this.piece, 0, this.used);
    this.written += this.used;
    this.used = 0;
  }

  close(): void {
    this.flush();
    closeSync(this.descriptor);
  }
}
