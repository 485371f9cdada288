/** The values that MM7 messages are made of, as programs want them. TS 23.140 8.7; types of the REL-6-MM7-1-4 schema. */

/** How an address is written: an e-mail address, a telephone number, or a short code of a service. */
export const ADDRESS_KINDS = ['RFC2822Address', 'Number', 'ShortCode'] as const;
export type AddressKind = (typeof ADDRESS_KINDS)[number];

/** One address. Schema type addressType. */
export interface Mm7Address {
  readonly kind: AddressKind;
  /** As written, without the blanks around it; may carry `/TYPE=PLMN`, and a number may lack its plus sign. */
  readonly value: string;
  /** Shown to recipients, but nothing is delivered there. Absent means no. */
  readonly displayOnly?: boolean;
  /** The value means something to the relay only. Absent: it is plain. */
  readonly addressCoding?: 'encrypted' | 'obfuscated';
  /** Label of this address in the message. */
  readonly id?: string;
}

/** Recipients by field, each in the order of the message; a field that is absent has none. Schema type recipientsType. */
export interface Recipients {
  readonly to?: readonly Mm7Address[];
  readonly cc?: readonly Mm7Address[];
  readonly bcc?: readonly Mm7Address[];
}

/** Who is submitting, by its own word. Whether it is believed is for the account to say. Schema type senderIDType. */
export interface SenderIdentification {
  /** The provider. */
  readonly vaspId?: string;
  /** The service of that provider. */
  readonly vasId?: string;
  /** Shown to the recipients as the sender; absent: the service's own address. */
  readonly senderAddress?: Mm7Address;
}

/** What became of a request. Schema type responseStatusType. */
export interface Status {
  /** A row of STATUS_CODES, or a vendor's own number; its first digit is its class. */
  readonly code: number;
  /** For people. */
  readonly text: string;
  /** Whatever more there is to say, as text; markup inside it is not kept. */
  readonly details?: string;
}

/** An instant (epoch milliseconds) or a span from the receipt of the message. Schema type relativeOrAbsoluteDateType. */
export type DateOrDuration = { readonly at: number } | { readonly afterMs: number };

/** Where the content of the message is: a part of the same HTTP body. Schema type contentReferenceType. */
export interface ContentReference {
  /** As written: `cid:` and a Content-ID, or a Content-Location. */
  readonly href: string;
  /** False: the content must reach the handset as it is. Absent means true. */
  readonly allowAdaptations?: boolean;
}

/** The sender pays for a reply. Its presence is the request. Schema element ReplyCharging. */
export interface ReplyCharging {
  /** Largest reply that is paid for. Unit: octets. Absent: any. */
  readonly sizeMax?: number;
  /** Until when. Absent: no end. */
  readonly deadline?: DateOrDuration;
}

/** What the sender's handset can do. Schema element UACapabilities. */
export interface UaCapabilities {
  /** A profile's address, or a name. */
  readonly uaProf?: string;
  readonly timeStamp?: DateOrDuration;
}

/** An entry of a history: who sent it before, or when, and in which place of the sequence (from 1; absent: not said). */
export interface PreviousSender {
  readonly address: Mm7Address;
  readonly sequence?: number;
}
export interface PreviousDate {
  readonly at: number;
  readonly sequence?: number;
}

export const MESSAGE_CLASSES = ['Personal', 'Informational', 'Advertisement', 'Auto'] as const;
export type Mm7MessageClass = (typeof MESSAGE_CLASSES)[number];

export const PRIORITIES = ['Normal', 'High', 'Low'] as const;
export type Mm7Priority = (typeof PRIORITIES)[number];

export const CHARGED_PARTIES = ['Sender', 'Recipient', 'Both', 'Neither', 'ThirdParty'] as const;
/** Who pays for a message to be delivered. */
export type ChargedParty = (typeof CHARGED_PARTIES)[number];

/** In the order of the numbers that Content-Class has in MMS encapsulation, 0 to 7. */
export const CONTENT_CLASSES = [
  'text',
  'image-basic',
  'image-rich',
  'video-basic',
  'video-rich',
  'megapixel',
  'content-basic',
  'content-rich',
] as const;
export type Mm7ContentClass = (typeof CONTENT_CLASSES)[number];

export const MM_STATUSES = [
  'Expired',
  'Retrieved',
  'Rejected',
  'Indeterminate',
  'Forwarded',
  'Unrecognised',
  'Deferred',
  'DeliveryConditionNotMet',
] as const;
/** What became of one delivery. */
export type MmStatus = (typeof MM_STATUSES)[number];

export const MM_STATUS_EXTENSIONS = ['RejectionByMMSRecipient', 'RejectionByOtherRS'] as const;
export type MmStatusExtension = (typeof MM_STATUS_EXTENSIONS)[number];

export const READ_STATUSES = ['Indeterminate', 'Read', 'Deleted'] as const;
export type Mm7ReadStatus = (typeof READ_STATUSES)[number];
