/**
 * Chance from one number. Forked by name, so that what one part of the world draws does not shift what another part draws: a road more, or a
 * fault less, leaves the rest of a seed nearly as it was.
 */

/** Four 32-bit numbers from a text. The mixing constants are those of MurmurHash3. */
function stateOf(text: string): [number, number, number, number] {
  let [a, b, c, d] = [1779033703, 3144134277, 1013904242, 2773480762];
  for (let i = 0; i < text.length; i++) {
    const k = text.charCodeAt(i);
    a = b ^ Math.imul(a ^ k, 597399067);
    b = c ^ Math.imul(b ^ k, 2869860233);
    c = d ^ Math.imul(c ^ k, 951274213);
    d = a ^ Math.imul(d ^ k, 2716044179);
  }
  return [a >>> 0, b >>> 0, c >>> 0, d >>> 0];
}

/** Rounds that are thrown away, so that neighbouring seeds begin far apart. */
const WARM_UP = 12;

export class Random {
  readonly #name: string;
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  constructor(name: string) {
    this.#name = name;
    [this.#a, this.#b, this.#c, this.#d] = stateOf(name);
    for (let i = 0; i < WARM_UP; i++) this.#word();
  }

  /** A source of its own for the part of the world with this name. */
  fork(name: string): Random {
    return new Random(`${this.#name}/${name}`);
  }

  /** 0 up to, not including, 1. */
  unit(): number {
    return this.#word() / 2 ** 32;
  }

  /** A whole number from 0 to `end`-1. */
  below(end: number): number {
    return Math.floor(this.unit() * end);
  }

  /** A whole number from `least` to `most`, both included. */
  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  chance(share: number): boolean {
    return this.unit() < share;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }

  /** One of the rows, by their weights. */
  weighted<T extends { readonly weight: number }>(rows: readonly T[]): T {
    let at = this.unit() * rows.reduce((sum, { weight }) => sum + weight, 0);
    for (const row of rows) {
      at -= row.weight;
      if (at < 0) return row;
    }
    return rows.at(-1)!;
  }

  octets(count: number): Uint8Array {
    const octets = new Uint8Array(count);
    for (let i = 0; i < count; i++) octets[i] = this.#word() & 0xff;
    return octets;
  }

  /** sfc32, a small fast counting generator. */
  #word(): number {
    const t = (this.#a + this.#b + this.#d) | 0;
    this.#d = (this.#d + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + t;
    this.#c |= 0;
    return t >>> 0;
  }
}
