/** What a handset does with a message, or with the news of one: each road is a file of this folder. */
import type { NotificationInd } from '#codec/mms';
import type { Sent } from '../world/compose.js';
import type { Phone } from '../world/phone.js';

interface Road {
  /** As a phrase: `fetches at once`. Counted under this name. */
  readonly name: string;
  /** How often it is taken, beside the others. */
  readonly weight: number;
}

/** How a message is sent. */
export interface SendRoad extends Road {
  run(phone: Phone, sent: Sent): Promise<void>;
}

/** What is done with a notification. */
export interface ReceiveRoad extends Road {
  run(phone: Phone, notification: NotificationInd): Promise<void>;
}

/** How often a handset repeats what got no answer before it gives up. */
export const TRIES = 4;

/** What a recipient says of reports: nothing, as a rule. */
export const allowance = (phone: Phone): boolean | undefined => phone.random.pick([undefined, undefined, true, false]);
