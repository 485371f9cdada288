/** Changes as they are asked for, and the steps that a planned batch of them is. */
import type { NumberChange, NumberRecord } from '../numbers.js';
import { isNumber } from './digits.js';
import { type Entry, validityFault } from './entries.js';
import { recordFault } from './records.js';

/** One step of a planned batch, as a log keeps it. */
export type Step =
  | { readonly step: 'define'; readonly index: number; readonly record: NumberRecord }
  | { readonly step: 'set'; readonly number: number; readonly entry: Entry }
  | { readonly step: 'drop'; readonly number: number }
  | { readonly step: 'set-range'; readonly first: number; readonly last: number; readonly entry: Entry }
  | { readonly step: 'drop-range'; readonly first: number; readonly last: number };

/** What is wrong with a change by itself, in words. */
export function faultOf(change: NumberChange): string | undefined {
  if (change.kind === 'set-number' || change.kind === 'delete-number') {
    if (!isNumber(change.number)) return `${change.number} is not a number of 1 to 15 digits`;
  } else if (!isNumber(change.first) || !isNumber(change.last)) {
    return `the ends of the range ${change.first} to ${change.last} are not numbers of 1 to 15 digits`;
  } else if (change.last < change.first) {
    return `the range ${change.first} to ${change.last} ends before it begins`;
  } else if (String(change.first).length !== String(change.last).length) {
    return `the ends of the range ${change.first} to ${change.last} have not the same count of digits`;
  }
  if (change.kind === 'delete-number' || change.kind === 'delete-range') return undefined;
  return recordFault(change.record) ?? validityFault(change);
}
