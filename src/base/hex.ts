/** Octets and numbers as people read them, in lower case. */

/** `0x8f`-style; wider numbers keep all their digits (`0x9f20`). */
export const hexNumber = (value: number): string => {
  const digits = value.toString(16);
  return `0x${digits.length % 2 === 0 ? digits : `0${digits}`}`;
};

/** Two digits for each octet, nothing between. */
export function hexOctets(octets: Uint8Array): string {
  let text = '';
  for (const octet of octets) text += octet.toString(16).padStart(2, '0');
  return text;
}
