/** Which objects may call from an address: the most exact network first. */
import ipaddr from 'ipaddr.js';

interface Network<T> {
  readonly owner: T;
  readonly start: ipaddr.IPv4 | ipaddr.IPv6;
  readonly bits: number;
}

const V4_BITS = 32;
const V6_BITS = 128;

function networkOf<T>(written: string, owner: T): Network<T> {
  const [start, bits] = written.includes('/')
    ? ipaddr.parseCIDR(written)
    : [ipaddr.parse(written), ipaddr.parse(written).kind() === 'ipv4' ? V4_BITS : V6_BITS];
  return { owner, start, bits };
}

export class Networks<T> {
  readonly #networks: readonly Network<T>[];

  /** `networks`: as objects write them, checked. */
  constructor(owners: Iterable<T>, networksOf: (owner: T) => readonly string[]) {
    const all = [...owners].flatMap((owner) => networksOf(owner).map((written) => networkOf(written, owner)));
    this.#networks = all.sort((a, b) => b.bits - a.bits);
  }

  /** Each owner once; none for what is no address. An IPv4 address inside IPv6 counts as itself. */
  owners(address: string): readonly T[] {
    if (!ipaddr.isValid(address)) return [];
    const its = ipaddr.process(address);
    const found = new Set<T>();
    for (const { owner, start, bits } of this.#networks) {
      const from = start.kind() === 'ipv6' && (start as ipaddr.IPv6).isIPv4MappedAddress() ? undefined : start;
      if (from !== undefined && from.kind() === its.kind() && its.match(from as never, bits)) found.add(owner);
    }
    return [...found];
  }
}
