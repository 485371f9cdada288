/** A far side for tests: a carrier that writes down what it is handed and says what it is told to say. Not part of the program. */

import type { Msisdn } from '#base';
import type { Carrier, Handover, HandoverOutcome, OutgoingReport, ReportOutcome, Terms } from './carrier.js';
import { isOwnNumber } from './number.js';
import type { OuterRoad } from './road.js';
import type { RouteDecision, RouteQuery, Router } from './router.js';
import { POLICY } from './testbed.contract.js';

export interface CarrierDouble extends Carrier {
  readonly handovers: Handover[];
  readonly reports: OutgoingReport[];
  setTerms(terms: Partial<Terms>): void;
  /** Asked for each delivery of a handover; at first everything is taken and nothing awaited. */
  answer: (handover: Handover, place: number) => HandoverOutcome | Promise<HandoverOutcome>;
  answerReport: (report: OutgoingReport) => ReportOutcome;
}

export function aCarrier(): CarrierDouble {
  let terms: Terms = { recipientsMax: 10, inFlightMax: 5 };
  const double: CarrierDouble = {
    handovers: [],
    reports: [],
    setTerms: (changed) => {
      terms = { ...terms, ...changed };
    },
    terms: () => terms,
    answer: () => ({ kind: 'taken', awaits: 'nothing' }),
    answerReport: () => ({ kind: 'taken' }),
    async handOver(handover) {
      double.handovers.push(handover);
      return Promise.all(handover.deliveries.map((_, place) => double.answer(handover, place)));
    },
    async report(report) {
      double.reports.push(report);
      return double.answerReport(report);
    },
  };
  return double;
}

export const NORTH: OuterRoad = { kind: 'peer', peer: 'north' };
export const SOUTH: OuterRoad = { kind: 'peer', peer: 'south' };
export const EMAIL: OuterRoad = { kind: 'email' };
export const QUIZ: OuterRoad = { kind: 'vasp', vasp: 'quiz', vas: '4711' };

/** Numbers with these prefixes are other carriers'. */
const PEERS: readonly (readonly [prefix: string, road: OuterRoad])[] = [
  ['358', NORTH],
  ['39', SOUTH],
];

/** Own numbers, two peers, mailboxes and one short code; `undecided`: asked first, what it gives is the answer. */
export function aRouter(
  first: (query: RouteQuery) => RouteDecision | undefined = () => undefined,
): Router & { readonly asked: RouteQuery[] } {
  const asked: RouteQuery[] = [];
  const by = (road: OuterRoad): RouteDecision => ({ kind: 'road', road, because: 'a test says so' });
  const ofNumber = (msisdn: Msisdn): RouteDecision => {
    if (isOwnNumber(msisdn, POLICY.ownNumbers)) return { kind: 'road', road: { kind: 'handset' } };
    const peer = PEERS.find(([prefix]) => msisdn.startsWith(prefix));
    return peer ? by(peer[1]) : { kind: 'nowhere', reason: 'no-route-for-number' };
  };
  return {
    asked,
    route(query) {
      asked.push(query);
      const { recipient } = query;
      const said = first(query);
      if (said) return said;
      switch (recipient.kind) {
        case 'number':
          return ofNumber(recipient.msisdn);
        case 'email':
          return by(EMAIL);
        case 'short-code':
          return recipient.code === '4711' ? by(QUIZ) : { kind: 'nowhere', reason: 'no-route-for-short-code' };
        case 'unknown':
          return { kind: 'nowhere', reason: 'not-an-address' };
      }
    },
  };
}
