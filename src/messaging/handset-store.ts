/** The port to what is known of subscribers' handsets. Tested by `handset-store.contract.ts`. */
import type { Msisdn } from '#base';
import type { Handset } from './model.js';

export interface HandsetStore {
  handset(msisdn: Msisdn): Promise<Handset | undefined>;
  /** Replaces what is known. Not a promise to anybody: may become durable a little later. */
  learn(handset: Handset): Promise<void>;
}
