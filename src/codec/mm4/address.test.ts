import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Malformed } from '#base';
import { isSameAddress, type Mm4Address, mm4AddressText, readAddress, readAddresses } from './address.js';
import { reportAddresses, reportedRecipient } from './reports.js';
import type { Mm4ToleranceName } from './tolerances.js';

function read(text: string): [Mm4Address, Mm4ToleranceName[]] {
  const notes: Mm4ToleranceName[] = [];
  return [readAddress(text, (name) => notes.push(name)), notes];
}
function list(text: string): [string[], Mm4ToleranceName[]] {
  const notes: Mm4ToleranceName[] = [];
  return [readAddresses(text, (name) => notes.push(name)).map((it) => mm4AddressText(it)), notes];
}
const number = (digits: string, more: object = {}): Mm4Address => ({
  kind: 'number',
  digits,
  international: true,
  typed: true,
  ...more,
});

describe('addresses of MM4', () => {
  const forms: [string, Mm4Address, Mm4ToleranceName[]][] = [
    ['+15551230001/TYPE=PLMN@mms.example', number('15551230001', { domain: 'mms.example' }), []],
    ['+15551230001/TYPE=PLMN', number('15551230001'), []],
    ['+15551230001/type=plmn', number('15551230001'), []],
    ['+15551230001', number('15551230001', { typed: false }), ['untyped-number']],
    ['15551230001/TYPE=PLMN', number('15551230001', { international: false }), ['number-without-plus']],
    ['12345/TYPE=PLMN', number('12345', { international: false }), []],
    ['"+1555/TYPE=PLMN"@mms.example', number('1555', { domain: 'mms.example' }), []],
    ['Alice <+1555/TYPE=PLMN@mms.example>', number('1555', { domain: 'mms.example' }), []],
    ['192.0.2.1/TYPE=IPv4', { kind: 'ip', version: 4, text: '192.0.2.1' }, []],
    ['"2001:db8::1/TYPE=IPv6"@m.example', { kind: 'ip', version: 6, text: '2001:db8::1', domain: 'm.example' }, []],
    ['2001:db8::1/TYPE=IPv6', { kind: 'ip', version: 6, text: '2001:db8::1' }, []],
    ['PostMaster@mms.example', { kind: 'mailbox', local: 'PostMaster', domain: 'mms.example' }, []],
    ['john.smith+x@example.org', { kind: 'mailbox', local: 'john.smith+x', domain: 'example.org' }, []],
    ['PostMaster', { kind: 'name', name: 'PostMaster' }, ['unqualified-system']],
    ['system=mmsc.example.net;party=+1202', { kind: 'name', name: 'mmsc.example.net' }, ['unqualified-system']],
  ];

  for (const [text, address, notes] of forms)
    it(`${text} is read for what it is`, () => assert.deepEqual(read(text), [address, notes]));

  it('are written as they came, or in the form of a peer', () => {
    for (const [, address] of forms) assert.deepEqual(read(mm4AddressText(address))[0], address);
    const one = number('1555', { domain: 'a.example' });
    assert.equal(mm4AddressText(one, { typed: false, domain: false, plus: false }), '1555');
    assert.equal(mm4AddressText(one, { typed: true, domain: false, plus: true }), '+1555/TYPE=PLMN');
    assert.equal(mm4AddressText(one, { typed: false, domain: true, plus: true }), '+1555@a.example');
  });

  it('that are none are refused: line breaks, blanks, octets outside ASCII, wrong types and numbers without end', () => {
    const none = [
      '',
      '<>',
      '+1555\r\nBcc: x@y.example',
      '+15 55/TYPE=PLMN',
      'a@b@',
      'a@-b',
      'a@b..c',
      '"a@b.example',
      '+1x/TYPE=PLMN',
      '300.1.1.1/TYPE=IPv4',
      '1::2::3/TYPE=IPv6',
      'ä@example.org',
      `+${'1'.repeat(21)}`,
      `${'a'.repeat(400)}@b.example`,
      'a b@c.example',
    ];
    for (const text of none) assert.throws(() => read(text), Malformed, text);
  });

  it('in a list are parted by commas outside quotes, and what cannot be read is left out and told', () => {
    assert.deepEqual(list('+1/TYPE=PLMN, "a,b" <+2/TYPE=PLMN@m.example>,+3/TYPE=PLMN'), [
      ['+1/TYPE=PLMN', '+2/TYPE=PLMN@m.example', '+3/TYPE=PLMN'],
      [],
    ]);
    assert.deepEqual(list('+1/TYPE=PLMN,, +2/TYPE=PLMN, '), [
      ['+1/TYPE=PLMN', '+2/TYPE=PLMN'],
      ['empty-address', 'empty-address'],
    ]);
    assert.deepEqual(list('+1/TYPE=PLMN, a b c, +2/TYPE=PLMN'), [['+1/TYPE=PLMN', '+2/TYPE=PLMN'], ['damaged-address']]);
  });

  it('parted by dots or semicolons, as one gateway writes them, are found all the same', () => {
    assert.deepEqual(list('+1555.+1556'), [
      ['+1555', '+1556'],
      ['dotted-list', 'untyped-number', 'untyped-number'],
    ]);
    assert.deepEqual(list('+1/TYPE=PLMN;+2/TYPE=PLMN'), [['+1/TYPE=PLMN', '+2/TYPE=PLMN'], ['dotted-list']]);
  });

  it('are the same whatever form a number has', () => {
    assert.ok(isSameAddress(number('1555'), number('1555', { domain: 'x.example', typed: false, international: false })));
    assert.ok(!isSameAddress(number('1555'), number('1556')));
    assert.ok(isSameAddress(read('A@B.example')[0], read('a@b.example')[0]));
  });

  it('of any text are a value or Malformed, and a value is written and read as itself', () => {
    const parts = fc.constantFrom(
      '+',
      '1',
      '555',
      '/TYPE=PLMN',
      '/TYPE=IPv6',
      '@',
      'a',
      '.',
      '"',
      '\\',
      '<',
      '>',
      ' ',
      ':',
      ',',
      ';',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(parts).map((it) => it.join('')),
        ),
        (text) => {
          list(text);
          try {
            const [address] = read(text);
            assert.deepEqual(read(mm4AddressText(address))[0], address);
          } catch (e) {
            if (!(e instanceof Malformed)) throw e;
          }
        },
      ),
    );
  });
});

describe('the recipient whom a report is about', () => {
  const [alice, bob, carol] = [number('1'), number('2'), number('3')];
  const reported = (report: object, envelope?: Mm4Address) => reportedRecipient(report, envelope, [bob, carol], (it) => it);

  it('is found whichever way round the peer writes From and To', () => {
    for (const order of ['mail', 'message'] as const)
      assert.equal(reported(reportAddresses({ reportAddresses: order }, alice, carol)), carol);
  });

  it('is the sender of the envelope when neither names one, and nobody when nothing does', () => {
    const system: Mm4Address = { kind: 'name', name: 'mmsc' };
    assert.equal(reported({ from: system, to: [alice] }, bob), bob);
    assert.equal(reported({ from: system, to: [alice] }), undefined);
  });

  it('is the one in From when both are recipients: most peers write reports as mail', () => {
    assert.equal(reported({ from: carol, to: [bob] }), carol);
  });
});
