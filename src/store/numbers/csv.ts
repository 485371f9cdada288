/**
 * The columns of a number file. The format has no quoting: no column can hold a separator or the end of a line, so a line is its columns, split,
 * and there is no more to parse. docs/number-files.md describes it, docs/decisions/0015-files-of-the-number-store.md says why.
 */
import { err, ok, type Result } from '#base';
import { type Entity, NO_PORTABILITY_TYPE, type NumberRecord, recordFault, type Validity } from '#portability';

export const COLUMNS = [
  'number',
  'first',
  'last',
  'portability-type',
  'prepaid-type',
  'entity',
  'routing-number',
  'valid-from',
  'valid-until',
] as const;
export type Column = (typeof COLUMNS)[number];

/** The separator of a file is the first of these that stands in its head. */
const SEPARATORS = [';', '\t', ','] as const;

const PREPAID_TYPE_MAX = 32;

/** Which column stands where. */
export interface Head {
  readonly separator: string;
  readonly columns: readonly Column[];
}

/** Reads the first line, which names the columns; words for an operator when it cannot. */
export function readHead(line: string): Result<Head, string> {
  const separator = SEPARATORS.find((one) => line.includes(one)) ?? ',';
  const names = line.split(separator).map((name) => name.trim().toLowerCase());
  const unknown = names.find((name) => !(COLUMNS as readonly string[]).includes(name));
  if (unknown !== undefined)
    return err(`the first line must name the columns; "${unknown.slice(0, 32)}" is none of ${COLUMNS.join(', ')}`);
  const columns = names as Column[];
  const twice = columns.find((name, at) => columns.indexOf(name) !== at);
  if (twice !== undefined) return err(`column "${twice}" stands twice in the first line`);
  const has = (name: Column) => columns.includes(name);
  if (has('first') !== has('last')) return err('"first" and "last" go together');
  if (!has('number') && !has('first')) return err('there is neither a column "number" nor "first" and "last"');
  return ok({ separator, columns });
}

/** What a line says beside its number or range. */
export interface Meaning extends Validity {
  readonly record: NumberRecord;
}

/** The text of a column; empty when the file does not have it. */
export type Cells = (column: Column) => string;

/** The record and validity of a line; words when there are none. */
export function meaningOf(cell: Cells): Result<Meaning, string> {
  const type = typeOf(cell('portability-type'), cell('prepaid-type'));
  if (!type.ok) return type;
  const entity = entityOf(cell('entity').toLowerCase(), cell('routing-number').toUpperCase());
  if (!entity.ok) return entity;
  const record = { portabilityType: type.value, entity: entity.value };
  const fault = recordFault(record);
  if (fault !== undefined) return err(fault);
  const from = instantOf(cell('valid-from'));
  const until = instantOf(cell('valid-until'));
  if (!from.ok) return from;
  if (!until.ok) return until;
  if (from.value !== undefined && until.value !== undefined && until.value <= from.value)
    return err('its validity ends before it begins');
  return ok({
    record,
    ...(from.value === undefined ? {} : { validFrom: from.value }),
    ...(until.value === undefined ? {} : { validUntil: until.value }),
  });
}

function typeOf(portability: string, prepaid: string): Result<number, string> {
  let type = NO_PORTABILITY_TYPE;
  if (portability !== '' && portability.toLowerCase() !== 'none') {
    if (!/^[0-9]{1,2}$/.test(portability)) return err(`portability type "${portability.slice(0, 16)}" is none of 0 to 36`);
    type = Number(portability);
  }
  if (prepaid === '') return ok(type);
  const number = /^[0-9]{1,2}$/.test(prepaid) ? Number(prepaid) : 0;
  if (number < 1 || number > PREPAID_TYPE_MAX)
    return err(`prepaid type "${prepaid.slice(0, 16)}" is none of 1 to ${PREPAID_TYPE_MAX}`);
  const told = portabilityTypeOfPrepaid(number);
  if (type !== NO_PORTABILITY_TYPE && type !== told)
    return err(`prepaid type ${number} is portability type ${told}, not ${type}`);
  return ok(told);
}

/** Prepaid 1 and 2 are 3 and 4, prepaid 3 to 32 are 6 to 35: 5 says that a number has migrated. */
const portabilityTypeOfPrepaid = (prepaid: number): number => (prepaid < 3 ? prepaid + 2 : prepaid + 3);

function entityOf(entity: string, routingNumber: string): Result<Entity, string> {
  if (entity === 'rn' || (entity === '' && routingNumber !== ''))
    return routingNumber === '' ? err('entity "rn" without a routing number') : ok({ kind: 'rn', routingNumber });
  if (routingNumber !== '') return err(`a routing number goes with entity "rn", not "${entity.slice(0, 16)}"`);
  if (entity === 'sp') return ok({ kind: 'sp' });
  return entity === '' || entity === 'none'
    ? ok({ kind: 'none' })
    : err(`entity "${entity.slice(0, 16)}" is none of sp, rn, none`);
}

const INSTANT = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,3})?)?(Z|[+-][0-9]{2}:[0-9]{2})$/;

/** Milliseconds since the epoch; undefined for an empty column. A zone is wanted: 02:00 where? */
export function instantOf(text: string): Result<number | undefined, string> {
  if (text === '') return ok(undefined);
  const at = INSTANT.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? err(`"${text.slice(0, 40)}" is no instant with zone, as 2026-12-01T02:00:00+01:00`) : ok(at);
}
