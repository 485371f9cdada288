/** Chance from a seed: the same seed gives the same run. xoshiro128** by Blackman and Vigna, seeded by splitmix32. Not for secrets. */

const GOLDEN = 0x9e3779b9;

const rotate = (value: number, by: number): number => (value << by) | (value >>> (32 - by));

export class Random {
  private a: number;
  private b: number;
  private c: number;
  private d: number;

  /** `seed`: 32 bits count. */
  constructor(seed: number) {
    let state = seed | 0;
    const next = (): number => {
      state = (state + GOLDEN) | 0;
      let z = state;
      z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
      z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
      return z ^ (z >>> 15);
    };
    this.a = next();
    this.b = next();
    this.c = next();
    this.d = next();
  }

  /** 32 bits, not negative. */
  next(): number {
    const result = Math.imul(rotate(Math.imul(this.b, 5), 7), 9);
    const shifted = this.b << 9;
    this.c ^= this.a;
    this.d ^= this.b;
    this.b ^= this.c;
    this.a ^= this.d;
    this.c ^= shifted;
    this.d = rotate(this.d, 11);
    return result >>> 0;
  }

  /** A whole number from 0 to `limit` - 1; `limit` is 1 to 2^32. */
  below(limit: number): number {
    return Math.floor((this.next() / 2 ** 32) * limit);
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)]!;
  }
}

/** Draws by weight: how often each of some things comes among all. */
export class Weighted<T> {
  private readonly items: readonly T[];
  /** Sum of the weights up to and with each item. */
  private readonly upTo: readonly number[];
  private readonly total: number;

  /** Throws RangeError when there is nothing to draw, or a weight is negative. */
  constructor(entries: readonly (readonly [item: T, weight: number])[]) {
    if (entries.some(([, weight]) => !(weight >= 0))) throw new RangeError('a weight is not a number from 0');
    const drawn = entries.filter(([, weight]) => weight > 0);
    this.items = drawn.map(([item]) => item);
    let sum = 0;
    this.upTo = drawn.map(([, weight]) => {
      sum += weight;
      return sum;
    });
    this.total = sum;
    if (sum === 0) throw new RangeError('all weights are 0');
  }

  draw(random: Random): T {
    const at = (random.next() / 2 ** 32) * this.total;
    const index = this.upTo.findIndex((sum) => at < sum);
    return this.items[index === -1 ? this.items.length - 1 : index]!;
  }
}
