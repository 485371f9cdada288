/**
 * What seeds have found, one row each. The seeds run with every `npm test`; the test of the fault itself stands in its room, as a seed means
 * another world when roads or faults are added.
 */
export interface Regression {
  readonly seed: number;
  /** It found it in a world without mail, recalls, operators and charging: see `WorldOptions.older`. Absent means no. */
  readonly older?: true;
  readonly name: string;
  /** What was wrong, in one sentence, and where its own test stands. */
  readonly found: string;
}

export const REGRESSIONS: readonly Regression[] = [
  {
    seed: 592,
    older: true,
    name: 'a segment file that could not be deleted is deleted later',
    found:
      'the sweep of such files ran only while compaction had something to do, so they stayed until a restart and held up large content (src/store/embedded/faults.test.ts)',
  },
  {
    seed: 40029,
    older: true,
    name: 'nobody is refused whose outcome is not known when the store is closed',
    found:
      'closing the store refused the group in doubt, which stood in the log and came true at the next start, perhaps without its content (src/store/embedded/faults.test.ts)',
  },
  {
    seed: 5195,
    older: true,
    name: 'recovery waits for a commit without spinning',
    found:
      'after a failed checkpoint the recovery asked on every turn of the event loop whether the commit under way was done (src/store/embedded/commit-queue.test.ts)',
  },
  {
    seed: 1649,
    older: true,
    name: 'what was committed before a failed flush is there at the next start',
    found:
      'after a complete checkpoint the mark of a suspect log stood before the last commit, so that cutting the log hid it although the database had it (src/store/embedded/sql/writer.test.ts)',
  },
  {
    seed: 2007146,
    older: true,
    name: 'nothing is claimed that a change in doubt has put off',
    found:
      'a claim handed out a row as it stood, although a commit that nobody had been told of yet had put it off (src/store/embedded/faults.test.ts)',
  },
  {
    seed: 4000116,
    name: 'what is requeued waits for its delivery time',
    found:
      'an operator who queued a road anew sent out what its sender wanted delivered later (src/messaging/road-actions.test.ts)',
  },
  {
    seed: 4000067,
    name: 'nobody is given what was taken back',
    found:
      'a handover that was being prepared took along a delivery whose cancellation had been answered meanwhile (src/messaging/recall.test.ts)',
  },
  {
    seed: 4000012,
    name: 'a replaced message reaches everybody in one version',
    found:
      'the old version was stopped in a change of its own, after the new one had been on its way already (src/messaging/recall.test.ts)',
  },
  {
    seed: 4000049,
    name: 'a replacement takes nothing from a recipient for whom it came too late',
    found:
      'whom the old version was on its way to and did not reach lost it, and had no part in the new one (src/messaging/recall.test.ts)',
  },
];
