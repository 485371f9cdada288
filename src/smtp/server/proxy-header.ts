/** The PROXY header, by which a load balancer says who the client is. Versions 1 (text) and 2 (binary). Source: haproxy, proxy-protocol.txt. */
import { isIP } from 'node:net';
import { LIMITS } from '#base';

/** `more`: it has not come whole. `bad`: it is none. Without `client` the balancer speaks for itself (health check), or for no IP connection. */
export type ProxyHeader =
  | 'more'
  | 'bad'
  | { readonly length: number; readonly client?: { readonly address: string; readonly port: number } };

const SIGNATURE_2 = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');
/** Version 1 ends within so many octets. */
const LINE_MAX = 107;
/** Version 2: signature, version and command, family, length. */
const HEAD_2 = 16;

/** Address lengths of version 2 by family and protocol: TCP over IPv4 and IPv6. */
const FAMILIES: Readonly<Record<number, number>> = { 17: 4, 33: 16 };

export function readProxyHeader(octets: Buffer): ProxyHeader {
  const start = Math.min(octets.length, SIGNATURE_2.length);
  if (octets.subarray(0, start).equals(SIGNATURE_2.subarray(0, start))) return readBinary(octets);
  const begin = octets.subarray(0, 6).toString('latin1');
  return 'PROXY '.startsWith(begin) ? readLine(octets) : 'bad';
}

function readLine(octets: Buffer): ProxyHeader {
  const end = octets.subarray(0, LINE_MAX).indexOf('\r\n');
  if (end < 0) return octets.length < LINE_MAX ? 'more' : 'bad';
  const length = end + 2;
  const [, family, source = '', , port, , ...more] = octets.subarray(0, end).toString('latin1').split(' ');
  if (family === 'UNKNOWN') return { length };
  if (family !== 'TCP4' && family !== 'TCP6') return 'bad';
  const isRight = isIP(source) === (family === 'TCP4' ? 4 : 6) && /^\d{1,5}$/.test(port ?? '') && more.length === 0;
  return isRight ? { length, client: { address: source, port: Number(port) } } : 'bad';
}

function readBinary(octets: Buffer): ProxyHeader {
  if (octets.length < HEAD_2) return 'more';
  const [versionAndCommand, family, size] = [octets[12]!, octets[13]!, octets.readUInt16BE(14)];
  if (versionAndCommand >> 4 !== 2 || HEAD_2 + size > LIMITS.smtpProxyHeaderOctetsMax) return 'bad';
  if (octets.length < HEAD_2 + size) return 'more';
  const length = HEAD_2 + size;
  const command = versionAndCommand & 0x0f;
  if (command > 1) return 'bad';
  const octetsOfAddress = FAMILIES[family];
  if (command === 0 || octetsOfAddress === undefined) return { length };
  if (size < 2 * octetsOfAddress + 4) return 'bad';
  const source = octets.subarray(HEAD_2, HEAD_2 + octetsOfAddress);
  return { length, client: { address: addressText(source), port: octets.readUInt16BE(HEAD_2 + 2 * octetsOfAddress) } };
}

const addressText = (octets: Buffer): string =>
  octets.length === 4 ? octets.join('.') : Array.from({ length: 8 }, (_, i) => octets.readUInt16BE(2 * i).toString(16)).join(':');
