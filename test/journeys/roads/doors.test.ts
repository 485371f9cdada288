/** A carrier that is stopped, or killed, while messages come in by every door and go out by every road. At length: doors.long.test.ts. */
import { it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { assertKept, type Hands, loadDoors } from './doors.js';
import { killOften } from './doors-killed.js';

/** Waits until every door has taken so many more. */
async function underLoad(hands: Hands, more: number): Promise<void> {
  const before = hands.accepted();
  while (Object.entries(hands.accepted()).some(([door, count]) => count < before[door as keyof typeof before] + more))
    await sleep(20);
}

it('a carrier that is stopped in order while messages come in by every door loses none, and gives none a second name', async (t) => {
  const outcome = await loadDoors(async (hands) => {
    await underLoad(hands, 5);
    await hands.end('SIGTERM');
    await hands.start();
    await underLoad(hands, 2);
  });
  t.diagnostic(JSON.stringify(outcome));
  assertKept(outcome);
});

it('a carrier that is killed while messages come in by every door loses none, and gives none a second name', async (t) => {
  const outcome = await loadDoors(killOften(3));
  t.diagnostic(JSON.stringify(outcome));
  assertKept(outcome);
});
