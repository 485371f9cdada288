/** A number file, read from end to end into a table: streaming, so that memory holds numbers and no lines. */
import fs from 'node:fs';
import { err, type Result } from '#base';
import {
  type Entry,
  emptyImage,
  growAtOnce,
  NUMBERS_MAX,
  NumberBook,
  type NumberChange,
  type NumberCount,
  numberOf,
  TABLE_FULL,
  type Validity,
  validityOf,
} from '#portability';
import { type Column, type Head, type Meaning, meaningOf, readHead } from './csv.js';
import { adviseHugePages } from './huge-pages.js';
import { LINE_OCTETS_MAX, readLines } from './lines.js';

export interface ImportSettings {
  readonly file: string;
  /** What the versions say it was made of. */
  readonly source: string;
  /** Milliseconds since the epoch: what began before and has no end is kept as if it had always been. */
  readonly now: number;
  /** Portability types that the gate screens: own-network numbers with one of them are counted. */
  readonly screenedTypes: readonly number[];
}

/** Something in a file that is wrong (it is not imported) or odd (it is). */
export interface LineRemark {
  /** 1 is the first. */
  readonly line: number;
  readonly text: string;
}

/** What a file holds. Counts are of lines, where nothing else is said. */
export interface ImportReport {
  readonly lines: number;
  readonly octets: number;
  /** What it would make: numbers with an entry, ranges, and of both those with a validity. */
  readonly numbers: number;
  readonly ranges: number;
  readonly timed: number;
  readonly counts: readonly NumberCount[];
  /** The first of them, in their order. */
  readonly faults: readonly LineRemark[];
  readonly faultCount: number;
  /** Odd, and imported all the same. */
  readonly oddities: {
    /** The same number or range with the same record again. */
    readonly repeated: number;
    /** Another network's number that is said not to be ported (type 36). */
    readonly rnNotPorted: number;
    /** Own network's number that is said to be ported out (type 1). */
    readonly spPortedOut: number;
    /** Own network's, with a type that the gate screens: enforcing with the flow "vstp" would stop their senders. */
    readonly spScreened: number;
    /** Where the first of each was seen. */
    readonly first: readonly LineRemark[];
  };
}

/** Faults that are told in full; the others are counted. Unit: lines. */
const FAULTS_TOLD_MAX = 100;
/** Meanings that are remembered by their text. Unit: texts. Source: a country has some hundred; files with instants have as many as lines. */
const MEANINGS_MAX = 65_536;
const LF = 10;
const ZERO = 48;
const NINE = 57;
const PLUS = 43;
const SPACE = 32;
const DIGITS_MAX = 15;
const NOT_PORTED = 36;
const PORTED_OUT = 1;
/** The beginning of a file by which its lines are guessed, and what is added to the guess; a wrong one costs one growth. */
const SAMPLE_OCTETS = 1024 * 1024;
const GUESS_MARGIN = 1.02;

type Oddity = 'repeated' | 'rnNotPorted' | 'spPortedOut' | 'spScreened';

class Import {
  readonly book: NumberBook;
  readonly #settings: ImportSettings;
  #head: Head | undefined;
  #numberFirst = false;
  readonly #meanings = new Map<string, Result<Meaning, string>>();
  readonly #faults: LineRemark[] = [];
  #faultCount = 0;
  #timed = 0;
  lines = 0;
  octets = 0;
  readonly #oddities: Record<Oddity, number> = { repeated: 0, rnNotPorted: 0, spPortedOut: 0, spScreened: 0 };
  readonly #firstOdd = new Map<Oddity, LineRemark>();

  /** `numbers`: how many are expected. */
  constructor(settings: ImportSettings, numbers: number) {
    this.#settings = settings;
    const image = emptyImage(numbers);
    adviseHugePages(image.buffer);
    this.book = new NumberBook(image, new Float64Array(1));
  }

  line(octets: Buffer, from: number, to: number, number: number): undefined {
    if (from === to) return;
    if (this.#head === undefined) {
      const head = readHead(octets.toString('latin1', from, to));
      if (!head.ok) return this.#fault(number, head.error);
      this.#head = head.value;
      this.#numberFirst = head.value.columns[0] === 'number' && !head.value.columns.includes('first');
      return;
    }
    this.lines++;
    if (this.#numberFirst) this.#simple(octets, from, to, number);
    else this.#split(octets.toString('latin1', from, to), number);
  }

  tooLong(number: number): undefined {
    this.#fault(number, `it has more than ${LINE_OCTETS_MAX} octets`);
  }

  /** Whether nothing more needs to be read: without a head nothing can be. */
  get headless(): boolean {
    return this.#head === undefined && this.#faultCount > 0;
  }

  report(): ImportReport {
    if (this.#head === undefined && this.#faultCount === 0)
      this.#fault(1, 'the file is empty: its first line must name the columns');
    return {
      lines: this.lines,
      octets: this.octets,
      numbers: this.book.live,
      ranges: this.book.view.ranges.count,
      timed: this.#timed,
      counts: this.book.counts(),
      faults: this.#faults,
      faultCount: this.#faultCount,
      oddities: { ...this.#oddities, first: [...this.#firstOdd.values()].sort((a, b) => a.line - b.line) },
    };
  }

  /** The common file: the number first, and what follows is one of few texts. */
  #simple(octets: Buffer, from: number, to: number, line: number): undefined {
    let at = octets[from] === PLUS ? from + 1 : from;
    const begin = at;
    let number = 0;
    for (let octet = octets[at]!; at < to && octet >= ZERO && octet <= NINE; octet = octets[++at]!)
      number = number * 10 + (octet - ZERO);
    const whole = at > begin && at - begin <= DIGITS_MAX && octets[begin] !== ZERO;
    const ended = at === to || octets[at] === this.#head!.separator.charCodeAt(0);
    if (!whole || !ended || octets[from] === SPACE) return this.#split(octets.toString('latin1', from, to), line);
    const meaning = this.#meaning(octets.toString('latin1', at, to), 0);
    if (!meaning.ok) return this.#fault(line, meaning.error);
    this.#number(number, meaning.value, line);
  }

  #split(text: string, line: number): undefined {
    const cells = text.split(this.#head!.separator).map((cell) => cell.trim());
    const { columns } = this.#head!;
    if (cells.length > columns.length)
      return this.#fault(line, `it has ${cells.length} columns, the first line names ${columns.length}`);
    const cell = (name: Column): string => cells[columns.indexOf(name)] ?? '';
    const meaning = meaningOf(cell);
    if (!meaning.ok) return this.#fault(line, meaning.error);
    const [number, first, last] = [cell('number'), cell('first'), cell('last')];
    if (number !== '' && first === '' && last === '') {
      const value = digits(number);
      if (value === undefined) return this.#fault(line, notNumber(number));
      return this.#number(value, meaning.value, line);
    }
    if (number !== '' || first === '' || last === '')
      return this.#fault(line, 'it has neither a number alone nor the two ends of a range');
    const [low, high] = [digits(first), digits(last)];
    if (low === undefined || high === undefined) return this.#fault(line, notNumber(low === undefined ? first : last));
    this.#range({ first: low, last: high }, meaning.value, line);
  }

  /** By the text behind the number. */
  #meaning(text: string, numberAt: number): Result<Meaning, string> {
    const known = this.#meanings.get(text);
    if (known !== undefined) return known;
    const { separator, columns } = this.#head!;
    const cells = text.split(separator).map((cell) => cell.trim());
    const meaning =
      cells.length > columns.length
        ? err(`it has ${cells.length} columns, the first line names ${columns.length}`)
        : meaningOf((name) => (columns.indexOf(name) === numberAt ? '' : (cells[columns.indexOf(name)] ?? '')));
    if (this.#meanings.size >= MEANINGS_MAX) this.#meanings.clear();
    this.#meanings.set(text, meaning);
    return meaning;
  }

  #number(number: number, meaning: Meaning, line: number): undefined {
    this.#odd(meaning, line);
    const validity = this.#validity(meaning);
    const timed = isTimed(validity);
    const known = this.book.view.entriesOf(number).find(({ from }) => from === (validity.validFrom ?? Number.NEGATIVE_INFINITY));
    if (known !== undefined) {
      const same =
        this.book.view.records.indexOf(meaning.record) === known.record && known.until === (validity.validUntil ?? Infinity);
      if (!same) return this.#fault(line, 'the number stands in the file before, with something else');
      return this.#oddity('repeated', line, 'stands in the file before, with the same');
    }
    if (timed) this.#timed++;
    // By itself, a line that holds always would end what another line says of later.
    const others = timed ? [] : this.book.view.entriesOf(number);
    this.#apply({ kind: 'set-number', number, record: meaning.record, ...validity }, line);
    for (const entry of others) this.#apply({ kind: 'set-number', number, ...this.#meant(entry) }, line);
  }

  #range(range: { first: number; last: number }, meaning: Meaning, line: number): undefined {
    this.#odd(meaning, line);
    const validity = this.#validity(meaning);
    if (isTimed(validity)) this.#timed++;
    const known = this.book.view.ranges
      .get(range)
      ?.entries.find(({ from }) => from === (validity.validFrom ?? Number.NEGATIVE_INFINITY));
    if (known !== undefined) {
      if (this.book.view.records.indexOf(meaning.record) !== known.record || known.until !== (validity.validUntil ?? Infinity))
        return this.#fault(line, 'the range stands in the file before, with something else');
      return this.#oddity('repeated', line, 'stands in the file before, with the same');
    }
    const others = isTimed(validity) ? [] : (this.book.view.ranges.get(range)?.entries ?? []);
    this.#apply({ kind: 'set-range', ...range, record: meaning.record, ...validity }, line);
    for (const entry of others) this.#apply({ kind: 'set-range', ...range, ...this.#meant(entry) }, line);
  }

  #meant(entry: Entry): Meaning {
    return { record: this.book.view.records.at(entry.record)!, ...validityOf(entry) };
  }

  /** What has begun and has no end needs no instant. */
  #validity({ validFrom, validUntil }: Meaning): Validity {
    if (validUntil !== undefined) return { validUntil, ...(validFrom === undefined ? {} : { validFrom }) };
    return validFrom === undefined || validFrom <= this.#settings.now ? {} : { validFrom };
  }

  #apply(change: NumberChange, line: number): undefined {
    const planned = this.book.plan([change]);
    if (planned.ok) {
      this.book.carryOut(planned.value);
      return;
    }
    const { error } = planned;
    if (error.kind === 'full' && error.what === TABLE_FULL) {
      growAtOnce(this.book);
      return this.#apply(change, line);
    }
    if (error.kind === 'ranges-overlap')
      return this.#fault(line, `the range cuts the range ${error.with.first} to ${error.with.last}`);
    this.#fault(
      line,
      error.kind === 'invalid' ? error.text : error.kind === 'full' ? `there is room for ${error.what} only` : error.kind,
    );
  }

  #odd({ record: { portabilityType, entity } }: Meaning, line: number): undefined {
    if (entity.kind === 'rn' && portabilityType === NOT_PORTED)
      this.#oddity('rnNotPorted', line, 'has a routing number and type 36, not ported');
    if (entity.kind !== 'sp') return;
    if (portabilityType === PORTED_OUT) this.#oddity('spPortedOut', line, 'is in the own network (sp) and of type 1, ported out');
    if (this.#settings.screenedTypes.includes(portabilityType))
      this.#oddity('spScreened', line, `is in the own network (sp) and of type ${portabilityType}, which the gate screens`);
  }

  #oddity(kind: Oddity, line: number, text: string): undefined {
    this.#oddities[kind]++;
    if (!this.#firstOdd.has(kind)) this.#firstOdd.set(kind, { line, text });
  }

  #fault(line: number, text: string): undefined {
    this.#faultCount++;
    if (this.#faults.length < FAULTS_TOLD_MAX) this.#faults.push({ line, text });
  }
}

const isTimed = ({ validFrom, validUntil }: Validity): boolean => validFrom !== undefined || validUntil !== undefined;
const digits = (text: string): number | undefined => numberOf(text.startsWith('+') ? text.slice(1) : text);
const notNumber = (text: string): string => `"${text.slice(0, 32)}" is no number of 1 to 15 digits in international form`;

/** Lines that a file is likely to have, going by its beginning. */
function likelyLines(file: string): number {
  const facts = fs.statSync(file);
  // What is read of a pipe is gone: nothing is known of its length, and it is opened once.
  if (!facts.isFile()) return 0;
  const { size } = facts;
  const fd = fs.openSync(file, 'r');
  try {
    const sample = Buffer.alloc(Math.min(size, SAMPLE_OCTETS));
    fs.readSync(fd, sample, 0, sample.length, 0);
    let lines = 1;
    for (let at = sample.indexOf(LF); at >= 0; at = sample.indexOf(LF, at + 1)) lines++;
    return Math.min(NUMBERS_MAX, Math.ceil((size / Math.max(1, sample.length)) * lines * GUESS_MARGIN));
  } finally {
    fs.closeSync(fd);
  }
}

/** Reads a file. With faults in the report, the book is not to be used. Throws an error with a code when the file cannot be read; RangeError. */
export function importFile(
  settings: ImportSettings,
  progress: (octets: number, lines: number) => void,
): { readonly report: ImportReport; readonly book: NumberBook } {
  const work = new Import(settings, likelyLines(settings.file));
  readLines(settings.file, {
    line: (octets, from, to, number) => {
      if (!work.headless) work.line(octets, from, to, number);
    },
    tooLong: (number) => {
      if (!work.headless) work.tooLong(number);
    },
    progress: (octets, lines) => {
      work.octets = octets;
      progress(octets, lines);
    },
  });
  // Every change has kept the tally but for what growth copied, which it kept too: nothing to count anew.
  return { report: work.report(), book: work.book };
}

/** What a file without any line would make. */
export function nothing(): { readonly report: ImportReport; readonly book: NumberBook } {
  const work = new Import({ file: '', source: '', now: 0, screenedTypes: [] }, 0);
  work.line(Buffer.from('number'), 0, 'number'.length, 1);
  return { report: work.report(), book: work.book };
}
