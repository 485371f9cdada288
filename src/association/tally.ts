/** Counters of a link, written in place. */
import type { LinkCounters, LinkDiscard } from './link.js';

export class Tally implements LinkCounters {
  messagesIn = 0;
  messagesOut = 0;
  octetsIn = 0;
  octetsOut = 0;
  controlIn = 0;
  controlOut = 0;
  stateChanges = 0;
  associationsUp = 0;
  associationsLost = 0;
  connectFailures = 0;
  complaints = 0;
  readonly discards: Record<LinkDiscard, number> = {
    'not-active': 0,
    'not-up': 0,
    'unknown-routing-context': 0,
    'wrong-network-appearance': 0,
    'stream-zero': 0,
    unexpected: 0,
    malformed: 0,
    full: 0,
    'transfer-not-active': 0,
    'too-long': 0,
    'association-lost': 0,
    recovery: 0,
    'user-fault': 0,
  };
}
