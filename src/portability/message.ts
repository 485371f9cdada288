/** A short message on its way from a phone to a service centre, as the decision about it sees it: no octets, no encodings. */

/** How the digits of a number are meant. `other`: whatever else the wire can say; conditioning treats it as national. TS 29.002 17.7.8. */
export type NatureOfNumber = 'international' | 'national' | 'subscriber' | 'other';

/** A number as it was written by somebody: not yet in international form. */
export interface WrittenNumber {
  readonly nature: NatureOfNumber;
  /** As on the wire, fillers removed; what is no decimal digit stays, so that it can be refused. May be empty. */
  readonly digits: string;
}

/** What selectors and lists compare of an SCCP address. Fields that its kind of global title does not have are absent. Q.713 3.4. */
export interface TitleKey {
  readonly routeOn: 'gt' | 'ssn';
  /** 0..15; 0: no global title. */
  readonly indicator: number;
  readonly translationType?: number;
  readonly numberingPlan?: number;
  readonly natureOfAddress?: number;
  readonly ssn?: number;
  /** Hexadecimal digits in dialling order; empty without a global title. */
  readonly digits: string;
}

/** Of a called party: what selectors compare. */
export type SelectorKey = Omit<TitleKey, 'digits'>;

/** A mobile-originated short message. A property that is undefined is absent. TS 29.002 12.2. */
export interface MoSubmission {
  readonly called: TitleKey;
  readonly calling: TitleKey;
  /** SM-RP-OA when it is an MSISDN; absent when it is none, or `noSM-RP-OA`. */
  readonly sender?: WrittenNumber | undefined;
  /** SM-RP-DA: the service centre that the phone asked for. */
  readonly serviceCentre?: WrittenNumber | undefined;
  /** The sender's IMSI, where version 3 carries it. Digits. */
  readonly imsi?: string | undefined;
  /** The recipient (TP-DA): read only when it is asked for. Undefined: the TPDU has none that can be read. */
  readonly recipient?: (() => WrittenNumber | undefined) | undefined;
  /**
   * What tells this message from the sender's others and stays the same within its dialogue: the transaction id, say. Any integer. A sample is
   * drawn by sender and reference; without one, by sender.
   */
  readonly reference?: number | undefined;
  /** Name of the prepaid platform that the transport knows it to come from (by point code), whatever its calling party says. */
  readonly cameFrom?: string | undefined;
}
