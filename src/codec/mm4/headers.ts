/** Every header of MM4: one row each, with its name, the names under which it is read besides, and the kind of its value. TS 23.140 8.4.4. */

import type { FieldCoder } from './coders.js';
import * as coders from './coders.js';

export interface HeaderRow<T> {
  /** As it is written. Read in any case. */
  readonly name: string;
  /** Other names under which peers send it. */
  readonly aliases?: readonly string[];
  readonly coder: FieldCoder<T>;
  /** One header line for each value. Absent: one line, and of several the first counts. */
  readonly repeated?: true;
  /** Several lines are one list. */
  readonly joined?: true;
  /** Two lines with different values make the message ambiguous: it is refused. */
  readonly identifying?: true;
  /** Came with release 6; a peer may not want it. */
  readonly release6?: true;
}

const row = <T>(it: HeaderRow<T>): HeaderRow<T> => it;

export const HEADERS = {
  from: row({ name: 'From', coder: coders.address, identifying: true }),
  to: row({ name: 'To', coder: coders.addresses, joined: true }),
  cc: row({ name: 'Cc', coder: coders.addresses, joined: true }),
  sender: row({ name: 'Sender', coder: coders.systemAddress }),
  date: row({ name: 'Date', coder: coders.date }),
  mailId: row({ name: 'Message-ID', coder: coders.mailId }),
  subject: row({ name: 'Subject', coder: coders.text }),
  version: row({ name: 'X-Mms-3GPP-MMS-Version', aliases: ['X-Mms-3GPP-Version'], coder: coders.version }),
  transactionId: row({ name: 'X-Mms-Transaction-ID', coder: coders.id, identifying: true }),
  messageId: row({ name: 'X-Mms-Message-ID', coder: coders.id, identifying: true }),
  messageClass: row({ name: 'X-Mms-Message-Class', coder: coders.messageClass }),
  expiry: row({ name: 'X-Mms-Expiry', coder: coders.expiry }),
  deliveryReport: row({ name: 'X-Mms-Delivery-Report', coder: coders.yesNo }),
  originatorSystemDeliveryReport: row({ name: 'X-Mms-Originator-R/S-Delivery-Report', coder: coders.yesNo }),
  priority: row({ name: 'X-Mms-Priority', coder: coders.priority }),
  senderVisibility: row({ name: 'X-Mms-Sender-Visibility', coder: coders.visibility, identifying: true }),
  readReply: row({ name: 'X-Mms-Read-Reply', coder: coders.yesNo }),
  ackRequest: row({ name: 'X-Mms-Ack-Request', coder: coders.yesNo }),
  forwardCounter: row({ name: 'X-Mms-Forward-Counter', coder: coders.counter }),
  previouslySentBy: row({ name: 'X-Mms-Previously-sent-by', coder: coders.previouslySentBy, repeated: true }),
  previouslySentDate: row({
    name: 'X-Mms-Previously-sent-date-and-time',
    aliases: ['X-Mms-Previously-sent-date'],
    coder: coders.previouslySentDate,
    repeated: true,
  }),
  originatorSystem: row({ name: 'X-Mms-Originator-System', coder: coders.systemAddress }),
  adaptationAllowed: row({ name: 'X-Mms-Adaptation-Allowed', coder: coders.yesNo, release6: true }),
  contentClass: row({ name: 'X-Mms-Content-Class', coder: coders.contentClass, release6: true }),
  drmContent: row({ name: 'X-Mms-Drm-Content', coder: coders.yesNo, release6: true }),
  applicId: row({ name: 'X-Mms-Applic-ID', coder: coders.opaque, release6: true }),
  replyApplicId: row({ name: 'X-Mms-Reply-Applic-ID', coder: coders.opaque, release6: true }),
  auxApplicInfo: row({ name: 'X-Mms-Aux-Applic-Info', coder: coders.opaque, release6: true }),
  mmsipAddress: row({ name: 'X-Mms-MMSIP-Address', coder: coders.opaque, release6: true }),
  forwardRoute: row({ name: 'X-Mms-Forward-Route', coder: coders.opaque, release6: true }),
  returnRoute: row({ name: 'X-Mms-Return-Route', coder: coders.opaque, release6: true }),
  vaspId: row({ name: 'X-Mms-VASP-ID', coder: coders.opaque }),
  vasId: row({ name: 'X-Mms-VAS-ID', coder: coders.opaque }),
  serviceCode: row({ name: 'X-Mms-Service-Code', coder: coders.opaque }),
  chargedParty: row({ name: 'X-Mms-Charged-Party-ID', coder: coders.opaque }),
  status: row({ name: 'X-Mms-Request-Status-Code', coder: coders.requestStatus }),
  statusText: row({ name: 'X-Mms-Status-Text', coder: coders.text }),
  requestRecipients: row({ name: 'X-Mms-Request-Recipients', coder: coders.addresses, joined: true }),
  mmStatus: row({
    name: 'X-Mms-MM-Status-Code',
    aliases: ['X-Mms-Status', 'X-Mms-Status-Code'],
    coder: coders.mmStatus,
    identifying: true,
  }),
  mmStatusExtension: row({ name: 'X-Mms-MM-Status-Extension', coder: coders.opaque }),
  forwardToOriginator: row({ name: 'X-Mms-Forward-To-Originator-UA', coder: coders.yesNo }),
  readStatus: row({
    name: 'X-Mms-Read-Status',
    aliases: ['X-Mms-MM-Read-Status'],
    coder: coders.readStatus,
    identifying: true,
  }),
} as const;

/** X-Mms-Message-Type stands before all others: it says which row of PDUS holds. */
export const MESSAGE_TYPE = row({ name: 'X-Mms-Message-Type', coder: coders.messageType, identifying: true });

export type HeaderKey = keyof typeof HEADERS;
export type HeaderValue<K extends HeaderKey> = (typeof HEADERS)[K] extends HeaderRow<infer T> ? T : never;

/** By lower-case name, aliases included. */
export const KEY_OF: ReadonlyMap<string, HeaderKey> = new Map(
  (Object.entries(HEADERS) as [HeaderKey, HeaderRow<unknown>][]).flatMap(([key, { name, aliases = [] }]) =>
    [name, ...aliases].map((it): [string, HeaderKey] => [it.toLowerCase(), key]),
  ),
);
