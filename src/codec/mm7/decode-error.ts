/** Why octets are no MM7 message that can be worked with, with what a reply needs. */
import type { Mm7Dialect } from './dialect.js';
import type { StatusCode } from './statuses.js';

/** What could still be read of a message that was refused: enough to answer it. */
export interface Mm7Salvaged {
  readonly transactionId?: string;
  /** Name of the element in the SOAP body. */
  readonly operation?: string;
  /** Namespace and version of the message, for the answer; absent where neither could be read. */
  readonly dialect?: Mm7Dialect;
}

/** A refusal as a value. */
export interface Mm7DecodeError {
  /**
   * `malformed-xml`: not well-formed, or octets that are none of the encoding. `forbidden-xml`: DOCTYPE or entity. `limit`: beyond a row of
   * LIMITS. `not-soap`: no envelope, header or body where they must be. `must-understand`: a header entry that must be understood and is
   * not. `soap-version`: another SOAP than 1.1. `unknown-operation`, `unsupported-version`, `missing-element`: as they say. `bad-value`:
   * an element's value cannot be read. `bad-packaging`: the multipart around it cannot be taken apart. `missing-part`: the content that
   * the message names is not there.
   */
  readonly kind: RefusalKind;
  /** Status to answer with. */
  readonly status: StatusCode;
  /** faultcode to answer with. */
  readonly faultCode: 'Client' | 'MustUnderstand' | 'VersionMismatch';
  /** One line for people; holds names of elements, but nothing that the sender wrote in them. */
  readonly text: string;
  readonly salvaged: Mm7Salvaged;
}

/** What each reason is answered with. TS 23.140 8.7.5. */
export const REFUSAL_STATUS = {
  'malformed-xml': 4004,
  'forbidden-xml': 4004,
  limit: 4004,
  'not-soap': 4004,
  'must-understand': 4004,
  'soap-version': 4004,
  'unknown-operation': 4003,
  'unsupported-version': 4002,
  'missing-element': 4004,
  'bad-value': 2007,
  'bad-packaging': 4004,
  'missing-part': 2004,
} as const satisfies Readonly<Record<string, StatusCode>>;
export type RefusalKind = keyof typeof REFUSAL_STATUS;

/** Thrown inside the codec; its door makes a value of it. */
export class Refused extends Error {
  readonly kind: RefusalKind;

  constructor(kind: RefusalKind, detail: string) {
    super(detail);
    this.name = 'Refused';
    this.kind = kind;
  }
}

const FAULT_CODES: Partial<Record<RefusalKind, Mm7DecodeError['faultCode']>> = {
  'must-understand': 'MustUnderstand',
  'soap-version': 'VersionMismatch',
};

export const asDecodeError = (e: Refused, salvaged: Mm7Salvaged): Mm7DecodeError => ({
  kind: e.kind,
  status: REFUSAL_STATUS[e.kind],
  faultCode: FAULT_CODES[e.kind] ?? 'Client',
  text: `mm7: ${e.message}`,
  salvaged,
});
