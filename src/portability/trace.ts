/** A decision step by step: what was asked, what answered, what followed. Data; `traceText` prints it. */
import type { CentreComparison, ConditioningFailure, Decision, Held, Party } from './decision.js';
import type { SelectorKey, WrittenNumber } from './message.js';
import type { NumberFinding, NumberStoreState, NumbersVersion } from './numbers.js';
import type { Flow, HomeSmsc, Mode } from './settings.js';

/** What a record's portability type means to the flow. */
export type TypeClass = 'screened' | 'prepaid' | 'other';

/** `clause`: number of the step in its flow; absent where the flow has none for it. */
interface Step<K extends string> {
  readonly step: K;
  readonly clause?: number;
}

export type TraceStep =
  | (Step<'selection'> & {
      readonly called: SelectorKey;
      /** Absent: none matched. */
      readonly selector?: string;
      readonly mode?: Mode;
    })
  | (Step<'operation'> & { readonly found: 'mo-ForwardSM' | 'not-mo-ForwardSM' | 'undecodable'; readonly detail?: string })
  | (Step<'features'> & { readonly prepaid: boolean; readonly portabilityCheck: boolean })
  /** Does the message come from a prepaid platform? */
  | (Step<'origin'> & { readonly calling: string; readonly cameFrom?: string; readonly platform?: string })
  | (Step<'conditioning'> & {
      readonly party: Party;
      readonly written?: WrittenNumber;
      readonly countryCode?: string;
      readonly areaCode?: string;
      /** International form; absent when there is none. */
      readonly number?: number;
      readonly failure?: ConditioningFailure;
    })
  | (Step<'lookup'> & {
      readonly party: Party;
      readonly number: number;
      readonly state: NumberStoreState;
      readonly version: NumbersVersion;
      /** Absent: not stored, or the store does not answer. */
      readonly finding?: NumberFinding;
    })
  | (Step<'type'> & {
      readonly party: Party;
      readonly portabilityType: number;
      readonly entity: string;
      readonly class: TypeClass;
      readonly prepaidType?: number;
    })
  | (Step<'home-smsc'> & {
      /** As compared. */
      readonly digits: string;
      readonly address: 'called-party' | 'service-centre';
      readonly match: 'exact' | 'best-fit';
      readonly entries: number;
      readonly entry?: HomeSmsc;
    })
  | (Step<'service-centre'> & { readonly serviceCentre?: string; readonly called: string; readonly comparison: CentreComparison })
  | (Step<'relay'> & {
      readonly party: Party;
      readonly prepaidType: number;
      /** Absent: the type has no row. */
      readonly candidates?: readonly {
        readonly platform: string;
        readonly weight: number;
        readonly isUp: boolean;
        readonly drain: boolean;
      }[];
      readonly platform?: string;
    })
  /** The flow has a step here that this program does not: the message goes on. */
  | (Step<'not-built'> & { readonly what: string })
  | (Step<'mode'> & {
      readonly mode: Mode;
      readonly from: 'settings' | 'selector' | 'home-smsc';
      readonly verdict: Decision['verdict'];
      readonly held: Held;
    });

export interface Trace {
  /** Milliseconds since the epoch: as of when the question was asked. */
  readonly at: number;
  readonly flow: Flow;
  /** Edition of the settings. */
  readonly settings: string;
  readonly numbers: { readonly state: NumberStoreState; readonly version: NumbersVersion };
  readonly steps: readonly TraceStep[];
  readonly decision: Decision;
}
