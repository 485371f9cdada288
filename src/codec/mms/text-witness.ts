/** What is wrong with the text of an Encoded-string-value, told to a witness; nothing here is called without one. */

import type { ByteReader } from '#base';
import { hexNumber } from '#base';
import { charsetName, endOfValue, isWide, MIB_US_ASCII, tolerate, witnessText } from '#codec/wsp';
import { tolerateMms } from './tolerances.js';

/** Tells the witness of octets above 0x7f in a text that is us-ascii. */
export function witnessAscii(r: ByteReader, start: number, end: number): void {
  for (let i = start; i < end; i++)
    if (r.bytes[i]! >= 0x80) {
      tolerateMms(r, 'unnamed-charset', i, `octet ${hexNumber(r.bytes[i]!)} in a text that is us-ascii`);
      return;
    }
}

/** Tells the witness what is wrong with a text with charset. `r`: the value, at the first octet behind the charset. */
export function witnessCharsetText(r: ByteReader, charsetAt: number, mib: number, text: string): void {
  const start = r.offset;
  const mark = r.bytes[charsetAt]!;
  if (mib === 0 && mark === 0x80) tolerateMms(r, 'any-charset', charsetAt, 'charset * (0)');
  else if (charsetName(mib).startsWith('mib-')) tolerateMms(r, 'unknown-charset', charsetAt, `charset ${mib}`);
  if (text.includes('\ufffd')) tolerateMms(r, 'undecodable-text', start, `octets that are not of charset ${charsetName(mib)}`);
  if (isWide(mib)) return;
  let end = start;
  while (end < r.end && r.bytes[end] !== 0) end++;
  witnessText(r, start, end);
  if (mib === 0 || mib === MIB_US_ASCII) witnessAscii(r, start, end);
  r.offset = end === r.end ? end : end + 1;
  if (end === r.end) tolerate(r, 'unterminated-text', end, 'a text ends without its zero');
  else endOfValue(r);
}
