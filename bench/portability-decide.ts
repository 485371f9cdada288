/**
 * What the decision costs once a message has been read: selection, conditioning, lookup, flow, mode, counts. The number store is a map of a few
 * thousand numbers, so that its own cost (measured with the store) does not show; the last row builds the whole trace.
 */
import {
  createScreening,
  type MoSubmission,
  type NumberLookup,
  type NumberRecord,
  type Screening,
  type ScreeningSettings,
  type TitleKey,
} from '#portability';
import { type Bench, type Row, runAlone, timePerOperation } from './harness/index.js';

/** For each case. */
const SECONDS = 3;
const SECONDS_SMOKE = 0.1;
const NOW = 1_800_000_000_000;
/** Senders and service centres alternate, as they do on a link: nothing is decided twice in a row. */
const NUMBERS = 1_000;
const FIRST = 491_710_000_000;
const HOMES = 40;
/** Of the cases below, the one whose trace is built. */
const EXPLAINED = 2;
const NS_PER_US = 1_000;

const title = (digits: string): TitleKey => ({
  routeOn: 'gt',
  indicator: 4,
  translationType: 0,
  numberingPlan: 1,
  natureOfAddress: 4,
  ssn: 8,
  digits,
});

const home = (i: number): string => `4917706${String(i % HOMES).padStart(5, '0')}`;

const settings = (flow: 'vstp' | 'ported-out', prepaid: boolean): ScreeningSettings => ({
  version: 'bench',
  mode: { kind: 'enforce' },
  flow,
  portabilityCheck: true,
  selectors: [{ name: 'mo', indicator: 4, translationType: 0, numberingPlan: 1, natureOfAddress: 4, ssn: 8 }],
  conditioning: { countryCode: '49' },
  homeSmscs: { entries: Array.from({ length: HOMES }, (_, i) => ({ name: `smsc${i}`, digits: home(i) })) },
  prepaid: {
    on: prepaid,
    platforms: [
      { name: 'in-1', addresses: ['491779900001'] },
      { name: 'in-2', addresses: ['491779900002'] },
    ],
    relays: [
      {
        prepaidType: 1,
        to: [
          { platform: 'in-1', weight: 2 },
          { platform: 'in-2', weight: 1 },
        ],
      },
    ],
  },
  ceiling: { percent: 100, windowSeconds: 60, messagesMin: 1_000_000 },
});

/** One store for all cases, as a gate has one: each case has senders of its own. */
const stored = new Map<number, NumberRecord>();
const numbers: NumberLookup = {
  state: 'ready',
  version: { load: 'bench', change: 0, changedAt: NOW },
  find: (number) => stored.get(number),
  finding: (number) => {
    const record = stored.get(number);
    return record && { record, by: { kind: 'number' } };
  },
};

interface Case {
  readonly name: string;
  readonly flow: 'vstp' | 'ported-out';
  readonly prepaid: boolean;
  /** Of every sender; absent: none is stored. */
  readonly record?: NumberRecord;
}

const CASES: readonly Case[] = [
  { name: 'vstp: not stored, passes (row 4)', flow: 'vstp', prepaid: false },
  {
    name: 'vstp: ported at a home SMSC, rejected (row 7)',
    flow: 'vstp',
    prepaid: false,
    record: { portabilityType: 1, entity: { kind: 'none' } },
  },
  {
    name: 'vstp: both on, rejected (row 14)',
    flow: 'vstp',
    prepaid: true,
    record: { portabilityType: 1, entity: { kind: 'rn', routingNumber: 'D1' } },
  },
  {
    name: 'vstp: prepaid, redirected (row 11)',
    flow: 'vstp',
    prepaid: true,
    record: { portabilityType: 3, entity: { kind: 'sp' } },
  },
  {
    name: 'ported-out: both on, own subscriber passes (step 11)',
    flow: 'ported-out',
    prepaid: true,
    record: { portabilityType: 36, entity: { kind: 'sp' } },
  },
];

function screeningOf({ flow, prepaid }: Case): Screening {
  const made = createScreening(settings(flow, prepaid), { numbers, tell: () => {} });
  if (!made.ok) throw new Error(made.error.map(({ path, text }) => `${path}: ${text}`).join('\n'));
  return made.value;
}

/** Messages of a case: its senders at all service centres in turn. */
function messagesOf(index: number, { record }: Case): readonly MoSubmission[] {
  return Array.from({ length: NUMBERS }, (_, i) => {
    const number = FIRST + index * NUMBERS + i;
    if (record !== undefined) stored.set(number, record);
    return {
      called: title(home(i)),
      calling: title('491710999999'),
      sender: { nature: 'international', digits: String(number) },
      serviceCentre: { nature: 'international', digits: home(i) },
      reference: i,
    };
  });
}

function decideOf(screening: Screening, messages: readonly MoSubmission[]): () => unknown {
  let next = 0;
  return () => {
    const message = messages[next++ % NUMBERS]!;
    return screening.decide(screening.select(message.called)!, message, NOW);
  };
}

export const bench: Bench = {
  name: 'Decision about a message that has been read',
  async run({ smoke }) {
    const seconds = smoke ? SECONDS_SMOKE : SECONDS;
    const rows: Row[] = CASES.map((one, i) => ({
      benchmark: one.name,
      figures: { 'ns/op': Math.round(timePerOperation(decideOf(screeningOf(one), messagesOf(i, one)), seconds) * NS_PER_US) },
      reach: 'well under 1,000 ns',
    }));
    const screening = screeningOf(CASES[EXPLAINED]!);
    const submission = messagesOf(EXPLAINED, CASES[EXPLAINED]!)[0]!;
    const explain = () => screening.explain({ kind: 'mo-ForwardSM', submission }, NOW);
    rows.push({
      benchmark: 'row 14 explained: the whole trace',
      figures: { 'ns/op': Math.round(timePerOperation(explain, seconds) * NS_PER_US) },
    });
    return rows;
  },
};

await runAlone(bench, import.meta.url);
