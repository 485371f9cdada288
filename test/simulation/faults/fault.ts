/** Something that goes wrong in the world for a while. */
import type { Random } from '../kit/random.js';
import type { Hazards } from '../machine/hazards.js';
import type { Machine } from '../machine/machine.js';
import type { Phone } from '../world/phone.js';

export interface FaultWorld {
  readonly machine: Machine;
  readonly hazards: Hazards;
  readonly phones: readonly Phone[];
  /** Octets of the disk. */
  readonly diskOctets: number;
  /** Sets the wall clock forward, or back when negative. */
  stepClock(ms: number): void;
}

export interface Fault {
  /** Counted under this name. */
  readonly name: string;
  /** How often it is drawn, beside the others. */
  readonly weight: number;
  /** How long it lasts. Milliseconds, at least and at most. */
  readonly lastsMs: readonly [number, number];
  /** Begins it; gives what ends it. */
  begin(world: FaultWorld, random: Random): () => void;
}

/** For faults that are over as soon as they have happened. */
export const atOnce = (): void => undefined;
export const AN_INSTANT: readonly [number, number] = [0, 0];
