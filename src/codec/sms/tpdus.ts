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
  128: 'telematic interworking not supported',
  129: 'short message type 0 not supported',
  130: 'cannot replace short message',
  143: 'unspecified TP-PID error',
  144: 'data coding scheme (alphabet) not supported',
  145: 'message class not supported',
  159: 'unspecified TP-DCS error',
  160: 'command cannot be actioned',
  161: 'command unsupported',
  175: 'unspecified TP-Command error',
  176: 'TPDU not supported',
  192: 'SC busy',
  193: 'no SC subscription',
  194: 'SC system failure',
  195: 'invalid SME address',
  196: 'destination SME barred',
  197: 'SM rejected, duplicate SM',
  198: 'TP-VPF not supported',
  199: 'TP-VP not supported',
  208: '(U)SIM SMS storage full',
  209: 'no SMS storage capability in (U)SIM',
  210: 'error in MS',
  211: 'memory capacity exceeded',
  212: '(U)SIM application toolkit busy',
  213: '(U)SIM data download error',
  255: 'unspecified error cause',
};

/** TP-ST, 9.2.3.15. */
export const STATUSES: Readonly<Record<number, string>> = {
  0: 'received by the SME',
  1: 'forwarded, delivery not confirmed',
  2: 'replaced by the SC',
  32: 'trying: congestion',
  33: 'trying: SME busy',
  34: 'trying: no response from SME',
  35: 'trying: service rejected',
  36: 'trying: quality of service not available',
  37: 'trying: error in SME',
  64: 'failed: remote procedure error',
  65: 'failed: incompatible destination',
  66: 'failed: connection rejected by SME',
  67: 'failed: not obtainable',
  68: 'failed: quality of service not available',
  69: 'failed: no interworking available',
  70: 'failed: validity period expired',
  71: 'failed: deleted by originating SME',
  72: 'failed: deleted by SC administration',
  73: 'failed: message does not exist',
  96: 'gave up: congestion',
  97: 'gave up: SME busy',
  98: 'gave up: no response from SME',
  99: 'gave up: service rejected',
  100: 'gave up: quality of service not available',
  101: 'gave up: error in SME',
};

/** TP-CT, 9.2.3.19. */
export const COMMAND_TYPES: Readonly<Record<number, string>> = {
  0: 'enquiry',
  1: 'cancel status report request',
  2: 'delete',
  3: 'enable status report request',
};
