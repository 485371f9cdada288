/** Paths and parameters of MAIL and RCPT, by example and by whatever comes. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { readMailbox } from '../path.js';
import { decodeXtext, encodeXtext } from '../xtext.js';
import { readMailFrom, readRcptTo } from './envelope.js';

const ALL = { utf8: true, dsn: true, deliverBy: true, auth: true };

describe('paths', () => {
  for (const [text, localPart, domain] of [
    ['a@b.example', 'a', 'b.example'],
    ['+15551230001/TYPE=PLMN@MMS.MNC001.MCC310.gprs', '+15551230001/TYPE=PLMN', 'mms.mnc001.mcc310.gprs'],
    ['"a b\\"c"@b.example', 'a b"c', 'b.example'],
    ['"a@b>c"@d.example', 'a@b>c', 'd.example'],
    ['a@[192.0.2.1]', 'a', '[192.0.2.1]'],
    ['a@[IPv6:2001:db8::1]', 'a', '[ipv6:2001:db8::1]'],
    ['PostMaster', 'PostMaster', ''],
    ["!#$%&'*+-/=?^_`{|}~.a@b", "!#$%&'*+-/=?^_`{|}~.a", 'b'],
  ] as const)
    it(`reads ${text}`, () => {
      const read = readMailFrom(`FROM:<${text}>`, ALL);
      assert.deepEqual(read.ok && read.value.path, { text, localPart, domain });
    });

  for (const text of [
    'a b@c',
    'a@b c',
    '.a@b',
    'a.@b',
    'a..b@c',
    'a@',
    '@',
    'a@-b',
    'a@b-',
    'a@b..c',
    'a@b@c',
    '"a@b',
    '"a"b@c',
    'a@[1',
    `${'a'.repeat(300)}@b`,
    '<a@b>',
    'a\x7f@b',
    'ä@b',
    'a@b.ä',
  ])
    it(`refuses ${JSON.stringify(text.slice(0, 20))}`, () => {
      assert.equal(readMailFrom(`FROM:<${text}>`, { ...ALL, utf8: false }).ok, false);
    });

  it('drops a source route, and tolerates a blank before the path and a path without brackets', () => {
    for (const argument of [
      'TO:<@x.example,@y.example:a@b.example>',
      'TO: <a@b.example>',
      'to:a@b.example',
      'To:a@b.example NOTIFY=NEVER',
    ]) {
      const read = readRcptTo(argument, ALL, false);
      assert.equal(read.ok && read.value.path.text, 'a@b.example', argument);
    }
  });

  it('gives nothing that could not be written into a command again, whatever comes', () => {
    const part = fc.constantFrom(
      'a',
      '@',
      '.',
      '<',
      '>',
      '"',
      '\\',
      ' ',
      '\r',
      '\n',
      '\0',
      '+1555/TYPE=PLMN',
      '[',
      ']',
      ':',
      'ä',
      'b.example',
      'SIZE=1',
      '=',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(part, fc.string({ maxLength: 4 })), { maxLength: 12 }), fc.boolean(), (parts, utf8) => {
        const argument = `FROM:${parts.join('')}`;
        const read = readMailFrom(argument, { ...ALL, utf8 });
        if (!read.ok) {
          assert.ok(read.error.code === 501 || read.error.code === 555);
          return;
        }
        const { path } = read.value;
        if (path === undefined) return;
        assert.doesNotMatch(path.text, /[\0-\x1f\x7f]/);
        assert.deepEqual(readMailbox(path.text, utf8), { ok: true, value: path });
        const again = readMailFrom(`FROM:<${path.text}>`, { ...ALL, utf8: false });
        if (/^[ -~]*$/.test(path.text)) assert.deepEqual(again.ok && again.value.path, path);
      }),
    );
  });
});

describe('parameters', () => {
  it('are known where what they belong to is offered, and refused with 555 elsewhere', () => {
    const none = { utf8: false, dsn: false, deliverBy: false, auth: false };
    for (const parameter of ['SMTPUTF8', 'RET=FULL', 'ENVID=a', 'BY=1;R', 'AUTH=<>']) {
      assert.equal(readMailFrom(`FROM:<> ${parameter}`, ALL).ok, true, parameter);
      const read = readMailFrom(`FROM:<> ${parameter}`, none);
      assert.equal(!read.ok && read.error.code, 555, parameter);
    }
    assert.equal(readMailFrom('FROM:<> SIZE=1 BODY=7BIT', none).ok, true);
    assert.equal(readRcptTo('TO:<a@b> NOTIFY=NEVER', none, false).ok, false);
    for (const wild of ['toString=1', '__proto__', 'constructor=x']) assert.equal(readMailFrom(`FROM:<> ${wild}`, ALL).ok, false);
  });

  it('with values that break their grammar are refused with 501', () => {
    for (const parameter of [
      'SIZE',
      'SIZE=',
      'SIZE=-1',
      'BODY=BINARYMIME',
      'SMTPUTF8=1',
      'RET=ALL',
      'ENVID=',
      'ENVID=+0D',
      `ENVID=${'a'.repeat(101)}`,
      'BY=0;R',
      'BY=1;X',
      'SIZE=1 SIZE=1',
    ]) {
      const read = readMailFrom(`FROM:<> ${parameter}`, ALL);
      assert.equal(!read.ok && read.error.code, 501, parameter);
    }
    for (const parameter of [
      'NOTIFY=',
      'NOTIFY=NEVER,SUCCESS',
      'NOTIFY=DELAY,DELAY',
      'ORCPT=a',
      'ORCPT=rfc822;',
      'ORCPT=rfc822;+0A',
      'ORCPT=;a',
    ]) {
      const read = readRcptTo(`TO:<a@b> ${parameter}`, ALL, false);
      assert.equal(!read.ok && read.error.code, 501, parameter);
    }
  });

  it('in xtext come back as they were, and never hold what ends a command', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii' }), (text) => {
        assert.match(encodeXtext(text), /^[!-~]*$/);
        assert.equal(decodeXtext(encodeXtext(text)), text);
      }),
    );
  });
});
