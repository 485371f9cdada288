/** Message bodies, and what an independent reader must find in them. */
import { type Content, makeContent } from '#codec/mms';
import { type ContentType, encodeMultipart, type PartSource } from '#codec/wsp';
import type { Node } from './dissect.js';
import { shownText } from './samples.js';

/** A part as tshark finds it. */
export interface FoundPart {
  readonly type: string;
  /** By tshark's names of them, as shown. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Content-Id, Content-Location and the others, by tshark's names of them. */
  readonly headers: Readonly<Record<string, string>>;
  /** Hexadecimal. */
  readonly data?: string;
  readonly parts?: readonly FoundPart[];
}

export interface ContentSample {
  readonly title: string;
  readonly content: Content;
  readonly found: FoundPart;
}

const endOf = (node: Node): number => node.position + node.size;

/** Parameters of a Content-Type field or of Content-Disposition. `wsp.parameter.type` only repeats which one follows. */
const parametersOf = (node: Node): Readonly<Record<string, string>> =>
  Object.fromEntries(
    node.children
      .filter((it) => it.name.startsWith('wsp.parameter.') && it.name !== 'wsp.parameter.type')
      .map((it) => [it.name.slice('wsp.parameter.'.length), it.show]),
  );

function headersOf(headers: Node | undefined): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  let name = '';
  for (const { name: field, show, showname } of headers?.children ?? []) {
    if (field === 'wsp.header.name_string') name = show;
    else if (field === 'wsp.header_text_value') name = showname.slice(0, showname.indexOf(':'));
    else if (field.startsWith('wsp.header.')) name = field.slice('wsp.header.'.length);
    else continue;
    if (field !== 'wsp.header.name_string') found[name] = show;
  }
  return found;
}

/** A part, or the whole body, whose Content-Type field and data stand below `node`. `end`: where its data end. */
function readEntry(node: Node): FoundPart {
  const type = node.children.find((it) => it.name === 'wsp.header.content_type')!;
  const headers = node.children.find((it) => it.name === 'wsp.headers');
  const body = node.children.find((it) => it.name === 'wsp.post.data') ?? node;
  const parts = body.children
    .filter((it) => it.show === 'Multipart body')
    .flatMap((it) => it.children.filter((part) => part.name === 'wsp.multipart'));
  const common = { type: type.show, parameters: parametersOf(type), headers: headersOf(headers) };
  if (parts.length > 0) return { ...common, parts: parts.map(readEntry) };
  const start = endOf(headers ?? type);
  return { ...common, data: node.octets.subarray(start - node.position, node.size).toString('hex') };
}

/** The content of a message as tshark found it below its MMS tree. Absent when there is none. */
export const foundContent = (mmse: Node): FoundPart | undefined =>
  mmse.children.some((it) => it.name === 'wsp.header.content_type') ? readEntry(mmse) : undefined;

const type = (media: string, parameters: Readonly<Record<string, string>> = {}): ContentType => ({ media, parameters });
const octetsOf = (data: string | Uint8Array): Buffer => Buffer.from(data as string);

const SMIL = '<smil><body><par dur="5s"><text src="t"/></par></body></smil>';
const PHRASE = 'Straße, 写真, \u{1f4f7}';
const PNG = Buffer.from(
  '89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360f8cfc00000030101006f5a2ea50000000049454e44ae426082',
  'hex',
);

const sample = (title: string, parts: readonly PartSource[], media: ContentType, found: FoundPart): ContentSample => ({
  title,
  content: makeContent(parts, media),
  found,
});
const hexOf = (data: string | Uint8Array): string => octetsOf(data).toString('hex');

const BIG = Buffer.alloc(70_000, 'Lorem ipsum dolor sit amet. ');
const RELATED = 'application/vnd.wap.multipart.related';
const MIXED = 'application/vnd.wap.multipart.mixed';
const ALTERNATIVE = 'application/vnd.wap.multipart.alternative';

const inner: readonly PartSource[] = [
  { contentType: type('text/plain', { charset: 'utf-8' }), contentId: '<plain>', data: octetsOf(PHRASE) },
  { contentType: type('text/html', { charset: 'utf-8' }), contentId: '<html>', data: octetsOf('<p>x</p>') },
];

/**
 * The inner multipart by hand, for tshark shows it whole: two parts; lengths of headers and data; Content-Type of a length, text/plain (3) or
 * text/html (2), charset (1) UTF-8 (106); Content-ID (0x40) as a Quoted-string; data. WAP-230 8.5.
 */
const INNER_HEX = [
  '02',
  `0e${octetsOf(PHRASE).length.toString(16)}038381eac022${hexOf('<plain>\0')}${hexOf(PHRASE)}`,
  `0d08038281eac022${hexOf('<html>\0')}${hexOf('<p>x</p>')}`,
].join('');

export const CONTENTS: readonly ContentSample[] = [
  sample(
    'related, with start and type, as phones write it',
    [
      {
        contentType: type('application/smil', { charset: 'utf-8', name: 's.smil' }),
        contentId: '<s>',
        contentLocation: 's.smil',
        data: octetsOf(SMIL),
      },
      {
        contentType: type('text/plain', { charset: 'utf-8', name: 't.txt' }),
        contentId: '<t>',
        contentLocation: 't.txt',
        data: octetsOf(PHRASE),
      },
      { contentType: type('image/png', { name: 'p.png' }), contentId: '<p>', contentLocation: 'p.png', data: PNG },
    ],
    type(RELATED, { start: '<s>', type: 'application/smil' }),
    {
      type: RELATED,
      parameters: { start: '<s>', 'upart.type': 'application/smil' },
      headers: {},
      parts: [
        {
          type: 'application/smil',
          parameters: { charset: 'UTF-8', name: 's.smil' },
          headers: { content_id: '"<s>"', content_location: 's.smil' },
          data: hexOf(SMIL),
        },
        {
          type: 'text/plain',
          parameters: { charset: 'UTF-8', name: 't.txt' },
          headers: { content_id: '"<t>"', content_location: 't.txt' },
          data: hexOf(PHRASE),
        },
        {
          type: 'image/png',
          parameters: { name: 'p.png' },
          headers: { content_id: '"<p>"', content_location: 'p.png' },
          data: hexOf(PNG),
        },
      ],
    },
  ),
  sample(
    'mixed, parts without names, headers by name, charsets by number',
    [
      { contentType: type('text/plain', { charset: 'iso-8859-1' }), data: Buffer.from('Grüße', 'latin1') },
      {
        contentType: type('text/plain', { charset: 'us-ascii' }),
        headers: [{ name: 'X-Note', value: 'keep me' }],
        data: octetsOf('a'),
      },
      {
        contentType: type('application/octet-stream'),
        headers: [{ name: 'Content-Disposition', value: 'attachment' }],
        data: octetsOf('not a picture'),
      },
    ],
    type(MIXED),
    {
      type: MIXED,
      parameters: {},
      headers: {},
      parts: [
        {
          type: 'text/plain',
          parameters: { charset: 'ISO-8859-1' },
          headers: {},
          data: Buffer.from('Grüße', 'latin1').toString('hex'),
        },
        { type: 'text/plain', parameters: { charset: 'US-ASCII' }, headers: { 'X-Note': 'keep me' }, data: '61' },
        {
          type: 'application/octet-stream',
          parameters: {},
          headers: { 'Content-Disposition': 'attachment' },
          data: hexOf('not a picture'),
        },
      ],
    },
  ),
  sample(
    'a choice inside related',
    [
      { contentType: type('application/smil'), contentId: '<s>', data: octetsOf(SMIL) },
      { contentType: type(ALTERNATIVE), contentId: '<choice>', contentLocation: 'choice', data: encodeMultipart(inner) },
    ],
    type(RELATED, { type: 'application/smil', start: '<s>' }),
    {
      type: RELATED,
      parameters: { 'upart.type': 'application/smil', start: '<s>' },
      headers: {},
      parts: [
        { type: 'application/smil', parameters: {}, headers: { content_id: '"<s>"' }, data: hexOf(SMIL) },
        {
          type: ALTERNATIVE,
          parameters: {},
          headers: { content_id: '"<choice>"', content_location: 'choice' },
          data: INNER_HEX,
        },
      ],
    },
  ),
  sample(
    'twenty parts, one of 70,000 octets, names that are not ASCII',
    Array.from({ length: 20 }, (_, i) => ({
      contentType: type('application/octet-stream', { name: `Bild ${i} ä.bin` }),
      contentId: `<${i}>`,
      contentLocation: `Bild-${i}.bin`,
      data: i === 7 ? BIG : octetsOf(`part ${i}`),
    })),
    type(MIXED),
    {
      type: MIXED,
      parameters: {},
      headers: {},
      parts: Array.from({ length: 20 }, (_, i) => ({
        type: 'application/octet-stream',
        parameters: { name: shownText(`Bild ${i} ä.bin`) },
        headers: { content_id: `"<${i}>"`, content_location: `Bild-${i}.bin` },
        data: (i === 7 ? BIG : octetsOf(`part ${i}`)).toString('hex'),
      })),
    },
  ),
  sample('no part at all', [], type(MIXED), { type: MIXED, parameters: {}, headers: {}, data: '' }),
];
