/** What holds in every codec: errors that name a place, prints without surprises, streams that do not care how they are cut. */
import type { Framer } from '#base';
import { difference, expect, hexOf } from '../target.js';

interface DecodeError {
  readonly offset: number;
  readonly text: string;
}

/** An error stands within the input and is one line. */
export function checkError(codec: string, { offset, text }: DecodeError, octets: Uint8Array): void {
  expect(offset >= 0 && offset <= octets.length, `${codec}: an error names an octet of the input`, () => `${offset}: ${text}`);
  expect(!text.includes('\n'), `${codec}: an error is one line`, () => JSON.stringify(text));
}

/** Control characters, and those that change the direction of a line; a line feed ends the lines of a print. */
const UNPRINTABLE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

/** A print may go to a terminal. */
export function checkPrint(codec: string, text: string): void {
  expect(!UNPRINTABLE.test(text), `${codec}: a print holds no control characters`, () => JSON.stringify(text));
}

/** Two readings of the same value. */
export function checkSame(check: string, one: unknown, other: unknown, octets: Uint8Array): void {
  const place = difference(one, other);
  expect(place === undefined, check, () => `${place} of ${hexOf(octets)}`);
}

/** Whether `write` wrote; false when the value does not fit what the writer says that it writes, by the text of its RangeError. */
export function writtenOr<T>(write: () => T, refusals: RegExp): T | undefined {
  try {
    return write();
  } catch (e) {
    if (e instanceof RangeError && refusals.test(e.message)) return undefined;
    throw e;
  }
}

/** A stream in one piece, and the same in two or in single octets: the same frames, the same end. Returns the frames. */
export function checkFramer(codec: string, create: () => Framer, octets: Uint8Array): readonly Uint8Array[] {
  const [frames, end] = framesOf(create(), [octets]);
  const at = octets.length === 0 ? 0 : octets[octets.length >> 1]! % octets.length;
  const cuts = [[octets.subarray(0, at), octets.subarray(at)]];
  if (octets.length <= SINGLE_OCTETS_MAX) cuts.push(Array.from(octets, (_, i) => octets.subarray(i, i + 1)));
  for (const pieces of cuts) {
    const [others, otherEnd] = framesOf(create(), pieces);
    checkSame(`${codec}: a stream is cut alike, whatever pieces it comes in`, others, frames, octets);
    checkSame(`${codec}: a stream ends alike, whatever pieces it comes in`, otherEnd, end, octets);
  }
  return frames;
}

/** Longer streams are not fed octet by octet. */
const SINGLE_OCTETS_MAX = 64;

function framesOf(framer: Framer, pieces: readonly Uint8Array[]): [Uint8Array[], unknown] {
  const frames: Uint8Array[] = [];
  for (const piece of pieces) {
    const cut = framer.push(piece);
    frames.push(...(cut.ok ? cut.value : cut.error.frames).map((it) => it.slice()));
    if (!cut.ok) return [frames, { kind: cut.error.kind, offset: cut.error.offset }];
  }
  return [frames, { pending: framer.pending }];
}
