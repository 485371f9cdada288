/** A VASP: a provider of value added services, spoken to by MM7 (SOAP) or its JSON twin. */
import type { TrafficState } from './peer.js';

export type ChargedParty = 'sender' | 'recipient' | 'both' | 'neither' | 'third-party';

/** What a VASP may ask for. */
export type VaspOperation = 'submit' | 'cancel' | 'replace' | 'extended-cancel' | 'extended-replace';

/** How it proves who it is. Everything that is given must hold, and something must be given. */
export interface VaspIdentification {
  /** HTTP authentication; `none`: only by `networks` or `certificates`. */
  readonly method: 'basic' | 'digest' | 'none';
  /** Unique among VASPs; absent with method none. */
  readonly user?: string;
  /** Any of which is right: two while one replaces the other. */
  readonly passwords: readonly string[];
  /** Bearer tokens of the JSON interface, any of which is right; empty: not served there by token. */
  readonly tokens: readonly string[];
  /** DNS names or SHA-256 fingerprints (64 hex digits) of its client certificate, any of which must fit; empty: none asked for. */
  readonly certificates: readonly string[];
  /** Addresses and networks (CIDR) that it calls from; empty: any. */
  readonly networks: readonly string[];
}

export interface VaspLimits {
  /** Octets of one message's content. */
  readonly sizeMax: number;
  /** Submissions a second, as a long-term mean. */
  readonly rateMax: number;
  /** Submissions at once above the mean. */
  readonly burstMax: number;
  readonly connectionsMax: number;
  readonly recipientsMax: number;
  /** Messages waiting for recipients at once; 0: no bound of its own. */
  readonly waitingMax: number;
}

/** When submissions may be delivered, in the time of `utcOffsetMinutes`. */
export interface VaspWindow {
  /** 1 Monday to 7 Sunday. */
  readonly days: readonly number[];
  /** Minutes from midnight. `until` may be smaller than `from`: over midnight. 0..1440 */
  readonly from: number;
  readonly until: number;
}

export interface VaspCharging {
  /** What ChargedParty may say. */
  readonly allowed: readonly ChargedParty[];
  /** Taken when the request says nothing. */
  readonly preset: ChargedParty;
  /** ChargedPartyIDs that it may name; empty: none. */
  readonly thirdParties: readonly string[];
}

/** Where messages, delivery reports and read replies for it go. */
export interface VaspDelivery {
  /** http or https. Absent: it is not called; deliveries to it are refused and its reports only kept in the history. */
  readonly url?: string;
  readonly form: 'soap' | 'json';
  /** How we identify ourselves there. */
  readonly method: 'none' | 'basic' | 'digest' | 'bearer';
  readonly user?: string;
  /** Password, or the token of method bearer. */
  readonly password?: string;
  /** Key of the HMAC-SHA-256 by which JSON calls are signed; absent: not signed. */
  readonly signingKey?: string;
  /** PEM of the authorities believed; absent: those of the system. */
  readonly authorities?: string;
  /** Waits between attempts, the last one repeated until the message expires. Unit: milliseconds. */
  readonly retryMs: readonly number[];
  readonly timeoutMs: number;
  readonly connectionsMax: number;
  /** Calls a second. */
  readonly rateMax: number;
  /** Send delivery reports, read replies. */
  readonly reports: boolean;
  readonly readReplies: boolean;
}

/** How this VASP wants SOAP written; what comes in is read in every form and answered in the namespace and version of the request. */
export interface VaspDialect {
  /** The tag at the end of the namespace, for instance `REL-6-MM7-1-4`, or a whole namespace (it has a colon). */
  readonly namespace: string;
  /** MM7Version. */
  readonly version: string;
  /** Prefix of MM7 elements; empty: default namespace. */
  readonly prefix: string;
  /** Numbers in addresses. */
  readonly number: 'plain' | 'plus' | 'plus-plmn';
  /** Element that short codes stand in. */
  readonly shortCode: 'ShortCode' | 'Number';
  /** SOAPAction that we send; empty: `""`. */
  readonly soapAction: string;
  /** HTTP status of answers that hold a fault. */
  readonly faultStatus: 200 | 500;
  /** A text-only message goes out as a single text/plain part. */
  readonly plainText: boolean;
  /** Send SenderSPI and RecipientSPI, UACapabilities and the application ids of release 6. */
  readonly release6Elements: boolean;
}

export interface Vasp {
  /** Unique among VASPs. */
  readonly name: string;
  readonly state: TrafficState;
  /** For people. */
  readonly note?: string;
  /** VASPID that it sends and gets. Unique among VASPs. */
  readonly vaspId: string;
  /** VASIDs that it may send; empty: any, or none. */
  readonly vasIds: readonly string[];
  /** Digits. Each belongs to one VASP. The first is the sender of what names none. */
  readonly shortCodes: readonly string[];
  /** Other sender addresses that it may name: numbers with plus, mailboxes. */
  readonly senderAddresses: readonly string[];
  /** Service codes that it may name; empty: any. */
  readonly serviceCodes: readonly string[];
  readonly operations: readonly VaspOperation[];
  readonly identification: VaspIdentification;
  readonly limits: VaspLimits;
  readonly charging: VaspCharging;
  /** Beginnings of numbers that it may send to, digits; empty: any. */
  readonly recipientPrefixes: readonly string[];
  /** Empty: at any time. */
  readonly windows: readonly VaspWindow[];
  /** Offset of the windows' clock from UTC. Unit: minutes. */
  readonly utcOffsetMinutes: number;
  /** Outside its windows: put off the delivery until the next begins, or refuse. */
  readonly outsideWindows: 'hold' | 'refuse';
  /** DistributionIndicator when the request says nothing. */
  readonly distribution: boolean;
  readonly delivery: VaspDelivery;
  readonly dialect: VaspDialect;
}
