/** Runs inside the guest: plays every scene and writes what became of it to `$OUT/outcomes.json`. */
import { writeFileSync } from 'node:fs';
import { clearStage, prepareStage, SCENES } from './scenes.js';

/** Undefined: it held. */
const outcomes: Record<string, string | null> = {};
const wanted = process.argv[2];
prepareStage();
for (const [title, play] of Object.entries(SCENES)) {
  if (wanted !== undefined && !title.includes(wanted)) continue;
  try {
    await play();
    outcomes[title] = null;
  } catch (e) {
    outcomes[title] = e instanceof Error ? (e.stack ?? e.message) : String(e);
  }
  await clearStage();
  writeFileSync(`${process.env['OUT']}/outcomes.json`, JSON.stringify(outcomes));
}
