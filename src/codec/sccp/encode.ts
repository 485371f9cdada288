/** Messages to octets, in the order and without the gaps that Q.713 4 shows. */
import { ByteWriter, err, ok, type Result } from '#base';
import { type AddressVariant, encodeAddress } from './address.js';
import { MESSAGES, type MessageRow, type OptionalParameter, type SccpMessage } from './messages.js';
import { writeOptionalPart } from './optional-part.js';

/** A part is too long for its length octet or its pointer. LUDT holds what UDT and XUDT cannot. */
export interface DoesNotFit {
  readonly kind: 'does-not-fit';
  readonly part: 'called' | 'calling' | 'data' | 'optional';
  /** Octets of the part. */
  readonly octets: number;
  readonly text: string;
}

/** A message in parts that are octets already. */
export interface Parts {
  /** Type, class or cause, and hop counter, as the row wants them. */
  readonly fixed: Uint8Array;
  readonly called: Uint8Array;
  readonly calling: Uint8Array;
  readonly data: Uint8Array;
  /** With its end mark; undefined when there is none. */
  readonly optional?: Uint8Array | undefined;
}

const SHORT_MAX = 0xff;
const LONG_MAX = 0xffff;

const doesNotFit = (part: DoesNotFit['part'], octets: number): Result<never, DoesNotFit> =>
  err({ kind: 'does-not-fit', part, octets, text: `sccp: ${part} of ${octets} octets does not fit` });

/** Puts the parts behind pointers that fit them. */
export function assemble(row: MessageRow, parts: Parts): Result<Uint8Array<ArrayBuffer>, DoesNotFit> {
  const { fixed, called, calling, data, optional } = parts;
  const { wide, hasOptionalPart } = row;
  const step = wide ? 2 : 1;
  const calledAt = fixed.length + (hasOptionalPart ? 4 : 3) * step;
  const callingAt = calledAt + 1 + called.length;
  const dataAt = callingAt + 1 + calling.length;
  const optionalAt = dataAt + step + data.length;
  const max = wide ? LONG_MAX : SHORT_MAX;
  // A pointer counts from its own last octet.
  const first = fixed.length + step - 1;
  if (called.length > SHORT_MAX) return doesNotFit('called', called.length);
  if (calling.length > SHORT_MAX || callingAt - first - step > max) return doesNotFit('calling', calling.length);
  if (data.length > max || dataAt - first - 2 * step > max) return doesNotFit('data', data.length);
  if (optional !== undefined && optionalAt - first - 3 * step > max) return doesNotFit('optional', optional.length);
  const out = new Uint8Array(optionalAt + (optional?.length ?? 0));
  out.set(fixed);
  putNumber(out, fixed.length, calledAt - first, wide);
  putNumber(out, fixed.length + step, callingAt - first - step, wide);
  putNumber(out, fixed.length + 2 * step, dataAt - first - 2 * step, wide);
  if (optional !== undefined) {
    putNumber(out, fixed.length + 3 * step, optionalAt - first - 3 * step, wide);
    out.set(optional, optionalAt);
  }
  out[calledAt] = called.length;
  out.set(called, calledAt + 1);
  out[callingAt] = calling.length;
  out.set(calling, callingAt + 1);
  putNumber(out, dataAt, data.length, wide);
  out.set(data, dataAt + step);
  return ok(out);
}

/** A pointer or a length: one octet, or two with the lower first. */
export function putNumber(out: Uint8Array, at: number, value: number, wide: boolean): void {
  out[at] = value;
  if (wide) out[at + 1] = value >>> 8;
}

function optionalOctets(parameters: readonly OptionalParameter[]): Uint8Array | undefined {
  if (parameters.length === 0) return undefined;
  const w = new ByteWriter();
  writeOptionalPart(w, parameters);
  return w.finish();
}

const RETURN_ON_ERROR = 0x80;

/** The message in octets, or which of its parts is too long for its kind. Throws RangeError on values that no octet can hold. */
export function encodeSccp(message: SccpMessage, variant: AddressVariant = 'itu'): Result<Uint8Array<ArrayBuffer>, DoesNotFit> {
  const row = MESSAGES[message.kind];
  const second =
    'returnCause' in message
      ? message.returnCause
      : (message.protocolClass & 0x0f) | (message.returnOnError ? RETURN_ON_ERROR : 0);
  const fixed = 'hopCounter' in message ? [row.type, second, message.hopCounter & 0x0f] : [row.type, second];
  return assemble(row, {
    fixed: new Uint8Array(fixed),
    called: encodeAddress(message.called, variant),
    calling: encodeAddress(message.calling, variant),
    data: message.data,
    optional: 'optional' in message ? optionalOctets(message.optional) : undefined,
  });
}
