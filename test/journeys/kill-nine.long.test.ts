/** The long form of the crash journey: `npm test -- --long kill-nine`. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { killRounds } from './kill-nine/rounds.js';

it('keeps every promise over 20 kills -9 at random moments under load', async (t) => {
  const outcome = await killRounds(20);
  t.diagnostic(JSON.stringify({ ...outcome, missing: outcome.missing.length }));
  assert.ok(outcome.accepted > 0, 'something must have been accepted');
  assert.deepEqual(outcome.missing, [], 'answered Ok, never delivered');
  assert.deepEqual(outcome.doubled, [], 'one message delivered as two');
  assert.deepEqual(outcome.wrong, [], 'delivered with other octets, or to somebody else');
});
