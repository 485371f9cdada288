/** The gate's road: SCCP octets in, verdict and octets out. */
export type { AllowListSettings, AllowRow, Refusal } from './allow-list.js';
export { GATE_COUNTS, type GateCount, type GateCounts } from './counts.js';
export type {
  Carried,
  GateEvent,
  GateEventKind,
  GateOutput,
  GatePorts,
  GateRouting,
  GateSettings,
  JournalStep,
  PlatformRoute,
  TracedDecision,
  Wire,
} from './gate.js';
export { type GateBounds, GateSwitch } from './gate-switch.js';
export { type LoadLevel, SHED_FROM, type ShedSettings, type TrafficClass } from './overload.js';
export { type Title, titleKeyOf } from './titles.js';
