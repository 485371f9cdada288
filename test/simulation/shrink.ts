/** Finds what of a failing world's plan may be left out: it still fails, with fewer faults and messages, on the same invariant. */
import { type SimulateOptions, simulate } from './simulate.js';

/** Larger than any plan. */
const PLAN_MAX = 10;

type Plan = Required<Pick<SimulateOptions, 'withoutFaults' | 'withoutMessages'>>;

/** `plan`: what is left out already. Gives it back unchanged when the world does not fail. */
export async function shrink(seed: number, plan: Plan): Promise<Plan> {
  const { failure } = await simulate(seed, plan);
  if (!failure) return plan;
  let smallest = plan;
  for (const part of ['withoutFaults', 'withoutMessages'] as const) {
    for (let number = 0; number < PLAN_MAX; number++) {
      const smaller: Plan = { ...smallest, [part]: new Set([...smallest[part], number]) };
      const outcome = await simulate(seed, smaller);
      if (outcome.failure?.invariant === failure.invariant) smallest = smaller;
    }
  }
  return smallest;
}
