/**
 * What a relay changes in a message that is none of its business: called party address and hop counter. Every other octet stays as it
 * came, gaps, order and filler included (Q.714 2.3: what is not understood is passed on unchanged).
 */
import { err, ok, type Result } from '#base';
import { assemble, type DoesNotFit, putNumber } from './encode.js';
import { MESSAGES, type MessageRow } from './messages.js';
import type { SccpView } from './view.js';

export interface RelayEdit {
  /** New value of the called party address, without its length octet (`encodeAddress`); absent to keep it. */
  readonly called?: Uint8Array;
  /** New value of the calling party address; absent to keep it. For messages routed on SSN that must get a point code to come back to. */
  readonly calling?: Uint8Array;
  /** 0..15; absent to keep it. Says nothing in UDT and UDTS, which have none. */
  readonly hopCounter?: number;
}

const HOP_COUNTER_AT = 2;
const POINTER_MAX = 0xff;
const WIDE_POINTER_MAX = 0xffff;

/** The message with these changes, in octets of its own; an error when a part no longer fits its pointer. */
export function editSccp(view: SccpView, edit: RelayEdit): Result<Uint8Array<ArrayBuffer>, DoesNotFit> {
  const row = MESSAGES[view.kind];
  const result = withAddresses(view, row, edit);
  if (result.ok && edit.hopCounter !== undefined && row.hasHopCounter)
    result.value[HOP_COUNTER_AT] = (view.octets[HOP_COUNTER_AT]! & 0xf0) | (edit.hopCounter & 0x0f);
  return result;
}

function withAddresses(view: SccpView, row: MessageRow, edit: RelayEdit): Result<Uint8Array<ArrayBuffer>, DoesNotFit> {
  const { called, calling } = edit;
  const { calledAt, callingAt } = view;
  if (called === undefined && calling === undefined) return ok(new Uint8Array(view.octets));
  if (isTangled(view, row)) return rebuilt(view, row, edit);
  let octets: Uint8Array<ArrayBuffer> | undefined;
  let moved = 0;
  if (called !== undefined) {
    const result = replaced(view.octets, row, calledAt.from - 1, calledAt.to, called, 'called');
    if (!result.ok) return result;
    octets = result.value;
    moved = callingAt.from > calledAt.from ? called.length - view.called.length : 0;
  }
  if (calling === undefined) return ok(octets!);
  return replaced(octets ?? view.octets, row, callingAt.from - 1 + moved, callingAt.to + moved, calling, 'calling');
}

/**
 * The octets with another value in the parameter whose length octet stands at `at` and whose value ends at `to`. Pointers that lead behind it
 * are corrected by what has moved.
 */
function replaced(
  octets: Uint8Array,
  row: MessageRow,
  at: number,
  to: number,
  value: Uint8Array,
  part: DoesNotFit['part'],
): Result<Uint8Array<ArrayBuffer>, DoesNotFit> {
  if (value.length > POINTER_MAX) return tooLong(part, value.length);
  const moved = value.length - (to - at - 1);
  const out = new Uint8Array(octets.length + moved);
  out.set(moved === 0 ? octets : octets.subarray(0, at));
  out[at] = value.length;
  out.set(value, at + 1);
  if (moved === 0) return ok(out);
  out.set(octets.subarray(to), to + moved);
  const step = row.wide ? 2 : 1;
  const max = row.wide ? WIDE_POINTER_MAX : POINTER_MAX;
  const count = row.hasOptionalPart ? 4 : 3;
  for (let n = 0, pointer = row.pointersAt; n < count; n++, pointer += step) {
    const distance = row.wide ? octets[pointer]! | (octets[pointer + 1]! << 8) : octets[pointer]!;
    if (distance === 0 || pointer + step - 1 + distance < to) continue;
    if (distance + moved > max) return tooLong(PARTS[n]!, out.length);
    putNumber(out, pointer, distance + moved, row.wide);
  }
  return ok(out);
}

const PARTS = ['called', 'calling', 'data', 'optional'] as const;

/** One past the end mark of the optional part, or past its last whole parameter when the mark is missing. */
function optionalEnd(view: SccpView, from: number): number {
  const { octets } = view;
  let at = from;
  while (at + 1 < octets.length && octets[at] !== 0) {
    const next = at + 2 + octets[at + 1]!;
    if (next > octets.length) return octets.length;
    at = next;
  }
  return Math.min(octets.length, at + 1);
}

const overlap = (from: number, to: number, otherFrom: number, otherTo: number): boolean => from < otherTo && otherFrom < to;

/** Whether an address shares octets with another part, or with the pointers: then a change in one place would be one in another too. */
function isTangled(view: SccpView, row: MessageRow): boolean {
  const { calledAt, callingAt, dataAt, optionalAt } = view;
  const [called, calling, data] = [calledAt.from - 1, callingAt.from - 1, dataAt.from - (row.wide ? 2 : 1)];
  const pointersEnd = row.pointersAt + (row.hasOptionalPart ? 4 : 3) * (row.wide ? 2 : 1);
  if (called < pointersEnd || calling < pointersEnd) return true;
  if (overlap(called, calledAt.to, calling, callingAt.to)) return true;
  if (overlap(called, calledAt.to, data, dataAt.to) || overlap(calling, callingAt.to, data, dataAt.to)) return true;
  if (optionalAt === undefined) return false;
  const end = optionalEnd(view, optionalAt);
  return overlap(called, calledAt.to, optionalAt, end) || overlap(calling, callingAt.to, optionalAt, end);
}

/** The same parts in the usual order, each with octets of its own. */
function rebuilt(view: SccpView, row: MessageRow, edit: RelayEdit): Result<Uint8Array<ArrayBuffer>, DoesNotFit> {
  const { optionalAt } = view;
  return assemble(row, {
    fixed: view.octets.subarray(0, row.pointersAt),
    called: edit.called ?? view.called,
    calling: edit.calling ?? view.calling,
    data: view.data,
    optional: optionalAt === undefined ? undefined : view.octets.subarray(optionalAt, optionalEnd(view, optionalAt)),
  });
}

const tooLong = (part: DoesNotFit['part'], octets: number): Result<never, DoesNotFit> =>
  err({ kind: 'does-not-fit', part, octets, text: `sccp: ${part} no longer fits its pointer` });
