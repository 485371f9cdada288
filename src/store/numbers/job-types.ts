/** The jobs that have a thread of their own, and what goes between it and whoever asked. */
import type { ImportReport, ImportSettings } from './import.js';
import type { Recovered } from './recover.js';
import type { BesideTable, CopiedTable, SnapshotFacts } from './snapshot.js';

/** What a job is asked and what it answers, by its kind. */
export interface Jobs {
  /** Reads a load. */
  readonly recover: { readonly ask: { readonly folder: string; readonly load: string }; readonly answer: Recovered };
  /** Fills a larger table. */
  readonly grow: {
    readonly ask: {
      readonly buffer: SharedArrayBuffer;
      readonly spill: readonly (readonly [number, number])[];
      readonly numbers: number;
    };
    readonly answer: { readonly buffer: SharedArrayBuffer; readonly spill: readonly (readonly [number, number])[] };
  };
  /** Begins a snapshot, and ends it: what changes beside the table is looked at in between. */
  readonly 'copy-table': {
    readonly ask: { readonly file: string; readonly buffer: SharedArrayBuffer; readonly numbers: number };
    readonly answer: CopiedTable;
  };
  readonly 'finish-snapshot': {
    readonly ask: {
      readonly file: string;
      readonly table: CopiedTable;
      readonly beside: BesideTable;
      readonly facts: SnapshotFacts;
    };
    readonly answer: undefined;
  };
  /** Reads a number file; with `into`, writes the first snapshot and the empty log of that load, unless the file has faults. */
  readonly import: {
    readonly ask: {
      readonly settings: ImportSettings;
      readonly into?: { readonly folder: string; readonly load: string };
    };
    readonly answer: { readonly report: ImportReport; readonly recovered?: Recovered };
  };
}

export type JobKind = keyof Jobs;
export type JobAsk = { readonly [K in JobKind]: { readonly kind: K } & Jobs[K]['ask'] }[JobKind];

/** What the thread sends: progress any number of times, then one of the others. */
export type JobMessage =
  | { readonly kind: 'progress'; readonly octets: number; readonly lines: number }
  | { readonly kind: 'done'; readonly answer: unknown }
  /** Expected trouble: damage, no memory, a disk that says no. */
  | { readonly kind: 'failed'; readonly name: string; readonly text: string; readonly code?: string };
