/** Which peer a connection belongs to, and how a peer is reached. Pure: decisions over the operators' objects. */
import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { DirectorySnapshot, Peer } from '#directory';
import { REPLIES, type SmtpDestination, type SmtpIdentified, type SmtpReply, type SmtpSender, type SmtpSession } from '#smtp';
import { isIssuedBy } from './issuers.js';

const isNamed = ({ identification: { networks, certificates, user } }: Peer): boolean =>
  networks.length > 0 || certificates.length > 0 || user !== undefined;

function isWithin(address: string, networks: readonly string[]): boolean {
  if (isIP(address) === 0) return false;
  const parsed = ipaddr.process(address);
  return networks.some((network) => {
    const [base, bits] = network.includes('/') ? ipaddr.parseCIDR(network) : [ipaddr.process(network), undefined];
    if (base.kind() !== parsed.kind()) return false;
    return parsed.match(base as never, (bits ?? (base.kind() === 'ipv4' ? 32 : 128)) as never);
  });
}

/** A fingerprint stands for itself; a name counts by the word of the peer's own authorities, or where it has none by that of the listener's. */
function hasCertificate(session: SmtpSession, { identification, tls }: Peer, now: number): boolean {
  const certificate = session.tls?.certificate;
  if (certificate === undefined) return false;
  const { certificates: wanted } = identification;
  if (wanted.includes(certificate.fingerprint)) return true;
  if (!wanted.some((it) => certificate.names.includes(it))) return false;
  return tls.authorities === undefined
    ? certificate.isVerified
    : isIssuedBy(new X509Certificate(certificate.der), tls.authorities, now);
}

/** All that is said of how a peer is known holds. */
function fits(peer: Peer, session: SmtpSession, now: number): boolean {
  const { networks, certificates, user } = peer.identification;
  return (
    isNamed(peer) &&
    (networks.length === 0 || isWithin(session.address, networks)) &&
    (certificates.length === 0 || hasCertificate(session, peer, now)) &&
    (user === undefined || user === session.user)
  );
}

/** The peers whose connection this may be: those that name its address or certificate first, then those that name a user. */
function candidates(session: SmtpSession, snapshot: DirectorySnapshot, now: number): readonly Peer[] {
  const certificate = session.tls?.certificate;
  const found = [
    ...snapshot.peersOfAddress(session.address),
    ...(certificate === undefined ? [] : snapshot.peersOfCertificate(certificate.names, certificate.fingerprint)),
    ...(session.user === undefined ? [] : snapshot.peers.filter((peer) => peer.identification.user === session.user)),
  ];
  return [...new Set(found)].filter((peer) => fits(peer, session, now));
}

/** Candidates by session, which is another object when anything of it changes: a connection's mails ask for the same again and again. */
const FOUND = new WeakMap<SmtpSession, { readonly snapshot: DirectorySnapshot; readonly peers: readonly Peer[] }>();

function candidatesAgain(session: SmtpSession, snapshot: DirectorySnapshot, now: number): readonly Peer[] {
  const before = FOUND.get(session);
  if (before?.snapshot === snapshot) return before.peers;
  const peers = candidates(session, snapshot, now);
  FOUND.set(session, { snapshot, peers });
  return peers;
}

const mayUse = (peer: Peer, domain: string): boolean => {
  const { senderDomains } = peer.identification;
  return (senderDomains.length > 0 ? senderDomains : peer.domains).includes(domain);
};

const NOT_ALLOWED: SmtpReply = { ...REPLIES.notAllowed, text: 'no peer is known by this connection' };
const FOREIGN_SENDER: SmtpReply = { ...REPLIES.notAllowed, text: 'sender domain is not one of this peer' };
const PAUSED: SmtpReply = { code: 450, enhanced: '4.3.2', text: 'not taking messages from this peer now, try again later' };

/**
 * Whose session it is. Of several peers behind one address (a hub) it is the one whose domain the sender has; the null reverse-path belongs to
 * the first. A peer that nothing identifies is never known. `now`: epoch milliseconds, for the time of certificates.
 */
export function identify(
  session: SmtpSession,
  sender: SmtpSender,
  snapshot: DirectorySnapshot,
  now: number,
): SmtpIdentified<Peer> | { readonly refusal: SmtpReply } {
  const known = candidatesAgain(session, snapshot, now);
  const domain = sender.path?.domain;
  const peer = known.find((it) => domain === undefined || mayUse(it, domain));
  if (peer === undefined) return { refusal: known.length === 0 ? NOT_ALLOWED : FOREIGN_SENDER };
  if (peer.tls.incoming === 'required' && session.tls === undefined) return { refusal: REPLIES.tlsNeeded };
  if (peer.state === 'paused') return { refusal: PAUSED };
  const { sizeMax, recipientsInMax, connectionsInMax, rateInMax } = peer.limits;
  return {
    peer,
    name: peer.name,
    sizeMax,
    recipientsMax: recipientsInMax,
    transactionsMax: connectionsInMax,
    messagesPerSecondMax: rateInMax,
  };
}

const TLS_MODE = {
  never: 'none',
  'when-offered': 'opportunistic',
  required: 'required',
  implicit: 'implicit',
} as const satisfies Record<Peer['tls']['outgoing'], NonNullable<SmtpDestination['tls']>['mode']>;

/** Where a peer takes mail, as the pool wants it. */
export function destinationOf(peer: Peer): SmtpDestination {
  const { limits, tls, auth, answerTimeoutMs } = peer;
  return {
    // Apart from the destinations of other roads, whatever a peer is called.
    name: `peer:${peer.name}`,
    hosts: peer.hosts.length > 0 ? peer.hosts : { mxOf: peer.domains[0]! },
    tls: {
      mode: TLS_MODE[tls.outgoing],
      verify: tls.verify,
      ...(tls.authorities !== undefined && { authorities: tls.authorities }),
      ...(tls.serverName !== undefined && { name: tls.serverName }),
    },
    ...(auth !== undefined && { auth: { user: auth.user, password: auth.password, method: auth.method } }),
    ...(peer.greeting !== undefined && { heloName: peer.greeting }),
    connectionsMax: limits.connectionsOutMax,
    mailsPerConnectionMax: limits.messagesPerConnectionMax,
    mailsPerSecondMax: limits.rateOutMax,
    timeouts: {
      connectMs: peer.connectTimeoutMs,
      greetingMs: answerTimeoutMs,
      commandMs: answerTimeoutMs,
      dataMs: answerTimeoutMs,
      blockMs: answerTimeoutMs,
      acceptMs: answerTimeoutMs * ACCEPT_FACTOR,
    },
  };
}

/** The answer to the end of DATA comes after the far side's store: see `Peer.answerTimeoutMs`. */
const ACCEPT_FACTOR = 3;
