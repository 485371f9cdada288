/**
 * The values of header fields, as types. OMA-TS-MMS_ENC 1.3, clause 7.3. Instants are epoch milliseconds; the wire has whole seconds.
 */

/** The sender as he gives it, or the request that the MMSC put in the address it knows. MMS_ENC 1.3 §7.3 (From). */
export type FromValue = { readonly kind: 'address'; readonly address: string } | { readonly kind: 'insert-address' };

/** Absolute (epoch milliseconds) or relative (seconds). */
export type TimeValue =
  | { readonly kind: 'absolute'; readonly at: number }
  | { readonly kind: 'relative'; readonly seconds: number };

/** Personal, advertisement, informational, auto, or a token of somebody's own. */
export type MessageClassValue = 'personal' | 'advertisement' | 'informational' | 'auto' | { readonly token: string };
/** Absent means normal. */
export type PriorityValue = 'low' | 'normal' | 'high';
/** Whether the sender's address is shown to recipients. Absent means show, unless the carrier has another default. */
export type VisibilityValue = 'hide' | 'show';
/** What became of a message, as a client or a delivery report says it. MMS_ENC 1.3 §7.3.54. */
export type StatusValue =
  | 'expired'
  | 'retrieved'
  | 'rejected'
  | 'deferred'
  | 'unrecognised'
  | 'indeterminate'
  | 'forwarded'
  | 'unreachable';
/** What a recipient did with a message. MMS_ENC 1.3 §7.3.38. */
export type ReadStatusValue = 'read' | 'deleted-without-being-read';
/** Whether the sender offers to pay for the reply, or a reply makes use of that, and whether for text alone. MMS_ENC 1.3 §7.3.43. */
export type ReplyChargingValue = 'requested' | 'requested-text-only' | 'accepted' | 'accepted-text-only';
/** State of a message in a network mailbox. MMS_ENC 1.3 §7.3.33. */
export type MmStateValue = 'draft' | 'sent' | 'new' | 'retrieved' | 'forwarded';
/** How the MMSC advises to fetch: the standard has one value. MMS_ENC 1.3 §7.3.39. */
export type RecommendedRetrievalModeValue = 'manual';

/** Response-Status by its octet: the names of the standard stand in RESPONSE_STATUS. 128..255. */
export type ResponseStatusValue = number;
/** Retrieve-Status by its octet; names in RETRIEVE_STATUS. 128..255. */
export type RetrieveStatusValue = number;
/** Store-Status by its octet; names in STORE_STATUS. 128..255. */
export type StoreStatusValue = number;

/** Who sent a forwarded message before. `count`: 1 for the first sender. */
export interface PreviouslySentBy {
  readonly count: number;
  readonly address: string;
}

/** When a forwarded message was sent before. `count`: as in PreviouslySentBy; `at`: epoch milliseconds. */
export interface PreviouslySentDate {
  readonly count: number;
  readonly at: number;
}

/** A keyword of a message in a network mailbox, to be added, taken away or searched for. */
export interface MmFlagsValue {
  readonly action: 'add' | 'remove' | 'filter';
  readonly text: string;
}

/** A reference to a content element with its parameters (Type is the only assigned one). */
export interface ElementDescriptor {
  readonly reference: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** How full a mailbox is, or may be. */
export interface MboxCount {
  readonly of: 'messages' | 'octets';
  readonly count: number;
}

/** What became of a request to cancel a message. MMS_ENC 1.3 §7.3.7. */
export type CancelStatusValue = 'request-successfully-received' | 'request-corrupted';

/**
 * A value in the answer to a deletion, which tells of several messages at once: Response-Status, Response-Text and Content-Location carry
 * a number there, and those with the same number belong together, wherever they stand (see `deletionResults`).
 */
export interface Counted<T> {
  /** Status-count-value, 0 and up. Absent when the value was written as in all other PDUs, without a number. */
  readonly count?: number;
  readonly value: T;
}
