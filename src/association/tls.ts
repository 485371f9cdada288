/** TLS for associations: both sides show a certificate, both are verified, and nothing goes on without. */

import type { Socket } from 'node:net';
import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls';
import { err, ok, type Result } from '#base';
import type { TlsMaterial, TransportError } from './port.js';

/** Oldest version that is spoken. Source: RFC 8996 forbids those before. */
export const TLS_MIN_VERSION = 'TLSv1.2';

/** Material for both directions. An error when key and certificates are not what they should be, or do not belong together. */
export function secureContextOf(material: TlsMaterial): Result<SecureContext, TransportError> {
  if (material.authorities.trim() === '') return err(unusable('no certificate authority is given, so nobody could be verified'));
  try {
    return ok(
      createSecureContext({
        key: material.key,
        cert: material.certificate,
        ca: material.authorities,
        minVersion: TLS_MIN_VERSION,
      }),
    );
  } catch (e) {
    // OpenSSL says what it dislikes by an Error with a code; a bug of ours has none.
    if (!(e instanceof Error) || !('code' in e)) throw e;
    return err(unusable(e.message));
  }
}

const unusable = (why: string): TransportError => ({ kind: 'settings', text: `TLS material cannot be used: ${why}` });

/** DNS names of the verified certificate, lower case; the common name where it has none (RFC 6125 6.4.4). Empty without TLS. */
export function certificateNamesOf(socket: Socket): string[] {
  if (!(socket instanceof TLSSocket)) return [];
  const { subject, subjectaltname } = socket.getPeerCertificate();
  const names = (subjectaltname ?? '')
    .split(', ')
    .filter((it) => it.startsWith('DNS:'))
    .map((it) => it.slice(4));
  const common = subject?.CN;
  const found = names.length > 0 || common === undefined ? names : [common].flat();
  return found.map((it) => it.toLowerCase());
}
