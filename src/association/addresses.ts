/** Sets of addresses: single ones and ranges (`10.1.0.0/16`, `2001:db8::/32`). */
import { BlockList, isIP } from 'node:net';

export class AddressSet {
  private readonly ranges = new BlockList();
  /** Addresses that are no IP addresses: those of in-process associations. */
  private readonly names = new Set<string>();

  /** Undefined when one of the entries is neither an address nor a range. `allowsNames`: other texts stand for themselves. */
  static of(entries: readonly string[], allowsNames = false): AddressSet | undefined {
    const set = new AddressSet();
    return entries.every((it) => set.add(it, allowsNames)) ? set : undefined;
  }

  private add(entry: string, allowsNames: boolean): boolean {
    const [address = '', prefix] = entry.split('/');
    const family = isIP(address);
    if (family === 0 || entry.split('/').length > 2) {
      if (allowsNames) this.names.add(entry);
      return allowsNames;
    }
    const type = family === 6 ? 'ipv6' : 'ipv4';
    if (prefix === undefined) {
      this.ranges.addAddress(address, type);
      return true;
    }
    const bits = Number(prefix);
    if (!/^\d{1,3}$/.test(prefix) || bits > (family === 6 ? 128 : 32)) return false;
    this.ranges.addSubnet(address, bits, type);
    return true;
  }

  has(address: string): boolean {
    const family = isIP(address);
    return family === 0 ? this.names.has(address) : this.ranges.check(address, family === 6 ? 'ipv6' : 'ipv4');
  }
}
