/** Global title translation. ITU-T Q.714 2.4. One walk answers and, when asked, writes its steps down. */
import { LIMITS } from '#base';
import type { MtpVariant } from '#codec/mtp';
import { RETURN_CAUSE } from '#codec/sccp';
import type { Here, Hop, NotTranslated, Step, TargetFault, Translation, TranslationFault } from './answers.js';
import type { AddressChange, CongestionSpec, NetworkSpec } from './config.js';
import { type DigitsTree, NOTHING } from './digits-tree.js';
import { HERE, type PointCodeRoutes } from './routes.js';
import { shareOfOctets } from './shares.js';
import { SSN_MANAGEMENT, type Subsystems } from './subsystems.js';
import type { Action, Group, GttTables, Selector, Target, TranslationSet } from './tables.js';
import { ABSENT, AS_IT_CAME, digitAt, digitsText, emptyTitle, readTitle, rewrite, type Title } from './title.js';

/** A message to be translated. */
export interface Question {
  readonly ni: number;
  /** Values of the addresses, without their length octets. */
  readonly called: Uint8Array;
  readonly calling: Uint8Array;
  readonly sls: number;
}

/** Return causes of Q.713 3.12, by what went wrong. */
const CAUSES: Readonly<Record<TranslationFault, number>> = {
  'no-selector': RETURN_CAUSE.noTranslationForNature,
  'not-translatable': RETURN_CAUSE.noTranslationForNature,
  'no-entry': RETURN_CAUSE.noTranslationForAddress,
  'told-to-return': RETURN_CAUSE.unqualified,
  'calling-refused': RETURN_CAUSE.unqualified,
  'too-many-sets': RETURN_CAUSE.errorInLocalProcessing,
  'bad-address': RETURN_CAUSE.errorInTransport,
  'not-writable': RETURN_CAUSE.errorInLocalProcessing,
  'leads-to-ourselves': RETURN_CAUSE.errorInLocalProcessing,
  'no-route': RETURN_CAUSE.mtpFailure,
  unavailable: RETURN_CAUSE.mtpFailure,
  'link-down': RETURN_CAUSE.mtpFailure,
  'network-congested': RETURN_CAUSE.networkCongestion,
  'subsystem-prohibited': RETURN_CAUSE.subsystemFailure,
  'subsystem-unequipped': RETURN_CAUSE.unequippedUser,
  'subsystem-congested': RETURN_CAUSE.subsystemCongestion,
};

const failedBy = (fault: TranslationFault, cause: number): NotTranslated => ({ kind: 'failed', fault, cause });
/** One answer for each fault, made once. */
const FAILED = Object.fromEntries(
  Object.entries(CAUSES).map(([fault, cause]) => [fault, failedBy(fault as TranslationFault, cause)]),
) as Readonly<Record<TranslationFault, NotTranslated>>;

const NI_VALUES = 4;
/** Indicator 2, a translation type alone: it does not say whether digits are odd or even. Q.713 3.4.2.3.2. */
const WITHOUT_PARITY = 2;
/** 0 by Q.713 3.4.2.3.1; 15 from nodes that end addresses as MAP does. */
const FILLERS: ReadonlySet<number> = new Set([0, 15]);

export class Translator {
  private readonly tables: GttTables;
  private readonly routes: PointCodeRoutes;
  private readonly subsystems: Subsystems;
  private readonly congestion: CongestionSpec;
  private readonly variants: (MtpVariant | undefined)[] = [undefined, undefined, undefined, undefined];
  /** Selections worked out, by network and kind of address. */
  private readonly selections: Map<number, Selector | undefined>[];
  private readonly title = emptyTitle();
  private readonly callingTitle = emptyTitle();

  constructor(
    networks: readonly NetworkSpec[],
    tables: GttTables,
    routes: PointCodeRoutes,
    subsystems: Subsystems,
    congestion: CongestionSpec,
  ) {
    this.tables = tables;
    this.routes = routes;
    this.subsystems = subsystems;
    this.congestion = congestion;
    for (const { ni, variant } of networks) this.variants[ni] = variant;
    this.selections = Array.from({ length: NI_VALUES }, () => new Map());
  }

  /** Translates by the selectors, or in `set` when a set is named. Throws RangeError on a name that stands nowhere. */
  translate(question: Question, set?: string, steps?: Step[]): Translation {
    const found = this.start(question, set, steps);
    const result = 'kind' in found ? found : this.follow(found, question, steps);
    steps?.push({ step: 'result', result });
    return result;
  }

  /** Sends to a group without translating. Throws RangeError on a name that stands nowhere. */
  toGroup(question: Question, name: string, steps?: Step[]): Translation {
    const group = this.tables.groups.get(name);
    if (group === undefined) throw new RangeError(`no group ${name}`);
    const read = this.read(question, steps);
    const result = read ?? this.ofGroup(group, undefined, question, steps);
    steps?.push({ step: 'result', result });
    return result;
  }

  /** Sends to a target without translating. */
  toTarget(question: Question, target: Target, steps?: Step[]): Translation {
    const read = this.read(question, steps);
    const result = read ?? this.ofTarget(target, undefined, question, steps);
    steps?.push({ step: 'result', result });
    return result;
  }

  private start(question: Question, set: string | undefined, steps: Step[] | undefined): TranslationSet | NotTranslated {
    const read = this.read(question, steps);
    if (read !== undefined) return read;
    if (this.title.digitCount === ABSENT) return FAILED['not-translatable'];
    if (set !== undefined) {
      const named = this.tables.sets.get(set);
      if (named === undefined) throw new RangeError(`no set ${set}`);
      return named;
    }
    const selector = this.select(question.ni);
    steps?.push({ step: 'selector', index: selector?.index, set: selector?.set.name });
    return selector?.set ?? FAILED['no-selector'];
  }

  /** Reads the called address; a fault when it cannot be read. */
  private read(question: Question, steps: Step[] | undefined): NotTranslated | undefined {
    const variant = this.variants[question.ni];
    if (variant === undefined || !readTitle(question.called, variant, this.title)) return FAILED['bad-address'];
    steps?.push(addressStep(this.title, question.ni));
    return undefined;
  }

  private select(ni: number): Selector | undefined {
    const { gti, tt, np, nai, ssn } = this.title;
    // What is absent is so because of the indicator, so that 0 in its place is no other address.
    const key = (gti << 27) | (Math.max(tt, 0) << 19) | (Math.max(np, 0) << 15) | (Math.max(nai, 0) << 8) | Math.max(ssn, 0);
    const known = this.selections[ni]!;
    const selector = known.get(key);
    if (selector !== undefined || known.has(key)) return selector;
    const values = [gti, tt, np, nai, Math.max(ssn, 0), ni];
    const found = this.tables.selectors.find(({ fields }) =>
      fields.every((field, i) => field === undefined || field === values[i]),
    );
    if (known.size >= LIMITS.gttSelectionsMax) known.clear();
    known.set(key, found);
    return found;
  }

  private follow(first: TranslationSet, question: Question, steps: Step[] | undefined): Translation {
    let set = first;
    for (let count = 0; count < LIMITS.gttChainMax; count++) {
      if (set.calling !== undefined && !this.mayUse(set, question, steps)) return refusalOf(set);
      const entry = this.entryIn(set.tree);
      if (steps !== undefined) steps.push(entryStep(set, entry, this.title));
      if (entry === NOTHING) return FAILED['no-entry'];
      const action: Action = set.actions[entry]!;
      if (action.kind === 'to') return this.ofTarget(action.target, action.change, question, steps);
      if (action.kind === 'group') return this.ofGroup(action.group, action.change, question, steps);
      if (action.kind === 'discard') return { kind: 'discard', fault: 'told-to-discard' };
      if (action.kind === 'return') return failedBy('told-to-return', action.cause);
      if (action.change !== undefined && !this.change(action.change, steps)) return FAILED['not-writable'];
      set = action.set;
    }
    return FAILED['too-many-sets'];
  }

  /**
   * An odd number of digits ends in a filler where the indicator says nothing of odd and even (indicator 2): then an exact entry for the digits before
   * it counts too, but not before one for all of them.
   */
  private entryIn(tree: DigitsTree): number {
    const { gti, octets, digitsFrom, digitCount } = this.title;
    const entry = tree.find(octets, digitsFrom, digitCount);
    if (gti !== WITHOUT_PARITY || digitCount === 0 || !FILLERS.has(digitAt(this.title, digitCount - 1))) return entry;
    if (tree.find(octets, digitsFrom, digitCount, true) !== NOTHING) return entry;
    const odd = tree.find(octets, digitsFrom, digitCount - 1, true);
    return odd === NOTHING ? entry : odd;
  }

  /** Changes the address on the way to another set; false when it cannot be written. */
  private change(change: AddressChange, steps: Step[] | undefined): boolean {
    const { title } = this;
    const octets = rewrite(title, AS_IT_CAME, change);
    if (octets === undefined || !readTitle(octets, title.variant, title)) return false;
    steps?.push({ step: 'changed', digits: digitsText(title) });
    return title.digitCount !== ABSENT;
  }

  private mayUse(set: TranslationSet, { calling }: Question, steps: Step[] | undefined): boolean {
    const title = this.callingTitle;
    const hasDigits = readTitle(calling, this.title.variant, title) && title.digitCount !== ABSENT;
    const entry = hasDigits ? set.calling!.find(calling, title.digitsFrom, title.digitCount) : NOTHING;
    const allowed = entry === NOTHING ? set.callingDefault : entry === 1;
    steps?.push({ step: 'calling', set: set.name, digits: hasDigits ? digitsText(title) : undefined, allowed });
    return allowed;
  }

  private ofTarget(
    target: Target,
    change: AddressChange | undefined,
    question: Question,
    steps: Step[] | undefined,
  ): Translation {
    const way = this.wayTo(target, question);
    if (steps !== undefined) steps.push(targetStep(target, question.ni, undefined, way));
    return typeof way === 'string' ? FAILED[way] : this.result(target, change, way, question, false, steps);
  }

  private ofGroup(group: Group, change: AddressChange | undefined, question: Question, steps: Step[] | undefined): Translation {
    const share = this.shareOf(group, question);
    if (steps !== undefined) steps.push({ step: 'group', group: group.name, share, order: wishes(group, share) });
    let fault: TargetFault | undefined;
    for (const { members, orders } of group.tiers) {
      const count = members.length;
      for (let i = share * count, end = i + count; i < end; i++) {
        const member = members[orders[i]!]!;
        const target = group.targets[member]!;
        const way = this.wayTo(target, question);
        if (steps !== undefined) steps.push(targetStep(target, question.ni, member, way));
        if (typeof way !== 'string') return this.result(target, change, way, question, fault !== undefined, steps);
        fault ??= way;
      }
    }
    return FAILED[fault!];
  }

  private shareOf({ key }: Group, { called, calling, sls }: Question): number {
    if (key === 'sls') return turned(sls, this.title.variant);
    if (key === 'called') {
      const { octets, digitsFrom, digitCount } = this.title;
      return digitCount === ABSENT ? shareOfOctets(called, 0, called.length) : shareOfOctets(octets, digitsFrom, octets.length);
    }
    const title = this.callingTitle;
    const hasDigits = readTitle(calling, this.title.variant, title) && title.digitCount !== ABSENT;
    return shareOfOctets(calling, hasDigits ? title.digitsFrom : 0, calling.length);
  }

  /** The way to a target, or why there is none. */
  private wayTo(target: Target, question: Question): Hop | Here | TargetFault {
    const { link } = target;
    if (link !== undefined && !this.routes.isUp(link)) return 'link-down';
    const ni = target.ni ?? question.ni;
    const way = link !== undefined ? target.linkHop! : this.routed(target, ni, question.sls);
    if (typeof way === 'string') return way;
    const { networkFrom } = this.congestion;
    if (networkFrom !== undefined && way.kind === 'hop' && way.congestionLevel >= networkFrom) return 'network-congested';
    if (this.subsystems.isAllClear || way === HERE || target.pointCode === ABSENT) return way;
    return this.subsystemFault(target, ni) ?? way;
  }

  private routed(target: Target, ni: number, sls: number): Hop | Here | TargetFault {
    const path = (target.paths[ni] ??= this.routes.find(ni, target.pointCode));
    const way = this.routes.hopOf(path, sls);
    return way.kind === 'none' ? way.reason : way;
  }

  /** A node's SCCP counts for every message to it, a subsystem for those that are routed on it. Q.714 2.7.2. */
  private subsystemFault(target: Target, ni: number): TargetFault | undefined {
    const ssn = target.routeOn === 'ssn' ? (target.ssn === ABSENT ? Math.max(this.title.ssn, 0) : target.ssn) : SSN_MANAGEMENT;
    const state = this.subsystems.stateOf(ni, target.pointCode, ssn);
    if (state === 'allowed') return undefined;
    if (state === 'prohibited') return 'subsystem-prohibited';
    if (state === 'unequipped') return 'subsystem-unequipped';
    const { subsystemFrom } = this.congestion;
    const isTooMuch = subsystemFrom !== undefined && this.subsystems.congestionOf(ni, target.pointCode, ssn) >= subsystemFrom;
    return isTooMuch ? 'subsystem-congested' : undefined;
  }

  private result(
    target: Target,
    change: AddressChange | undefined,
    hop: Hop | Here,
    question: Question,
    alternate: boolean,
    steps: Step[] | undefined,
  ): Translation {
    steps?.push({ step: 'hop', hop });
    const ni = target.ni ?? question.ni;
    // An address of the other variant would have to be put together anew, the calling one too.
    if (ni !== question.ni && this.variants[ni] !== this.title.variant) return FAILED['not-writable'];
    if (hop === HERE && target.routeOn === 'gt') return FAILED['leads-to-ourselves'];
    const called = rewrite(this.title, target, change);
    if (called === undefined) return FAILED['not-writable'];
    const { spec } = target;
    return { kind: 'translated', target: spec, ni, pointCode: spec.pointCode, hop, called, alternate };
  }
}

function refusalOf({ spec }: TranslationSet): Translation {
  const refused = spec.calling?.refused;
  return refused?.kind === 'return' ? failedBy('calling-refused', refused.cause) : { kind: 'discard', fault: 'calling-refused' };
}

const SLS_BITS: Readonly<Record<MtpVariant, number>> = { itu: 4, ansi: 8 };

/**
 * The bits of an SLS in the other order. Routes deal by its low bits; if groups did so too, each target would get only what one of its links
 * carries.
 */
function turned(sls: number, variant: MtpVariant): number {
  let turned = 0;
  for (let bit = 0, bits = SLS_BITS[variant]; bit < bits; bit++) turned |= ((sls >>> bit) & 1) << (bits - 1 - bit);
  return turned;
}

/** Members in the order in which a share wants them. */
const wishes = ({ tiers }: Group, share: number): number[] =>
  tiers.flatMap(({ members, orders }) => members.map((_, i) => members[orders[share * members.length + i]!]!));

const present = (value: number): number | undefined => (value === ABSENT ? undefined : value);

const addressStep = (title: Title, ni: number): Step => ({
  step: 'address',
  ni,
  gti: title.gti,
  tt: present(title.tt),
  np: present(title.np),
  nai: present(title.nai),
  ssn: present(title.ssn),
  digits: digitsText(title),
});

function entryStep(set: TranslationSet, entry: number, title: Title): Step {
  const found = entry === NOTHING ? undefined : set.spec.entries[entry]!;
  return {
    step: 'entry',
    set: set.name,
    index: found === undefined ? undefined : entry,
    matched: found === undefined ? undefined : digitsText(title)!.slice(0, found.digits.length),
    exact: found?.exact ?? false,
  };
}

const targetStep = (target: Target, ni: number, member: number | undefined, way: Hop | Here | TargetFault): Step => ({
  step: 'target',
  member,
  ni: target.ni ?? ni,
  pointCode: present(target.pointCode),
  link: target.link,
  ssn: present(target.ssn),
  fault: typeof way === 'string' ? way : undefined,
});
