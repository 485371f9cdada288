/** A load written out as a number file (docs/number-files.md): ranges first, then numbers, each in no order in particular. */
import { type Entry, NO_PORTABILITY_TYPE, NumberView } from '#portability';
import { readCurrent } from './folder.js';
import { recover } from './recover.js';

const HEAD = 'number,first,last,portability-type,entity,routing-number,valid-from,valid-until\n';
/** Text handed out at once. Unit: characters. */
const TEXT_AT_ONCE = 256 * 1024;
const BUCKETS_AT_ONCE = 4096;

/** Reads the load that counts and gives its text, piece by piece. Throws Damage; an error with a code; Error when the folder holds no numbers. */
export function* exportNumbers(folder: string): Generator<string, void> {
  const load = readCurrent(folder);
  if (load === undefined) throw new Error(`${folder} holds no numbers`);
  const view = new NumberView(recover(folder, load).image);
  const instant = (at: number): string => (Number.isFinite(at) ? new Date(at).toISOString() : '');
  const rest = ({ record, from, until }: Entry): string => {
    const { portabilityType, entity } = view.records.at(record)!;
    const type = portabilityType === NO_PORTABILITY_TYPE ? '' : portabilityType;
    const routing = entity.kind === 'rn' ? entity.routingNumber : '';
    return `${type},${entity.kind === 'none' ? '' : entity.kind},${routing},${instant(from)},${instant(until)}\n`;
  };
  const plain = view.records.all().map((_, at) => rest({ record: at + 1, from: -Infinity, until: Infinity }));
  let text = HEAD;
  for (const { first, last, entries } of view.ranges.all())
    for (const entry of entries) text += `,${first},${last},${rest(entry)}`;
  for (const [number, entries] of view.timed) for (const entry of entries) text += `${number},,,${rest(entry)}`;
  const { table } = view;
  const add = (number: number, record: number): void => {
    const line = plain[record - 1];
    // Those with a validity have been written already.
    if (line !== undefined) text += `${number},,,${line}`;
  };
  for (const [number, record] of table.spill) add(number, record);
  for (let from = 0; from < table.buckets; from += BUCKETS_AT_ONCE) {
    table.each(from, Math.min(table.buckets, from + BUCKETS_AT_ONCE), add);
    if (text.length < TEXT_AT_ONCE) continue;
    yield text;
    text = '';
  }
  yield text;
}
