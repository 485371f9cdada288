/** The little network around the gate: its places, their point codes and global titles. The gate's configuration must say the same. */
import { encodeAddress, type SccpAddress } from '#codec/sccp';

/**
 * Where messages begin and end. `access`: MSCs, VLRs and the registers of other networks. `centre`: service centres and our own register.
 * `platform`: IN platforms of prepaid subscribers.
 */
export type Place = 'access' | 'centre' | 'platform';
export const PLACES: readonly Place[] = ['access', 'centre', 'platform'];

/** A node with a global title. Digits are international E.164. */
export interface Node {
  readonly digits: string;
  readonly ssn: number;
  readonly place: Place;
}

const SSN_HLR = 6;
const SSN_VLR = 7;
const SSN_MSC = 8;
/** gsmSCF; IN platforms take redirected messages at the number of an MSC, too. */
const SSN_PLATFORM = 8;

/** Nodes by what they are. Global titles of a place begin with digits of their own, so that one row of translation leads to each. */
export const NODES = {
  exchanges: [
    { digits: '46760000001', ssn: SSN_MSC, place: 'access' },
    { digits: '46760000002', ssn: SSN_MSC, place: 'access' },
    { digits: '467600000030', ssn: SSN_MSC, place: 'access' },
  ],
  visitorRegister: { digits: '46760000009', ssn: SSN_VLR, place: 'access' },
  foreignRegister: { digits: '44772000001', ssn: SSN_HLR, place: 'access' },
  homeCentres: [
    { digits: '46761000001', ssn: SSN_MSC, place: 'centre' },
    { digits: '46761000002', ssn: SSN_MSC, place: 'centre' },
  ],
  foreignCentres: [
    { digits: '44771000001', ssn: SSN_MSC, place: 'centre' },
    /** Longer than a home centre by one digit: exact match must tell them apart. */
    { digits: '447710000023', ssn: SSN_MSC, place: 'centre' },
  ],
  homeRegister: { digits: '46762000001', ssn: SSN_HLR, place: 'centre' },
  platforms: [
    { digits: '46763000001', ssn: SSN_PLATFORM, place: 'platform' },
    { digits: '46763000002', ssn: SSN_PLATFORM, place: 'platform' },
  ],
} as const satisfies Readonly<Record<string, Node | readonly Node[]>>;

/** First digits of the global titles of each place. */
export const TITLE_PREFIXES: Readonly<Record<Place, readonly string[]>> = {
  access: ['46760', '44772'],
  centre: ['46761', '46762', '44771'],
  platform: ['46763'],
};

/** Translation type of the messages that service selectors take, and of those that they must leave alone. */
export const SELECTED_TYPE = 0;
export const UNSELECTED_TYPE = 17;

/** Point codes and routing contexts; all can be set. */
export interface Network {
  readonly gatePointCode: number;
  readonly pointCodes: Readonly<Record<Place, number>>;
  /** Of the application server that the gate has for each place. */
  readonly routingContexts: Readonly<Record<Place, number>>;
  /** 0..3. */
  readonly networkIndicator: number;
}

export const NETWORK: Network = {
  gatePointCode: 2049,
  pointCodes: { access: 2057, centre: 2065, platform: 2073 },
  routingContexts: { access: 1, centre: 2, platform: 3 },
  networkIndicator: 2,
};

const E164 = 1;
const INTERNATIONAL = 4;

/** The address of a node, routed on its global title (indicator 4, E.164, international). */
export const addressOf = ({ digits, ssn }: Pick<Node, 'digits' | 'ssn'>, translationType = SELECTED_TYPE): SccpAddress => ({
  routeOn: 'gt',
  ssn,
  globalTitle: { indicator: 4, translationType, numberingPlan: E164, natureOfAddress: INTERNATIONAL, digits },
});

/** The octets of that address. */
export const addressOctets = (node: Pick<Node, 'digits' | 'ssn'>): Uint8Array => encodeAddress(addressOf(node));
