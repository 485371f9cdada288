/** Screening as its callers see it. */
import type { RejectCeiling } from './ceiling.js';
import type { Decision } from './decision.js';
import type { ScreeningEvent } from './events.js';
import type { MoSubmission, SelectorKey, TitleKey } from './message.js';
import type { NumberLookup } from './numbers.js';
import type { HomeSmsc, ScreeningSettings } from './settings.js';
import type { Tally } from './tally.js';
import type { Trace } from './trace.js';

/** A selector that a called party met: `Screening.select` gives it, `decide` wants it back. */
export interface Selection {
  /** Of the selector. */
  readonly name: string;
}

/** What the caller found in a selected message when it is no mobile-originated short message to decide about. */
export type NotScreened =
  /** Another operation, or a forwardSM the other way. `operation`: for the trace. */
  { readonly kind: 'not-mo-ForwardSM'; readonly operation?: string } | { readonly kind: 'undecodable'; readonly why: string };

/** A message to explain. */
export type Question =
  | { readonly kind: 'mo-ForwardSM'; readonly submission: MoSubmission }
  | (NotScreened & { readonly called: TitleKey });

/** Whether prepaid platforms can take messages. Asked while a decision is made: answers from memory. */
export interface PlatformHealth {
  isUp(platform: string): boolean;
}

export interface ScreeningPorts<C> {
  readonly numbers: NumberLookup;
  /** Absent: all platforms are up. */
  readonly platforms?: PlatformHealth;
  /** Called in the midst of a decision: it hands on and returns. `context`: what the caller gave with the message. Absent: nobody listens. */
  readonly tell?: (event: ScreeningEvent, context: C | undefined) => void;
  /** Where decisions are counted. Given by whoever has several editions of the settings, one after the other; absent: one of its own. */
  readonly tally?: Tally;
  /** Holds back rejects above the settings' ceiling. Given for the same reason; absent: one of its own. */
  readonly ceiling?: RejectCeiling;
}

/** The decision about messages, for one edition of the settings. Nothing waits; nothing is kept of a message but counts. */
export interface Screening<C = unknown> {
  readonly settings: ScreeningSettings;
  /**
   * Whether a message is looked into at all; asked before anything of it is decoded. Undefined: it is not (no selector matches, or the selector's
   * mode is off), and that is counted.
   */
  select(called: SelectorKey): Selection | undefined;
  /** Decides, counts, tells. `now`: milliseconds since the epoch. */
  decide(selection: Selection, submission: MoSubmission, now: number, context?: C): Decision;
  /** A selected message that is no MO-ForwardSM passes; it is counted, and told where it could not be read. */
  passOver(selection: Selection, found: NotScreened, now: number, context?: C): Decision;
  /**
   * The decision that the message would meet, with its reasons; nothing is counted, told or changed. `selection`: by which it is taken up, where
   * that is not told by its called party (a message inside a dialogue). Absent: its called party is asked.
   */
  explain(question: Question, now: number, selection?: Selection): Trace;
  /** Which entry of the list an address meets. */
  homeSmscOf(title: TitleKey): HomeSmsc | undefined;
}
