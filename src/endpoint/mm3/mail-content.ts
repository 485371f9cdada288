/**
 * A mail as content for phones: the text that a reader would see, pictures and attachments as they are, and a presentation that shows them. What a
 * phone can do nothing with, or must not be sent, is left out and named in a notice. Size is not reduced here: that is content adaptation's.
 */
import { decodeBody, leafParts, type MimeEntity } from '#codec/mime';
import { charsetMib, decodeText, encodeMultipart, type PartSource } from '#codec/wsp';
import { htmlText } from './html-text.js';
import { makeSmil } from './smil.js';

/** Types that no phone shows, and that are not attachments in the eyes of who sent them. */
const LEFT_OUT: readonly string[] = [
  'application/ms-tnef',
  'application/pgp-signature',
  'application/pgp-encrypted',
  'application/pkcs7-signature',
  'application/x-pkcs7-signature',
  'text/calendar',
  'text/x-amp-html',
  'application/ics',
];
/** Endings of names of programs and of documents that are programs. Source: the lists by which mail servers of large providers refuse attachments. */
const DANGEROUS: readonly string[] = [
  'ade',
  'adp',
  'apk',
  'app',
  'bat',
  'chm',
  'cmd',
  'com',
  'cpl',
  'dll',
  'dmg',
  'docm',
  'exe',
  'hta',
  'iso',
  'jar',
  'js',
  'jse',
  'lnk',
  'msc',
  'msi',
  'msp',
  'pif',
  'ps1',
  'reg',
  'scr',
  'sct',
  'vb',
  'vbe',
  'vbs',
  'wsf',
  'wsh',
  'xlsm',
];
/** A GIF of this or fewer octets is a pixel that counts readers, or a blank. Source: the smallest GIF has 35, one of 2 by 2 points has 50. */
const PIXEL_OCTETS_MAX = 60;
const SMIL_TYPE = 'application/smil';
const ROOT_ID = '<smil>';
const NAME_CHARACTERS_MAX = 60;

/** What of a mail becomes content, and how. */
export interface MailContentWishes {
  /** Characters of text, all together. */
  readonly textMax: number;
  readonly cutNotice: string;
}

export interface MailContent {
  /** Content-Type value and body of WSP. */
  readonly octets: Uint8Array<ArrayBuffer>;
  readonly media: string;
  /** Parts that were left out, by their type or name; for the log of the message, not for a log file. */
  readonly leftOut: readonly string[];
}

const nameOf = ({ type, disposition, contentLocation }: MimeEntity): string | undefined =>
  disposition?.parameters['filename'] ?? type.parameters['name'] ?? contentLocation;

const isAttachment = ({ disposition }: MimeEntity): boolean => disposition?.kind === 'attachment';
const isMedia = ({ type }: MimeEntity, media: string): boolean => type.media === media;

/** Text that is shown as part of the mail. */
const isBodyText = (part: MimeEntity): boolean =>
  (isMedia(part, 'text/plain') || isMedia(part, 'text/html')) && !isAttachment(part);

function isLeftOut(part: MimeEntity): boolean {
  const ending = nameOf(part)?.toLowerCase().split('.').at(-1) ?? '';
  return (
    LEFT_OUT.includes(part.type.media) ||
    DANGEROUS.includes(ending) ||
    isPixel(part) ||
    part.type.media === 'message/delivery-status'
  );
}

const isPixel = (part: MimeEntity): boolean => part.type.media === 'image/gif' && decodeBody(part).length <= PIXEL_OCTETS_MAX;

/** Of alternatives the plain text, if it says anything, else the HTML; whatever else stands in them is kept. */
function alternativesResolved(message: MimeEntity): readonly MimeEntity[] {
  const placed = leafParts(message);
  const dropped = new Set<MimeEntity>();
  for (const { inside } of placed)
    for (const multipart of inside.filter(({ type }) => type.media === 'multipart/alternative')) {
      const texts = leafParts(multipart)
        .map(({ part }) => part)
        .filter(isBodyText);
      const plain = texts.find((part) => isMedia(part, 'text/plain') && textOf(part).trim() !== '');
      const kept = plain ?? texts.find((part) => isMedia(part, 'text/html')) ?? texts[0];
      for (const text of texts) if (text !== kept) dropped.add(text);
    }
  return placed.map(({ part }) => part).filter((part) => !dropped.has(part));
}

/** The text of a part as a reader sees it; lines end in CR LF. */
function textOf(part: MimeEntity): string {
  const text = decodeText(decodeBody(part), charsetOf(part));
  if (isMedia(part, 'text/html')) return htmlText(text);
  const lines = text.replaceAll('\r\n', '\n').replaceAll('\r', '\n').split('\n');
  return (part.type.parameters['format']?.toLowerCase() === 'flowed' ? unflowed(lines, part) : lines).join('\r\n').trimEnd();
}

/** Mail without a charset, or with one that is not known here, is UTF-8 as often as not; what is none is still readable. */
function charsetOf({ type }: MimeEntity): string {
  const charset = type.parameters['charset'];
  return charset === undefined || charsetMib(charset) === undefined ? 'utf-8' : charset;
}

/** Lines that end in a blank go on in the next one. RFC 3676 4. */
function unflowed(lines: readonly string[], { type }: MimeEntity): string[] {
  const joined: string[] = [];
  let open = false;
  for (const written of lines) {
    const line = written.startsWith(' ') ? written.slice(1) : written;
    const flows = line.endsWith(' ') && line !== '-- ';
    const text = flows && type.parameters['delsp']?.toLowerCase() === 'yes' ? line.slice(0, -1) : line;
    if (open) joined[joined.length - 1] += text;
    else joined.push(text);
    open = flows;
  }
  return joined.map((line) => line.trimEnd());
}

/** A name that a presentation can refer to and a phone can save under: no folders, no controls. */
export function safeName(name: string): string {
  const last = name.split(/[/\\]/).at(-1)!;
  const clean = [...last]
    .filter((c) => c.charCodeAt(0) >= 0x20 && !'<>:"|?*\x7f'.includes(c))
    .join('')
    .trim();
  const dotless = clean.replace(/^\.+/, '');
  return dotless.length <= NAME_CHARACTERS_MAX ? dotless : dotless.slice(-NAME_CHARACTERS_MAX);
}

const ENDINGS: Readonly<Record<string, string>> = {
  'text/plain': 'txt',
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/gif': 'gif',
  'audio/amr': 'amr',
  'video/3gpp': '3gp',
  'video/mp4': 'mp4',
};

/** Names that differ from each other. */
class Names {
  private readonly taken = new Set<string>(['smil.xml']);
  private count = 0;

  name(wish: string | undefined, media: string): string {
    const number = ++this.count;
    const own = wish === undefined ? '' : safeName(wish);
    const name = own === '' ? `part${number}.${ENDINGS[media] ?? 'bin'}` : own;
    const free = this.taken.has(name.toLowerCase()) ? `${number}-${name}` : name;
    this.taken.add(free.toLowerCase());
    return free;
  }
}

class ContentMaker {
  readonly parts: PartSource[] = [];
  readonly leftOut: string[] = [];
  private readonly names = new Names();
  private readonly wishes: MailContentWishes;
  private characters = 0;

  constructor(wishes: MailContentWishes) {
    this.wishes = wishes;
  }

  /** `isShown`: it is text that a reader sees as the mail's own. */
  take(part: MimeEntity, isShown: boolean): void {
    if (isShown) this.text(textOf(part), nameOf(part));
    else if (isLeftOut(part)) this.leftOut.push(nameOf(part) ?? part.type.media);
    // A presentation of the mail's own names parts that may not be there any more: a new one is made.
    else if (!isMedia(part, SMIL_TYPE)) this.attachment(part);
  }

  private text(text: string, name: string | undefined): void {
    const { textMax, cutNotice } = this.wishes;
    if (text.trim() === '' || this.characters >= textMax) return;
    const room = textMax - this.characters;
    const kept = text.length <= room ? text : `${text.slice(0, wholeEnd(text, room))} ${cutNotice}`;
    this.characters += Math.min(text.length, room);
    this.add('text/plain', { charset: 'utf-8' }, name, new TextEncoder().encode(kept));
  }

  private attachment(part: MimeEntity): void {
    const { boundary: _, name: __, ...parameters } = part.type.parameters;
    this.add(part.type.media, parameters, nameOf(part), decodeBody(part));
  }

  private add(media: string, parameters: Readonly<Record<string, string>>, wish: string | undefined, data: Uint8Array): void {
    const name = this.names.name(wish, media);
    this.parts.push({ contentType: { media, parameters: { ...parameters, name } }, contentLocation: name, data });
  }
}

/** Not between the halves of a character. */
const wholeEnd = (text: string, end: number): number => ((text.charCodeAt(end - 1) & 0xfc00) === 0xd800 ? end - 1 : end);

/** The content that phones get for a mail. Parts keep their octets, but for the text that is the mail's own, which becomes UTF-8 with lines of mail. */
export function mailContent(message: MimeEntity, wishes: MailContentWishes): MailContent {
  const maker = new ContentMaker(wishes);
  const found = alternativesResolved(message);
  // A text with a file name, beside one that has none, is a file that the mail program shows at once: it is kept as it is.
  const isOwn = (part: MimeEntity): boolean => isBodyText(part) && part.disposition?.parameters['filename'] === undefined;
  const hasOwn = found.some((part) => isOwn(part) && textOf(part).trim() !== '');
  for (const part of found) maker.take(part, hasOwn ? isOwn(part) : isBodyText(part));
  const { parts, leftOut } = maker;
  const smil: PartSource = {
    contentType: { media: SMIL_TYPE, parameters: { charset: 'utf-8', name: 'smil.xml' } },
    contentId: ROOT_ID,
    contentLocation: 'smil.xml',
    data: new TextEncoder().encode(
      makeSmil(parts.map(({ contentType, contentLocation }) => ({ media: contentType.media, src: contentLocation! }))),
    ),
  };
  const media = 'application/vnd.wap.multipart.related';
  const octets = encodeMultipart([smil, ...parts], { media, parameters: { type: SMIL_TYPE, start: ROOT_ID } });
  return { octets, media, leftOut };
}
