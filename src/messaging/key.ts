/**
 * Keys: 22 characters that name a message, a delivery or a report. The first 8 are the time (48 bits, quarters of a millisecond), the other
 * 14 are random (84 bits). The alphabet is in ASCII order, so that keys sort by time as text, and every character of it may stand in a
 * URL's path. Quarters, because whole milliseconds would begin with `-` until 2109, which command lines take for an option.
 */
import { LIMITS } from '#base';

const ALPHABET = '-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz';
const FORM = /^[-0-9A-Z_a-z]{22}$/;
/** Quarters of a millisecond in one. */
const QUARTERS = 4;
const TIME_END = 2 ** 46;
/** Characters of a key that are its time. */
const TIME_CHARACTERS = 8;

/** Random octets that one key takes. */
export const KEY_RANDOM_OCTETS = 11;

/** 24 bits as four characters. */
const four = (bits: number): string =>
  ALPHABET[bits >> 18]! + ALPHABET[(bits >> 12) & 63]! + ALPHABET[(bits >> 6) & 63]! + ALPHABET[bits & 63]!;

/**
 * The key for the instant `now` (epoch milliseconds, 0 to 2^46-1) and eleven random octets from `offset` on.
 * Keys of different instants sort as the instants do. Throws RangeError on an instant outside.
 */
export function toKey(now: number, random: Uint8Array, offset = 0): string {
  if (!(now >= 0 && now < TIME_END)) throw new RangeError(`no key for the instant ${now}: expected 0 to 2^46-1`);
  const time = Math.floor(now * QUARTERS);
  let key = four(Math.floor(time / 0x100_0000)) + four(time % 0x100_0000);
  for (let i = offset; i < offset + 9; i += 3) key += four((random[i]! << 16) | (random[i + 1]! << 8) | random[i + 2]!);
  return key + ALPHABET[random[offset + 9]! & 63]! + ALPHABET[random[offset + 10]! & 63]!;
}

/** Whether the text has the form of a key; says nothing about whether anything is named by it. */
export const isKey = (text: string): boolean => FORM.test(text);

/** The instant that the key was made for; epoch milliseconds, rounded down. */
export function instantOfKey(key: string): number {
  let time = 0;
  for (let i = 0; i < TIME_CHARACTERS; i++) time = time * 64 + ALPHABET.indexOf(key[i]!);
  return Math.floor(time / QUARTERS);
}

/** Makes keys, drawing random octets for many at once. */
export class KeySource {
  readonly #randomOctets: (count: number) => Uint8Array;
  #pool: Uint8Array = new Uint8Array();
  #used = 0;

  constructor(randomOctets: (count: number) => Uint8Array) {
    this.#randomOctets = randomOctets;
  }

  next(now: number): string {
    const place = this.#take(KEY_RANDOM_OCTETS);
    return toKey(now, this.#pool, place);
  }

  /** A number from 0 to `end`-1; `end` at most 2^24. Nearly even, which is enough for choosing among equals. */
  below(end: number): number {
    const place = this.#take(3);
    return ((this.#pool[place]! << 16) | (this.#pool[place + 1]! << 8) | this.#pool[place + 2]!) % end;
  }

  /** Where in the pool `count` unused octets begin. May replace the pool: read it afterwards. */
  #take(count: number): number {
    if (this.#used + count > this.#pool.length) {
      this.#pool = this.#randomOctets(LIMITS.randomPoolOctets);
      this.#used = 0;
    }
    const place = this.#used;
    this.#used += count;
    return place;
  }
}
