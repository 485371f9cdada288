/**
 * Which VASP is calling: by what it proves, never by what its message says. HTTP authentication names the account; networks and
 * certificates of that account must fit as well. An account without HTTP authentication is known by its network or certificate; where several
 * share one, the VASPID of the message says which of them it is. Knows no socket.
 */
import ipaddr from 'ipaddr.js';
import type { DirectorySnapshot, Vasp } from '#directory';

import { readAuthField } from './auth-fields.js';
import { type DigestNonces, digestChallenges, sameSecret } from './digest.js';

/** What is known of a caller before its request is read. */
export interface CallFacts {
  readonly method: string;
  /** Request target, as written. */
  readonly uri: string;
  readonly authorization: string | undefined;
  /** Of the socket's other end; absent when it has gone. */
  readonly address: string | undefined;
  /** Its client certificate, where one was shown and is believed. */
  readonly certificate?: { readonly names: readonly string[]; readonly fingerprint: string };
  readonly interface: 'soap' | 'json';
}

export type Identified =
  | { readonly kind: 'vasp'; readonly vasp: Vasp }
  /** One of these; the VASPID decides. At least two. */
  | { readonly kind: 'one-of'; readonly vasps: readonly Vasp[] }
  /** `why`: for the log. `stale`: the credentials were right, the nonce was not. */
  | { readonly kind: 'nobody'; readonly why: NobodyReason; readonly stale: boolean; readonly claimed?: string };

export type NobodyReason =
  | 'no-credentials'
  | 'unreadable-credentials'
  | 'unknown-user'
  | 'wrong-password'
  | 'wrong-method'
  | 'unknown-token'
  | 'stale-nonce'
  | 'wrong-network'
  | 'wrong-certificate';

const nobody = (why: NobodyReason, claimed?: string): Identified => ({
  kind: 'nobody',
  why,
  stale: why === 'stale-nonce',
  ...(claimed !== undefined && { claimed }),
});

function inNetwork(address: string, network: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const peer = ipaddr.process(address);
  if (!network.includes('/')) return ipaddr.isValid(network) && ipaddr.process(network).toString() === peer.toString();
  const [base, bits] = ipaddr.parseCIDR(network);
  return base.kind() === peer.kind() && peer.match([base, bits] as [ipaddr.IPv4 & ipaddr.IPv6, number]);
}

/** Whether networks and certificates of an account fit the caller. */
function place(vasp: Vasp, facts: CallFacts): NobodyReason | undefined {
  const { networks, certificates } = vasp.identification;
  const { address, certificate } = facts;
  if (networks.length > 0 && (address === undefined || !networks.some((network) => inNetwork(address, network))))
    return 'wrong-network';
  const shown =
    certificate === undefined ? [] : [certificate.fingerprint, ...certificate.names].map((name) => name.toLowerCase());
  if (certificates.length > 0 && !certificates.some((name) => shown.includes(name.toLowerCase()))) return 'wrong-certificate';
  return undefined;
}

const placed = (vasp: Vasp, facts: CallFacts): Identified => {
  const why = place(vasp, facts);
  return why === undefined ? { kind: 'vasp', vasp } : nobody(why, vasp.name);
};

function byBasic(token: string, snapshot: DirectorySnapshot, facts: CallFacts): Identified {
  const text = Buffer.from(token, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 0) return nobody('unreadable-credentials');
  const user = text.slice(0, colon);
  const vasp = snapshot.vaspOfUser(user);
  if (vasp === undefined) return nobody('unknown-user');
  if (vasp.identification.method !== 'basic') return nobody('wrong-method', vasp.name);
  const password = text.slice(colon + 1);
  // Every password is looked at, whichever is right: the time says nothing.
  const right = vasp.identification.passwords.filter((one) => sameSecret(one, password));
  return right.length === 0 ? nobody('wrong-password', vasp.name) : placed(vasp, facts);
}

function byNothing(snapshot: DirectorySnapshot, facts: CallFacts): Identified {
  const { address, certificate } = facts;
  const byAddress = address === undefined ? [] : snapshot.vaspsOfAddress(address);
  const byCertificate = certificate === undefined ? [] : snapshot.vaspsOfCertificate(certificate.names, certificate.fingerprint);
  const vasps = [...new Set([...byAddress, ...byCertificate])].filter(
    (vasp) => vasp.identification.method === 'none' && place(vasp, facts) === undefined,
  );
  const [first, second] = vasps;
  if (first === undefined) return nobody('no-credentials');
  return second === undefined ? { kind: 'vasp', vasp: first } : { kind: 'one-of', vasps };
}

export interface Identification {
  identify(facts: CallFacts, snapshot: DirectorySnapshot): Identified;
  /** Values of WWW-Authenticate for whoever is nobody. */
  challenges(stale: boolean, of: CallFacts['interface']): readonly string[];
}

/** `realm`: of both schemes. */
export function createIdentification(realm: string, nonces: DigestNonces): Identification {
  const text = realm.replaceAll(/["\\]/g, '');
  function byDigest(parameters: Readonly<Record<string, string>>, snapshot: DirectorySnapshot, facts: CallFacts): Identified {
    const vasp = snapshot.vaspOfUser(parameters['username'] ?? '');
    if (vasp === undefined) return nobody('unknown-user');
    if (vasp.identification.method !== 'digest') return nobody('wrong-method', vasp.name);
    const request = { method: facts.method, uri: facts.uri, realm: text };
    const verdict = nonces.verify(parameters, request, vasp.identification.passwords);
    if (verdict === 'right') return placed(vasp, facts);
    return nobody(verdict === 'stale' ? 'stale-nonce' : 'wrong-password', vasp.name);
  }
  return {
    identify(facts, snapshot) {
      if (facts.authorization === undefined) return byNothing(snapshot, facts);
      const field = readAuthField(facts.authorization);
      if (field?.scheme === 'basic') return byBasic(field.token, snapshot, facts);
      if (field?.scheme === 'digest') return byDigest(field.parameters, snapshot, facts);
      if (field?.scheme !== 'bearer' || facts.interface !== 'json') return nobody('unreadable-credentials');
      const vasp = snapshot.vaspOfToken(field.token);
      return vasp === undefined ? nobody('unknown-token') : placed(vasp, facts);
    },
    challenges(stale, of) {
      const basic = `Basic realm="${text}", charset="UTF-8"`;
      const digests = digestChallenges(text, nonces.issue(), stale);
      return of === 'json' ? [`Bearer realm="${text}"`, ...digests, basic] : [...digests, basic];
    },
  };
}
