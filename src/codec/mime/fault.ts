/** The door of this room: Malformed becomes a value. */
import { err, Malformed, ok, type Result } from '#base';
import { OverLimit } from '#codec/wsp';
import type { MimeError } from './model.js';

export const asMimeError = (e: Malformed): MimeError => ({
  kind: e instanceof OverLimit ? 'limit' : 'malformed',
  offset: e.offset,
  detail: e.detail,
  ...(e.clause === undefined ? {} : { clause: e.clause }),
  text: `mime: ${e.message}`,
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
