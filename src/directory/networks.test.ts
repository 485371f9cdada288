import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { Networks } from './networks.js';

describe('networks', () => {
  const of = (...networks: string[]) => new Networks(networks, (network) => [network]);

  it('have an address when their first bits are the same, also where these end inside an octet', () => {
    const networks = of(
      '10.0.0.0/8',
      '10.128.0.0/9',
      '10.192.0.0/10',
      '10.1.2.3',
      '0.0.0.0/0',
      '2001:db8::/32',
      '2001:db8::7',
      '::/0',
    );
    assert.deepEqual(networks.owners('10.1.2.3'), ['10.1.2.3', '10.0.0.0/8', '0.0.0.0/0']);
    assert.deepEqual(networks.owners('10.200.0.1'), ['10.192.0.0/10', '10.128.0.0/9', '10.0.0.0/8', '0.0.0.0/0']);
    assert.deepEqual(networks.owners('2001:0db8::0007'), ['2001:db8::7', '2001:db8::/32', '::/0']);
    assert.deepEqual(networks.owners('fe80::1%eth0'), ['::/0']);
    for (const none of ['', 'x', '10.1.2.3/8', '10.1.2.3:25']) assert.deepEqual(networks.owners(none), []);
  });

  it('take IPv4 inside IPv6 for IPv4, in addresses and in networks', () => {
    const networks = of('192.0.2.0/24', '::ffff:198.51.100.0/120', '::ffff:203.0.113.9');
    assert.deepEqual(networks.owners('::ffff:192.0.2.9'), ['192.0.2.0/24']);
    assert.deepEqual(networks.owners('198.51.100.9'), ['::ffff:198.51.100.0/120']);
    assert.deepEqual(networks.owners('::ffff:203.0.113.9'), ['::ffff:203.0.113.9']);
  });

  it('agree with a comparison of one after the other', () => {
    const v4 = fc.ipV4();
    const network = fc.tuple(v4, fc.integer({ min: 0, max: 32 })).map(([address, bits]) => `${address}/${bits}`);
    fc.assert(
      fc.property(fc.uniqueArray(network, { maxLength: 20 }), v4, (networks, address) => {
        const expected = networks.filter((written) => ipaddr.IPv4.parse(address).match(ipaddr.IPv4.parseCIDR(written)));
        assert.deepEqual([...of(...networks).owners(address)].sort(), expected.sort());
      }),
    );
  });
});
