/** SCCP messages from parts that are octets already: what a far side answers with, in the kind in which it was asked. */
import type { SccpView } from '#codec/sccp';

const UDT = 0x09;
const XUDT = 0x11;
const LUDT = 0x13;
const HOP_COUNTER = 15;
/** The longest data that one length octet tells, and that pointers of one octet reach with two addresses of a dozen digits. Unit: octets. */
const SHORT_MAX = 220;

/** A unit data message like `like`, to `called` from `calling`; what does not fit an UDT or XUDT becomes a LUDT. No return option. */
export function unitAnswering(like: SccpView, called: Uint8Array, calling: Uint8Array, data: Uint8Array): Uint8Array {
  if (like.kind === 'LUDT' || data.length > SHORT_MAX) return long(called, calling, data);
  const isUdt = like.kind === 'UDT';
  const head = isUdt ? [UDT, like.protocolClass ?? 0] : [XUDT, like.protocolClass ?? 0, HOP_COUNTER];
  const pointers = isUdt ? 3 : 4;
  const octets = new Uint8Array(head.length + pointers + 3 + called.length + calling.length + data.length);
  octets.set(head);
  let pointer = head.length;
  let at = pointer + pointers;
  for (const value of [called, calling, data]) {
    octets[pointer] = at - pointer;
    octets[at] = value.length;
    octets.set(value, at + 1);
    at += 1 + value.length;
    pointer++;
  }
  return octets;
}

/** Pointers of two octets, the lower first, counted from their second; a length of two octets for the data. Q.713 4.20. */
function long(called: Uint8Array, calling: Uint8Array, data: Uint8Array): Uint8Array {
  const octets = new Uint8Array(3 + 8 + 1 + called.length + 1 + calling.length + 2 + data.length);
  octets.set([LUDT, 0, HOP_COUNTER]);
  let pointer = 3;
  let at = 11;
  for (const value of [called, calling, data]) {
    const distance = at - pointer - 1;
    octets[pointer] = distance & 0xff;
    octets[pointer + 1] = distance >> 8;
    octets[at] = value.length & 0xff;
    if (value === data) octets[at + 1] = value.length >> 8;
    const head = value === data ? 2 : 1;
    octets.set(value, at + head);
    at += head + value.length;
    pointer += 2;
  }
  return octets;
}
