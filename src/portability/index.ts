/** Whether a mobile-originated short message is relayed, rejected or redirected, and what is known of numbers. */
export type { MoSubmission, NatureOfNumber, TitleKey, WrittenNumber } from './message.js';
export { digitsOf, NUMBER_DIGITS_MAX, numberOf } from './numbers/digits.js';
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
