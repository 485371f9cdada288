/**
 * HTTP bodies of MM7: a SOAP document by itself, or a multipart/related whose root it is, with the content beside it.
 * TS 23.140 8.7.3; SOAP messages with attachments; RFC 2387.
 */
import { err, ok, type Result } from '#base';
import {
  decodeBody,
  fieldsOf,
  type MimeEntity,
  type MimeError,
  type MimeSource,
  mediaTypeText,
  readEntity,
  type Written,
  writeEntity,
} from '#codec/mime';
import { asDecodeError, type Mm7DecodeError, Refused } from './decode-error.js';
import type { Mm7Dialect } from './dialect.js';
import { decodeEnvelope, encodeEnvelope, type Mm7Envelope, type Mm7Reading } from './envelope.js';
import type { Mm7Message } from './messages.js';
import type { Mm7ToleranceName, Mm7Tolerated } from './tolerances.js';
import type { ContentReference } from './values.js';

/** What has been read of an HTTP body. */
export interface Mm7Packet extends Mm7Reading {
  /**
   * The content that the message came with: one part, or a multipart with parts of its own. Views into the body. Absent when the message has
   * none.
   */
  readonly content?: MimeEntity;
}

interface Parts {
  readonly root: MimeEntity;
  /** In order. */
  readonly others: readonly MimeEntity[];
}

/** Whether a part is the SOAP document for certain, before any part behind it is known. `start`: as the multipart says; absent: it says nothing. */
export const isRoot = (part: MimeEntity, start: string | undefined): boolean =>
  start === undefined ? isXml(part) : part.contentId === withoutBrackets(start);

const isXml = (entity: MimeEntity): boolean => /^(?:text|application)\/(?:soap\+)?xml$/.test(entity.type.media);
const withoutBrackets = (id: string): string => id.trim().replace(/^<(.*)>$/, '$1');

const LESS_THAN = 0x3c;
const BLANKS: ReadonlySet<number> = new Set([0x20, 0x09, 0x0d, 0x0a]);

/** Whether octets begin as a document does. */
function looksLikeXml(octets: Uint8Array): boolean {
  for (const octet of octets) if (!BLANKS.has(octet)) return octet === LESS_THAN;
  return false;
}

class Unpacking {
  readonly tolerated: Mm7Tolerated[] = [];

  tolerate(name: Mm7ToleranceName, path: string, detail = ''): void {
    this.tolerated.push({ name, path, detail });
  }

  /** The root and what stands beside it; a body that is no multipart is its own root. */
  partsOf(entity: MimeEntity): Parts {
    if (!entity.type.media.startsWith('multipart/')) return { root: entity, others: [] };
    if (entity.parts.length === 0) {
      if (!looksLikeXml(decodeBody(entity))) throw new Refused('bad-packaging', 'the multipart has no parts');
      this.tolerate('multipart-without-boundary', '');
      return { root: entity, others: [] };
    }
    const root = this.rootOf(entity);
    return { root, others: entity.parts.filter((part) => part !== root) };
  }

  private rootOf(entity: MimeEntity): MimeEntity {
    const start = entity.type.parameters['start'];
    const named = entity.parts.find((part) => start !== undefined && isRoot(part, start));
    if (named !== undefined) return named;
    if (start !== undefined || entity.parts[0] === undefined || !isXml(entity.parts[0]))
      this.tolerate('root-not-found-by-start', '', start ?? '');
    return entity.parts.find(isXml) ?? entity.parts[0]!;
  }

  contentOf(message: Mm7Message, others: readonly MimeEntity[]): MimeEntity | undefined {
    const reference: ContentReference | undefined = 'content' in message ? message.content : undefined;
    if (others.length === 0) {
      if (reference !== undefined) throw new Refused('missing-part', `${message.kind}/Content names a part that is not there`);
      return undefined;
    }
    if (!CARRIERS.has(message.kind)) return undefined;
    if (reference === undefined) {
      this.tolerate('missing-content', message.kind);
      return together(others);
    }
    const named = this.named(reference.href, others);
    if (named !== undefined) return this.besides(named, others);
    this.tolerate('href-without-match', `${message.kind}/Content`, reference.href);
    return together(others);
  }

  /** RFC 2392: the id behind cid: is percent-encoded; a blank behind the colon is an operator's own. */
  private named(href: string, parts: readonly MimeEntity[]): MimeEntity | undefined {
    const isId = /^cid:/i.test(href);
    const written = isId ? href.slice('cid:'.length).trim() : href.trim();
    const id = withoutBrackets(unescaped(written));
    const byId = parts.find((part) => part.contentId === id || part.contentId === written);
    const byLocation = parts.find((part) => part.contentLocation === id || part.contentLocation === written);
    const found = isId ? (byId ?? byLocation) : (byLocation ?? byId);
    if (found !== undefined && found !== (isId ? byId : byLocation)) this.tolerate('href-by-location', 'Content', href);
    return found;
  }

  private besides(named: MimeEntity, others: readonly MimeEntity[]): MimeEntity {
    if (others.length === 1) return named;
    if (named.type.media.startsWith('multipart/')) {
      this.tolerate('unnamed-parts', 'Content');
      return named;
    }
    this.tolerate('flat-parts', 'Content');
    return together(others);
  }
}

/** Messages that have content. */
const CARRIERS: ReadonlySet<string> = new Set(['SubmitReq', 'ReplaceReq', 'extendedReplaceReq', 'DeliverReq']);

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (e) {
    if (!(e instanceof URIError)) throw e;
    return text;
  }
}

const NO_OCTETS = new Uint8Array(0);
const PRESENTATION = 'application/smil';

/** Several parts as one multipart: related where there is a presentation, else mixed. */
function together(parts: readonly MimeEntity[]): MimeEntity {
  if (parts.length === 1) return parts[0]!;
  const presentation = parts.find((part) => part.type.media === PRESENTATION);
  const start = presentation?.contentId;
  return {
    fields: [],
    type: {
      media: presentation === undefined ? 'multipart/mixed' : 'multipart/related',
      parameters: { ...(presentation && { type: PRESENTATION }), ...(start !== undefined && { start: `<${start}>` }) },
    },
    encoding: 'binary',
    body: NO_OCTETS,
    offset: parts[0]!.offset,
    parts,
  };
}

/** What stands for the header fields of an HTTP body. `contentType`: value of the field; absent when there was none. */
export const bodyFields = (contentType: string | undefined) => [{ name: 'Content-Type', value: contentType ?? 'text/xml' }];

export const readSoap = (root: MimeEntity): Result<Mm7Reading, Mm7DecodeError> =>
  decodeEnvelope(decodeBody(root), root.type.parameters['charset']);

/** A refusal of a body of which this much has been read. */
export function refusedPacket(e: Refused, reading: Mm7Reading | undefined): Mm7DecodeError {
  if (reading === undefined) return asDecodeError(e, {});
  const { transactionId, message, dialect } = reading;
  return asDecodeError(e, { transactionId, operation: message.kind, dialect });
}

export const unreadableMultipart = (error: MimeError): Refused =>
  new Refused(error.kind === 'limit' ? 'limit' : 'bad-packaging', 'the multipart cannot be read');

/** The message in an HTTP body that has been taken apart. `soap`: what its root says; asked once. */
export function unpack(
  entity: MimeEntity,
  soap: (root: MimeEntity) => Result<Mm7Reading, Mm7DecodeError>,
): Result<Mm7Packet, Mm7DecodeError> {
  const unpacking = new Unpacking();
  let reading: Result<Mm7Reading, Mm7DecodeError> | undefined;
  try {
    const { root, others } = unpacking.partsOf(entity);
    reading = soap(root);
    if (!reading.ok) return reading;
    const content = unpacking.contentOf(reading.value.message, others);
    const tolerated = [...reading.value.tolerated, ...unpacking.tolerated];
    return ok({ ...reading.value, tolerated, ...(content && { content }) });
  } catch (e) {
    if (!(e instanceof Refused)) throw e;
    return err(refusedPacket(e, reading?.ok ? reading.value : undefined));
  }
}

/**
 * Reads an HTTP body. `contentType`: value of the header field; absent when there was none. On any octets a value comes back: the message,
 * or why there is none and with which status that is answered.
 */
export function decodePacket(contentType: string | undefined, body: Uint8Array): Result<Mm7Packet, Mm7DecodeError> {
  const entity = readEntity(bodyFields(contentType), body);
  return entity.ok ? unpack(entity.value, readSoap) : err(refusedPacket(unreadableMultipart(entity.error), undefined));
}

/** An HTTP body that has been written. */
export interface WrittenPacket extends Written {
  /** Value of the header field. */
  readonly contentType: string;
}

const ROOT_ID = 'mm7-message';
/** Content-ID of the content in what is written here. */
export const CONTENT_ID = 'mm7-content';
const XML = { media: 'text/xml', parameters: { charset: 'utf-8' } } as const;

/**
 * Writes an HTTP body. With `content` the message's Content element names it, and says `allowAdaptations` as the message does; without, the
 * message has no Content. Bodies are the caller's octets, not copies. Throws where the content's own fields cannot be written.
 */
export function encodePacket<M extends Mm7Message>(
  envelope: Mm7Envelope<M>,
  dialect: Mm7Dialect,
  content?: MimeSource,
): WrittenPacket {
  if (content === undefined) {
    const octets = encodeEnvelope(envelope, dialect);
    return { contentType: mediaTypeText(XML), pieces: [octets], octets: octets.length };
  }
  const message = {
    ...envelope.message,
    content: { ...('content' in envelope.message && envelope.message.content), href: `cid:${CONTENT_ID}` },
  };
  const written = writeEntity(
    {
      kind: 'multipart',
      type: { media: 'multipart/related', parameters: { type: XML.media, start: `<${ROOT_ID}>` } },
      parts: [
        {
          kind: 'leaf',
          type: XML,
          contentId: ROOT_ID,
          data: encodeEnvelope({ ...envelope, message: message as Mm7Message }, dialect),
        },
        { ...content, contentId: CONTENT_ID },
      ],
    },
    'binary',
  );
  if (!written.ok) throw new Error(`content cannot be written: ${written.error.text}`);
  const contentType = fieldsOf(written.value.fields, 'Content-Type')[0]!;
  return { contentType, pieces: written.value.pieces, octets: written.value.octets };
}
