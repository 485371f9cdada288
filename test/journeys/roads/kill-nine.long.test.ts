/** The crash journey between carriers at length: `npm test -- --long roads/kill-nine`. */
import { it } from 'node:test';
import { assertKept, killCarriers } from './kill-nine.js';

it('two carriers keep every promise over 30 kills -9 of the one or the other while messages flow both ways', async (t) => {
  const outcome = await killCarriers(30);
  t.diagnostic(JSON.stringify({ kills: outcome.kills, accepted: outcome.accepted, repeated: outcome.repeated }));
  assertKept(outcome);
});
