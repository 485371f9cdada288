import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { aNumber, BOB } from './fixtures.contract.js';
import { routeByPrefix } from './route.js';

const policy = { ownNumbers: ['49151'] };

describe('routing by prefix', () => {
  it('leads to the handset of an own subscriber', () => {
    assert.deepEqual(routeByPrefix({ recipient: BOB }, policy), { kind: 'road', road: { kind: 'handset' } });
  });

  for (const [what, address, reason] of [
    ['another network', aNumber('35840123456'), 'not-our-subscriber'],
    ['e-mail', { kind: 'email', mailbox: 'a@example.org' }, 'no-route-for-email'],
    ['a short code', { kind: 'short-code', code: '4711' }, 'no-route-for-short-code'],
    ['what is no address', { kind: 'unknown', text: 'mum' }, 'not-an-address'],
  ] as const) {
    it(`leads nowhere for ${what}, and says why`, () => {
      assert.deepEqual(routeByPrefix({ recipient: address }, policy), { kind: 'nowhere', reason });
    });
  }
});
