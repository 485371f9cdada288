/** What the configuration says of routing. */
import type { RoutingSettings } from '#messaging/routing';
import type { Config } from './config.js';

/** Where to ask again for a recipient that could not be decided. Unit: milliseconds. Source: a lookup that failed is often back within a minute. */
const RETRY_MS = 60_000;

/** Without lookups: by ranges and objects alone. */
export function routingSettingsOf(config: Pick<Config, 'numbering'>): RoutingSettings {
  const own = config.numbering['own-numbers'];
  return {
    ownNumbers: own.length === 0 ? [''] : own,
    ownDomains: [],
    ownSubscribers: 'range-suffices',
    sources: [],
    whenNetworkUnknown: 'refuse',
    email: 'refuse',
    mailToPeers: 'refuse',
    retryAfterMs: RETRY_MS,
  };
}
