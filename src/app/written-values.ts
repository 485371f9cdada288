/** Listening addresses as people write them, in the configuration and on the command line; durations and sizes as `#base` reads them. */
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

export { durationMs, sizeOctets } from '#base';

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
