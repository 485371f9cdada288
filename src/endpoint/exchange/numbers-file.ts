/** The laboratory's numbers as the CSV that a number store imports, and back. */
import { err, ok, type Result } from '#base';
import type { PlannedRecord } from './numbers.js';
import type { EntityKind } from './oracle.js';

/** Columns, in order; the first line names them. A single number stands in `number`, a range in `first` and `last`. docs/number-files.md. */
export const COLUMNS = ['number', 'first', 'last', 'portability-type', 'entity', 'routing-number'] as const;
type Column = (typeof COLUMNS)[number];

const NO_TYPE = 255;
const SEPARATORS = [';', '\t', ','];
const NUMBER = /^[1-9][0-9]{0,14}$/;

/** The file, line by line, each with its end. The type is empty where there is none. */
export function* numbersFile(records: Iterable<PlannedRecord>): Generator<string> {
  yield `${COLUMNS.join(',')}\n`;
  for (const { first, last, portabilityType, entity, routingNumber = '' } of records) {
    const which = first === last ? `${first},,` : `,${first},${last}`;
    yield `${which},${portabilityType === NO_TYPE ? '' : portabilityType},${entity},${routingNumber}\n`;
  }
}

const isEntity = (text: string): text is EntityKind => text === 'sp' || text === 'rn' || text === 'none';

function recordOf(cell: (column: Column) => string): PlannedRecord | undefined {
  const [number, type, routingNumber] = [cell('number'), cell('portability-type'), cell('routing-number')];
  const [first, last] = number === '' ? [cell('first'), cell('last')] : [number, number];
  const entity = cell('entity').toLowerCase() || (routingNumber === '' ? 'none' : 'rn');
  if (!NUMBER.test(first) || !NUMBER.test(last) || !/^([0-9]{1,2}|none)?$/i.test(type) || !isEntity(entity)) return undefined;
  return {
    first,
    last,
    portabilityType: /^[0-9]/.test(type) ? Number(type) : NO_TYPE,
    entity,
    ...(routingNumber === '' ? {} : { routingNumber }),
  };
}

/**
 * Reads such a file, in any order of columns and with any separator that a number store takes. An error names the first line that is none; columns
 * that change with time or name prepaid types are none that the oracle knows.
 */
export function readNumbersFile(text: string): Result<readonly PlannedRecord[], { readonly text: string }> {
  const records: PlannedRecord[] = [];
  const [head = '', ...lines] = text.split('\n');
  const separator = SEPARATORS.find((it) => head.includes(it)) ?? ',';
  const names = head.split(separator).map((it) => it.trim().toLowerCase());
  const unknown = names.find((name) => !(COLUMNS as readonly string[]).includes(name));
  if (unknown !== undefined) return err({ text: `line 1: column ${JSON.stringify(unknown)} is none of ${COLUMNS.join(', ')}` });
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const cells = line.split(separator);
    const record = recordOf((column) => (names.includes(column) ? (cells[names.indexOf(column)] ?? '').trim() : ''));
    if (record === undefined) return err({ text: `line ${index + 2}: no record of a number` });
    records.push(record);
  }
  return ok(records);
}
