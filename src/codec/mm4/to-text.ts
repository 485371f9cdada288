/** A message of MM4 as lines for people. */

import type { Mm4Decoded } from './decode.js';
import { DEFAULT_DIALECT, type Mm4Dialect } from './dialect.js';
import { HEADERS, type HeaderRow } from './headers.js';
import { SLOTS } from './pdu-rows.js';

const PLAIN: Mm4Dialect = { ...DEFAULT_DIALECT, headerAddress: 'plmn-with-domain', quotedIds: false };
/** Control characters, and those that change the direction of a line. */
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** The values of a message, one a line under its name, and what was tolerated to read it. Holds full addresses: no text for a log. */
export function mm4ToText({ pdu, tolerated }: Mm4Decoded): string {
  const lines: string[] = [pdu.kind];
  const isRelative = pdu.kind === 'MM4_forward.REQ' && pdu.expiry?.kind === 'after';
  const writing = { dialect: isRelative ? { ...PLAIN, expiry: 'seconds' as const } : PLAIN, now: 0 };
  const values = pdu as unknown as Readonly<Record<string, unknown>>;
  for (const [key] of SLOTS[pdu.kind]) {
    const value = values[key];
    if (value === undefined) continue;
    const row = HEADERS[key] as HeaderRow<unknown>;
    for (const one of row.repeated === true ? (value as readonly unknown[]) : [value])
      lines.push(`${row.name}: ${typeof one === 'string' ? one : row.coder.write(one, writing)}`);
  }
  for (const { name, header, detail } of tolerated) lines.push(`tolerated ${name}: ${header}: ${detail}`);
  return lines.map((line) => line.replace(UNPRINTABLE, '.')).join('\n');
}
