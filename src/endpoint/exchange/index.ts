/** The laboratory's exchanges, service centres and IN platforms: traffic for a signalling gate, with a verdict of its own for every message. */
export { type CentreBehaviour, type PlatformBehaviour, PROMPT } from './answering.js';
export { CaptureWriter } from './capture-writer.js';
export { type GateFileSettings, type GateWays, gateFile } from './gate-file.js';
export { DelayHistogram, type DelaySummary, summaryOf } from './histogram.js';
export {
  NETWORK,
  type Network,
  NODES,
  PLACES,
  type Place,
  SELECTED_TYPE,
  TITLE_PREFIXES,
  UNSELECTED_TYPE,
} from './laboratory.js';
export { NumberBook, type NumberFacts } from './number-facts.js';
export { numberOf, type PlannedRecord, plannedRecords, SENDERS, type SenderKind, SUBSCRIBERS_MAX } from './numbers.js';
export { numbersFile, readNumbersFile } from './numbers-file.js';
export {
  type Expectation,
  type Facts,
  type Flow,
  type GateSettings,
  SCREENED,
  type Screened,
  TABLES,
  type TableInput,
  type TypeClass,
  type Verdict,
} from './oracle.js';
export type { Draft, Prepared } from './pending.js';
export { ASP_IDENTIFIERS, type PlaceSettings } from './places.js';
export { PROFILE_NAMES, PROFILES, type Profile, type ProfileName } from './profiles.js';
export { DEFAULT_REFUSAL, type Refusal } from './rejection.js';
export { type Replay, type ReplaySettings, readReplay } from './replay.js';
export { type Bursts, Schedule, type ScheduleSettings } from './schedule.js';
export {
  CannotSimulate,
  type Progress,
  Simulation,
  type SimulationPorts,
  type SimulationResult,
  type SimulationSettings,
} from './simulate.js';
export { prepared, Source } from './source.js';
export { type Fault, type Mismatch, type Report, Tally } from './tally.js';
export type { Template } from './template.js';
export { type Outcome, Traffic, type TrafficPorts, type TrafficSettings } from './traffic.js';
