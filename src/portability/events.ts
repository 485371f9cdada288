/**
 * What happens while messages are screened, for logs, alarms and cases. The event of UIM 1129 has what that message has, as far as the domain
 * knows it, and what it lacks: who, why, on whose record, in which mode. Point codes, linkset and the like are the caller's: he hands in a context
 * with the message and gets it back with the event.
 */
import type { ConditioningFailure, Decision, Party } from './decision.js';
import type { TitleKey, WrittenNumber } from './message.js';
import type { NumberStoreState, NumbersVersion } from './numbers.js';

interface Happening {
  /** Epoch milliseconds. */
  readonly at: number;
}

interface AboutMessage extends Happening {
  readonly selector: string;
  readonly called: TitleKey;
  readonly calling: TitleKey;
}

export type ScreeningEvent =
  /** A message was, or would have been, rejected: UIM 1129 for the rules about ported senders. */
  | (AboutMessage & {
      readonly kind: 'rejected';
      /** Sender, record, list entry, rule, answer, mode; whether it was carried out. */
      readonly decision: Decision;
      readonly sender: WrittenNumber | undefined;
      readonly serviceCentre: WrittenNumber | undefined;
      readonly imsi: string | undefined;
      readonly numbers: NumbersVersion;
      readonly settings: string;
    })
  /** A number has no international form and cannot be looked up: UIM 1294. */
  | (AboutMessage & {
      readonly kind: 'sender-unusable';
      readonly failure: ConditioningFailure;
      readonly written: WrittenNumber | undefined;
    })
  /** The same of a recipient whose platform is looked for, or there is none that can be read: UIM 1374. */
  | (AboutMessage & {
      readonly kind: 'recipient-unusable';
      readonly failure: ConditioningFailure;
      readonly written: WrittenNumber | undefined;
    })
  /** UIM 1416. */
  | (AboutMessage & { readonly kind: 'parameter-missing'; readonly parameter: 'SM-RP-OA' })
  /** A selected message that the caller could not decode. */
  | (Happening & { readonly kind: 'undecodable'; readonly selector: string; readonly why: string })
  /** A screened sender's message asks for another service centre (SM-RP-DA) than it is addressed to. */
  | (AboutMessage & { readonly kind: 'service-centre-differs'; readonly sender: number; readonly serviceCentre: WrittenNumber })
  | (AboutMessage & { readonly kind: 'prepaid-type-unprovisioned'; readonly party: Party; readonly prepaidType: number })
  | (AboutMessage & { readonly kind: 'no-platform-available'; readonly party: Party; readonly prepaidType: number })
  /** Told once, with the first message that met it; `numbers-ready-again` with the first that did not. */
  | (Happening & { readonly kind: 'numbers-not-ready'; readonly state: NumberStoreState })
  | (Happening & { readonly kind: 'numbers-ready-again' })
  /** From now on rejects are monitored only, until an operator resumes. */
  | (Happening & {
      readonly kind: 'ceiling-exceeded';
      readonly percent: number;
      readonly rejects: number;
      readonly messages: number;
      readonly windowSeconds: number;
    });

export type ScreeningEventKind = ScreeningEvent['kind'];

/** What each event corresponds to at EAGLE (UIM) and vSTP, and how loud it is. Absent numbers: they have no such event. */
export const EVENTS: Readonly<
  Record<ScreeningEventKind, { readonly level: 'info' | 'alarm' | 'clear'; readonly uim?: number; readonly vstp?: number }>
> = {
  rejected: { level: 'info', uim: 1129, vstp: 70320 },
  'sender-unusable': { level: 'info', uim: 1294, vstp: 70319 },
  'recipient-unusable': { level: 'info', uim: 1374, vstp: 70315 },
  'parameter-missing': { level: 'info', uim: 1416, vstp: 70318 },
  undecodable: { level: 'info', vstp: 70285 },
  'service-centre-differs': { level: 'info' },
  'prepaid-type-unprovisioned': { level: 'info' },
  'no-platform-available': { level: 'alarm' },
  'numbers-not-ready': { level: 'alarm' },
  'numbers-ready-again': { level: 'clear' },
  'ceiling-exceeded': { level: 'alarm' },
};
