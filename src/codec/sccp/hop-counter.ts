/** The hop counter, which stops a message that is translated in circles. ITU-T Q.714 2.4.6, Q.713 3.18. */
import type { SccpView } from './view.js';

/** What a new message starts with. */
export const HOP_COUNTER_MAX = 15;

/**
 * The hop counter with which a message goes on after a global title translation: `undefined` for those that have none, `'violation'` when it is
 * used up, and then the message is returned with cause 12. A counter of 0 on arrival is a violation as well.
 */
export function nextHopCounter(view: SccpView): number | 'violation' | undefined {
  if (view.hopCounter === undefined) return undefined;
  return view.hopCounter <= 1 ? 'violation' : view.hopCounter - 1;
}
