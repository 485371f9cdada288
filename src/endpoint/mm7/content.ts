/** Content as a VASP sends and gets it, and as it is stored. */
import { err, ok, type Result } from '#base';
import { contentToMime, type LeafSource, type MimeEntity, type MimeSource, mimeToPieces } from '#codec/mime';
import { encodeContent } from '#codec/mms';
import type { OwnRefusal } from './refusals.js';
import type { VaspContent } from './request.js';

const MIXED = 'application/vnd.wap.multipart.mixed';

/** A message that has a subject and nothing else. */
const NOTHING = encodeContent([], { media: MIXED, parameters: {} });
const EMPTY: VaspContent = { pieces: [NOTHING], size: NOTHING.length, media: MIXED };

/** The content of a request in the form in which it is stored; absent: no parts. */
export function toStored(entity: MimeEntity | undefined): Result<VaspContent, OwnRefusal> {
  if (entity === undefined) return ok(EMPTY);
  const content = mimeToPieces(entity);
  return content.ok
    ? ok({ pieces: content.value.pieces, size: content.value.octets, media: content.value.type.media })
    : err({ kind: 'content-unreadable', why: 'the content cannot be taken apart' });
}

/** The only part of a body, where it has one only. */
function onlyPart(source: MimeSource): LeafSource | undefined {
  if (source.kind === 'leaf') return source;
  const [first, second] = source.parts;
  return first === undefined || second !== undefined ? undefined : onlyPart(first);
}

/**
 * Stored content as a body for a VASP. `plainText`: a text that is alone goes without a multipart around it. Throws on content that cannot be
 * taken apart, which was not accepted.
 */
export function fromStored(octets: Uint8Array, plainText: boolean): MimeSource {
  const source = contentToMime(octets, { transport: 'binary' });
  if (!source.ok) throw new Error(`stored content cannot be taken apart: ${source.error.detail}`);
  const only = plainText ? onlyPart(source.value) : undefined;
  return only?.type.media === 'text/plain' ? only : source.value;
}
