/** What came of the messages: counts, delays, and the first of what came otherwise than it should. */
import { hexOctets } from '#base';
import { DelayHistogram, type DelaySummary, summaryOf } from './histogram.js';
import type { Expectation, Verdict } from './oracle.js';

/** What is wrong with how a message was treated, whatever its verdict. */
export type Fault =
  /** It did not come to the verdict that it should. */
  | 'wrong-verdict'
  /** It arrived with other octets than it had been sent with. */
  | 'altered'
  /** It arrived more than once. */
  | 'duplicate'
  /** It arrived where it is not addressed. */
  | 'misrouted'
  /** Its answer came with other octets than it had been sent with. */
  | 'answer-altered'
  /** Its answer was sent and did not come. */
  | 'answer-lost'
  /** It was answered again after it had been. */
  | 'answered-twice'
  /** The gate's answer is not what the sender's version and operation ask for. */
  | 'bad-rejection'
  /** The dialogue was refused in its midst, and the other side was not told. */
  | 'peer-not-aborted'
  /** The gate sent what cannot be read. */
  | 'unreadable'
  /** An IN platform got it more than once. */
  | 'looping';

/** A message that was not treated as it should. */
export interface Mismatch {
  readonly fault: Fault;
  /** Number of the message in the run, from 1; 0 when what came belongs to none. */
  readonly number: number;
  readonly name: string;
  /** Absent for what belongs to no message. */
  readonly expected?: Expectation;
  readonly measured?: Verdict;
  readonly detail?: string;
  /** The SCCP messages as they were sent (or, of what belongs to none, as it came), in hex. */
  readonly hex: readonly string[];
}

/** Mismatches that are kept whole; the others are counted. Unit: mismatches. */
export const MISMATCHES_KEPT_MAX = 100;

export interface Report {
  /** Messages (or dialogues) begun. */
  readonly sent: number;
  /** Sent and ended, one way or the other. */
  readonly ended: number;
  /** How many came to each verdict. */
  readonly verdicts: Readonly<Partial<Record<Verdict, number>>>;
  /** By row of the decision table, then verdict. */
  readonly rows: Readonly<Record<string, Readonly<Partial<Record<Verdict, number>>>>>;
  readonly faults: Readonly<Partial<Record<Fault, number>>>;
  /** What would be a fault, but for what the profile did to the network in that moment. */
  readonly excused: number;
  /** Could not be sent because the place was not in traffic. */
  readonly notSent: number;
  /** Moments in which the bound of messages in flight, or a full link, held messages back. */
  readonly heldBack: number;
  /** From the schedule to the end of the message, by verdict. */
  readonly delays: Readonly<Partial<Record<Verdict, DelaySummary>>>;
  /** From sending to arrival behind the gate: what it adds, and the two transports. */
  readonly through: DelaySummary;
  readonly mismatches: readonly Mismatch[];
}

export class Tally {
  sent = 0;
  ended = 0;
  notSent = 0;
  heldBack = 0;
  excused = 0;
  readonly through = new DelayHistogram();
  private readonly verdicts = new Map<Verdict, { count: number; readonly delays: DelayHistogram }>();
  private readonly rows = new Map<string, Map<Verdict, number>>();
  private readonly faults = new Map<Fault, number>();
  private readonly mismatches: Mismatch[] = [];

  end(verdict: Verdict, row: string, delayUs: number): void {
    this.ended++;
    let counted = this.verdicts.get(verdict);
    if (counted === undefined) this.verdicts.set(verdict, (counted = { count: 0, delays: new DelayHistogram() }));
    counted.count++;
    counted.delays.record(delayUs);
    let ofRow = this.rows.get(row);
    if (ofRow === undefined) this.rows.set(row, (ofRow = new Map()));
    ofRow.set(verdict, (ofRow.get(verdict) ?? 0) + 1);
  }

  /** `octets`: turned into hex only when the mismatch is kept. */
  fault(mismatch: Omit<Mismatch, 'hex'>, octets: readonly Uint8Array[]): void {
    this.faults.set(mismatch.fault, (this.faults.get(mismatch.fault) ?? 0) + 1);
    if (this.mismatches.length < MISMATCHES_KEPT_MAX)
      this.mismatches.push({ ...mismatch, hex: octets.map((it) => hexOctets(it)) });
  }

  get faultCount(): number {
    return [...this.faults.values()].reduce((sum, count) => sum + count, 0);
  }

  count(verdict: Verdict): number {
    return this.verdicts.get(verdict)?.count ?? 0;
  }

  report(): Report {
    const verdicts = [...this.verdicts].sort(([a], [b]) => a.localeCompare(b));
    const rows = [...this.rows].sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }));
    return {
      sent: this.sent,
      ended: this.ended,
      verdicts: Object.fromEntries(verdicts.map(([verdict, { count }]) => [verdict, count])),
      rows: Object.fromEntries(rows.map(([row, counts]) => [row, Object.fromEntries(counts)])),
      faults: Object.fromEntries(this.faults),
      excused: this.excused,
      notSent: this.notSent,
      heldBack: this.heldBack,
      delays: Object.fromEntries(verdicts.map(([verdict, { delays }]) => [verdict, summaryOf(delays)])),
      through: summaryOf(this.through),
      mismatches: this.mismatches,
    };
  }
}
