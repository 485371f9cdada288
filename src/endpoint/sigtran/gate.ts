/** What the gate is told when it is set up, what it asks others, and what it says to its driver. */
import type { ProtocolData } from '#codec/m3ua';
import type { AddressVariant, SccpKind } from '#codec/sccp';
import type { Decision, MoSubmission, Screening, Trace } from '#portability';
import type { Label, PointCodeRoutes, RelayFault, RelayOptions, Routing } from '#protocol/routing';
import type { AllowListSettings } from './allow-list.js';
import type { LoadLevel, ShedSettings } from './overload.js';
import type { Title } from './titles.js';

/** How a prepaid platform is reached, and known. */
export interface PlatformRoute {
  /** As the decision names it (`Platform.name`). */
  readonly name: string;
  /** Where its messages go: a target, a group, a set to translate in, or another called party address. One of them. */
  readonly to: Pick<RelayOptions, 'target' | 'group' | 'set' | 'called'>;
  /** Originating point codes by which its own messages are known, beside the calling addresses that the decision knows. */
  readonly pointCodes?: readonly number[];
}

export interface GateSettings {
  /** Form of SCCP addresses. Default `itu`. */
  readonly variant?: AddressVariant;
  /** Absent: everybody may use the gate. */
  readonly allowList?: AllowListSettings;
  readonly platforms?: readonly PlatformRoute[];
  /**
   * Segments that never become a whole: `pass` hands them on as they came (alwMsgDuringRsmblyErr), `discard` ends them, with SCCP's answer. Those
   * that give way for want of room always end so: they are the greediest sender's.
   */
  readonly whenReassemblyFails: 'pass' | 'discard';
  /** MOSMSTCAPSEG: whether short messages in a Continue are judged. When not, they pass and are counted. */
  readonly continues: boolean;
  /** Default SHED_FROM. */
  readonly shedFrom?: ShedSettings;
  /** One in so many passed messages gets a trace, by its dialogue; rejects always do. 0 or absent: rejects alone. */
  readonly traceOneIn?: number;
}

/** What the gate asks of routing; a `Routing` is one. */
export interface GateRouting extends Pick<Routing, 'relay' | 'transfer'> {
  readonly routes: Pick<PointCodeRoutes, 'route' | 'isOwn'>;
}

/** What the gate tells of besides decisions. */
export type GateEventKind =
  | 'hop-counter-used-up'
  | 'loop-stopped'
  | 'not-allowed'
  | 'reassembly-failed'
  | 'reassembly-crowded-out'
  | 'reject-unanswerable'
  | 'redirect-mid-dialogue'
  | 'platform-without-route'
  | 'direction-unclear'
  | 'beyond-limits';

/** A message as the wire had it: what events about it have to say. UIM 1129 and its like. */
export interface Wire {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The link by which it came (linkset). */
  readonly link: string;
  /** Its MTP label and the SCCP octets: views, good only as long as the call lasts. */
  readonly data: ProtocolData;
  readonly sccpKind: SccpKind;
  /** Undefined for an address that cannot be read. */
  readonly called: Title | undefined;
  readonly calling: Title | undefined;
}

/** Something worth telling that is no decision about a short message; those come by `#portability`, with the Wire as their context. */
export interface GateEvent {
  readonly kind: GateEventKind;
  readonly wire: Wire;
  /** One sentence for people, without numbers of subscribers. */
  readonly detail: string;
}

/** A decision with its steps, for whoever keeps them. `wire` and `submission` read the message's own octets: copy what is to last. */
export interface TracedDecision {
  readonly wire: Wire;
  readonly submission: MoSubmission;
  readonly decision: Decision;
  /** What became of it: as decided, or why not. */
  readonly outcome: Carried;
  readonly trace: Trace;
}

/** How a decision about a short message was carried out. */
export type Carried =
  | 'passed'
  | 'answered'
  | 'returned'
  | 'discarded'
  | 'unanswerable'
  | 'redirected'
  /** For a platform, but inside a dialogue that the service centre has opened. */
  | 'passed-mid-dialogue'
  /** It has been at the platform. */
  | 'passed-again'
  | 'loop-stopped';

export interface GatePorts {
  readonly screening: Screening<Wire>;
  readonly routing: GateRouting;
  /** Called in the midst of a message: hands on and returns. Absent: nobody listens. */
  readonly tell?: (event: GateEvent) => void;
  /** Takes traces: always of rejects (monitored ones too), of others as `traceOneIn` says. Same terms. */
  readonly keep?: (traced: TracedDecision) => void;
  /** Takes every step of every message: for explaining, not for traffic. */
  readonly journal?: (step: JournalStep) => void;
}

/** What the gate says to its driver. */
export type GateOutput =
  /** A message for the network, by this link. */
  | { readonly kind: 'send'; readonly link: string; readonly data: ProtocolData }
  /** Tell this link by SCON that our point code is congested. */
  | {
      readonly kind: 'congestion';
      readonly link: string;
      readonly ni: number;
      readonly pointCode: number;
      readonly level: LoadLevel;
    }
  /** Tell this link by DUPU that we have no such user. */
  | { readonly kind: 'no-user'; readonly link: string; readonly ni: number; readonly pointCode: number; readonly si: number }
  /** A message of network management or tests (SI 0, 1, 2), kept aside. */
  | { readonly kind: 'aside'; readonly link: string; readonly data: ProtocolData }
  /** A message for a subsystem of ours. Subsystem 1 is SCCP management: `Routing.manage` takes it. */
  | { readonly kind: 'local'; readonly link: string; readonly ssn: number; readonly data: ProtocolData };

/** One step of one message through the gate, as data. `explain` shows them in order. */
export type JournalStep =
  | {
      readonly step: 'mtp';
      readonly label: Label;
      readonly si: number;
      readonly way: 'here' | 'transfer';
    }
  | { readonly step: 'sccp'; readonly kind: SccpKind; readonly hopCounter?: number; readonly fault?: string }
  | { readonly step: 'addresses'; readonly called?: Title; readonly calling?: Title }
  | { readonly step: 'allow-list'; readonly permission: 'all' | 'none' | readonly number[]; readonly refused: boolean }
  | { readonly step: 'overload'; readonly level: LoadLevel; readonly shed: boolean }
  | { readonly step: 'selector'; readonly selector?: string }
  | {
      readonly step: 'reassembly';
      readonly result: 'held' | 'complete' | 'failed';
      readonly segments: number;
      readonly reason?: string;
    }
  | {
      readonly step: 'tcap';
      readonly kind?: string;
      readonly by?: 'glance' | 'decoder';
      readonly context?: string;
      readonly version?: number;
      readonly operations?: readonly number[];
      readonly fault?: string;
    }
  | {
      readonly step: 'dialogue';
      readonly what: 'opened' | 'answered' | 'continued' | 'ended' | 'unknown';
      readonly verdict?: string;
    }
  | { readonly step: 'submission'; readonly submission: MoSubmission; readonly invokeId: number }
  | { readonly step: 'decision'; readonly decision: Decision; readonly carried: Carried }
  | { readonly step: 'routing'; readonly steps: readonly unknown[]; readonly fault?: RelayFault }
  | { readonly step: 'output'; readonly output: GateOutput };
