/** The crash journey between carriers: `npm test -- --long roads/kill-nine`. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { killCarriers } from './kill-nine.js';

it('two carriers keep every promise over 30 kills -9 of the one or the other while messages flow both ways', async (t) => {
  const outcome = await killCarriers(30);
  t.diagnostic(JSON.stringify({ kills: outcome.kills, accepted: outcome.accepted, repeated: outcome.repeated }));
  assert.ok(outcome.accepted > 0, 'something must have been accepted');
  assert.deepEqual(outcome.missing, [], "answered Ok, never at the other carrier's handset");
  assert.deepEqual(outcome.doubled, [], 'one message delivered as two');
  assert.deepEqual(outcome.wrong, [], 'delivered with other octets, or to somebody else');
  assert.deepEqual(outcome.unreported, [], 'delivered, and no report at the sender');
  assert.deepEqual(outcome.unanswered, [], 'the answer to a message between the carriers, or a report, is lost');
  assert.deepEqual(outcome.uncharged, [], 'a charging record is missing, or is made twice for one event');
  assert.deepEqual(outcome.chargedTwice, [], 'a charging record is written twice, or out of sequence');
});
