/** The gate's road: SCCP octets in, verdict and octets out. */
export type { AllowListSettings, AllowRow, Refusal } from './allow-list.js';
export { type GateFault, gateFaults } from './check-settings.js';
export { GATE_COUNTS, type GateCount, type GateCounts } from './counts.js';
export { Explainer, type ExplainPorts, type Explanation, explainMessage } from './explain.js';
export type { Assumed, ExplainInput, InputFault, MessageFields } from './explain-input.js';
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
export {
  type EventNumbers,
  GATE_EVENTS,
  type MessageReport,
  type ReportedAddress,
  reportGate,
  reportScreening,
  type WireReport,
  wireReport,
} from './reports.js';
export { type Title, titleKeyOf } from './titles.js';
