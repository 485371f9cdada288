/**
 * What a relay changes in a message that is none of its business: called party address and hop counter. Every other octet stays as it
 * came, gaps, order and filler included (Q.714 2.3: what is not understood is passed on unchanged).
 */
import { err, ok, type Result } from '#base';
import { assemble, type DoesNotFit } from './encode.js';
import { MESSAGES } from './messages.js';
import { followPointer, type SccpView, type Span } from './view.js';

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
  const { called, calling } = edit;
  const sameCalled = called === undefined || called.length === view.called.length;
  const sameCalling = calling === undefined || calling.length === view.calling.length;
  let result: Result<Uint8Array<ArrayBuffer>, DoesNotFit>;
  if (isTangled(view) && (called !== undefined || calling !== undefined)) result = rebuilt(view, edit);
  else if (sameCalled && sameCalling) {
    const octets = new Uint8Array(view.octets);
    if (called !== undefined) octets.set(called, view.calledAt.from);
    if (calling !== undefined) octets.set(calling, view.callingAt.from);
    result = ok(octets);
  } else result = spliced(view, edit);
  if (result.ok && edit.hopCounter !== undefined && MESSAGES[view.kind].hasHopCounter)
    result.value[HOP_COUNTER_AT] = (view.octets[HOP_COUNTER_AT]! & 0xf0) | (edit.hopCounter & 0x0f);
  return result;
}

/** First octets of the four variable parts, their length octets included, each with where it ends. */
function partsOf(view: SccpView): Span[] {
  const dataHead = MESSAGES[view.kind].wide ? 2 : 1;
  const parts = [
    { from: view.calledAt.from - 1, to: view.calledAt.to },
    { from: view.callingAt.from - 1, to: view.callingAt.to },
    { from: view.dataAt.from - dataHead, to: view.dataAt.to },
  ];
  if (view.optionalAt !== undefined) parts.push({ from: view.optionalAt, to: optionalEnd(view, view.optionalAt) });
  return parts;
}

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

/** Whether parts share octets with each other or with the pointers: then a change in one place would be one in another as well. */
function isTangled(view: SccpView): boolean {
  const row = MESSAGES[view.kind];
  const pointersEnd = row.pointersAt + (row.hasOptionalPart ? 4 : 3) * (row.wide ? 2 : 1);
  const parts = partsOf(view).sort((a, b) => a.from - b.from);
  return parts.some((part, i) => part.from < (i === 0 ? pointersEnd : parts[i - 1]!.to));
}

/** The same parts in the usual order, each with octets of its own. */
function rebuilt(view: SccpView, edit: RelayEdit): Result<Uint8Array<ArrayBuffer>, DoesNotFit> {
  const row = MESSAGES[view.kind];
  const { optionalAt } = view;
  return assemble(row, {
    fixed: view.octets.subarray(0, row.pointersAt),
    called: edit.called ?? view.called,
    calling: edit.calling ?? view.calling,
    data: view.data,
    optional: optionalAt === undefined ? undefined : view.octets.subarray(optionalAt, optionalEnd(view, optionalAt)),
  });
}

interface Splice {
  /** Length octet of the parameter. */
  readonly at: number;
  readonly to: number;
  readonly value: Uint8Array;
  readonly part: 'called' | 'calling';
}

/** Cuts the old values out and the new ones in, and corrects each pointer by what has moved before its target. */
function spliced(view: SccpView, edit: RelayEdit): Result<Uint8Array<ArrayBuffer>, DoesNotFit> {
  const splices: Splice[] = [];
  if (edit.called !== undefined)
    splices.push({ at: view.calledAt.from - 1, to: view.calledAt.to, value: edit.called, part: 'called' });
  if (edit.calling !== undefined)
    splices.push({ at: view.callingAt.from - 1, to: view.callingAt.to, value: edit.calling, part: 'calling' });
  splices.sort((a, b) => a.at - b.at);
  for (const { value, part } of splices) if (value.length > POINTER_MAX) return tooLong(part, value.length);
  const { octets } = view;
  const moved = splices.reduce((sum, { at, to, value }) => sum + value.length - (to - at - 1), 0);
  const out = new Uint8Array(octets.length + moved);
  let from = 0;
  let into = 0;
  for (const { at, to, value } of splices) {
    out.set(octets.subarray(from, at), into);
    into += at - from;
    out[into++] = value.length;
    out.set(value, into);
    into += value.length;
    from = to;
  }
  out.set(octets.subarray(from), into);
  return correctPointers(view, splices, out);
}

const PARTS = ['called', 'calling', 'data', 'optional'] as const;

function correctPointers(
  view: SccpView,
  splices: readonly Splice[],
  out: Uint8Array<ArrayBuffer>,
): Result<Uint8Array<ArrayBuffer>, DoesNotFit> {
  const row = MESSAGES[view.kind];
  const step = row.wide ? 2 : 1;
  for (let n = 0; n < (row.hasOptionalPart ? 4 : 3); n++) {
    const at = row.pointersAt + n * step;
    const target = followPointer(view.octets, at, row.wide);
    if (target === 0) continue;
    const shift = splices.reduce((sum, it) => (it.to <= target ? sum + it.value.length - (it.to - it.at - 1) : sum), 0);
    const distance = target + shift - at - (step - 1);
    if (distance > (row.wide ? WIDE_POINTER_MAX : POINTER_MAX)) return tooLong(PARTS[n]!, out.length);
    out[at] = distance;
    if (row.wide) out[at + 1] = distance >>> 8;
  }
  return ok(out);
}

const tooLong = (part: DoesNotFit['part'], octets: number): Result<never, DoesNotFit> =>
  err({ kind: 'does-not-fit', part, octets, text: `sccp: ${part} no longer fits its pointer` });
