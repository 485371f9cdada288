/** Draws messages from a profile by a seed. */
import type { Mix } from './mixes.js';
import { expect, type GateSettings } from './oracle.js';
import type { Draft, Prepared } from './pending.js';
import type { Profile } from './profiles.js';
import { Random, Weighted } from './random.js';
import type { Template } from './template.js';

/** The template with its verdict: that of the table, or its own where the table does not know it. */
export function prepared(template: Template, gate: GateSettings): Prepared {
  const { facts, verdicts } = template;
  return { template, expectation: verdicts === undefined ? expect(facts, gate) : { row: 'beside the table', verdicts } };
}

const drawOf = (mix: Mix, gate: GateSettings): Weighted<readonly Prepared[]> =>
  new Weighted(mix.map(([templates, weight]) => [templates.map((template) => prepared(template, gate)), weight]));

/** An endless row of messages: the same seed, profile and settings give the same. */
export class Source {
  private readonly random: Random;
  private readonly calm: Weighted<readonly Prepared[]>;
  private readonly burst: Weighted<readonly Prepared[]>;
  private readonly subscribers: number;

  /** `subscribers`: of each kind. */
  constructor(profile: Profile, gate: GateSettings, seed: number, subscribers: number) {
    this.random = new Random(seed);
    this.calm = drawOf(profile.mix(), gate);
    this.burst = profile.burstMix === undefined ? this.calm : drawOf(profile.burstMix(), gate);
    this.subscribers = subscribers;
  }

  next(isBurst: boolean): Draft {
    const { template, expectation } = this.random.pick((isBurst ? this.burst : this.calm).draw(this.random));
    return { template, expectation, index: this.random.below(this.subscribers) };
  }
}
