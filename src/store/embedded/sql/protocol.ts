/** What the main thread and the three SQL threads say to each other. Flat lists of primitives where there are many: cloning them is cheap. */
import type { FrameRef } from '../files/frame.js';
import type { SqlTrouble, SqlValue } from './driver.js';

/** What a thread is started with. */
export interface ThreadData {
  readonly folder: string;
  /** Unique to this opening of the store: group numbers begin anew with it. */
  readonly session: string;
  readonly role: 'writer' | 'reader' | 'checkpointer';
  /** The module that threads are started with; absent: that of libsql. */
  readonly module: string | undefined;
  /** What the engine of that module is handed. */
  readonly driverData: unknown;
  readonly settings: {
    readonly cacheOctets: number;
    readonly checkpointWaitMs: number;
    readonly freePagesMin: number;
    readonly freeShareMax: number;
    readonly vacuumStepPages: number;
    readonly scanRows: number;
    readonly pruneYoungMax: number;
    readonly logEvents: boolean;
  };
}

/**
 * One change in the worker's terms, rows one after another: see COLUMNS. Events: message id, JSON array.
 */
export interface ChangeParts {
  readonly deliveries: readonly SqlValue[];
  readonly newReports: readonly SqlValue[];
  readonly reports: readonly SqlValue[];
  /** Key, stored revision. */
  readonly reportsDone: readonly SqlValue[];
  readonly events: readonly SqlValue[];
  readonly contentRemoved: readonly SqlValue[];
  readonly stillOpen: readonly SqlValue[];
}

/**
 * Values of one row. Deliveries: key, message id, revision, open, due at, awaits, record, road, hand over at; reports the same without open. Changed ones
 * without message id, and the new revision. `open`: 0 ended, 1 the content is needed, 2 it is not.
 */
export const COLUMNS = { delivery: 9, changedDelivery: 8, report: 8, changedReport: 7 } as const;

const PARTS = ['deliveries', 'newReports', 'reports', 'reportsDone', 'events', 'contentRemoved', 'stillOpen'] as const;

/**
 * A change on its way: for each of PARTS how many values it has, then all values. Between threads an object with these seven lists costs
 * six times as much (3.0 us against 0.5).
 */
export interface ChangeWork {
  readonly kind: 'change';
  readonly packed: readonly SqlValue[];
}

export function packChange(parts: ChangeParts): ChangeWork {
  const packed: SqlValue[] = [];
  for (const part of PARTS) packed.push(parts[part].length);
  for (const part of PARTS) for (const value of parts[part]) packed.push(value);
  return { kind: 'change', packed };
}

export function unpackChange({ packed }: ChangeWork): ChangeParts {
  let at = PARTS.length;
  let part = 0;
  const next = (): readonly SqlValue[] => {
    const length = packed[part++] as number;
    if (length === 0) return NOTHING;
    at += length;
    return packed.slice(at - length, at);
  };
  return {
    deliveries: next(),
    newReports: next(),
    reports: next(),
    reportsDone: next(),
    events: next(),
    contentRemoved: next(),
    stillOpen: next(),
  };
}

const NOTHING: readonly SqlValue[] = [];

/** A change, and a message that is accepted with it or not at all. Columns as in Group. */
export interface SupersedeWork {
  readonly kind: 'supersede';
  readonly change: ChangeWork;
  /** Id, record, events. */
  readonly message: readonly SqlValue[];
  /** Id, CRC, octets of small content; empty where there is a frame. */
  readonly inline: readonly SqlValue[];
  readonly frame: readonly SqlValue[];
  readonly deliveries: readonly SqlValue[];
  readonly named: readonly SqlValue[];
}

export type Work =
  | ChangeWork
  | SupersedeWork
  | { readonly kind: 'hasten'; readonly awaits: string; readonly now: number }
  | { readonly kind: 'prune'; readonly ids: readonly string[] }
  /** Rows of the log up to this place. */
  | { readonly kind: 'logged-done'; readonly upTo: number }
  /** The frame of a message has been copied elsewhere. */
  | { readonly kind: 'move'; readonly id: string; readonly from: FrameRef; readonly to: FrameRef }
  /** The frame of a message is beyond repair; its room is given up. */
  | { readonly kind: 'give-up'; readonly id: string; readonly from: FrameRef; readonly damage: string }
  /** Msisdn, record. */
  | { readonly kind: 'handsets'; readonly rows: readonly SqlValue[] };

/** Room in segments that a piece of work has freed: segment, octets of content. */
export type Freed = readonly (readonly [segment: number, length: number])[];

export type WorkResult =
  /** `freed`: absent means nothing. */
  | { readonly kind: 'change'; readonly freed?: Freed }
  | { readonly kind: 'stale' }
  /** Key, message id, one after another. */
  | { readonly kind: 'hasten'; readonly deliveries: readonly string[]; readonly reports: readonly string[] }
  | { readonly kind: 'prune'; readonly pruned: readonly string[]; readonly freed: Freed }
  | { readonly kind: 'move'; readonly moved: boolean }
  | { readonly kind: 'give-up'; readonly done: boolean }
  | { readonly kind: 'logged-done' }
  | { readonly kind: 'handsets' };

/** One transaction. Acceptances come as the rows of their tables, one after another; the other work in its order, after them. */
export interface Group {
  readonly kind: 'group';
  readonly number: number;
  /** Id, record, events. */
  readonly messages: readonly SqlValue[];
  /** Id, CRC, first octet in `octets`, count. */
  readonly inline: readonly (string | number)[];
  readonly octets: Uint8Array;
  /** Id, segment, position, length, CRC. */
  readonly frames: readonly SqlValue[];
  /** See COLUMNS. */
  readonly deliveries: readonly SqlValue[];
  readonly reports: readonly SqlValue[];
  /** System, its message id, recipient, our id. */
  readonly named: readonly SqlValue[];
  readonly work: readonly Work[];
  /** Checkpoint the short rest of the log afterwards, so that the next commit can begin it anew. */
  readonly finishCheckpoint: boolean;
  /** The disk is short of space: give back every free page of the file, a step with each group. */
  readonly giveBackAll: boolean;
}

export type WriterRequest =
  | { readonly kind: 'open' }
  | Group
  /** After trouble: look again, and rebuild the database into a new file when `rebuild`. */
  | { readonly kind: 'recover'; readonly rebuild: boolean; readonly group: number }
  /** Nobody uses database files other than the current one any more. */
  | { readonly kind: 'sweep' }
  | { readonly kind: 'close' };

/** Why a checkpoint failed. After `full` the file is as good as before, and the log still holds everything. */
export interface CheckpointTrouble {
  readonly trouble: SqlTrouble;
  readonly reason: string;
}

export type WriterReply =
  | { readonly kind: 'opened'; readonly file: string; readonly created: boolean; readonly walOctets: number }
  | { readonly kind: 'refused'; readonly reason: string }
  | {
      readonly kind: 'done';
      readonly number: number;
      readonly results: readonly WorkResult[];
      readonly seconds: number;
      readonly walOctets: number;
      /** Size of the database file; 0 when it was not looked at this time. */
      readonly databaseOctets: number;
      /** Pages are still to be given back to the disk. */
      readonly vacuumPending: boolean;
      /** The checkpoint of the rest failed; the group itself is committed. */
      readonly checkpointTrouble?: CheckpointTrouble;
    }
  | {
      readonly kind: 'failed';
      readonly number: number;
      readonly trouble: SqlTrouble;
      readonly reason: string;
      /** The transaction is known not to have happened and cannot happen later. */
      readonly settled: boolean;
      /** The file is not trusted any more. */
      readonly rebuild: boolean;
    }
  | {
      readonly kind: 'recovered';
      readonly file: string;
      /** What became of the group in doubt: its results when it had been committed after all. */
      readonly results: readonly WorkResult[] | undefined;
    }
  /** `settled`: at least it is certain now that the group in doubt cannot happen later. */
  | { readonly kind: 'unrecovered'; readonly reason: string; readonly settled: boolean }
  | { readonly kind: 'swept' }
  | { readonly kind: 'closed' };

export type Query =
  | { readonly kind: 'message'; readonly id: string }
  | { readonly kind: 'delivery'; readonly key: string }
  | { readonly kind: 'content'; readonly id: string }
  | { readonly kind: 'report'; readonly key: string }
  | { readonly kind: 'history'; readonly id: string }
  /** Things behind this place in the order of instant and key, soonest first. */
  | { readonly kind: 'due'; readonly dueAt: number; readonly key: string; readonly limit: number }
  /** The same of one road. */
  | { readonly kind: 'due-for'; readonly road: string; readonly dueAt: number; readonly key: string; readonly limit: number }
  /** Deliveries only. */
  | {
      readonly kind: 'waiting-for';
      readonly road: string;
      readonly handOverAt: number;
      readonly key: string;
      readonly limit: number;
    }
  | { readonly kind: 'roads' }
  | { readonly kind: 'road-counts' }
  /** Of each VASP the messages whose content is needed. */
  | { readonly kind: 'waiting-counts' }
  | { readonly kind: 'named'; readonly system: string; readonly messageId: string }
  /** Messages older than `before`, newest first; at most `scanRows` are looked at. */
  | {
      readonly kind: 'list';
      readonly before: string | undefined;
      readonly sender: string | undefined;
      readonly recipient: string | undefined;
      readonly limit: number;
    }
  /** `young`: how many messages too young came one after the other before `after`. */
  | {
      readonly kind: 'prunable';
      readonly after: string;
      readonly young: number;
      readonly acceptedBefore: number;
      readonly limit: number;
    }
  /** Rows of the log behind this place. */
  | { readonly kind: 'logged'; readonly after: number; readonly limit: number }
  | { readonly kind: 'log-identity' }
  | { readonly kind: 'recents'; readonly limit: number }
  /** All names of other systems, where they are no more than `limit`. */
  | { readonly kind: 'names'; readonly limit: number }
  | { readonly kind: 'segments' }
  | { readonly kind: 'frames-of'; readonly segment: number; readonly limit: number }
  | { readonly kind: 'handset'; readonly msisdn: string };

/** Message record and its deliveries, each as key, message id, revision, due at and record. */
export interface StoredMessage {
  readonly record: string;
  readonly deliveries: readonly SqlValue[];
}

export type StoredPlace =
  | { readonly kind: 'inline'; readonly octets: Uint8Array; readonly crc: number }
  | ({ readonly kind: 'frame' } & FrameRef)
  | { readonly kind: 'given-up'; readonly damage: string }
  | { readonly kind: 'absent' };

export interface QueryAnswers {
  message: StoredMessage | undefined;
  delivery: StoredMessage | undefined;
  content: StoredPlace;
  /** Key, message id, revision, due at, record. */
  report: readonly SqlValue[] | undefined;
  /** Reports: as in `report`, one after another. */
  history: { stored: StoredMessage; events: readonly string[]; reports: readonly SqlValue[] } | undefined;
  /** Kind (`d` or `r`), key, message id, due at. */
  due: readonly (readonly SqlValue[])[];
  /** As `due`; the instant is that of handing over. */
  'due-for': readonly (readonly SqlValue[])[];
  /** Key, message id. */
  'waiting-for': readonly (readonly SqlValue[])[];
  /** Names of the roads that anything waits for. */
  roads: readonly string[];
  /** Waiting: road, how many, lowest key; awaiting: road, how many. */
  'waiting-counts': readonly (readonly SqlValue[])[];
  'road-counts': { waiting: readonly (readonly SqlValue[])[]; awaiting: readonly (readonly SqlValue[])[] };
  /** Recipient, our id. */
  named: readonly (readonly SqlValue[])[];
  list: { records: readonly string[]; next: string | undefined };
  /** `next`: where to go on; undefined when nothing older is to be expected behind. */
  prunable: { found: readonly (readonly [id: string, fingerprint: string])[]; next: string | undefined; young: number };
  /** `events`: a JSON array. */
  logged: readonly { readonly place: number; readonly events: string; readonly stored: StoredMessage }[];
  'log-identity': string;
  /** Fingerprint, id, accepted at; newest first. */
  recents: readonly (readonly SqlValue[])[];
  /** Two hashes of each name; undefined: they are too many. `newest`: the newest message's id; undefined: there is none. */
  names: { hashes: Uint32Array | undefined; newest: string | undefined };
  /** Segment, frames, octets of content. */
  segments: readonly (readonly SqlValue[])[];
  /** Id, position, length, CRC. */
  'frames-of': readonly (readonly SqlValue[])[];
  handset: string | undefined;
}

export type ReaderRequest =
  | { readonly kind: 'open'; readonly file: string }
  | { readonly kind: 'queries'; readonly queries: readonly Query[] }
  | { readonly kind: 'close' };

export type ReaderReply =
  | { readonly kind: 'opened' }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'answers'; readonly answers: readonly ({ readonly value: unknown } | { readonly reason: string })[] }
  | { readonly kind: 'closed' };

export type CheckpointRequest =
  | { readonly kind: 'open'; readonly file: string }
  | { readonly kind: 'checkpoint' }
  | { readonly kind: 'close' };

export type CheckpointReply =
  | { readonly kind: 'opened' }
  | { readonly kind: 'refused'; readonly reason: string }
  /** `doneOctets`: how much of the log stands in the database now, counted from its beginning. */
  | { readonly kind: 'checkpointed'; readonly doneOctets: number; readonly seconds: number }
  | ({ readonly kind: 'failed' } & CheckpointTrouble)
  | { readonly kind: 'closed' };
