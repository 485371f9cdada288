/** Octets as people read them. */

/** `0x8f`-style. */
export const hexOctet = (octet: number): string => `0x${octet.toString(16).padStart(2, '0')}`;

/** Two lower-case digits for each octet, nothing between them. */
export function hexOctets(octets: Uint8Array): string {
  let text = '';
  for (const octet of octets) text += octet.toString(16).padStart(2, '0');
  return text;
}
