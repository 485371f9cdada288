/** The ports by which routing asks what is known of numbers, here and elsewhere. */
import type { Msisdn } from '#base';

/** Where a number is at home, in the words of whoever knows it. */
export type NumberHome =
  /** Ours. */
  | { readonly kind: 'own' }
  /** A routing number of a portability database; hexadecimal digits, most significant first. */
  | { readonly kind: 'routing-number'; readonly routingNumber: string }
  /** Mobile country code and network code, as `001-01`. */
  | { readonly kind: 'network'; readonly mccmnc: string }
  /** The domain of the carrier's MMS relay: `mms.mnc001.mcc001.3gppnetwork.org`. Lower case. */
  | { readonly kind: 'domain'; readonly domain: string };

/** Why a lookup gave nothing that can be used. `malformed`: it answered what cannot be understood. `busy`: too much is under way. */
export type LookupFailure = 'late' | 'unreachable' | 'refused' | 'malformed' | 'busy' | 'not-ready';

/** `evidence`: the records that decided, as people read them; at most a few lines. `from`: the server that answered, or `cache`. */
export type LookupAnswer =
  | { readonly kind: 'home'; readonly home: NumberHome; readonly evidence: readonly string[]; readonly from: string }
  /** It knows for certain that it knows nothing of this number. */
  | { readonly kind: 'nothing'; readonly evidence: readonly string[]; readonly from: string }
  | { readonly kind: 'failed'; readonly cause: LookupFailure; readonly detail: string };

/**
 * One place where numbers are looked up. It keeps its own deadline and always settles; an answer that is at hand comes without a promise.
 * It never throws: trouble is an answer.
 */
export interface NumberSource {
  /** As the settings and the trace name it: `portability`, `enum`, `http`. */
  readonly name: string;
  find(number: Msisdn): LookupAnswer | Promise<LookupAnswer>;
}

export type SubscriberState = 'active' | 'barred' | 'absent';

/** Whom we serve. Never throws for a store that is away: that is `unknown`, and the number's range decides. */
export interface Subscribers {
  stateOf(number: Msisdn): SubscriberState | 'unknown' | Promise<SubscriberState | 'unknown'>;
}
