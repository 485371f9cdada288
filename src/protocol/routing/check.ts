/** What of a configuration cannot be carried out. Everything is found in one go; a configuration without findings builds. */
import { LIMITS } from '#base';
import { pointCodeMax } from '#codec/mtp';
import { RETURN_CAUSE } from '#codec/sccp';
import type {
  ActionSpec,
  AddressChange,
  Finding,
  GroupSpec,
  Match,
  RouteSpec,
  RoutingSpec,
  SelectorSpec,
  SetSpec,
  TargetSpec,
} from './config.js';
import { isRange, prefixesOf } from './ranges.js';

const DIGITS = /^[0-9a-f]*$/;
const NI_MAX = 3;
const CAUSE_MAX = Math.max(...Object.values(RETURN_CAUSE));

/** Ranges of fields, by name: lowest and highest. */
const RANGES = {
  gti: [1, 4],
  tt: [0, 255],
  np: [0, 15],
  nai: [0, 127],
  ssn: [0, 255],
  ni: [0, NI_MAX],
  priority: [0, 255],
  weight: [1, 255],
  cause: [0, CAUSE_MAX],
  deleteDigits: [0, LIMITS.gttDigitsMax],
  networkFrom: [1, 3],
  subsystemFrom: [1, 8],
} as const;

type Ranged = keyof typeof RANGES;

export function checkRouting(spec: RoutingSpec): Finding[] {
  return new Check(spec).run();
}

class Check {
  private readonly findings: Finding[] = [];
  private readonly spec: RoutingSpec;
  private readonly links: ReadonlySet<string>;
  private readonly sets: ReadonlySet<string>;
  private readonly groups: ReadonlySet<string>;

  constructor(spec: RoutingSpec) {
    this.spec = spec;
    this.links = new Set(spec.links.map((it) => it.name));
    this.sets = new Set(spec.gtt.sets.map((it) => it.name));
    this.groups = new Set(spec.gtt.groups.map((it) => it.name));
  }

  run(): Finding[] {
    const { networks, links, routes, gtt, congestion } = this.spec;
    this.unique(
      'networks',
      networks.map((it) => String(it.ni)),
    );
    this.unique(
      'links',
      links.map((it) => it.name),
    );
    this.unique(
      'gtt.sets',
      gtt.sets.map((it) => it.name),
    );
    this.unique(
      'gtt.groups',
      gtt.groups.map((it) => it.name),
    );
    this.atMost('links', links.length, LIMITS.routingLinksMax);
    this.atMost('routes', routes.length, LIMITS.routingRoutesMax);
    this.atMost('gtt.selectors', gtt.selectors.length, LIMITS.gttSelectorsMax);
    this.atMost('gtt.sets', gtt.sets.length, LIMITS.gttSetsMax);
    this.atMost('gtt.groups', gtt.groups.length, LIMITS.gttSetsMax);
    this.networks();
    for (const [i, route] of routes.entries()) this.route(`routes[${i}]`, route);
    for (const [i, selector] of gtt.selectors.entries()) this.selector(`gtt.selectors[${i}]`, selector);
    for (const group of gtt.groups) this.group(`gtt.groups.${group.name}`, group);
    for (const set of gtt.sets) this.set(`gtt.sets.${set.name}`, set);
    this.entryCount();
    this.inRange('congestion', 'networkFrom', congestion?.networkFrom);
    this.inRange('congestion', 'subsystemFrom', congestion?.subsystemFrom);
    return this.findings;
  }

  private fault(kind: Finding['kind'], where: string, text: string): void {
    this.findings.push({ severity: 'error', kind, where, text });
  }

  private unique(where: string, names: readonly string[]): void {
    const seen = new Set<string>();
    for (const name of names) {
      if (seen.has(name)) this.fault('duplicate-name', where, `${name} stands there twice`);
      seen.add(name);
    }
  }

  private atMost(where: string, count: number, max: number): void {
    if (count > max) this.fault('limit', where, `${count} stand there, ${max} is the most`);
  }

  private inRange(where: string, field: Ranged, value: Match | undefined): void {
    if (value === undefined || value === '*') return;
    const [min, max] = RANGES[field];
    if (!Number.isInteger(value) || value < min || value > max)
      this.fault('bad-value', where, `${field} is ${value}, ${min} to ${max} is possible`);
  }

  private known(where: string, what: string, names: ReadonlySet<string>, name: string): void {
    if (!names.has(name)) this.fault('unknown-name', where, `there is no ${what} ${name}`);
  }

  private digits(where: string, what: string, digits: string | undefined): void {
    if (digits === undefined) return;
    if (!DIGITS.test(digits)) this.fault('bad-value', where, `${what} has what is no digit (0 to 9, a to f)`);
    if (digits.length > LIMITS.gttDigitsMax)
      this.fault('limit', where, `${what} has ${digits.length} digits, ${LIMITS.gttDigitsMax} is the most`);
  }

  private networks(): void {
    for (const [i, { ni, variant, own, subsystems = [] }] of this.spec.networks.entries()) {
      const where = `networks[${i}]`;
      this.inRange(where, 'ni', ni);
      if (own.length === 0) this.fault('bad-value', where, 'a point code of our own is missing');
      for (const pointCode of own) this.pointCode(where, pointCode, pointCodeMax(variant));
      for (const ssn of subsystems) this.inRange(where, 'ssn', ssn);
    }
  }

  private pointCode(where: string, pointCode: number, max: number): void {
    if (!Number.isInteger(pointCode) || pointCode < 0 || pointCode > max)
      this.fault('bad-value', where, `point code ${pointCode}, 0 to ${max} is possible`);
  }

  /** A point code of a network that we are part of. */
  private pointCodeIn(where: string, ni: number, pointCode: number): void {
    const network = this.spec.networks.find((it) => it.ni === ni);
    if (network === undefined) this.fault('unknown-name', where, `we are not part of a network with indicator ${ni}`);
    else this.pointCode(where, pointCode, pointCodeMax(network.variant));
  }

  private route(where: string, { ni, pointCode, mask = 0, via }: RouteSpec): void {
    this.pointCodeIn(where, ni, pointCode);
    const variant = this.spec.networks.find((it) => it.ni === ni)?.variant;
    const bits = Math.log2(pointCodeMax(variant ?? 'ansi') + 1);
    if (!Number.isInteger(mask) || mask < 0 || mask > bits)
      this.fault('bad-value', where, `mask is ${mask}, 0 to ${bits} is possible`);
    if (via.length === 0) this.fault('bad-value', where, 'a route needs a way');
    this.atMost(where, via.length, LIMITS.routingAlternatesMax);
    this.unique(
      where,
      via.map((it) => it.link),
    );
    for (const { link, priority, weight } of via) {
      this.known(where, 'link', this.links, link);
      this.inRange(where, 'priority', priority);
      this.inRange(where, 'weight', weight);
    }
  }

  private selector(where: string, selector: SelectorSpec): void {
    for (const field of ['gti', 'tt', 'np', 'nai', 'ssn', 'ni'] as const) this.inRange(where, field, selector[field]);
    this.known(where, 'set', this.sets, selector.set);
  }

  private group(where: string, { members }: GroupSpec): void {
    if (members.length === 0) this.fault('bad-value', where, 'a group needs a member');
    this.atMost(where, members.length, LIMITS.routingAlternatesMax);
    for (const [i, member] of members.entries()) {
      this.target(`${where}.members[${i}]`, member);
      this.inRange(`${where}.members[${i}]`, 'priority', member.priority);
      this.inRange(`${where}.members[${i}]`, 'weight', member.weight);
    }
  }

  private target(where: string, { ni, pointCode, link, ssn }: TargetSpec): void {
    this.inRange(where, 'ni', ni);
    this.inRange(where, 'ssn', ssn);
    if (link !== undefined) this.known(where, 'link', this.links, link);
    if (pointCode === undefined && link === undefined) this.fault('bad-value', where, 'a target needs a point code or a link');
    if (pointCode === undefined) return;
    if (ni !== undefined) this.pointCodeIn(where, ni, pointCode);
    else this.pointCode(where, pointCode, Math.max(...this.spec.networks.map((it) => pointCodeMax(it.variant))));
  }

  private set(where: string, { entries, calling }: SetSpec): void {
    for (const [i, { digits, to, exact, action }] of entries.entries()) {
      const at = `${where}.entries[${i}]`;
      this.digits(at, 'the entry', digits);
      if (to !== undefined && !isRange(digits, to))
        this.fault('bad-value', at, 'a range is decimal, of one length, and ends where it begins or later');
      if (to !== undefined && exact === true) this.fault('bad-value', at, 'a range is of prefixes: it cannot be exact');
      this.action(at, action);
    }
    for (const digits of [...(calling?.allow ?? []), ...(calling?.deny ?? [])])
      this.digits(`${where}.calling`, 'a prefix', digits);
    if (calling?.refused?.kind === 'return') this.inRange(`${where}.calling`, 'cause', calling.refused.cause);
  }

  private action(where: string, action: ActionSpec): void {
    if (action.kind === 'return') this.inRange(where, 'cause', action.cause);
    if (action.kind === 'to') this.target(where, action.target);
    if (action.kind === 'group') this.known(where, 'group', this.groups, action.group);
    if (action.kind === 'set') this.known(where, 'set', this.sets, action.set);
    if ('change' in action && action.change !== undefined) this.change(where, action, action.change);
  }

  private change(where: string, action: ActionSpec, change: AddressChange): void {
    for (const field of ['tt', 'np', 'nai', 'gti', 'deleteDigits'] as const) this.inRange(where, field, change[field]);
    for (const field of ['prefix', 'suffix', 'replaceDigits'] as const) this.digits(where, field, change[field]);
    const partly = change.deleteDigits ?? change.prefix ?? change.suffix;
    if (change.replaceDigits !== undefined && partly !== undefined)
      this.fault('bad-value', where, 'replaceDigits excludes deleteDigits, prefix and suffix');
    if (change.dropTitle === true && this.needsTitle(action))
      this.fault('bad-value', where, 'an address that is routed or translated by its title cannot lose it');
  }

  private needsTitle(action: ActionSpec): boolean {
    if (action.kind === 'to') return action.target.routeOn === 'gt';
    if (action.kind !== 'group') return true;
    const group = this.spec.gtt.groups.find((it) => it.name === action.group);
    return group?.members.some((it) => it.routeOn === 'gt') === true;
  }

  private entryCount(): void {
    let count = 0;
    for (const { entries } of this.spec.gtt.sets)
      for (const { digits, to } of entries) count += to !== undefined && isRange(digits, to) ? prefixesOf(digits, to).length : 1;
    this.atMost('gtt.sets', count, LIMITS.gttEntriesMax);
  }
}
