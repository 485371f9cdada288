import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeText } from '#codec/wsp';
import { mailContent, safeName } from './mail-content.js';
import { read } from './mm3.contract.js';
import { partsOf } from './shown-mail.js';

const WISHES = { textMax: 100, cutNotice: '[cut]' };

/** What a phone gets of a mail: media, Content-Location and octets as text, without the presentation, which is given apart. */
function phone(lines: readonly string[], encoding: BufferEncoding = 'utf8') {
  const content = mailContent(read(Buffer.from(lines.join('\r\n'), encoding)), WISHES);
  const [smil, ...parts] = partsOf(content.octets)!;
  return {
    smil: decodeText(smil!.data, 'utf-8'),
    parts: parts.map(({ contentType, contentLocation, data }) => [
      contentType.media,
      contentLocation,
      Buffer.from(data).toString('utf8'),
    ]),
    leftOut: content.leftOut,
  };
}

const mixed = (...parts: readonly (readonly string[])[]): string[] => [
  'Content-Type: multipart/mixed; boundary=b',
  '',
  ...parts.flatMap((part) => ['--b', ...part]),
  '--b--',
];
const alternative = (...parts: readonly (readonly string[])[]): string[] => [
  'Content-Type: multipart/alternative; boundary=a',
  '',
  ...parts.flatMap((part) => ['--a', ...part]),
  '--a--',
];

describe('a mail as content for phones', () => {
  it('has the plain text of alternatives', () => {
    assert.deepEqual(phone(alternative(['', 'plain'], ['Content-Type: text/html', '', '<p>html'])).parts, [
      ['text/plain', 'part1.txt', 'plain'],
    ]);
  });

  it('has the text of the HTML where the plain text is empty or missing', () => {
    for (const lines of [
      alternative(['', ' '], ['Content-Type: text/html', '', '<p>html']),
      ['Content-Type: text/html', '', '<p>html'],
    ])
      assert.deepEqual(phone(lines).parts, [['text/plain', 'part1.txt', 'html']]);
  });

  it('has text in UTF-8, whatever it came in, and lines that were broken for mail joined again', () => {
    assert.equal(phone(['Content-Type: text/plain; charset=iso-8859-1', '', 'Gr\xfc\xdfe'], 'latin1').parts[0]![2], 'Grüße');
    assert.equal(phone(['Content-Type: text/plain; charset=klingon', '', 'Grüße']).parts[0]![2], 'Grüße');
    assert.equal(
      phone(['Content-Type: text/plain; format=flowed; delsp=yes', '', 'one t ', 'wo', ' three']).parts[0]![2],
      'one two\r\nthree',
    );
  });

  it('has no more text than it may, and says so', () => {
    const [part] = phone(['', `${'🎉'.repeat(49)}x🎉🎉🎉`]).parts;
    assert.equal(part![2], `${'🎉'.repeat(49)}x [cut]`);
  });

  it('has pictures and attachments under names that differ and are no paths', () => {
    const jpeg = (name: string): string[] => [
      'Content-Type: image/jpeg',
      `Content-Disposition: attachment; filename="${name}"`,
      '',
      'j',
    ];
    assert.deepEqual(
      phone(
        mixed(jpeg('a.jpg'), jpeg('A.jpg'), jpeg('../../etc/x.jpg'), jpeg('C:\\\\x.jpg'), jpeg('..'), jpeg('smil.xml')),
      ).parts.map(([, name]) => name),
      ['a.jpg', '2-A.jpg', 'x.jpg', '4-x.jpg', 'part5.jpg', '6-smil.xml'],
    );
  });

  it('leaves out what phones can do nothing with, and what must not be sent to them', () => {
    const left = phone(
      mixed(
        ['', 'text'],
        ['Content-Type: application/ms-tnef; name=winmail.dat', '', 'x'],
        ['Content-Type: text/calendar', '', 'x'],
        ['Content-Type: application/octet-stream; name="photo.jpg.EXE"', '', 'MZ'],
        ['Content-Type: application/pgp-signature; name=signature.asc', '', 'x'],
        [
          'Content-Type: image/gif; name=pixel.gif',
          'Content-Transfer-Encoding: base64',
          '',
          'R0lGODlhAQABAAAAACH5BAAAAAAALAAAAAABAAEAAAICRAEAOw==',
        ],
      ),
    );
    assert.deepEqual(
      left.parts.map(([media]) => media),
      ['text/plain'],
    );
    assert.deepEqual(left.leftOut, ['winmail.dat', 'text/calendar', 'photo.jpg.EXE', 'signature.asc', 'pixel.gif']);
  });

  it('has a presentation: each picture with the text that follows it on a slide', () => {
    const { smil } = phone(
      mixed(
        ['', 'first'],
        ['Content-Type: image/jpeg; name="a&b.jpg"', '', 'j'],
        ['', 'second'],
        ['Content-Type: application/pdf; name=c.pdf', '', 'p'],
      ),
    );
    assert.deepEqual(
      [...smil.matchAll(/<par[^>]*>(.*?)<\/par>/g)].map(([, slide]) =>
        [...slide!.matchAll(/<(\w+) src="([^"]*)"/g)].map(([, element, src]) => `${element} ${src}`),
      ),
      [['text part1.txt'], ['img a&amp;b.jpg', 'text part3.txt']],
    );
  });
});

describe('a name for a part', () => {
  it('has no folders, no controls and no more characters than phones keep', () => {
    for (const [name, safe] of [
      ['/etc/passwd', 'passwd'],
      ['..\\..\\x', 'x'],
      ['a\r\nb"c<d>.jpg', 'abcd.jpg'],
      ['...', ''],
      [`${'x'.repeat(100)}.jpg`, `${'x'.repeat(56)}.jpg`],
    ] as const)
      assert.equal(safeName(name), safe);
  });
});
