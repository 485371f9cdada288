import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { LIMITS } from '#base';
import { addressField, addressText, mailboxText, parseAddresses, parseMailbox } from './addresses.js';
import type { Address, Mailbox } from './model.js';

const mailbox = (localPart: string, domain?: string, displayName?: string): Mailbox => ({
  kind: 'mailbox',
  localPart,
  ...(domain === undefined ? {} : { domain }),
  ...(displayName === undefined ? {} : { displayName }),
});

describe('address lists, read', () => {
  const cases: readonly (readonly [string, readonly Address[]])[] = [
    ['a@b.example', [mailbox('a', 'b.example')]],
    ['+15551230001/TYPE=PLMN', [mailbox('+15551230001/TYPE=PLMN')]],
    ['+15551230001/TYPE=PLMN@MMS.opa.example', [mailbox('+15551230001/TYPE=PLMN', 'mms.opa.example')]],
    ['PostMaster', [mailbox('PostMaster')]],
    ['Alice B. <a@b>', [mailbox('a', 'b', 'Alice B.')]],
    ['"B, Alice" <a@b>, <c@d>', [mailbox('a', 'b', 'B, Alice'), mailbox('c', 'd')]],
    ['=?UTF-8?Q?J=C3=BCrgen?= <a@b>', [mailbox('a', 'b', 'Jürgen')]],
    ['Jürgen <a@b>', [mailbox('a', 'b', 'Jürgen')]],
    ['"john smith"@b, "a\\"b"@c', [mailbox('john smith', 'b'), mailbox('a"b', 'c')]],
    ['a@[192.0.2.1]', [mailbox('a', '[192.0.2.1]')]],
    ['(all) a (b) @ c (d)', [mailbox('a', 'c')]],
    [
      'Friends: a@b, Carol <c@d>;',
      [{ kind: 'group', name: 'Friends', mailboxes: [mailbox('a', 'b'), mailbox('c', 'd', 'Carol')] }],
    ],
    ['undisclosed-recipients:;', [{ kind: 'group', name: 'undisclosed-recipients', mailboxes: [] }]],
    [' , a@b, ,', [mailbox('a', 'b')]],
    ['', []],
  ];
  for (const [value, expected] of cases)
    it(`\`${value}\` is understood`, () => {
      const read = parseAddresses(value);
      assert.ok(read.ok, read.ok ? '' : read.error.text);
      assert.deepEqual(read.value, expected);
    });

  const refused = [
    'a@b c@d',
    'a@',
    '@b',
    'a@b@c',
    'a..b@c',
    '.a@b',
    'a@b..c',
    'a@-b',
    'jürgen@b',
    '<a@b',
    'a@b>',
    '<@x,@y:a@b>',
    '"a@b',
    '(a',
    '""@b',
    'Alice <a@b> <c@d>',
    'x: y: a@b;;',
    'x: a@b',
    'a\0@b',
    'a@b.example Fri Nov 14 14:47: 45 2008',
    `${'a'.repeat(65)}@b`,
    `a@${'b.'.repeat(130)}c`,
    '"a\r\nBcc: x"@b',
  ];
  for (const value of refused) it(`\`${value.slice(0, 40)}\` is refused`, () => assert.equal(parseAddresses(value).ok, false));

  it('are refused beyond their limits, in bounded time', () => {
    for (const value of [
      'a@b,'.repeat(LIMITS.mimeAddressesMax + 1),
      '('.repeat(50_000),
      `g:${'a@b,'.repeat(LIMITS.mimeAddressesMax + 1)};`,
    ]) {
      const read = parseAddresses(value);
      assert.ok(!read.ok);
      assert.equal(read.error.kind, 'limit');
    }
  });
});

describe('one mailbox', () => {
  it('is one and no list', () => {
    assert.deepEqual(parseMailbox('<a@b>'), { ok: true, value: mailbox('a', 'b') });
    for (const value of ['', 'a@b, c@d', 'x:;']) assert.equal(parseMailbox(value).ok, false);
  });
});

describe('addresses, written', () => {
  const local = fc.string({
    unit: fc.constantFrom('a', '.', ' ', '"', '\\', '+', '/', '=', '<', '>', ',', ';', ':', '@', '('),
    minLength: 1,
    maxLength: 12,
  });
  const name = fc.string({
    unit: fc.constantFrom('a', 'ü', '"', ' ', '=?', '?=', ',', '<', '\\', '('),
    minLength: 1,
    maxLength: 12,
  });

  it('are read as they were, whatever they hold', () => {
    fc.assert(
      fc.property(
        local,
        fc.option(fc.constantFrom('b', 'mms.example', '[192.0.2.1]'), { nil: undefined }),
        fc.option(name, { nil: undefined }),
        (localPart, domain, display) => {
          const shown = display?.trim() === '' ? undefined : display?.trim();
          const value = mailbox(localPart, domain, shown);
          const text = mailboxText(value);
          assert.ok(text.ok);
          assert.match(text.value, /^[\x20-\x7e]*$/);
          const again = parseAddresses(text.value);
          assert.ok(again.ok, `${text.value}: ${again.ok ? '' : again.error.text}`);
          assert.deepEqual(again.value, [value]);
        },
      ),
    );
  });

  it('are refused where they would say something else', () => {
    for (const value of [
      mailbox('a\r\nBcc: x', 'b'),
      mailbox('', 'b'),
      mailbox('ü', 'b'),
      mailbox('a', 'b>, <c@d'),
      mailbox('a', ''),
    ])
      assert.equal(mailboxText(value).ok, false);
  });

  it('of a group are a group, and of nobody the customary one', () => {
    assert.deepEqual(addressText({ kind: 'group', name: 'My friends', mailboxes: [mailbox('a', 'b')] }), {
      ok: true,
      value: '"My friends": a@b;',
    });
    assert.deepEqual(addressField('To', []), { ok: true, value: { name: 'To', value: 'undisclosed-recipients:;' } });
  });
});
