/**
 * Delays counted in buckets whose width grows with the delay: constant memory, however many samples. HDR histograms work alike
 * (hdrhistogram.org); here 32 buckets to each power of two, so that a percentile is off by 3 % at most.
 */

const BUCKETS_BITS = 5;
const BUCKETS = 2 ** BUCKETS_BITS;
/** Powers of two beyond the first buckets: up to 2^37 microseconds, a day and a half. */
const OCTAVES = 32;
const VALUE_MAX = 2 ** (BUCKETS_BITS + OCTAVES) - 1;

export class DelayHistogram {
  private readonly counts = new Float64Array(BUCKETS * (OCTAVES + 1));
  private samples = 0;
  private sum = 0;
  private most = 0;

  /** Adds a delay. Unit: microseconds; below 0 counts as 0, above the range as its end. */
  record(microseconds: number): void {
    const value = Math.min(Math.max(0, microseconds), VALUE_MAX);
    const bucket = bucketOf(value);
    this.counts[bucket] = this.counts[bucket]! + 1;
    this.samples++;
    this.sum += value;
    if (value > this.most) this.most = value;
  }

  get count(): number {
    return this.samples;
  }

  /** Microseconds; 0 without samples. */
  get mean(): number {
    return this.samples === 0 ? 0 : this.sum / this.samples;
  }

  get max(): number {
    return this.most;
  }

  /** The delay that `percent` of the samples do not exceed, as the upper end of its bucket. Microseconds; 0 without samples. */
  percentile(percent: number): number {
    const rank = Math.ceil((percent / 100) * this.samples);
    let seen = 0;
    for (const [bucket, count] of this.counts.entries()) {
      seen += count;
      if (seen >= rank && count > 0) return Math.min(upperEnd(bucket), this.most);
    }
    return this.most;
  }
}

function bucketOf(value: number): number {
  if (value < BUCKETS) return Math.floor(value);
  const octave = Math.floor(Math.log2(value)) - BUCKETS_BITS;
  return (octave + 1) * BUCKETS + Math.floor(value / 2 ** octave) - BUCKETS;
}

function upperEnd(bucket: number): number {
  if (bucket < BUCKETS) return bucket + 1;
  const octave = Math.floor(bucket / BUCKETS) - 1;
  return ((bucket % BUCKETS) + BUCKETS + 1) * 2 ** octave;
}

/** Percentiles for people and reports. Unit: milliseconds. */
export interface DelaySummary {
  readonly count: number;
  readonly meanMs: number;
  readonly p50Ms: number;
  readonly p90Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  readonly maxMs: number;
}

const ms = (microseconds: number): number => Math.round(microseconds) / 1000;

export const summaryOf = (histogram: DelayHistogram): DelaySummary => ({
  count: histogram.count,
  meanMs: ms(histogram.mean),
  p50Ms: ms(histogram.percentile(50)),
  p90Ms: ms(histogram.percentile(90)),
  p99Ms: ms(histogram.percentile(99)),
  p999Ms: ms(histogram.percentile(99.9)),
  maxMs: ms(histogram.max),
});
