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
