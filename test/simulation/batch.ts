/** A process of `scripts/simulate.mjs`: is sent ranges of seeds, sends back what became of each, and ends when nobody talks to it any more. */
import { simulate } from './simulate.js';

// Whoever asked is gone: nobody wants what is left.
process.on('disconnect', () => process.exit());

process.on('message', async ({ from, to }: { readonly from: number; readonly to: number }) => {
  for (let seed = from; seed < to; seed++) process.send!(await simulate(seed));
});
