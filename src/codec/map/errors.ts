/** The errors with their parameters. TS 29.002 17.6.6 and 17.7.7; of versions 1 and 2, GSM 09.02. */
import {
  type BerType,
  boolean,
  enumerated,
  integer,
  mandatory,
  nil,
  optional,
  orBare,
  sequence,
  type WithUnknown,
} from '#codec/ber';
import { imsi, signalInfo } from './numbers.js';
import { extensionContainer } from './short-message.js';

export const smDeliveryFailureCause = enumerated({
  0: 'memoryCapacityExceeded',
  1: 'equipmentProtocolError',
  2: 'equipmentNotSM-Equipped',
  3: 'unknownServiceCentre',
  4: 'sc-Congestion',
  5: 'invalidSME-Address',
  6: 'subscriberNotSC-Subscriber',
});
export type SmDeliveryFailureCause = ReturnType<typeof smDeliveryFailureCause.read>;

export const networkResource = enumerated({
  0: 'plmn',
  1: 'hlr',
  2: 'vlr',
  3: 'pvlr',
  4: 'controllingMSC',
  5: 'vmsc',
  6: 'eir',
  7: 'rss',
});
export const callBarringCause = enumerated({ 0: 'barringServiceActive', 1: 'operatorBarring' });
export const absentSubscriberReason = enumerated({
  0: 'imsiDetach',
  1: 'restrictedArea',
  2: 'noPageResponse',
  3: 'purgedMS',
  4: 'mtRoamingRetry',
  5: 'busySubscriber',
});
export const unknownSubscriberDiagnostic = enumerated({ 0: 'imsiUnknown', 1: 'gprs-eps-SubscriptionUnknown', 2: 'npdbMismatch' });
export const roamingNotAllowedCause = enumerated({ 0: 'plmnRoamingNotAllowed', 3: 'operatorDeterminedBarring' });

/** TS 23.040 3.3.2, table 1a; other numbers are reserved. */
export const ABSENT_SUBSCRIBER_DIAGNOSTICS: Readonly<Record<number, string>> = {
  0: 'no paging response via the MSC',
  1: 'IMSI detached',
  2: 'roaming restriction',
  3: 'deregistered in the HLR for non GPRS',
  4: 'MS purged for non GPRS',
  5: 'no paging response via the SGSN',
  6: 'GPRS detached',
  7: 'deregistered in the HLR for GPRS',
  8: 'MS purged for GPRS',
  9: 'unidentified subscriber via the MSC',
  10: 'unidentified subscriber via the SGSN',
  11: 'deregistered in the HSS/HLR for IMS',
  12: 'no response via the IP-SM-GW',
  13: 'the MS is temporarily unavailable',
};

export interface ExtensionParam extends WithUnknown {
  readonly extensionContainer?: Uint8Array;
}
const extension = { extensionContainer: optional('extensionContainer', extensionContainer) } as const;
const extensionParam = sequence<ExtensionParam>('an error parameter', extension);

export interface SmDeliveryFailureParam extends WithUnknown {
  readonly cause: SmDeliveryFailureCause;
  /** A report TPDU. */
  readonly diagnosticInfo?: Uint8Array;
  readonly extensionContainer?: Uint8Array;
  /** Version 1: the cause stands alone. */
  readonly bare?: true;
}
export interface AbsentSubscriberSmParam extends WithUnknown {
  /** A key of ABSENT_SUBSCRIBER_DIAGNOSTICS, or another octet. */
  readonly diagnostic?: number;
  readonly extensionContainer?: Uint8Array;
  readonly additionalDiagnostic?: number;
  readonly imsi?: string;
}
export interface CallBarredParam extends WithUnknown {
  readonly cause?: ReturnType<typeof callBarringCause.read>;
  readonly extensionContainer?: Uint8Array;
  readonly unauthorisedMessageOriginator?: true;
  readonly anonymousCallRejection?: true;
  /** Versions 1 and 2. */
  readonly bare?: true;
}
export interface SystemFailureParam extends WithUnknown {
  readonly networkResource?: ReturnType<typeof networkResource.read>;
  readonly extensionContainer?: Uint8Array;
  /** Versions 1 and 2. */
  readonly bare?: true;
}
export interface AbsentSubscriberParam extends WithUnknown {
  readonly extensionContainer?: Uint8Array;
  readonly reason?: ReturnType<typeof absentSubscriberReason.read>;
  /** Versions 1 and 2, where it stands alone: whether the messages waiting data have been set. */
  readonly mwdSet?: boolean;
  readonly bare?: true;
}
export interface UnknownSubscriberParam extends WithUnknown {
  readonly extensionContainer?: Uint8Array;
  readonly diagnostic?: ReturnType<typeof unknownSubscriberDiagnostic.read>;
}
export interface UnexpectedDataParam extends WithUnknown {
  readonly extensionContainer?: Uint8Array;
  readonly unexpectedSubscriber?: true;
}
export interface SubscriberBusyParam extends WithUnknown {
  readonly extensionContainer?: Uint8Array;
  readonly gprsConnectionSuspended?: true;
}
export interface RoamingNotAllowedParam extends WithUnknown {
  readonly cause?: ReturnType<typeof roamingNotAllowedCause.read>;
  readonly extensionContainer?: Uint8Array;
  /** Versions 1 and 2. */
  readonly bare?: true;
}

/** Parameter by error. */
export interface Errors {
  unknownSubscriber: UnknownSubscriberParam;
  unidentifiedSubscriber: ExtensionParam;
  absentSubscriberSM: AbsentSubscriberSmParam;
  roamingNotAllowed: RoamingNotAllowedParam;
  illegalSubscriber: ExtensionParam;
  bearerServiceNotProvisioned: ExtensionParam;
  teleserviceNotProvisioned: ExtensionParam;
  illegalEquipment: ExtensionParam;
  callBarred: CallBarredParam;
  facilityNotSupported: ExtensionParam;
  absentSubscriber: AbsentSubscriberParam;
  'subscriberBusyForMT-SMS': SubscriberBusyParam;
  'sm-DeliveryFailure': SmDeliveryFailureParam;
  messageWaitingListFull: ExtensionParam;
  systemFailure: SystemFailureParam;
  dataMissing: ExtensionParam;
  unexpectedDataValue: UnexpectedDataParam;
  resourceLimitation: ExtensionParam;
  'ati-NotAllowed': ExtensionParam;
}
export type ErrorName = keyof Errors;

export interface ErrorRow<K extends ErrorName> {
  /** Local error code. */
  readonly code: number;
  readonly parameter: BerType<Errors[K]>;
  /** The parameter must be there. */
  readonly mandatory?: true;
  /** The versions of MAP that let a sender of mo-ForwardSM (forwardSM) be answered so; absent means none does. */
  readonly forMoForwardSm?: readonly number[];
}

export const ERRORS: { readonly [K in ErrorName]: ErrorRow<K> } = {
  unknownSubscriber: {
    code: 1,
    parameter: sequence('UnknownSubscriberParam', {
      ...extension,
      diagnostic: optional('unknownSubscriberDiagnostic', unknownSubscriberDiagnostic),
    }),
  },
  unidentifiedSubscriber: { code: 5, parameter: extensionParam, forMoForwardSm: [1, 2] },
  absentSubscriberSM: {
    code: 6,
    parameter: sequence('AbsentSubscriberSM-Param', {
      diagnostic: optional('absentSubscriberDiagnosticSM', integer),
      ...extension,
      additionalDiagnostic: optional('additionalAbsentSubscriberDiagnosticSM', integer.as(0x80)),
      imsi: optional('imsi', imsi.as(0x81)),
    }),
  },
  roamingNotAllowed: {
    code: 8,
    parameter: orBare(
      sequence('RoamingNotAllowedParam', { cause: optional('roamingNotAllowedCause', roamingNotAllowedCause), ...extension }),
      'cause',
      mandatory('roamingNotAllowedCause', roamingNotAllowedCause),
    ),
  },
  illegalSubscriber: { code: 9, parameter: extensionParam, forMoForwardSm: [1, 2] },
  bearerServiceNotProvisioned: { code: 10, parameter: extensionParam },
  teleserviceNotProvisioned: { code: 11, parameter: extensionParam },
  illegalEquipment: { code: 12, parameter: extensionParam, forMoForwardSm: [1, 2] },
  callBarred: {
    code: 13,
    parameter: orBare(
      sequence('ExtensibleCallBarredParam', {
        cause: optional('callBarringCause', callBarringCause),
        ...extension,
        unauthorisedMessageOriginator: optional('unauthorisedMessageOriginator', nil.as(0x81)),
        anonymousCallRejection: optional('anonymousCallRejection', nil.as(0x82)),
      }),
      'cause',
      mandatory('callBarringCause', callBarringCause),
    ),
  },
  facilityNotSupported: { code: 21, parameter: extensionParam, forMoForwardSm: [1, 2, 3] },
  absentSubscriber: {
    code: 27,
    parameter: orBare(
      sequence<Omit<AbsentSubscriberParam, 'mwdSet' | 'bare'>>('AbsentSubscriberParam', {
        ...extension,
        reason: optional('absentSubscriberReason', absentSubscriberReason.as(0x80)),
      }),
      'mwdSet',
      mandatory('mwd-Set', boolean),
    ),
    forMoForwardSm: [1, 2],
  },
  'subscriberBusyForMT-SMS': {
    code: 31,
    parameter: sequence('SubBusyForMT-SMS-Param', {
      ...extension,
      gprsConnectionSuspended: optional('gprsConnectionSuspended', nil),
    }),
    forMoForwardSm: [2],
  },
  'sm-DeliveryFailure': {
    code: 32,
    parameter: orBare(
      sequence('SM-DeliveryFailureCause', {
        cause: mandatory('sm-EnumeratedDeliveryFailureCause', smDeliveryFailureCause),
        diagnosticInfo: optional('diagnosticInfo', signalInfo),
        ...extension,
      }),
      'cause',
      mandatory('sm-EnumeratedDeliveryFailureCause', smDeliveryFailureCause),
    ),
    mandatory: true,
    forMoForwardSm: [1, 2, 3],
  },
  messageWaitingListFull: { code: 33, parameter: extensionParam },
  systemFailure: {
    code: 34,
    parameter: orBare(
      sequence('ExtensibleSystemFailureParam', { networkResource: optional('networkResource', networkResource), ...extension }),
      'networkResource',
      mandatory('networkResource', networkResource),
    ),
    forMoForwardSm: [1, 2, 3],
  },
  dataMissing: { code: 35, parameter: extensionParam, forMoForwardSm: [2] },
  unexpectedDataValue: {
    code: 36,
    parameter: sequence('UnexpectedDataParam', {
      ...extension,
      unexpectedSubscriber: optional('unexpectedSubscriber', nil.as(0x80)),
    }),
    forMoForwardSm: [1, 2, 3],
  },
  'ati-NotAllowed': { code: 49, parameter: extensionParam },
  resourceLimitation: { code: 51, parameter: extensionParam },
};

const BY_CODE = new Map(Object.entries(ERRORS).map(([name, row]) => [row.code, name as ErrorName]));

/** The error's name for a local code; undefined when there is no row. */
export const errorOf = (code: number): ErrorName | undefined => BY_CODE.get(code);
