/**
 * Octets that come in pieces, kept as they came and never put together: large pieces are kept themselves, small ones are copied into blocks. So
 * whoever sends a body octet by octet costs no more than its length and one block, and nobody ever holds a body twice.
 */

/** A piece from this size on is kept as it is. Unit: octets. Source: a view costs about 100 octets beside them. */
const KEPT_FROM = 4096;
/** What small pieces are copied into: the first block is small, as most texts are, the later ones grow with what is there. Unit: octets. */
const BLOCK_OCTETS_MIN = 1024;
const BLOCK_OCTETS_MAX = 16_384;
/** A view of less than this share of its buffer would keep the rest of it in memory: it is copied. Unit: 0..1. */
const OWN_SHARE_MIN = 0.5;

export class Gathering {
  /** All of them together. */
  octets = 0;
  private readonly pieces: Uint8Array[] = [];
  private block = NOTHING;
  private used = 0;

  /** Takes octets, which nobody may change from now on. */
  add(piece: Uint8Array): void {
    this.octets += piece.length;
    if (piece.length >= KEPT_FROM && piece.length >= piece.buffer.byteLength * OWN_SHARE_MIN) {
      this.close();
      this.pieces.push(piece);
    } else this.copy(piece);
  }

  private copy(piece: Uint8Array): void {
    for (let at = 0; at < piece.length; ) {
      if (this.used === this.block.length) {
        this.close();
        this.block = new Uint8Array(Math.min(BLOCK_OCTETS_MAX, Math.max(BLOCK_OCTETS_MIN, this.octets)));
      }
      const part = piece.subarray(at, at + this.block.length - this.used);
      this.block.set(part, this.used);
      this.used += part.length;
      at += part.length;
    }
  }

  private close(): void {
    // What is left of the block is given back: most parts of a message are smaller than one.
    if (this.used > 0) this.pieces.push(this.used === this.block.length ? this.block : this.block.slice(0, this.used));
    this.block = NOTHING;
    this.used = 0;
  }

  /** The octets in the order in which they came. Nothing may be added afterwards. */
  end(): readonly Uint8Array[] {
    this.close();
    return this.pieces;
  }
}

const NOTHING = new Uint8Array(0);

/** Pieces as one: the only piece itself, else a copy. */
export function joined(pieces: readonly Uint8Array[]): Uint8Array {
  if (pieces.length === 1) return pieces[0]!;
  const octets = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    octets.set(piece, at);
    at += piece.length;
  }
  return octets;
}
