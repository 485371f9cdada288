/** A numbered record as a line of JSON, or of CSV with one set of columns for all record types. RFC 4180. */
import { FIELDS, type FieldName, type FieldValue } from './fields.js';
import type { ChargingRecord } from './make.js';
import { RECORDS } from './records.js';

export type LineFormat = 'json' | 'csv';

/** Column names of CSV: the same in every file, so that files can be joined. */
export const COLUMNS: readonly string[] = [
  'recordName',
  'recordType',
  'recordId',
  'node',
  ...(Object.keys(FIELDS) as FieldName[]),
];

/** First line of a CSV file, with its end. */
export const CSV_HEAD = `${COLUMNS.join(',')}\r\n`;

/** One line, with its end. `sequence`: localSequenceNumber. */
export function recordLine(record: ChargingRecord, sequence: number, node: string, format: LineFormat): string {
  const { name, id, fields } = record;
  const head = { recordName: name, recordType: RECORDS[name].number, recordId: id, node };
  const numbered = { ...fields, localSequenceNumber: sequence };
  if (format === 'json') return `${JSON.stringify({ ...head, ...numbered })}\n`;
  const values: Readonly<Record<string, FieldValue | undefined>> = { ...head, ...numbered };
  return `${COLUMNS.map((column) => cell(values[column])).join(',')}\r\n`;
}

/**
 * Lists by `;`. What a spreadsheet would take for a formula is kept from it by an apostrophe; what consists of the letters of numbers and ids
 * is none.
 */
function cell(value: FieldValue | undefined): string {
  if (value === undefined) return '';
  // A record is one line, whatever somebody wrote into an address.
  const text = textOf(value).replace(/[\r\n]+/g, ' ');
  const safe = /^[=@\t]|^[+-](?![-0-9A-Z_a-z*]*$)/.test(text) ? `'${text}` : text;
  return /[",;]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function textOf(value: FieldValue): string {
  if (typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return value.map((it) => it.address).join(';');
  return 'address' in value ? value.address : JSON.stringify(value);
}

/** What a line that was written says of where it stands; undefined for a head, a line cut short, or any other text. */
export function readLine(line: string, format: LineFormat): { readonly id: string; readonly sequence: number } | undefined {
  return format === 'json' ? readJson(line) : readCsv(line);
}

function readJson(line: string): { id: string; sequence: number } | undefined {
  try {
    const { recordId, localSequenceNumber } = JSON.parse(line) as { recordId?: unknown; localSequenceNumber?: unknown };
    return typeof recordId === 'string' && typeof localSequenceNumber === 'number'
      ? { id: recordId, sequence: localSequenceNumber }
      : undefined;
  } catch (e) {
    if (e instanceof SyntaxError || e instanceof TypeError) return undefined;
    throw e;
  }
}

function readCsv(line: string): { id: string; sequence: number } | undefined {
  const cells = csvCells(line);
  const id = cells[COLUMNS.indexOf('recordId')];
  const sequence = Number(cells[COLUMNS.indexOf('localSequenceNumber')] || Number.NaN);
  return cells.length === COLUMNS.length && id && Number.isSafeInteger(sequence) ? { id, sequence } : undefined;
}

/** The cells of one line without its end; none when it ends inside a cell. */
export function csvCells(line: string): readonly string[] {
  const cells: string[] = [];
  let cell = '';
  let isQuoted = false;
  for (let at = 0; at < line.length; at++) {
    const letter = line[at]!;
    if (letter === '"' && isQuoted && line[at + 1] === '"') cell += line[at++];
    else if (letter === '"') isQuoted = !isQuoted;
    else if (letter === ',' && !isQuoted) {
      cells.push(cell);
      cell = '';
    } else cell += letter;
  }
  return isQuoted ? [] : [...cells, cell];
}
