/**
 * Content as it is stored (the form of MM1: Content-Type value and body of WSP) and content as MIME. TS 26.140, RFC 2387.
 *
 * Data of parts are never touched, but for texts in UTF-16 on their way to mail, which has no lines of them (RFC 4356 2.1.1). Content that
 * comes as MIME becomes flat: parts of inner multiparts take their place, and of alternatives there is one text.
 */
import { LIMITS, Malformed, type Result, type Witness } from '#base';
import { type ContentType, encodeMultipart, type Header, multipartPieces, type PartSource } from '#codec/wsp';
import { doorOf } from './fault.js';
import { dispositionText } from './media-type.js';
import type { MimeEntity, MimeError } from './model.js';
import { bareContentId, decodeBody } from './reader.js';
import { tolerate } from './tolerances.js';

const RELATED = 'application/vnd.wap.multipart.related';
const MIXED = 'application/vnd.wap.multipart.mixed';
/** Names under which presentations come; the first is the one of TS 26.140. */
const PRESENTATIONS: readonly string[] = ['application/smil', 'application/smil+xml'];
const OCTETS = 'application/octet-stream';
/** Content-ID of a presentation that came without. */
const ROOT_ID = 'presentation';

/** Fields of a part that are said in another way in WSP, or that say nothing there. */
const TRANSLATED: readonly string[] = [
  'content-type',
  'content-transfer-encoding',
  'content-id',
  'content-location',
  'content-disposition',
  'content-length',
  'content-md5',
  'mime-version',
];

/** Content made of a MIME entity. */
export interface ContentFromMime {
  /** Content-Type value and body, as they are stored and handed to handsets. The caller's own. */
  readonly octets: Uint8Array<ArrayBuffer>;
  /** Always a WSP multipart: related where there is a presentation, else mixed. */
  readonly type: ContentType;
  /** In order, transfer encodings undone. */
  readonly parts: readonly PartSource[];
}

/** The same in pieces that follow each other: data of parts are those of the entity where it has them in pieces. */
export interface ContentInPieces {
  readonly pieces: readonly Uint8Array[];
  /** All pieces together. */
  readonly octets: number;
  /** As in `ContentFromMime`. */
  readonly type: ContentType;
}

const isMultipartEntity = ({ type }: MimeEntity): boolean => type.media.startsWith('multipart/');
const isTextual = ({ type }: MimeEntity): boolean => type.media.startsWith('text/');
const isPresentation = ({ type }: MimeEntity): boolean => PRESENTATIONS.includes(type.media);

const isBodyless = ({ body, pieces }: MimeEntity): boolean => body.length === 0 && (pieces ?? []).length === 0;

/** Whether what a reader sees of this alternative is plain text. */
function isPlain(entity: MimeEntity): boolean {
  if (entity.type.media === 'text/plain') return true;
  return entity.parts.length > 0 && entity.parts.some(isPlain);
}

/**
 * Of alternatives the plain text, as every phone shows it, and what the others hold beside their texts: some mail programs put the pictures and
 * attachments of a message into its HTML alternative. Without a plain text the last one, which is the best by RFC 2046 5.1.4.
 */
function chosen(alternatives: readonly MimeEntity[]): MimeEntity[] {
  const plain = alternatives.find(isPlain);
  if (plain === undefined) return flat(alternatives.slice(-1));
  return alternatives.flatMap((one) => (one === plain ? flat([one]) : flat([one]).filter((leaf) => !isTextual(leaf))));
}

/** The entities without parts, in order; a multipart that could not be taken apart is one of them. */
function flat(entities: readonly MimeEntity[]): MimeEntity[] {
  return entities.flatMap((entity) => {
    if (entity.parts.length === 0) return [entity];
    return entity.type.media === 'multipart/alternative' ? chosen(entity.parts) : flat(entity.parts);
  });
}

/** What the content consists of. */
function leavesOf(entity: MimeEntity, witness: Witness | undefined): readonly MimeEntity[] {
  if (!isMultipartEntity(entity)) return isBodyless(entity) ? [] : [entity];
  if (entity.parts.length === 0 && !isBodyless(entity))
    throw new Malformed(entity.offset, 'a multipart without parts', 'RFC 2046 5.1.1');
  const inner = entity.parts.find(isMultipartEntity);
  if (inner !== undefined) tolerate(witness, 'nested-multipart', inner.offset, `${inner.type.media} inside the content`);
  return flat([entity]);
}

const nameOf = ({ type, disposition }: MimeEntity): string | undefined =>
  type.parameters['name'] ?? disposition?.parameters['filename'];

/** The presentation: the part that `start` names, else the first that is one. RFC 2387 3.2. */
function rootOf(entity: MimeEntity, leaves: readonly MimeEntity[], witness: Witness | undefined): MimeEntity | undefined {
  const presentations = leaves.filter(isPresentation);
  const start = entity.type.parameters['start'];
  if (start !== undefined && presentations.length > 0) {
    const id = bareContentId(start);
    if (id === start) tolerate(witness, 'bare-content-id', entity.offset, 'a start parameter without brackets');
    const named = presentations.find(({ contentId }) => contentId === id);
    if (named !== undefined) return named;
    tolerate(witness, 'root-not-found', entity.offset, 'no presentation has the Content-ID that start says');
    return presentations.find((leaf) => leaf.contentLocation === id || nameOf(leaf) === id) ?? presentations[0];
  }
  return presentations[0];
}

/** Content-ID and Content-Location are header fields of the entry as well. */
const HEADERS_BESIDE = 2;

/** The fields of a part that WSP has no other place for. Of a message its own fields are left out. */
function headersOf(entity: MimeEntity, whole: boolean): Header[] {
  const kept = entity.fields.filter(({ name }) => {
    const lower = name.toLowerCase();
    return !TRANSLATED.includes(lower) && (!whole || lower.startsWith('content-'));
  });
  const { disposition } = entity;
  return [
    ...(disposition === undefined ? [] : [{ name: 'Content-Disposition', value: dispositionText(disposition) }]),
    ...kept.map(({ name, value }) => ({ name, value })),
  ].slice(0, LIMITS.partHeadersMax - HEADERS_BESIDE);
}

/** One entry of the WSP multipart, without its data. Phones look for what a presentation names by Content-Location, so that one without gets its name as such. */
function entryOf(entity: MimeEntity, whole: boolean, id: string | undefined): Omit<PartSource, 'data'> {
  const name = nameOf(entity);
  const { boundary: _, ...parameters } = entity.type.parameters;
  const hasRoom = Object.keys(parameters).length < LIMITS.parametersMax;
  const named = parameters['name'] === undefined && name !== undefined && hasRoom ? { ...parameters, name } : parameters;
  const location = entity.contentLocation ?? name;
  return {
    // Phones would look for WSP's own form in a part that says it is a multipart.
    contentType: { media: isMultipartEntity(entity) ? OCTETS : entity.type.media, parameters: named },
    ...(id === undefined ? {} : { contentId: `<${id}>` }),
    ...(location === undefined ? {} : { contentLocation: location }),
    headers: headersOf(entity, whole),
  };
}

/** A Content-ID for a root that has none, which no other part has. */
function freshId(leaves: readonly MimeEntity[]): string {
  let id = ROOT_ID;
  while (leaves.some(({ contentId }) => contentId === id)) id += '-';
  return id;
}

/** What the content consists of, in order, and what it is as a whole. */
interface Plan {
  readonly type: ContentType;
  readonly entries: readonly (readonly [entry: Omit<PartSource, 'data'>, leaf: MimeEntity])[];
}

function planOf(entity: MimeEntity, witness: Witness | undefined): Plan {
  const leaves = leavesOf(entity, witness);
  const root = rootOf(entity, leaves, witness);
  if (root !== undefined && entity.type.media === 'multipart/mixed')
    tolerate(witness, 'smil-in-mixed', root.offset, 'a presentation inside multipart/mixed');
  const rootId = root && (root.contentId ?? freshId(leaves));
  const whole = !isMultipartEntity(entity);
  const type: ContentType =
    root === undefined
      ? { media: MIXED, parameters: {} }
      : { media: RELATED, parameters: { type: root.type.media, start: `<${rootId}>` } };
  return { type, entries: leaves.map((leaf) => [entryOf(leaf, whole, leaf === root ? rootId : leaf.contentId), leaf]) };
}

/**
 * The content of a message that came as MIME. Data of parts are the octets that the sender meant, unchanged. A message without any body has
 * no parts. Err on a multipart of which no part could be found.
 */
export const mimeToContent = (entity: MimeEntity, witness?: Witness): Result<ContentFromMime, MimeError> =>
  doorOf(() => {
    const { type, entries } = planOf(entity, witness);
    const parts = entries.map(([entry, leaf]) => ({ ...entry, data: decodeBody(leaf, witness) }));
    return { octets: encodeMultipart(parts, type), type, parts };
  });

/** As `mimeToContent`, without putting the octets together: of an entity that was read in pieces they are never held twice. */
export const mimeToPieces = (entity: MimeEntity): Result<ContentInPieces, MimeError> =>
  doorOf(() => {
    const { type, entries } = planOf(entity, undefined);
    const parts = entries.map(([entry, leaf]) => ({ ...entry, data: leaf.pieces ?? [decodeBody(leaf)] }));
    return { ...multipartPieces(parts, type), type };
  });
