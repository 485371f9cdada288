/** From a message of MM4 to the header of a mail. Strict: what is written is what the standard says, in the dialect of the peer. */
import type { MimeField } from '#codec/mime';
import type { Writing } from './coders.js';
import { HEADERS, type HeaderRow, MESSAGE_TYPE } from './headers.js';
import { SLOTS } from './pdu-rows.js';
import type { Mm4Pdu } from './pdus.js';

/** In verbose responses the message type stands in Subject as well: three operators write it so. */
function subjectOf(pdu: Mm4Pdu, { dialect }: Writing): string | undefined {
  return dialect.responses === 'verbose' && pdu.kind !== 'MM4_forward.REQ' ? pdu.kind : undefined;
}

/**
 * The header lines of a message, one value a line and not yet folded; MIME-Version, Content-Type and the body are the caller's. Throws
 * RangeError when something mandatory is missing or a value has no form on the wire: both are bugs of the caller's, and nothing that came
 * from a peer or user may get here unchecked. Free text is the exception: control characters in it are written as blanks.
 */
export function encodeMm4(pdu: Mm4Pdu, writing: Writing): MimeField[] {
  const lines: MimeField[] = [];
  const { dialect } = writing;
  const values = { version: dialect.version, ...pdu } as unknown as Readonly<Record<string, unknown>>;
  const subject = subjectOf(pdu, writing);
  for (const [key, presence] of SLOTS[pdu.kind]) {
    const row = HEADERS[key] as HeaderRow<unknown>;
    const value = values[key];
    if (value === undefined && (presence === 'mandatory' || presence === 'expected'))
      throw new RangeError(`${pdu.kind} without ${row.name}`);
    if (value === undefined || presence === 'foreign' || (row.release6 === true && !dialect.release6Headers)) continue;
    if (key === 'originatorSystemDeliveryReport' && !dialect.originatorReport) continue;
    if (key === 'subject' && subject !== undefined) continue;
    for (const one of row.repeated === true ? (value as readonly unknown[]) : [value])
      lines.push({ name: row.name, value: row.coder.write(one, writing) });
  }
  if (subject !== undefined) lines.push({ name: HEADERS.subject.name, value: subject });
  lines.push({ name: MESSAGE_TYPE.name, value: MESSAGE_TYPE.coder.write(pdu.kind, writing) });
  return lines;
}
