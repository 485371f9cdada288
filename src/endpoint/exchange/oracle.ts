/**
 * The verdict that a message must get, from what the generator knows of it. This table is written from the description of the two flows and
 * shares nothing with the gate's decision: when the two differ, one of them is wrong.
 */

/** `vstp`: the literal order of the vendor's page. `ported-out`: IN platforms first, then the fraud check, then prepaid. */
export type Flow = 'vstp' | 'ported-out';

/** What the gate is set to, as far as verdicts go. */
export interface GateSettings {
  readonly flow: Flow;
  /** `sample`: some are refused, some pass. */
  readonly mode: 'off' | 'monitor' | 'sample' | 'enforce';
  /** PPSMS is on: prepaid senders are redirected. */
  readonly prepaid: boolean;
  /** MNP SMS is on: ported senders are refused at home service centres. */
  readonly portability: boolean;
  /** The recipient is asked for as well when the sender is not prepaid. */
  readonly recipientPrepaid: boolean;
  /** Whose senders are refused. */
  readonly screened: readonly Screened[];
  /** What becomes of prepaid senders' messages while no IN platform is there; `up`: one is. */
  readonly platforms: 'up' | 'down-pass' | 'down-refuse';
}

export type EntityKind = 'sp' | 'rn' | 'none';

/** A portability type whose senders are refused; `entity`: only those of records with such a network entity. */
export interface Screened {
  readonly type: number;
  readonly entity?: EntityKind;
}

/**
 * What each flow screens when nothing else is configured. Types 0 and 36 say that no porting is known, so that outside of the literal flow only
 * a routing number of another network makes such a sender somebody else's.
 */
export const SCREENED: Readonly<Record<Flow, readonly Screened[]>> = {
  vstp: [{ type: 0 }, { type: 1 }, { type: 2 }, { type: 36 }],
  'ported-out': [{ type: 1 }, { type: 0, entity: 'rn' }, { type: 36, entity: 'rn' }],
};

/** What is known of a message. */
export interface Facts {
  /** A service selector takes it. */
  readonly selected: boolean;
  /** It is a mobile-originated forwardSM, told by its addresses as well as by its code. */
  readonly moForwardSm: boolean;
  /** Its calling party is one of the IN platforms. */
  readonly fromPlatform: boolean;
  /** The sender's portability type, 255 for none; undefined when the sender is not stored, or has no number. */
  readonly senderType: number | undefined;
  /** Kind of the network entity that is stored with it. Default `none`. */
  readonly senderEntity?: EntityKind;
  /** Its called party is on the home list. */
  readonly homeCentre: boolean;
  /** The recipient is stored as prepaid. */
  readonly recipientPrepaid?: boolean;
}

/** What becomes of a message, as its sender and the places behind the gate can tell. */
export type Verdict =
  /** It comes to where it is addressed. */
  | 'relayed'
  /** The gate answers in the name of the service centre. */
  | 'rejected'
  /** It comes to an IN platform first. */
  | 'redirected'
  /** It comes back as a service message (UDTS, XUDTS). */
  | 'returned'
  /** The gate aborts the dialogue. */
  | 'aborted'
  /** Nothing comes, neither there nor back. */
  | 'silent';

/** N: screened. P: prepaid. X: all else that is stored. */
export type TypeClass = 'N' | 'P' | 'X';

/** The inputs of the decision table; each combination of them is a case. */
export interface TableInput {
  readonly sel: boolean;
  readonly mof: boolean;
  readonly pp: boolean;
  readonly mn: boolean;
  readonly in: boolean;
  readonly dn: boolean;
  readonly pt: TypeClass;
  readonly hs: boolean;
}

/** A row holds where every input that it names is as it says. */
export interface TableRow {
  readonly row: string;
  readonly when: { readonly [K in keyof TableInput]?: TableInput[K] };
  readonly verdict: Verdict;
}

const row = (name: string, when: TableRow['when'], verdict: Verdict = 'relayed'): TableRow => ({ row: name, when, verdict });

const CHECKED = { sel: true, mof: true } as const;
const PP_OFF = { ...CHECKED, pp: false } as const;
const PP_ON = { ...CHECKED, pp: true } as const;
const STRANGER = { ...PP_ON, in: false } as const;

/** The vendor's page, row for row. A message from an IN platform goes to PPSMS, whose own first rule lets it pass. */
const VSTP: readonly TableRow[] = [
  row('1', { sel: false }),
  row('2', { sel: true, mof: false }),
  row('3', { ...PP_OFF, mn: false }),
  row('4', { ...PP_OFF, mn: true, dn: false }),
  row('5', { ...PP_OFF, mn: true, dn: true, pt: 'P' }),
  row('6', { ...PP_OFF, mn: true, dn: true, pt: 'N', hs: false }),
  row('7', { ...PP_OFF, mn: true, dn: true, pt: 'N', hs: true }, 'rejected'),
  row('8', { ...PP_OFF, mn: true, dn: true, pt: 'X' }),
  row('9', { ...PP_ON, in: true }),
  row('10', { ...STRANGER, dn: false }),
  row('11', { ...STRANGER, dn: true, pt: 'P' }, 'redirected'),
  row('12', { ...STRANGER, mn: false, dn: true, pt: 'N' }),
  row('13', { ...STRANGER, mn: true, dn: true, pt: 'N', hs: false }),
  row('14', { ...STRANGER, mn: true, dn: true, pt: 'N', hs: true }, 'rejected'),
  row('15', { ...STRANGER, dn: true, pt: 'X' }),
];

const OUTSIDE = { ...CHECKED, in: false } as const;
const FOUND = { ...OUTSIDE, dn: true } as const;

/** The recommended order: numbered by its steps. */
const PORTED_OUT: readonly TableRow[] = [
  row('1', { sel: false }),
  row('3', { sel: true, mof: false }),
  row('5', { ...CHECKED, in: true }),
  row('6', { ...OUTSIDE, dn: false }),
  row('7 off', { ...FOUND, pt: 'N', mn: false }),
  row('7 elsewhere', { ...FOUND, pt: 'N', mn: true, hs: false }),
  row('7', { ...FOUND, pt: 'N', mn: true, hs: true }, 'rejected'),
  row('8 off', { ...FOUND, pt: 'P', pp: false }),
  row('8', { ...FOUND, pt: 'P', pp: true }, 'redirected'),
  row('11', { ...FOUND, pt: 'X' }),
];

export const TABLES: Readonly<Record<Flow, readonly TableRow[]>> = { vstp: VSTP, 'ported-out': PORTED_OUT };

const holds = ({ when }: TableRow, input: TableInput): boolean =>
  (Object.keys(when) as (keyof TableInput)[]).every((key) => when[key] === input[key]);

/** The rows of a flow that a combination lands on. More or fewer than one is a fault of the table. */
export const rowsFor = (flow: Flow, input: TableInput): readonly TableRow[] =>
  TABLES[flow].filter((candidate) => holds(candidate, input));

/** Prepaid types: 3, 4, and 6 to 35. Type 5 is none of them. */
export const isPrepaid = (type: number): boolean => type === 3 || type === 4 || (type >= 6 && type <= 35);

export function classOf(type: number, entity: EntityKind, screened: readonly Screened[]): TypeClass {
  if (screened.some((it) => it.type === type && (it.entity === undefined || it.entity === entity))) return 'N';
  return isPrepaid(type) ? 'P' : 'X';
}

/** What a message may come to: the first is what the table says, the others are what the gate's settings allow beside it. */
export interface Expectation {
  /** The row of the flow's table. */
  readonly row: string;
  readonly verdicts: readonly [Verdict, ...Verdict[]];
  /** A refusal has another cause than the sender: there is no platform. */
  readonly isForPlatform?: true;
}

/** The verdict that the settings ask for. */
export function expect(facts: Facts, settings: GateSettings): Expectation {
  const { flow, mode, prepaid, portability, screened } = settings;
  const { senderType, senderEntity = 'none' } = facts;
  const input: TableInput = {
    sel: facts.selected,
    mof: facts.moForwardSm,
    pp: prepaid,
    mn: portability,
    in: facts.fromPlatform,
    dn: senderType !== undefined,
    pt: senderType === undefined ? 'X' : classOf(senderType, senderEntity, screened),
    hs: facts.homeCentre,
  };
  const found = rowsFor(flow, input);
  if (found.length !== 1) throw new Error(`${flow}: ${found.length} rows for ${JSON.stringify(input)}`);
  const { row: name, verdict } = found[0]!;
  const isByRecipient = verdict === 'relayed' && byRecipient(facts, input, settings);
  const asked = isByRecipient ? 'redirected' : verdict;
  return {
    row: isByRecipient ? `${name} recipient` : name,
    verdicts: byMode(byPlatforms(asked, settings), mode),
    ...(asked === 'redirected' && settings.platforms === 'down-refuse' ? { isForPlatform: true } : {}),
  };
}

/** A recipient counts where the sender is not prepaid and the message is not stopped, and never for what an IN platform sends. */
const byRecipient = (facts: Facts, input: TableInput, settings: GateSettings): boolean =>
  settings.recipientPrepaid &&
  facts.recipientPrepaid === true &&
  input.sel &&
  input.mof &&
  input.pp &&
  !input.in &&
  !(input.dn && input.pt === 'P');

function byPlatforms(verdict: Verdict, { platforms }: GateSettings): Verdict {
  if (verdict !== 'redirected' || platforms === 'up') return verdict;
  return platforms === 'down-refuse' ? 'rejected' : 'relayed';
}

function byMode(verdict: Verdict, mode: GateSettings['mode']): readonly [Verdict, ...Verdict[]] {
  if (verdict === 'relayed' || mode === 'enforce') return [verdict];
  return mode === 'sample' ? [verdict, 'relayed'] : ['relayed'];
}
