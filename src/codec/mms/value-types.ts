/**
 * The values of header fields, as types. OMA-TS-MMS_ENC 1.3, clause 7.3. Instants are epoch milliseconds; the wire has whole seconds.
 */

export type FromValue = { readonly kind: 'address'; readonly address: string } | { readonly kind: 'insert-address' };

/** Absolute (epoch milliseconds) or relative (seconds). */
export type TimeValue =
  | { readonly kind: 'absolute'; readonly at: number }
  | { readonly kind: 'relative'; readonly seconds: number };

/** Personal, advertisement, informational, auto, or a token of somebody's own. */
export type MessageClassValue = 'personal' | 'advertisement' | 'informational' | 'auto' | { readonly token: string };
export type PriorityValue = 'low' | 'normal' | 'high';
export type VisibilityValue = 'hide' | 'show';
export type StatusValue =
  | 'expired'
  | 'retrieved'
  | 'rejected'
  | 'deferred'
  | 'unrecognised'
  | 'indeterminate'
  | 'forwarded'
  | 'unreachable';
export type ReadStatusValue = 'read' | 'deleted-without-being-read';
export type ReplyChargingValue = 'requested' | 'requested-text-only' | 'accepted' | 'accepted-text-only';
export type MmStateValue = 'draft' | 'sent' | 'new' | 'retrieved' | 'forwarded';
export type RecommendedRetrievalModeValue = 'manual';

/** Response-Status by its octet: the names of the standard stand in RESPONSE_STATUS. 128..255. */
export type ResponseStatusValue = number;
/** Retrieve-Status by its octet; names in RETRIEVE_STATUS. 128..255. */
export type RetrieveStatusValue = number;
/** Store-Status by its octet; names in STORE_STATUS. 128..255. */
export type StoreStatusValue = number;

export interface PreviouslySentBy {
  readonly count: number;
  readonly address: string;
}

export interface PreviouslySentDate {
  readonly count: number;
  readonly at: number;
}

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
