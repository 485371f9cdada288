/** Latencies counted in log-linear buckets: memory stays constant, whatever the number of samples. */

/** Buckets of one power of two. Unit: buckets. Width of a bucket is then at most 1/64 of its value. */
const BUCKETS_PER_OCTAVE = 64;
/** Powers of two above the linear part: values up to 2^40 (twelve days in microseconds). */
const OCTAVES = 34;

/** Non-negative samples of one unit, which the caller chooses (microseconds by habit). */
export class Histogram {
  readonly #counts = new Float64Array(BUCKETS_PER_OCTAVE * (OCTAVES + 1));
  #count = 0;
  #sum = 0;
  #max = 0;

  /** Adds one sample; negative ones count as 0, larger ones than 2^40 as 2^40. */
  record(sample: number): void {
    const value = Math.min(Math.max(0, sample), 2 ** 40 - 1);
    const at = bucketOf(value);
    this.#counts[at] = this.#counts[at]! + 1;
    this.#count++;
    this.#sum += value;
    this.#max = Math.max(this.#max, value);
  }

  get count(): number {
    return this.#count;
  }

  get max(): number {
    return this.#max;
  }

  /** Absent samples give 0. */
  get mean(): number {
    return this.#count === 0 ? 0 : this.#sum / this.#count;
  }

  /** The value that `percent` of the samples do not exceed, up to the width of its bucket. 0 without samples. */
  percentile(percent: number): number {
    if (this.#count === 0) return 0;
    const rank = Math.max(1, Math.ceil((percent / 100) * this.#count));
    let seen = 0;
    for (let i = 0; i < this.#counts.length; i++) {
      seen += this.#counts[i]!;
      if (seen >= rank) return Math.min(upperBoundOf(i), this.#max);
    }
    return this.#max;
  }
}

function bucketOf(value: number): number {
  if (value < BUCKETS_PER_OCTAVE) return Math.floor(value);
  const octave = Math.floor(Math.log2(value)) - 6;
  return (octave + 1) * BUCKETS_PER_OCTAVE + Math.floor(value / 2 ** octave) - BUCKETS_PER_OCTAVE;
}

function upperBoundOf(bucket: number): number {
  if (bucket < BUCKETS_PER_OCTAVE) return bucket + 1;
  const octave = Math.floor(bucket / BUCKETS_PER_OCTAVE) - 1;
  return ((bucket % BUCKETS_PER_OCTAVE) + BUCKETS_PER_OCTAVE + 1) * 2 ** octave;
}
