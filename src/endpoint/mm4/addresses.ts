/** Addresses of MM4 as the domain knows them, and back. Pure. */
import { LIMITS, Malformed, toMsisdn } from '#base';
import { type Mm4Address, mm4AddressText, readAddress } from '#codec/mm4';
import type { Peer, PeerDialect, PeerNumbers } from '#directory';
import type { Address, OuterRoad } from '#messaging';

/** What the peer puts before numbers is taken off; what it leaves out is put there. */
function conditioned(digits: string, international: boolean, { stripPrefixes, countryCode }: PeerNumbers) {
  const prefix = stripPrefixes.find((it) => digits.startsWith(it));
  const rest = prefix === undefined ? digits : digits.slice(prefix.length);
  if (international || rest.length < LIMITS.bareNumberDigitsMin) return rest;
  return countryCode === undefined || rest.startsWith(countryCode) ? rest : `${countryCode}${rest.replace(/^0+/, '')}`;
}

/** The address as the domain knows it. What is none becomes `unknown` with its text, so that a refusal can name it. */
export function toDomain(address: Mm4Address, numbers: PeerNumbers): Address {
  if (address.kind === 'mailbox') return { kind: 'email', mailbox: `${address.local}@${address.domain}` };
  if (address.kind !== 'number') return { kind: 'unknown', text: mm4AddressText(address) };
  const { digits, international } = address;
  if (!international && digits.length < LIMITS.bareNumberDigitsMin) return { kind: 'short-code', code: digits };
  const msisdn = toMsisdn(conditioned(digits, international, numbers));
  return msisdn === undefined ? { kind: 'unknown', text: mm4AddressText(address) } : { kind: 'number', msisdn };
}

/** The address as it goes out; undefined for one that MM4 cannot write. `domain`: of the system that the number is at. */
export function fromDomain(address: Address, domain?: string): Mm4Address | undefined {
  const at = domain === undefined ? {} : { domain };
  switch (address.kind) {
    case 'number':
      return { kind: 'number', digits: address.msisdn, international: true, typed: true, ...at };
    case 'short-code':
      return /^[0-9]+$/.test(address.code)
        ? { kind: 'number', digits: address.code, international: false, typed: true, ...at }
        : undefined;
    case 'email':
      return readable(address.mailbox);
    case 'unknown':
      return undefined;
  }
}

const silent = (): void => {};

/** What an address field or a mailbox says; undefined when it is none. It may be a user's text. */
export function readable(text: string): Mm4Address | undefined {
  try {
    return readAddress(text, silent);
  } catch (e) {
    if (e instanceof Malformed) return undefined;
    throw e;
  }
}

/** In MAIL FROM and RCPT TO, where the domain always follows; undefined for what has no form there. */
export function envelopeText(address: Address, domain: string, dialect: PeerDialect): string | undefined {
  const written = fromDomain(address, domain);
  if (written === undefined || written.kind === 'name') return undefined;
  return mm4AddressText(written, { typed: dialect.envelopeAddress === 'plmn', domain: true, plus: dialect.plus });
}

/** The first of a peer's domains: where its recipients are addressed. */
export const homeDomain = (peer: Peer): string => peer.domains[0]!;

/** Where recipients by this road are addressed: what the route says (a hub has many domains behind it), else the peer's home. */
export const domainAt = (road: OuterRoad | undefined, peer: Peer): string =>
  (road?.kind === 'peer' ? road.domain : undefined) ?? homeDomain(peer);

/** Ours towards it. */
export const ownDomain = (peer: Peer, domains: readonly string[]): string => peer.ownDomain ?? domains[0]!;

/** Our system's mailbox towards it. */
export const systemMailbox = (peer: Peer, domains: readonly string[]): string =>
  `${peer.dialect.systemMailbox}@${ownDomain(peer, domains)}`;

/** The domain of an address that has one, in lower case. */
export const domainOf = (address: Mm4Address | undefined): string | undefined =>
  address === undefined || address.kind === 'name' ? undefined : address.domain?.toLowerCase();
