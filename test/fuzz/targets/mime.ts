/** MIME: messages and their parts, transfer encodings, header fields, addresses, dates; and what becomes of a message on its way through the store. */
import { LIMITS } from '#base';
import {
  addressField,
  contentToMime,
  decodeBody,
  decodeWords,
  encodeWords,
  leafParts,
  MIME_TOLERANCES,
  type MimeEntity,
  type MimeError,
  mediaTypeText,
  mimeToContent,
  parseAddresses,
  parseDate,
  parseMediaType,
  readMessage,
  ToleranceList,
  writeMessage,
} from '#codec/mime';
import { difference, expect, hexOf, octetsOf, type Target } from '../target.js';
import { group, leaf, type Node } from '../tree.js';
import { recordedMail } from './corpus.js';

const LF = 0x0a;

/** Pieces of a message: lines of the header section, of which fields are made, and of the body. */
function lineTree(octets: Uint8Array): Node {
  const nodes: Node[] = [];
  let start = 0;
  for (let i = 0; i < octets.length; i++) {
    if (octets[i] !== LF) continue;
    nodes.push(lineNode(octets.subarray(start, i + 1)));
    start = i + 1;
  }
  if (start < octets.length) nodes.push(lineNode(octets.subarray(start)));
  return group('message', nodes);
}

/** A line in words and marks, so that a parameter or an address can wander. */
function lineNode(line: Uint8Array): Node {
  const text = Buffer.from(line).toString('latin1');
  const pieces = text.match(/[A-Za-z0-9._+-]+|\r?\n|[^A-Za-z0-9]/g) ?? [];
  return group(
    line.length <= 2 ? 'break' : 'line',
    pieces.map((piece) => leaf('piece', Buffer.from(piece, 'latin1'))),
  );
}

function checkError(error: MimeError, octets: Uint8Array): void {
  expect(error.offset >= 0 && error.offset <= octets.length, 'mime: an error names an octet of the input', () => error.text);
}

/** Fields of a header section whose values every reader of values gets: mutations move the others to the front. */
const FIELDS_READ = 8;

/** Values of a header section by every reader of values. */
function checkFields({ fields }: MimeEntity): void {
  for (const { name, value } of fields.slice(0, FIELDS_READ)) {
    expect(!/[\r\n\0]/.test(value), 'mime: a value is one line', () => `${name}: ${value}`);
    const text = decodeWords(value);
    expect(/^[\x20-\x7e]*$/.test(encodeWords(text)), 'mime: an encoded text is printable', () => text);
    parseDate(value);
    const type = parseMediaType(value);
    const written = mediaTypeText(type);
    expect(/^[\x20-\x7e]*$/.test(written), 'mime: a written media type is printable', () => written);
    const addresses = parseAddresses(value);
    if (!addresses.ok) {
      expect(
        addresses.error.offset >= 0 && addresses.error.offset <= value.length,
        'mime: an error names a character',
        () => value,
      );
      continue;
    }
    const field = addressField('To', addresses.value);
    expect(field.ok, 'mime: addresses that were read can be written', () => value);
    if (!field.ok || addresses.value.length === 0) continue;
    const again = parseAddresses(field.value.value);
    expect(again.ok, 'mime: written addresses can be read', () => field.value.value);
  }
}

/** The message as content, and that as a message again: the same parts. */
function checkContent(message: MimeEntity, octets: Uint8Array): void {
  const list = new ToleranceList();
  const content = mimeToContent(message, list);
  if (!content.ok) {
    checkError(content.error, octets);
    return;
  }
  expect(
    list.used.every(({ name }) => name in MIME_TOLERANCES),
    'mime: a tolerance has a row',
    () => hexOf(octets),
  );
  if (content.value.parts.length > LIMITS.multipartPartsMax) return;
  const body = contentToMime(content.value.octets);
  expect(body.ok, 'mime: content can be written as mail', () => (body.ok ? '' : body.error.text));
  if (!body.ok) return;
  const written = writeMessage({ fields: [], body: body.value });
  // Only a field that cannot be folded stands in the way.
  if (!written.ok) {
    expect(written.error.kind === 'limit', 'mime: content is written', () => written.error.text);
    return;
  }
  const again = readMessage(Buffer.concat(written.value.pieces));
  expect(again.ok, 'mime: written mail can be read', () => (again.ok ? '' : again.error.text));
  if (!again.ok || content.value.parts.length === 0) return;
  const parts = leafParts(again.value).map(({ part }) => decodeBody(part));
  expect(parts.length === content.value.parts.length, 'mime: mail has the parts of the content', () => `${parts.length}`);
  content.value.parts.forEach(({ data, contentType }, i) => {
    const wide = /^(utf-16|iso-10646)/.test(contentType.parameters['charset'] ?? '');
    if (!wide) expect(difference(parts[i], data) === undefined, 'mime: a part keeps its octets', () => hexOf(data));
  });
}

export const mime: Target = {
  name: 'mime',
  about: 'mail: header sections, parts, transfer encodings, addresses, content both ways',
  seeds: () => [...recordedMail(), ...EXAMPLES.map((text) => octetsOf(text.replaceAll('\n', '\r\n')))],
  dictionary: [
    '\r\n',
    '\n',
    '\r',
    '\r\n\r\n',
    ': ',
    '; ',
    '="',
    '"',
    '<',
    '>',
    '(',
    ')',
    ',',
    '@',
    '=?UTF-8?B?',
    '=?iso-8859-1?Q?=FC?=',
    '?=',
    "*0*=utf-8''%C3%BC",
    '*1=',
    'boundary=',
    'charset=',
    '--b',
    '--b--',
    'Content-Type: multipart/mixed; boundary=b',
    'Content-Type: multipart/alternative; boundary=b',
    'Content-Type: message/rfc822',
    'Content-Type: text/plain; charset=utf-16',
    'Content-Type: application/smil',
    'Content-Transfer-Encoding: base64',
    'Content-Transfer-Encoding: quoted-printable',
    'Content-ID: <a>',
    'start="<a>"',
    'YWJj',
    '=3D',
    '=\r\n',
    'undisclosed-recipients:;',
    'Thu, 13 Jan 2022 02:25:45 +0200',
    '\xff',
    '\u0130',
    '\0',
    'From ',
  ].map(octetsOf),
  structure: lineTree,
  // An input holds 400 parts of eight octets, each of which is some objects in each of seven readings and writings; a content has 1024 at most.
  growthOctetsMax: 16_777_216,
  run(octets) {
    const list = new ToleranceList();
    const message = readMessage(octets, list);
    if (!message.ok) {
      checkError(message.error, octets);
      return;
    }
    for (const { offset, name } of list.used)
      expect(
        offset >= 0 && offset <= octets.length,
        'mime: a tolerance names an octet of the input',
        () => `${name} at ${offset}`,
      );
    const quiet = readMessage(octets);
    expect(
      quiet.ok && difference(quiet.value, message.value) === undefined,
      'mime: reading is the same with and without a witness',
      () => hexOf(octets),
    );
    checkFields(message.value);
    for (const { part } of leafParts(message.value)) {
      const data = decodeBody(part);
      expect(
        data.length <= part.body.length + 2,
        'mime: decoding does not grow a body',
        () => `${data.length} of ${part.body.length}`,
      );
      checkFields(part);
    }
    checkContent(message.value, octets);
  },
};

const EXAMPLES = [
  'From: a@b\nTo: "B, C" <d@e>, Group: f@g;\nSubject: =?UTF-8?Q?=C3=BC?=\nDate: Thu Jan 13 02:25:45 2022\nContent-Type: multipart/related; Start=0.smil; boundary=b\n\n--b\nContent-Type: application/smil\nContent-ID:0.smil\n\n<smil/>\n--b\nContent-Type: text/plain; charset=utf-16; name*=utf-8\'\'%C3%BC.txt\nContent-Transfer-Encoding: base64\n\n/v8AYQ==\n--b--\n',
  'Content-Type: multipart/mixed; boundary=o\n\n--o\nContent-Type: multipart/alternative; boundary=i\n\n--i\n\nplain\n--i\nContent-Type: text/html\nContent-Transfer-Encoding: quoted-printable\n\n<p>=3D=\n</p>\n--i--\n--o\nContent-Type: message/rfc822\n\nSubject: inner\n\nx\n--o--\n',
  'Content-Disposition: attachment; filename*0="a"; filename*1*=%20b\nContent-Transfer-Encoding: base64\n\nYWJj\nZGVm\n',
];
