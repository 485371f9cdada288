/**
 * What the standard has, for the tables of the page: every PDU and every header field, each with the words that the titles of its tests
 * hold. One without a title is a gap that nobody has explained: `npm run conformance` fails then, and so does its check.
 */
import { FIELDS, PDUS, type PduRow, type Slot } from '#codec/mms';

export interface Subject {
  readonly cells: readonly string[];
  /** What the title of a test about it holds, as whole words. */
  readonly words: string;
}

export interface SubjectTable {
  readonly heading: string;
  readonly columns: readonly string[];
  readonly subjects: readonly Subject[];
}

const hex = (octet: number): string => `0x${octet.toString(16)}`;
/** `+`: may be repeated. A version where this PDU has the field later than the PDU itself. */
const named = (row: PduRow, slot: Slot): string =>
  `${slot.name}${slot.repeated ? '+' : ''}${slot.since > row.since ? ` (${slot.since})` : ''}`;
const names = (row: PduRow, mandatory: boolean): string =>
  row.slots
    .filter((slot) => slot.mandatory === mandatory)
    .map((slot) => named(row, slot))
    .join(', ');

/** Fields that are in no row. */
const WHERE_ELSE: Readonly<Record<string, string>> = {
  messageType: 'every PDU, first',
  contentAttribute: 'as a name in X-Mms-Attributes',
  additionalHeaders: 'as a name in X-Mms-Attributes',
};

export const tables: readonly SubjectTable[] = [
  {
    heading: 'PDUs',
    columns: ['PDU', 'octet', 'clause', 'since', 'must have', 'may have (+: repeated; a number: later than the PDU)'],
    subjects: Object.values(PDUS).map((row) => ({
      words: row.kind,
      cells: [row.kind, hex(row.type), row.clause, row.since, names(row, true), names(row, false)],
    })),
  },
  {
    heading: 'Header fields',
    columns: ['header field', 'octet', 'clause', 'since', 'in'],
    subjects: Object.entries(FIELDS).map(([key, field]) => {
      const octet = hex(0x80 | field.code);
      const users = Object.values(PDUS).filter((row) => row.slots.some((slot) => slot.key === key));
      return {
        words: `${field.name} (${octet})`,
        cells: [field.name, octet, field.clause, field.since, users.map((row) => row.kind).join(', ') || WHERE_ELSE[key]!],
      };
    }),
  },
];
