/**
 * WSP multipart: a count, then per entry the lengths of headers and data, Content-Type, headers, data. WAP-230 8.5.
 *
 * Nothing is allocated on the word of the count: it is held against what is left first. Octets behind the last entry are passed over
 * (`octets-behind-parts`).
 */
import { ByteReader, ByteWriter, LIMITS, Malformed, type Result } from '#base';
import { HEADER_CONTENT_ID, HEADER_CONTENT_LOCATION } from './assigned-numbers.js';
import { doorOf, OverLimit, type WspDecodeError } from './coder.js';
import { type ContentType, contentTypeText, readContentType, writeContentType } from './content-type.js';
import { readUintvar, uintvarLength, writeUintvar } from './integers.js';
import type { Part } from './part.js';
import { type Header, readHeaders, writeHeader } from './part-headers.js';
import { writeQuotedString, writeText } from './text.js';
import { tolerate } from './tolerances.js';

/** The shortest entry: two lengths and a one-octet content type. */
const ENTRY_OCTETS_MIN = 3;

/** What stands for the type of a part that cannot be read, while somebody watches. */
const UNREADABLE: ContentType = Object.freeze({ media: 'application/octet-stream', parameters: Object.freeze({}) });

/** The type of a part. With a witness one that cannot be read is told to him, as the lengths in front of it say where the part ends. */
function readPartType(head: ByteReader): ContentType {
  const { offset, witness } = head;
  if (witness === undefined) return readContentType(head);
  try {
    const type = readContentType(head);
    witness.read('part-header', 'Content-Type', offset, head.offset, contentTypeText(type));
    return type;
  } catch (e) {
    if (!(e instanceof Malformed) || e instanceof OverLimit) throw e;
    witness.refused(e);
    witness.read('part-header', 'Content-Type', offset, head.end, '(cannot be read)');
    head.offset = head.end;
    return UNREADABLE;
  }
}

function readPart(r: ByteReader): Part {
  const start = r.offset;
  const headersLength = readUintvar(r);
  const dataLength = readUintvar(r);
  if (headersLength + dataLength > r.remaining)
    throw new Malformed(start, `part of ${headersLength} and ${dataLength} octets, ${r.remaining} are left`, 'WAP-230 8.5.2');
  r.witness?.read('part', 'Part', start, r.offset, `${headersLength} octets of headers, ${dataLength} of data`);
  const head = r.window(headersLength);
  const contentType = readPartType(head);
  let contentId: string | undefined;
  let contentLocation: string | undefined;
  const headers: Header[] = [];
  for (const header of readHeaders(head)) {
    const name = header.name.toLowerCase();
    if (name === 'content-id' && contentId === undefined) contentId = header.value;
    else if (name === 'content-location' && contentLocation === undefined) contentLocation = header.value;
    else headers.push(header);
  }
  const data = r.take(dataLength);
  r.witness?.read('data', contentType.media, r.offset - dataLength, r.offset, `${dataLength} octets`);
  return {
    contentType,
    ...(contentId === undefined ? {} : { contentId }),
    ...(contentLocation === undefined ? {} : { contentLocation }),
    headers,
    data,
  };
}

/** The entries of a multipart from the reader's position on. Throws Malformed. */
export function readMultipart(r: ByteReader): Part[] {
  const start = r.offset;
  const count = readUintvar(r);
  if (count > LIMITS.multipartPartsMax)
    throw new OverLimit(start, `${count} parts, at most ${LIMITS.multipartPartsMax} are read`);
  if (count * ENTRY_OCTETS_MIN > r.remaining)
    throw new Malformed(start, `${count} parts in ${r.remaining} octets`, 'WAP-230 8.5.1');
  r.witness?.read('count', 'Parts', start, r.offset, String(count));
  const parts: Part[] = [];
  for (let i = 0; i < count; i++) parts.push(readPart(r));
  if (r.remaining > 0) tolerate(r, 'octets-behind-parts', r.offset, `${r.remaining} octets behind the last part`);
  return parts;
}

/** The parts of a multipart body. Their data are views into `body`; a multipart inside is a part like any other. */
export const decodeMultipart = (body: Uint8Array): Result<readonly Part[], WspDecodeError> =>
  doorOf(() => readMultipart(new ByteReader(body)));

/** What a part to be written needs; the headers of a decoded Part fit. */
export interface PartSource {
  readonly contentType: ContentType;
  /** With its angle brackets. */
  readonly contentId?: string;
  readonly contentLocation?: string;
  readonly headers?: readonly Header[];
  readonly data: Uint8Array;
}

function partHead(part: Omit<PartSource, 'data'>): ByteWriter {
  const w = new ByteWriter();
  writeContentType(w, part.contentType);
  if (part.contentId !== undefined) {
    w.u8(0x80 | HEADER_CONTENT_ID);
    writeQuotedString(w, part.contentId);
  }
  if (part.contentLocation !== undefined) {
    w.u8(0x80 | HEADER_CONTENT_LOCATION);
    writeText(w, part.contentLocation);
  }
  for (const header of part.headers ?? []) writeHeader(w, header);
  return w;
}

/** The heads of the parts, and how many octets the multipart has in all. */
function measure(parts: readonly PartSource[]): { readonly heads: readonly ByteWriter[]; readonly octets: number } {
  const heads = parts.map(partHead);
  let octets = uintvarLength(parts.length);
  parts.forEach((part, i) => {
    const head = heads[i]!.length;
    octets += uintvarLength(head) + uintvarLength(part.data.length) + head + part.data.length;
  });
  return { heads, octets };
}

/**
 * Content-Type value (if `type` is given) and a multipart body of these parts, in this order. Each part's data are copied once, into a
 * buffer of the final size.
 */
export function encodeMultipart(parts: readonly PartSource[], type?: ContentType): Uint8Array<ArrayBuffer> {
  const { heads, octets } = measure(parts);
  const lead = new ByteWriter();
  if (type !== undefined) writeContentType(lead, type);
  const w = new ByteWriter(lead.length + octets);
  w.octets(lead.view());
  writeUintvar(w, parts.length);
  parts.forEach((part, i) => {
    writeUintvar(w, heads[i]!.length);
    writeUintvar(w, part.data.length);
    w.octets(heads[i]!.view());
    w.octets(part.data);
  });
  return w.finish();
}

/** A part to be written whose data are in pieces that follow each other. */
export interface PartInPieces extends Omit<PartSource, 'data'> {
  readonly data: readonly Uint8Array[];
}

/** As `encodeMultipart`, in pieces that follow each other, of `octets` together: data of parts are the caller's own and not copied. */
export function multipartPieces(
  parts: readonly PartInPieces[],
  type: ContentType,
): { readonly pieces: readonly Uint8Array[]; readonly octets: number } {
  const pieces: Uint8Array[] = [];
  let octets = 0;
  let w = new ByteWriter();
  const close = (): void => {
    octets += w.length;
    pieces.push(w.finish());
    w = new ByteWriter();
  };
  writeContentType(w, type);
  writeUintvar(w, parts.length);
  for (const part of parts) {
    const head = partHead(part);
    const length = part.data.reduce((sum, piece) => sum + piece.length, 0);
    writeUintvar(w, head.length);
    writeUintvar(w, length);
    w.octets(head.view());
    close();
    pieces.push(...part.data);
    octets += length;
  }
  if (w.length > 0) close();
  return { pieces, octets };
}
