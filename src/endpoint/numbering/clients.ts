/** Who may ask, and how often: an allow list by network, and a bucket of tokens for each source. */
import ipaddr from 'ipaddr.js';
import { LIMITS } from '#base';
import type { Clients } from './config.js';

type IpAddress = ipaddr.IPv4 | ipaddr.IPv6;

interface Network {
  readonly base: IpAddress;
  readonly bits: number;
}

interface Bucket {
  tokens: number;
  /** Milliseconds since the epoch. */
  at: number;
}

export type Admission = 'admitted' | 'stranger' | 'too-often';

/** Octets of an IPv6 address that tell one site from another. */
const SITE_OCTETS = 8;

export class ClientGate {
  private readonly networks: readonly Network[];
  private readonly ratePerMs: number;
  private readonly burst: number;
  /** Those who asked last stand last. */
  private readonly buckets = new Map<string, Bucket>();

  /** Throws an Error that names what is no network, or a rate that admits nobody. */
  constructor({ networks, ratePerSecond, burst }: Clients) {
    this.networks = networks.map(readNetwork);
    if (!(ratePerSecond > 0) || !(burst >= 1))
      throw new Error(`numbering: a rate of ${ratePerSecond}/s with a burst of ${burst} admits nobody`);
    this.ratePerMs = ratePerSecond / 1000;
    this.burst = burst;
  }

  /** Sources whose rate is being followed. */
  get sources(): number {
    return this.buckets.size;
  }

  /** As what an address is counted: itself, or the network of 64 bits that it is in (IPv6); undefined when it may not ask. */
  sourceOf(address: string): string | undefined {
    const ip = this.listed(address);
    if (ip === undefined) return undefined;
    return ip.kind() === 'ipv4' ? ip.toString() : ip.toByteArray().slice(0, SITE_OCTETS).join('.');
  }

  /** Takes a request of `address`, as the socket tells it, at `now`. */
  admit(address: string, now: number): Admission {
    const source = this.sourceOf(address);
    if (source === undefined) return 'stranger';
    return this.take(source, now) ? 'admitted' : 'too-often';
  }

  private listed(address: string): IpAddress | undefined {
    const ip = addressOf(address);
    return ip !== undefined && this.networks.some((it) => contains(it, ip)) ? ip : undefined;
  }

  private take(source: string, now: number): boolean {
    const bucket = this.buckets.get(source) ?? { tokens: this.burst, at: now };
    // A clock that is set back gives nothing and takes nothing.
    bucket.tokens = Math.min(this.burst, bucket.tokens + Math.max(0, now - bucket.at) * this.ratePerMs);
    bucket.at = now;
    this.buckets.delete(source);
    if (this.buckets.size >= LIMITS.numberingSourcesMax) this.buckets.delete(this.buckets.keys().next().value!);
    this.buckets.set(source, bucket);
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }
}

/** IPv4 addresses that a socket shows mapped into IPv6 are IPv4. */
function addressOf(text: string): IpAddress | undefined {
  const bare = text.split('%', 1)[0]!;
  return ipaddr.isValid(bare) ? ipaddr.process(bare) : undefined;
}

function readNetwork(text: string): Network {
  const [base, bits] = ipaddr.isValidCIDR(text) ? ipaddr.parseCIDR(text) : ipaddr.isValid(text) ? alone(ipaddr.parse(text)) : [];
  if (base === undefined || bits === undefined)
    throw new Error(`numbering: "${text}" is no network; expected an address or CIDR, for instance 10.0.0.0/8`);
  if (base instanceof ipaddr.IPv6 && base.isIPv4MappedAddress() && bits >= 96)
    return { base: base.toIPv4Address(), bits: bits - 96 };
  return { base, bits };
}

const alone = (address: IpAddress): [IpAddress, number] => [address, address.kind() === 'ipv4' ? 32 : 128];

const contains = ({ base, bits }: Network, ip: IpAddress): boolean => base.kind() === ip.kind() && ip.match(base as never, bits);
