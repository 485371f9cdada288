/** TLS towards a server: what is asked of its certificate, and that it is so. */
import { isIP, type Socket } from 'node:net';
import { type ConnectionOptions, checkServerIdentity, connect, type TLSSocket } from 'node:tls';
import type { SmtpClientTls } from '../destination.js';

/** What a certificate has to be. Opportunistic TLS asks nothing: who could make it fail could as well take the offer away. RFC 7435 3. */
export function tlsTerms(policy: SmtpClientTls, host: string): ConnectionOptions {
  const name = policy.name ?? host;
  const { verify = 'name' } = policy;
  const isVerified = policy.mode !== 'opportunistic' && policy.fingerprints === undefined && verify !== 'nothing';
  return {
    ...(isIP(name) === 0 ? { servername: name } : {}),
    ...(policy.authorities === undefined ? {} : { ca: policy.authorities }),
    ...(policy.key === undefined || policy.certificate === undefined ? {} : { key: policy.key, cert: policy.certificate }),
    minVersion: policy.versionMin ?? 'TLSv1.2',
    rejectUnauthorized: isVerified,
    checkServerIdentity: (_, certificate) =>
      isVerified && verify === 'name' ? checkServerIdentity(name, certificate) : undefined,
  };
}

/** Begins TLS on a plain socket. */
export const beginTls = (plain: Socket, policy: SmtpClientTls, host: string): TLSSocket =>
  connect({ socket: plain, ...tlsTerms(policy, host) });

/** Undefined: the certificate is one of those that were pinned, or none is. Else why not. */
export function pinFault(socket: TLSSocket, { mode, fingerprints }: SmtpClientTls): string | undefined {
  if (mode === 'opportunistic' || fingerprints === undefined) return undefined;
  const shown = socket.getPeerX509Certificate()?.fingerprint256.replaceAll(':', '').toLowerCase();
  const isPinned = fingerprints.some((it) => it.replaceAll(':', '').toLowerCase() === shown);
  return isPinned
    ? undefined
    : `the certificate shown is not one of the ${fingerprints.length} pinned (SHA-256 ${shown ?? 'of none'})`;
}
