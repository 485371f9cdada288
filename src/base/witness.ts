/**
 * Who watches a decoding: told what was accepted against the grammar, what was read where, and what was refused. Decoders work without
 * one; only what is out of the ordinary asks whether there is one, so that it costs nothing where nobody watches.
 */
import type { Malformed } from './malformed.js';

export interface Witness {
  /**
   * Octets were accepted that the grammar does not allow. `name`: a row of the codec's table of tolerances. `offset`: in the whole input.
   * `clause`: where it is another than that of the row.
   */
  tolerated(name: string, offset: number, detail: string, clause?: string): void;
  /** Octets `offset` to `end` (exclusive) of the whole input are `name`; `text`: what they say, in words. */
  read(kind: string, name: string, offset: number, end: number, text: string): void;
  /** Something was refused, and reading goes on behind it because somebody watches. */
  refused(e: Malformed): void;
}
