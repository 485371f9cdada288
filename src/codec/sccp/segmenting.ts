/** Cuts data that one XUDT cannot hold into segments. ITU-T Q.714 4.1.1. */
import { err, ok, type Result } from '#base';
import { type AddressVariant, encodeAddress } from './address.js';
import { type DoesNotFit, encodeSccp } from './encode.js';
import type { ExtendedUnitData } from './messages.js';
import { encodeSegmentation } from './optional-part.js';

/** Most segments of one message: the first and 15 remaining. Q.713 3.17. */
const SEGMENTS_MAX = 16;
/** Data of one XUDT, its addresses and the segmentation parameter with the three octets around it. Unit: octets. Source: the largest value of a pointer. */
const POINTED_MAX = 0xff;

/**
 * `message` in as many XUDTs as it needs, each with at most `dataOctetsMax` octets of data (less where the addresses leave less room). One that
 * fits goes out without segmentation. Between segments the class is 1, and only the first asks to be returned (Q.714 4.1.1.1).
 */
export function segmentXudt(
  message: ExtendedUnitData,
  localReference: number,
  dataOctetsMax: number,
  variant: AddressVariant = 'itu',
): Result<readonly Uint8Array<ArrayBuffer>[], DoesNotFit> {
  if (message.data.length <= dataOctetsMax) {
    const whole = encodeSccp(message, variant);
    if (whole.ok) return ok([whole.value]);
  }
  const addresses = encodeAddress(message.called, variant).length + encodeAddress(message.calling, variant).length;
  // From the last pointer to the optional part stand: the pointer itself, three length octets, addresses and data.
  const room = Math.min(dataOctetsMax, POINTED_MAX - 1 - 3 - addresses);
  const count = room < 1 ? Number.POSITIVE_INFINITY : Math.ceil(message.data.length / room);
  if (count > SEGMENTS_MAX)
    return err({
      kind: 'does-not-fit',
      part: 'data',
      octets: message.data.length,
      text: `sccp: more than ${SEGMENTS_MAX} segments`,
    });
  const segments: Uint8Array<ArrayBuffer>[] = [];
  for (let i = 0; i < count; i++) {
    const segmentation = encodeSegmentation({
      first: i === 0,
      requestedClass: message.protocolClass,
      remaining: count - 1 - i,
      localReference,
    });
    const segment = encodeSccp(
      {
        ...message,
        protocolClass: 1,
        returnOnError: message.returnOnError && i === 0,
        data: message.data.subarray(i * room, (i + 1) * room),
        optional: [segmentation, ...message.optional],
      },
      variant,
    );
    if (!segment.ok) return segment;
    segments.push(segment.value);
  }
  return ok(segments);
}
