/** Stored content as MIME: `application/vnd.wap.multipart.related` becomes `multipart/related`, and so on. See content.ts for the other way. */
import { ByteReader, LIMITS, Malformed, type Result } from '#base';
import {
  type ContentType,
  charsetMib,
  decodeText,
  type Header,
  isMultipart,
  isTokenOctet,
  isWide,
  OverLimit,
  type Part,
  readContentType,
  readMultipart,
} from '#codec/wsp';
import { doorOf } from './fault.js';
import { parseDisposition } from './media-type.js';
import type { Disposition, LeafSource, MimeError, MimeField, MimeSource, Transport } from './model.js';
import { bareContentId } from './reader.js';
import { textField } from './words.js';

const WSP_MULTIPART = 'application/vnd.wap.multipart.';
const MIME_MULTIPART = 'multipart/';
const NO_PARTS: LeafSource = { kind: 'leaf', type: { media: 'text/plain', parameters: {} }, data: new Uint8Array(0) };

/** Headers of a stored part that the writer says itself, or that would say something else of the body. */
const WRITTEN_ELSEWHERE: readonly string[] = [
  'content-type',
  'content-transfer-encoding',
  'content-id',
  'content-location',
  'content-disposition',
  'content-length',
  'content-encoding',
  'mime-version',
];

/** How content is to become MIME. */
export interface ContentToMimeOptions {
  /** Absent: `7bit`. On a binary transport texts in UTF-16 stay as they are; elsewhere mail has no lines of them, and they become UTF-8. */
  readonly transport?: Transport;
}

/** `multipart/related` for `application/vnd.wap.multipart.related`; a `*` means nothing in mail. */
function multipartMedia(media: string): string {
  const subtype = media.slice(media.startsWith(WSP_MULTIPART) ? WSP_MULTIPART.length : MIME_MULTIPART.length);
  return `${MIME_MULTIPART}${subtype === '*' || subtype === '' ? 'mixed' : subtype}`;
}

/** Without charsets that have no name in mail. */
function mailType({ media, parameters }: ContentType): ContentType {
  const { charset, ...others } = parameters;
  if (charset === undefined || (charset !== '*' && !charset.startsWith('mib-'))) return { media, parameters };
  return { media, parameters: others };
}

/** A text whose characters are two or four octets each, as UTF-8. */
function narrowed(type: ContentType, data: Uint8Array): { readonly type: ContentType; readonly data: Uint8Array } {
  const { charset } = type.parameters;
  const mib = charset === undefined ? undefined : charsetMib(charset);
  if (!type.media.startsWith('text/') || mib === undefined || !isWide(mib)) return { type, data };
  return {
    type: { media: type.media, parameters: { ...type.parameters, charset: 'utf-8' } },
    data: new TextEncoder().encode(decodeText(data, mib)),
  };
}

const isToken = (name: string): boolean => name !== '' && [...name].every((c) => isTokenOctet(c.charCodeAt(0)));

/** Headers that a mail can have too: names that are words, values as text. Numbered ones (`0x4b`) have no name there. */
function fieldsOf(headers: readonly Header[]): MimeField[] {
  return headers
    .filter(({ name }) => isToken(name) && !/^0x/i.test(name) && !WRITTEN_ELSEWHERE.includes(name.toLowerCase()))
    .map(({ name, value }) => textField(name, value));
}

function dispositionOf(headers: readonly Header[]): Disposition | undefined {
  const header = headers.find(({ name }) => name.toLowerCase() === 'content-disposition');
  return header && parseDisposition(header.value);
}

function common(part: Part): Pick<LeafSource, 'contentId' | 'contentLocation' | 'disposition' | 'fields'> {
  const contentId = bareContentId(part.contentId ?? '');
  const disposition = dispositionOf(part.headers);
  return {
    ...(contentId === '' ? {} : { contentId }),
    ...(part.contentLocation ? { contentLocation: part.contentLocation } : {}),
    ...(disposition === undefined ? {} : { disposition }),
    fields: fieldsOf(part.headers),
  };
}

class Translation {
  private readonly binary: boolean;
  /** Of the whole content: parts inside parts cannot multiply. */
  private count = 0;

  constructor(transport: Transport) {
    this.binary = transport === 'binary';
  }

  /** A multipart's parts; undefined where it has none. */
  multipart(type: ContentType, parts: readonly Part[], depth: number): Extract<MimeSource, { kind: 'multipart' }> | undefined {
    if (parts.length === 0) return undefined;
    this.count += parts.length;
    if (this.count > LIMITS.multipartPartsMax) throw new OverLimit(0, `more than ${LIMITS.multipartPartsMax} parts in a content`);
    return {
      kind: 'multipart',
      type: relatedType({ media: multipartMedia(type.media), parameters: type.parameters }, parts),
      parts: parts.map((part) => this.part(part, depth)),
    };
  }

  private part(part: Part, depth: number): MimeSource {
    const inner = isMultipart(part.contentType) && depth < LIMITS.multipartDepthMax ? innerParts(part.data) : undefined;
    const multipart = inner && this.multipart(part.contentType, inner, depth + 1);
    return multipart === undefined ? this.leaf(part) : { ...multipart, ...common(part) };
  }

  leaf(part: Part): LeafSource {
    // A multipart that nobody can take apart is octets for whoever gets it; mail would look for boundaries in it.
    const type = mailType(part.contentType.media.startsWith(MIME_MULTIPART) ? OCTETS : part.contentType);
    return { kind: 'leaf', ...common(part), ...(this.binary ? { type, data: part.data } : narrowed(type, part.data)) };
  }
}

const OCTETS: ContentType = { media: 'application/octet-stream', parameters: {} };

/** The parts of a multipart inside a part; undefined where it cannot be taken apart, as what it is remains its recipient's to judge. */
function innerParts(data: Uint8Array): readonly Part[] | undefined {
  try {
    return readMultipart(new ByteReader(data));
  } catch (e) {
    if (e instanceof Malformed && !(e instanceof OverLimit)) return undefined;
    throw e;
  }
}

/** multipart/related with the type of its root, which it must have, and a start in brackets. RFC 2387 3. */
function relatedType(type: ContentType, parts: readonly Part[]): ContentType {
  if (type.media !== 'multipart/related') return type;
  const { start } = type.parameters;
  const id = start === undefined ? undefined : bareContentId(start);
  const root = parts.find((part) => id !== undefined && bareContentId(part.contentId ?? '') === id) ?? parts[0]!;
  return {
    media: type.media,
    parameters: {
      ...type.parameters,
      type: type.parameters['type'] ?? root.contentType.media,
      ...(id === undefined ? {} : { start: `<${id}>` }),
    },
  };
}

/**
 * Stored content as a body for `writeMessage` or `writeEntity`: multipart/related or multipart/mixed as it is stored, one part alone as it is. Data are
 * views into `octets`. Content without parts is an empty text. Err on content that cannot be taken apart.
 */
export const contentToMime = (octets: Uint8Array, options: ContentToMimeOptions = {}): Result<MimeSource, MimeError> =>
  doorOf(() => {
    const reader = new ByteReader(octets);
    const type = readContentType(reader);
    const translation = new Translation(options.transport ?? '7bit');
    if (!isMultipart(type)) return translation.leaf({ contentType: type, headers: [], data: reader.rest() });
    // Not even a count: what is left of a message whose writer had nothing to say.
    const parts = reader.remaining === 0 ? [] : readMultipart(reader);
    return translation.multipart(type, parts, 1) ?? NO_PARTS;
  });
