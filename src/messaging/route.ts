/** The decision without any lookup or operator's object: own numbers by their prefix, and no other roads. */
import { isOwnNumber } from './number.js';
import type { Policy } from './policy.js';
import type { RouteDecision, RouteQuery, Router } from './router.js';

const HANDSET: RouteDecision = { kind: 'road', road: { kind: 'handset' } };

export function routeByPrefix({ recipient }: Pick<RouteQuery, 'recipient'>, policy: Pick<Policy, 'ownNumbers'>): RouteDecision {
  switch (recipient.kind) {
    case 'number':
      return isOwnNumber(recipient.msisdn, policy.ownNumbers) ? HANDSET : { kind: 'nowhere', reason: 'not-our-subscriber' };
    case 'email':
      return { kind: 'nowhere', reason: 'no-route-for-email' };
    case 'short-code':
      return { kind: 'nowhere', reason: 'no-route-for-short-code' };
    case 'unknown':
      return { kind: 'nowhere', reason: 'not-an-address' };
  }
}

/** Serves where nothing else decides. */
export const prefixRouter = (policy: Pick<Policy, 'ownNumbers'>): Router => ({ route: (query) => routeByPrefix(query, policy) });
