/** Service selectors: from the kind of a called party to what is done with its messages. */
import type { SelectorKey } from './message.js';
import {
  ANSWERS,
  type Answer,
  type Mode,
  type Rule,
  type ScreeningSettings,
  type SelectorSettings,
  type WhenUnavailable,
} from './settings.js';

/** Names under which vendors list the one service there is here. The first is the canonical one. */
export const SERVICE_NAMES = ['mosms', 'smsmr', 'ppsms'] as const;

/** Numbering plans of global titles by the names of EAGLE's and vSTP's selectors. Q.713 3.4.2.3.3. */
export const TITLE_PLANS: Readonly<Record<string, number>> = {
  e164: 1,
  generic: 2,
  x121: 3,
  f69: 4,
  e210: 5,
  e212: 6,
  e214: 7,
  private: 14,
};

/** Natures of address of global titles by the same names. Q.713 3.4.2.3.1. */
export const TITLE_NATURES: Readonly<Record<string, number>> = { sub: 1, rsvd: 2, natl: 3, intl: 4 };

type TitleField = 'translationType' | 'numberingPlan' | 'natureOfAddress';

/** Which fields a global title of each indicator has. Q.713 3.4.2.3. */
export const TITLE_FIELDS: Readonly<Record<number, readonly TitleField[]>> = {
  0: [],
  1: ['natureOfAddress'],
  2: ['translationType'],
  3: ['translationType', 'numberingPlan'],
  4: ['translationType', 'numberingPlan', 'natureOfAddress'],
};

/** Indicator, translation type, numbering plan, nature of address: 4, 8, 4 and 7 bits of one small integer. */
export function kindOfTitle(key: SelectorKey | SelectorSettings): number {
  const fields = ((key.translationType ?? 0) << 11) | ((key.numberingPlan ?? 0) << 7) | (key.natureOfAddress ?? 0);
  return (key.indicator << 19) | fields;
}

/** A selector with all that holds for its messages worked out. */
export class Selector {
  readonly name: string;
  readonly mode: Mode;
  readonly modeFrom: 'settings' | 'selector';
  readonly whenNumbersUnavailable: WhenUnavailable;
  readonly answers: Readonly<Record<Rule, Answer>>;
  /** Which edition of the settings this belongs to: any object, the same for all its selectors. */
  readonly edition: object;
  /** For counting, by home SMSC; filled as they are met. */
  readonly cells: (Float64Array | undefined)[] = [];

  constructor(settings: ScreeningSettings, own: SelectorSettings, mode: Mode, edition: object) {
    this.name = own.name;
    this.mode = own.mode ?? mode;
    this.modeFrom = own.mode === undefined ? 'settings' : 'selector';
    this.whenNumbersUnavailable = own.whenNumbersUnavailable ?? settings.whenNumbersUnavailable ?? 'pass';
    this.answers = { ...ANSWERS, ...settings.answers, ...own.answers };
    this.edition = edition;
  }
}

/** Selectors of one kind of title: by subsystem, and whatever the subsystem is. */
interface OfKind {
  readonly bySsn: (Selector | undefined)[];
  any: Selector | undefined;
}

export class Selectors {
  readonly #kinds = new Map<number, OfKind>();
  readonly #names = new Map<string, Selector>();

  constructor(settings: ScreeningSettings, mode: Mode, edition: object) {
    for (const own of settings.selectors) {
      const selector = new Selector(settings, own, mode, edition);
      this.#names.set(own.name, selector);
      const kind = kindOfTitle(own);
      let group = this.#kinds.get(kind);
      if (group === undefined) this.#kinds.set(kind, (group = { bySsn: [], any: undefined }));
      if (own.ssn === '*') group.any = selector;
      else group.bySsn[own.ssn] = selector;
    }
  }

  /** A title that is not routed on is no matter of ours, unless the selector is for addresses without one. */
  find(called: SelectorKey): Selector | undefined {
    if (called.routeOn !== 'gt' && called.indicator !== 0) return undefined;
    const group = this.#kinds.get(kindOfTitle(called));
    if (group === undefined) return undefined;
    return (called.ssn === undefined ? undefined : group.bySsn[called.ssn]) ?? group.any;
  }

  named(name: string): Selector | undefined {
    return this.#names.get(name);
  }
}
