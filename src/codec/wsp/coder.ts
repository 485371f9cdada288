/** What every value of the WSP family looks like to those who read and write it. */
import { type ByteReader, type ByteWriter, err, Malformed, ok, type Result } from '#base';

/** Reads, writes and prints one kind of value. */
export interface Coder<T> {
  /** Reads one value and leaves the reader after it; throws Malformed; never reads past the value's own end. */
  decode(r: ByteReader): T;
  /** Writes one value. Throws RangeError on a value that the grammar cannot hold (a bug of the caller). */
  encode(w: ByteWriter, value: T): void;
  /** The value as a capture tool prints it, on one line. */
  toText(value: T): string;
}

/** Input within its grammar, but beyond a row of LIMITS. Not to be passed over: whoever sends such a thing gets no second look. */
export class OverLimit extends Malformed {}

/** Why octets could not be read as what they were said to be. */
export interface WspDecodeError {
  readonly kind: 'malformed' | 'limit';
  /** Octet where reading failed, counted from 0 at the start of the decoded input. */
  readonly offset: number;
  readonly detail: string;
  readonly clause?: string;
  /** One line for people. */
  readonly text: string;
}

export const asWspError = (e: Malformed): WspDecodeError => ({
  kind: e instanceof OverLimit ? 'limit' : 'malformed',
  offset: e.offset,
  detail: e.detail,
  ...(e.clause === undefined ? {} : { clause: e.clause }),
  text: `wsp: ${e.message}`,
});

/** The door of a decoder: Malformed becomes a value, any other throw is a bug and passes. */
export function doorOf<T>(read: () => T): Result<T, WspDecodeError> {
  try {
    return ok(read());
  } catch (e) {
    if (e instanceof Malformed) return err(asWspError(e));
    throw e;
  }
}

/** The octets of a text of hexadecimal digits; undefined when it is none. */
export function fromHex(text: string): Uint8Array | undefined {
  if (text.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(text)) return undefined;
  const octets = new Uint8Array(text.length / 2);
  for (let i = 0; i < octets.length; i++) octets[i] = Number.parseInt(text.slice(2 * i, 2 * i + 2), 16);
  return octets;
}
