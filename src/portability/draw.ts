/** Chance without dice: the same message draws the same lot, here and on every other node. */

/** Of a part: hundredths of a percent. */
const LOTS = 10_000;
const TWO_TO_32 = 0x1_0000_0000;

/** Final mix of MurmurHash3 (Austin Appleby, public domain): every bit of the input reaches every bit of the output. */
function mix(h: number): number {
  h ^= h >>> 16;
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** 0..2^32-1 from a number of up to 15 digits, any integer beside it, and what it is drawn for. */
export function draw(number: number, reference: number, purpose: number): number {
  const high = Math.floor(number / TWO_TO_32);
  return mix(mix(mix(mix(purpose) ^ (number | 0)) ^ high) ^ reference) >>> 0;
}

/** Purposes, so that lots of one are no hint at those of another. Any distinct numbers. */
export const SAMPLE = 1;
export const PLATFORM = 2;

/** Whether a lot is among this percentage of them. */
export const isAmong = (lot: number, percent: number): boolean => (lot / TWO_TO_32) * LOTS < percent * (LOTS / 100);
