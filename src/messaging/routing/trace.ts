/** How a recipient was routed, step by step: what was asked, what answered, what followed. Data; `routeTraceText` prints it. */
import type { Msisdn } from '#base';
import type { RouteResult } from '#directory';
import type { RouteDecision } from '#messaging';
import type { LookupAnswer, NumberHome } from './lookups.js';
import type { WhenLookupFails } from './settings.js';

/** Why a route that fits was passed over. */
export type PassedOver =
  /** It goes by the number's beginning, and a lookup says that the number has moved. */
  | 'number-has-moved'
  /** It leads away, and the number is ours; only a longer beginning than that of our range, or a refusal, takes it from us. */
  | 'number-is-ours'
  /** It calls the number ours, and a lookup says that it is not. */
  | 'number-is-not-ours'
  | 'neighbour-drains'
  | 'neighbour-unknown';

export type RouteStep =
  /** Which of our ranges the number lies in; absent prefix: none. */
  | { readonly step: 'range'; readonly number: Msisdn; readonly prefix?: string }
  /** An e-mail address of one of our domains means a number. */
  | { readonly step: 'own-mailbox'; readonly domain: string; readonly number: Msisdn }
  | { readonly step: 'lookup'; readonly source: string; readonly answer: LookupAnswer; readonly whenItFails: WhenLookupFails }
  /** Not asked: the setting says so for our own ranges. */
  | { readonly step: 'not-asked'; readonly source: string }
  /** What holds of the number's home after all lookups; absent home: nobody knows. */
  | { readonly step: 'home'; readonly home?: NumberHome; readonly source?: string; readonly ours: boolean }
  | { readonly step: 'subscriber'; readonly found: 'active' | 'receive-only' | 'barred' | 'absent' }
  /** A route of the operator fits. `by`: what in it, in words. */
  | {
      readonly step: 'route';
      readonly route: string;
      readonly priority: number;
      readonly by: string;
      readonly result: RouteResult;
      readonly passedOver?: PassedOver;
    }
  /** No route of the operator decides, but what a neighbour says of itself: a peer its domains, a VASP its short codes. */
  | {
      readonly step: 'neighbour';
      readonly kind: 'peer' | 'vasp';
      readonly name: string;
      readonly by: string;
      readonly passedOver?: PassedOver;
    }
  /** A setting decides: mail, and what no route leads to. */
  | { readonly step: 'setting'; readonly setting: string; readonly value: string }
  /** A road was found and may not be taken. */
  | { readonly step: 'forbidden'; readonly because: string };

export interface RouteTrace {
  /** Revision of the operators' objects. */
  readonly revision: number;
  readonly steps: readonly RouteStep[];
}

/** A decision with its reasons. */
export type ExplainedDecision = RouteDecision & { readonly trace: RouteTrace };
