/** What is shed when the gate cannot keep up: by class, each from a level of load on. Who measures the load is the caller. */

/**
 * `transit`: for other point codes, MTP alone. `pass-through`: for us, new dialogues that no selector takes up. `screened`: new dialogues
 * that a selector takes up. `ongoing`: what belongs to a dialogue or takes a message back; shedding it wastes what has been done.
 */
export type TrafficClass = 'transit' | 'pass-through' | 'screened' | 'ongoing';

/** 0: all is well; 1 to 3 as the congestion levels of M3UA (RFC 4666 3.4.4). */
export type LoadLevel = 0 | 1 | 2 | 3;

/** The level from which a class is shed; absent: never. */
export type ShedSettings = Readonly<Partial<Record<TrafficClass, 1 | 2 | 3>>>;

/** Pass-through first: its senders are answered, and their next attempt may take another way round. */
export const SHED_FROM: ShedSettings = { 'pass-through': 1, transit: 2, screened: 3 };

/** How often one link is told of our congestion. Unit: milliseconds. Source: T29 and T30 of Q.704 16.8, the shortest time in which a sender reacts. */
const CONGESTION_TOLD_MS = 300;
/** Links that are remembered as told. Unit: links. Source: more than a gate has; the memory is emptied at the bound. */
const LINKS_TOLD_MAX = 1024;

/** Sheds, and says when a link is to be told so. */
export class Overload {
  /** As the caller sees it now. */
  level: LoadLevel = 0;
  private readonly shedFrom: ShedSettings;
  private readonly toldAt = new Map<string, number>();

  constructor(shedFrom: ShedSettings = SHED_FROM) {
    this.shedFrom = shedFrom;
  }

  /** Whether a message of this class is shed now. */
  sheds(traffic: TrafficClass): boolean {
    if (this.level === 0) return false;
    const from = this.shedFrom[traffic];
    return from !== undefined && this.level >= from;
  }

  /** Whether the sender's link is to be told of the congestion now; then it is taken as told. */
  isToTell(link: string, now: number): boolean {
    const last = this.toldAt.get(link);
    // A clock that was set back says nothing about when that was.
    if (last !== undefined && now >= last && now - last < CONGESTION_TOLD_MS) return false;
    if (this.toldAt.size >= LINKS_TOLD_MAX) this.toldAt.clear();
    this.toldAt.set(link, now);
    return true;
  }
}
