/** Counts of decisions by selector and home SMSC: where they fell, what was done, why. One for the life of a program. */
import { LIMITS } from '#base';
import { OUTCOMES, type Outcome, PLACES, type Place, REASONS, type Reason } from './decision.js';

const indexes = <K extends string>(names: readonly K[], from: number): ReadonlyMap<K, number> =>
  new Map(names.map((name, i) => [name, from + i]));

/** Where in a cell each is counted. */
const PLACE_AT = indexes(PLACES, 0);
const OUTCOME_AT = indexes(OUTCOMES, PLACES.length);
const REASON_AT = indexes(REASONS, PLACES.length + OUTCOMES.length);
const CELL_SIZE = PLACES.length + OUTCOMES.length + REASONS.length;

/** Beyond the limit whatever is new is counted under this name; no selector has it. */
const OTHERS = 'others';

/** Counts since the program started, of one selector and one home SMSC. */
export interface TallyRow {
  /** Empty: no selector matched. */
  readonly selector: string;
  /** Empty: no home SMSC was met. */
  readonly homeSmsc: string;
  /** Of decisions by place; those that were never met are absent. The same for outcomes and reasons; each adds up to the same sum. */
  readonly places: Readonly<Partial<Record<Place, number>>>;
  readonly outcomes: Readonly<Partial<Record<Outcome, number>>>;
  readonly reasons: Readonly<Partial<Record<Reason, number>>>;
}

export class Tally {
  readonly #cells = new Map<string, { readonly selector: string; readonly homeSmsc: string; readonly counts: Float64Array }>();

  /** Where to count for these two. */
  cell(selector: string, homeSmsc: string): Float64Array {
    const key = `${selector}\n${homeSmsc}`;
    let cell = this.#cells.get(key);
    if (cell === undefined) {
      if (this.#cells.size >= LIMITS.screeningTalliesMax && selector !== OTHERS) return this.cell(OTHERS, OTHERS);
      this.#cells.set(key, (cell = { selector, homeSmsc, counts: new Float64Array(CELL_SIZE) }));
    }
    return cell.counts;
  }

  rows(): readonly TallyRow[] {
    return [...this.#cells.values()].map(({ selector, homeSmsc, counts }) => ({
      selector,
      homeSmsc,
      places: counted(counts, PLACE_AT),
      outcomes: counted(counts, OUTCOME_AT),
      reasons: counted(counts, REASON_AT),
    }));
  }
}

const counted = <K extends string>(counts: Float64Array, at: ReadonlyMap<K, number>): Partial<Record<K, number>> =>
  Object.fromEntries([...at].filter(([, i]) => counts[i]! > 0).map(([name, i]) => [name, counts[i]])) as Partial<
    Record<K, number>
  >;

export function count(cell: Float64Array, place: Place, outcome: Outcome, reason: Reason): void {
  cell[PLACE_AT.get(place)!]!++;
  cell[OUTCOME_AT.get(outcome)!]!++;
  cell[REASON_AT.get(reason)!]!++;
}
