/** EventLog: rows that the writer's triggers add in the transaction of the change itself. */
import type { EventLog, LoggedChange, MessagingEvent } from '#messaging';
import type { CommitQueue } from './commit-queue.js';
import { parsed } from './message-store.js';
import type { ReaderClient } from './reader-client.js';

/** What removing rows costs in a group. Octets, an estimate. */
const DONE_OCTETS = 256;

export class EmbeddedEventLog implements EventLog {
  readonly #commits: CommitQueue;
  readonly #reader: ReaderClient;
  readonly #wakes: (() => void)[] = [];

  constructor(commits: CommitQueue, reader: ReaderClient) {
    this.#commits = commits;
    this.#reader = reader;
  }

  /** Something was committed. */
  settled(): void {
    for (const wake of this.#wakes) wake();
  }

  identity(): Promise<string> {
    return this.#reader.ask({ kind: 'log-identity' });
  }

  async changesAfter(after: number, limit: number): Promise<readonly LoggedChange[]> {
    const rows = await this.#reader.ask({ kind: 'logged', after, limit });
    return rows.map(({ place, events, stored }) => ({
      place,
      events: JSON.parse(events) as MessagingEvent[],
      ...parsed(stored),
    }));
  }

  changesDone(upTo: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#commits.add({ rows: { kind: 'logged-done', upTo }, octets: DONE_OCTETS, done: () => resolve(), refused: reject });
    });
  }

  onChanges(wake: () => void): void {
    this.#wakes.push(wake);
  }
}
