/** The tables that a checked configuration is built into: names have become references, digits a tree, weights shares. */
import type { Hop } from './answers.js';
import type {
  ActionSpec,
  AddressChange,
  CallingCheckSpec,
  GroupSpec,
  GttSpec,
  MemberSpec,
  SelectorSpec,
  SetSpec,
  ShareKey,
  TargetSpec,
} from './config.js';
import { DigitsTree, type TreeKey } from './digits-tree.js';
import { prefixesOf } from './ranges.js';
import type { Path } from './routes.js';
import { sharesByWeight } from './shares.js';
import { ABSENT, type Rewriting } from './title.js';

/** A target, with what is looked up for it kept beside it. */
export interface Target extends Rewriting {
  readonly spec: TargetSpec;
  readonly ni: number | undefined;
  readonly link: string | undefined;
  /** The answer when it is a link that is up. */
  readonly linkHop: Hop | undefined;
  /** By network indicator, found when first needed. */
  readonly paths: (Path | undefined)[];
}

/** Members of one priority. */
export interface GroupTier {
  readonly members: readonly number[];
  /** Places in `members`, row by share. */
  readonly orders: Uint8Array;
}

export interface Group {
  readonly name: string;
  readonly key: ShareKey;
  readonly targets: readonly Target[];
  readonly tiers: readonly GroupTier[];
}

export type Action =
  | { readonly kind: 'to'; readonly target: Target; readonly change: AddressChange | undefined }
  | { readonly kind: 'group'; readonly group: Group; readonly change: AddressChange | undefined }
  | { readonly kind: 'set'; readonly set: TranslationSet; readonly change: AddressChange | undefined }
  | { readonly kind: 'discard' }
  | { readonly kind: 'return'; readonly cause: number };

export interface TranslationSet {
  readonly name: string;
  readonly spec: SetSpec;
  readonly tree: DigitsTree;
  /** By the index of the entry. */
  actions: readonly Action[];
  /** Entry 1 allows, 0 refuses. Undefined when everybody may. */
  readonly calling: DigitsTree | undefined;
  readonly callingDefault: boolean;
}

/** A selector, `*` as undefined. */
export interface Selector {
  readonly index: number;
  readonly fields: readonly (number | undefined)[];
  readonly set: TranslationSet;
}

export interface GttTables {
  /** The most specific first. */
  readonly selectors: readonly Selector[];
  readonly sets: ReadonlyMap<string, TranslationSet>;
  readonly groups: ReadonlyMap<string, Group>;
}

export function targetOf(spec: TargetSpec): Target {
  const { link } = spec;
  return {
    spec,
    ni: spec.ni,
    link,
    linkHop:
      link === undefined
        ? undefined
        : { kind: 'hop', link, priority: 0, restricted: false, congestionLevel: 0, againstAdvice: false },
    paths: [undefined, undefined, undefined, undefined],
    routeOn: spec.routeOn,
    ssn: spec.ssn ?? ABSENT,
    pointCode: spec.pointCode ?? ABSENT,
    pointCodeInAddress: spec.pointCodeInAddress ?? 'update',
  };
}

export function buildTables(spec: GttSpec): GttTables {
  const groups = new Map(spec.groups.map((it) => [it.name, groupOf(it)]));
  const sets = new Map(spec.sets.map((it) => [it.name, setOf(it)]));
  const actions = new Actions(sets, groups);
  for (const set of sets.values()) set.actions = set.spec.entries.map((it) => actions.of(it.action));
  const selectors = spec.selectors.map((it, index) => ({ index, fields: fieldsOf(it), set: sets.get(it.set)! }));
  return { selectors: selectors.sort((a, b) => specificity(b.fields) - specificity(a.fields)), sets, groups };
}

/** Fields in the order of SelectorSpec. */
export const fieldsOf = ({ gti, tt, np, nai, ssn, ni = '*' }: SelectorSpec): (number | undefined)[] =>
  [gti, tt, np, nai, ssn, ni].map((it) => (it === '*' ? undefined : it));

/** Orders selectors as SelectorSpec says: how many fields are given, then which. */
function specificity(fields: readonly (number | undefined)[]): number {
  const count = fields.filter((it) => it !== undefined).length;
  return fields.reduce<number>((sum, it) => sum * 2 + (it === undefined ? 0 : 1), count);
}

function groupOf(spec: GroupSpec): Group {
  const priorities = spec.members.map((it, index) => priorityIn(spec, it, index));
  const tiers = [...new Set(priorities)]
    .sort((a, b) => a - b)
    .map((priority) => {
      const members = [...spec.members.keys()].filter((it) => priorities[it] === priority);
      const weight = (member: number): number => spec.members[member]!.weight ?? 1;
      return { members, orders: sharesByWeight(members.map(weight)) };
    });
  return {
    name: spec.name,
    key: spec.key ?? 'sls',
    targets: spec.members.map(targetOf),
    tiers: spec.mode === 'solitary' ? tiers.slice(0, 1) : tiers,
  };
}

function priorityIn({ mode }: GroupSpec, member: MemberSpec, index: number): number {
  if (mode === 'combined') return member.priority ?? 0;
  return mode === 'loadshared' ? 0 : index;
}

function setOf(spec: SetSpec): TranslationSet {
  const { calling } = spec;
  return {
    name: spec.name,
    spec,
    tree: new DigitsTree(keysOf(spec)),
    actions: [],
    calling: calling === undefined ? undefined : new DigitsTree(callingKeys(calling)),
    callingDefault: calling?.allow === undefined,
  };
}

/** The keys of a set's entries; a range gives several. */
export function keysOf({ entries }: SetSpec): TreeKey[] {
  const keys: TreeKey[] = [];
  for (const [entry, { digits, to, exact = false }] of entries.entries())
    for (const prefix of to === undefined ? [digits] : prefixesOf(digits, to)) keys.push({ digits: prefix, exact, entry });
  return keys;
}

const ALLOWED = 1;
const REFUSED = 0;

/** What stands in both lists is refused: of keys that are the same the lower entry counts. */
const callingKeys = ({ allow = [], deny = [] }: CallingCheckSpec): TreeKey[] => [
  ...allow.map((digits) => ({ digits, exact: false, entry: ALLOWED })),
  ...deny.map((digits) => ({ digits, exact: false, entry: REFUSED })),
];

/** Entries that say the same share an action, so that many entries need little memory and what is used stays in the cache. */
class Actions {
  private readonly known = new Map<string, Action>();
  private readonly targets = new Map<string, Target>();
  private readonly sets: ReadonlyMap<string, TranslationSet>;
  private readonly groups: ReadonlyMap<string, Group>;

  constructor(sets: ReadonlyMap<string, TranslationSet>, groups: ReadonlyMap<string, Group>) {
    this.sets = sets;
    this.groups = groups;
  }

  of(spec: ActionSpec): Action {
    const key = keyOf(spec);
    let action = this.known.get(key);
    if (action === undefined) this.known.set(key, (action = this.made(spec)));
    return action;
  }

  private made(spec: ActionSpec): Action {
    switch (spec.kind) {
      case 'to':
        return { kind: 'to', target: this.target(spec.target), change: spec.change };
      case 'group':
        return { kind: 'group', group: this.groups.get(spec.group)!, change: spec.change };
      case 'set':
        return { kind: 'set', set: this.sets.get(spec.set)!, change: spec.change };
      case 'discard':
      case 'return':
        return spec;
    }
  }

  private target(spec: TargetSpec): Target {
    const key = targetKey(spec);
    let target = this.targets.get(key);
    if (target === undefined) this.targets.set(key, (target = targetOf(spec)));
    return target;
  }
}

const targetKey = ({ ni, pointCode, link, routeOn, ssn, pointCodeInAddress }: TargetSpec): string =>
  `${ni} ${pointCode} ${routeOn} ${ssn} ${pointCodeInAddress} ${link}`;

function keyOf(spec: ActionSpec): string {
  if (spec.kind === 'discard') return spec.kind;
  if (spec.kind === 'return') return `return ${spec.cause}`;
  const change = spec.change === undefined ? '' : JSON.stringify(spec.change);
  if (spec.kind === 'to') return `to ${change} ${targetKey(spec.target)}`;
  return spec.kind === 'set' ? `set ${change} ${spec.set}` : `group ${change} ${spec.group}`;
}
