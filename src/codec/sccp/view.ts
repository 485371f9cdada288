/**
 * A message as its octets with the places of its parts: what a relay needs, without reading an address. Pointers are followed wherever
 * they lead inside the message; nothing is assumed of order, gaps or overlap (Q.713 2.3). What relays change is in `edit.ts`.
 */
import { hexNumber, Malformed, type Result } from '#base';
import { doorOf, Refused, type SccpDecodeError } from './decode-error.js';
import { kindOfType, MESSAGES, type SccpKind } from './messages.js';
import { MESSAGE_TYPES } from './names.js';

/** Where the value of a parameter stands: from its first octet to one past its last. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface SccpView {
  readonly kind: SccpKind;
  /** The whole message. */
  readonly octets: Uint8Array;
  /** Values of the addresses, without their length octets: views. `decodeAddress` reads them. */
  readonly called: Uint8Array;
  readonly calling: Uint8Array;
  /** The user's octets, a view. */
  readonly data: Uint8Array;
  /** 0..15; undefined in service messages. */
  readonly protocolClass: number | undefined;
  /** False in service messages: they never come back. */
  readonly returnOnError: boolean;
  /** Undefined but in service messages. */
  readonly returnCause: number | undefined;
  /** Undefined in UDT and UDTS. */
  readonly hopCounter: number | undefined;
  readonly calledAt: Span;
  readonly callingAt: Span;
  readonly dataAt: Span;
  /** First octet of the optional part (the name of its first parameter); undefined when there is none. */
  readonly optionalAt: number | undefined;
}

/** Bits 8..5 of the protocol class octet: return message on error. Q.713 3.6. */
const RETURN_ON_ERROR = 0x80;

/** The octet that a pointer leads to; 0 when the pointer is 0. Throws when it leads out of the message. */
export function followPointer(b: Uint8Array, at: number, wide: boolean): number {
  if (at + (wide ? 2 : 1) > b.length) throw new Malformed(b.length, 'input ends where a pointer is expected', 'Q.713 2.3');
  const distance = wide ? b[at]! | (b[at + 1]! << 8) : b[at]!;
  if (distance === 0) return 0;
  // Counted from the pointer's own (last) octet.
  const target = at + (wide ? 1 : 0) + distance;
  if (target >= b.length) throw new Malformed(at, `a pointer leads to octet ${target}, the message has ${b.length}`, 'Q.713 2.3');
  return target;
}

function spanAt(b: Uint8Array, pointerAt: number, wide: boolean, what: string, isLong: boolean): Span {
  const at = followPointer(b, pointerAt, wide);
  if (at === 0) throw new Malformed(pointerAt, `no ${what}: its pointer is 0`, 'Q.713 2.3');
  if (isLong && at + 1 >= b.length) throw new Malformed(b.length, 'input ends inside a length', 'Q.713 3.20');
  const length = isLong ? b[at]! | (b[at + 1]! << 8) : b[at]!;
  const from = at + (isLong ? 2 : 1);
  if (from + length > b.length)
    throw new Malformed(at, `${what} announces ${length} octets, ${b.length - from} are left`, 'Q.713 2.3');
  return { from, to: from + length };
}

function readView(octets: Uint8Array): SccpView {
  if (octets.length === 0) throw new Malformed(0, 'no octets at all');
  const kind = kindOfType(octets[0]!);
  if (kind === undefined)
    throw new Refused(
      'unsupported-type',
      0,
      `message type ${hexNumber(octets[0]!)} (${MESSAGE_TYPES[octets[0]!] ?? 'not assigned'})`,
      'Q.713 2.1',
    );
  const { wide, isService, hasHopCounter, hasOptionalPart, pointersAt } = MESSAGES[kind];
  const step = wide ? 2 : 1;
  const calledAt = spanAt(octets, pointersAt, wide, 'called party address', false);
  const callingAt = spanAt(octets, pointersAt + step, wide, 'calling party address', false);
  const dataAt = spanAt(octets, pointersAt + 2 * step, wide, wide ? 'long data' : 'data', wide);
  const optional = hasOptionalPart ? followPointer(octets, pointersAt + 3 * step, wide) : 0;
  const second = octets[1]!;
  return {
    kind,
    octets,
    called: octets.subarray(calledAt.from, calledAt.to),
    calling: octets.subarray(callingAt.from, callingAt.to),
    data: octets.subarray(dataAt.from, dataAt.to),
    protocolClass: isService ? undefined : second & 0x0f,
    returnOnError: !isService && (second & 0xf0) === RETURN_ON_ERROR,
    returnCause: isService ? second : undefined,
    hopCounter: hasHopCounter ? octets[2]! & 0x0f : undefined,
    calledAt,
    callingAt,
    dataAt,
    optionalAt: optional === 0 ? undefined : optional,
  };
}

/** Finds the parts of a connectionless message. Addresses and optional parameters are not looked into. */
export const viewSccp = (octets: Uint8Array): Result<SccpView, SccpDecodeError> => doorOf(() => readView(octets));
