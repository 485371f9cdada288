/** Makes an input smaller that shows a fault, as long as it still shows it. */
import { FUZZ_LIMITS } from './limits.js';

/** What octets are made of when it does not matter: the letter a, and zero. */
const PLAIN = [0x61, 0x00];
/** Octets of an input whose values are worth simplifying one by one. */
const SIMPLIFIED_MAX = 128;

/**
 * The smallest input that was found: first without pieces of half its length, then of a quarter, down to single octets, then with plain
 * octets in the place of others. `shows`: whether an input shows the same fault. Ends at the limits of FUZZ_LIMITS at the latest.
 */
export async function minimise(octets: Uint8Array, shows: (octets: Uint8Array) => Promise<boolean>): Promise<Uint8Array> {
  const until = performance.now() + FUZZ_LIMITS.minimiseMs;
  let tries = 0;
  let best = octets;
  const attempt = async (candidate: Uint8Array): Promise<boolean> => {
    if (tries++ >= FUZZ_LIMITS.minimiseTriesMax || performance.now() > until || !(await shows(candidate))) return false;
    best = candidate;
    return true;
  };

  for (let size = Math.max(1, octets.length >> 1), smaller = false; ; ) {
    for (let at = 0; at < best.length; )
      if (await attempt(without(best, at, size))) smaller = true;
      else at += size;
    if (size > 1) size >>= 1;
    else if (smaller) smaller = false;
    else break;
  }
  for (let i = 0; i < best.length && best.length <= SIMPLIFIED_MAX; i++)
    for (const octet of PLAIN) if (PLAIN.includes(best[i]!) || (await attempt(best.with(i, octet)))) break;
  return best;
}

const without = (octets: Uint8Array, at: number, size: number): Uint8Array =>
  Uint8Array.from([...octets.subarray(0, at), ...octets.subarray(at + size)]);
