import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { htmlText } from './html-text.js';

describe('the text of HTML', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['words without marks', '<b>one</b> <i>two</i>', 'one two'],
    ['lines and paragraphs', 'a<br>b<p>c</p><p>d</p><div>e</div>f', 'a\r\nb\r\n\r\nc\r\n\r\nd\r\n\r\ne\r\nf'],
    ['lists and rows', '<ul><li>a<li>b</ul><table><tr><td>c<td>d</tr></table>', '- a\r\n- b\r\nc d'],
    ['blanks as one', 'a \n\t  b&nbsp;c', 'a b c'],
    ['entities, by name and number', '&lt;&amp;&#228;&#x20ac;&uuml;&bogus;&', '<&ä€ü&bogus;&'],
    [
      'nothing of scripts, styles, comments and titles',
      '<head><title>x</title></head><style>p{}</style><script>if (a<b) "</p>"</script>a<!-- <p>b -->c',
      'ac',
    ],
    ['nothing of attributes, whatever stands in them', '<a href="x>y" title=\'<b>\'>a</a>', 'a'],
    ['a smaller-than sign that begins no tag', 'a < b, 1<2', 'a < b, 1<2'],
    ['nothing of a tag that never ends', 'a<p class="', 'a'],
    ['no character that is none', 'a&#0;&#xd800;&#x110000;b', 'a b'],
  ];
  for (const [what, html, text] of cases) it(`has ${what}`, () => assert.equal(htmlText(html), text));

  it('is made of any octets in bounded time', () => {
    for (const piece of ['<', '<a ', '&', '<!--', '<script>', '<p>', '<a b="', ' ', '&#'])
      assert.ok(htmlText(piece.repeat(100_000)).length <= 600_000, piece);
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('<', '>', '"', "'", '=', '/', '&', ';', '#', 'p', 'script', '!--', '-->', ' ', 'ü'), {
          maxLength: 60,
        }),
        (pieces) => {
          assert.doesNotMatch(htmlText(pieces.join('')), /^\s|\s$/);
        },
      ),
    );
  });
});
