import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LIMITS } from '#base';
import { ClientGate } from './clients.js';

const gate = (more: object = {}): ClientGate =>
  new ClientGate({ networks: ['10.0.0.0/8', '192.0.2.7', '2001:db8::/32'], ratePerSecond: 10, burst: 3, ...more });

describe('who may ask for numbers', () => {
  it('addresses of the listed networks may, written as a socket writes them', () => {
    for (const address of ['10.1.2.3', '::ffff:10.1.2.3', '192.0.2.7', '2001:db8:5::1', '2001:db8::1%eth0']) {
      assert.ok(gate().sourceOf(address), address);
      assert.equal(gate().admit(address, 0), 'admitted', address);
    }
  });

  it('nobody else may', () => {
    for (const address of ['11.0.0.1', '192.0.2.8', '::1', '2001:db9::1', '', 'localhost']) {
      assert.equal(gate().sourceOf(address), undefined, address);
      assert.equal(gate().admit(address, 0), 'stranger', address);
    }
    assert.equal(gate({ networks: [] }).admit('10.0.0.1', 0), 'stranger');
  });

  it('a network of addresses mapped into IPv6 is the IPv4 network', () => {
    assert.ok(gate({ networks: ['::ffff:10.0.0.0/104'] }).sourceOf('10.9.9.9'));
  });

  it('what is no network, or a rate that admits nobody, is refused with what is wrong', () => {
    assert.throws(() => gate({ networks: ['10.0.0.0/33'] }), /"10\.0\.0\.0\/33" is no network/);
    assert.throws(() => gate({ networks: ['somewhere'] }), /"somewhere" is no network/);
    for (const more of [{ ratePerSecond: 0 }, { ratePerSecond: Number.NaN }, { burst: 0 }])
      assert.throws(() => gate(more), /admits nobody/);
  });
});

describe('how often one may ask', () => {
  it('a burst at once, then at the rate, each source for itself', () => {
    const of = gate();
    const asked = (address: string, now: number): string => of.admit(address, now);
    assert.deepEqual(
      [0, 0, 0, 0].map((now) => asked('10.0.0.1', now)),
      ['admitted', 'admitted', 'admitted', 'too-often'],
    );
    assert.equal(asked('10.0.0.2', 0), 'admitted');
    assert.deepEqual(
      [99, 100, 100, 10_000, 10_000, 10_000, 10_000].map((now) => asked('10.0.0.1', now)),
      ['too-often', 'admitted', 'too-often', 'admitted', 'admitted', 'admitted', 'too-often'],
    );
  });

  it('a site of IPv6 is one source', () => {
    const of = gate();
    for (let i = 0; i < 3; i++) assert.equal(of.admit(`2001:db8::${i}`, 0), 'admitted');
    assert.equal(of.admit('2001:db8::9', 0), 'too-often');
    assert.equal(of.admit('2001:db8:0:1::9', 0), 'admitted');
  });

  it('a clock that is set back neither gives nor takes', () => {
    const of = gate();
    for (let i = 0; i < 3; i++) of.admit('10.0.0.1', 1000);
    assert.equal(of.admit('10.0.0.1', 0), 'too-often');
    assert.equal(of.admit('10.0.0.1', 100), 'admitted');
  });

  it('sources are remembered up to a limit: who has been silent longest is forgotten', () => {
    const of = gate({ burst: 1 });
    const address = (i: number): string => `10.${i >>> 16}.${(i >>> 8) & 255}.${i & 255}`;
    for (let i = 0; i < LIMITS.numberingSourcesMax; i++) of.admit(address(i), 0);
    for (const i of [5, 0]) assert.equal(of.admit(address(i), 0), 'too-often', 'asking again forgets nobody');
    of.admit(address(LIMITS.numberingSourcesMax), 0);
    assert.equal(of.sources, LIMITS.numberingSourcesMax);
    assert.deepEqual([of.admit(address(0), 0), of.admit(address(1), 0)], ['too-often', 'admitted']);
  });
});
