/** The decision table as the source gives it, written down from the source and not from our code; what is open in it; the other flow's steps. */

type YesNo = 'yes' | 'no' | '*';
type OnOff = 'on' | 'off' | '*';

/** `*`: any. Types: N is 0, 1, 2 and 36; P is 3, 4 and 6 to 35; X is all else. */
export interface Row {
  readonly row: number;
  readonly selected: YesNo;
  readonly moFsm: YesNo;
  readonly prepaid: OnOff;
  readonly check: OnOff;
  readonly fromIn: YesNo;
  readonly stored: YesNo;
  readonly type: 'N' | 'P' | 'X' | '*';
  readonly home: YesNo;
  readonly verdict: 'pass' | 'reject' | 'redirect';
  /** With the steps of the source. */
  readonly result: string;
}

const row = (
  number: number,
  [selected, moFsm, prepaid, check, fromIn, stored, type, home]: [YesNo, YesNo, OnOff, OnOff, YesNo, YesNo, Row['type'], YesNo],
  verdict: Row['verdict'],
  result: string,
): Row => ({ row: number, selected, moFsm, prepaid, check, fromIn, stored, type, home, verdict, result });

export const TABLE: readonly Row[] = [
  row(1, ['no', '*', '*', '*', '*', '*', '*', '*'], 'pass', 'translation (2, 12)'),
  row(2, ['yes', 'no', '*', '*', '*', '*', '*', '*'], 'pass', 'translation (3, 12)'),
  row(3, ['yes', 'yes', 'off', 'off', '*', '*', '*', '*'], 'pass', 'translation (5, 12)'),
  row(4, ['yes', 'yes', 'off', 'on', '*', 'no', '*', '*'], 'pass', 'translation (6, 12)'),
  row(5, ['yes', 'yes', 'off', 'on', '*', 'yes', 'P', '*'], 'pass', 'translation (6, 12)'),
  row(6, ['yes', 'yes', 'off', 'on', '*', 'yes', 'N', 'no'], 'pass', 'translation (7, 12)'),
  row(7, ['yes', 'yes', 'off', 'on', '*', 'yes', 'N', 'yes'], 'reject', 'discard, UIM 1129, error to the MSC (7, 15)'),
  row(8, ['yes', 'yes', 'off', 'on', '*', 'yes', 'X', '*'], 'pass', 'not stated; translation by A3'),
  row(9, ['yes', 'yes', 'on', '*', 'yes', '*', '*', '*'], 'pass', 'PPSMS (8, 14), which passes it to translation by A4'),
  row(10, ['yes', 'yes', 'on', '*', 'no', 'no', '*', '*'], 'pass', 'translation (9, 12)'),
  row(11, ['yes', 'yes', 'on', '*', 'no', 'yes', 'P', '*'], 'redirect', 'PPSMS (10, 14)'),
  row(12, ['yes', 'yes', 'on', 'off', 'no', 'yes', 'N', '*'], 'pass', 'translation (11)'),
  row(13, ['yes', 'yes', 'on', 'on', 'no', 'yes', 'N', 'no'], 'pass', 'translation (11, 7, 12)'),
  row(14, ['yes', 'yes', 'on', 'on', 'no', 'yes', 'N', 'yes'], 'reject', 'discard, UIM 1129, error to the MSC (11, 7, 15)'),
  row(15, ['yes', 'yes', 'on', '*', 'no', 'yes', 'X', '*'], 'pass', 'translation (11, "otherwise")'),
];

export const AMBIGUITIES = [
  {
    name: 'A1',
    open: 'prose: ported-out senders are stopped; steps 6 and 11: types 0 and 36 as well',
    done: 'two flows; `vstp` does not start rejecting while own records have such types',
  },
  { name: 'A2', open: '"Prepaid1 (3) to Prepaid32 (35)" are 33 values', done: '5 (migrated) is no prepaid type' },
  { name: 'A3', open: 'other types have no branch while PPSMS is off', done: 'they pass, on row 8 or 15' },
  {
    name: 'A4',
    open: 'a message from an IN platform goes to PPSMS, which does not take it',
    done: 'it passes; the trace has both hops',
  },
  { name: 'A5', open: 'which comes first, PPSMS or the check', done: 'the sender is checked before a recipient is relayed for' },
  { name: 'A7', open: 'no step leads to step 13', done: 'it stands before every exit to translation' },
  { name: 'A8', open: 'mosms, smsmr and PPSMS name one service', done: 'aliases' },
  {
    name: 'A10',
    open: 'no step conditions the number',
    done: 'before steps 5 and 9; a number that has no international form passes',
  },
  { name: 'A11', open: 'how the SMSC address is compared', done: 'exact, or best fit by setting' },
  { name: 'A13', open: 'no code of the error', done: 'sm-DeliveryFailure, subscriberNotSC-Subscriber; by setting others' },
  { name: 'A14', open: '"falls through to 15" after a discard', done: 'the message has ended' },
  { name: 'A15', open: 'a number store that does not answer', done: 'pass, or refuse by selector' },
  { name: 'A16', open: 'short entries catch foreign service centres by best fit', done: 'a warning for each' },
] as const;

export const STEPS = [
  { step: 1, question: 'does a selector match?', end: 'passes: no' },
  { step: 2, question: 'can it be decoded?', end: 'passes: no' },
  { step: 3, question: 'is it an MO-ForwardSM?', end: 'passes: no' },
  { step: 4, question: 'has the sender an international number?', end: 'passes: no' },
  { step: 5, question: 'does it come from an IN platform?', end: 'passes: yes' },
  { step: 6, question: 'what is stored of the sender?', end: 'passes or is refused: the store does not answer' },
  { step: 7, question: 'is a sender who left at a home SMSC?', end: 'rejected: yes' },
  { step: 8, question: 'is the sender prepaid?', end: 'redirected: yes' },
  { step: 9, question: 'is the recipient prepaid?', end: 'redirected: yes' },
  { step: 10, question: 'MO-based NP, ASD, GRN: not built', end: 'none' },
  { step: 11, question: 'translation', end: 'passes' },
] as const;
