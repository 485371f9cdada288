/** OMA-TS-MMS_ENC 1.3, clause 8: addresses. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { plmn, readDeviceAddress } from '#codec/mms';

describe('OMA-TS-MMS_ENC 1.3, 8: addresses', () => {
  it('8: a phone number is digits with separators and /TYPE=PLMN, in any case', () => {
    for (const text of ['+358401234567/TYPE=PLMN', '+358-40.1234567/type=plmn'])
      assert.deepEqual(readDeviceAddress(text), { kind: 'plmn', digits: '358401234567', international: true });
  });

  it('8: an international number is written with plus and /TYPE=PLMN', () =>
    assert.equal(plmn('358401234567'), '+358401234567/TYPE=PLMN'));

  it('8: a terminal is addressed by /TYPE=IPv4 or /TYPE=IPv6', () => {
    assert.equal(readDeviceAddress('192.0.2.1/TYPE=IPv4').kind, 'ipv4');
    assert.equal(readDeviceAddress('2001:db8:0:0:0:0:0:1/TYPE=IPv6').kind, 'ipv6');
  });

  it('8: an e-mail address is a mailbox of RFC 2822, with or without a name', () => {
    assert.deepEqual(readDeviceAddress('joe@example.org'), { kind: 'email', mailbox: 'joe@example.org' });
    assert.deepEqual(readDeviceAddress('Joe <joe@example.org>'), { kind: 'email', mailbox: 'joe@example.org', name: 'Joe' });
  });

  it('8: a short code is digits after +, *, # or nothing, or letters and digits', () => {
    assert.deepEqual(
      ['112', '*100', '#31', '+358', 'NEWS1'].map((text) => readDeviceAddress(text).kind),
      ['num-shortcode', 'num-shortcode', 'num-shortcode', 'num-shortcode', 'alphanum'],
    );
  });

  it('8: another type keeps its name', () =>
    assert.deepEqual(readDeviceAddress('user%40x/TYPE=OWN_1'), { kind: 'other', text: 'user%40x', type: 'OWN_1' }));
});
