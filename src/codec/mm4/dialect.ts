/** What peers disagree on, as options for what we write. What we read needs none: see `tolerances.ts`. */

export interface Mm4Dialect {
  /** X-Mms-3GPP-MMS-Version of what we send, `n.n.n`. */
  readonly version: string;
  /** Numbers in From, To and Cc: with /TYPE=PLMN or without; the domain, where an address has one, written or left out. */
  readonly headerAddress: 'plmn' | 'plmn-with-domain' | 'bare' | 'bare-with-domain';
  /** Write the plus sign of numbers. */
  readonly plus: boolean;
  /** X-Mms-Transaction-ID and X-Mms-Message-ID in double quotes. */
  readonly quotedIds: boolean;
  /** X-Mms-Expiry as an instant or as seconds from now. */
  readonly expiry: 'date' | 'seconds';
  /** Headers only, or with Subject as three operators send it. */
  readonly responses: 'terse' | 'verbose';
  /** From and To of reports. `mail`: from the recipient reported about to the sender. `message`: as in the message that was reported. */
  readonly reportAddresses: 'mail' | 'message';
  /** Write X-Mms-Originator-R/S-Delivery-Report. */
  readonly originatorReport: boolean;
  /** Write what came with release 6: adaptation, content class, DRM, addresses of applications. */
  readonly release6Headers: boolean;
}

/** What most peers take, and what the standard says where it says something. */
export const DEFAULT_DIALECT: Mm4Dialect = {
  version: '6.10.0',
  headerAddress: 'plmn',
  plus: true,
  quotedIds: true,
  expiry: 'date',
  responses: 'terse',
  reportAddresses: 'mail',
  originatorReport: true,
  release6Headers: true,
};
