/** Which objects may call from an address: the most exact network first. */
import ipaddr from 'ipaddr.js';

const V4_BITS = 32;
const V6_BITS = 128;
/** Bits in front of an IPv4 address inside IPv6. RFC 4291 2.5.5.2. */
const MAPPED_BITS = V6_BITS - V4_BITS;
const OCTET_BITS = 8;

interface Prefix {
  readonly octets: readonly number[];
  readonly bits: number;
}

/** A network as objects write it, checked. IPv4 inside IPv6 is IPv4. */
function prefixOf(written: string): Prefix {
  const [address, bits] = written.includes('/') ? ipaddr.parseCIDR(written) : [ipaddr.parse(written), undefined];
  const octets = address.toByteArray();
  const its = bits ?? octets.length * OCTET_BITS;
  const isMapped = address.kind() === 'ipv6' && (address as ipaddr.IPv6).isIPv4MappedAddress() && its >= MAPPED_BITS;
  return isMapped ? { octets: octets.slice(MAPPED_BITS / OCTET_BITS), bits: its - MAPPED_BITS } : { octets, bits: its };
}

/** Equal for addresses of one kind whose first bits are the same. */
function keyOf(octets: readonly number[], bits: number): string {
  const whole = Math.floor(bits / OCTET_BITS);
  const rest = bits % OCTET_BITS;
  const last = rest === 0 ? '' : String(octets[whole]! >> (OCTET_BITS - rest));
  return `${octets.length} ${bits} ${octets.slice(0, whole).join('.')} ${last}`;
}

/** A lookup asks once for each length that networks have. */
export class Networks<T> {
  readonly #owners = new Map<string, T[]>();
  /** Most exact first. */
  readonly #lengths: readonly number[];

  constructor(owners: Iterable<T>, networksOf: (owner: T) => readonly string[]) {
    const lengths = new Set<number>();
    for (const owner of owners) {
      for (const { octets, bits } of networksOf(owner).map(prefixOf)) {
        const key = keyOf(octets, bits);
        const known = this.#owners.get(key);
        if (known === undefined) this.#owners.set(key, [owner]);
        else known.push(owner);
        lengths.add(bits);
      }
    }
    this.#lengths = [...lengths].sort((a, b) => b - a);
  }

  /** Each owner once; none for what is no address. An IPv4 address inside IPv6 counts as itself. */
  owners(address: string): readonly T[] {
    if (!ipaddr.isValid(address)) return [];
    const octets = ipaddr.process(address).toByteArray();
    const found = new Set<T>();
    for (const bits of this.#lengths) {
      if (bits > octets.length * OCTET_BITS) continue;
      for (const owner of this.#owners.get(keyOf(octets, bits)) ?? []) found.add(owner);
    }
    return [...found];
  }
}
