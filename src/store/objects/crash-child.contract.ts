/** A process that changes objects without end and says what was acknowledged, one line each; made to be killed. */
import { silentLog } from '#base';
import { openObjectStore } from './open.js';

const [, script, folder] = process.argv;

/** Secret of an object at a revision; told apart from every other. */
export const secretAt = (name: string, turn: number): string => `secret of ${name} at ${turn}`;

async function run(): Promise<void> {
  const store = await openObjectStore({ folder: folder!, logOctetsMax: 6_000 }, { now: Date.now, log: silentLog });
  for (let turn = store.snapshot.revision + 1; ; turn++) {
    const name = `v${turn % 5}`;
    const object = {
      name,
      'vasp-id': name,
      note: `turn ${turn}`,
      identification: { user: name, passwords: [secretAt(name, turn)] },
    };
    const seen = store.snapshot.revision;
    const outcome = await store.change({ who: 'child', seen, changes: [{ act: 'put', kind: 'vasp', object }] });
    if (!outcome.ok) throw new Error(JSON.stringify(outcome.error));
    process.stdout.write(`${turn}\n`);
  }
}

if (script?.endsWith('crash-child.contract.js')) await run();
