/** Addresses of MMS encapsulation, which are texts. */
import { plmn, readDeviceAddress } from '#codec/mms';
import { expect, octetsOf, type Target } from '../target.js';
import { group, leaf } from '../tree.js';

const EXAMPLES = [
  '+46701234567/TYPE=PLMN',
  '0701 23-45.67/type=plmn',
  '10.0.0.1/TYPE=IPv4',
  'fe80::1:2/TYPE=IPv6',
  '1:2:3:4:5:6:7:8/TYPE=IPV6',
  'a.b@example.com',
  '"A, B" <a@example.com>',
  'a@b/TYPE=unknown',
  '+123',
  '*100#',
  'shop_1',
  '',
];

export const addresses: Target = {
  name: 'addresses',
  about: 'device addresses',
  seeds: () => EXAMPLES.map(octetsOf),
  dictionary: [
    '/TYPE=',
    'PLMN',
    'IPv4',
    'IPv6',
    '+',
    '::',
    '@',
    '<',
    '>',
    '"',
    ' ',
    '()',
    '-',
    '0',
    '255',
    '.',
    '\u0130',
    '\ud83d\ude00',
    '\n',
  ].map(octetsOf),
  structure(octets) {
    const text = Buffer.from(octets).toString('latin1');
    return group(
      'address',
      (text.match(/[A-Za-z0-9]+|[^A-Za-z0-9]/g) ?? []).map((piece) => leaf('piece', Buffer.from(piece, 'latin1'))),
    );
  },
  run(octets) {
    const text = Buffer.from(octets).toString('utf8');
    const address = readDeviceAddress(text);
    if (address.kind === 'plmn' || address.kind === 'num-shortcode')
      expect(/^[0-9]+$/.test(address.digits), 'mms: digits of an address are digits', () => address.digits);
    if (address.kind === 'plmn' && address.international) {
      const again = readDeviceAddress(plmn(address.digits));
      expect(
        again.kind === 'plmn' && again.digits === address.digits,
        'mms: a number is read as it was written',
        () => address.digits,
      );
    }
    if (address.kind === 'email') expect(address.mailbox.includes('@'), 'mms: a mailbox has a domain', () => address.mailbox);
  },
};
