/** Chance from a seed: the same seed gives the same numbers on every machine. */

/** Generator sfc32 of PractRand: 128 bits of state, passes its tests, four operations a number. */
export class Random {
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;

  constructor(seed: number) {
    this.a = seed >>> 0;
    this.b = 0x9e3779b9;
    this.c = 0x243f6a88;
    for (let i = 0; i < 16; i++) this.u32();
  }

  /** 0..2^32-1. */
  u32(): number {
    const t = (((this.a + this.b) | 0) + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (this.c << 21) | (this.c >>> 11);
    this.c = (this.c + t) | 0;
    return t >>> 0;
  }

  /** 0..n-1. `n`: 1 or more. */
  below(n: number): number {
    return this.u32() % n;
  }

  /** True once in `n` times on average. */
  once(n: number): boolean {
    return this.u32() % n === 0;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.u32() % list.length]!;
  }
}
