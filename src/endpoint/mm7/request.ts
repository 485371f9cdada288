/** What a VASP asks for, by whichever interface it asks: SOAP and JSON are both turned into these. */

import type { ChargedParty } from '#directory';
import type { Address, ApplicationAddressing, MessageClass, Priority, Recipient, TimeWish } from '#messaging';

/** Who asks, by the request's own word. */
export interface Claim {
  readonly vaspId?: string;
  readonly vasId?: string;
}

/** Content that has been turned into the form in which it is stored. */
export interface VaspContent {
  /** Octets of Content-Type value and body, as on MM1, in pieces that follow each other. */
  readonly pieces: readonly Uint8Array[];
  /** All pieces together. */
  readonly size: number;
  /** Media type of the whole, lower case. */
  readonly media: string;
}

export interface SubmitRequest extends Claim {
  /** Names the request. */
  readonly transactionId: string;
  /** MM7Version; absent with JSON. */
  readonly version?: string;
  /** Which of its addresses the VASP wants to be shown as the sender; absent: its first short code. */
  readonly sender?: Address;
  readonly recipients: readonly Recipient[];
  readonly serviceCode?: string;
  readonly linkedId?: string;
  readonly messageClass?: MessageClass;
  readonly date?: number;
  readonly subject?: string;
  readonly priority?: Priority;
  readonly deliveryReport?: boolean;
  readonly readReport?: boolean;
  readonly expiry?: TimeWish;
  readonly deliveryTime?: TimeWish;
  readonly replyCharging?: boolean;
  readonly chargedParty?: ChargedParty;
  readonly chargedPartyId?: string;
  readonly distributionIndicator?: boolean;
  readonly deliveryCondition?: readonly string[];
  readonly application?: ApplicationAddressing;
  readonly contentClass?: number;
  readonly drmContent?: boolean;
  readonly adaptationAllowed?: boolean;
  readonly content: VaspContent;
}

/** A submission without its content: what a VASP's terms are about, and all that is known while the content is on its way. */
export type SubmitHead = Omit<SubmitRequest, 'content'>;

export interface ReplaceRequest extends Claim {
  readonly operation: 'replace' | 'extended-replace';
  readonly transactionId: string;
  readonly messageId: string;
  readonly serviceCode?: string;
  readonly readReport?: boolean;
  readonly deliveryTime?: TimeWish;
  readonly expiry?: TimeWish;
  readonly distributionIndicator?: boolean;
  readonly application?: ApplicationAddressing;
  readonly adaptationAllowed?: boolean;
  readonly contentClass?: number;
  readonly drmContent?: boolean;
  readonly content: VaspContent;
}

export type ReplaceHead = Omit<ReplaceRequest, 'content'>;

export interface CancelRequest extends Claim {
  readonly operation: 'cancel' | 'extended-cancel';
  readonly transactionId: string;
  readonly messageId: string;
  /** Only some recipients are meant. */
  readonly some: boolean;
}

/** Members that have a value: what is undefined leaves no member behind. */
export function present<T extends object>(members: { readonly [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as T;
}
