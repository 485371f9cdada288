/** What handsets put into messages: media types by the content's first octets or the file's name, and what SMIL calls them. */

/** The element of a slide that shows a medium; `none`: it is sent along and not shown. */
export type SlideElement = 'img' | 'video' | 'audio' | 'text' | 'none';

interface Medium {
  readonly media: string;
  /** The first one is written when a part has no name. */
  readonly extensions: readonly string[];
  /** True for the first octets of such a file; absent: only the name tells. */
  readonly begins?: (head: Head) => boolean;
}

/** The first octets of a file. */
interface Head {
  at(offset: number, text: string): boolean;
}

/** The brand of an ISO base media file says which of its kinds it is. ISO/IEC 14496-12 4.3. */
const brand = (head: Head, ...brands: string[]): boolean => head.at(4, 'ftyp') && brands.some((it) => head.at(8, it));

/** Checked from top to bottom: the particular before the general. */
const MEDIA: readonly Medium[] = [
  { media: 'image/jpeg', extensions: ['jpg', 'jpeg', 'jpe'], begins: (head) => head.at(0, '\xff\xd8\xff') },
  { media: 'image/png', extensions: ['png'], begins: (head) => head.at(0, '\x89PNG\r\n\x1a\n') },
  { media: 'image/gif', extensions: ['gif'], begins: (head) => head.at(0, 'GIF87a') || head.at(0, 'GIF89a') },
  { media: 'image/webp', extensions: ['webp'], begins: (head) => head.at(0, 'RIFF') && head.at(8, 'WEBP') },
  { media: 'image/vnd.wap.wbmp', extensions: ['wbmp'] },
  { media: 'image/bmp', extensions: ['bmp'] },
  { media: 'image/heic', extensions: ['heic', 'heif'], begins: (head) => brand(head, 'heic', 'heix', 'mif1') },
  { media: 'image/svg+xml', extensions: ['svg'] },
  { media: 'audio/amr', extensions: ['amr'], begins: (head) => head.at(0, '#!AMR\n') },
  { media: 'audio/amr-wb', extensions: ['awb'], begins: (head) => head.at(0, '#!AMR-WB\n') },
  { media: 'audio/mpeg', extensions: ['mp3'], begins: (head) => head.at(0, 'ID3') },
  { media: 'audio/mp4', extensions: ['m4a'], begins: (head) => brand(head, 'M4A ', 'M4B ') },
  { media: 'audio/aac', extensions: ['aac'] },
  { media: 'audio/wav', extensions: ['wav'], begins: (head) => head.at(0, 'RIFF') && head.at(8, 'WAVE') },
  { media: 'audio/ogg', extensions: ['ogg', 'oga', 'opus'], begins: (head) => head.at(0, 'OggS') },
  { media: 'audio/midi', extensions: ['mid', 'midi'], begins: (head) => head.at(0, 'MThd') },
  { media: 'video/3gpp', extensions: ['3gp', '3gpp'], begins: (head) => brand(head, '3gp', '3gr', '3gs') },
  { media: 'video/3gpp2', extensions: ['3g2'], begins: (head) => brand(head, '3g2') },
  { media: 'video/quicktime', extensions: ['mov'], begins: (head) => brand(head, 'qt  ') },
  { media: 'video/mp4', extensions: ['mp4', 'm4v'], begins: (head) => head.at(4, 'ftyp') },
  { media: 'video/webm', extensions: ['webm'] },
  { media: 'text/x-vcard', extensions: ['vcf'], begins: (head) => head.at(0, 'BEGIN:VCARD') },
  { media: 'text/x-vcalendar', extensions: ['vcs', 'ics'], begins: (head) => head.at(0, 'BEGIN:VCALENDAR') },
  { media: 'text/html', extensions: ['html', 'htm'] },
  { media: 'text/plain', extensions: ['txt', 'text', 'log', 'md'] },
  { media: 'application/smil', extensions: ['smil', 'smi'] },
  { media: 'application/pdf', extensions: ['pdf'], begins: (head) => head.at(0, '%PDF-') },
];

const UNKNOWN = 'application/octet-stream';

/** Media type of a file: by its content where that is unmistakable, else by the extension of `name`, else `application/octet-stream`. */
export function mediaTypeOf(name: string, data: Uint8Array): string {
  const head: Head = {
    at: (offset, text) => {
      for (let i = 0; i < text.length; i++) if (data[offset + i] !== text.charCodeAt(i)) return false;
      return true;
    },
  };
  const extension = /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? '';
  const found = MEDIA.find((it) => it.begins?.(head)) ?? MEDIA.find((it) => it.extensions.includes(extension));
  return found?.media ?? UNKNOWN;
}

/** The extension for files of `media`, without dot; `bin` when we have none. */
export const extensionOf = (media: string): string => MEDIA.find((it) => it.media === media)?.extensions[0] ?? 'bin';

/** How a slide shows `media`. Cards and calendars are text by name only. */
export function slideElementOf(media: string): SlideElement {
  if (media === 'text/plain') return 'text';
  if (media.startsWith('image/')) return 'img';
  if (media.startsWith('video/')) return 'video';
  if (media.startsWith('audio/')) return 'audio';
  return 'none';
}
