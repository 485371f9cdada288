/** A message (or dialogue) between its sending and its end. */
import type { Place } from './laboratory.js';
import type { Expectation, Verdict } from './oracle.js';
import type { Part, Template } from './template.js';

/** A template with the verdict that the settings ask of it. */
export interface Prepared {
  readonly template: Template;
  readonly expectation: Expectation;
}

/** What is to be sent: a template, and whose number goes into it. */
export interface Draft extends Prepared {
  readonly index: number;
}

/** Of a message's beginning: when it fell due, when it is, and that on a clock without standstills. */
export interface Times {
  readonly dueAt: number;
  readonly now: number;
  readonly waitsFrom: number;
}

export class Pending {
  readonly id: number;
  /** From 1. */
  readonly number: number;
  readonly template: Template;
  readonly expectation: Expectation;
  readonly index: number;
  /** When it fell due, and when it was sent. Unit: milliseconds of the run's clock. */
  readonly dueAt: number;
  readonly sentAt: number;
  /** From when its time to wait counts, on a clock without the moments in which this process stood still. */
  readonly waitsFrom: number;
  /** When its operation was sent: later than `sentAt` where the dialogue was opened first. */
  operationAt: number;
  /** TCAP messages as sent, of the parts. */
  firstTcap: Uint8Array;
  secondTcap: Uint8Array | undefined;
  /** SCCP messages as sent. */
  readonly messages: Uint8Array[] = [];
  /** Openings of a dialogue that arrived; arrivals of the operation at its place, and at an IN platform. */
  openings = 0;
  arrivals = 0;
  platformVisits = 0;
  /** The platform sent it on, so that its answer comes by the platform. */
  isForwarded = false;
  /** TCAP message of the far side's answer. */
  answer: Uint8Array | undefined;
  /** The far side keeps silent on purpose. */
  isSilent = false;
  /** The far side was told that the dialogue is over. */
  isPeerAborted = false;
  /** Set when the sender has got its end, and something else is waited for. */
  verdict: Verdict | undefined;
  endedAt = 0;
  /** Return cause with which it came back. */
  returnCause: number | undefined;

  constructor(id: number, number: number, draft: Draft, times: Times, firstTcap: Uint8Array) {
    const { dueAt, now, waitsFrom } = times;
    this.id = id;
    this.number = number;
    this.template = draft.template;
    this.expectation = draft.expectation;
    this.index = draft.index;
    this.dueAt = dueAt;
    this.sentAt = now;
    this.waitsFrom = waitsFrom;
    this.operationAt = now;
    this.firstTcap = firstTcap;
  }

  /** The part that brings the operation. */
  get operationPart(): Part {
    return this.template.second ?? this.template.first;
  }

  /** Whether the operation has come anywhere behind the gate. */
  get hasArrived(): boolean {
    return this.arrivals + this.platformVisits > 0;
  }

  /** Where it came to, as a verdict; undefined while it has not come anywhere. */
  get arrivedAs(): Verdict | undefined {
    if (this.platformVisits > 0 && this.template.to !== ('platform' satisfies Place)) return 'redirected';
    return this.arrivals > 0 ? 'relayed' : undefined;
  }
}
