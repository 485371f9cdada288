/** How a table that is filling up is put into a larger one. */
import type { NumberBook } from './book.js';
import { NO_ROOM, NUMBERS_MAX, NumberTable } from './table.js';

/** A table takes so many times as many numbers as the one before. */
const GROWTH = 1.5;

/** For how many numbers the next larger table is made. Throws RangeError when this is the largest that there can be. */
export function numbersOfLarger({ room }: NumberTable): number {
  if (room >= NUMBERS_MAX) throw new RangeError(`${NUMBERS_MAX} numbers are the most that there can be`);
  return Math.min(NUMBERS_MAX, Math.ceil(room * GROWTH));
}

/** Puts all numbers of one table into another. Throws RangeError when they find no room there. */
export function refill(from: NumberTable, spill: Iterable<readonly [number, number]>, to: NumberTable): void {
  const put = (number: number, record: number): void => {
    if (to.set(number, record) === NO_ROOM) throw new RangeError('the larger table has no room');
  };
  from.each(0, from.buckets, put);
  for (const [number, record] of spill) put(number, record);
}

/** Goes over to a larger table in one go, in this thread: for whoever may stand still. Throws RangeError when there is no memory for it. */
export function growAtOnce(book: NumberBook): void {
  const { table } = book.view;
  book.beginGrowth();
  try {
    const larger = NumberTable.for(numbersOfLarger(table));
    refill(table, table.spill, larger);
    book.catchUp(larger, Number.POSITIVE_INFINITY);
  } catch (error) {
    book.abandonGrowth();
    throw error;
  }
}
