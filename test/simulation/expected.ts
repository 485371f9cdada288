/** What must occur in some thousand worlds, as `group: name`: a road that is never taken tests nothing. */
import { FAULTS } from './faults/index.js';
import { RECEIVE_ROADS, SEND_ROADS } from './roads/index.js';
import { DEEDS } from './world/operators.js';
import { RECALLS } from './world/providers.js';

export const expected: readonly string[] = [
  ...SEND_ROADS.map(({ name }) => `sends: ${name}`),
  ...RECEIVE_ROADS.map(({ name }) => `receives: ${name}`),
  ...FAULTS.map(({ name }) => `fault: ${name}`),
  ...['retrieved', 'rejected', 'unrecognised', 'expired', 'indeterminate', 'unreachable'].map((outcome) => `end: ${outcome}`),
  ...['Ok, large', 'Ok, small', 'refused with 0xc0'].map((answer) => `answer: ${answer}`),
  ...['is killed', 'loses power', 'stops in order', 'cannot start'].map((event) => `machine: ${event}`),
  ...['a request is lost', 'an answer is lost', 'a request arrives twice'].map((event) => `network: ${event}`),
  ...['a short message is lost', 'a short message comes twice', 'a short message comes late'].map((event) => `push: ${event}`),
  ...[
    'commit: full',
    'commit: flush-failed',
    'commit: flush-failed-but-written',
    'database rebuilt',
    'writer dies',
    'reader dies',
  ].map((event) => `sql: ${event}`),
  ...[
    'taken',
    'taken, and the connection breaks',
    'busy',
    'down',
    'refused',
    'held',
    'gets again what it has',
    'says it twice',
  ].map((event) => `far side: ${event}`),
  ...['settled', 'duplicate', 'late'].map((word) => `far side: is heard: ${word}`),
  'message: from outside, known',
  'sends: from outside by mm4',
  'sends: from outside by mm7',
  'sends: from outside by mm3',
  'sends: from outside, to be recalled',
  ...DEEDS.map(({ name }) => `operator: ${name}`),
  ...['requeue', 'reroute', 'expire'].map((action) => `operator: ${action}: some`),
  ...RECALLS.flatMap(({ name }) => [`recalls: ${name}`, `recalls: ${name}: Ok`, `recalls: ${name}: too-late`]),
  ...['Ok', 'too-late'].map((word) => `recalls: operator: ${word}`),
  ...['takes some', 'paused', 'no such peer'].map((event) => `far side: ${event}`),
  ...['reads', 'reads again'].map((event) => `billing: ${event}`),
  'message: sent again later, a new one',
  'message: recognised as sent again',
  'report: comes again',
  'store: content moved by compaction',
  'store: messages pruned',
  'store: a page of due things read',
];
