/** Whether a mobile-originated short message is relayed, rejected or redirected, and what is known of numbers. */
export type { MoSubmission, NatureOfNumber, TitleKey, WrittenNumber } from './message.js';
export { NumberBook, type Step, TABLE_FULL } from './numbers/book.js';
export { digitsOf, NUMBER_DIGITS_MAX, numberOf } from './numbers/digits.js';
export { type Entry, validityOf } from './numbers/entries.js';
export { GROWTH, MemoryNumbers, refill } from './numbers/memory.js';
export type { StoredRange } from './numbers/ranges.js';
export { recordFault } from './numbers/records.js';
export { NUMBERS_MAX, NumberTable } from './numbers/table.js';
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
