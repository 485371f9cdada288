/** What routing and screening themselves find wrong with what they would be given, at the keys that it came from. */
import type { CrossFault } from '../config-document.js';
import type { GateConfig } from './config.js';
import type { GateLists } from './config-parts.js';

/** Faults, and what can hardly be meant. */
export interface SpecFaults {
  readonly faults: readonly CrossFault[];
  readonly warnings: readonly string[];
}

export function specFaults(_config: GateConfig, _lists: GateLists): SpecFaults {
  return { faults: [], warnings: [] };
}
