/** The crash journey between carriers, short: each is killed once or twice. At length: kill-nine.long.test.ts. */
import { it } from 'node:test';
import { assertKept, killCarriers } from './kill-nine.js';

it('two carriers keep every promise when each is killed while messages flow both ways', async (t) => {
  const outcome = await killCarriers(3);
  t.diagnostic(JSON.stringify({ kills: outcome.kills, accepted: outcome.accepted, repeated: outcome.repeated }));
  assertKept(outcome);
});
