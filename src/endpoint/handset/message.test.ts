import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeParts } from '#codec/mms';
import type { Part } from '#codec/wsp';
import { buildMessage, type Composition } from './message.js';

const JPEG = Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 1, 2, 3);
const PNG = Uint8Array.from(Buffer.from('89504e470d0a1a0a0000', 'hex'));
const AMR = Buffer.from('#!AMR\n\x04');
const MP4 = Buffer.from('\0\0\0\x18ftypisom\0\0\0\0');
const THREEGP = Buffer.from('\0\0\0\x18ftyp3gp5\0\0\0\0');
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

function partsOf(composition: Composition): readonly Part[] {
  const parts = decodeParts(buildMessage(composition));
  assert.ok(parts.ok);
  return parts.value;
}

const smilOf = (composition: Composition): string => new TextDecoder().decode(partsOf(composition)[0]!.data);

describe('a composed message', () => {
  it('is a multipart.related whose start names its presentation and whose type says SMIL (WAP-206 5.1)', () => {
    const content = buildMessage({ text: 'hello', files: [] });
    assert.equal(content.type.media, 'application/vnd.wap.multipart.related');
    const [root] = partsOf({ text: 'hello', files: [] });
    assert.equal(content.type.parameters['type'], 'application/smil');
    assert.equal(content.type.parameters['start'], root!.contentId);
    assert.equal(root!.contentType.media, 'application/smil');
  });

  it('carries text as UTF-8 and says so', () => {
    const [, text] = partsOf({ text: 'Grüße \u{1f4f7}', files: [] });
    assert.equal(text!.contentType.media, 'text/plain');
    assert.equal(text!.contentType.parameters['charset'], 'utf-8');
    assert.equal(new TextDecoder().decode(text!.data), 'Grüße \u{1f4f7}');
  });

  it('finds media types by content before name, and takes a given type as it is', () => {
    const parts = partsOf({
      files: [
        { name: 'wrong.gif', data: JPEG },
        { name: 'a', data: PNG },
        { name: 'b', data: AMR },
        { name: 'c.3gp', data: MP4 },
        { name: 'd.mp4', data: THREEGP },
        { name: 'e.TXT', data: utf8('x') },
        { name: 'f', data: utf8('BEGIN:VCARD\r\n') },
        { name: 'g.unheard', data: utf8('x') },
        { name: 'h.jpg', type: 'Application/X-Own', data: JPEG },
      ],
    });
    assert.deepEqual(
      parts.slice(1).map((it) => it.contentType.media),
      [
        'image/jpeg',
        'image/png',
        'audio/amr',
        'video/mp4',
        'video/3gpp',
        'text/plain',
        'text/x-vcard',
        'application/octet-stream',
        'application/x-own',
      ],
    );
  });

  it('claims no charset for a text file that is not UTF-8', () => {
    const [, text] = partsOf({ files: [{ name: 'latin.txt', data: Uint8Array.of(0xe4, 0x20) }] });
    assert.equal(text!.contentType.parameters['charset'], undefined);
  });

  it('gives every part a location of its own: a file name in ASCII without folders', () => {
    const parts = partsOf({
      text: 'x',
      files: [
        { name: '/some/folder/photo.jpg', data: JPEG },
        { name: 'C:\\photo.jpg', data: JPEG },
        { name: 'Photo.JPG', data: JPEG },
        { name: 'grün & blau.png', data: PNG },
        { name: 'text.txt', data: utf8('y') },
        { name: 'presentation.smil', type: 'text/plain', data: utf8('z') },
        { name: 'dir/', data: JPEG },
      ],
    });
    assert.deepEqual(
      parts.map((it) => it.contentLocation),
      [
        'presentation.smil',
        'text.txt',
        'photo.jpg',
        'photo-2.jpg',
        'Photo-3.JPG',
        'gr_n___blau.png',
        'text-2.txt',
        'presentation-2.smil',
        'part',
      ],
    );
  });
});

describe('the presentation', () => {
  const slides = (smil: string): string[][] =>
    [...smil.matchAll(/<par[^>]*>(.*?)<\/par>/g)].map((par) =>
      [...par[1]!.matchAll(/<(\w+) src="([^"]*)"/g)].map((it) => `${it[1]} ${it[2]}`),
    );

  it('shows a text and a picture on one slide, each in its region', () => {
    const smil = smilOf({ text: 'x', files: [{ name: 'p.jpg', data: JPEG }] });
    assert.deepEqual(slides(smil), [['img p.jpg', 'text text.txt']]);
    assert.match(smil, /<region id="Image"[^>]*>.*<region id="Text"/);
    assert.match(smil, /<img src="p.jpg" region="Image"\/><text src="text.txt" region="Text"\/>/);
  });

  it('has at most one picture or video, one text and one audio on a slide, in the order of the files', () => {
    const smil = smilOf({
      text: 'x',
      files: [
        { name: '1.jpg', data: JPEG },
        { name: '2.amr', data: AMR },
        { name: '3.png', data: PNG },
        { name: '4.txt', data: utf8('y') },
        { name: '5.txt', data: utf8('z') },
      ],
    });
    assert.deepEqual(slides(smil), [['img 1.jpg', 'text text.txt', 'audio 2.amr'], ['img 3.png', 'text 4.txt'], ['text 5.txt']]);
  });

  it('plays no audio beside a video', () => {
    const smil = smilOf({
      files: [
        { name: '1.mp4', data: MP4 },
        { name: '2.amr', data: AMR },
        { name: '3.mp4', data: MP4 },
      ],
    });
    assert.deepEqual(slides(smil), [['video 1.mp4'], ['audio 2.amr'], ['video 3.mp4']]);
  });

  it('names no region that nothing uses and shows no attachment that cannot be shown', () => {
    const smil = smilOf({
      files: [
        { name: 'p.jpg', data: JPEG },
        { name: 'c.vcf', data: utf8('BEGIN:VCARD') },
      ],
    });
    assert.ok(!smil.includes('id="Text"') && !smil.includes('c.vcf'));
  });
});
