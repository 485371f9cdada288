/** How fast one VASP may go: a bucket of tokens for each name, filled at the rate and no higher than the burst. */

interface Bucket {
  tokens: number;
  at: number;
}

/** Buckets by name. `now`: monotonic milliseconds. Names that are not in use any more are dropped by `keep`. */
export class Rates {
  private readonly buckets = new Map<string, Bucket>();
  private readonly now: () => number;

  constructor(now: () => number) {
    this.now = now;
  }

  /**
   * Takes one token. 0: there was one. Else nothing is taken, and the number says after how many milliseconds there will be one.
   * `rate`: tokens a second; `burst`: tokens at most, one at least.
   */
  take(name: string, rate: number, burst: number): number {
    const at = this.now();
    const most = Math.max(1, burst);
    const bucket = this.buckets.get(name) ?? { tokens: most, at };
    bucket.tokens = Math.min(most, bucket.tokens + ((at - bucket.at) * rate) / 1000);
    bucket.at = at;
    this.buckets.set(name, bucket);
    if (bucket.tokens < 1) return rate <= 0 ? LONG_MS : Math.ceil(((1 - bucket.tokens) * 1000) / rate);
    bucket.tokens -= 1;
    return 0;
  }

  /** Forgets all but these. */
  keep(names: ReadonlySet<string>): void {
    for (const name of this.buckets.keys()) if (!names.has(name)) this.buckets.delete(name);
  }
}

/** Where nothing flows at all. Unit: milliseconds. */
const LONG_MS = 60_000;
