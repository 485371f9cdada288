/** The snapshot that a book gives: its objects and the ways to look them up. */
import type { Msisdn } from '#base';
import type { ObjectMaps } from './across.js';
import type { DirectorySnapshot } from './directory.js';
import { Networks } from './networks.js';
import type { Peer } from './peer.js';
import type { Route } from './route.js';
import type { MailRule, Subscriber } from './subscriber.js';
import type { Vasp } from './vasp.js';

const byName = <T extends { readonly name: string }>(objects: Iterable<T>): readonly T[] =>
  Object.freeze([...objects].sort((a, b) => (a.name < b.name ? -1 : 1)));

/** The active ones, the smallest priority first. */
const inOrder = <T extends Route | MailRule>(objects: Iterable<T>): readonly T[] =>
  Object.freeze(
    byName(objects)
      .filter(({ state }) => state === 'active')
      .sort((a, b) => a.priority - b.priority),
  );

function indexed<T>(objects: Iterable<T>, keysOf: (object: T) => readonly string[]): ReadonlyMap<string, T> {
  const index = new Map<string, T>();
  for (const object of objects) for (const key of keysOf(object)) index.set(key, object);
  return index;
}

/** Equal lengths are compared in a time that does not depend on where they differ. */
function sameText(a: string, b: string): boolean {
  let different = a.length ^ b.length;
  for (let i = 0; i < b.length; i += 1) different |= b.charCodeAt(i) ^ (a.charCodeAt(i % Math.max(1, a.length)) || 0);
  return different === 0;
}

const certified = <T extends { readonly identification: { readonly certificates: readonly string[] } }>(
  objects: readonly T[],
  names: readonly string[],
  fingerprint: string,
): readonly T[] => {
  const given = new Set([...names.map((name) => name.toLowerCase()), fingerprint.replaceAll(':', '').toLowerCase()]);
  return objects.filter(({ identification }) => identification.certificates.some((wanted) => given.has(wanted)));
};

export class Snapshot implements DirectorySnapshot {
  readonly revision: number;
  readonly peers: readonly Peer[];
  readonly vasps: readonly Vasp[];
  readonly routes: readonly Route[];
  readonly mailRules: readonly MailRule[];
  readonly #objects: ObjectMaps;
  readonly #peersByDomain: ReadonlyMap<string, Peer>;
  readonly #peerNetworks: Networks<Peer>;
  readonly #vaspsById: ReadonlyMap<string, Vasp>;
  readonly #vaspsByUser: ReadonlyMap<string, Vasp>;
  readonly #vaspsByCode: ReadonlyMap<string, Vasp>;
  readonly #vaspNetworks: Networks<Vasp>;
  readonly #aliases: ReadonlyMap<string, Subscriber>;

  /** `before`: a snapshot of an older revision, whose index of subscribers is taken over while these are the same. */
  constructor(revision: number, objects: ObjectMaps, before?: Snapshot) {
    this.revision = revision;
    this.#objects = objects;
    this.peers = byName(objects.peer.values());
    this.vasps = byName(objects.vasp.values());
    this.routes = inOrder(objects.route.values());
    this.mailRules = inOrder(objects['mail-rule'].values());
    this.#peersByDomain = indexed(this.peers, ({ domains }) => domains);
    this.#peerNetworks = new Networks(this.peers, ({ identification }) => identification.networks);
    this.#vaspsById = indexed(this.vasps, ({ vaspId }) => [vaspId]);
    this.#vaspsByUser = indexed(this.vasps, ({ identification: { user } }) => (user === undefined ? [] : [user]));
    this.#vaspsByCode = indexed(this.vasps, ({ shortCodes }) => shortCodes);
    this.#vaspNetworks = new Networks(
      this.vasps.filter(({ identification: { user, tokens } }) => user === undefined && tokens.length === 0),
      ({ identification }) => identification.networks,
    );
    this.#aliases =
      before !== undefined && before.#objects.subscriber === objects.subscriber
        ? before.#aliases
        : indexed(objects.subscriber.values(), ({ mailAliases }) => mailAliases);
  }

  peer(name: string): Peer | undefined {
    return this.#objects.peer.get(name);
  }

  peerOfDomain(domain: string): Peer | undefined {
    return this.#peersByDomain.get(domain.toLowerCase());
  }

  peersOfAddress(address: string): readonly Peer[] {
    return this.#peerNetworks.owners(address);
  }

  peersOfCertificate(names: readonly string[], fingerprint: string): readonly Peer[] {
    return certified(this.peers, names, fingerprint);
  }

  vasp(name: string): Vasp | undefined {
    return this.#objects.vasp.get(name);
  }

  vaspOfId(vaspId: string): Vasp | undefined {
    return this.#vaspsById.get(vaspId);
  }

  vaspOfUser(user: string): Vasp | undefined {
    return this.#vaspsByUser.get(user);
  }

  vaspOfToken(token: string): Vasp | undefined {
    let found: Vasp | undefined;
    for (const vasp of this.vasps) for (const known of vasp.identification.tokens) if (sameText(known, token)) found = vasp;
    return found;
  }

  vaspOfShortCode(code: string): Vasp | undefined {
    return this.#vaspsByCode.get(code);
  }

  vaspsOfAddress(address: string): readonly Vasp[] {
    return this.#vaspNetworks.owners(address);
  }

  vaspsOfCertificate(names: readonly string[], fingerprint: string): readonly Vasp[] {
    return certified(this.vasps, names, fingerprint);
  }

  subscriber(msisdn: Msisdn): Subscriber | undefined {
    return this.#objects.subscriber.get(msisdn);
  }

  subscriberOfAlias(localPart: string): Subscriber | undefined {
    return this.#aliases.get(localPart.toLowerCase());
  }
}
