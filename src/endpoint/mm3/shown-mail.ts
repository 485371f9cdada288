/**
 * Content of a message as a mail that every client shows: the texts first, as one, with an HTML twin in which the pictures stand where the
 * presentation has them; pictures beside it as related parts; everything else as an attachment. The presentation itself stays at home: its order
 * is in the mail, and no mail program could read it. Octets of attachments are never touched; texts that are shown get the line ends of mail.
 */

import { ByteReader, Malformed } from '#base';
import type { LeafSource, MimeSource } from '#codec/mime';
import { decodeText, isMultipart, type Part, readContentType, readMultipart } from '#codec/wsp';
import { safeName } from './mail-content.js';
import { smilReferences } from './smil.js';

const SMIL_TYPES: readonly string[] = ['application/smil', 'application/smil+xml'];
const isSmil = ({ contentType }: Part): boolean => SMIL_TYPES.includes(contentType.media);
/** Pictures that mail programs show. */
const SHOWN_IMAGES: readonly string[] = ['image/jpeg', 'image/jpg', 'image/png', 'image/gif', 'image/webp'];
const ENDINGS: Readonly<Record<string, string>> = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/gif': 'gif',
  'audio/amr': 'amr',
  'video/3gpp': '3gp',
  'video/mp4': 'mp4',
  'text/x-vcard': 'vcf',
  'text/vcard': 'vcf',
  'text/plain': 'txt',
};

const withoutBrackets = (id: string): string => id.replace(/^<|>$/g, '');

/** Whether a reference of the presentation means the part. */
function isMeant(reference: string, part: Part): boolean {
  if (reference.toLowerCase().startsWith('cid:')) return withoutBrackets(part.contentId ?? '') === reference.slice(4);
  return (
    part.contentLocation === reference ||
    part.contentType.parameters['name'] === reference ||
    withoutBrackets(part.contentId ?? '') === reference
  );
}

/** The parts without the presentation: those that it names, in its order, and the others in the order of the content. */
function placed(parts: readonly Part[]): { readonly named: readonly Part[]; readonly others: readonly Part[] } {
  const smil = parts.find(isSmil);
  const others = parts.filter((part) => !isSmil(part));
  if (smil === undefined) return { named: [], others };
  const text = decodeText(smil.data, smil.contentType.parameters['charset'] ?? 'utf-8');
  const named: Part[] = [];
  for (const reference of smilReferences(text)) {
    const part = others.find((one) => isMeant(reference, one) && !named.includes(one));
    if (part !== undefined) named.push(part);
  }
  return { named, others: others.filter((part) => !named.includes(part)) };
}

/** The parts without the presentation, in its order; what it does not name comes last, in the order of the content. */
export function inOrder(parts: readonly Part[]): readonly Part[] {
  const { named, others } = placed(parts);
  return [...named, ...others];
}

/** The parts of stored content; undefined where it cannot be taken apart. */
export function partsOf(content: Uint8Array): readonly Part[] | undefined {
  try {
    const reader = new ByteReader(content);
    const type = readContentType(reader);
    if (!isMultipart(type)) return [{ contentType: type, headers: [], data: reader.rest() }];
    return reader.remaining === 0 ? [] : readMultipart(reader);
  } catch (e) {
    if (e instanceof Malformed) return undefined;
    throw e;
  }
}

const isPlainText = ({ contentType }: Part): boolean => contentType.media === 'text/plain';

const isAttached = ({ headers }: Part): boolean =>
  headers.some(({ name, value }) => name.toLowerCase() === 'content-disposition' && /^attachment\b/i.test(value));

/** Texts that are shown; the others are files: those that say so, and where the presentation shows a text, those that it does not. */
function bodyTexts(parts: readonly Part[]): ReadonlySet<Part> {
  const { named, others } = placed(parts);
  const isShown = (part: Part): boolean => isPlainText(part) && !isAttached(part);
  const shown = named.filter(isShown);
  return new Set(shown.length > 0 ? shown : others.filter(isShown));
}
const isShownImage = ({ contentType }: Part): boolean => SHOWN_IMAGES.includes(contentType.media);

const textOf = ({ contentType, data }: Part): string =>
  decodeText(data, contentType.parameters['charset'] ?? 'utf-8')
    .replaceAll('\r\n', '\n')
    .replaceAll('\r', '\n')
    .replaceAll('\0', '');

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text.replaceAll('\n', '\r\n'));

/** A part of the mail that is no body text. */
function fileOf(part: Part, number: number, kind: 'inline' | 'attachment', contentId?: string): LeafSource {
  const { media, parameters } = part.contentType;
  const wish = safeName(parameters['name'] ?? part.contentLocation ?? '');
  const filename = wish === '' ? `part${number}.${ENDINGS[media] ?? 'bin'}` : wish;
  const { name: _, type: __, start: ___, ...others } = parameters;
  return {
    kind: 'leaf',
    type: {
      media: isMultipart(part.contentType) ? 'application/octet-stream' : media,
      parameters: { ...others, name: filename },
    },
    ...(contentId === undefined ? {} : { contentId }),
    disposition: { kind, parameters: { filename } },
    // A line end of quoted-printable is one of mail: what has others is safe from it in base64 only. RFC 2045 6.7.
    ...(media.startsWith('text/') &&
      OTHER_LINE_END.test(Buffer.from(part.data).toString('latin1')) && { encoding: 'base64' as const }),
    data: part.data,
  };
}

/** CR or LF alone. */
const OTHER_LINE_END = /\r(?!\n)|(?<!\r)\n/;

const text = (media: string, words: string): LeafSource => ({
  kind: 'leaf',
  type: { media, parameters: { charset: 'utf-8' } },
  data: utf8(words),
});
const multipart = (
  media: string,
  parts: readonly MimeSource[],
  parameters: Readonly<Record<string, string>> = {},
): MimeSource => ({
  kind: 'multipart',
  type: { media, parameters },
  parts,
});

/** The HTML twin: texts and pictures where they stand. */
function htmlOf(parts: readonly Part[], texts: ReadonlySet<Part>, ids: ReadonlyMap<Part, string>): string {
  const body = parts
    .flatMap((part) => {
      if (texts.has(part)) return [`<p>${escaped(textOf(part)).replaceAll('\n', '<br>\n')}</p>`];
      const id = ids.get(part);
      return id === undefined ? [] : [`<p><img src="cid:${id}" alt=""></p>`];
    })
    .join('\n');
  return `<!DOCTYPE html>\n<html><head><meta charset="utf-8"></head><body>\n${body}\n</body></html>\n`;
}

/** The body of the mail. `token` makes Content-IDs that no other mail has: two letters and digits of ASCII, a domain behind it. */
export function shownMail(content: readonly Part[], token: string, domain: string): MimeSource {
  const parts = inOrder(content);
  const texts = bodyTexts(content);
  const words = parts
    .filter((part) => texts.has(part))
    .map(textOf)
    .join('\n\n');
  const images = parts.filter(isShownImage);
  const ids = new Map(images.map((part, i) => [part, `${i + 1}.${token}@${domain}`] as const));
  const numberOf = (part: Part): number => parts.indexOf(part) + 1;
  const attachments = parts
    .filter((part) => !texts.has(part) && !isShownImage(part))
    .map((part) => fileOf(part, numberOf(part), 'attachment'));
  const plain = text('text/plain', words === '' ? '' : `${words}\n`);
  const shown: MimeSource =
    images.length === 0
      ? plain
      : multipart(
          'multipart/related',
          [
            multipart('multipart/alternative', [plain, text('text/html', htmlOf(parts, texts, ids))]),
            ...images.map((part) => fileOf(part, numberOf(part), 'inline', ids.get(part))),
          ],
          { type: 'multipart/alternative' },
        );
  return attachments.length === 0 ? shown : multipart('multipart/mixed', [shown, ...attachments]);
}
