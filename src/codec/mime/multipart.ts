/**
 * Cuts a multipart body into its parts. RFC 2046 5.1.1.
 *
 * Boundaries are looked for by their first dash: base64 has none, so that most of a message is passed over at the speed of the host's own
 * search. A line that begins with a boundary of an outer multipart ends the inner one, as the outer one is cut first.
 */
import { LIMITS, type Witness } from '#base';
import { OverLimit } from '#codec/wsp';
import { tolerate } from './tolerances.js';

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const BLANK = 0x20;
const DASH = 0x2d;

/** A stretch of the input. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** A line that begins with two dashes and the boundary. */
interface Delimiter {
  /** Where the line break in front of it begins. */
  readonly before: number;
  /** Where the next line begins. */
  readonly next: number;
  readonly final: boolean;
}

class Cutter {
  private readonly bytes: Uint8Array;
  private readonly start: number;
  private readonly end: number;
  private readonly boundary: Uint8Array;

  constructor(bytes: Uint8Array, start: number, end: number, boundary: string) {
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    this.boundary = new TextEncoder().encode(boundary);
  }

  /** The first delimiter from `from` on. */
  find(from: number): Delimiter | undefined {
    const { bytes, start, end } = this;
    let at = from;
    for (;;) {
      at = bytes.indexOf(DASH, at);
      if (at < 0 || at >= end) return undefined;
      const lineStart = at === start || bytes[at - 1] === LF;
      if (lineStart && bytes[at + 1] === DASH) {
        const found = this.delimiterAt(at);
        if (found !== undefined) return found;
      }
      // A run of dashes is one place, not many.
      while (at < end && bytes[at] === DASH) at++;
    }
  }

  private delimiterAt(at: number): Delimiter | undefined {
    const { bytes, boundary, end } = this;
    let i = at + 2;
    if (i + boundary.length > end) return undefined;
    for (let k = 0; k < boundary.length; k++) if (bytes[i + k] !== boundary[k]) return undefined;
    i += boundary.length;
    const final = i + 1 < end && bytes[i] === DASH && bytes[i + 1] === DASH;
    if (final) i += 2;
    while (i < end && (bytes[i] === BLANK || bytes[i] === TAB)) i++;
    if (i < end && bytes[i] === CR) i++;
    // Another boundary may begin with this one.
    if (i < end && bytes[i] !== LF) return undefined;
    return { before: this.beforeBreak(at), next: Math.min(i + 1, end), final };
  }

  /** The line break in front of a boundary belongs to the boundary. */
  private beforeBreak(at: number): number {
    if (at > this.start && this.bytes[at - 1] === LF) at--;
    if (at > this.start && this.bytes[at - 1] === CR && this.bytes[at] === LF) at--;
    return at;
  }
}

/** The parts between the boundaries of `bytes`, `start` to `end`; none when the boundary does not occur. Throws OverLimit. */
export function cutParts(bytes: Uint8Array, { start, end }: Stretch, boundary: string, witness: Witness | undefined): Stretch[] {
  const cutter = new Cutter(bytes, start, end, boundary);
  const parts: Stretch[] = [];
  let open = cutter.find(start);
  if (open === undefined) tolerate(witness, 'multipart-without-boundary', start, 'the boundary does not occur');
  while (open !== undefined && !open.final) {
    if (parts.length === LIMITS.multipartPartsMax)
      throw new OverLimit(open.next, `more than ${LIMITS.multipartPartsMax} parts in a multipart`);
    const close = cutter.find(open.next);
    if (close === undefined) {
      tolerate(witness, 'missing-final-boundary', end, 'no boundary behind the last part');
      // A boundary without a part behind it is what a cut message ends in.
      if (open.next < end) parts.push({ start: open.next, end });
      return parts;
    }
    // Two boundaries that follow each other share the line break: the part is empty, without even a header section.
    parts.push({ start: open.next, end: Math.max(open.next, close.before) });
    open = close;
  }
  return parts;
}
