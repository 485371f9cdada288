/** Looks over octets four at a time, to come fast to those that matter: nearly all of a mail is lines of base64. */

/** All four octets of a word below this are looked at one by one: CR, LF and what stands below them. */
const BELOW = 0x0e0e0e0e;
const HIGH = 0x80808080 | 0;

const NONE = new Int32Array(0);

export class PlainRun {
  private readonly words: Int32Array;
  /** Octets before the first word: words stand on addresses that four divides. */
  private readonly shift: number;

  constructor(octets: Uint8Array) {
    this.shift = -octets.byteOffset & 3;
    const count = (octets.length - this.shift) >> 2;
    this.words = count > 0 ? new Int32Array(octets.buffer, octets.byteOffset + this.shift, count) : NONE;
  }

  /**
   * Where to go on looking, `at` or later: no octet from `at` to there is below 14, nor, with `is7bit`, above 127. Says `at` itself unless a word
   * begins there.
   */
  end(at: number, is7bit: boolean): number {
    const { words, shift } = this;
    const from = at - shift;
    if ((from & 3) !== 0 || from < 0) return at;
    const count = words.length;
    const high = is7bit ? HIGH : 0;
    let i = from >> 2;
    for (; i < count; i++) {
      const word = words[i]!;
      // Of four octets, is one below 14 (and itself below 128)? The top bit of its place is left standing.
      if ((((word - BELOW) & ~word & HIGH) | (word & high)) !== 0) break;
    }
    return (i << 2) + shift;
  }
}
