/** Why octets are no message of MTP or M2PA. */
import { err, Malformed, ok, type Result } from '#base';

export interface MtpDecodeError {
  readonly kind: 'malformed';
  /** Octet where reading failed, counted from 0. */
  readonly offset: number;
  readonly detail: string;
  readonly clause?: string;
  /** One line for people. */
  readonly text: string;
}

/** The door of a decoder: Malformed becomes a value, any other throw is a bug and passes. */
export function doorOf<T>(layer: string, read: () => T): Result<T, MtpDecodeError> {
  try {
    return ok(read());
  } catch (e) {
    if (!(e instanceof Malformed)) throw e;
    return err({
      kind: 'malformed',
      offset: e.offset,
      detail: e.detail,
      ...(e.clause === undefined ? {} : { clause: e.clause }),
      text: `${layer}: ${e.message}`,
    });
  }
}
