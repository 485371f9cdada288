/** Values by their hexadecimal digits: the whole of them, or the longest beginning. A lookup walks the digits and makes nothing. */

const BRANCHES = 16;
const NO_VALUE = -1;
const FILLER = 15;

export class DigitTree<T> {
  /** Sixteen for each node; 0 leads nowhere, as the root (node 0) follows on nothing. */
  readonly #branches: number[] = new Array<number>(BRANCHES).fill(0);
  /** For each node the index of its value. */
  readonly #valueAt: number[] = [NO_VALUE];
  readonly #values: T[] = [];

  /** The value at exactly these digits, made by `create` when there is none yet. Throws RangeError when they are not hexadecimal. */
  at(digits: string, create: () => T): T {
    let node = 0;
    for (let i = 0; i < digits.length; i++) {
      const digit = digitAt(digits, i);
      if (digit < 0) throw new RangeError(`not hexadecimal: ${digits}`);
      node = this.#branches[node * BRANCHES + digit] || this.#grow(node, digit);
    }
    if (this.#valueAt[node] === NO_VALUE) this.#valueAt[node] = this.#values.push(create()) - 1;
    return this.#values[this.#valueAt[node]!]!;
  }

  #grow(node: number, digit: number): number {
    const next = this.#valueAt.push(NO_VALUE) - 1;
    for (let i = 0; i < BRANCHES; i++) this.#branches.push(0);
    this.#branches[node * BRANCHES + digit] = next;
    return next;
  }

  /** The value at exactly these digits. An `f` at their end is a filler and counts for nothing. */
  exact(digits: string): T | undefined {
    const end = significant(digits);
    let node = 0;
    for (let i = 0; i < end; i++) {
      const digit = digitAt(digits, i);
      if (digit < 0 || (node = this.#branches[node * BRANCHES + digit]!) === 0) return undefined;
    }
    const at = this.#valueAt[node]!;
    return at === NO_VALUE ? undefined : this.#values[at];
  }

  /** Of the values at beginnings of the digits (all of them are the longest) the longest that fits `subject`. */
  longest<S>(digits: string, subject: S, fits: (value: T, subject: S) => boolean): T | undefined {
    const end = significant(digits);
    let node = 0;
    let found: T | undefined;
    for (let i = 0; i < end; i++) {
      const digit = digitAt(digits, i);
      if (digit < 0 || (node = this.#branches[node * BRANCHES + digit]!) === 0) return found;
      const at = this.#valueAt[node]!;
      if (at !== NO_VALUE && fits(this.#values[at]!, subject)) found = this.#values[at];
    }
    return found;
  }
}

/** How many digits there are without the filler of an odd number of them, which some exchanges leave in place. */
export function significant(digits: string): number {
  const last = digits.length - 1;
  return last >= 0 && digitAt(digits, last) === FILLER ? last : digits.length;
}

/** Translation type only: nothing tells an odd count of digits, and 0 fills it up. Q.713 3.4.2.3.2. */
const TYPE_ONLY = 2;

/** The digits without a last 0, where that may be filler: their title says nothing of their count. Else undefined. */
export const withoutZeroFiller = (indicator: number, digits: string): string | undefined =>
  indicator === TYPE_ONLY && digits.endsWith('0') ? digits.slice(0, -1) : undefined;

/** 0..15; -1 when what stands at `i` is no hexadecimal digit. */
function digitAt(digits: string, i: number): number {
  const code = digits.charCodeAt(i);
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
