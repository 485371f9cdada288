import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { toMsisdn } from '#base';
import type { Naptr } from './naptr.js';
import { chooseHome, type EnumClientService } from './naptr-choice.js';
import { substitute } from './naptr-expression.js';

const NUMBER = toMsisdn('15551230001')!;
const BOTH: EnumClientService[] = ['mms:mailto', 'pstn:tel'];
const record = (regexp: string, more: Partial<Naptr> = {}): Naptr => ({
  order: 10,
  preference: 10,
  flags: 'u',
  services: 'E2U+mms:mailto',
  regexp,
  replacement: '.',
  ...more,
});
const tel = (uri: string) => chooseHome(NUMBER, [record(`!^.*$!${uri}!`, { services: 'E2U+pstn:tel' })], BOTH);

describe('what NAPTR records say of a number’s home', () => {
  it('is the domain of the address that E2U+mms:mailto gives', () => {
    const cases = [
      ['!^(.*)$!mailto:\\1@mms.mnc001.mcc310.gprs!', 'mms.mnc001.mcc310.gprs'],
      ['!^.*$!mailto:+15551230001@MMS.Example.NET!', 'mms.example.net'],
      ['!^\\+1(.*)$!MAILTO:\\1/TYPE=PLMN@mms.example.net?subject=x!', 'mms.example.net'],
      ['/^.*$/mailto:x@mms.example.net./i', 'mms.example.net'],
    ];
    for (const [regexp, domain] of cases)
      assert.deepEqual(chooseHome(NUMBER, [record(regexp!)], BOTH).home, { kind: 'domain', domain }, regexp);
  });

  it('is the routing number of E2U+pstn:tel, and nothing where the number was not ported', () => {
    assert.deepEqual(tel('tel:+15551230001;npdi;rn=+1555').home, { kind: 'operator', operator: '1555' });
    assert.deepEqual(tel('tel:+15551230001;npdi;rn=d1-05;rn-context=+1').home, { kind: 'operator', operator: 'D105' });
    assert.deepEqual([tel('tel:+15551230001;npdi').kind, tel('tel:+15551230001;npdi').home], ['chosen', undefined]);
    assert.equal(tel('tel:+15551230001;rn=').kind, 'malformed');
    assert.equal(tel('sip:x').kind, 'malformed');
  });

  it('comes from the lowest order, then the lowest preference, of a terminal record of a service that is asked for', () => {
    const records = [
      record('!^.*$!mailto:x@d.example!', { order: 20, preference: 1 }),
      record('!^.*$!mailto:x@c.example!', { preference: 20 }),
      record('!^.*$!mailto:x@b.example!', { preference: 15, services: 'mms:mailto+E2U' }),
      record('!^.*$!tel:+1!', { preference: 1, services: 'E2U+mms:tel' }),
      record('!^.*$!mailto:x@a.example!', { preference: 2, flags: '' }),
      record('!^.*$!mailto:x@e.example!', { preference: 3, services: 'E2U+email:mailto' }),
    ];
    assert.deepEqual(chooseHome(NUMBER, records, BOTH).home, { kind: 'domain', domain: 'b.example' });
    assert.deepEqual(
      chooseHome(NUMBER, [record('!^.*$!mailto:x@b.example!', { services: 'E2U+email:mailto+MMS:mailto' })], BOTH).home,
      { kind: 'domain', domain: 'b.example' },
    );
    assert.equal(chooseHome(NUMBER, records, ['pstn:tel']).home, undefined);
  });

  it('is malformed only when no other record makes sense', () => {
    for (const bad of [
      '',
      '!',
      '!a!b',
      '!^.*$!http://x!',
      '!^.*$!mailto:x@localhost!',
      '!^.*$!mailto:@b.example!',
      '!^.*$!mailto:x@b..example!',
      '!^2.*$!mailto:x@b.example!',
      '!^.*$!mailto:x@b.example!g',
      '!^.*$!a!b!',
      '1^.*$1x1',
    ])
      assert.equal(chooseHome(NUMBER, [record(bad)], BOTH).kind, 'malformed', bad);
    assert.equal(
      chooseHome(NUMBER, [record('!x'), record('!^.*$!mailto:x@b.example!', { preference: 11 })], BOTH).kind,
      'chosen',
    );
    assert.equal(chooseHome(NUMBER, [], BOTH).kind, 'chosen');
  });

  it('shows its records printable and cut', () => {
    const { evidence } = chooseHome(NUMBER, [record(`\u0000\u001b[2J${'x'.repeat(400)}`)], BOTH);
    assert.match(evidence[0]!, /^NAPTR 10 10 "u" "E2U\+mms:mailto" "\?\?\[2Jx+$/);
    assert.equal(evidence[0]!.length, 200);
  });
});

describe('a substitution expression', () => {
  it('is POSIX: brackets, classes, counts, alternatives, back references, escaped delimiters', () => {
    const text = '+15551230001';
    const cases: [string, string | undefined][] = [
      ['!^\\+1([0-9]{3})([[:digit:]]+)$!\\2-\\1!', '1230001-555'],
      ['!^(\\+1555|\\+1556)(.*)$!\\2!', '1230001'],
      ['!^.([^]2]*)!\\1!', '15551'],
      ['/\\+1\\/?5/a\\/b/', 'a/b'],
      ['!^.*$!\\\\x\\9!', '\\x'],
      ['!^\\+\\d+$!d!', 'd'],
      ['!^[[:alpha:]]!x!', undefined],
      ['!^A!x!i', undefined],
    ];
    for (const [expression, expected] of cases) assert.equal(substitute(expression, text), expected, expression);
  });

  it('is not run when its work is not bounded by its form', () => {
    for (const hostile of [
      '!^((.*)*)*x$!a!',
      '!^(a+)+$!a!',
      '!(.*)(.*)(.*)(.*)(.*)x!a!',
      '!^.*{2}!a!',
      '!^**!a!',
      '!(?=x)!a!',
      '!\\1(.)!a!',
      '!(!a!',
      `!${'.'.repeat(300)}!a!`,
    ])
      assert.equal(substitute(hostile, '+15551230001'), undefined, hostile);
  });

  it('takes any text, and ends', () => {
    const letters = fc.constantFrom(...'!^$.*+?()[]{}|\\1259a-:d,');
    fc.assert(
      fc.property(fc.array(letters, { maxLength: 60 }), (expression) => {
        const out = substitute(`!${expression.join('')}`, '+155512300011234');
        assert.ok(out === undefined || typeof out === 'string');
      }),
      { numRuns: 5000 },
    );
  });
});
