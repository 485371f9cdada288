/** Why octets are no TPDU that can be read. */
import type { Malformed } from '#base';

export interface SmsError {
  /** `malformed`: breaks the layout. `unknown-type`: a message type that the direction does not have. */
  readonly kind: 'malformed' | 'unknown-type';
  /** Octet where reading failed, counted from 0. */
  readonly offset: number;
  readonly detail: string;
  readonly clause?: string;
  /** One line for people. */
  readonly text: string;
}

export const asSmsError = (e: Malformed, kind: SmsError['kind'] = 'malformed'): SmsError => ({
  kind,
  offset: e.offset,
  detail: e.detail,
  ...(e.clause === undefined ? {} : { clause: e.clause }),
  text: `sms: ${e.message}`,
});
