/** Why octets are no SCCP message, address or parameter. */
import { err, Malformed, ok, type Result } from '#base';

export interface SccpDecodeError {
  /** `unsupported-type`: a message type of Q.713 that is not connectionless, or none at all. `limit`: beyond a row of LIMITS. */
  readonly kind: 'malformed' | 'unsupported-type' | 'limit';
  /** Octet where reading failed, counted from 0 at the start of what was decoded. */
  readonly offset: number;
  readonly detail: string;
  readonly clause?: string;
  /** One line for people. */
  readonly text: string;
}

/** Thrown inside the codec where the reason is not the grammar. */
export class Refused extends Malformed {
  readonly kind: SccpDecodeError['kind'];

  constructor(kind: SccpDecodeError['kind'], offset: number, detail: string, clause?: string) {
    super(offset, detail, clause);
    this.kind = kind;
  }
}

/** The door of a decoder: Malformed becomes a value, any other throw is a bug and passes. */
export function doorOf<T>(read: () => T): Result<T, SccpDecodeError> {
  try {
    return ok(read());
  } catch (e) {
    if (!(e instanceof Malformed)) throw e;
    return err({
      kind: e instanceof Refused ? e.kind : 'malformed',
      offset: e.offset,
      detail: e.detail,
      ...(e.clause === undefined ? {} : { clause: e.clause }),
      text: `sccp: ${e.message}`,
    });
  }
}
