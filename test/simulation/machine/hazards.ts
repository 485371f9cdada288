/** What the faults of this moment do to a machine: switches that the simulated disk, engine and network look at. */

export type CommitFault =
  | 'works'
  /** The transaction is rolled back: no space. */
  | 'full'
  /** The flush is said to have failed, and nothing is in the log. */
  | 'flush-failed'
  /** The flush is said to have failed, but the transaction stands in the log. */
  | 'flush-failed-but-written';

export interface Hazards {
  /** Codes with which operations on segment files fail; undefined: they work. */
  write: string | undefined;
  flush: string | undefined;
  /** The next flush fails; once. */
  oneFlushFails: boolean;
  create: string | undefined;
  unlink: string | undefined;
  read: string | undefined;
  /** An operation on segment files or on the database takes up to so much longer. Milliseconds. */
  slowMs: number;
  /** Octets of the disk that somebody else has taken. */
  taken: number;
  commit: CommitFault;
  checkpoint: 'works' | 'full' | 'flush-failed';
  /** Copying the database into a new file fails. */
  rebuildFails: boolean;
  /** The next transaction cannot begin; once. */
  beginFails: boolean;
  /** The role whose thread dies at its next request, before or after having done it; once. */
  threadDies: { readonly role: string; readonly afterwards: boolean } | undefined;
  /** A commit takes so much longer. Milliseconds. */
  stallMs: number;
  /** Shares of requests and answers between handsets and server that are lost, and of requests that arrive twice. 0..1. */
  requestsLost: number;
  answersLost: number;
  requestsDoubled: number;
  /** Shares of short messages that are lost, delivered twice, or late. 0..1. */
  shortMessagesLost: number;
  shortMessagesDoubled: number;
  shortMessagesLate: number;
  /** Share of handovers to which no far side is there. 0..1. */
  farSidesDown: number;
}

/** A world in which everything works. */
export const noHazards = (): Hazards => ({
  write: undefined,
  flush: undefined,
  oneFlushFails: false,
  create: undefined,
  unlink: undefined,
  read: undefined,
  slowMs: 0,
  taken: 0,
  commit: 'works',
  checkpoint: 'works',
  rebuildFails: false,
  beginFails: false,
  threadDies: undefined,
  stallMs: 0,
  requestsLost: 0,
  answersLost: 0,
  requestsDoubled: 0,
  shortMessagesLost: 0,
  shortMessagesDoubled: 0,
  shortMessagesLate: 0,
  farSidesDown: 0,
});

/** Gives each switch the value of a world in which everything works. */
export function heal(hazards: Hazards): void {
  Object.assign(hazards, noHazards());
}

/**
 * A place between two steps of the machine at which it may crash. True: it has crashed just now, and the caller must not go on.
 * `what` names the place: `before a commit`.
 */
export type CrashPoint = (what: string) => boolean;
