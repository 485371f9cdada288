/** What every MessageStore must do: the behaviour behind the words of `message-store.ts`, run against each implementation, by theme. */
import { describe } from 'node:test';
import { acceptContract } from './message-store-accept.contract.js';
import { benchOf, type OpenMessageStore } from './message-store-bench.contract.js';
import { changeContract } from './message-store-change.contract.js';
import { dueContract } from './message-store-due.contract.js';
import { roadsContract } from './message-store-roads.contract.js';
import { upkeepContract } from './message-store-upkeep.contract.js';

export type { OpenedMessageStore } from './message-store-bench.contract.js';

/** Registers the suite. */
export function messageStoreContract(name: string, open: OpenMessageStore): void {
  const withStore = benchOf(open);
  describe(`MessageStore contract: ${name}`, () => {
    acceptContract(withStore);
    changeContract(withStore);
    dueContract(withStore);
    roadsContract(withStore, open);
    upkeepContract(withStore, open);
  });
}
