/** A process that changes numbers without end and says what was acknowledged, one line each; made to be killed. */
import { rn } from '../../portability/numbers.contract.js';
import { openNumberStore } from './open.js';

const [, script, folder, round] = process.argv;

async function run(): Promise<void> {
  const opened = await openNumberStore({ folder: folder!, settings: { compactAfterChanges: 3_000, compactPauseMs: 0 } });
  if (!opened.ok) throw new Error(JSON.stringify(opened.error));
  const store = opened.value;
  if (store.state === 'missing') await store.startEmpty();
  const client = async (client: number): Promise<void> => {
    for (let made = 0; ; made++) {
      const number = 1 + client * 10_000 + (made % 500);
      const value = `${round}A${made.toString(16).toUpperCase()}`;
      // Said before: the change may have happened although the acknowledgement is lost with the process.
      process.stdout.write(`setting ${number} ${value}\n`);
      const changes =
        made % 5 === 4
          ? ({ kind: 'delete-number', number } as const)
          : ({ kind: 'set-number', number, record: rn(1, value) } as const);
      const done = await store.apply([changes]);
      if (!done.ok) throw new Error(JSON.stringify(done.error));
      process.stdout.write(`${made % 5 === 4 ? 'deleted' : 'set'} ${number} ${value}\n`);
    }
  };
  await Promise.all(Array.from({ length: 32 }, (_, number) => client(number)));
}

if (script?.endsWith('crash-child.contract.js') && folder !== undefined) await run();
