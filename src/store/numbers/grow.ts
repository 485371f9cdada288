/** A larger table for numbers that are served meanwhile. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type NumberBook, NumberTable, numbersOfLarger } from '#portability';
import { runJob } from './jobs.js';

/** Numbers brought up to date in one turn of the loop. */
const CATCH_UP_AT_ONCE = 1_000;

/** A thread fills it; what was changed meanwhile follows in small pieces. Rejects with JobFailed or RangeError; then the book is as it was. */
export async function growBook(book: NumberBook): Promise<void> {
  const { table } = book.view;
  book.beginGrowth();
  try {
    const ask = { buffer: table.buffer, spill: [...table.spill], numbers: numbersOfLarger(table) };
    const { buffer, spill } = await runJob('grow', ask);
    const larger = new NumberTable(buffer);
    larger.spilled(spill);
    while (!book.catchUp(larger, CATCH_UP_AT_ONCE)) await nextTurn();
  } catch (error) {
    book.abandonGrowth();
    throw error;
  }
}
