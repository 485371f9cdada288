/**
 * What an operator says of routes and global title translation, as plain data. `createRouting` checks it and builds the tables; `lintRouting`
 * says what is lawful and yet can hardly be meant. docs/gate-routing.md explains it by example.
 */
import type { MtpVariant } from '#codec/mtp';

/** Network indicator, 0..3 (Q.704 14.2.2): point codes are unique within one. */
export type NetworkIndicator = number;

/** A network that we are part of. */
export interface NetworkSpec {
  readonly ni: NetworkIndicator;
  /** Width of point codes, and the order of the parts of an SCCP address. */
  readonly variant: MtpVariant;
  /** Our point codes there. The first is the OPC of what we send; messages to any of them are for us. At least one. */
  readonly own: readonly number[];
  /** Subsystems that we serve there, beside SCCP's own management (1). None when absent. */
  readonly subsystems?: readonly number[];
}

/** A way out: a link set, or an application server served by one or more associations. */
export interface LinkSpec {
  readonly name: string;
}

/** One way to a destination. */
export interface ViaSpec {
  /** Name of a link. */
  readonly link: string;
  /** The lowest number is used first; equal numbers share. 0..255, 0 when absent. */
  readonly priority?: number;
  /** Share of the traffic within its priority, 1..255, 1 when absent. */
  readonly weight?: number;
}

/** Point codes and the ways to them. Of several routes that hold a point code the one with the smallest mask counts. */
export interface RouteSpec {
  readonly ni: NetworkIndicator;
  readonly pointCode: number;
  /** Low bits that do not count, as in RFC 4666 3.4.1: 0 (when absent) is one point code, the network's whole width is every one. */
  readonly mask?: number;
  readonly via: readonly ViaSpec[];
  /**
   * When no way is usable: `refuse` (when absent) gives no way, and the sender is answered; `try-anyway` goes by a link that is up although
   * the network behind it said that the destination cannot be reached.
   */
  readonly whenUnavailable?: 'refuse' | 'try-anyway';
}

/** A value, or any (an absent one too). */
export type Match = number | '*';

/**
 * Which set translates a called party address. Of those that match, the one with most fields that are not `*` counts; among equals the one
 * whose first such field comes first in the order written here.
 */
export interface SelectorSpec {
  /** Global title indicator, 1..4, in the ITU's numbering (ANSI's 1 is the ITU's 3). */
  readonly gti: Match;
  /** Translation type, 0..255. Indicator 1 has none. */
  readonly tt: Match;
  /** Numbering plan, 0..15. Indicators 1 and 2 have none. */
  readonly np: Match;
  /** Nature of address, 0..127. Indicators 2 and 3 have none. */
  readonly nai: Match;
  /** Subsystem, 0..255. An address without one counts as 0, which Q.713 3.4.2.2 gives that meaning. */
  readonly ssn: Match;
  /** Network indicator of the message; `*` when absent. */
  readonly ni?: Match;
  /** Name of a set. */
  readonly set: string;
}

/** What is changed in a called party address. Absent fields stay as they came. */
export interface AddressChange {
  /** Leading digits taken away, 0..40. With fewer digits there all of them go. */
  readonly deleteDigits?: number;
  /** Put before what is left. `0`..`9`, `a`..`f`. */
  readonly prefix?: string;
  /** Put behind what is left. */
  readonly suffix?: string;
  /** Instead of all digits; excludes the three above. */
  readonly replaceDigits?: string;
  readonly tt?: number;
  readonly np?: number;
  readonly nai?: number;
  /** New indicator: the title is written in that form, parts that it needs and that neither came nor stand here are 0. */
  readonly gti?: 1 | 2 | 3 | 4;
  /** Takes the whole global title away; only with `routeOn: 'ssn'`. */
  readonly dropTitle?: boolean;
}

/** Where a translated message goes. */
export interface TargetSpec {
  /** Network indicator of the point code; that of the message when absent. */
  readonly ni?: NetworkIndicator;
  /** New DPC. May be left out only with `link`: the message keeps the DPC that it has. */
  readonly pointCode?: number;
  /** Sends by this link, whatever the routes say. */
  readonly link?: string;
  /** `ssn`: the receiver is final. `gt`: it translates again. */
  readonly routeOn: 'gt' | 'ssn';
  /** New SSN; the one that came when absent. */
  readonly ssn?: number;
  /**
   * The point code inside the called party address: `update` (when absent) writes the new one where one stands, `add` writes it always,
   * `remove` takes it away.
   */
  readonly pointCodeInAddress?: 'update' | 'add' | 'remove';
}

/** A target within a group. */
export interface MemberSpec extends TargetSpec {
  /** 0..255, lowest first; for `combined`. */
  readonly priority?: number;
  /** 1..255, 1 when absent; for `loadshared` and `combined`. */
  readonly weight?: number;
}

/** What a message's share of a group is computed from. Every choice keeps the messages of one key together, so that sequences stay in order. */
export type ShareKey = 'sls' | 'calling' | 'called';

/** Targets that stand in for each other. */
export interface GroupSpec {
  readonly name: string;
  /**
   * `solitary`: the first or none. `dominant`: the first that is available. `loadshared`: all that are available, by weight. `combined`: by
   * priority, shared by weight among equals.
   */
  readonly mode: 'solitary' | 'dominant' | 'loadshared' | 'combined';
  /** `sls` when absent. `calling`, `called`: a hash over the digits, or over the whole address when it has none. */
  readonly key?: ShareKey;
  /** 1..32. */
  readonly members: readonly MemberSpec[];
}

/** What an entry says of an address. */
export type ActionSpec =
  | { readonly kind: 'to'; readonly target: TargetSpec; readonly change?: AddressChange }
  /** `group`: name of a group. */
  | { readonly kind: 'group'; readonly group: string; readonly change?: AddressChange }
  /** Translated again, after the change, in another set. */
  | { readonly kind: 'set'; readonly set: string; readonly change?: AddressChange }
  | { readonly kind: 'discard' }
  /** Answered as undeliverable. `cause`: 0..14, a RETURN_CAUSE. */
  | { readonly kind: 'return'; readonly cause: number };

/** Addresses and what becomes of them. */
export interface EntrySpec {
  /** Leading digits, or the whole address with `exact`. `0`..`9`, `a`..`f`, at most 40. Empty: every address. */
  readonly digits: string;
  /** The last of a range that begins with `digits`: as long, decimal, not smaller. */
  readonly to?: string;
  /** Only addresses that have no digits beyond these. Comes before every entry that is not exact. */
  readonly exact?: boolean;
  readonly action: ActionSpec;
}

/**
 * Who may use a set, by the digits of the calling party. The longest prefix of either list decides. For whom neither speaks, those without
 * digits too: refused when there is an `allow`, else let through.
 */
export interface CallingCheckSpec {
  readonly allow?: readonly string[];
  readonly deny?: readonly string[];
  /** What becomes of the refused; `discard` when absent. */
  readonly refused?: { readonly kind: 'discard' } | { readonly kind: 'return'; readonly cause: number };
}

/** A named table of entries. Of entries that match, an exact one counts first, then the longest. */
export interface SetSpec {
  readonly name: string;
  readonly entries: readonly EntrySpec[];
  readonly calling?: CallingCheckSpec;
}

export interface GttSpec {
  readonly selectors: readonly SelectorSpec[];
  readonly sets: readonly SetSpec[];
  readonly groups: readonly GroupSpec[];
}

/**
 * From which congestion on a target is passed over, and a message that has no other returned. Absent: congestion stops nothing here; every
 * answer tells it, and who sheds load goes by that.
 */
export interface CongestionSpec {
  /** Level said by SCON, 1..3: cause 6. */
  readonly networkFrom?: number;
  /** Level said by SSC, 1..8: cause 2. */
  readonly subsystemFrom?: number;
}

export interface RoutingSpec {
  readonly networks: readonly NetworkSpec[];
  readonly links: readonly LinkSpec[];
  readonly routes: readonly RouteSpec[];
  readonly gtt: GttSpec;
  readonly congestion?: CongestionSpec;
}

/** Something of a configuration that cannot be carried out (`error`), or that can hardly be meant (`warning`). */
export interface Finding {
  readonly severity: 'error' | 'warning';
  readonly kind: FindingKind;
  /** `sets.international.entries[3]`: the path in the RoutingSpec, sets and groups by name. */
  readonly where: string;
  /** One sentence for people. */
  readonly text: string;
}

export type FindingKind =
  /** A value out of its range, or two that exclude each other. */
  | 'bad-value'
  /** A name or network that stands nowhere. */
  | 'unknown-name'
  | 'duplicate-name'
  /** More than a row of LIMITS allows. */
  | 'limit'
  /** An entry, selector or route that another one hides. */
  | 'shadowed'
  /** A set, group or link that nothing leads to. */
  | 'unreachable'
  /** Sets that lead back to themselves, or to more in a row than are followed. */
  | 'circular'
  /** A target that no route leads to. */
  | 'missing-route'
  /** A target that is ourselves. */
  | 'own-point-code';
