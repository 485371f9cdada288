/** The six TPDUs with the standard's names. TS 23.040 clause 9.2.2. Numbers without a remark are octets, 0..255. */
import type { SmsAddress } from './address.js';
import type { TimeStamp, ValidityPeriod } from './time.js';
import type { RawUserData } from './user-data.js';

/** Bits of the first octet that are this PDU's own; absent means not set. */
interface FirstOctet {
  /** TP-UDHI: user data begins with a header. */
  readonly userDataHeader?: true;
  /** Bits of the first octet that this PDU does not use but that were set, as a mask; absent when none was. */
  readonly spareBits?: number;
}

/** Octets behind the last field, which future versions may bring. Absent when there are none. */
interface Extra {
  readonly extra?: Uint8Array;
}

/** A phone sends a message. 9.2.2.2. */
export interface SmsSubmit extends FirstOctet, Extra {
  readonly kind: 'SMS-SUBMIT';
  readonly rejectDuplicates?: true;
  readonly statusReportRequest?: true;
  readonly replyPath?: true;
  readonly messageReference: number;
  readonly destinationAddress: SmsAddress;
  readonly protocolIdentifier: number;
  readonly dataCodingScheme: number;
  readonly validityPeriod?: ValidityPeriod;
  readonly userData: RawUserData;
}

/** A message reaches a phone. 9.2.2.1. */
export interface SmsDeliver extends FirstOctet, Extra {
  readonly kind: 'SMS-DELIVER';
  /** TP-MMS is 0 when more messages wait; set means that none does. */
  readonly noMoreMessages?: true;
  /** TP-LP. */
  readonly loopPrevention?: true;
  readonly statusReportIndication?: true;
  readonly replyPath?: true;
  readonly originatingAddress: SmsAddress;
  readonly protocolIdentifier: number;
  readonly dataCodingScheme: number;
  readonly serviceCentreTimeStamp: TimeStamp;
  readonly userData: RawUserData;
}

/** A phone asks for something about a message that it has sent. 9.2.2.4. */
export interface SmsCommand extends FirstOctet, Extra {
  readonly kind: 'SMS-COMMAND';
  readonly statusReportRequest?: true;
  readonly messageReference: number;
  readonly protocolIdentifier: number;
  /** 0 enquiry, 1 cancel status report, 2 delete, 3 enable status report. */
  readonly commandType: number;
  readonly messageNumber: number;
  readonly destinationAddress: SmsAddress;
  readonly commandData: Uint8Array;
}

/** What became of a message. 9.2.2.3. */
export interface SmsStatusReport extends FirstOctet, Optional, Extra {
  readonly kind: 'SMS-STATUS-REPORT';
  readonly noMoreMessages?: true;
  readonly loopPrevention?: true;
  /** The report answers a command, not a submission. */
  readonly answersCommand?: true;
  readonly messageReference: number;
  readonly recipientAddress: SmsAddress;
  readonly serviceCentreTimeStamp: TimeStamp;
  readonly dischargeTime: TimeStamp;
  readonly status: number;
}

/** Fields whose presence TP-PI says: protocol identifier (bit 1), data coding scheme (2), user data (3). 9.2.3.27. */
interface Optional {
  /** Must agree with what is there; its other bits are kept. Absent in a status report without these fields. */
  readonly parameterIndicator?: number;
  readonly protocolIdentifier?: number;
  readonly dataCodingScheme?: number;
  readonly userData?: RawUserData;
}

interface Report extends FirstOctet, Optional, Extra {
  /** TP-FCS, 128..255; present in an error's report only. */
  readonly failureCause?: number;
  readonly parameterIndicator: number;
}

/** A phone's answer to a delivery. 9.2.2.1a. */
export interface SmsDeliverReport extends Report {
  readonly kind: 'SMS-DELIVER-REPORT';
}

/** A service centre's answer to a submission or command. 9.2.2.2a. */
export interface SmsSubmitReport extends Report {
  readonly kind: 'SMS-SUBMIT-REPORT';
  readonly serviceCentreTimeStamp: TimeStamp;
}

export type SmsTpdu = SmsSubmit | SmsDeliver | SmsCommand | SmsStatusReport | SmsDeliverReport | SmsSubmitReport;
export type SmsKind = SmsTpdu['kind'];

/** TP-FCS, 9.2.3.22; ranges without a name are reserved or for the operator's use. */
export const FAILURE_CAUSES: Readonly<Record<number, string>> = {
  [0x80]: 'telematic interworking not supported',
  [0x81]: 'short message type 0 not supported',
  [0x82]: 'cannot replace short message',
  [0x8f]: 'unspecified TP-PID error',
  [0x90]: 'data coding scheme (alphabet) not supported',
  [0x91]: 'message class not supported',
  [0x9f]: 'unspecified TP-DCS error',
  [0xa0]: 'command cannot be actioned',
  [0xa1]: 'command unsupported',
  [0xaf]: 'unspecified TP-Command error',
  [0xb0]: 'TPDU not supported',
  [0xc0]: 'SC busy',
  [0xc1]: 'no SC subscription',
  [0xc2]: 'SC system failure',
  [0xc3]: 'invalid SME address',
  [0xc4]: 'destination SME barred',
  [0xc5]: 'SM rejected, duplicate SM',
  [0xc6]: 'TP-VPF not supported',
  [0xc7]: 'TP-VP not supported',
  [0xd0]: '(U)SIM SMS storage full',
  [0xd1]: 'no SMS storage capability in (U)SIM',
  [0xd2]: 'error in MS',
  [0xd3]: 'memory capacity exceeded',
  [0xd4]: '(U)SIM application toolkit busy',
  [0xd5]: '(U)SIM data download error',
  [0xff]: 'unspecified error cause',
};

/** TP-ST, 9.2.3.15. */
export const STATUSES: Readonly<Record<number, string>> = {
  [0x00]: 'received by the SME',
  [0x01]: 'forwarded, delivery not confirmed',
  [0x02]: 'replaced by the SC',
  [0x20]: 'trying: congestion',
  [0x21]: 'trying: SME busy',
  [0x22]: 'trying: no response from SME',
  [0x23]: 'trying: service rejected',
  [0x24]: 'trying: quality of service not available',
  [0x25]: 'trying: error in SME',
  [0x40]: 'failed: remote procedure error',
  [0x41]: 'failed: incompatible destination',
  [0x42]: 'failed: connection rejected by SME',
  [0x43]: 'failed: not obtainable',
  [0x44]: 'failed: quality of service not available',
  [0x45]: 'failed: no interworking available',
  [0x46]: 'failed: validity period expired',
  [0x47]: 'failed: deleted by originating SME',
  [0x48]: 'failed: deleted by SC administration',
  [0x49]: 'failed: message does not exist',
  [0x60]: 'gave up: congestion',
  [0x61]: 'gave up: SME busy',
  [0x62]: 'gave up: no response from SME',
  [0x63]: 'gave up: service rejected',
  [0x64]: 'gave up: quality of service not available',
  [0x65]: 'gave up: error in SME',
};

/** TP-CT, 9.2.3.19. */
export const COMMAND_TYPES: Readonly<Record<number, string>> = {
  0: 'enquiry',
  1: 'cancel status report request',
  2: 'delete',
  3: 'enable status report request',
};
