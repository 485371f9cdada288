/** The door of this room: Malformed becomes a value. */
import { err, Malformed, ok, type Result } from '#base';
import { OverLimit } from '#codec/wsp';
import type { MimeError } from './model.js';

const asMimeError = (e: Malformed): MimeError => ({
  kind: e instanceof OverLimit ? 'limit' : 'malformed',
  offset: e.offset,
  detail: e.detail,
  ...(e.clause === undefined ? {} : { clause: e.clause }),
  text: `mime: ${e.message}`,
});

/** The same without an exception, whose stack would cost more than the reading: for values that are asked whether they are something. */
export const malformed = (offset: number, detail: string, clause: string): MimeError => ({
  kind: 'malformed',
  offset,
  detail,
  clause,
  text: `mime: octet ${offset}: ${detail} (${clause})`,
});

/** Malformed becomes a value, any other throw is a bug and passes. */
export function doorOf<T>(read: () => T): Result<T, MimeError> {
  try {
    return ok(read());
  } catch (e) {
    if (e instanceof Malformed) return err(asMimeError(e));
    throw e;
  }
}
