/** A store that cannot keep its promise now: expected trouble, told from bugs. */
import { StoreUnavailable } from './message-store.js';

export type StoreRefusal = { readonly kind: 'store-unavailable'; readonly reason: string };

/** The refusal for a store that cannot keep its promise; everything else that was thrown goes on. */
export function storeRefusal(thrown: unknown): StoreRefusal {
  if (thrown instanceof StoreUnavailable) return { kind: 'store-unavailable', reason: thrown.message };
  throw thrown;
}

/** Waits for `work`, which nobody depends on: a store that is not available is no failure of it. */
export async function ifAvailable(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (thrown) {
    storeRefusal(thrown);
  }
}
