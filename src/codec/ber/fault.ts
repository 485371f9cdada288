/** Why octets are no BER, or not the value that they should be; and the door that makes it a value. */
import { err, Malformed, ok, type Result } from '#base';

/** `malformed`: breaks the encoding rules or a type. `missing`: a mandatory field is not there. `limit`: beyond a row of LIMITS. */
export type BerFaultKind = 'malformed' | 'missing' | 'limit';

/** Thrown inside codecs built on BER where the reason is not the grammar. */
export class BerFault extends Malformed {
  readonly kind: BerFaultKind;

  constructor(kind: BerFaultKind, offset: number, detail: string, clause?: string) {
    super(offset, detail, clause);
    this.kind = kind;
  }
}

export interface BerError {
  readonly kind: BerFaultKind;
  /** Octet where reading failed, counted from 0 at the start of the decoded input. */
  readonly offset: number;
  /** What stood there and what was expected. */
  readonly detail: string;
  readonly clause?: string;
  /** One line for people, headed by the codec's name. */
  readonly text: string;
}

/** The error as a value. `codec` heads its text. */
export const asBerError = (codec: string, e: Malformed): BerError => ({
  kind: e instanceof BerFault ? e.kind : 'malformed',
  offset: e.offset,
  detail: e.detail,
  ...(e.clause === undefined ? {} : { clause: e.clause }),
  text: `${codec}: ${e.message}`,
});

/** The door of a decoder: Malformed becomes a value, any other throw is a bug and passes. */
export function berDoor<T>(codec: string, read: () => T): Result<T, BerError> {
  try {
    return ok(read());
  } catch (e) {
    if (e instanceof Malformed) return err(asBerError(codec, e));
    throw e;
  }
}
