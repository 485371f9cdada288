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
  const step = row.wide ? 2 : 1;
  const pointers = (row.hasOptionalPart ? 4 : 3) * step;
  const dataHead = row.wide ? 2 : 1;
  const calledAt = fixed.length + pointers;
  const callingAt = calledAt + 1 + called.length;
  const dataAt = callingAt + 1 + calling.length;
  const optionalAt = dataAt + dataHead + data.length;
  const pointerMax = row.wide ? LONG_MAX : SHORT_MAX;
  /** What the n-th pointer holds to lead to `target`. */
  const distance = (n: number, target: number): number => target - (fixed.length + n * step) - (step - 1);
  if (called.length > SHORT_MAX) return doesNotFit('called', called.length);
  if (calling.length > SHORT_MAX || distance(1, callingAt) > pointerMax) return doesNotFit('calling', calling.length);
  if (data.length > pointerMax || distance(2, dataAt) > pointerMax) return doesNotFit('data', data.length);
  if (optional !== undefined && distance(3, optionalAt) > pointerMax) return doesNotFit('optional', optional.length);
  const w = new ByteWriter(optionalAt + (optional?.length ?? 0));
  const number = (value: number, wide: boolean): void => {
    w.u8(value);
    if (wide) w.u8(value >>> 8);
  };
  w.octets(fixed);
  for (const [n, target] of [calledAt, callingAt, dataAt].entries()) number(distance(n, target), row.wide);
  if (row.hasOptionalPart) number(optional === undefined ? 0 : distance(3, optionalAt), row.wide);
  number(called.length, false);
  w.octets(called);
  number(calling.length, false);
  w.octets(calling);
  number(data.length, row.wide);
  w.octets(data);
  if (optional !== undefined) w.octets(optional);
  return ok(w.finish());
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
    fixed: Uint8Array.from(fixed),
    called: encodeAddress(message.called, variant),
    calling: encodeAddress(message.calling, variant),
    data: message.data,
    optional: 'optional' in message ? optionalOctets(message.optional) : undefined,
  });
}
