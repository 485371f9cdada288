/** A PDU as a capture tool prints it: one field a line, then the parts. For logs, the console and test failures. */
import { hexNumber, hexOctets, LIMITS, maskNumber } from '#base';
import { contentTypeText, decodeMultipart, isMultipart, type Part } from '#codec/wsp';
import { decodeParts } from './content.js';
import type { FieldKey } from './fields.js';
import { PDUS } from './pdu-rows.js';
import type { MmsPdu } from './pdus.js';

/** How a PDU is printed. */
export interface ToTextOptions {
  /** Digits of addresses are masked but for the last four, and texts that people wrote (Subject) are left out. */
  readonly masked?: boolean;
}

/** Octets of an unknown value that are shown. */
const SHOWN_OCTETS_MAX = 32;

const ADDRESSES: ReadonlySet<FieldKey> = new Set(['to', 'cc', 'bcc', 'from', 'previouslySentBy']);
const WRITTEN: ReadonlySet<FieldKey> = new Set(['subject']);

/** Control characters, and those that change the direction of a line, would let a message rewrite the reader's terminal. */
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** `text` without characters that act upon a terminal: each is shown by its number. */
export const printable = (text: string): string => text.replace(UNPRINTABLE, (c) => `\\u{${c.codePointAt(0)!.toString(16)}}`);

const masked = (text: string): string => text.replace(/[0-9]{5,}/g, maskNumber);

function partLines(parts: readonly Part[], indent: string, depth: number): string[] {
  return parts.flatMap((part, i) => {
    const line = [`${indent}${i + 1}. ${printable(contentTypeText(part.contentType))}, ${part.data.length} octets`];
    if (part.contentId !== undefined) line.push(`Content-ID ${printable(part.contentId)}`);
    if (part.contentLocation !== undefined) line.push(`Content-Location ${printable(part.contentLocation)}`);
    for (const header of part.headers) line.push(`${printable(header.name)}: ${printable(header.value)}`);
    const lines = [line.join(', ')];
    if (isMultipart(part.contentType)) {
      if (depth >= LIMITS.multipartDepthMax)
        return [...lines, `${indent}   (deeper than ${LIMITS.multipartDepthMax} levels, not opened)`];
      const inner = decodeMultipart(part.data);
      if (inner.ok) lines.push(...partLines(inner.value, `${indent}   `, depth + 1));
      else lines.push(`${indent}   (${inner.error.text})`);
    }
    return lines;
  });
}

/** The PDU in lines: its name and version, each field with its standard name in wire order, unknown fields, parts with their sizes. */
export function toText(pdu: MmsPdu, options: ToTextOptions = {}): string {
  const row = PDUS[pdu.kind];
  const values = pdu as unknown as Readonly<Record<string, unknown>>;
  const lines = [`${pdu.kind} (${hexNumber(row.type)})${pdu.version === undefined ? '' : `, MMS ${pdu.version}`}`];
  for (const slot of row.slots) {
    const value = values[slot.key];
    if (value === undefined || slot.key === 'version') continue;
    for (const one of slot.repeated ? (value as readonly unknown[]) : [value]) {
      let text = printable(slot.coder.toText(one));
      if (options.masked && ADDRESSES.has(slot.key)) text = masked(text);
      if (options.masked && WRITTEN.has(slot.key)) text = `(${text.length} characters)`;
      lines.push(`  ${slot.name}: ${text}`);
    }
  }
  for (const field of pdu.unknown ?? []) {
    const shown =
      field.text ??
      `${hexOctets(field.octets.subarray(0, SHOWN_OCTETS_MAX))}${field.octets.length > SHOWN_OCTETS_MAX ? '...' : ''}`;
    const text = printable(shown);
    lines.push(
      `  ${printable(field.name)} (not understood): ${options.masked && field.text !== undefined ? masked(text) : text}`,
    );
  }
  if ('content' in pdu && pdu.content !== undefined) {
    const parts = decodeParts(pdu.content);
    if (!parts.ok) lines.push(`  Body: ${pdu.content.body.length} octets, ${parts.error.text}`);
    else
      lines.push(`  Body: ${pdu.content.body.length} octets, ${parts.value.length} parts`, ...partLines(parts.value, '    ', 1));
  }
  return lines.join('\n');
}
