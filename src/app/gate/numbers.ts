/** The number store of a gate, as its configuration says. */
import type { Log, Meter } from '#base';
import type { GateConfig } from './config.js';
import type { KnownNumbers } from './core.js';
import { NO_NUMBERS } from './spec-faults.js';

export interface NumbersPorts {
  readonly log: Log;
  readonly meter: Meter;
  readonly now: () => number;
}

export async function openNumbers(_config: GateConfig, _ports: NumbersPorts): Promise<KnownNumbers & { close(): Promise<void> }> {
  return { lookup: NO_NUMBERS, close: async () => {} };
}

/** Numbers that are only asked. */
export interface LoadedNumbers extends KnownNumbers {
  close(): Promise<void>;
}

export async function loadNumbers(_path: string | undefined, _config: GateConfig): Promise<LoadedNumbers> {
  return { lookup: NO_NUMBERS, close: async () => {} };
}
