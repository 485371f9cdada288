import type { ContentOctets } from '#messaging';

/** One array of its own: what came in pieces of somebody else's buffers is not held by them. `length`: of all pieces together, octets. */
export function joined(pieces: ContentOctets, length: number): Uint8Array {
  const octets = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    octets.set(piece, at);
    at += piece.length;
  }
  return octets;
}
