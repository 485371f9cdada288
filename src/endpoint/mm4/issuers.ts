/** Whether a client's certificate comes from one of a peer's own authorities. RFC 5280 6.1, for a path of one certificate. */
import { X509Certificate } from 'node:crypto';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** id-kp-clientAuth and anyExtendedKeyUsage. RFC 5280 4.2.1.12. */
const CLIENT_USES = new Set(['1.3.6.1.5.5.7.3.2', '2.5.29.37.0']);

const isInTime = ({ validFrom, validTo }: X509Certificate, now: number): boolean =>
  Date.parse(validFrom) <= now && now <= Date.parse(validTo);

/**
 * Whether one of `authorities` (PEM) has signed the certificate itself, both are within their time, the one is an authority's and the other may be a
 * client's. What leads there over certificates in between, which the client may send as it likes, does not count: operators list those, too.
 */
export function isIssuedBy(certificate: X509Certificate, authorities: string, now: number): boolean {
  // With this name Node gives the purposes of extended key usage, not key usage; its types have it as always there.
  const uses = certificate.keyUsage as readonly string[] | undefined;
  if (!isInTime(certificate, now) || (uses !== undefined && !uses.some((it) => CLIENT_USES.has(it)))) return false;
  return (authorities.match(CERTIFICATE) ?? []).some((pem) => {
    const authority = new X509Certificate(pem);
    return (
      authority.ca && isInTime(authority, now) && certificate.checkIssued(authority) && certificate.verify(authority.publicKey)
    );
  });
}
