/** What rejecting would have stopped, or has: counts over kept decisions by peer, home SMSC and sender. Pure. */
import type { KeptDecision } from './kept.js';

/** Rejects, and what became of them. */
export interface RejectCounts {
  /** The flow says reject. */
  readonly rejects: number;
  /** Of these carried out; the rest passed for the mode, the sample, the ceiling or the answer. */
  readonly stopped: number;
}

export interface PeerRow extends RejectCounts {
  /** Digits of the calling party: the exchange. */
  readonly peer: string;
  readonly link: string;
  readonly opc: number;
}

export interface HomeSmscRow extends RejectCounts {
  /** Empty: none was met. */
  readonly homeSmsc: string;
}

export interface SenderRow extends RejectCounts {
  /** As `name` makes it of the sender. */
  readonly sender: string;
}

export interface DecisionReport extends RejectCounts {
  /** Of the first and the last reject; absent when there is none. Milliseconds since the epoch. */
  readonly from?: number;
  readonly to?: number;
  /** Different senders, as far as they were counted. */
  readonly senders: number;
  /**
   * `exact`: each is counted once. `by-run`: numbers are masked, and senders told apart within a run of the gate only: who was met in two runs counts
   * twice. `too-low`: some were kept by their last digits alone, and those of equal digits count as one.
   */
  readonly senderCount: 'exact' | 'by-run' | 'too-low';
  /** More senders than SENDERS_MAX: `senders` and `topSenders` are of the first ones only. */
  readonly isCut: boolean;
  /** Each with the most rejects first. */
  readonly peers: readonly PeerRow[];
  readonly homeSmscs: readonly HomeSmscRow[];
  readonly reasons: readonly (RejectCounts & { readonly reason: string })[];
  readonly topSenders: readonly SenderRow[];
}

/** Senders that are counted one by one. Unit: senders. Source: a hundred megabytes; more than a network rejects in a week. */
const SENDERS_MAX = 500_000;
/** Rows of peers, and of senders that are shown. */
const ROWS_MAX = 1_000;
const TOP_SENDERS = 20;
/** What `maskNumber` puts in the place of digits. */
const MASK = '*';

class Counts<K> {
  readonly rows = new Map<string, { readonly key: K; rejects: number; stopped: number }>();
  isCut = false;
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  add(text: string, key: () => K, isStopped: boolean): void {
    let row = this.rows.get(text);
    if (row === undefined) {
      if (this.rows.size >= this.#max) {
        this.isCut = true;
        return;
      }
      this.rows.set(text, (row = { key: key(), rejects: 0, stopped: 0 }));
    }
    row.rejects++;
    if (isStopped) row.stopped++;
  }

  top(limit: number): (K & RejectCounts)[] {
    return [...this.rows.values()]
      .sort((a, b) => b.rejects - a.rejects)
      .slice(0, limit)
      .map(({ key, rejects, stopped }) => ({ ...key, rejects, stopped }));
  }
}

/** Counts the rejects among `decisions`. `name`: how a sender is called in the report; a salted hash, as a rule. */
export async function reportOf(
  decisions: AsyncIterable<KeptDecision>,
  name: (sender: string) => string,
): Promise<DecisionReport> {
  const peers = new Counts<Omit<PeerRow, keyof RejectCounts>>(ROWS_MAX);
  const homes = new Counts<{ homeSmsc: string }>(ROWS_MAX);
  const reasons = new Counts<{ reason: string }>(ROWS_MAX);
  const senders = new Counts<{ sender: string }>(SENDERS_MAX);
  let rejects = 0;
  let stopped = 0;
  let from: number | undefined;
  let to: number | undefined;
  let senderCount: DecisionReport['senderCount'] = 'exact';
  for await (const { verdict, action, at, calling, link, opc, homeSmsc = '', reason, sender, senderKey } of decisions) {
    if (verdict !== 'reject') continue;
    const isStopped = action === 'reject';
    rejects++;
    if (isStopped) stopped++;
    from = Math.min(from ?? at, at);
    to = Math.max(to ?? at, at);
    peers.add(`${calling} ${link} ${opc}`, () => ({ peer: calling, link, opc }), isStopped);
    homes.add(homeSmsc, () => ({ homeSmsc }), isStopped);
    reasons.add(reason, () => ({ reason }), isStopped);
    if (sender === undefined) continue;
    senders.add(senderKey ?? sender, () => ({ sender: senderKey ?? sender }), isStopped);
    if (senderKey === undefined && sender.includes(MASK)) senderCount = 'too-low';
    else if (senderKey !== undefined && senderCount === 'exact') senderCount = 'by-run';
  }
  return {
    rejects,
    stopped,
    ...(from === undefined || to === undefined ? {} : { from, to }),
    senders: senders.rows.size,
    senderCount,
    isCut: senders.isCut,
    peers: peers.top(ROWS_MAX),
    homeSmscs: homes.top(ROWS_MAX),
    reasons: reasons.top(ROWS_MAX),
    topSenders: senders.top(TOP_SENDERS).map((row) => ({ ...row, sender: name(row.sender) })),
  };
}
