/** Arguments and results of the short message operations, as rows. TS 29.002 17.7.6; of versions 1 and 2, GSM 09.02. */
import {
  boolean,
  type Choice,
  choice,
  enumerated,
  explicit,
  integer,
  mandatory,
  nil,
  octetString,
  opaque,
  optional,
  orBare,
  sequence,
  type WithUnknown,
} from '#codec/ber';
import { type AddressString, addressString, imsi, isdnAddressString, lmsi, signalInfo } from './numbers.js';

/** Kept whole, unopened: private extensions of vendors. */
export const extensionContainer = opaque(0x30);

interface DaAlternatives {
  imsi: string;
  lmsi: Uint8Array;
  /** MAP v1. */
  roamingNumber: AddressString;
  serviceCentreAddressDA: AddressString;
  'noSM-RP-DA': true;
}
/** Whom a short message is for: in MO the service centre, in MT the subscriber. */
export type SmRpDa = Choice<DaAlternatives>;
export const smRpDa = choice<DaAlternatives>({
  imsi: imsi.as(0x80),
  lmsi: lmsi.as(0x81),
  roamingNumber: isdnAddressString.as(0x83),
  serviceCentreAddressDA: addressString.as(0x84),
  'noSM-RP-DA': nil.as(0x85),
});

interface OaAlternatives {
  msisdn: AddressString;
  serviceCentreAddressOA: AddressString;
  'noSM-RP-OA': true;
}
/** Who sends it: in MO the subscriber, in MT the service centre. */
export type SmRpOa = Choice<OaAlternatives>;
export const smRpOa = choice<OaAlternatives>({
  msisdn: isdnAddressString.as(0x82),
  serviceCentreAddressOA: addressString.as(0x84),
  'noSM-RP-OA': nil.as(0x85),
});

export const smDeliveryOutcome = enumerated({ 0: 'memoryCapacityExceeded', 1: 'absentSubscriber', 2: 'successfulTransfer' });
export type SmDeliveryOutcome = ReturnType<typeof smDeliveryOutcome.read>;

export interface CorrelationId extends WithUnknown {
  readonly hlrId?: Uint8Array;
  readonly sipUriA?: Uint8Array;
  readonly sipUriB: Uint8Array;
}
export const correlationId = sequence<CorrelationId>('CorrelationID', {
  hlrId: optional('hlr-id', signalInfo.as(0x80)),
  sipUriA: optional('sip-uri-A', signalInfo.as(0x81)),
  sipUriB: mandatory('sip-uri-B', signalInfo.as(0x82)),
});

/** mo-ForwardSM, and forwardSM of versions 1 and 2, which MT messages use too: which it is, DA and OA say. */
export interface MoForwardSmArg extends WithUnknown {
  readonly smRpDa: SmRpDa;
  readonly smRpOa: SmRpOa;
  /** The TPDU. */
  readonly smRpUi: Uint8Array;
  /** forwardSM of version 2, MT only. */
  readonly moreMessagesToSend?: true;
  readonly extensionContainer?: Uint8Array;
  /** The sender's, version 3. */
  readonly imsi?: string;
  readonly correlationId?: CorrelationId;
  readonly smDeliveryOutcome?: SmDeliveryOutcome;
}
export const moForwardSmArg = sequence<MoForwardSmArg>('MO-ForwardSM-Arg', {
  smRpDa: mandatory('sm-RP-DA', smRpDa),
  smRpOa: mandatory('sm-RP-OA', smRpOa),
  smRpUi: mandatory('sm-RP-UI', signalInfo),
  moreMessagesToSend: optional('moreMessagesToSend', nil),
  extensionContainer: optional('extensionContainer', extensionContainer),
  imsi: optional('imsi', imsi),
  correlationId: optional('correlationID', correlationId.as(0xa0)),
  smDeliveryOutcome: optional('sm-DeliveryOutcome', smDeliveryOutcome.as(0x81)),
});

/** Of mo-ForwardSM and mt-ForwardSM alike. */
export interface ForwardSmRes extends WithUnknown {
  /** The report TPDU. */
  readonly smRpUi?: Uint8Array;
  readonly extensionContainer?: Uint8Array;
}
export const forwardSmRes = sequence<ForwardSmRes>('MO-ForwardSM-Res', {
  smRpUi: optional('sm-RP-UI', signalInfo),
  extensionContainer: optional('extensionContainer', extensionContainer),
});

export interface MtForwardSmArg extends WithUnknown {
  readonly smRpDa: SmRpDa;
  readonly smRpOa: SmRpOa;
  readonly smRpUi: Uint8Array;
  readonly moreMessagesToSend?: true;
  readonly extensionContainer?: Uint8Array;
  /** Seconds, 30..600. */
  readonly smDeliveryTimer?: number;
  readonly smDeliveryStartTime?: Uint8Array;
  readonly smsOverIpOnlyIndicator?: true;
  readonly correlationId?: CorrelationId;
  readonly maximumRetransmissionTime?: Uint8Array;
  readonly smsGmscAddress?: AddressString;
}
export const mtForwardSmArg = sequence<MtForwardSmArg>('MT-ForwardSM-Arg', {
  smRpDa: mandatory('sm-RP-DA', smRpDa),
  smRpOa: mandatory('sm-RP-OA', smRpOa),
  smRpUi: mandatory('sm-RP-UI', signalInfo),
  moreMessagesToSend: optional('moreMessagesToSend', nil),
  extensionContainer: optional('extensionContainer', extensionContainer),
  smDeliveryTimer: optional('smDeliveryTimer', integer),
  smDeliveryStartTime: optional('smDeliveryStartTime', octetString),
  smsOverIpOnlyIndicator: optional('smsOverIP-OnlyIndicator', nil.as(0x80)),
  correlationId: optional('correlationID', correlationId.as(0xa1)),
  maximumRetransmissionTime: optional('maximumRetransmissionTime', octetString.as(0x82)),
  smsGmscAddress: optional('smsGmscAddress', isdnAddressString.as(0x83)),
});

const deliveryNotIntended = enumerated({ 0: 'onlyIMSI-requested', 1: 'onlyMCC-MNC-requested' });

export interface RoutingInfoForSmArg extends WithUnknown {
  readonly msisdn: AddressString;
  /** Deliver even if the subscriber is known to be away. */
  readonly smRpPri: boolean;
  readonly serviceCentreAddress: AddressString;
  /** Version 1. */
  readonly cugInterlock?: Uint8Array;
  /** Version 1. */
  readonly teleserviceCode?: Uint8Array;
  readonly extensionContainer?: Uint8Array;
  readonly gprsSupportIndicator?: true;
  /** 0 SMS-DELIVER, 1 SMS-STATUS-REPORT. */
  readonly smRpMti?: number;
  /** The sender's address as in the TPDU. */
  readonly smRpSmea?: Uint8Array;
  readonly smDeliveryNotIntended?: ReturnType<typeof deliveryNotIntended.read>;
  readonly ipSmGwGuidanceIndicator?: true;
  readonly imsi?: string;
  readonly t4TriggerIndicator?: true;
  readonly singleAttemptDelivery?: true;
  readonly correlationId?: CorrelationId;
}
export const routingInfoForSmArg = sequence<RoutingInfoForSmArg>('RoutingInfoForSM-Arg', {
  msisdn: mandatory('msisdn', isdnAddressString.as(0x80)),
  smRpPri: mandatory('sm-RP-PRI', boolean.as(0x81)),
  serviceCentreAddress: mandatory('serviceCentreAddress', addressString.as(0x82)),
  cugInterlock: optional('cug-Interlock', octetString.as(0x83)),
  teleserviceCode: optional('teleserviceCode', octetString.as(0x85)),
  extensionContainer: optional('extensionContainer', extensionContainer.as(0xa6)),
  gprsSupportIndicator: optional('gprsSupportIndicator', nil.as(0x87)),
  smRpMti: optional('sm-RP-MTI', integer.as(0x88)),
  smRpSmea: optional('sm-RP-SMEA', signalInfo.as(0x89)),
  smDeliveryNotIntended: optional('sm-deliveryNotIntended', deliveryNotIntended.as(0x8a)),
  ipSmGwGuidanceIndicator: optional('ip-sm-gwGuidanceIndicator', nil.as(0x8b)),
  imsi: optional('imsi', imsi.as(0x8c)),
  t4TriggerIndicator: optional('t4-Trigger-Indicator', nil.as(0x8e)),
  singleAttemptDelivery: optional('singleAttemptDelivery', nil.as(0x8d)),
  correlationId: optional('correlationID', correlationId.as(0xaf)),
});

type AdditionalNumberAlternatives = { 'msc-Number': AddressString; 'sgsn-Number': AddressString };
const additionalNumber = choice<AdditionalNumberAlternatives>({
  'msc-Number': isdnAddressString.as(0x80),
  'sgsn-Number': isdnAddressString.as(0x81),
});

/** Where a subscriber can be reached. One of the two numbers is there. */
export interface LocationInfoWithLmsi extends WithUnknown {
  /** Versions 1 and 2. */
  readonly roamingNumber?: AddressString;
  readonly networkNodeNumber?: AddressString;
  readonly lmsi?: Uint8Array;
  readonly extensionContainer?: Uint8Array;
  readonly gprsNodeIndicator?: true;
  readonly additionalNumber?: Choice<AdditionalNumberAlternatives>;
}
export const locationInfoWithLmsi = sequence<LocationInfoWithLmsi>('LocationInfoWithLMSI', {
  roamingNumber: optional('roamingNumber', isdnAddressString.as(0x80)),
  networkNodeNumber: optional('networkNode-Number', isdnAddressString.as(0x81)),
  lmsi: optional('lmsi', lmsi),
  extensionContainer: optional('extensionContainer', extensionContainer),
  gprsNodeIndicator: optional('gprsNodeIndicator', nil.as(0x85)),
  additionalNumber: optional('additional-Number', explicit(0xa6, additionalNumber)),
});

export interface RoutingInfoForSmRes extends WithUnknown {
  readonly imsi: string;
  readonly locationInfoWithLmsi: LocationInfoWithLmsi;
  /** Versions 1 and 2: the subscriber is on the waiting list. */
  readonly mwdSet?: boolean;
  readonly extensionContainer?: Uint8Array;
}
export const routingInfoForSmRes = sequence<RoutingInfoForSmRes>('RoutingInfoForSM-Res', {
  imsi: mandatory('imsi', imsi),
  locationInfoWithLmsi: mandatory('locationInfoWithLMSI', locationInfoWithLmsi.as(0xa0)),
  mwdSet: optional('mwd-Set', boolean.as(0x82)),
  extensionContainer: optional('extensionContainer', extensionContainer.as(0xa4)),
});

export interface ReportSmDeliveryStatusArg extends WithUnknown {
  readonly msisdn: AddressString;
  readonly serviceCentreAddress: AddressString;
  /** Version 1 may leave it out. */
  readonly smDeliveryOutcome?: SmDeliveryOutcome;
  readonly absentSubscriberDiagnosticSm?: number;
  readonly extensionContainer?: Uint8Array;
  readonly gprsSupportIndicator?: true;
  readonly deliveryOutcomeIndicator?: true;
  readonly additionalSmDeliveryOutcome?: SmDeliveryOutcome;
  readonly additionalAbsentSubscriberDiagnosticSm?: number;
  readonly ipSmGwIndicator?: true;
  readonly ipSmGwSmDeliveryOutcome?: SmDeliveryOutcome;
  readonly ipSmGwAbsentSubscriberDiagnosticSm?: number;
  readonly imsi?: string;
  readonly singleAttemptDelivery?: true;
  readonly correlationId?: CorrelationId;
}
export const reportSmDeliveryStatusArg = sequence<ReportSmDeliveryStatusArg>('ReportSM-DeliveryStatusArg', {
  msisdn: mandatory('msisdn', isdnAddressString),
  serviceCentreAddress: mandatory('serviceCentreAddress', addressString),
  smDeliveryOutcome: optional('sm-DeliveryOutcome', smDeliveryOutcome),
  absentSubscriberDiagnosticSm: optional('absentSubscriberDiagnosticSM', integer.as(0x80)),
  extensionContainer: optional('extensionContainer', extensionContainer.as(0xa1)),
  gprsSupportIndicator: optional('gprsSupportIndicator', nil.as(0x82)),
  deliveryOutcomeIndicator: optional('deliveryOutcomeIndicator', nil.as(0x83)),
  additionalSmDeliveryOutcome: optional('additionalSM-DeliveryOutcome', smDeliveryOutcome.as(0x84)),
  additionalAbsentSubscriberDiagnosticSm: optional('additionalAbsentSubscriberDiagnosticSM', integer.as(0x85)),
  ipSmGwIndicator: optional('ip-sm-gw-Indicator', nil.as(0x86)),
  ipSmGwSmDeliveryOutcome: optional('ip-sm-gw-sm-deliveryOutcome', smDeliveryOutcome.as(0x87)),
  ipSmGwAbsentSubscriberDiagnosticSm: optional('ip-sm-gw-absentSubscriberDiagnosticSM', integer.as(0x88)),
  imsi: optional('imsi', imsi.as(0x89)),
  singleAttemptDelivery: optional('singleAttemptDelivery', nil.as(0x8a)),
  correlationId: optional('correlationID', correlationId.as(0xab)),
});

export interface ReportSmDeliveryStatusRes extends WithUnknown {
  readonly storedMsisdn?: AddressString;
  readonly extensionContainer?: Uint8Array;
  /** Version 2: the number stands alone. */
  readonly bare?: true;
}
export const reportSmDeliveryStatusRes = orBare<ReportSmDeliveryStatusRes>(
  sequence('ReportSM-DeliveryStatusRes', {
    storedMsisdn: optional('storedMSISDN', isdnAddressString),
    extensionContainer: optional('extensionContainer', extensionContainer),
  }),
  'storedMsisdn',
  mandatory('storedMSISDN', isdnAddressString),
);

export interface AlertServiceCentreArg extends WithUnknown {
  readonly msisdn: AddressString;
  readonly serviceCentreAddress: AddressString;
  readonly imsi?: string;
  readonly correlationId?: CorrelationId;
}
export const alertServiceCentreArg = sequence<AlertServiceCentreArg>('AlertServiceCentreArg', {
  msisdn: mandatory('msisdn', isdnAddressString),
  serviceCentreAddress: mandatory('serviceCentreAddress', addressString),
  imsi: optional('imsi', imsi),
  correlationId: optional('correlationID', correlationId),
});

export interface InformServiceCentreArg extends WithUnknown {
  readonly storedMsisdn?: AddressString;
  /** BIT STRING content: unused bits, then sc-AddressNotIncluded, mnrf-Set, mcef-Set, mnrg-Set from the highest. */
  readonly mwStatus?: Uint8Array;
  readonly extensionContainer?: Uint8Array;
  readonly absentSubscriberDiagnosticSm?: number;
  readonly additionalAbsentSubscriberDiagnosticSm?: number;
}
export const informServiceCentreArg = sequence<InformServiceCentreArg>('InformServiceCentreArg', {
  storedMsisdn: optional('storedMSISDN', isdnAddressString),
  mwStatus: optional('mw-Status', octetString.as(0x03)),
  extensionContainer: optional('extensionContainer', extensionContainer),
  absentSubscriberDiagnosticSm: optional('absentSubscriberDiagnosticSM', integer),
  additionalAbsentSubscriberDiagnosticSm: optional('additionalAbsentSubscriberDiagnosticSM', integer.as(0x80)),
});

const alertReason = enumerated({ 0: 'ms-Present', 1: 'memoryAvailable' });

export interface ReadyForSmArg extends WithUnknown {
  readonly imsi: string;
  readonly alertReason: ReturnType<typeof alertReason.read>;
  readonly alertReasonIndicator?: true;
  readonly extensionContainer?: Uint8Array;
  readonly additionalAlertReasonIndicator?: true;
}
export const readyForSmArg = sequence<ReadyForSmArg>('ReadyForSM-Arg', {
  imsi: mandatory('imsi', imsi.as(0x80)),
  alertReason: mandatory('alertReason', alertReason),
  alertReasonIndicator: optional('alertReasonIndicator', nil),
  extensionContainer: optional('extensionContainer', extensionContainer),
  additionalAlertReasonIndicator: optional('additionalAlertReasonIndicator', nil.as(0x81)),
});

/** A result of which only the extension container is defined. */
export interface ExtensionOnly extends WithUnknown {
  readonly extensionContainer?: Uint8Array;
}
export const extensionOnly = sequence<ExtensionOnly>('a result', {
  extensionContainer: optional('extensionContainer', extensionContainer),
});
