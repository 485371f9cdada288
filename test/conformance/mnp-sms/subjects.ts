/** What the page shows: the decision table and what its rows mean, the ambiguities, the steps of flow ported-out, the events. */
import { EVENTS } from '#portability';
import { AMBIGUITIES, STEPS, TABLE } from './tables.js';

const yes = (value: string): string => (value === '*' ? '' : value);

export const tables = [
  {
    heading: 'Decision table',
    columns: ['row', 'selected', 'MO-FSM', 'PPSMS', 'MNP SMS', 'from IN', 'stored', 'type', 'home SMSC', 'result'],
    subjects: TABLE.map((row) => ({
      words: `row ${row.row}`,
      cells: [
        String(row.row),
        ...[row.selected, row.moFsm, row.prepaid, row.check, row.fromIn, row.stored, row.type, row.home].map(yes),
        row.result,
      ],
    })),
  },
  {
    heading: 'Ambiguities of the source',
    columns: ['', 'what is open', 'what is done'],
    subjects: AMBIGUITIES.map(({ name, open, done }) => ({ words: name, cells: [name, open, done] })),
  },
  {
    heading: 'Steps of flow ported-out',
    columns: ['step', 'question', 'a message that ends there'],
    subjects: STEPS.map(({ step, question, end }) => ({ words: `step ${step}`, cells: [String(step), question, end] })),
  },
  {
    heading: 'Events',
    columns: ['event', 'UIM (EAGLE)', 'event (vSTP)', 'level'],
    subjects: Object.entries(EVENTS).map(([kind, { uim, vstp, level }]) => ({
      words: kind,
      cells: [kind, String(uim ?? ''), String(vstp ?? ''), level],
    })),
  },
];
