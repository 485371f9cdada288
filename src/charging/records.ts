/**
 * Charging records of the MMS domain: which there are, and of which fields each consists. TS 32.270 5.2 (events that are recorded); names, numbers
 * and order of TS 32.298, module MMSChargingDataTypes. A record is a row here, a field a row of `FIELDS` (fields.ts).
 */
import type { FieldName } from './fields.js';

type Presence = 'mandatory' | 'optional';

export interface RecordRow {
  /** recordType. TS 32.298 5.1.4 */
  readonly number: number;
  /** What it records, in words. */
  readonly of: string;
  /** In the order of their tags, as far as this program knows them. */
  readonly fields: { readonly [name in FieldName]?: Presence };
}

const M = 'mandatory';
const O = 'optional';

/** Ends every record. */
const STAMP = { recordTimeStamp: M, localSequenceNumber: M, recordExtensions: O } as const;

const FORWARD = {
  messageID: M,
  mms3GPPVersion: O,
  originatorAddress: O,
  recipientAddresses: M,
  contentType: M,
  messageSize: M,
  messageClass: O,
  submissionTime: M,
  timeOfExpiry: O,
  deliveryReportRequested: M,
  priority: O,
  senderVisibility: M,
  readReplyRequested: M,
} as const;

export const RECORDS = {
  MMO1S: {
    number: 30,
    of: 'originator MM1 submission',
    fields: {
      originatorMmsRSAddress: M,
      messageID: M,
      originatorAddress: M,
      recipientAddresses: M,
      contentType: M,
      messageSize: M,
      messageClass: O,
      submissionTime: O,
      timeOfExpiry: O,
      earliestTimeOfDelivery: O,
      requestStatusCode: O,
      deliveryReportRequested: O,
      priority: O,
      senderVisibility: O,
      readReplyRequested: O,
      statusText: M,
      ...STAMP,
    },
  },
  MMO4FRq: {
    number: 31,
    of: 'originator MM4 forward request',
    fields: {
      originatorMmsRSAddress: M,
      recipientMmsRSAddress: M,
      ...FORWARD,
      acknowledgementRequest: M,
      forwardCounter: O,
      forwardingAddress: O,
      ...STAMP,
    },
  },
  MMO4FRs: {
    number: 32,
    of: 'originator MM4 forward response',
    fields: {
      originatorMmsRSAddress: O,
      recipientMmsRSAddress: M,
      messageID: M,
      requestStatusCode: O,
      statusText: O,
      ...STAMP,
    },
  },
  MMO4D: {
    number: 33,
    of: 'originator MM4 delivery report',
    fields: {
      recipientMmsRSAddress: O,
      originatorMmsRSAddress: O,
      messageID: M,
      originatorAddress: O,
      recipientAddress: M,
      mmDateAndTime: M,
      mmStatusCode: O,
      statusText: O,
      ...STAMP,
    },
  },
  MMO1D: {
    number: 34,
    of: 'originator MM1 delivery report',
    fields: { originatorMmsRSAddress: M, messageID: M, originatorAddress: O, recipientAddress: M, ...STAMP },
  },
  MMO4R: {
    number: 35,
    of: 'originator MM4 read reply report',
    fields: {
      recipientMmsRSAddress: O,
      originatorMmsRSAddress: O,
      messageID: M,
      originatorAddress: O,
      recipientAddress: O,
      mmDateAndTime: M,
      readStatus: O,
      ...STAMP,
    },
  },
  MMO1R: {
    number: 36,
    of: 'originator MM1 read reply originator',
    fields: { originatorMmsRSAddress: M, messageID: M, originatorAddress: O, recipientAddress: M, ...STAMP },
  },
  MMOMD: {
    number: 37,
    of: 'originator MM deletion',
    fields: {
      originatorMmsRSAddress: M,
      messageID: M,
      messageSize: O,
      recipientAddress: O,
      mmStatusCode: O,
      statusText: O,
      ...STAMP,
    },
  },
  MMR4F: {
    number: 38,
    of: 'recipient MM4 forward',
    fields: {
      recipientMmsRSAddress: M,
      originatorMmsRSAddress: M,
      ...FORWARD,
      requestStatusCode: M,
      statusText: M,
      acknowledgementRequest: M,
      forwardCounter: O,
      forwardingAddress: O,
      ...STAMP,
    },
  },
  MMR1NRq: {
    number: 39,
    of: 'recipient MM1 notification request',
    fields: {
      recipientMmsRSAddress: M,
      messageID: M,
      senderAddress: M,
      recipientAddress: M,
      messageClass: O,
      messageSize: M,
      timeOfExpiry: O,
      messageReference: M,
      deliveryReportRequested: O,
      ...STAMP,
      vaspID: O,
      vasID: O,
    },
  },
  MMR1NRs: {
    number: 40,
    of: 'recipient MM1 notification response',
    fields: {
      recipientMmsRSAddress: M,
      messageID: M,
      recipientAddress: M,
      reportAllowed: O,
      mmStatusCode: O,
      statusText: O,
      ...STAMP,
    },
  },
  MMR1Rt: {
    number: 41,
    of: 'recipient MM1 retrieval',
    fields: {
      recipientMmsRSAddress: M,
      messageID: M,
      senderAddress: O,
      recipientAddress: M,
      contentType: M,
      messageClass: O,
      submissionTime: M,
      messageSize: O,
      deliveryReportRequested: O,
      priority: O,
      readReplyRequested: O,
      timeOfExpiry: O,
      ...STAMP,
      messageReference: M,
      vaspID: O,
      vasID: O,
    },
  },
  MMR1A: {
    number: 42,
    of: 'recipient MM1 acknowledgement',
    fields: {
      recipientMmsRSAddress: M,
      messageID: M,
      recipientAddress: M,
      reportAllowed: O,
      mmStatusCode: O,
      statusText: O,
      ...STAMP,
    },
  },
  MMR4DRq: {
    number: 43,
    of: 'recipient MM4 delivery report request',
    fields: {
      recipientMmsRSAddress: M,
      originatorMmsRSAddress: M,
      messageID: M,
      originatorAddress: O,
      recipientAddress: M,
      mmDateAndTime: O,
      ...STAMP,
    },
  },
  MMR1RR: {
    number: 45,
    of: 'recipient MM1 read reply recipient',
    fields: {
      recipientMmsRSAddress: M,
      messageID: M,
      recipientAddress: M,
      originatorAddress: O,
      mmDateAndTime: O,
      readStatus: M,
      ...STAMP,
    },
  },
  MMR4RRq: {
    number: 46,
    of: 'recipient MM4 read reply report request',
    fields: {
      recipientMmsRSAddress: M,
      originatorMmsRSAddress: M,
      messageID: M,
      originatorAddress: O,
      recipientAddress: M,
      mmDateAndTime: O,
      ...STAMP,
    },
  },
  MMRMD: {
    number: 48,
    of: 'recipient MM deletion',
    fields: {
      recipientMmsRSAddress: M,
      messageID: M,
      messageSize: O,
      recipientAddress: O,
      mmStatusCode: O,
      statusText: O,
      ...STAMP,
    },
  },
  MM7S: {
    number: 54,
    of: 'MM7 submission',
    fields: {
      originatorMmsRSAddress: M,
      linkedID: O,
      vaspID: O,
      vasID: O,
      messageID: M,
      originatorAddress: M,
      recipientAddresses: M,
      serviceCode: O,
      contentType: M,
      messageSize: M,
      messageClass: O,
      chargeInformation: O,
      submissionTime: O,
      timeOfExpiry: O,
      earliestTimeOfDelivery: O,
      deliveryReportRequested: O,
      readReplyRequested: O,
      priority: O,
      messageDistributionIndicator: O,
      requestStatusCode: O,
      statusText: O,
      ...STAMP,
    },
  },
  MM7DRq: {
    number: 55,
    of: 'MM7 deliver request',
    fields: {
      recipientMmsRSAddress: M,
      originatorAddress: M,
      recipientAddress: M,
      messageID: M,
      messageSize: M,
      contentType: M,
      priority: O,
      ...STAMP,
    },
  },
  MM7DRs: {
    number: 56,
    of: 'MM7 deliver response',
    fields: { recipientMmsRSAddress: M, messageID: M, recipientAddress: O, requestStatusCode: O, statusText: O, ...STAMP },
  },
  MM7C: {
    number: 57,
    of: 'MM7 cancel',
    fields: { originatorMmsRSAddress: M, vaspID: O, vasID: O, messageID: M, recipientAddress: O, requestStatusCode: O, ...STAMP },
  },
  MM7R: {
    number: 58,
    of: 'MM7 replace',
    fields: { originatorMmsRSAddress: M, vaspID: O, vasID: O, messageID: M, recipientAddress: O, requestStatusCode: O, ...STAMP },
  },
  MM7DRRq: {
    number: 59,
    of: 'MM7 delivery report request',
    fields: { recipientMmsRSAddress: M, messageID: M, originatorAddress: O, recipientAddress: M, mmDateAndTime: O, ...STAMP },
  },
  MM7DRRs: {
    number: 60,
    of: 'MM7 delivery report response',
    fields: { recipientMmsRSAddress: M, messageID: M, recipientAddress: M, requestStatusCode: O, statusText: O, ...STAMP },
  },
  MM7RRq: {
    number: 61,
    of: 'MM7 read reply report request',
    fields: { recipientMmsRSAddress: M, messageID: M, originatorAddress: O, recipientAddress: M, mmDateAndTime: O, ...STAMP },
  },
  MM7RRs: {
    number: 62,
    of: 'MM7 read reply report response',
    fields: { recipientMmsRSAddress: M, messageID: M, recipientAddress: M, requestStatusCode: O, statusText: O, ...STAMP },
  },
} as const satisfies Readonly<Record<string, RecordRow>>;

export type RecordName = keyof typeof RECORDS;
