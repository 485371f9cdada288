/** The port by which routing asks what is known of numbers, here and elsewhere. */
import type { Msisdn } from '#base';

/** Where a number is at home, in the words of whoever knows it. */
export type NumberHome =
  /** Ours. */
  | { readonly kind: 'own' }
  /** A routing number of a portability database, or an operator's code, as stored there. */
  | { readonly kind: 'operator'; readonly operator: string }
  /** Mobile country code and network code, as `240-01`. */
  | { readonly kind: 'network'; readonly network: string }
  /** The domain of the carrier's MMS relay, lower case. */
  | { readonly kind: 'domain'; readonly domain: string }
  /** Not ours, and nobody says whose. */
  | { readonly kind: 'elsewhere' };

/**
 * Why a lookup gave nothing that can be used. `late`: its deadline passed. `busy`: too many are under way. `not-ready`: the data is not read
 * in, missing or damaged. `refused`: the server does not want to answer. `malformed`: it answered what cannot be understood.
 */
export type LookupFailure = 'late' | 'unreachable' | 'refused' | 'malformed' | 'busy' | 'not-ready';

/** `evidence`: the records that decided, as people read them; a few lines. `from`: who answered: a server, a store's version; with `cached`, who once did. */
export type LookupAnswer =
  | {
      readonly kind: 'home';
      readonly home: NumberHome;
      readonly evidence: readonly string[];
      readonly from: string;
      readonly cached?: true;
    }
  /** It knows for certain that it knows nothing of this number. */
  | { readonly kind: 'nothing'; readonly evidence: readonly string[]; readonly from: string; readonly cached?: true }
  | { readonly kind: 'failed'; readonly cause: LookupFailure; readonly detail: string };

/**
 * One place where numbers are looked up. It keeps a deadline of its own and always settles; an answer that is at hand comes without a promise.
 * It neither throws nor rejects: trouble is an answer.
 */
export interface NumberSource {
  /** As settings and traces name it: `portability`, `enum`, `http`. */
  readonly name: string;
  find(number: Msisdn): LookupAnswer | Promise<LookupAnswer>;
}
