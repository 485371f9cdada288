/** What handsets told of themselves: kept when it is news, and at hand for the next push. */
import { LIMITS, type Msisdn } from '#base';
import type { Handset } from './model.js';
import type { Ports } from './ports.js';
import { ifAvailable } from './store-refusal.js';
import { versionAtLeast } from './version.js';

export class KnownHandsets {
  readonly #ports: Pick<Ports, 'handsets' | 'now' | 'versionTold'>;
  /** Most recently used last; `undefined` means that the store knows nothing either. */
  readonly #atHand = new Map<Msisdn, Handset | undefined>();

  constructor(ports: Pick<Ports, 'handsets' | 'now' | 'versionTold'>) {
    this.#ports = ports;
  }

  /** Writes only when something but the time is new. Never rejects for the store. */
  async seen(news: Omit<Handset, 'seenAt'>): Promise<void> {
    await ifAvailable(this.#learn(news));
  }

  /** Highest version that the handset has used, else what the operator says, `major.minor`; undefined when unknown, also when the store cannot say now. */
  async versionOf(msisdn: Msisdn): Promise<string | undefined> {
    let handset: Handset | undefined;
    await ifAvailable(
      this.#find(msisdn).then((found) => {
        handset = found;
      }),
    );
    return handset?.version ?? this.#ports.versionTold?.(msisdn);
  }

  async #learn(news: Omit<Handset, 'seenAt'>): Promise<void> {
    const known = await this.#find(news.msisdn);
    const handset = { ...merged(known, news), seenAt: this.#ports.now() };
    if (known && FACTS.every((fact) => known[fact] === handset[fact])) return;
    await this.#ports.handsets.learn(handset);
    this.#keep(news.msisdn, handset);
  }

  async #find(msisdn: Msisdn): Promise<Handset | undefined> {
    const handset = this.#atHand.has(msisdn) ? this.#atHand.get(msisdn) : await this.#ports.handsets.handset(msisdn);
    this.#keep(msisdn, handset);
    return handset;
  }

  #keep(msisdn: Msisdn, handset: Handset | undefined): void {
    this.#atHand.delete(msisdn);
    this.#atHand.set(msisdn, handset);
    if (this.#atHand.size <= LIMITS.handsetsCachedMax) return;
    const oldest = this.#atHand.keys().next();
    if (!oldest.done) this.#atHand.delete(oldest.value);
  }
}

const FACTS = ['userAgent', 'profileUrl', 'accept', 'version'] as const;

/**
 * What is known with the news on top. The version is the highest that the handset ever used: a client answers an old PDU in its old version.
 * Another User-Agent is another handset: the subscriber has moved his card, perhaps to an older one, and nothing known holds of it. That
 * counts from its first PDU, which says its version; a GET, which says none, may come from another program of the same handset.
 */
function merged(known: Handset | undefined, news: Omit<Handset, 'seenAt'>): Omit<Handset, 'seenAt'> {
  if (known?.version !== undefined && known.userAgent !== undefined && (news.userAgent ?? known.userAgent) !== known.userAgent)
    return news.version === undefined ? known : news;
  const version =
    known?.version !== undefined && (news.version === undefined || versionAtLeast(known.version, news.version))
      ? known.version
      : news.version;
  return { ...known, ...news, ...(version !== undefined && { version }) };
}
