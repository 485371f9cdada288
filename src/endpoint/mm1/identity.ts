/**
 * Who is asking, as the network says: by the address of the socket's peer, and by headers that only listed gateways may set.
 * What a PDU says of its sender is never an identity. Knows no socket.
 *
 * Believed, in this order: in the laboratory, the one configured header from anybody on loopback; in a network, the configured headers from
 * a listed gateway, else the fixed number of a listed client address. An identity header from anybody else is stripped: nobody acts on it,
 * and whoever set it is counted. Two headers that disagree, or one header twice, mean that the handset has added to what the gateway
 * wrote; then neither is believed.
 */
import ipaddr from 'ipaddr.js';
import { type Msisdn, toMsisdn } from '#base';
import type { IdentityConfig } from './config.js';

/** What the address of a connection's other end tells; found once per connection. */
export type Peer =
  | { readonly kind: 'gateway' }
  /** Its address stands for a number. */
  | { readonly kind: 'client'; readonly msisdn: Msisdn }
  | { readonly kind: 'stranger' };

/** Who sent one request. */
export interface Caller {
  /** The subscriber, when the network says so. */
  readonly msisdn?: Msisdn;
  /** An identity header that was not believed. */
  readonly disbelieved?: {
    readonly header: string;
    readonly claimed: string;
    readonly why: 'not-a-gateway' | 'not-a-number' | 'contradiction';
  };
}

/** Header values by lower-case name, as `node:http` has them. */
export type HeaderValues = Readonly<Record<string, string | readonly string[] | undefined>>;

export interface Identity {
  /** `address` as the socket tells it; absent when the connection is gone already. */
  peer(address: string | undefined): Peer;
  caller(peer: Peer, headers: HeaderValues): Caller;
}

type IpAddress = ipaddr.IPv4 | ipaddr.IPv6;

interface Network {
  readonly base: IpAddress;
  readonly bits: number;
}

interface ClientNetwork extends Network {
  readonly firstMsisdn: Msisdn;
}

const NOBODY: Caller = {};
const GATEWAY: Peer = { kind: 'gateway' };
const STRANGER: Peer = { kind: 'stranger' };

/**
 * Headers of which Node hands on the first and drops the rest. None of them can carry an identity: what a handset wrote would hide what the
 * gateway added behind it. (Node, http, message.headers.)
 */
export const FIRST_ONLY: readonly string[] = [
  'age',
  'authorization',
  'content-length',
  'content-type',
  'etag',
  'expires',
  'from',
  'host',
  'if-modified-since',
  'if-unmodified-since',
  'last-modified',
  'location',
  'max-forwards',
  'proxy-authorization',
  'referer',
  'retry-after',
  'server',
  'user-agent',
];

/** Whether a header, in any case, may say who sends in mode "network": false for those of which a second one would not be seen. */
export const canCarryIdentity = (header: string): boolean => !FIRST_ONLY.includes(header.toLowerCase());

/** Throws an Error that names the faulty entry when the configuration has one. */
export function createIdentity(config: IdentityConfig): Identity {
  const names = (config.mode === 'lab' ? [config.header] : config.headers).map((name) => name.toLowerCase());
  if (config.mode === 'network') {
    const hidden = config.headers.find((name) => !canCarryIdentity(name));
    if (hidden !== undefined)
      throw new Error(
        `mm1: identity: header "${hidden}" cannot carry an identity, as a second one would not be seen; use another`,
      );
  }
  const gateways = config.mode === 'lab' ? [] : config.gateways.map(readNetwork);
  const clients = config.mode === 'lab' ? [] : config.clients.map(readClients);

  return {
    peer(address) {
      // The listener is on loopback in the laboratory, so that every peer is this machine.
      if (config.mode === 'lab') return GATEWAY;
      if (address === undefined || !ipaddr.isValid(address)) return STRANGER;
      const ip = ipaddr.process(address);
      if (gateways.some((network) => contains(network, ip))) return GATEWAY;
      for (const network of clients) {
        if (!contains(network, ip)) continue;
        const msisdn = toMsisdn((BigInt(network.firstMsisdn) + offset(network.base, ip)).toString());
        if (msisdn !== undefined) return { kind: 'client', msisdn };
      }
      return STRANGER;
    },

    caller(peer, headers) {
      let caller: Caller = peer.kind === 'client' ? { msisdn: peer.msisdn } : NOBODY;
      for (const header of names) {
        const value = headers[header];
        if (value === undefined) continue;
        const claimed = typeof value === 'string' ? value : value.join(', ');
        if (peer.kind !== 'gateway') return { ...caller, disbelieved: { header, claimed, why: 'not-a-gateway' } };
        const msisdn = readMsisdn(claimed);
        if (msisdn === undefined) return { disbelieved: { header, claimed, why: 'not-a-number' } };
        if (caller.msisdn !== undefined && caller.msisdn !== msisdn)
          return { disbelieved: { header, claimed, why: 'contradiction' } };
        caller = { msisdn };
      }
      return caller;
    },
  };
}

const MSISDN_HEADER = /^\+?([1-9][0-9]{4,14})(?:\/TYPE=PLMN)?$/i;

/**
 * The number of an identity header: `+46701234567`, `46701234567` or `46701234567/TYPE=PLMN`, with spaces anywhere. Undefined for all
 * else, national spellings too: which country they mean is not for us to guess.
 */
export function readMsisdn(value: string): Msisdn | undefined {
  const match = MSISDN_HEADER.exec(value.replaceAll(' ', ''));
  return match ? toMsisdn(match[1]!) : undefined;
}

/** Whether `host` is this machine's own, so that nobody outside can reach a listener on it. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || (ipaddr.isValid(host) && ipaddr.process(host).range() === 'loopback');

/** A CIDR network, or a single address. Throws an Error that names it when it is neither. */
function readNetwork(text: string): Network {
  let base: IpAddress;
  let bits: number;
  try {
    [base, bits] = text.includes('/') ? ipaddr.parseCIDR(text) : single(ipaddr.parse(text));
  } catch (e) {
    throw new Error(`mm1: identity: "${text}" is no network; expected an address or CIDR, for instance 10.0.0.0/8`, { cause: e });
  }
  // A network of IPv4-mapped addresses is the IPv4 network: peers are compared in that form.
  if (base instanceof ipaddr.IPv6 && base.isIPv4MappedAddress() && bits >= 96)
    return { base: base.toIPv4Address(), bits: bits - 96 };
  return { base, bits };
}

const single = (address: IpAddress): [IpAddress, number] => [address, address.kind() === 'ipv4' ? 32 : 128];

function readClients(entry: { readonly network: string; readonly firstMsisdn: string }): ClientNetwork {
  const network = readNetwork(entry.network);
  const firstMsisdn = toMsisdn(entry.firstMsisdn);
  if (firstMsisdn === undefined)
    throw new Error(
      `mm1: identity: "${entry.firstMsisdn}" is no number; expected 5 to 15 digits with country code, without plus`,
    );
  const octets = network.base.toByteArray();
  // Counting starts at the network's first address, wherever in it the configured one lies.
  const first = octets.map((octet, i) => octet & (0xff << Math.min(8, Math.max(0, 8 * (i + 1) - network.bits))));
  return { base: ipaddr.fromByteArray(first), bits: network.bits, firstMsisdn };
}

const contains = (network: Network, ip: IpAddress): boolean =>
  network.base.kind() === ip.kind() && ip.match(network.base as never, network.bits);

/** How many addresses lie between two of one family. */
const offset = (from: IpAddress, to: IpAddress): bigint => toNumber(to) - toNumber(from);

const toNumber = (ip: IpAddress): bigint => ip.toByteArray().reduce((sum, octet) => sum * 256n + BigInt(octet), 0n);
