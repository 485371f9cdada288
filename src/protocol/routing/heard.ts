/**
 * What the network behind one link has said of destinations: ranges as they were announced. The latest that touches a point code counts, and
 * takes the narrower ones it covers with it. Reachability and congestion are told apart, as SCON says nothing of the first.
 */
import { LIMITS } from '#base';

/** Bits of the field in which point codes are announced. RFC 4666 3.4.1. */
export const POINT_CODE_BITS = 24;

/** A point code without the bits that do not count. */
export const significant = (pointCode: number, mask: number): number => (mask >= POINT_CODE_BITS ? 0 : pointCode >>> mask);

interface Known {
  readonly value: number;
  readonly order: number;
}

/** A number for ranges of point codes of one network; 0 where nothing was said. */
class Ranges {
  /** By mask, then by the significant bits. */
  private readonly byMask = new Map<number, Map<number, Known>>();
  private order = 0;
  size = 0;

  /** The latest said of a range that holds `pointCode` and is at least `maskMin` wide. */
  valueOf(pointCode: number, maskMin: number): number {
    let latest: Known | undefined;
    for (const [mask, entries] of this.byMask) {
      if (mask < maskMin) continue;
      const known = entries.get(significant(pointCode, mask));
      if (known !== undefined && (latest === undefined || known.order > latest.order)) latest = known;
    }
    return latest === undefined ? 0 : latest.value;
  }

  /** Keeps a value for a range; false when there is no room. A value that is true without being kept is not kept. */
  put(pointCode: number, mask: number, value: number): boolean {
    this.dropCovered(pointCode, mask);
    if (this.valueOf(pointCode, mask) === value) return true;
    if (this.size >= LIMITS.routingHeardMax) return false;
    let entries = this.byMask.get(mask);
    if (entries === undefined) this.byMask.set(mask, (entries = new Map()));
    entries.set(significant(pointCode, mask), { value, order: ++this.order });
    this.size++;
    return true;
  }

  private dropCovered(pointCode: number, mask: number): void {
    for (const [narrower, entries] of this.byMask) {
      if (narrower > mask) continue;
      const before = entries.size;
      dropFrom(entries, significant(pointCode, mask) * 2 ** (mask - narrower), 2 ** (mask - narrower));
      this.size -= before - entries.size;
      if (entries.size === 0) this.byMask.delete(narrower);
    }
  }
}

/** Removes the keys from `first` on, `count` of them, by whichever way is shorter: a message may name thousands of ranges. */
function dropFrom(entries: Map<number, Known>, first: number, count: number): void {
  if (count <= entries.size) for (let key = first; key < first + count; key++) entries.delete(key);
  else for (const key of entries.keys()) if (key >= first && key < first + count) entries.delete(key);
}

/** Reachability as a number, so that nothing said is 0. */
export const REACH = { available: 0, restricted: 1, unavailable: 2 } as const;

export class Heard {
  private readonly reach = new Map<number, Ranges>();
  private readonly congestion = new Map<number, Ranges>();

  /** A value of REACH. `maskMin`: of what was said, only ranges at least this wide count. */
  reachOf(ni: number, pointCode: number, maskMin = 0): number {
    return this.reach.get(ni)?.valueOf(pointCode, maskMin) ?? 0;
  }

  /** 0..3. */
  congestionOf(ni: number, pointCode: number, maskMin = 0): number {
    return this.congestion.get(ni)?.valueOf(pointCode, maskMin) ?? 0;
  }

  /** False when there is no room for it. */
  setReach(ni: number, pointCode: number, mask: number, value: number): boolean {
    return rangesOf(this.reach, ni).put(pointCode, mask, value);
  }

  setCongestion(ni: number, pointCode: number, mask: number, level: number): boolean {
    return rangesOf(this.congestion, ni).put(pointCode, mask, level);
  }

  clear(): void {
    this.reach.clear();
    this.congestion.clear();
  }
}

function rangesOf(of: Map<number, Ranges>, ni: number): Ranges {
  let ranges = of.get(ni);
  if (ranges === undefined) of.set(ni, (ranges = new Ranges()));
  return ranges;
}
