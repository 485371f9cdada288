/** Where a message for one recipient goes. A pure decision; peers, e-mail and service providers will be further answers of it. */
import type { Msisdn } from '#base';
import type { Address } from './address.js';
import type { RefusedRecipient } from './messaging.js';
import { isOwnNumber } from './number.js';
import type { Policy } from './policy.js';

export type Route =
  /** A handset of our own network. */
  { readonly kind: 'own'; readonly msisdn: Msisdn } | { readonly kind: 'nowhere'; readonly reason: RefusedRecipient['reason'] };

export function route(recipient: Address, policy: Pick<Policy, 'ownNumbers'>): Route {
  switch (recipient.kind) {
    case 'number':
      return isOwnNumber(recipient.msisdn, policy.ownNumbers)
        ? { kind: 'own', msisdn: recipient.msisdn }
        : { kind: 'nowhere', reason: 'not-our-subscriber' };
    case 'email':
      return { kind: 'nowhere', reason: 'no-route-for-email' };
    case 'short-code':
      return { kind: 'nowhere', reason: 'no-route-for-short-code' };
    case 'unknown':
      return { kind: 'nowhere', reason: 'not-an-address' };
  }
}
