/** What the numbering endpoint needs of the program. */
import type { Log, Meter } from '#base';
import type { NumberLookup } from '#portability';

export interface NumberingPorts {
  readonly numbers: NumberLookup;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly log: Log;
  readonly meter: Meter;
}

export interface Listener {
  readonly address: { readonly host: string; readonly port: number };
  /** Stops listening, ends what is open; resolves when all is closed. */
  close(): Promise<void>;
}
