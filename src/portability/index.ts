/** Whether a mobile-originated short message is relayed, rejected or redirected, and what is known of numbers. */
export { type CeilingState, RejectCeiling } from './ceiling.js';
export { createScreening } from './create-screening.js';
export {
  type Action,
  type CentreComparison,
  CONDITIONING_FAILURES,
  type ConditioningFailure,
  type Decision,
  type Held,
  OUTCOMES,
  type Outcome,
  type Party,
  PLACES,
  type Place,
  REASONS,
  type Reason,
  type Relay,
} from './decision.js';
export { type EnforcementFinding, enforcementFindings, mayReject } from './enforcement.js';
export { EVENTS, type ScreeningEvent, type ScreeningEventKind } from './events.js';
export { lintHomeSmscs } from './home-smscs.js';
export type { MoSubmission, NatureOfNumber, SelectorKey, TitleKey, WrittenNumber } from './message.js';
export { NumberBook, TABLE_FULL } from './numbers/book.js';
export { digitsOf, NUMBER_DIGITS_MAX, numberOf } from './numbers/digits.js';
export { type Entry, validityOf } from './numbers/entries.js';
export { growAtOnce, numbersOfLarger, refill } from './numbers/growth.js';
export { MemoryNumbers } from './numbers/memory.js';
export type { StoredRange } from './numbers/ranges.js';
export { recordFault } from './numbers/records.js';
export type { Step } from './numbers/steps.js';
export { ABSENT, NO_ROOM, NUMBERS_MAX, NumberTable } from './numbers/table.js';
export { emptyImage, type NumbersImage, type NumbersUpdate, NumberView } from './numbers/view.js';
export {
  type ChangeRefusal,
  type Entity,
  NO_PORTABILITY_TYPE,
  type NumberCensus,
  type NumberChange,
  type NumberCount,
  type NumberFinding,
  type NumberLookup,
  type NumberRange,
  type NumberRecord,
  type NumberStoreState,
  type NumbersVersion,
  type NumberWriter,
  type Validity,
} from './numbers.js';
export { entityText, portabilityTypeText, prepaidTypeOf } from './portability-type.js';
export type { NotScreened, PlatformHealth, Question, Screening, ScreeningPorts, Selection } from './screening.js';
export { SERVICE_NAMES, TITLE_NATURES, TITLE_PLANS } from './selectors.js';
export {
  ANSWERS,
  type Answer,
  type Answers,
  type CeilingSettings,
  type ConditioningSettings,
  type DeliveryFailureCause,
  type Flow,
  type HomeSmsc,
  type HomeSmscSettings,
  type Mode,
  type Platform,
  type PrepaidSettings,
  type RelaySettings,
  type Rule,
  SCREENED_TYPES,
  type ScreenedType,
  type ScreeningSettings,
  type SelectorSettings,
  type SettingsFault,
  type WhenUnavailable,
} from './settings.js';
export { Tally, type TallyRow } from './tally.js';
export type { Trace, TraceStep, TypeClass } from './trace.js';
export { answerText, modeText, type TraceTextOptions, traceText } from './trace-text.js';
