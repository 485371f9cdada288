/** A failed world in words, with the command that runs it again. */
import type { Outcome } from './simulate.js';

export function report({ seed, failure }: Outcome): string {
  if (!failure) return `seed ${seed}: every invariant held`;
  return [...failure.trace, '', `seed ${seed}: ${failure.text}`, `again: npm run simulate -- --seed ${seed}`].join('\n');
}
