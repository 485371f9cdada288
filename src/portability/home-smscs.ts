/** The list of our own service centres, by the address that messages are sent to. */
import { type Conditioner, conditionTitle } from './conditioning.js';
import { DigitTree, withoutZeroFiller } from './digit-tree.js';
import type { TitleKey } from './message.js';
import type { HomeSmsc, HomeSmscSettings, ScreeningSettings } from './settings.js';

/** An entry with its place in the list. */
export interface HomeEntry {
  readonly smsc: HomeSmsc;
  readonly index: number;
}

/** Entries with the same digits, those first that ask more of the title. */
type Namesakes = HomeEntry[];

const demands = ({ smsc }: HomeEntry): number =>
  (smsc.numberingPlan === undefined ? 0 : 1) + (smsc.natureOfAddress === undefined ? 0 : 1);

const fits = ({ smsc }: HomeEntry, title: TitleKey): boolean =>
  (smsc.numberingPlan === undefined || smsc.numberingPlan === title.numberingPlan) &&
  (smsc.natureOfAddress === undefined || smsc.natureOfAddress === title.natureOfAddress);

function fitting(entries: Namesakes, title: TitleKey): HomeEntry | undefined {
  for (let i = 0; i < entries.length; i++) if (fits(entries[i]!, title)) return entries[i];
  return undefined;
}

const anyFits = (entries: Namesakes, title: TitleKey): boolean => fitting(entries, title) !== undefined;

/** What a number in international form is as a called party's: numbering plan E.164, nature international. */
const ISDN_PLAN = 1;
const INTERNATIONAL = 4;

export class HomeList {
  readonly match: 'exact' | 'best-fit';
  readonly size: number;
  readonly #tree = new DigitTree<Namesakes>();
  /** Set when called parties are compared in international form. */
  readonly #conditioner: Conditioner | undefined;

  constructor(settings: HomeSmscSettings, conditioner: Conditioner) {
    this.match = settings.match ?? 'exact';
    this.size = settings.entries.length;
    this.#conditioner = settings.conditioned === true ? conditioner : undefined;
    settings.entries.forEach((smsc, index) => {
      const namesakes = this.#tree.at(smsc.digits, () => []);
      namesakes.push({ smsc, index });
      namesakes.sort((a, b) => demands(b) - demands(a));
    });
  }

  find(title: TitleKey): HomeEntry | undefined {
    const digits = this.comparedDigits(title);
    if (this.match === 'exact')
      return this.#exact(digits, title) ?? this.#exact(withoutZeroFiller(title.indicator, digits), title);
    const namesakes = this.#tree.longest(digits, title, anyFits);
    return namesakes === undefined ? undefined : fitting(namesakes, title);
  }

  #exact(digits: string | undefined, title: TitleKey): HomeEntry | undefined {
    const namesakes = digits === undefined ? undefined : this.#tree.exact(digits);
    return namesakes === undefined ? undefined : fitting(namesakes, title);
  }

  /** For a number in international form. */
  findNumber(number: number): HomeEntry | undefined {
    return this.find({
      routeOn: 'gt',
      indicator: 4,
      translationType: 0,
      numberingPlan: ISDN_PLAN,
      natureOfAddress: INTERNATIONAL,
      digits: String(number),
    });
  }

  /** What of a title is compared with the entries. */
  comparedDigits(title: TitleKey): string {
    // Titles that are international, or do not say, are compared as they came: entries may have digits that no number has.
    if (this.#conditioner === undefined || title.natureOfAddress === undefined || title.natureOfAddress === INTERNATIONAL)
      return title.digits;
    const number = conditionTitle(this.#conditioner, title);
    return number < 0 ? title.digits : String(number);
  }
}

/** National destination codes have at least this many digits. Source: the shortest are the area codes of capitals (33 1, 44 20, 49 30). */
const AREA_CODE_DIGITS_MIN = 2;
/** Digits of a country code where none is set. Source: E.164, at most. */
const COUNTRY_CODE_DIGITS_MAX = 3;

/** Entries that may catch others' service centres: by best fit, one that is shorter than country and area code together. */
export function lintHomeSmscs(settings: ScreeningSettings): readonly { readonly entry: string; readonly text: string }[] {
  if (settings.homeSmscs.match !== 'best-fit') return [];
  const { countryCode, areaCode } = settings.conditioning ?? {};
  const enough = (countryCode?.length ?? COUNTRY_CODE_DIGITS_MAX) + (areaCode?.length || AREA_CODE_DIGITS_MIN);
  return settings.homeSmscs.entries
    .filter(({ digits }) => digits.length < enough)
    .map(({ name, digits }) => ({
      entry: name,
      text: `${digits} has ${digits.length} digits; with best fit fewer than ${enough} (country and area code) take in service centres of others`,
    }));
}
