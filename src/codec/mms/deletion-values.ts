/**
 * The values of Response-Status, Response-Text and Content-Location in M-Mbox-Delete.conf and M-Delete.conf. Those PDUs tell of several
 * messages, and their values carry a number that says which belong together: one status may stand for several locations.
 * MMS_ENC 1.3 7.3.10, 7.3.48, 7.3.49.
 */
import { ByteWriter } from '#base';
import {
  type Coder,
  endOfValue,
  integerValueLength,
  readIntegerValue,
  readValueLength,
  textString,
  writeIntegerValue,
  writeText,
  writeValueLength,
} from '#codec/wsp';
import { RESPONSE_STATUS, statusName } from './statuses.js';
import { tolerateMms } from './tolerances.js';
import type { Counted } from './value-types.js';
import { encodedString, statusOctet } from './values.js';

const LENGTH_QUOTE = 0x1f;
const QUOTE = 0x7f;

/**
 * Value-length Status-count-value Value, with Status-count-value = Integer-value. A value that begins above the length quote has no
 * length: it is read as the plain value that every other PDU has there, and so it is written again. `plain`: writes such a value, its first
 * octet above the length quote.
 */
export const counted = <T>(inner: Coder<T>, plain: Coder<T>['encode'] = inner.encode): Coder<Counted<T>> => ({
  decode(r) {
    if (r.peek() > LENGTH_QUOTE) {
      tolerateMms(r, 'missing-count', r.offset, 'a value without length and count');
      return { value: inner.decode(r) };
    }
    const value = r.window(readValueLength(r));
    const one = { count: readIntegerValue(value), value: inner.decode(value) };
    endOfValue(value);
    return one;
  },
  encode(w, { count, value }) {
    if (count === undefined) return plain(w, value);
    const own = new ByteWriter();
    inner.encode(own, value);
    const octets = own.finish();
    writeValueLength(w, integerValueLength(count) + octets.length);
    writeIntegerValue(w, count);
    w.octets(octets);
  },
  toText: ({ count, value }) => (count === undefined ? inner.toText(value) : `${count}: ${inner.toText(value)}`),
});

/** A Text-string that cannot be taken for a length: the quote leads where the text begins below 0x20 or is empty. */
function writePlainText(w: ByteWriter, value: string): void {
  const text = value.replaceAll('\0', '');
  if (text === '' || text.charCodeAt(0) <= LENGTH_QUOTE) w.u8(QUOTE);
  writeText(w, text);
}

/** Response-status-Del-value. */
export const countedStatus = counted(statusOctet(statusName(RESPONSE_STATUS), 'MMS_ENC 7.3.48'));
/** Response-text-Del-value. */
export const countedText = counted(encodedString, writePlainText);
/** Content-location-Del-value. */
export const countedLocation = counted(textString, writePlainText);
