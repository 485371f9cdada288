/**
 * Who takes which share of a load. Every share has an order in which it wants the members, fixed by the weights alone: while the first it wants
 * is there it goes nowhere else, what happens to other members moves nothing, and what a missing member leaves is spread over all the rest.
 */

/** Shares in which a load is dealt. Unit: shares. Source: ANSI's SLS has 8 bits; the ITU's 4 bits use the first 16. */
export const SHARES = 256;

/** Row `share` of the result: the members, by index, in the order in which this share wants them. Weights are positive. */
export function sharesByWeight(weights: readonly number[]): Uint8Array {
  const orders = new Uint8Array(SHARES * weights.length);
  const every = Array.from({ length: SHARES }, (_, share) => share);
  deal(
    every,
    weights.map((_, member) => member),
    0,
    weights,
    orders,
  );
  return orders;
}

/**
 * Deals `shares` to `members` as the wish at `depth`, then what each member got to the others as the next wish. Every wish is dealt in turn, so
 * that the first sixteen shares are as even as all of them.
 */
function deal(
  shares: readonly number[],
  members: readonly number[],
  depth: number,
  weights: readonly number[],
  orders: Uint8Array,
): void {
  if (shares.length === 0 || members.length === 0) return;
  const total = members.reduce((sum, member) => sum + weights[member]!, 0);
  const credit = members.map(() => 0);
  const got: number[][] = members.map(() => []);
  for (const share of shares) {
    let best = 0;
    for (let i = 0; i < members.length; i++) {
      credit[i]! += weights[members[i]!]!;
      if (credit[i]! > credit[best]!) best = i;
    }
    credit[best]! -= total;
    got[best]!.push(share);
    orders[share * weights.length + depth] = members[best]!;
  }
  for (let i = 0; i < members.length; i++)
    deal(
      got[i]!,
      members.filter((_, other) => other !== i),
      depth + 1,
      weights,
      orders,
    );
}

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** A share by the hash of some octets: FNV-1a of 32 bits, folded. */
export function shareOfOctets(octets: Uint8Array, from: number, to: number): number {
  let hash = FNV_OFFSET;
  for (let i = from; i < to; i++) hash = Math.imul(hash ^ octets[i]!, FNV_PRIME);
  return (hash ^ (hash >>> 8) ^ (hash >>> 16) ^ (hash >>> 24)) & (SHARES - 1);
}
