/** What routing answers, and the steps by which it got there. */
import type { NetworkIndicator, TargetSpec } from './config.js';

/** A way out for a message. One object lives as long as the state it was made in: compare, do not keep. */
export interface Hop {
  readonly kind: 'hop';
  /** Name of the link. */
  readonly link: string;
  /** Priority of the way; 0 is best. */
  readonly priority: number;
  /** The network prefers another way (DRST), and there is none. */
  readonly restricted: boolean;
  /** Said by SCON for this destination and link, 0..3; 0 is none. */
  readonly congestionLevel: number;
  /** Taken although the network says that the destination cannot be reached. */
  readonly againstAdvice: boolean;
}

/** The point code is ours. */
export interface Here {
  readonly kind: 'here';
}

/** `no-route`: nothing is configured. `unavailable`: every way is down, or the network says that it does not lead there. */
export interface NoHop {
  readonly kind: 'none';
  readonly reason: 'no-route' | 'unavailable';
}

export type RouteAnswer = Hop | Here | NoHop;

export type Availability = 'available' | 'restricted' | 'unavailable';

/** The state of a route, or of a part of one of which the network said something: what those behind us are to be told. */
export interface DestinationState {
  readonly ni: NetworkIndicator;
  readonly pointCode: number;
  /** Low bits that do not count. */
  readonly mask: number;
  readonly availability: Availability;
  /** 0..3. */
  readonly congestionLevel: number;
}

/**
 * A DestinationState that has become another, or that lies inside a wider one that has; to tell on, in the order given, as DUNA, DAVA, DRST
 * or SCON.
 */
export interface DestinationChange extends DestinationState {
  readonly before: Availability;
  readonly congestionBefore: number;
}

/** What is known of a subsystem elsewhere. `unequipped`: the node has no SCCP, or nobody there answers for it. */
export type SubsystemState = 'allowed' | 'prohibited' | 'unequipped' | 'congested';

/** Why a target was passed over. */
export type TargetFault =
  | 'no-route'
  | 'unavailable'
  | 'link-down'
  | 'network-congested'
  | 'subsystem-prohibited'
  | 'subsystem-unequipped'
  | 'subsystem-congested';

/** Where a message goes after translation. */
export interface Translated {
  readonly kind: 'translated';
  readonly target: TargetSpec;
  readonly ni: NetworkIndicator;
  /** New DPC; undefined when the message keeps its own. */
  readonly pointCode: number | undefined;
  /** `here`: the target is ourselves. */
  readonly hop: Hop | Here;
  /** The called party address to send, without its length octet; the very octets asked about when nothing changes. */
  readonly called: Uint8Array;
  /** Another target was wanted first. */
  readonly alternate: boolean;
}

/** Why an address was not translated. */
export type TranslationFault =
  /** No selector: cause 0. */
  | 'no-selector'
  /** Digits that are not BCD, an indicator that Q.713 does not know, or no global title at all: cause 0. */
  | 'not-translatable'
  /** No entry: cause 1. */
  | 'no-entry'
  /** An entry with `return`: its cause. */
  | 'told-to-return'
  | 'calling-refused'
  /** Sets in a circle, or too many in a row: cause 9. */
  | 'too-many-sets'
  /** The octets end before the address does: cause 8. */
  | 'bad-address'
  /** The changed address cannot be written: too many digits, an indicator that ANSI lacks, a network of the other variant: cause 9. */
  | 'not-writable'
  /** The result is a global title to be translated by ourselves: cause 9. */
  | 'leads-to-ourselves'
  /** No target is usable: cause 5 (the way), 6 (congestion), 3, 4 or 2 (the subsystem); that of the target wanted first. */
  | TargetFault;

/** The message cannot go on. It is returned with `cause` when its sender asked for that, else it ends here. */
export interface NotTranslated {
  readonly kind: 'failed';
  readonly fault: TranslationFault;
  /** A RETURN_CAUSE. */
  readonly cause: number;
}

/** The message ends here without an answer, because an entry or a calling check says so. */
export interface Discarded {
  readonly kind: 'discard';
  readonly fault: 'told-to-discard' | 'calling-refused';
}

export type Translation = Translated | NotTranslated | Discarded;

/** A step of a translation, in the order taken. Numbers are whole: mask them before they reach a log. */
export type Step =
  | {
      readonly step: 'address';
      readonly ni: NetworkIndicator;
      readonly gti: number;
      readonly tt: number | undefined;
      readonly np: number | undefined;
      readonly nai: number | undefined;
      readonly ssn: number | undefined;
      readonly digits: string | undefined;
    }
  /** `index`: place in the configuration's selectors; undefined when none matches. */
  | { readonly step: 'selector'; readonly index: number | undefined; readonly set: string | undefined }
  | { readonly step: 'calling'; readonly set: string; readonly digits: string | undefined; readonly allowed: boolean }
  /** `index`: place among the set's entries; undefined when none matches. `matched`: the digits that counted. */
  | {
      readonly step: 'entry';
      readonly set: string;
      readonly index: number | undefined;
      readonly matched: string | undefined;
      readonly exact: boolean;
    }
  /** A change on the way to another set. `digits`: as they are now. */
  | { readonly step: 'changed'; readonly digits: string | undefined }
  /** `share`: into which the key falls. `order`: members in the order in which that share wants them. */
  | { readonly step: 'group'; readonly group: string; readonly share: number; readonly order: readonly number[] }
  /** `member`: place in its group; undefined outside one. */
  | {
      readonly step: 'target';
      readonly member: number | undefined;
      readonly ni: NetworkIndicator;
      readonly pointCode: number | undefined;
      readonly link: string | undefined;
      readonly ssn: number | undefined;
      readonly fault: TargetFault | undefined;
    }
  | { readonly step: 'hop'; readonly hop: Hop | Here }
  | { readonly step: 'result'; readonly result: Translation };
