import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type DeviceAddress, plmn, readDeviceAddress } from './device-address.js';

const CASES: readonly [string, DeviceAddress][] = [
  ['+358401234567/TYPE=PLMN', { kind: 'plmn', digits: '358401234567', international: true }],
  ['0989917221/TYPE=PLMN', { kind: 'plmn', digits: '0989917221', international: false }],
  ['+1-555.123.4567/type=plmn', { kind: 'plmn', digits: '15551234567', international: true }],
  ['12345/Type=PLMN', { kind: 'plmn', digits: '12345', international: false }],
  ['abc/TYPE=PLMN', { kind: 'other', text: 'abc', type: 'PLMN' }],
  ['/TYPE=PLMN', { kind: 'other', text: '', type: 'PLMN' }],
  ['10.1.2.3/TYPE=IPv4', { kind: 'ipv4', address: '10.1.2.3' }],
  ['10.1.2.256/TYPE=IPv4', { kind: 'other', text: '10.1.2.256', type: 'IPv4' }],
  ['10.1.2.3./TYPE=IPv4', { kind: 'other', text: '10.1.2.3.', type: 'IPv4' }],
  ['2001:db8:0:0:0:0:0:1/TYPE=IPv6', { kind: 'ipv6', address: '2001:db8:0:0:0:0:0:1' }],
  ['2001:db8::1/TYPE=ipv6', { kind: 'ipv6', address: '2001:db8::1' }],
  ['::/TYPE=IPv6', { kind: 'ipv6', address: '::' }],
  ['1:2:3/TYPE=IPv6', { kind: 'other', text: '1:2:3', type: 'IPv6' }],
  ['1::2::3/TYPE=IPv6', { kind: 'other', text: '1::2::3', type: 'IPv6' }],
  ['user%40x/TYPE=USER_1', { kind: 'other', text: 'user%40x', type: 'USER_1' }],
  ['joe@example.org', { kind: 'email', mailbox: 'joe@example.org' }],
  ['Joe <joe@example.org>', { kind: 'email', mailbox: 'joe@example.org', name: 'Joe' }],
  ['"Joe, the" <joe@example.org>', { kind: 'email', mailbox: 'joe@example.org', name: 'Joe, the' }],
  ['<joe@example.org>', { kind: 'email', mailbox: 'joe@example.org' }],
  ['joe@', { kind: 'other', text: 'joe@' }],
  ['a b@c', { kind: 'other', text: 'a b@c' }],
  ['+358401234567', { kind: 'num-shortcode', digits: '358401234567', mark: '+' }],
  ['+1 (555) 123-4567', { kind: 'num-shortcode', digits: '15551234567', mark: '+' }],
  ['112', { kind: 'num-shortcode', digits: '112', mark: '' }],
  ['*100', { kind: 'num-shortcode', digits: '100', mark: '*' }],
  ['#31', { kind: 'num-shortcode', digits: '31', mark: '#' }],
  ['TMS', { kind: 'alphanum', text: 'TMS' }],
  ['10.1.2.3', { kind: 'other', text: '10.1.2.3' }],
  ['', { kind: 'other', text: '' }],
  ['+', { kind: 'other', text: '+' }],
];

describe('readDeviceAddress', () => {
  for (const [text, expected] of CASES)
    it(`reads ${JSON.stringify(text)} as ${expected.kind}`, () => assert.deepEqual(readDeviceAddress(text), expected));

  it('takes a text longer than any address for none, without looking further', () => {
    assert.equal(readDeviceAddress(`${'1'.repeat(600)}/TYPE=PLMN`).kind, 'other');
    assert.equal(readDeviceAddress(`${'1-'.repeat(250)}x`).kind, 'other');
  });
});

describe('plmn', () => {
  it('writes an international number as every carrier does, and reads it back', () => {
    assert.equal(plmn('358401234567'), '+358401234567/TYPE=PLMN');
    assert.deepEqual(readDeviceAddress(plmn('358401234567')), { kind: 'plmn', digits: '358401234567', international: true });
  });
});
