/**
 * A PDU as a capture tool shows it: offset, octets, what they are, and what is wrong with them where it is wrong. For any octets: as far as
 * they can be read, then the rest as it is.
 */
import { LIMITS } from '#base';
import { type Inspection, inspectPdu } from './inspect.js';
import type { Item } from './inspected.js';
import { printable } from './to-text.js';

/** Octets of one line. */
const ROW_OCTETS = 16;
const ROW_CHARACTERS = 3 * ROW_OCTETS;
/** Lines of one field, header or length. */
const FIELD_ROWS_MAX = 8;
/** Lines of data and of what could not be read. */
const DATA_ROWS_MAX = 2;
/** Longest value in words. Unit: characters. */
const TEXT_MAX = 200;
const OFFSET_DIGITS_MIN = 4;

/** A remark under the item that it belongs to. */
interface Remark {
  readonly offset: number;
  readonly text: string;
}

function remarksOf({ tolerated, refused }: Inspection): Remark[] {
  const clauseText = (clause: string | undefined): string => (clause === undefined ? '' : ` (${clause})`);
  return [
    ...tolerated.map(({ name, offset, detail, clause }) => ({
      offset,
      text: `~ octet ${offset}: ${name}: ${detail}${clauseText(clause)}`,
    })),
    ...refused.map(({ offset, detail, clause }) => ({ offset, text: `! octet ${offset}: ${detail}${clauseText(clause)}` })),
  ].sort((a, b) => a.offset - b.offset);
}

const shortened = (text: string): string => (text.length > TEXT_MAX ? `${text.slice(0, TEXT_MAX)}...` : text);

/** What an item is, in words. */
function wordsOf(item: Item): string {
  const name = printable(shortened(item.name));
  switch (item.kind) {
    case 'data':
    case 'body':
      return `${item.kind === 'data' ? 'Data' : name}: ${item.text}`;
    case 'unread':
      return `(not read: ${item.text})`;
    case 'field': {
      const how = HOW[item.taken ?? 'read'];
      return `${name}${how === '' ? '' : ` (${how})`}${item.taken === 'damaged' ? '' : `: ${printable(shortened(item.text))}`}`;
    }
    default:
      return `${name}: ${printable(shortened(item.text))}`;
  }
}

const HOW: Readonly<Record<NonNullable<Item['taken']>, string>> = {
  read: '',
  repeated: 'repeated, does not count',
  foreign: 'not of this PDU',
  unassigned: 'not assigned',
  application: '',
  damaged: 'cannot be read',
};

const hex = (octet: number): string => octet.toString(16).padStart(2, '0');

class Page {
  readonly lines: string[] = [];
  private readonly bytes: Uint8Array;
  private readonly digits: number;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.digits = Math.max(OFFSET_DIGITS_MIN, bytes.length.toString(16).length);
  }

  get isFull(): boolean {
    return this.lines.length >= LIMITS.octetsTextLinesMax;
  }

  item(item: Item): void {
    const rows = item.kind === 'data' || item.kind === 'body' || item.kind === 'unread' ? DATA_ROWS_MAX : FIELD_ROWS_MAX;
    const shown = Math.min(item.end, item.offset + rows * ROW_OCTETS);
    const words = `${'  '.repeat(item.depth)}${wordsOf(item)}`;
    for (let at = item.offset; at < Math.max(shown, item.offset + 1); at += ROW_OCTETS) {
      const octets = Array.from(this.bytes.subarray(at, Math.min(at + ROW_OCTETS, shown)), hex).join(' ');
      const offset = at.toString(16).padStart(this.digits, '0');
      this.lines.push(`${offset}  ${octets.padEnd(ROW_CHARACTERS)}${at === item.offset ? words : ''}`.trimEnd());
    }
    if (shown < item.end) this.remark(`... ${item.end - shown} more octets`);
  }

  remark(text: string): void {
    this.lines.push(`${' '.repeat(this.digits + 2)}${printable(text)}`);
  }
}

/**
 * Lines of offset (hexadecimal), octets and words; `~` begins a tolerance that was made use of, `!` what is refused, each with its octet
 * (decimal, as errors name it). Long values are cut, and so is the whole at a limit; both say so. Numbers and texts are shown as they are.
 */
export function octetsText(bytes: Uint8Array): string {
  const inspection = inspectPdu(bytes);
  const { items, row, version } = inspection;
  const page = new Page(bytes);
  page.lines.push(
    `${row?.kind ?? 'no known PDU'}, ${version === undefined ? 'no version' : `MMS ${version}`}, ${bytes.length} octets`,
  );
  const remarks = remarksOf(inspection);
  let told = 0;
  for (const [i, item] of items.entries()) {
    if (page.isFull) {
      page.remark(`... ${items.length - i} more fields and parts`);
      break;
    }
    page.item(item);
    const next = items[i + 1]?.offset ?? Number.POSITIVE_INFINITY;
    for (; told < remarks.length && remarks[told]!.offset < next && !page.isFull; told++) page.remark(remarks[told]!.text);
  }
  for (; told < remarks.length && !page.isFull; told++) page.remark(remarks[told]!.text);
  return page.lines.join('\n');
}
