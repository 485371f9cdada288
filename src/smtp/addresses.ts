/** Sets of addresses: single ones and ranges (`10.1.0.0/16`, `2001:db8::/32`), and how addresses are counted and written to logs. */
import { BlockList, isIP } from 'node:net';

/** IPv4 in its own form: a socket that listens to both families says `::ffff:192.0.2.1`. */
export const plainAddress = (address: string): string =>
  address.startsWith('::ffff:') && isIP(address.slice(7)) === 4 ? address.slice(7) : address;

/** Throws a sentence for the operator when an entry is neither an address nor a range. */
export function addressSet(entries: readonly string[]): (address: string) => boolean {
  const ranges = new BlockList();
  for (const entry of entries) {
    const [address = '', prefix, more] = entry.split('/');
    const family = isIP(address);
    const bits = prefix === undefined ? undefined : Number(prefix);
    const most = family === 6 ? 128 : 32;
    if (family === 0 || more !== undefined || (prefix !== undefined && !(/^\d{1,3}$/.test(prefix) && bits! <= most)))
      throw new Error(`'${entry}' is neither an address nor a range of addresses`);
    const type = family === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) ranges.addAddress(address, type);
    else ranges.addSubnet(address, bits, type);
  }
  return (address) => isIP(address) !== 0 && ranges.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

/** Whoever has one IPv6 address has 2^64 of them. */
export function countedAs(address: string): string {
  if (isIP(address) !== 6) return address;
  const [head = '', tail] = address.toLowerCase().split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const groups =
    tail === undefined
      ? before
      : [...before, ...Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0'), ...after];
  return `${groups.slice(0, 4).join(':')}::/64`;
}
