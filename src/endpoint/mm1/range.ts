/** The Range header of a retrieval. RFC 9110 14.1.2, 14.2: one range of octets; several, or another unit, mean the whole. */

export type RangeAnswer =
  /** `from` to `to`, both included. */
  | { readonly kind: 'part'; readonly from: number; readonly to: number }
  | { readonly kind: 'whole' }
  /** Begins behind the end: 416. */
  | { readonly kind: 'unsatisfiable' };

const ONE_RANGE = /^bytes=[ \t]*([0-9]{0,15})-([0-9]{0,15})[ \t]*$/i;
const WHOLE: RangeAnswer = { kind: 'whole' };

/** `length`: octets of the whole, at least 1. `ifRange`: the If-Range header; its range counts only for this very `etag`. */
export function readRange(range: string | undefined, ifRange: string | undefined, etag: string, length: number): RangeAnswer {
  if (range === undefined || (ifRange !== undefined && ifRange !== etag)) return WHOLE;
  const match = ONE_RANGE.exec(range);
  if (match === null) return WHOLE;
  const [, first = '', last = ''] = match;
  if (first === '') {
    if (last === '') return WHOLE;
    const suffix = Number(last);
    return suffix === 0 ? { kind: 'unsatisfiable' } : { kind: 'part', from: Math.max(0, length - suffix), to: length - 1 };
  }
  const from = Number(first);
  if (last !== '' && Number(last) < from) return WHOLE;
  if (from >= length) return { kind: 'unsatisfiable' };
  return { kind: 'part', from, to: last === '' ? length - 1 : Math.min(Number(last), length - 1) };
}
