/**
 * Arguments, results and errors of MAP with every field that has a row. The compiler asks for each field, so that a new row needs a new value
 * here.
 */
import type { AddressString, ErrorName, Errors, OperationName, Operations } from '#codec/map';

/** Every field is there; what was not understood, and the form of old versions, are not asked for. */
type Full<T> = Required<Omit<T, 'unknown' | 'bare'>>;

export const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replace(/\s/g, ''), 'hex'));
export const number = (digits: string, nature = 1, plan = 1): AddressString => ({ nature, plan, digits });

/** A private extension: an object identifier and a null. */
const extensionContainer = hex('a009 3007 0603 2a0304 0500');
const correlationId = { hlrId: hex('0511112222'), sipUriA: hex('7369703a61'), sipUriB: hex('7369703a62') };
/** SMS-SUBMIT to 393497654321, "Hello world"; and the same as SMS-DELIVER. */
export const SUBMIT = hex('01010c9193437956341200000bc8329bfd06dddf723619');
export const DELIVER = hex('040c91934379563412000062111221430002 0bc8329bfd06dddf723619');
const imsi = '222100123456789';

export const ARGUMENTS: { readonly [K in OperationName]: Full<Operations[K][0]> } = {
  updateLocation: {
    imsi,
    roamingNumber: number('447700900102'),
    mscNumber: number('447700900101'),
    vlrNumber: number('447700900100'),
    lmsi: hex('00036231'),
    extensionContainer,
    vlrCapability: hex('800204e0'),
    informPreviousNetworkEntity: true,
    csLcsNotSupportedByUe: true,
    skipSubscriberDataUpdate: true,
    restorationIndicator: true,
  },
  cancelLocation: {
    identity: { kind: 'imsi-WithLMSI', value: { imsi, lmsi: hex('00036231') } },
    cancellationType: 'subscriptionWithdraw',
    extensionContainer,
    typeOfUpdate: 'mme-change',
    mtrfSupportedAndAuthorized: true,
    mtrfSupportedAndNotAuthorized: true,
    newMscNumber: number('447700900101'),
    newVlrNumber: number('447700900100'),
    newLmsi: hex('00036232'),
  },
  insertSubscriberData: { imsi, msisdn: number('393491234567'), category: hex('0a') },
  updateGprsLocation: {
    imsi,
    sgsnNumber: number('447700900100'),
    sgsnAddress: hex('04c0000201'),
    extensionContainer,
    sgsnCapability: hex('8300'),
    informPreviousNetworkEntity: true,
    mmeNumberForMtSms: number('447700900109'),
  },
  'mt-ForwardSM': {
    smRpDa: { kind: 'imsi', value: imsi },
    smRpOa: { kind: 'serviceCentreAddressOA', value: number('393490000001') },
    smRpUi: DELIVER,
    moreMessagesToSend: true,
    extensionContainer,
    smDeliveryTimer: 600,
    smDeliveryStartTime: hex('e0000000'),
    smsOverIpOnlyIndicator: true,
    correlationId,
    maximumRetransmissionTime: hex('e0000001'),
    smsGmscAddress: number('393490000002'),
  },
  sendRoutingInfoForSM: {
    msisdn: number('393491234567'),
    smRpPri: true,
    serviceCentreAddress: number('393490000001'),
    cugInterlock: hex('12345678'),
    teleserviceCode: hex('21'),
    extensionContainer,
    gprsSupportIndicator: true,
    smRpMti: 1,
    smRpSmea: hex('0c91934379563412'),
    smDeliveryNotIntended: 'onlyMCC-MNC-requested',
    ipSmGwGuidanceIndicator: true,
    imsi,
    t4TriggerIndicator: true,
    singleAttemptDelivery: true,
    correlationId,
  },
  'mo-ForwardSM': {
    smRpDa: { kind: 'serviceCentreAddressDA', value: number('393490000001') },
    smRpOa: { kind: 'msisdn', value: number('393491234567') },
    smRpUi: SUBMIT,
    moreMessagesToSend: true,
    extensionContainer,
    imsi,
    correlationId,
    smDeliveryOutcome: 'successfulTransfer',
  },
  'reportSM-DeliveryStatus': {
    msisdn: number('393491234567'),
    serviceCentreAddress: number('393490000001'),
    smDeliveryOutcome: 'absentSubscriber',
    absentSubscriberDiagnosticSm: 1,
    extensionContainer,
    gprsSupportIndicator: true,
    deliveryOutcomeIndicator: true,
    additionalSmDeliveryOutcome: 'memoryCapacityExceeded',
    additionalAbsentSubscriberDiagnosticSm: 6,
    ipSmGwIndicator: true,
    ipSmGwSmDeliveryOutcome: 'successfulTransfer',
    ipSmGwAbsentSubscriberDiagnosticSm: 12,
    imsi,
    singleAttemptDelivery: true,
    correlationId,
  },
  alertServiceCentreWithoutResult: {
    msisdn: number('393491234567'),
    serviceCentreAddress: number('393490000001'),
    imsi,
    correlationId,
  },
  informServiceCentre: {
    storedMsisdn: number('393491234567'),
    mwStatus: hex('0240'),
    extensionContainer,
    absentSubscriberDiagnosticSm: 1,
    additionalAbsentSubscriberDiagnosticSm: 6,
  },
  alertServiceCentre: { msisdn: number('393491234567'), serviceCentreAddress: number('393490000001'), imsi, correlationId },
  readyForSM: {
    imsi,
    alertReason: 'memoryAvailable',
    alertReasonIndicator: true,
    extensionContainer,
    additionalAlertReasonIndicator: true,
  },
  anyTimeInterrogation: {
    subscriberIdentity: { kind: 'msisdn', value: number('393491234567') },
    requestedInfo: {
      locationInformation: true,
      subscriberState: true,
      extensionContainer,
      currentLocation: true,
      requestedDomain: 'ps-Domain',
      imei: true,
      msClassmark: true,
      mnpRequestedInfo: true,
    },
    gsmScfAddress: number('393490000003'),
    extensionContainer,
  },
};

export const RESULTS: { readonly [K in OperationName as Operations[K][1] extends never ? never : K]: Full<Operations[K][1]> } = {
  updateLocation: { hlrNumber: number('393490000009'), extensionContainer, addCapability: true },
  cancelLocation: { extensionContainer },
  insertSubscriberData: { extensionContainer },
  updateGprsLocation: { hlrNumber: number('393490000009'), extensionContainer, addCapability: true },
  'mt-ForwardSM': { smRpUi: hex('0000'), extensionContainer },
  sendRoutingInfoForSM: {
    imsi,
    locationInfoWithLmsi: {
      roamingNumber: number('447700900102'),
      networkNodeNumber: number('447700900101'),
      lmsi: hex('00036231'),
      extensionContainer,
      gprsNodeIndicator: true,
      additionalNumber: { kind: 'sgsn-Number', value: number('447700900100') },
    },
    mwdSet: true,
    extensionContainer,
  },
  'mo-ForwardSM': { smRpUi: hex('010062111221430002'), extensionContainer },
  'reportSM-DeliveryStatus': { storedMsisdn: number('393491234567'), extensionContainer },
  readyForSM: { extensionContainer },
  anyTimeInterrogation: {
    subscriberInfo: {
      locationInformation: {
        ageOfLocationInformation: 5,
        geographicalInformation: hex('1000000000000000'),
        vlrNumber: number('447700900100'),
        locationNumber: hex('8410447700'),
        mscNumber: number('447700900101'),
      },
      subscriberState: hex('8000'),
      extensionContainer,
      mnpInfoRes: {
        routeingNumber: '39101',
        imsi: '22210',
        msisdn: number('393491234567'),
        numberPortabilityStatus: 'ownNumberPortedOut',
        extensionContainer,
      },
    },
    extensionContainer,
  },
};

export const ERROR_PARAMETERS: { readonly [K in ErrorName]: Omit<Full<Errors[K]>, 'mwdSet'> } = {
  unknownSubscriber: { extensionContainer, diagnostic: 'npdbMismatch' },
  unidentifiedSubscriber: { extensionContainer },
  absentSubscriberSM: { diagnostic: 1, extensionContainer, additionalDiagnostic: 6, imsi },
  roamingNotAllowed: { cause: 'operatorDeterminedBarring', extensionContainer },
  illegalSubscriber: { extensionContainer },
  bearerServiceNotProvisioned: { extensionContainer },
  teleserviceNotProvisioned: { extensionContainer },
  illegalEquipment: { extensionContainer },
  callBarred: {
    cause: 'operatorBarring',
    extensionContainer,
    unauthorisedMessageOriginator: true,
    anonymousCallRejection: true,
  },
  facilityNotSupported: { extensionContainer },
  absentSubscriber: { extensionContainer, reason: 'noPageResponse' },
  'subscriberBusyForMT-SMS': { extensionContainer, gprsConnectionSuspended: true },
  'sm-DeliveryFailure': {
    cause: 'subscriberNotSC-Subscriber',
    diagnosticInfo: hex('01c10062111221430002'),
    extensionContainer,
  },
  messageWaitingListFull: { extensionContainer },
  systemFailure: { networkResource: 'vmsc', extensionContainer },
  dataMissing: { extensionContainer },
  unexpectedDataValue: { extensionContainer, unexpectedSubscriber: true },
  'ati-NotAllowed': { extensionContainer },
  resourceLimitation: { extensionContainer },
};
