/**
 * Messages and entities from octets. Bodies are looked at as octets only, and never copied until they are decoded; nesting and the number of
 * all parts of a message are bounded.
 */
import { LIMITS, type Result, type Witness } from '#base';
import { type ContentType, OverLimit } from '#codec/wsp';
import { doorOf } from './fault.js';
import { fieldOf, readSection, trimBlanks } from './fields.js';
import { joined } from './gathering.js';
import { parseDisposition, parseMediaType } from './media-type.js';
import type { MimeEntity, MimeError, MimeField } from './model.js';
import { cutParts, type Stretch } from './multipart.js';
import { tolerate } from './tolerances.js';
import { base64Octets, quotedPrintableOctets } from './transfer.js';
import { decodeWords } from './words.js';

export const TEXT_PLAIN: ContentType = Object.freeze({ media: 'text/plain', parameters: Object.freeze({}) });
export const RFC822: ContentType = Object.freeze({ media: 'message/rfc822', parameters: Object.freeze({}) });
/** Encodings under which a body is its own octets. RFC 2045 6.2. */
const IDENTITIES: readonly string[] = ['7bit', '8bit', 'binary'];
const DECODED: readonly string[] = ['base64', 'quoted-printable'];

/** The value of a field and where it begins. */
const found = (fields: readonly MimeField[], name: string): MimeField | undefined =>
  fields.find((field) => field.name.length === name.length && field.name.toLowerCase() === name);

/** Makes entities of header fields and what follows them; one for each message. */
export class EntityReader {
  private readonly bytes: Uint8Array;
  private readonly witness: Witness | undefined;
  /** Entities of the whole message so far: a tree of multiparts cannot multiply. */
  private entities = 0;

  constructor(bytes: Uint8Array, witness: Witness | undefined) {
    this.bytes = bytes;
    this.witness = witness;
  }

  /** The entity that a header section begins. */
  atSection({ start, end }: Stretch, depth: number, fallback: ContentType): MimeEntity {
    const section = readSection(this.bytes, start, end, this.witness);
    return this.entity(section.fields, { start: section.bodyOffset, end }, start, depth, fallback);
  }

  entity(
    fields: readonly MimeField[],
    body: Stretch,
    offset: number,
    depth: number,
    fallback: ContentType = TEXT_PLAIN,
  ): MimeEntity {
    this.entities++;
    if (this.entities > LIMITS.multipartPartsMax)
      throw new OverLimit(offset, `more than ${LIMITS.multipartPartsMax} parts in a message`);
    const type = this.typeOf(fields, fallback);
    const encoding = this.encodingOf(fields);
    const disposition = this.dispositionOf(fields);
    const contentId = this.contentIdOf(fields);
    const contentLocation = withoutBlanks(decodeWords(fieldOf(fields, 'content-location') ?? ''));
    return {
      fields,
      type,
      ...(disposition === undefined ? {} : { disposition }),
      ...(contentId === '' ? {} : { contentId }),
      ...(contentLocation === '' ? {} : { contentLocation }),
      encoding,
      body: this.bytes.subarray(body.start, body.end),
      offset,
      parts: type.media.startsWith('multipart/') ? this.partsOf(type, encoding, body, depth) : [],
    };
  }

  private typeOf(fields: readonly MimeField[], fallback: ContentType): ContentType {
    const field = found(fields, 'content-type');
    return field === undefined ? fallback : parseMediaType(field.value, this.witness, field.offset);
  }

  private dispositionOf(fields: readonly MimeField[]): MimeEntity['disposition'] {
    const field = found(fields, 'content-disposition');
    return field && parseDisposition(field.value, this.witness, field.offset);
  }

  private encodingOf(fields: readonly MimeField[]): string {
    const field = found(fields, 'content-transfer-encoding');
    if (field === undefined) return '7bit';
    const [word = ''] = field.value
      .replaceAll('"', '')
      .trim()
      .split(/[\s;(]/, 1);
    const encoding = word.toLowerCase();
    if (encoding === '') return '7bit';
    if (!IDENTITIES.includes(encoding) && !DECODED.includes(encoding))
      tolerate(this.witness, 'unknown-encoding', field.offset ?? 0, 'a transfer encoding that is not known');
    return encoding;
  }

  private contentIdOf(fields: readonly MimeField[]): string {
    const field = found(fields, 'content-id');
    if (field === undefined) return '';
    const id = decodeWords(bareContentId(field.value));
    if (id === field.value && id !== '')
      tolerate(this.witness, 'bare-content-id', field.offset ?? 0, 'a Content-ID without brackets');
    return id;
  }

  private partsOf(type: ContentType, encoding: string, body: Stretch, depth: number): MimeEntity[] {
    if (depth === LIMITS.multipartDepthMax)
      throw new OverLimit(body.start, `multiparts nested more than ${LIMITS.multipartDepthMax} deep`);
    if (DECODED.includes(encoding))
      tolerate(this.witness, 'encoded-multipart', body.start, 'a multipart with a transfer encoding');
    const boundary = type.parameters['boundary'];
    if (boundary === undefined || boundary === '') {
      tolerate(this.witness, 'multipart-without-boundary', body.start, 'no boundary parameter');
      return [];
    }
    const fallback = type.media === 'multipart/digest' ? RFC822 : TEXT_PLAIN;
    return cutParts(this.bytes, body, boundary, this.witness).map((part) => this.atSection(part, depth + 1, fallback));
  }
}

const withoutBlanks = (text: string): string => text.replaceAll(/[ \t]+/g, '');

/** A Content-ID without its angle brackets and the blanks around it. */
export function bareContentId(value: string): string {
  const text = trimBlanks(value);
  return text.startsWith('<') && text.endsWith('>') ? trimBlanks(text.slice(1, -1)) : text;
}

/**
 * A message: header section, empty line, body, taken apart to the last part. Err beyond LIMITS only: what else is wrong is tolerated by name.
 * Whether the fields are good ones is for the caller to say.
 */
export const readMessage = (octets: Uint8Array, witness?: Witness): Result<MimeEntity, MimeError> =>
  doorOf(() => new EntityReader(octets, witness).atSection({ start: 0, end: octets.length }, 0, TEXT_PLAIN));

/** An entity whose header fields came by another way: the body of an HTTP request. Offsets count from the first octet of `body`. */
export const readEntity = (fields: readonly MimeField[], body: Uint8Array, witness?: Witness): Result<MimeEntity, MimeError> =>
  doorOf(() => new EntityReader(body, witness).entity(fields, { start: 0, end: body.length }, 0, 0));

/** The header fields of a message alone: what is wanted before its body is there. Err as `readMessage`. */
export const readFields = (octets: Uint8Array, witness?: Witness): Result<readonly MimeField[], MimeError> =>
  doorOf(() => readSection(octets, 0, octets.length, witness).fields);

/**
 * The octets that the sender meant: transfer encoding undone. A view where there is none and they are in one piece, else a copy. Never fails. Offsets of tolerances
 * count from the first octet of the body.
 */
export function decodeBody(entity: MimeEntity, witness?: Witness): Uint8Array {
  if (entity.pieces !== undefined) return joined(entity.pieces);
  if (entity.parts.length > 0) return entity.body;
  if (entity.encoding === 'base64') return base64Octets(entity.body, witness);
  if (entity.encoding === 'quoted-printable') return quotedPrintableOctets(entity.body, witness);
  return entity.body;
}

/** A part, and the multiparts that it stands in, outermost first. */
export interface PlacedPart {
  readonly part: MimeEntity;
  readonly inside: readonly MimeEntity[];
}

/** All entities that have no parts of their own, in order. */
export function leafParts(entity: MimeEntity, inside: readonly MimeEntity[] = []): PlacedPart[] {
  if (entity.parts.length === 0) return [{ part: entity, inside }];
  const within = [...inside, entity];
  return entity.parts.flatMap((part) => leafParts(part, within));
}
