/** What of a configuration is lawful and can hardly be meant: what nothing leads to, what something else hides, what leads nowhere. */
import { LIMITS } from '#base';
import { checkRouting } from './check.js';
import type { Finding, GroupSpec, RoutingSpec, SetSpec, TargetSpec } from './config.js';
import { significant } from './heard.js';
import { fieldsOf, keysOf } from './tables.js';

/** What others than the routing lead to: a screening may name a set or a group. */
export interface NamedElsewhere {
  readonly sets?: readonly string[];
  readonly groups?: readonly string[];
}

/** Every finding: the errors for which `createRouting` refuses a configuration, or, when there are none, the warnings. */
export function lintRouting(spec: RoutingSpec, named: NamedElsewhere = {}): Finding[] {
  const errors = checkRouting(spec);
  if (errors.length > 0) return errors;
  return [
    ...shadowedRoutes(spec),
    ...shadowedSelectors(spec),
    ...spec.gtt.sets.flatMap(shadowedEntries),
    ...unreachable(spec, named),
    ...circularSets(spec),
    ...targetFindings(spec),
    ...spec.gtt.groups.flatMap(uselessMembers),
  ];
}

const warning = (kind: Finding['kind'], where: string, text: string): Finding => ({ severity: 'warning', kind, where, text });

function shadowedRoutes({ routes }: RoutingSpec): Finding[] {
  const seen = new Map<string, number>();
  return routes.flatMap(({ ni, pointCode, mask = 0 }, i) => {
    const key = `${ni} ${mask} ${significant(pointCode, mask)}`;
    const first = seen.get(key);
    seen.set(key, first ?? i);
    return first === undefined
      ? []
      : [warning('shadowed', `routes[${i}]`, `routes[${first}] has the same point codes and comes first`)];
  });
}

function shadowedSelectors({ gtt }: RoutingSpec): Finding[] {
  const seen = new Map<string, number>();
  return gtt.selectors.flatMap((selector, i) => {
    const key = fieldsOf(selector).join(' ');
    const first = seen.get(key);
    seen.set(key, first ?? i);
    return first === undefined
      ? []
      : [warning('shadowed', `gtt.selectors[${i}]`, `gtt.selectors[${first}] asks for the same and comes first`)];
  });
}

/** Decimal digits, and the codes above nine. */
const DIGIT_VALUES = '0123456789abcdef';

function shadowedEntries(set: SetSpec): Finding[] {
  const findings: Finding[] = [];
  const where = `gtt.sets.${set.name}`;
  const first = new Map<string, number>();
  const said = new Set<string>();
  for (const { digits, exact, entry } of keysOf(set)) {
    const key = `${exact ? '=' : ''}${digits}`;
    const before = first.get(key);
    if (before === undefined) first.set(key, entry);
    else if (before !== entry && !said.has(`${entry} ${before}`)) {
      said.add(`${entry} ${before}`);
      findings.push(
        warning('shadowed', `${where}.entries[${entry}]`, `entries[${before}] has ${shown(digits)} already and comes first`),
      );
    }
  }
  for (const [key, entry] of first) {
    const isHidden = !key.startsWith('=') && first.has(`=${key}`) && [...DIGIT_VALUES].every((it) => first.has(key + it));
    if (isHidden)
      findings.push(
        warning('shadowed', `${where}.entries[${entry}]`, `every address that begins with ${shown(key)} has an entry of its own`),
      );
  }
  return findings;
}

const shown = (digits: string): string => (digits === '' ? 'every address' : digits);

function unreachable({ links, routes, gtt }: RoutingSpec, named: NamedElsewhere): Finding[] {
  const actions = gtt.sets.flatMap((it) => it.entries.map((entry) => entry.action));
  const sets = new Set([
    ...(named.sets ?? []),
    ...gtt.selectors.map((it) => it.set),
    ...actions.flatMap((it) => (it.kind === 'set' ? [it.set] : [])),
  ]);
  const groups = new Set([...(named.groups ?? []), ...actions.flatMap((it) => (it.kind === 'group' ? [it.group] : []))]);
  const targets: TargetSpec[] = [
    ...actions.flatMap((it) => (it.kind === 'to' ? [it.target] : [])),
    ...gtt.groups.flatMap((it) => it.members),
  ];
  const used = new Set([...routes.flatMap((it) => it.via.map((via) => via.link)), ...targets.flatMap((it) => it.link ?? [])]);
  const unused = (what: string, names: readonly { readonly name: string }[], among: ReadonlySet<string>): Finding[] =>
    names.filter((it) => !among.has(it.name)).map((it) => warning('unreachable', `${what}.${it.name}`, `nothing leads there`));
  const entries = gtt.sets.filter((it) => it.entries.length === 0);
  return [
    ...unused('links', links, used),
    ...unused('gtt.sets', gtt.sets, sets),
    ...unused('gtt.groups', gtt.groups, groups),
    ...entries.map((it) => warning('unreachable', `gtt.sets.${it.name}`, 'the set has no entries: it translates nothing')),
  ];
}

/** Sets that lead back to themselves, and ways through more sets than are followed. */
function circularSets({ gtt }: RoutingSpec): Finding[] {
  const next = new Map(
    gtt.sets.map((set) => [
      set.name,
      [...new Set(set.entries.flatMap(({ action }) => (action.kind === 'set' ? [action.set] : [])))],
    ]),
  );
  const findings: Finding[] = [];
  const depths = new Map<string, number>();
  const depthOf = (name: string, trail: readonly string[]): number => {
    const at = trail.indexOf(name);
    if (at >= 0) {
      const circle = [...trail.slice(at), name].join(' -> ');
      findings.push(warning('circular', `gtt.sets.${name}`, `the sets lead back to themselves: ${circle}`));
      return 0;
    }
    const known = depths.get(name);
    if (known !== undefined) return known;
    const depth = 1 + Math.max(0, ...next.get(name)!.map((it) => depthOf(it, [...trail, name])));
    depths.set(name, depth);
    return depth;
  };
  for (const name of next.keys()) depthOf(name, []);
  for (const [name, depth] of depths)
    if (depth > LIMITS.gttChainMax)
      findings.push(warning('circular', `gtt.sets.${name}`, `leads through ${depth} sets, ${LIMITS.gttChainMax} are followed`));
  return findings;
}

function targetFindings(spec: RoutingSpec): Finding[] {
  const hasRoute = routeFinder(spec);
  const own = new Set(spec.networks.flatMap((it) => it.own.map((pointCode) => `${it.ni} ${pointCode}`)));
  const findings: Finding[] = [];
  const look = (where: string, target: TargetSpec): void => {
    const { pointCode, link, routeOn } = target;
    if (pointCode === undefined) return;
    const networks = target.ni === undefined ? spec.networks.map((it) => it.ni) : [target.ni];
    const isOwn = networks.some((ni) => own.has(`${ni} ${pointCode}`));
    if (isOwn && routeOn === 'gt')
      findings.push(
        warning('own-point-code', where, `${pointCode} is ours, and the message would be translated again: it is given up`),
      );
    else if (link === undefined && !isOwn && !networks.some((ni) => hasRoute(ni, pointCode)))
      findings.push(warning('missing-route', where, `no route leads to ${pointCode}`));
  };
  for (const { name, members } of spec.gtt.groups)
    for (const [i, member] of members.entries()) look(`gtt.groups.${name}.members[${i}]`, member);
  for (const { name, entries } of spec.gtt.sets)
    for (const [i, { action }] of entries.entries())
      if (action.kind === 'to') look(`gtt.sets.${name}.entries[${i}]`, action.target);
  return findings;
}

function routeFinder({ routes }: RoutingSpec): (ni: number, pointCode: number) => boolean {
  const known = new Set(routes.map(({ ni, pointCode, mask = 0 }) => `${ni} ${mask} ${significant(pointCode, mask)}`));
  const masks = [...new Set(routes.map((it) => it.mask ?? 0))];
  return (ni, pointCode) => masks.some((mask) => known.has(`${ni} ${mask} ${significant(pointCode, mask)}`));
}

function uselessMembers({ name, mode, members }: GroupSpec): Finding[] {
  if (mode !== 'solitary' || members.length === 1) return [];
  return [warning('unreachable', `gtt.groups.${name}`, 'a solitary group uses its first member only')];
}
