/** Transaction ids as numbers, so that they can be compared and kept without text. Q.773 4.1.2. */

/** No transaction id: none has this value. */
export const NO_TRANSACTION = -1;
const TRANSACTION_ID_OCTETS_MAX = 4;
/** Ids of different lengths are different ids. */
const LENGTH_STEP = 0x1_0000_0000;

/** The id between `from` and `to` (1 to 4 octets) as one number; NO_TRANSACTION where there is none. */
export function transactionOf(bytes: Uint8Array, from: number, to: number): number {
  const length = to - from;
  if (length < 1 || length > TRANSACTION_ID_OCTETS_MAX) return NO_TRANSACTION;
  let value = 0;
  for (let at = from; at < to; at++) value = value * 0x100 + bytes[at]!;
  return length * LENGTH_STEP + value;
}
