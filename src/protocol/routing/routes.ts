/**
 * Point-code routes: which link a message for a point code takes. Availability comes from the links themselves and from what the network
 * behind each of them says (SSNM). Within a priority the SLS decides, always the same way while its link is usable. ITU-T Q.704 4 and 5, 11 to 13.
 */
import { LIMITS } from '#base';
import type { Availability, DestinationChange, DestinationState, Here, Hop, NoHop, RouteAnswer } from './answers.js';
import type { LinkSpec, NetworkSpec, RouteSpec } from './config.js';
import { Heard, POINT_CODE_BITS, REACH, significant } from './heard.js';
import { SHARES, sharesByWeight } from './shares.js';

/** What SSNM says, by link. `affected` as RFC 4666 3.4.1 has it. */
export interface NetworkNews {
  readonly link: string;
  readonly ni: number;
  readonly kind: 'DUNA' | 'DAVA' | 'DRST' | 'SCON';
  readonly affected: readonly { readonly pointCode: number; readonly mask: number }[];
  /** SCON only, 0..3; 1 when absent: the network knows no levels. */
  readonly congestionLevel?: number;
}

/** What an event has changed. `ignored`: ranges for which there was no room, or that came by an unknown link; to be counted and alarmed. */
export interface RoutesOutput {
  readonly changes: readonly DestinationChange[];
  readonly ignored: number;
}

interface Link {
  readonly name: string;
  up: boolean;
  heard: Heard;
}

interface Way {
  readonly link: Link;
  readonly priority: number;
}

/** The ways of one priority, and how the load is dealt among them. */
interface Tier {
  readonly ways: readonly Way[];
  readonly orders: Uint8Array;
}

interface Row {
  readonly spec: RouteSpec;
  readonly mask: number;
  /** By priority, the best first. */
  readonly tiers: readonly Tier[];
}

/** One destination and what its ways are worth now. Kept by those who ask often; it brings itself up to date. */
export interface Path {
  readonly ni: number;
  readonly pointCode: number;
  readonly row: Row | undefined;
  readonly isOwn: boolean;
  generation: number;
  tier: Tier | undefined;
  /** By the places of the tier's ways; undefined for those that are not used. */
  hops: readonly (Hop | undefined)[];
}

export const HERE: Here = { kind: 'here' };
export const NO_ROUTE: NoHop = { kind: 'none', reason: 'no-route' };
export const UNAVAILABLE: NoHop = { kind: 'none', reason: 'unavailable' };

const NI_VALUES = 4;
const keyOf = (ni: number, pointCode: number): number => (ni << POINT_CODE_BITS) | pointCode;
const trackedKey = (ni: number, pointCode: number, mask: number): number =>
  keyOf(ni, significant(pointCode, mask)) * (POINT_CODE_BITS + 1) + mask;

export class PointCodeRoutes {
  private readonly own = new Set<number>();
  private readonly links = new Map<string, Link>();
  /** By network, then mask (the narrowest first), then significant bits. */
  private readonly rows: readonly Map<number, Map<number, Row>>[];
  private paths = new Map<number, Path>();
  private generation = 1;
  /** What is told of: routes, and the parts of them that the network has spoken of. */
  private readonly told = new Map<number, DestinationState>();

  /** Takes a checked configuration: names are known, values in range, no route twice. Links are down until told otherwise. */
  constructor(networks: readonly NetworkSpec[], links: readonly LinkSpec[], routes: readonly RouteSpec[]) {
    for (const { ni, own } of networks) for (const pointCode of own) this.own.add(keyOf(ni, pointCode));
    for (const { name } of links) this.links.set(name, { name, up: false, heard: new Heard() });
    this.rows = Array.from({ length: NI_VALUES }, () => new Map<number, Map<number, Row>>());
    const narrowestFirst = [...routes].sort((a, b) => (a.mask ?? 0) - (b.mask ?? 0));
    for (const spec of narrowestFirst) {
      const mask = spec.mask ?? 0;
      const byMask = this.rows[spec.ni]!;
      if (!byMask.has(mask)) byMask.set(mask, new Map());
      const byBits = byMask.get(mask)!;
      const bits = significant(spec.pointCode, mask);
      if (byBits.has(bits)) continue;
      byBits.set(bits, { spec, mask, tiers: this.tiersOf(spec) });
      this.tell(spec.ni, lowest(spec.pointCode, mask), mask);
    }
  }

  /** Whether a point code is one of ours. */
  isOwn(ni: number, pointCode: number): boolean {
    return this.own.has(keyOf(ni, pointCode));
  }

  hasLink(name: string): boolean {
    return this.links.has(name);
  }

  /** False for one that is unknown, too. */
  isUp(link: string): boolean {
    return this.links.get(link)?.up === true;
  }

  /** The way for a message. `sls`: 0..255. */
  route(ni: number, pointCode: number, sls: number): RouteAnswer {
    return this.hopOf(this.find(ni, pointCode), sls);
  }

  /** The destination, to be asked with `hopOf`; always the same one until there are too many. */
  find(ni: number, pointCode: number): Path {
    const key = keyOf(ni, pointCode);
    const known = this.paths.get(key);
    if (known !== undefined) return known;
    if (this.paths.size >= LIMITS.routingPathsMax) this.paths = new Map();
    const path: Path = {
      ni,
      pointCode,
      row: this.rowOf(ni, pointCode),
      isOwn: this.own.has(key),
      generation: 0,
      tier: undefined,
      hops: [],
    };
    this.paths.set(key, path);
    return path;
  }

  hopOf(path: Path, sls: number): RouteAnswer {
    if (path.isOwn) return HERE;
    if (path.row === undefined) return NO_ROUTE;
    if (path.generation !== this.generation) this.refresh(path);
    const { tier, hops } = path;
    if (tier === undefined) return UNAVAILABLE;
    const count = hops.length;
    for (let i = (sls & (SHARES - 1)) * count, end = i + count; i < end; i++) {
      const hop = hops[tier.orders[i]!];
      if (hop !== undefined) return hop;
    }
    return UNAVAILABLE;
  }

  /** A link has come up or gone down. What was heard by a link that goes down is forgotten: whoever comes back says it anew. */
  setLink(name: string, up: boolean): RoutesOutput {
    const link = this.links.get(name);
    if (link === undefined) return { changes: [], ignored: 1 };
    if (link.up === up) return { changes: [], ignored: 0 };
    link.up = up;
    if (!up) link.heard.clear();
    this.generation++;
    return { changes: this.changesAmong([...this.told.keys()]), ignored: 0 };
  }

  /** The network behind a link has spoken. */
  hear(news: NetworkNews): RoutesOutput {
    const link = this.links.get(news.link);
    const known = news.ni >= 0 && news.ni < NI_VALUES;
    if (link === undefined || !known || !link.up) return { changes: [], ignored: news.affected.length };
    let ignored = 0;
    const spokenOf = new Map<number, Set<number>>();
    for (const { pointCode, mask: announced } of news.affected) {
      const mask = Math.min(announced, POINT_CODE_BITS);
      const canTell = this.tellOfPart(news.ni, pointCode, mask);
      if (!take(link.heard, news, pointCode, mask) || !canTell) ignored++;
      spokenOf.set(mask, (spokenOf.get(mask) ?? new Set()).add(significant(pointCode, mask)));
    }
    this.generation++;
    return { changes: this.changesAmong(this.toldWithin(news.ni, spokenOf)), ignored };
  }

  /** Every route, and every part of one that stands otherwise than its route. */
  states(): DestinationState[] {
    return [...this.told.values()];
  }

  /** The state of one point code, in the words in which an audit (DAUD) is answered; undefined when there is no route. */
  stateOf(ni: number, pointCode: number): DestinationState | undefined {
    return this.rowOf(ni, pointCode) === undefined ? undefined : this.stateNow(ni, pointCode, 0);
  }

  /** Takes over what another table knows of links of the same name. What differs then is in `states`; no change is told. */
  adopt(former: PointCodeRoutes): void {
    for (const [name, link] of this.links) {
      const known = former.links.get(name);
      if (known === undefined) continue;
      link.up = known.up;
      link.heard = known.heard;
    }
    this.generation++;
    for (const { ni, pointCode, mask } of former.told.values()) this.tellOfPart(ni, pointCode, mask);
    this.changesAmong([...this.told.keys()]);
  }

  /** The narrowest route that holds a range. */
  private rowOf(ni: number, pointCode: number, maskMin = 0): Row | undefined {
    for (const [mask, byBits] of this.rows[ni] ?? []) {
      if (mask < maskMin) continue;
      const row = byBits.get(significant(pointCode, mask));
      if (row !== undefined) return row;
    }
    return undefined;
  }

  private tiersOf({ via }: RouteSpec): Tier[] {
    const priorities = [...new Set(via.map((it) => it.priority ?? 0))].sort((a, b) => a - b);
    return priorities.map((priority) => {
      const among = via.filter((it) => (it.priority ?? 0) === priority);
      return {
        ways: among.map((it) => ({ link: this.links.get(it.link)!, priority })),
        orders: sharesByWeight(among.map((it) => it.weight ?? 1)),
      };
    });
  }

  private refresh(path: Path): void {
    path.generation = this.generation;
    const chosen = choose(path.row!, path.ni, path.pointCode, 0);
    path.tier = chosen?.tier;
    path.hops = chosen?.hops ?? [];
  }

  private stateNow(ni: number, pointCode: number, mask: number): DestinationState {
    const row = this.rowOf(ni, pointCode, mask);
    const chosen = row === undefined ? undefined : choose(row, ni, pointCode, mask);
    return { ni, pointCode, mask, ...worth(chosen) };
  }

  private tell(ni: number, pointCode: number, mask: number): void {
    this.told.set(trackedKey(ni, pointCode, mask), this.stateNow(ni, pointCode, mask));
  }

  /** Before something is heard of a part of a route: how that part stands. False when there is no room for it. */
  private tellOfPart(ni: number, pointCode: number, mask: number): boolean {
    const row = this.rowOf(ni, pointCode, mask);
    if (row === undefined || row.mask <= mask || this.told.has(trackedKey(ni, pointCode, mask))) return true;
    if (this.told.size >= LIMITS.routingToldMax) return false;
    this.tell(ni, lowest(pointCode, mask), mask);
    return true;
  }

  /** Keys of what is told that lies within one of these ranges: significant bits by mask. */
  private toldWithin(ni: number, ranges: ReadonlyMap<number, ReadonlySet<number>>): number[] {
    const keys: number[] = [];
    for (const [key, state] of this.told) {
      if (state.ni !== ni) continue;
      for (const [mask, bits] of ranges)
        if (mask >= state.mask && bits.has(significant(state.pointCode, mask))) {
          keys.push(key);
          break;
        }
    }
    return keys;
  }

  /**
   * What has changed of these, the wide ranges first. Who hears that a wide range has changed takes it for all that lies inside: what stands
   * otherwise in there is told again behind it.
   */
  private changesAmong(keys: readonly number[]): DestinationChange[] {
    const changes: DestinationChange[] = [];
    const changed = new Set<number>();
    for (const key of keys) {
      const before = this.told.get(key)!;
      const now = this.stateNow(before.ni, before.pointCode, before.mask);
      const isSame = now.availability === before.availability && now.congestionLevel === before.congestionLevel;
      if (!isSame) {
        this.told.set(key, now);
        changed.add(key);
        changes.push(changeOf(now, before));
      }
      if (this.isPartForgotten(now)) this.told.delete(key);
    }
    if (changed.size > 0) this.repeatInside(changed, changes);
    return changes.sort((a, b) => b.mask - a.mask);
  }

  private repeatInside(changed: ReadonlySet<number>, changes: DestinationChange[]): void {
    const masks = [...new Set(changes.map((it) => it.mask))];
    for (const [key, state] of this.told) {
      const { ni, pointCode, mask } = state;
      const isInside = masks.some((wider) => wider > mask && changed.has(trackedKey(ni, pointCode, wider)));
      if (isInside && !changed.has(key)) changes.push(changeOf(state, state));
    }
  }

  /** Whether no link knows more of a part of a route than of the whole. */
  private isPartForgotten({ ni, pointCode, mask }: DestinationState): boolean {
    const row = this.rowOf(ni, pointCode, mask);
    if (row === undefined || row.mask <= mask) return false;
    for (const { heard } of this.links.values()) {
      if (heard.reachOf(ni, pointCode, mask) !== heard.reachOf(ni, pointCode, row.mask)) return false;
      if (heard.congestionOf(ni, pointCode, mask) !== heard.congestionOf(ni, pointCode, row.mask)) return false;
    }
    return true;
  }
}

const changeOf = (now: DestinationState, before: DestinationState): DestinationChange => ({
  ...now,
  before: before.availability,
  congestionBefore: before.congestionLevel,
});

const lowest = (pointCode: number, mask: number): number =>
  mask >= POINT_CODE_BITS ? 0 : significant(pointCode, mask) * 2 ** mask;

/** What a message makes of a range. DAVA and DUNA end a congestion; SCON leaves the reachability, DRST the congestion. */
function take(heard: Heard, { kind, ni, congestionLevel }: NetworkNews, pointCode: number, mask: number): boolean {
  switch (kind) {
    case 'DUNA':
      return heard.setReach(ni, pointCode, mask, REACH.unavailable) && heard.setCongestion(ni, pointCode, mask, 0);
    case 'DAVA':
      return heard.setReach(ni, pointCode, mask, REACH.available) && heard.setCongestion(ni, pointCode, mask, 0);
    case 'DRST':
      return heard.setReach(ni, pointCode, mask, REACH.restricted);
    case 'SCON':
      return heard.setCongestion(ni, pointCode, mask, congestionLevel ?? 1);
  }
}

interface Chosen {
  readonly tier: Tier;
  readonly hops: readonly (Hop | undefined)[];
}

/**
 * The ways that are used: of the best priority that has one of full worth; without one, of the best that has a restricted one (Q.704 13.4:
 * a restricted route is left for any other); and, where the operator wants it, of the best that has a link at all.
 */
function choose(row: Row, ni: number, pointCode: number, maskMin: number): Chosen | undefined {
  for (const worst of row.spec.whenUnavailable === 'try-anyway' ? [0, 1, 2] : [0, 1])
    for (const tier of row.tiers) {
      const hops = tier.ways.map(({ link, priority }): Hop | undefined => {
        if (!link.up) return undefined;
        const reach = link.heard.reachOf(ni, pointCode, maskMin);
        if (reach > worst) return undefined;
        return {
          kind: 'hop',
          link: link.name,
          priority,
          restricted: reach === REACH.restricted,
          congestionLevel: link.heard.congestionOf(ni, pointCode, maskMin),
          againstAdvice: reach === REACH.unavailable,
        };
      });
      if (hops.some((hop) => hop !== undefined)) return { tier, hops };
    }
  return undefined;
}

/** What those behind us are told: a way that is only tried against advice is none. */
function worth(chosen: Chosen | undefined): { availability: Availability; congestionLevel: number } {
  let congestionLevel = 0;
  let restricted = true;
  let any = false;
  for (const hop of chosen?.hops ?? []) {
    if (hop === undefined || hop.againstAdvice) continue;
    any = true;
    restricted &&= hop.restricted;
    congestionLevel = Math.max(congestionLevel, hop.congestionLevel);
  }
  return { availability: !any ? 'unavailable' : restricted ? 'restricted' : 'available', congestionLevel };
}
