/** What every part of the domain's service is handed. */
import type { MessagingEvent } from './events.js';
import type { KeySource } from './key.js';
import type { KnownHandsets } from './known-handsets.js';
import { type Change, StoreUnavailable } from './message-store.js';
import type { Policy } from './policy.js';
import type { Ports } from './ports.js';

export interface Context {
  readonly ports: Ports;
  readonly policy: Policy;
  readonly keys: KeySource;
  readonly handsets: KnownHandsets;
}

/** A change of nothing, to be filled in. */
export const NO_CHANGE: Change = { deliveries: [], newReports: [], reports: [], reportsDone: [], events: [], contentRemoved: [] };

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

/** Keeps events that come with no other change. */
export async function keepEvents({ ports }: Context, events: readonly MessagingEvent[]): Promise<void> {
  await ports.messages.change({ ...NO_CHANGE, events });
  ports.observe(events);
}
