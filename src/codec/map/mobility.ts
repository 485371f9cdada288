/** Arguments and results of the mobility operations, to the fields that tell where a subscriber is and who he is. TS 29.002 17.7.1. */
import {
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
import { type AddressString, imsi, isdnAddressString, lmsi, routeingNumber } from './numbers.js';
import { extensionContainer } from './short-message.js';

/** One of the first two numbers is there. */
export interface UpdateLocationArg extends WithUnknown {
  readonly imsi: string;
  /** Versions 1 and 2. */
  readonly roamingNumber?: AddressString;
  readonly mscNumber?: AddressString;
  readonly vlrNumber: AddressString;
  readonly lmsi?: Uint8Array;
  readonly extensionContainer?: Uint8Array;
  readonly vlrCapability?: Uint8Array;
  readonly informPreviousNetworkEntity?: true;
  readonly csLcsNotSupportedByUe?: true;
  readonly skipSubscriberDataUpdate?: true;
  readonly restorationIndicator?: true;
}
export const updateLocationArg = sequence<UpdateLocationArg>('UpdateLocationArg', {
  imsi: mandatory('imsi', imsi),
  roamingNumber: optional('roamingNumber', isdnAddressString.as(0x80)),
  mscNumber: optional('msc-Number', isdnAddressString.as(0x81)),
  vlrNumber: mandatory('vlr-Number', isdnAddressString),
  lmsi: optional('lmsi', lmsi.as(0x8a)),
  extensionContainer: optional('extensionContainer', extensionContainer),
  vlrCapability: optional('vlr-Capability', opaque(0xa6)),
  informPreviousNetworkEntity: optional('informPreviousNetworkEntity', nil.as(0x8b)),
  csLcsNotSupportedByUe: optional('cs-LCS-NotSupportedByUE', nil.as(0x8c)),
  skipSubscriberDataUpdate: optional('skipSubscriberDataUpdate', nil.as(0x8f)),
  restorationIndicator: optional('restorationIndicator', nil.as(0x90)),
});

/** Of updateLocation and updateGprsLocation alike. */
export interface UpdateLocationRes extends WithUnknown {
  readonly hlrNumber: AddressString;
  readonly extensionContainer?: Uint8Array;
  readonly addCapability?: true;
  /** Versions 1 and 2: the number stands alone. */
  readonly bare?: true;
}
export const updateLocationRes = orBare<UpdateLocationRes>(
  sequence('UpdateLocationRes', {
    hlrNumber: mandatory('hlr-Number', isdnAddressString),
    extensionContainer: optional('extensionContainer', extensionContainer),
    addCapability: optional('add-Capability', nil),
  }),
  'hlrNumber',
  mandatory('hlr-Number', isdnAddressString),
);

/** A GSN's address: a type-and-length octet and an IPv4 or IPv6 address. TS 23.003. */
export interface UpdateGprsLocationArg extends WithUnknown {
  readonly imsi: string;
  readonly sgsnNumber: AddressString;
  readonly sgsnAddress: Uint8Array;
  readonly extensionContainer?: Uint8Array;
  readonly sgsnCapability?: Uint8Array;
  readonly informPreviousNetworkEntity?: true;
  readonly mmeNumberForMtSms?: AddressString;
}
export const updateGprsLocationArg = sequence<UpdateGprsLocationArg>('UpdateGprsLocationArg', {
  imsi: mandatory('imsi', imsi),
  sgsnNumber: mandatory('sgsn-Number', isdnAddressString),
  sgsnAddress: mandatory('sgsn-Address', octetString),
  extensionContainer: optional('extensionContainer', extensionContainer),
  sgsnCapability: optional('sgsn-Capability', opaque(0xa0)),
  informPreviousNetworkEntity: optional('informPreviousNetworkEntity', nil.as(0x81)),
  mmeNumberForMtSms: optional('mmeNumberforMTSMS', isdnAddressString.as(0x90)),
});

export interface ImsiWithLmsi extends WithUnknown {
  readonly imsi: string;
  readonly lmsi: Uint8Array;
}
interface IdentityAlternatives {
  imsi: string;
  'imsi-WithLMSI': ImsiWithLmsi;
}
const identity = choice<IdentityAlternatives>({
  imsi,
  'imsi-WithLMSI': sequence<ImsiWithLmsi>('IMSI-WithLMSI', { imsi: mandatory('imsi', imsi), lmsi: mandatory('lmsi', lmsi) }),
});
const cancellationType = enumerated({ 0: 'updateProcedure', 1: 'subscriptionWithdraw', 2: 'initialAttachProcedure' });
const typeOfUpdate = enumerated({ 0: 'sgsn-change', 1: 'mme-change' });

export interface CancelLocationArg extends WithUnknown {
  readonly identity: Choice<IdentityAlternatives>;
  readonly cancellationType?: ReturnType<typeof cancellationType.read>;
  readonly extensionContainer?: Uint8Array;
  readonly typeOfUpdate?: ReturnType<typeof typeOfUpdate.read>;
  readonly mtrfSupportedAndAuthorized?: true;
  readonly mtrfSupportedAndNotAuthorized?: true;
  readonly newMscNumber?: AddressString;
  readonly newVlrNumber?: AddressString;
  readonly newLmsi?: Uint8Array;
  /** Versions 1 and 2: the identity stands alone. */
  readonly bare?: true;
}
export const cancelLocationArg = orBare<CancelLocationArg>(
  sequence(
    'CancelLocationArg',
    {
      identity: mandatory('identity', identity),
      cancellationType: optional('cancellationType', cancellationType),
      extensionContainer: optional('extensionContainer', extensionContainer),
      typeOfUpdate: optional('typeOfUpdate', typeOfUpdate.as(0x80)),
      mtrfSupportedAndAuthorized: optional('mtrf-SupportedAndAuthorized', nil.as(0x81)),
      mtrfSupportedAndNotAuthorized: optional('mtrf-SupportedAndNotAuthorized', nil.as(0x82)),
      newMscNumber: optional('newMSC-Number', isdnAddressString.as(0x83)),
      newVlrNumber: optional('newVLR-Number', isdnAddressString.as(0x84)),
      newLmsi: optional('new-lmsi', lmsi.as(0x85)),
    },
    0xa3,
  ),
  'identity',
  mandatory('identity', identity),
);

/** Where the HLR tells a VLR or SGSN both names of a subscriber; the rest of the profile is kept unopened. */
export interface InsertSubscriberDataArg extends WithUnknown {
  readonly imsi?: string;
  readonly msisdn?: AddressString;
  readonly category?: Uint8Array;
}
export const insertSubscriberDataArg = sequence<InsertSubscriberDataArg>('InsertSubscriberDataArg', {
  imsi: optional('imsi', imsi.as(0x80)),
  msisdn: optional('msisdn', isdnAddressString.as(0x81)),
  category: optional('category', octetString.as(0x82)),
});

export interface InsertSubscriberDataRes extends WithUnknown {
  readonly extensionContainer?: Uint8Array;
}
export const insertSubscriberDataRes = sequence<InsertSubscriberDataRes>('InsertSubscriberDataRes', {
  extensionContainer: optional('extensionContainer', extensionContainer.as(0xa7)),
});

interface SubscriberAlternatives {
  imsi: string;
  msisdn: AddressString;
}
const subscriberIdentity = choice<SubscriberAlternatives>({ imsi: imsi.as(0x80), msisdn: isdnAddressString.as(0x81) });
const domainType = enumerated({ 0: 'cs-Domain', 1: 'ps-Domain' });

export interface RequestedInfo extends WithUnknown {
  readonly locationInformation?: true;
  readonly subscriberState?: true;
  readonly extensionContainer?: Uint8Array;
  readonly currentLocation?: true;
  readonly requestedDomain?: ReturnType<typeof domainType.read>;
  readonly imei?: true;
  readonly msClassmark?: true;
  readonly mnpRequestedInfo?: true;
}
const requestedInfo = sequence<RequestedInfo>('RequestedInfo', {
  locationInformation: optional('locationInformation', nil.as(0x80)),
  subscriberState: optional('subscriberState', nil.as(0x81)),
  extensionContainer: optional('extensionContainer', extensionContainer.as(0xa2)),
  currentLocation: optional('currentLocation', nil.as(0x83)),
  requestedDomain: optional('requestedDomain', domainType.as(0x84)),
  imei: optional('imei', nil.as(0x86)),
  msClassmark: optional('ms-classmark', nil.as(0x85)),
  mnpRequestedInfo: optional('mnpRequestedInfo', nil.as(0x87)),
});

export interface AnyTimeInterrogationArg extends WithUnknown {
  readonly subscriberIdentity: Choice<SubscriberAlternatives>;
  readonly requestedInfo: RequestedInfo;
  readonly gsmScfAddress: AddressString;
  readonly extensionContainer?: Uint8Array;
}
export const anyTimeInterrogationArg = sequence<AnyTimeInterrogationArg>('AnyTimeInterrogationArg', {
  subscriberIdentity: mandatory('subscriberIdentity', explicit(0xa0, subscriberIdentity)),
  requestedInfo: mandatory('requestedInfo', requestedInfo.as(0xa1)),
  gsmScfAddress: mandatory('gsmSCF-Address', isdnAddressString.as(0x83)),
  extensionContainer: optional('extensionContainer', extensionContainer.as(0xa2)),
});

export interface LocationInformation extends WithUnknown {
  /** Minutes. */
  readonly ageOfLocationInformation?: number;
  readonly geographicalInformation?: Uint8Array;
  readonly vlrNumber?: AddressString;
  readonly locationNumber?: Uint8Array;
  readonly mscNumber?: AddressString;
}
const locationInformation = sequence<LocationInformation>('LocationInformation', {
  ageOfLocationInformation: optional('ageOfLocationInformation', integer),
  geographicalInformation: optional('geographicalInformation', octetString.as(0x80)),
  vlrNumber: optional('vlr-number', isdnAddressString.as(0x81)),
  locationNumber: optional('locationNumber', octetString.as(0x82)),
  mscNumber: optional('msc-Number', isdnAddressString.as(0x86)),
});

const numberPortabilityStatus = enumerated({
  0: 'notKnownToBePorted',
  1: 'ownNumberPortedOut',
  2: 'foreignNumberPortedToForeignNetwork',
  4: 'ownNumberNotPortedOut',
  5: 'foreignNumberPortedIn',
});

/** What a portability database answers. TS 23.066. */
export interface MnpInfoRes extends WithUnknown {
  readonly routeingNumber?: string;
  /** Names the subscription network only. */
  readonly imsi?: string;
  readonly msisdn?: AddressString;
  readonly numberPortabilityStatus?: ReturnType<typeof numberPortabilityStatus.read>;
  readonly extensionContainer?: Uint8Array;
}
const mnpInfoRes = sequence<MnpInfoRes>('MNPInfoRes', {
  routeingNumber: optional('routeingNumber', routeingNumber.as(0x80)),
  imsi: optional('imsi', imsi.as(0x81)),
  msisdn: optional('msisdn', isdnAddressString.as(0x82)),
  numberPortabilityStatus: optional('numberPortabilityStatus', numberPortabilityStatus.as(0x83)),
  extensionContainer: optional('extensionContainer', extensionContainer.as(0xa4)),
});

export interface SubscriberInfo extends WithUnknown {
  readonly locationInformation?: LocationInformation;
  /** The state's own element: 80 idle, 81 busy, 0a not reachable, 82 unknown. */
  readonly subscriberState?: Uint8Array;
  readonly extensionContainer?: Uint8Array;
  readonly mnpInfoRes?: MnpInfoRes;
}
const subscriberInfo = sequence<SubscriberInfo>('SubscriberInfo', {
  locationInformation: optional('locationInformation', locationInformation.as(0xa0)),
  subscriberState: optional('subscriberState', opaque(0xa1)),
  extensionContainer: optional('extensionContainer', extensionContainer.as(0xa2)),
  mnpInfoRes: optional('mnpInfoRes', mnpInfoRes.as(0xa8)),
});

export interface AnyTimeInterrogationRes extends WithUnknown {
  readonly subscriberInfo: SubscriberInfo;
  readonly extensionContainer?: Uint8Array;
}
export const anyTimeInterrogationRes = sequence<AnyTimeInterrogationRes>('AnyTimeInterrogationRes', {
  subscriberInfo: mandatory('subscriberInfo', subscriberInfo),
  extensionContainer: optional('extensionContainer', extensionContainer),
});
