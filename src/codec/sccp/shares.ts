/**
 * Who holds how much of something that is scarce, and who holds the most. Constant time for each change, so that somebody who takes all he can get does
 * not make it dear to find him.
 */

/** Weights by name, and the heaviest. Weights are whole numbers; names of weight 0 are forgotten. */
class Ranking {
  private readonly weights = new Map<string, number>();
  private readonly byWeight = new Map<number, Set<string>>();
  private top = 0;

  get heaviest(): string | undefined {
    return this.byWeight.get(this.top)?.values().next().value;
  }

  add(name: string, by: number): void {
    const before = this.weights.get(name) ?? 0;
    const after = before + by;
    this.leave(name, before);
    if (after === 0) this.weights.delete(name);
    else {
      this.weights.set(name, after);
      this.enter(name, after);
    }
    // No further down than by what was taken away: the name stands there, unless it is forgotten.
    while (this.top > 0 && !this.byWeight.has(this.top)) this.top--;
  }

  get isEmpty(): boolean {
    return this.weights.size === 0;
  }

  private enter(name: string, weight: number): void {
    const names = this.byWeight.get(weight);
    if (names === undefined) this.byWeight.set(weight, new Set([name]));
    else names.add(name);
    if (weight > this.top) this.top = weight;
  }

  private leave(name: string, weight: number): void {
    const names = this.byWeight.get(weight);
    if (names === undefined) return;
    names.delete(name);
    if (names.size === 0) this.byWeight.delete(weight);
  }
}

/** What is held, by link and by party on that link. */
export interface Holder {
  readonly link: string;
  readonly party: string;
}

/** Shares of links and, within a link, of parties: many small parties on one link do not outweigh one party on another. */
export class Shares<T> {
  private readonly links = new Ranking();
  private readonly parties = new Map<string, Ranking>();
  /** What a party holds, in the order in which it came. */
  private readonly holdings = new Map<string, Set<T>>();

  /** `what` takes `by` more, for the first time or again. */
  take({ link, party }: Holder, what: T, by: number): void {
    this.weigh(link, party, by);
    const key = keyOf(link, party);
    const held = this.holdings.get(key);
    if (held === undefined) this.holdings.set(key, new Set([what]));
    else held.add(what);
  }

  /** `what` is held no more; `by`: all that it has taken. */
  release({ link, party }: Holder, what: T, by: number): void {
    this.weigh(link, party, -by);
    const key = keyOf(link, party);
    const held = this.holdings.get(key);
    held?.delete(what);
    if (held?.size === 0) this.holdings.delete(key);
  }

  /** The oldest that the greediest party of the greediest link holds; undefined when nothing is held. */
  get oldestOfGreediest(): T | undefined {
    const link = this.links.heaviest;
    const party = link === undefined ? undefined : this.parties.get(link)?.heaviest;
    return link === undefined || party === undefined ? undefined : this.holdings.get(keyOf(link, party))?.values().next().value;
  }

  private weigh(link: string, party: string, by: number): void {
    this.links.add(link, by);
    let ranking = this.parties.get(link);
    if (ranking === undefined) this.parties.set(link, (ranking = new Ranking()));
    ranking.add(party, by);
    if (ranking.isEmpty) this.parties.delete(link);
  }
}

const keyOf = (link: string, party: string): string => `${party}/${link}`;
