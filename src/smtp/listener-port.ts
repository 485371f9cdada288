/** A listener as its user sees it. */
import type { Log, Meter } from '#base';
import type { SmtpHandler } from './handler.js';

export interface SmtpListenerPorts<Peer> {
  readonly handler: SmtpHandler<Peer>;
  readonly log: Log;
  readonly meter?: Meter;
  /** Milliseconds that only grow, for deadlines and rates. Default performance.now. */
  readonly now?: () => number;
}

/** Counters since the start. */
export interface SmtpListenerCounters {
  readonly connections: number;
  /** Turned away at the door: address, rate, room, TLS. */
  readonly connectionsRefused: number;
  readonly messages: number;
  readonly octets: number;
  /** Commands and contents answered 4xx and 5xx. */
  readonly deferrals: number;
  readonly refusals: number;
}

export interface SmtpListener {
  readonly address: string;
  readonly port: number;
  readonly counters: SmtpListenerCounters;
  /** Now. */
  readonly connections: number;
  /** Of contents under way. */
  readonly contentOctets: number;
  /**
   * Takes no more connections; transactions under way may end, connections between them are answered 421. What is left after the grace is
   * destroyed. Default grace 8,000. Unit: milliseconds.
   */
  close(graceMs?: number): Promise<void>;
}
