/** What recognises a resubmission: a digest of a PDU, beside its sender. */
import { createCipheriv, hash } from 'node:crypto';
import type { Msisdn } from '#base';

/**
 * Up to here SHA-256 costs less, above it GHASH does. Measured on a processor with SHA and carry-less multiplication: 300 octets 0.5 and
 * 4.7 µs, 300 KB 170 and 42 µs; SHA-256 alone would be more than half of what accepting a large message may cost.
 */
const SHORT_OCTETS = 8192;

/** GMAC with a published key and nonce is a universal hash, not a secret. 128 bits of it. */
const KEY = new Uint8Array(16);
const NONCE = new Uint8Array(12);

/**
 * Equal for equal octets of the same sender, today and after a restart. For different ones it is equal by accident with a chance below
 * 2^-100. Whoever constructs two large messages with equal digests reaches only that his own second one is taken for a repetition: the
 * sender's number stands in front.
 */
export function fingerprint(sender: Msisdn, octets: Uint8Array): string {
  if (octets.length <= SHORT_OCTETS) return `${sender}:${hash('sha256', octets, 'base64url')}`;
  const cipher = createCipheriv('aes-128-gcm', KEY, NONCE);
  cipher.setAAD(octets);
  cipher.final();
  return `${sender}:${cipher.getAuthTag().toString('base64url')}`;
}
