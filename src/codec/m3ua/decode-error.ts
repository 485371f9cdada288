/** Why octets are no M3UA message, with what the answer to the sender needs. */
import { Malformed } from '#base';
import { ERROR_CODE } from './names.js';

export type DecodeErrorKind =
  | 'invalid-version'
  | 'unsupported-class'
  | 'unsupported-type'
  | 'unsupported-traffic-mode'
  | 'protocol-error'
  | 'invalid-parameter-value'
  | 'parameter-field-error'
  | 'unexpected-parameter'
  | 'missing-parameter'
  | 'limit';

/** The Error Code that answers each kind. What breaks no single rule of RFC 4666 3.8.1, such as a wrong message length, is a Protocol Error. */
export const ERROR_CODE_OF: Readonly<Record<DecodeErrorKind, number>> = {
  'invalid-version': ERROR_CODE.invalidVersion,
  'unsupported-class': ERROR_CODE.unsupportedMessageClass,
  'unsupported-type': ERROR_CODE.unsupportedMessageType,
  'unsupported-traffic-mode': ERROR_CODE.unsupportedTrafficMode,
  'protocol-error': ERROR_CODE.protocolError,
  'invalid-parameter-value': ERROR_CODE.invalidParameterValue,
  'parameter-field-error': ERROR_CODE.parameterFieldError,
  'unexpected-parameter': ERROR_CODE.unexpectedParameter,
  'missing-parameter': ERROR_CODE.missingParameter,
  limit: ERROR_CODE.protocolError,
};

export interface DecodeError {
  readonly kind: DecodeErrorKind;
  /** Error Code with which to answer (`errorAnswer` does it). */
  readonly errorCode: number;
  /** Octet where reading failed, counted from 0. */
  readonly offset: number;
  readonly detail: string;
  readonly clause?: string;
  /** One line for people. */
  readonly text: string;
  /** The first octets of the message, as Diagnostic Information wants them: a view. */
  readonly diagnosticInformation: Uint8Array;
  /** Whether the message was an ERR: that is never answered with an ERR (RFC 4666 3.8.1). */
  readonly isErr: boolean;
}

/** Octets of the offending message that go back. RFC 4666 3.8.1 asks for the first 40. */
const DIAGNOSTIC_OCTETS = 40;

/** Thrown inside the codec. */
export class Refused extends Malformed {
  readonly kind: DecodeErrorKind;

  constructor(kind: DecodeErrorKind, offset: number, detail: string, clause?: string) {
    super(offset, detail, clause);
    this.kind = kind;
  }
}

/** The Diagnostic Information about a message: its first 40 octets, a view. */
export const diagnosticOf = (message: Uint8Array): Uint8Array => message.subarray(0, DIAGNOSTIC_OCTETS);

export function asDecodeError(e: Malformed, bytes: Uint8Array): DecodeError {
  // A plain Malformed comes from a reader that met the end of a parameter: its length says less than its grammar needs.
  const kind = e instanceof Refused ? e.kind : 'parameter-field-error';
  return {
    kind,
    errorCode: ERROR_CODE_OF[kind],
    offset: e.offset,
    detail: e.detail,
    ...(e.clause === undefined ? {} : { clause: e.clause }),
    text: `m3ua: ${e.message}`,
    diagnosticInformation: diagnosticOf(bytes),
    isErr: bytes.length >= 4 && bytes[2] === 0 && bytes[3] === 0,
  };
}
