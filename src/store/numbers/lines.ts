/** The lines of a file, as octets of a buffer that is used again: memory does not grow with the file, nor with a line. */
import fs from 'node:fs';

/** Longest line. Unit: octets. Source: all columns at their longest are 150. */
export const LINE_OCTETS_MAX = 1024;
const CHUNK_OCTETS = 4 * 1024 * 1024;
const LF = 10;
const CR = 13;
const BOM = [0xef, 0xbb, 0xbf];

export interface Lines {
  /** Octets `from` to `to` (exclusive), without the end of the line; not to be kept. `number`: 1 is the first. */
  line(octets: Buffer, from: number, to: number, number: number): void;
  /** A line of more than LINE_OCTETS_MAX. */
  tooLong(number: number): void;
  /** After each chunk: octets of the file that have been read. */
  progress(octets: number, lines: number): void;
}

/** LF or CR LF ends a line; the last one needs no end. A byte order mark at the beginning is skipped. Throws an error with a code. */
export function readLines(file: string, to: Lines): void {
  const fd = fs.openSync(file, 'r');
  try {
    const buffer = Buffer.allocUnsafe(CHUNK_OCTETS);
    let [held, at, number, skipping, ended] = [0, 0, 0, false, false];
    while (!ended) {
      const got = fs.readSync(fd, buffer, held, buffer.length - held, null);
      ended = got === 0;
      let from = at === 0 && BOM.every((octet, i) => buffer[i] === octet && held + got > i) ? BOM.length : 0;
      at += got;
      const end = held + got;
      for (;;) {
        let lf = buffer.indexOf(LF, from);
        if (lf < 0 || lf >= end) {
          if (!ended || (from >= end && !skipping)) break;
          lf = end;
        }
        number++;
        if (skipping || lf - from > LINE_OCTETS_MAX) to.tooLong(number);
        else to.line(buffer, from, buffer[lf - 1] === CR && lf > from ? lf - 1 : lf, number);
        skipping = false;
        from = lf + 1;
        if (lf === end) break;
      }
      // The beginning of a line too long is not kept: only that it was.
      if (end - from > LINE_OCTETS_MAX) [skipping, from] = [true, end];
      held = Math.max(0, end - from);
      buffer.copyWithin(0, from, end);
      to.progress(at, number);
    }
  } finally {
    fs.closeSync(fd);
  }
}
