/** Finds what of a failing world's plan may be left out: it still fails, with fewer faults and messages, on the same invariant. */
import { type SimulateOptions, simulate } from './simulate.js';

/** Numbers that a plan may have: of faults and operators' deeds, of handsets' messages, and of what comes from elsewhere. */
const NUMBERS: Readonly<Record<'withoutFaults' | 'withoutMessages', readonly number[]>> = {
  withoutFaults: [0, 100].flatMap(ten),
  withoutMessages: [0, 1_000, 1_100, 1_200].flatMap(ten),
};

type Plan = Required<Pick<SimulateOptions, 'withoutFaults' | 'withoutMessages'>> & Pick<SimulateOptions, 'older'>;

/** `plan`: what is left out already. Gives it back unchanged when the world does not fail. */
export async function shrink(seed: number, plan: Plan): Promise<Plan> {
  const { failure } = await simulate(seed, plan);
  if (!failure) return plan;
  let smallest = plan;
  for (const part of ['withoutFaults', 'withoutMessages'] as const) {
    for (const number of NUMBERS[part]) {
      const smaller: Plan = { ...smallest, [part]: new Set([...smallest[part], number]) };
      const outcome = await simulate(seed, smaller);
      if (outcome.failure?.invariant === failure.invariant) smallest = smaller;
    }
  }
  return smallest;
}

/** More than any part of a plan has. */
function ten(from: number): readonly number[] {
  return Array.from({ length: 10 }, (_, i) => from + i);
}
