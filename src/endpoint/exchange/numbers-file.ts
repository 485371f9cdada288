/** The laboratory's numbers as the CSV that a number store imports, and back. */
import { err, ok, type Result } from '#base';
import type { PlannedRecord } from './numbers.js';
import type { EntityKind } from './oracle.js';

/** Columns, in order; the first line names them. */
export const COLUMNS = ['number', 'first', 'last', 'portability-type', 'entity', 'routing-number'] as const;

const NO_TYPE = 255;

/** The file, line by line, each with its end: a single number, or the ends of a range; the type is empty where there is none. */
export function* numbersFile(records: Iterable<PlannedRecord>): Generator<string> {
  yield `${COLUMNS.join(',')}\n`;
  for (const { first, last, portabilityType, entity, routingNumber = '' } of records)
    yield `${last === first ? `${first},,` : `,${first},${last}`},${portabilityType === NO_TYPE ? '' : portabilityType},${entity},${routingNumber}\n`;
}

const isEntity = (text: string): text is EntityKind => text === 'sp' || text === 'rn' || text === 'none';

function recordOf(fields: readonly string[]): PlannedRecord | undefined {
  const [single = '', from = '', to = '', type = '', entity = '', routingNumber = ''] = fields;
  const number = /^[1-9][0-9]{0,14}$/;
  const [first, last] = single === '' ? [from, to] : [single, single];
  if (
    !number.test(first) ||
    !number.test(last) ||
    (single !== '' && from + to !== '') ||
    !/^[0-9]{0,3}$/.test(type) ||
    !isEntity(entity)
  )
    return undefined;
  return {
    first,
    last,
    portabilityType: type === '' ? NO_TYPE : Number(type),
    entity,
    ...(routingNumber === '' ? {} : { routingNumber }),
  };
}

/** Reads it. An error names the first line that is none. */
export function readNumbersFile(text: string): Result<readonly PlannedRecord[], { readonly text: string }> {
  const records: PlannedRecord[] = [];
  const [head, ...lines] = text.split('\n');
  if (head?.trim() !== COLUMNS.join(',')) return err({ text: `line 1: expected ${COLUMNS.join(',')}` });
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const record = recordOf(line.trim().split(','));
    if (record === undefined) return err({ text: `line ${index + 2}: no record of a number` });
    records.push(record);
  }
  return ok(records);
}
