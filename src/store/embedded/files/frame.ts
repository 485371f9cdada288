/**
 * One message's content in a segment file: a header that says whose it is, then the octets as they came.
 *
 * ```
 * frame = magic (4) | content length (4, big-endian) | CRC-32 (4, big-endian) | message id (22, ASCII) | content
 * ```
 * The CRC-32 (that of zlib, ISO 3309) covers message id and content. A frame is right only if all of it agrees with the row that names it.
 */
import zlib from 'node:zlib';

/** `AGF1`: Angarium frame, first form. */
const MAGIC = 0x41474631;
const ID_OCTETS = 22;
const ID_AT = 12;

/** Octets of a frame before its content. */
export const FRAME_HEADER_OCTETS = ID_AT + ID_OCTETS;

/** Where a frame stands: `length` and `crc` are those of its content. */
export interface FrameRef {
  readonly segment: number;
  /** Octet of the file where the frame begins. */
  readonly position: number;
  readonly length: number;
  readonly crc: number;
}

/** Octets that a frame takes in its file. */
export const frameOctets = (contentOctets: number): number => FRAME_HEADER_OCTETS + contentOctets;

/** CRC-32 over message id and content: inline content carries the same one. */
export function contentCrc(id: string, pieces: readonly Uint8Array[]): number {
  let crc = zlib.crc32(id);
  // Of no octets zlib makes 0, whatever went before.
  for (const piece of pieces) if (piece.length > 0) crc = zlib.crc32(piece, crc);
  return crc;
}

export function frameHeader(id: string, length: number, crc: number): Uint8Array {
  const header = Buffer.allocUnsafe(FRAME_HEADER_OCTETS);
  header.writeUInt32BE(MAGIC, 0);
  header.writeUInt32BE(length, 4);
  header.writeUInt32BE(crc, 8);
  if (header.write(id, ID_AT, 'latin1') !== ID_OCTETS || id.length !== ID_OCTETS)
    throw new Error(`message id ${JSON.stringify(id)} is not ${ID_OCTETS} ASCII characters`);
  return header;
}

/** The content of the frame in `octets`, or what is wrong with it in words. */
export function openFrame(
  octets: Uint8Array,
  id: string,
  ref: FrameRef,
): { readonly content: Uint8Array } | { readonly damage: string } {
  const view = Buffer.from(octets.buffer, octets.byteOffset, octets.length);
  if (view.length < frameOctets(ref.length))
    return {
      damage: `segment ${ref.segment} ends at ${view.length} of the ${frameOctets(ref.length)} octets of the frame at ${ref.position}`,
    };
  if (view.readUInt32BE(0) !== MAGIC) return { damage: `no frame begins at octet ${ref.position} of segment ${ref.segment}` };
  const length = view.readUInt32BE(4);
  if (length !== ref.length)
    return {
      damage: `the frame at octet ${ref.position} of segment ${ref.segment} says ${length} octets, its row ${ref.length}`,
    };
  if (view.toString('latin1', ID_AT, ID_AT + ID_OCTETS) !== id)
    return { damage: `the frame at octet ${ref.position} of segment ${ref.segment} belongs to another message` };
  const content = new Uint8Array(octets.buffer, octets.byteOffset + FRAME_HEADER_OCTETS, ref.length);
  const crc = contentCrc(id, [content]);
  if (crc !== ref.crc || crc !== view.readUInt32BE(8))
    return { damage: `the frame at octet ${ref.position} of segment ${ref.segment} does not match its CRC-32` };
  return { content };
}
