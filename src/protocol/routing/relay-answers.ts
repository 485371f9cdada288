/** What becomes of a message at MTP and SCCP level. */
import type { Step, TranslationFault } from './answers.js';
import type { NetworkIndicator, TargetSpec } from './config.js';

/** The routing label of a message, and the link by which it came. */
export interface Label {
  readonly ni: NetworkIndicator;
  readonly opc: number;
  readonly dpc: number;
  readonly sls: number;
  /** Name of a link; undefined for a message of our own. */
  readonly link: string | undefined;
}

/** What a screening asks of the relay; everything absent is plain relaying. */
export interface RelayOptions {
  /** Another called party address, without its length octet: translated instead of the one that came. */
  readonly called?: Uint8Array;
  /** The set to translate in, by name, instead of what the selectors say. */
  readonly set?: string;
  /** A group to send to, by name, instead of a translation. */
  readonly group?: string;
  /** A target to send to, instead of a translation. */
  readonly target?: TargetSpec;
  /** Receives every step. */
  readonly steps?: Step[];
}

/** The message goes on. */
export interface Transfer {
  readonly kind: 'transfer';
  readonly ni: NetworkIndicator;
  readonly opc: number;
  readonly dpc: number;
  readonly sls: number;
  readonly link: string;
  /** The SCCP message: the very octets that came when nothing in them changes. */
  readonly octets: Uint8Array;
  /** 0..3, of the destination over this link. */
  readonly congestionLevel: number;
  /**
   * `mtp`: the DPC is not ours, nothing was looked at. `translated`: by the global title, or to a target that was asked for. `returned`: a
   * service message that takes it back to its sender.
   */
  readonly by: 'mtp' | 'translated' | 'returned';
  /** Why it goes back; undefined unless `by` is `returned`. */
  readonly cause: number | undefined;
  readonly fault: RelayFault | undefined;
}

/** The message is for a subsystem of ours. */
export interface Local {
  readonly kind: 'local';
  /** 0 when the address has none. */
  readonly ssn: number;
}

/** Why a message does not go on. */
export type RelayFault =
  | TranslationFault
  | 'told-to-discard'
  /** The hop counter is used up: cause 12. */
  | 'hop-counter'
  /** Routed on an SSN that we do not serve: cause 4. */
  | 'unequipped-user'
  /** The new address does not fit the message: cause 9. */
  | 'does-not-fit'
  /** MTP would send it back by the link that it came from: cause 5. */
  | 'goes-back';

/** The message ends here. */
export interface Dropped {
  readonly kind: 'drop';
  readonly fault: RelayFault;
  /** What its sender would have been told; undefined when an entry says to be silent. */
  readonly cause: number | undefined;
  /**
   * Why nothing goes back: it was not asked for, the message is a service message itself, nobody is named to whom it could go, the
   * configuration says so, there is no way back, or the service message does not fit. `mtp`: SCCP does not answer for MTP transfer.
   */
  readonly silent: 'not-asked' | 'is-service-message' | 'no-sender' | 'configured' | 'no-way-back' | 'does-not-fit' | 'mtp';
}

export type RelayOutcome = Transfer | Local | Dropped;
