/** Prepaid platforms: which messages come from one, and which one a prepaid subscriber's message goes to. */
import { DigitTree, withoutZeroFiller } from './digit-tree.js';
import { draw, PLATFORM } from './draw.js';
import type { MoSubmission } from './message.js';
import type { PlatformHealth } from './screening.js';
import type { Platform, PrepaidSettings } from './settings.js';

interface Candidate {
  readonly platform: Platform;
  readonly weight: number;
}

export class Platforms {
  readonly #byAddress = new DigitTree<Platform>();
  readonly #byName = new Map<string, Platform>();
  /** By prepaid type. */
  readonly #rows: (readonly Candidate[] | undefined)[] = [];
  readonly #health: PlatformHealth | undefined;

  constructor(settings: PrepaidSettings, health: PlatformHealth | undefined) {
    this.#health = health;
    for (const platform of settings.platforms) {
      this.#byName.set(platform.name, platform);
      for (const address of platform.addresses) this.#byAddress.at(address, () => platform);
    }
    for (const { prepaidType, to } of settings.relays)
      this.#rows[prepaidType] = to.map(({ platform, weight }) => ({ platform: this.#byName.get(platform)!, weight }));
  }

  /** The platform that a message comes from, by its calling party or by what the transport knows. */
  origin(submission: MoSubmission): Platform | undefined {
    const named = submission.cameFrom === undefined ? undefined : this.#byName.get(submission.cameFrom);
    const { indicator, digits } = submission.calling;
    return named ?? this.#at(digits) ?? this.#at(withoutZeroFiller(indicator, digits));
  }

  #at(digits: string | undefined): Platform | undefined {
    return digits === undefined || digits === '' ? undefined : this.#byAddress.exact(digits);
  }

  /** Undefined: the prepaid type is not provisioned. */
  candidates(prepaidType: number): readonly Candidate[] | undefined {
    return this.#rows[prepaidType];
  }

  isUp(platform: Platform): boolean {
    return this.#health === undefined || this.#health.isUp(platform.name);
  }

  /**
   * One of the candidates by weight, the same for all messages of a number as long as it can take them; so that a platform's failure moves its
   * own subscribers only, the draw is repeated without it. Undefined: none can.
   */
  choose(candidates: readonly Candidate[], number: number): Platform | undefined {
    const first = pick(candidates, draw(number, 0, PLATFORM), isTaking);
    if (first !== undefined && this.isUp(first)) return first;
    const left = candidates.filter(({ platform }) => isTaking(platform) && this.isUp(platform));
    return pick(left, draw(number, 1, PLATFORM), isTaking) ?? left[0]?.platform;
  }
}

const isTaking = (platform: Platform): boolean => platform.drain !== true;

/** By weight among those that `may`; undefined when these weigh nothing. */
function pick(candidates: readonly Candidate[], lot: number, may: (platform: Platform) => boolean): Platform | undefined {
  let total = 0;
  for (let i = 0; i < candidates.length; i++) if (may(candidates[i]!.platform)) total += candidates[i]!.weight;
  if (total === 0) return undefined;
  let left = lot % total;
  for (let i = 0; i < candidates.length; i++) {
    const { platform, weight } = candidates[i]!;
    if (may(platform) && (left -= weight) < 0) return platform;
  }
  return undefined;
}
