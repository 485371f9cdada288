/** The end of a delivery that nobody brought about in time. */
import type { Delivery } from './model.js';
import type { Ending } from './settle.js';

/**
 * How an open delivery ends at its expiry. Where the content went out but nobody confirmed it, whether the recipient has it cannot be known:
 * the sender is told Indeterminate.
 */
export const expiryOf = ({ state }: Delivery): Ending =>
  state === 'fetched'
    ? { state: 'expired', outcome: 'indeterminate', reason: 'content was fetched, but not confirmed before expiry' }
    : { state: 'expired', outcome: 'expired' };
