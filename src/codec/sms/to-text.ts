/** A TPDU as a capture tool prints it: one field a line, then what its user data say. */
import { hexOctets } from '#base';
import { TPDUS } from './rows.js';
import { headLine } from './tpdu.js';
import type { SmsTpdu } from './tpdus.js';
import { decodeUserData, elementText } from './user-data.js';

export interface SmsTextOptions {
  /** Digits of addresses are masked but for the last four, and user data are left out. */
  readonly masked?: boolean;
  /** User data, and what else may hold what people wrote, are left out; addresses stay whole. */
  readonly withoutContent?: boolean;
}

/** Fields that may hold what people wrote. */
const CONTENT_FIELDS: ReadonlySet<string> = new Set(['userData', 'commandData']);

/** Control characters, and those that change the direction of a line, would let a message rewrite the reader's terminal. */
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
const printable = (text: string): string => text.replace(UNPRINTABLE, (c) => `\\u{${c.codePointAt(0)!.toString(16)}}`);

/** The TPDU in lines: its kind, flags, fields in wire order, header elements and text. */
export function smsToText(tpdu: SmsTpdu, { masked = false, withoutContent = masked }: SmsTextOptions = {}): string {
  const row = TPDUS[tpdu.kind];
  const values = tpdu as unknown as Readonly<Record<string, unknown>>;
  const lines = [headLine(tpdu)];
  const flags = Object.entries(row.flags).filter(([key]) => values[key]);
  if (flags.length > 0) lines.push(`  flags: ${flags.map(([, { name }]) => name).join(', ')}`);
  for (const field of row.fields) {
    const value = values[field.key];
    if (value === undefined) continue;
    const hidden = masked || (withoutContent && CONTENT_FIELDS.has(field.key));
    lines.push(`  ${field.name}: ${printable(field.coder.text(value as never, hidden, values))}`);
  }
  if ('userData' in tpdu && tpdu.userData !== undefined) lines.push(...userDataLines(tpdu, masked || withoutContent));
  if (tpdu.extra !== undefined)
    lines.push(`  (not understood): ${masked || withoutContent ? `${tpdu.extra.length} octets` : hexOctets(tpdu.extra)}`);
  return lines.join('\n');
}

function userDataLines(tpdu: Exclude<SmsTpdu, { kind: 'SMS-COMMAND' }>, masked: boolean): string[] {
  if (tpdu.userData === undefined) return [];
  const data = decodeUserData(tpdu.userData, tpdu.dataCodingScheme ?? 0, tpdu.userDataHeader ?? false);
  if (!data.ok) return [`    (${data.error.text})`];
  const lines = (data.value.header ?? []).map((element) =>
    masked ? `    element of ${element.octets.length} octets` : `    ${elementText(element)}`,
  );
  const { text } = data.value;
  if (text !== undefined) lines.push(masked ? `    text: (${text.length} characters)` : `    text: ${printable(text)}`);
  return lines;
}
