/** All that the domain needs from outside, handed in by the program. */
import type { Msisdn } from '#base';
import type { Carriers } from './carrier.js';
import type { MessagingEvent } from './events.js';
import type { HandsetStore } from './handset-store.js';
import type { MessageStore } from './message-store.js';
import type { Notifier } from './notifier.js';
import type { Router } from './router.js';

export interface Ports {
  readonly messages: MessageStore;
  readonly handsets: HandsetStore;
  readonly notifier: Notifier;
  /** The MMS version that the operator knows a subscriber's handset to have, `major.minor`, before the handset has shown one. Absent: he says of none. */
  readonly versionTold?: (msisdn: Msisdn) => string | undefined;
  /** Absent: own numbers by the policy's prefixes, and no other roads. */
  readonly router?: Router;
  /** Absent: none. */
  readonly carriers?: Carriers;
  /** Wall clock, epoch milliseconds; may step. For Date, expiry and schedules. */
  readonly now: () => number;
  /** Monotonic clock, milliseconds from anywhere. For leases and timeouts. */
  readonly monotonic: () => number;
  /** Unpredictable octets, cryptographic quality. */
  readonly randomOctets: (count: number) => Uint8Array;
  /** Told of events once they are durable (for logs and metrics). Must not throw. */
  readonly observe: (events: readonly MessagingEvent[]) => void;
}
