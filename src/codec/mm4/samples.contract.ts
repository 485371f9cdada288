/** One good message of each kind with every header that it may have, for tests. Not part of the program. */
import type { Mm4Address } from './address.js';
import type { Mm4Pdu } from './pdus.js';

export const ALICE: Mm4Address = {
  kind: 'number',
  digits: '15551230001',
  international: true,
  typed: true,
  domain: 'mms.opa.example',
};
export const BOB: Mm4Address = {
  kind: 'number',
  digits: '15559870002',
  international: true,
  typed: true,
  domain: 'mms.opb.example',
};
export const SYSTEM: Mm4Address = { kind: 'mailbox', local: 'system-user', domain: 'mms.opa.example' };

const COMMON = {
  version: '6.10.0',
  transactionId: '36040620220113022547595@mms.opa.example',
  to: [BOB],
  cc: [ALICE],
  sender: SYSTEM,
  date: 1_642_033_545_000,
  mailId: 'kx8dm37pj@w.mms.opa.example',
} as const;
const APPLICATIONS = { applicId: 'app', replyApplicId: 'reply', auxApplicInfo: 'aux' } as const;
const MESSAGE_ID = 'kx8dm37pj@w.mms.opa.example';

export const SAMPLES: { readonly [K in Mm4Pdu['kind']]: Extract<Mm4Pdu, { readonly kind: K }> } = {
  'MM4_forward.REQ': {
    kind: 'MM4_forward.REQ',
    ...COMMON,
    ...APPLICATIONS,
    messageId: MESSAGE_ID,
    from: ALICE,
    subject: 'Grüße aus Köln',
    originatorSystem: SYSTEM,
    messageClass: 'informational',
    expiry: { kind: 'at', at: 1_642_638_347_000 },
    deliveryReport: true,
    originatorSystemDeliveryReport: false,
    priority: 'high',
    senderVisibility: 'hide',
    readReply: true,
    ackRequest: true,
    forwardCounter: 2,
    previouslySentBy: [
      { index: 0, address: BOB },
      { index: 1, address: SYSTEM },
    ],
    previouslySentDate: [{ index: 0, at: 1_642_000_000_000 }],
    adaptationAllowed: false,
    contentClass: 'image-rich',
    drmContent: false,
    vaspId: 'vasp',
    vasId: 'vas',
    serviceCode: 'code',
    chargedParty: 'sender',
    mmsipAddress: 'sip',
    forwardRoute: 'forth',
    returnRoute: 'back',
  },
  'MM4_forward.RES': {
    kind: 'MM4_forward.RES',
    ...COMMON,
    messageId: MESSAGE_ID,
    from: SYSTEM,
    subject: 'MM4_forward.RES',
    status: 'Error-content-not-accepted',
    statusText: 'too large',
    requestRecipients: [BOB],
  },
  'MM4_delivery_report.REQ': {
    kind: 'MM4_delivery_report.REQ',
    ...COMMON,
    ...APPLICATIONS,
    messageId: MESSAGE_ID,
    from: BOB,
    ackRequest: true,
    forwardToOriginator: true,
    mmStatus: 'Rejected',
    mmStatusExtension: 'Rejection-By-MMS-Recipient',
    statusText: 'no, thank you',
  },
  'MM4_delivery_report.RES': {
    kind: 'MM4_delivery_report.RES',
    ...COMMON,
    messageId: MESSAGE_ID,
    from: SYSTEM,
    status: 'Ok',
    statusText: 'fine',
  },
  'MM4_read_reply_report.REQ': {
    kind: 'MM4_read_reply_report.REQ',
    ...COMMON,
    ...APPLICATIONS,
    messageId: MESSAGE_ID,
    from: BOB,
    ackRequest: false,
    readStatus: 'deleted-without-being-read',
    statusText: 'gone',
  },
  'MM4_read_reply_report.RES': {
    kind: 'MM4_read_reply_report.RES',
    ...COMMON,
    messageId: MESSAGE_ID,
    from: SYSTEM,
    status: 'Error-message-not-found',
    statusText: 'unknown',
  },
};
