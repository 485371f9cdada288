import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Destinations, type SsnmMessage, UNSAID } from './destinations.js';

const about = (pointCode: number, mask = 0) => ({ affectedPointCodes: [{ mask, pointCode }] });
function after(...messages: readonly SsnmMessage[]): Destinations {
  const destinations = new Destinations();
  for (const message of messages) destinations.take(message);
  return destinations;
}

describe('destinations', () => {
  it('of which nothing was said are available', () => {
    assert.deepEqual(new Destinations().statusOf(5), UNSAID);
  });

  it('are as the latest message says; SCON leaves the reachability, DUNA and DAVA end congestion', () => {
    const told = after({ kind: 'DRST', ...about(5) }, { kind: 'SCON', ...about(5), congestionLevel: 2 });
    assert.deepEqual(told.statusOf(5), { reachability: 'restricted', congestionLevel: 2 });
    told.take({ kind: 'SCON', ...about(5) });
    assert.equal(told.statusOf(5).congestionLevel, 1);
    told.take({ kind: 'DAVA', ...about(5) });
    assert.deepEqual(told.statusOf(5), UNSAID);
    told.take({ kind: 'DUNA', ...about(5) });
    assert.deepEqual(told.unavailable(), [{ mask: 0, pointCode: 5 }]);
  });

  it('in ranges: of all messages that touch a point code the latest counts', () => {
    const told = after({ kind: 'DUNA', ...about(0x108, 3) }, { kind: 'DAVA', ...about(0x10a) });
    const states = [0x107, 0x108, 0x10a, 0x10f, 0x110].map((it) => told.statusOf(it).reachability);
    assert.deepEqual(states, ['available', 'unavailable', 'available', 'unavailable', 'available']);
    told.take({ kind: 'DUNA', ...about(0, 255) });
    assert.equal(told.statusOf(0x10a).reachability, 'unavailable');
    assert.equal(told.statusOf(0xff_ffff).reachability, 'unavailable');
  });

  it('are kept up to a limit, and those that are known go on being told', () => {
    const told = new Destinations();
    for (let pointCode = 0; pointCode < 16_384; pointCode++) assert.equal(told.take({ kind: 'DUNA', ...about(pointCode) }), true);
    assert.equal(told.take({ kind: 'DUNA', ...about(16_384) }), false);
    assert.equal(told.statusOf(16_384).reachability, 'available');
    assert.equal(told.take({ kind: 'DAVA', ...about(3) }), true);
    assert.equal(told.statusOf(3).reachability, 'available');
    assert.equal(told.count, 16_384);
    told.clear();
    assert.equal(told.count, 0);
  });

  it('say nothing of users and audits', () => {
    const told = after({ kind: 'DUPU', ...about(5), userCause: { cause: 1, user: 3 } }, { kind: 'DAUD', ...about(5) });
    assert.equal(told.count, 0);
  });
});
