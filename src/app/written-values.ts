/** Durations, sizes and listening addresses as people write them, in the configuration and on the command line. */
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

const DURATION_UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of `250ms`, `30s`, `10m`, `72h` or `7d`; undefined for anything else. */
export function durationMs(text: string): number | undefined {
  const found = /^([0-9]{1,9})(ms|s|m|h|d)$/.exec(text);
  return found ? Number(found[1]) * DURATION_UNITS[found[2]!]! : undefined;
}

const SIZE_UNITS: Readonly<Record<string, number>> = { B: 1, KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 };

/** Octets of `512B`, `300KB`, `1MB` or `2GB`, K being 1024; undefined for anything else. */
export function sizeOctets(text: string): number | undefined {
  const found = /^([0-9]{1,9})(B|KB|MB|GB)$/.exec(text);
  return found ? Number(found[1]) * SIZE_UNITS[found[2]!]! : undefined;
}

/** Where something listens; port 0 takes any free one. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** Host and port of `127.0.0.1:8514` or `[::1]:8514`; undefined for anything else. Names other than localhost are not resolved here. */
export function listenAddress(text: string): ListenAddress | undefined {
  const found = /^(?:\[([0-9a-fA-F:.]+)\]|([0-9a-zA-Z.-]+)):([0-9]{1,5})$/.exec(text);
  if (!found) return undefined;
  const host = found[1] ?? found[2]!;
  const port = Number(found[3]);
  if (port > 65_535 || (found[1] !== undefined && isIP(host) !== 6)) return undefined;
  return { host, port };
}

/** True for `localhost` and for addresses that never leave this machine. */
export function isLoopback(host: string): boolean {
  if (host === 'localhost') return true;
  return ipaddr.isValid(host) && ipaddr.process(host).range() === 'loopback';
}

/** True for addresses that stand for every interface: nobody can be told to connect to them. */
export const isWildcard = (host: string): boolean => ipaddr.isValid(host) && ipaddr.process(host).range() === 'unspecified';

/** `host:port`, with brackets where the host has colons. */
export const listenText = ({ host, port }: ListenAddress): string => `${host.includes(':') ? `[${host}]` : host}:${port}`;
