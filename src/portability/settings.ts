/** What the operator decides about screening: plain data, read once. `createScreening` checks it and says all that is wrong with it. */

/** What becomes of a verdict that is not `pass`. Off: not even computed. Monitor: computed, counted, traced, passed. */
export type Mode =
  | { readonly kind: 'off' }
  | { readonly kind: 'monitor' }
  /** 0..100, hundredths count. The rest is monitored. */
  | { readonly kind: 'sample'; readonly percent: number }
  | { readonly kind: 'enforce' };

/** `vstp`: the published call flow, row for row. `ported-out`: the order for live networks. Both are in docs/gate-decision.md. */
export type Flow = 'vstp' | 'ported-out';

/** Causes of sm-DeliveryFailure. TS 29.002 17.7.6, SM-DeliveryFailureCause. */
export type DeliveryFailureCause =
  | 'memoryCapacityExceeded'
  | 'equipmentProtocolError'
  | 'equipmentNotSM-Equipped'
  | 'unknownServiceCentre'
  | 'sc-Congestion'
  | 'invalidSME-Address'
  | 'subscriberNotSC-Subscriber';

/** How a rejected message is answered, by the standard's names; what the octets are is the interface's business. */
export type Answer =
  /** A return error to the invoke. TS 29.002 17.6.6. */
  | { readonly kind: 'tcap-error'; readonly error: 'sm-DeliveryFailure'; readonly cause: DeliveryFailureCause }
  | {
      readonly kind: 'tcap-error';
      readonly error: 'facilityNotSupported' | 'systemFailure' | 'unexpectedDataValue' | 'dataMissing';
    }
  /** The message comes back by SCCP. `cause`: 0..14, return cause of Q.713 3.12. */
  | { readonly kind: 'udts'; readonly cause: number }
  /** No answer: the sender's exchange waits until its timer ends. */
  | { readonly kind: 'silent-discard' }
  /** The sender is told that the message was accepted. */
  | { readonly kind: 'ack-and-drop' }
  /** Counted and told, then passed, whatever the mode. */
  | { readonly kind: 'monitor-only' };

/** Why a message may be rejected; each has its own answer. */
export type Rule =
  /** A ported sender's message to a home SMSC. */
  | 'home-smsc'
  /** A ported sender's message whose SM-RP-DA is a home SMSC, though its called party is none. */
  | 'service-centre'
  /** The number store does not answer, and the selector says `refuse`. */
  | 'numbers-unavailable'
  /** No platform is up for a prepaid subscriber, and the settings say `refuse`. */
  | 'platforms-unavailable';

/** `pass`: the message goes on (fail open). `refuse`: it is rejected with the rule's answer (fail closed). */
export type WhenUnavailable = 'pass' | 'refuse';

/** Which messages are looked into. Keys as of EAGLE's and vSTP's service selectors. */
export interface SelectorSettings {
  /** Shown in traces, events and counters; unique. */
  readonly name: string;
  /** 0: no global title; 1: with nature of address; 2: translation type; 3: and numbering plan; 4: and nature of address. */
  readonly indicator: number;
  /** 0..255; given for indicators 2, 3 and 4, and for no other. */
  readonly translationType?: number;
  /** 0..15; given for indicators 3 and 4. */
  readonly numberingPlan?: number;
  /** 0..127; given for indicators 1 and 4. */
  readonly natureOfAddress?: number;
  /** 0..255; `*`: any, and none. A selector with a number precedes one with `*`. */
  readonly ssn: number | '*';
  /** Overrides of the settings below, for messages of this selector. */
  readonly mode?: Mode;
  readonly whenNumbersUnavailable?: WhenUnavailable;
  readonly answers?: Answers;
}

/** Absent: the default of `ANSWERS`. */
export type Answers = Readonly<Partial<Record<Rule, Answer>>>;

/** How numbers become international. The legacy rule of the MO-SMS family (DEFCC, DEFNDC). */
export interface ConditioningSettings {
  /** DEFCC: put before national numbers. 1 to 3 digits. Absent: national and subscriber numbers are not conditioned. */
  readonly countryCode?: string;
  /** DEFNDC: put, after the country code, before subscriber numbers. 1 to 5 digits; empty: the plan has no area codes. Absent: they are not conditioned. */
  readonly areaCode?: string;
}

/** One of our service centres, by its SCCP address. */
export interface HomeSmsc {
  /** Shown in traces, events and counters; unique. 1 to 12 characters, as in vSTP's home entities. */
  readonly name: string;
  /** 1 to 21 hexadecimal digits, as in the called party. */
  readonly digits: string;
  /** Absent: any, and none. */
  readonly numberingPlan?: number;
  readonly natureOfAddress?: number;
  /** Overrides what selector and settings say of rejects at this service centre. */
  readonly mode?: Mode;
  /** Overrides the answer of rule `home-smsc`. */
  readonly answer?: Answer;
}

export interface HomeSmscSettings {
  /** MOSMSDIGMAT. `exact`: all digits are equal (the default). `best-fit`: exact first, then the longest entry that the digits begin with. */
  readonly match?: 'exact' | 'best-fit';
  /** A called party whose nature of address is national or subscriber is compared in international form. Absent: digits are compared as they came. */
  readonly conditioned?: boolean;
  readonly entries: readonly HomeSmsc[];
}

/** An intelligent network's prepaid node. */
export interface Platform {
  /** By this name the caller knows where to send. Unique. */
  readonly name: string;
  /** Calling party digits by which its own messages are known, each 1 to 15 hexadecimal digits. */
  readonly addresses: readonly string[];
  /** Gets no new messages; those that come from it are still known. */
  readonly drain?: boolean;
}

/** Where the messages of one prepaid type go. */
export interface RelaySettings {
  /** PPT: 1..32. */
  readonly prepaidType: number;
  /** Shared by weight, 0 to 1000; those of weight 0 take over when none of the others is up. */
  readonly to: readonly { readonly platform: string; readonly weight: number }[];
}

export interface PrepaidSettings {
  /** PPSMS is on. */
  readonly on: boolean;
  /** BPARTYCHK: a prepaid recipient is looked for when the sender is not prepaid. Absent: no. */
  readonly recipients?: boolean;
  readonly platforms: readonly Platform[];
  readonly relays: readonly RelaySettings[];
  /** Absent: pass. */
  readonly whenNoPlatform?: WhenUnavailable;
}

/** A portability type whose senders are screened. */
export interface ScreenedType {
  /** As in `NumberRecord.portabilityType`; no prepaid type. */
  readonly portabilityType: number;
  /** Only records of this entity. Absent: of any. */
  readonly entity?: 'sp' | 'rn' | 'none';
}

/** When so many of the messages would be rejected that the data, not the senders, must be at fault. */
export interface CeilingSettings {
  /**
   * Rejects by rule `home-smsc` or `service-centre` where a mode acts, among the messages of selectors whose mode acts; among all messages that
   * are decided where a home SMSC has a mode that acts. More than 0, at most 100.
   */
  readonly percent: number;
  /** Over which the share is taken. 1..3600. */
  readonly windowSeconds: number;
  /** Fewer messages in the window say nothing. 1 or more. */
  readonly messagesMin: number;
}

export interface ScreeningSettings {
  /** Which edition of the configuration this is; shown in traces and events. */
  readonly version: string;
  /** Without one nothing starts: whoever lets a gate decide says how much it may do. */
  readonly mode?: Mode;
  /** Absent: `vstp`. */
  readonly flow?: Flow;
  /** MNP SMS is on. */
  readonly portabilityCheck: boolean;
  /** PPSMS. Absent: off. */
  readonly prepaid?: PrepaidSettings;
  readonly selectors: readonly SelectorSettings[];
  readonly conditioning?: ConditioningSettings;
  readonly homeSmscs: HomeSmscSettings;
  /** Absent: `SCREENED_TYPES` of the flow. Flow `vstp` takes types 0, 1, 2 and 36 only. */
  readonly screenedTypes?: readonly ScreenedType[];
  /**
   * What the service centre that the phone asked for (SM-RP-DA) has to say. `ignore`: nothing. `report`: where it is not the called party, this
   * is an event and a count (the default). `screen`: as well, a screened sender who asked for a home SMSC is rejected; in flow `ported-out` only.
   */
  readonly serviceCentre?: 'ignore' | 'report' | 'screen';
  readonly answers?: Answers;
  /** Absent: pass. */
  readonly whenNumbersUnavailable?: WhenUnavailable;
  /** Absent: no ceiling. */
  readonly ceiling?: CeilingSettings;
}

/** What is wrong with settings: where (`selectors[2].ssn`), and what is expected there. */
export interface SettingsFault {
  readonly path: string;
  readonly text: string;
}

/** What is told when nothing else is set. */
export const ANSWERS: Readonly<Record<Rule, Answer>> = {
  // Permanent, and says exactly what is the case; phones show "unidentified subscriber" and do not try again.
  'home-smsc': { kind: 'tcap-error', error: 'sm-DeliveryFailure', cause: 'subscriberNotSC-Subscriber' },
  'service-centre': { kind: 'tcap-error', error: 'sm-DeliveryFailure', cause: 'subscriberNotSC-Subscriber' },
  // Temporary: phones try again.
  'numbers-unavailable': { kind: 'tcap-error', error: 'systemFailure' },
  'platforms-unavailable': { kind: 'tcap-error', error: 'systemFailure' },
};

/** Whose senders are screened when nothing else is set. Flow `vstp`: steps 6 and 11 of the source. */
export const SCREENED_TYPES: Readonly<Record<Flow, readonly ScreenedType[]>> = {
  vstp: [{ portabilityType: 0 }, { portabilityType: 1 }, { portabilityType: 2 }, { portabilityType: 36 }],
  // 0 and 36 say that no porting is known: only a routing number of another network makes such a sender somebody else's.
  'ported-out': [{ portabilityType: 1 }, { portabilityType: 0, entity: 'rn' }, { portabilityType: 36, entity: 'rn' }],
};
