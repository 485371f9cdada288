/** A run of the traffic tool against the double, in virtual time. */
import { PROMPT } from './answering.js';
import { GateDouble, type PlantedFault } from './gate-double.contract.js';
import type { Place } from './laboratory.js';
import { NETWORK } from './laboratory.js';
import { type GateSettings, SCREENED } from './oracle.js';
import { PROFILES, type Profile } from './profiles.js';
import { DEFAULT_REFUSAL } from './rejection.js';
import { Schedule } from './schedule.js';
import { Source } from './source.js';
import { type Outcome, Traffic } from './traffic.js';

export const SUBSCRIBERS = 200;

export const GATE: GateSettings = {
  flow: 'vstp',
  mode: 'enforce',
  prepaid: true,
  portability: true,
  recipientPrepaid: false,
  screened: SCREENED.vstp,
  platforms: 'up',
};

export interface TestRun {
  readonly profile?: Profile;
  readonly gate?: Partial<GateSettings>;
  /** What the gate is set to, where that is not what the oracle is told. */
  readonly realGate?: Partial<GateSettings>;
  readonly fault?: PlantedFault;
  readonly count?: number;
  readonly seed?: number;
  /** Asked before each message is taken. */
  readonly link?: (place: Place, now: number) => Outcome;
  /** Taken by the link, and never seen by the gate. */
  readonly isLost?: (place: Place, now: number) => boolean;
  readonly isDisturbed?: (from: number, to: number) => boolean;
  readonly isCutOff?: (from: number, to: number) => boolean;
  /** Every so often the process stands still for a while; what the gate had sent is read only after the next tick. */
  readonly stallEveryMs?: number;
  readonly onSent?: (place: Place, octets: Uint8Array) => void;
}

const TIMEOUT_MS = 50;
const STALL_MS = 200;

/** Runs until all has ended; a millisecond of virtual time for each round. */
export function runAgainstDouble(run: TestRun = {}): Traffic {
  const profile: Profile = run.profile ?? PROFILES.plain;
  const gate = { ...GATE, ...(profile.platformsDown ? { platforms: 'down-pass' as const } : {}), ...run.gate };
  const seed = run.seed ?? 1;
  const double = new GateDouble({ ...gate, ...run.realGate }, SUBSCRIBERS, run.fault);
  const source = new Source(profile, gate, seed, SUBSCRIBERS);
  const { bursts } = profile;
  let now = 0;
  const traffic = new Traffic(
    {
      network: NETWORK,
      seed,
      schedule: new Schedule({
        rate: 1_000,
        durationMs: 60_000,
        count: run.count ?? 1_000,
        ...(bursts === undefined ? {} : { bursts }),
      }),
      inFlightMax: 500,
      timeoutMs: run.stallEveryMs === undefined ? TIMEOUT_MS : STALL_MS,
      segmentOctets: 80,
      centre: profile.centre ?? PROMPT,
      platform: profile.platform ?? 'answer',
      refusal: DEFAULT_REFUSAL,
    },
    {
      transfer(place, data) {
        const outcome = run.link?.(place, now) ?? 'taken';
        if (outcome === 'taken') {
          run.onSent?.(place, data.userData);
          if (!run.isLost?.(place, now)) double.receive(place, data, now);
        }
        return outcome;
      },
      next: (isBurst) => source.next(isBurst),
      ...(run.isDisturbed === undefined ? {} : { isDisturbed: run.isDisturbed }),
      ...(run.isCutOff === undefined ? {} : { isCutOff: run.isCutOff }),
    },
  );
  for (; !traffic.isDone; now++) {
    if (run.stallEveryMs !== undefined && now % run.stallEveryMs === 0) {
      now += 4 * STALL_MS;
      traffic.tick(now);
    } else if (run.stallEveryMs === undefined) traffic.tick(now);
    else {
      traffic.tick(now);
      continue;
    }
    while (double.out.length > 0) for (const { place, data } of double.out.splice(0)) traffic.received(place, data, now + 0.5);
  }
  return traffic;
}
