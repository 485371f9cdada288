/**
 * What seeds have found, one row each. The seeds run with every `npm test`; the test of the fault itself stands in its room, as a seed means
 * another world when roads or faults are added.
 */
export interface Regression {
  readonly seed: number;
  readonly name: string;
  /** What was wrong, in one sentence, and where its own test stands. */
  readonly found: string;
}

export const REGRESSIONS: readonly Regression[] = [
  {
    seed: 592,
    name: 'a segment file that could not be deleted is deleted later',
    found:
      'the sweep of such files ran only while compaction had something to do, so they stayed until a restart and held up large content (src/store/embedded/faults.test.ts)',
  },
  {
    seed: 40029,
    name: 'nobody is refused whose outcome is not known when the store is closed',
    found:
      'closing the store refused the group in doubt, which stood in the log and came true at the next start, perhaps without its content (src/store/embedded/faults.test.ts)',
  },
  {
    seed: 5195,
    name: 'recovery waits for a commit without spinning',
    found:
      'after a failed checkpoint the recovery asked on every turn of the event loop whether the commit under way was done (src/store/embedded/commit-queue.test.ts)',
  },
  {
    seed: 1649,
    name: 'what was committed before a failed flush is there at the next start',
    found:
      'after a complete checkpoint the mark of a suspect log stood before the last commit, so that cutting the log hid it although the database had it (src/store/embedded/sql/writer.test.ts)',
  },
  {
    seed: 2007146,
    name: 'nothing is claimed that a change in doubt has put off',
    found:
      'a claim handed out a row as it stood, although a commit that nobody had been told of yet had put it off (src/store/embedded/faults.test.ts)',
  },
];
