/** The carrier that is killed under load at every door, at length: `npm test -- --long roads/doors`. */
import { it } from 'node:test';
import { assertKept, loadDoors } from './doors.js';
import { killOften } from './doors-killed.js';

it('a carrier keeps every promise that it gave at any door over 30 kills -9', async (t) => {
  const outcome = await loadDoors(killOften(30));
  t.diagnostic(JSON.stringify(outcome));
  assertKept(outcome);
});
