/** What every part of the domain's service is handed. */
import type { MessagingEvent } from './events.js';
import type { KeySource } from './key.js';
import type { KnownHandsets } from './known-handsets.js';
import type { Change } from './message-store.js';
import type { Policy } from './policy.js';
import type { Ports } from './ports.js';
import type { Router } from './router.js';
import type { WaitingMessages } from './waiting.js';

export interface Context {
  readonly ports: Ports;
  readonly policy: Policy;
  readonly keys: KeySource;
  readonly handsets: KnownHandsets;
  readonly router: Router;
  readonly waiting: WaitingMessages;
}

/** A change of nothing, to be filled in. */
export const NO_CHANGE: Change = { deliveries: [], newReports: [], reports: [], reportsDone: [], events: [], contentRemoved: [] };

/** Keeps events that come with no other change. */
export async function keepEvents({ ports }: Context, events: readonly MessagingEvent[]): Promise<void> {
  await ports.messages.change({ ...NO_CHANGE, events });
  ports.observe(events);
}
