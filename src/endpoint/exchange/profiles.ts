/** Profiles: named mixes with what happens to the network meanwhile. docs/gate-simulate.md describes each for whoever runs them. */
import { type CentreBehaviour, type PlatformBehaviour, PROMPT } from './answering.js';
import { hopTemplates } from './damage.js';
import type { Place } from './laboratory.js';
import {
  dialogueFirstMix,
  everyRowMix,
  type Mix,
  oddMix,
  plainMix,
  portedMix,
  prepaidMix,
  segmentedMix,
  shortMix,
} from './mixes.js';
import type { Bursts } from './schedule.js';

/** What is done to a place's association, again and again; it begins with the first whole interval. */
export interface Disturbance {
  readonly place: Place;
  /** `cut`: it is lost, and cannot be made anew. `closed-window`: the place reads nothing. */
  readonly kind: 'cut' | 'closed-window';
  readonly everyMs: number;
  readonly lastMs: number;
}

export interface Profile {
  /** One line for `--help`. */
  readonly description: string;
  readonly mix: () => Mix;
  /** In bursts. Absent: the same. */
  readonly burstMix?: () => Mix;
  readonly bursts?: Bursts;
  readonly centre?: CentreBehaviour;
  readonly platform?: PlatformBehaviour;
  readonly disturbance?: Disturbance;
  /** No IN platform comes up. */
  readonly platformsDown?: true;
}

export const PROFILES = {
  plain: { description: 'a working day: every kind of sender, both directions, other operations', mix: plainMix },
  'every-row': { description: 'all kinds of senders alike, so that every row of the decision table is met', mix: everyRowMix },
  short: { description: 'mobile-originated messages in one UDT each: for measuring', mix: shortMix },
  'ported-burst': {
    description: 'now and then five times the rate, nine of ten from ported senders',
    mix: plainMix,
    burstMix: portedMix,
    bursts: { everyMs: 2_000, lastMs: 400, factor: 5 },
  },
  loop: {
    description: 'hop counters that run out, and IN platforms that send back what they get',
    mix: () => [...prepaidMix(), [hopTemplates(), 30]],
    platform: 'return',
  },
  malformed: { description: 'damaged, odd and undeliverable messages among good ones', mix: oddMix },
  segmented: { description: 'messages in two and more XUDTs, and in LUDTs', mix: segmentedMix },
  'continue-dialogue': {
    description: 'dialogues that are opened first and bring the message in a Continue',
    mix: dialogueFirstMix,
    centre: { ...PROMPT, delayMs: [0, 20] },
  },
  'dead-IN': { description: 'prepaid senders, and no IN platform', mix: prepaidMix, platformsDown: true },
  'flapping-association': {
    description: "the service centres' association is lost again and again",
    mix: plainMix,
    disturbance: { place: 'centre', kind: 'cut', everyMs: 2_000, lastMs: 300 },
  },
  'closed-window': {
    description: 'the service centres stop reading for a while, again and again',
    mix: plainMix,
    disturbance: { place: 'centre', kind: 'closed-window', everyMs: 3_000, lastMs: 1_000 },
  },
} as const satisfies Readonly<Record<string, Profile>>;

export type ProfileName = keyof typeof PROFILES;
export const PROFILE_NAMES = Object.keys(PROFILES) as ProfileName[];
