/** Whether a mobile-originated short message is relayed, rejected or redirected, and what is known of numbers. */
export type { MoSubmission, NatureOfNumber, TitleKey, WrittenNumber } from './message.js';
export {
  type Entity,
  NO_PORTABILITY_TYPE,
  type NumberFinding,
  type NumberLookup,
  type NumberRecord,
  type NumberStoreState,
  type NumbersVersion,
} from './numbers.js';
