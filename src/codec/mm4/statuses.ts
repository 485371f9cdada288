/** The status codes of MM4, as data: what each means for whoever gets it. TS 23.140 8.4.1 to 8.4.3. */

interface RequestStatusRow {
  /** `taken`: the peer is responsible now. `refused`: it never will be. `later`: the same request may be taken another time. */
  readonly means: 'taken' | 'refused' | 'later';
  readonly use: string;
}

/** X-Mms-Request-Status-Code: the answer to a request. */
export const REQUEST_STATUS = {
  Ok: { means: 'taken', use: 'accepted' },
  'Error-unspecified': { means: 'refused', use: 'anything without a code of its own' },
  'Error-service-denied': { means: 'refused', use: 'barred, not provisioned, a peer that may not, no funds' },
  'Error-message-format-corrupt': { means: 'refused', use: 'a header or the MIME structure cannot be read' },
  'Error-sending-address-unresolved': { means: 'refused', use: 'no recipient is known' },
  'Error-message-not-found': { means: 'refused', use: 'a report about an unknown message' },
  'Error-network-problem': { means: 'later', use: 'passing trouble of the answering system' },
  'Error-content-not-accepted': { means: 'refused', use: 'size, type or policy of content' },
  'Error-unsupported-message': { means: 'refused', use: 'an unknown message type' },
} as const satisfies Readonly<Record<string, RequestStatusRow>>;

export type KnownRequestStatus = keyof typeof REQUEST_STATUS;
/** A status of the table, or the text of one that is not in it. */
export type RequestStatus = KnownRequestStatus | { readonly unknown: string };

/** What a status means: unknown `Error-transient-` is for later, every other unknown one a refusal. */
export function meaningOf(status: RequestStatus): RequestStatusRow['means'] {
  if (typeof status === 'string') return REQUEST_STATUS[status].means;
  return /^error-transient-/i.test(status.unknown) ? 'later' : 'refused';
}

/** X-Mms-MM-Status-Code: what became of a message. `final`: no other report about this recipient follows. */
export const MM_STATUS = {
  Expired: { final: true },
  Retrieved: { final: true },
  Rejected: { final: true },
  Deferred: { final: false },
  Indeterminate: { final: true },
  Forwarded: { final: true },
  Unrecognised: { final: true },
  /** Of OMA MMS encapsulation and MM7; never written. */
  Unreachable: { final: true },
} as const;

export type MmStatus = keyof typeof MM_STATUS;
