/** Why octets are no PDU that this relay can work with, with what a reply needs. */
import { Malformed } from '#base';
import { OverLimit } from '#codec/wsp';

/** What could still be read of a PDU that was refused: enough to answer it. */
export interface Salvaged {
  /** Octet of X-Mms-Message-Type, 128..255. */
  readonly pduType?: number;
  readonly transactionId?: string;
  /** `major.minor`. */
  readonly version?: string;
}

/** A refusal as a value: what is wrong, where, and what could still be read. The door of a decoder gives it; nothing throws it. */
export interface DecodeError {
  /**
   * `malformed`: breaks the grammar where it cannot be passed over. `unsupported-pdu`: a type without a row in PDUS.
   * `unsupported-version`: another major version than 1. `missing-field`: a mandatory field is not there. `limit`: beyond a row of LIMITS.
   */
  readonly kind: 'malformed' | 'unsupported-pdu' | 'unsupported-version' | 'missing-field' | 'limit';
  /** Octet where reading failed, counted from 0. */
  readonly offset: number;
  /** What stood there and what was expected. */
  readonly detail: string;
  readonly clause?: string;
  /** One line for people. */
  readonly text: string;
  readonly salvaged: Salvaged;
}

/** Thrown inside the codec where the reason is not the grammar. */
export class Refused extends Malformed {
  readonly kind: DecodeError['kind'];

  constructor(kind: DecodeError['kind'], offset: number, detail: string, clause?: string) {
    super(offset, detail, clause);
    this.kind = kind;
  }
}

export function asDecodeError(e: Malformed, salvaged: Salvaged): DecodeError {
  const kind = e instanceof Refused ? e.kind : e instanceof OverLimit ? 'limit' : 'malformed';
  return {
    kind,
    offset: e.offset,
    detail: e.detail,
    ...(e.clause === undefined ? {} : { clause: e.clause }),
    text: `mms: ${e.message}`,
    salvaged,
  };
}
