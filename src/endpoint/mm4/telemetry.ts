/** What this room says of itself: counters by peer, and log lines without addresses or content. */
import type { Mm4Kind, RequestStatus, Tolerated } from '#codec/mm4';
import type { Peer } from '#directory';
import type { Accepted } from '#messaging';
import type { Mm4Ports } from './config.js';

export type Telemetry = ReturnType<typeof createTelemetry>;

const word = (status: RequestStatus): string => (typeof status === 'string' ? status : 'other');

export function createTelemetry({ log, meter }: Pick<Mm4Ports, 'log' | 'meter'>) {
  const received = meter.counter('angarium_mm4_received_total', 'Messages of MM4 that peers sent, by type', ['peer', 'type']);
  const refusals = meter.counter('angarium_mm4_refused_total', 'What was refused, by the status that says so', [
    'peer',
    'status',
  ]);
  const answers = meter.counter('angarium_mm4_answers_total', 'Responses that peers sent, by their status', [
    'peer',
    'status',
    'heard',
  ]);
  const sent = meter.counter('angarium_mm4_sent_total', 'What went to peers, by type and what came of it', [
    'peer',
    'type',
    'outcome',
  ]);
  const tolerances = meter.counter('angarium_mm4_tolerated_total', 'Departures from the standard that were read all the same', [
    'peer',
    'tolerance',
  ]);
  return {
    read(peer: Peer, type: Mm4Kind, tolerated: readonly Tolerated[]): void {
      received.add(1, { peer: peer.name, type });
      for (const { name } of tolerated) tolerances.add(1, { peer: peer.name, tolerance: name });
    },
    taken(peer: Peer, { messageId, refused, resubmission }: Accepted, recipients: number): void {
      log.info({ peer: peer.name, messageId, recipients, refused: refused.length, resubmission }, 'mm4: message taken');
    },
    refused(peer: Peer, status: string, why: string): void {
      refusals.add(1, { peer: peer.name, status });
      log.warn({ peer: peer.name, status, why }, 'mm4: refused');
    },
    answered(peer: Peer, status: RequestStatus, heard: string): void {
      answers.add(1, { peer: peer.name, status: word(status), heard });
      if (heard !== 'settled') log.info({ peer: peer.name, status: word(status), heard }, 'mm4: a response that nobody awaited');
    },
    reported(peer: Peer, type: Mm4Kind): void {
      log.debug({ peer: peer.name, type }, 'mm4: report taken');
    },
    bounced(peer: Peer, recipients: number): void {
      received.add(1, { peer: peer.name, type: 'bounce' });
      log.warn({ peer: peer.name, recipients }, 'mm4: mail came back');
    },
    sent(peer: Peer, type: Mm4Kind, outcome: string, detail: string): void {
      sent.add(1, { peer: peer.name, type, outcome });
      if (outcome !== 'taken') log.warn({ peer: peer.name, type, outcome, detail }, 'mm4: not taken by the peer');
    },
  };
}
