/** Content on its way out: dots added, bare line ends refused, octets above 127 found; the octets themselves are not copied. */

import { PlainRun } from '../plain-run.js';

/** What is written after 354, and what has to be known before it. */
export interface Outgoing {
  /** Views into the caller's octets, with added dots between them, the final dot not among them. */
  readonly pieces: readonly Uint8Array[];
  /** Of the content, without added dots; what SIZE says. Unit: octets. */
  readonly size: number;
  readonly has8bitHeader: boolean;
  readonly has8bitBody: boolean;
}

const CR = 13;
const LF = 10;
const DOT = 46;
const DOTS = Uint8Array.of(DOT);
const CRLF = Uint8Array.of(CR, LF);

/** Undefined: a bare CR or LF stands in it. A last line without an end gets one. */
export function outgoing(content: readonly Uint8Array[]): Outgoing | undefined {
  const pieces: Uint8Array[] = [];
  let size = 0;
  let isStart = true;
  let isAfterCr = false;
  let isHeader = true;
  let has8bitHeader = false;
  let has8bitBody = false;
  for (const piece of content) {
    const plain = new PlainRun(piece);
    let from = 0;
    for (let i = 0; i < piece.length; i++) {
      const c = piece[i]!;
      // Nearly every octet ends here.
      if (!isStart && !isAfterCr && c > CR && c < 128) {
        const next = plain.end(i, true);
        if (next > i) i = next - 1;
        continue;
      }
      if (isAfterCr !== (c === LF)) return undefined;
      if (c >= 128) {
        if (isHeader) has8bitHeader = true;
        else has8bitBody = true;
      }
      if (isStart && c === DOT) {
        pieces.push(piece.subarray(from, i), DOTS);
        from = i;
      }
      // An empty line ends the header.
      if (isStart && c === CR) isHeader = false;
      isAfterCr = c === CR;
      isStart = c === LF;
    }
    if (from < piece.length) pieces.push(from === 0 ? piece : piece.subarray(from));
    size += piece.length;
  }
  if (isAfterCr) return undefined;
  if (!isStart) {
    pieces.push(CRLF);
    size += CRLF.length;
  }
  return { pieces, size, has8bitHeader, has8bitBody };
}
