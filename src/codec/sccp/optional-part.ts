/** The optional part: name, length, value, and so on to a name 0. ITU-T Q.713 2.4. */
import { ByteReader, type ByteWriter, LIMITS, Malformed, type Result } from '#base';
import { doorOf, Refused, type SccpDecodeError } from './decode-error.js';
import { OPTIONAL_NAME, type OptionalParameter } from './messages.js';
import type { SccpView } from './view.js';

/** Segmentation. ITU-T Q.713 3.17. */
export interface Segmentation {
  readonly first: boolean;
  /** The class that the user had asked for, 0 or 1: between segments it is always 1. */
  readonly requestedClass: number;
  /** Segments still to come, 0..15. */
  readonly remaining: number;
  /** 24 bits, the lowest octet first on the wire; tells the segments of one message from those of others of the same sender. */
  readonly localReference: number;
}

/** Reads the optional part at `at` up to its end mark; throws Malformed. A message that just ends is read as if the mark were there. */
export function readOptionalPart(octets: Uint8Array, at: number): OptionalParameter[] {
  const r = new ByteReader(octets, at);
  const parameters: OptionalParameter[] = [];
  while (r.remaining > 0) {
    const name = r.u8();
    if (name === OPTIONAL_NAME.end) break;
    if (parameters.length >= LIMITS.sccpOptionalParametersMax)
      throw new Refused('limit', r.offset, `more than ${LIMITS.sccpOptionalParametersMax} optional parameters`);
    parameters.push({ name, octets: r.take(r.u8()) });
  }
  return parameters;
}

export function writeOptionalPart(w: ByteWriter, parameters: readonly OptionalParameter[]): void {
  for (const { name, octets } of parameters) {
    if (octets.length > 0xff) throw new RangeError(`an optional parameter of ${octets.length} octets`);
    w.u8(name);
    w.u8(octets.length);
    w.octets(octets);
  }
  w.u8(OPTIONAL_NAME.end);
}

const SEGMENTATION_OCTETS = 4;
const FIRST = 0x80;
const REQUESTED_CLASS_1 = 0x40;

export const optionalParameter = (parameters: readonly OptionalParameter[], name: number): Uint8Array | undefined =>
  parameters.find((it) => it.name === name)?.octets;

function readSegmentation(octets: Uint8Array): Segmentation {
  if (octets.length !== SEGMENTATION_OCTETS)
    throw new Malformed(0, `segmentation of ${octets.length} octets, expected ${SEGMENTATION_OCTETS}`, 'Q.713 3.17');
  const head = octets[0]!;
  return {
    first: (head & FIRST) !== 0,
    requestedClass: (head & REQUESTED_CLASS_1) === 0 ? 0 : 1,
    remaining: head & 0x0f,
    localReference: octets[1]! | (octets[2]! << 8) | (octets[3]! << 16),
  };
}

export function encodeSegmentation(value: Segmentation): OptionalParameter {
  const head = (value.first ? FIRST : 0) | (value.requestedClass === 1 ? REQUESTED_CLASS_1 : 0) | (value.remaining & 0x0f);
  const { localReference: reference } = value;
  return {
    name: OPTIONAL_NAME.segmentation,
    octets: Uint8Array.of(head, reference, reference >>> 8, reference >>> 16),
  };
}

/** The optional parameters of a message, none when it has no optional part. */
export const optionalOf = (view: SccpView): Result<readonly OptionalParameter[], SccpDecodeError> =>
  doorOf(() => (view.optionalAt === undefined ? [] : readOptionalPart(view.octets, view.optionalAt)));

/** The segmentation of a message; undefined when it is whole. */
export const segmentationOf = (view: SccpView): Result<Segmentation | undefined, SccpDecodeError> =>
  doorOf(() => {
    if (view.optionalAt === undefined) return undefined;
    const octets = optionalParameter(readOptionalPart(view.octets, view.optionalAt), OPTIONAL_NAME.segmentation);
    return octets === undefined ? undefined : readSegmentation(octets);
  });

/** Importance, 0..7; undefined when the message has none, or one without octets. ITU-T Q.713 3.19. */
export function importanceOf(parameters: readonly OptionalParameter[]): number | undefined {
  const octets = optionalParameter(parameters, OPTIONAL_NAME.importance);
  return octets === undefined || octets.length === 0 ? undefined : octets[0]! & 0x07;
}
