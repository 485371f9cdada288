/**
 * The log of objects: lines of text, each `CRC-32 (8 hex digits), blank, JSON, line feed`. The first line of a file is the book that it goes on
 * from, every further one a set of changes, its revision one above that of the line before.
 *
 * **A torn end** is what a crash leaves behind the last whole line: it was never acknowledged and is cut off. **Damage** is a bad line with a whole
 * one behind it: something has changed what was flushed, and nobody may go on from there without looking.
 */
import zlib from 'node:zlib';

const CRC_DIGITS = 8;
const LINE_FEED = 0x0a;

/** The log cannot be what this program wrote. The text says where. */
export class Damage extends Error {
  override readonly name = 'Damage';
}

const crcText = (octets: Uint8Array): string => zlib.crc32(octets).toString(16).padStart(CRC_DIGITS, '0');

/** Other things than a line feed that readers of lines take for the end of one; JSON has them escaped already but for these. */
const SEPARATORS = /[\u2028\u2029]/g;

export function lineOf(value: unknown): Buffer {
  const text = JSON.stringify(value).replace(SEPARATORS, (its) => `\\u${its.charCodeAt(0).toString(16)}`);
  const json = Buffer.from(text);
  return Buffer.concat([Buffer.from(`${crcText(json)} `), json, Buffer.of(LINE_FEED)]);
}

/** The value of a line without its line feed; undefined when it is not whole. */
export function readLine(line: Uint8Array): unknown {
  const octets = Buffer.from(line.buffer, line.byteOffset, line.length);
  if (octets.length < CRC_DIGITS + 2 || octets[CRC_DIGITS] !== 0x20) return undefined;
  const json = octets.subarray(CRC_DIGITS + 1);
  return octets.toString('latin1', 0, CRC_DIGITS) === crcText(json) ? (JSON.parse(json.toString()) as unknown) : undefined;
}

export interface WholeLines {
  readonly values: readonly unknown[];
  /** Octets of the whole lines; what stands behind them is a torn end. */
  readonly octets: number;
}

/** The whole lines of a file. Throws Damage. */
export function wholeLines(file: string, octets: Buffer): WholeLines {
  const values: unknown[] = [];
  let bad: number | undefined;
  let whole = 0;
  for (let at = 0; at < octets.length; ) {
    const end = octets.indexOf(LINE_FEED, at);
    const value = end < 0 ? undefined : readLine(octets.subarray(at, end));
    if (value === undefined) bad ??= at;
    else if (bad !== undefined) throw new Damage(`${file}: the line at octet ${bad} is damaged`);
    else values.push(value);
    at = end < 0 ? octets.length : end + 1;
    if (bad === undefined) whole = at;
  }
  return { values, octets: whole };
}
