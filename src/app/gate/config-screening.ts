/** Sections of the gate's configuration that say what is screened, and how. */
import { LIMITS } from '#base';
import type { Answer, DeliveryFailureCause, Mode, ScreenedType } from '#portability';
import {
  choice,
  count,
  digits,
  duration,
  flag,
  list,
  listen,
  name,
  network,
  oneOf,
  path,
  percent,
  pointCode,
  read,
  required,
  section,
  sections,
  setting,
  size,
  text,
  titleDigits,
} from '../config-values.js';
import { targetKeys } from './config-signalling.js';

const MODE = /^(?:off|monitor|enforce|sample (100|[0-9]{1,2}(?:\.[0-9]{1,2})?) ?%)$/;

/** `off`, `monitor`, `sample 2.5%` or `enforce`. */
export function modeOf(written: string): Mode | undefined {
  const found = MODE.exec(written);
  if (!found) return undefined;
  return found[1] === undefined
    ? { kind: written as 'off' | 'monitor' | 'enforce' }
    : { kind: 'sample', percent: Number(found[1]) };
}

const mode = read('"off", "monitor", "sample N%" or "enforce"', modeOf);

const CAUSES: readonly DeliveryFailureCause[] = [
  'memoryCapacityExceeded',
  'equipmentProtocolError',
  'equipmentNotSM-Equipped',
  'unknownServiceCentre',
  'sc-Congestion',
  'invalidSME-Address',
  'subscriberNotSC-Subscriber',
];
const ERRORS = ['facilityNotSupported', 'systemFailure', 'unexpectedDataValue', 'dataMissing'] as const;
const PLAIN = ['silent-discard', 'ack-and-drop', 'monitor-only'] as const;
const RETURN_CAUSE_MAX = 14;

/** `sm-DeliveryFailure CAUSE`, another MAP error, `udts CAUSE`, `silent-discard`, `ack-and-drop` or `monitor-only`. */
export function answerOf(written: string): Answer | undefined {
  const [kind, of, more] = written.split(' ');
  if (more !== undefined) return undefined;
  if (kind === 'sm-DeliveryFailure') {
    const cause = CAUSES.find((its) => its === of);
    return cause && { kind: 'tcap-error', error: kind, cause };
  }
  if (kind === 'udts')
    return of !== undefined && /^[0-9]{1,2}$/.test(of) && Number(of) <= RETURN_CAUSE_MAX
      ? { kind, cause: Number(of) }
      : undefined;
  if (of !== undefined) return undefined;
  const error = ERRORS.find((its) => its === kind);
  if (error !== undefined) return { kind: 'tcap-error', error };
  const plain = PLAIN.find((its) => its === kind);
  return plain && { kind: plain };
}

const answer = read(
  'an answer: "sm-DeliveryFailure CAUSE" with a cause of TS 29.002, "systemFailure", "facilityNotSupported", "unexpectedDataValue", "dataMissing", "udts CAUSE" with a return cause of Q.713, "silent-discard", "ack-and-drop" or "monitor-only"',
  answerOf,
);

const screenedType = read(
  'a portability type, alone or with the entity that its records must have: "1", "36 rn", "0 sp", "2 none"',
  (written) => {
    const found = /^(0|1|2|5|36)(?: (sp|rn|none))?$/.exec(written);
    if (!found) return undefined;
    const type: ScreenedType = {
      portabilityType: Number(found[1]),
      ...(found[2] === undefined ? {} : { entity: found[2] as NonNullable<ScreenedType['entity']> }),
    };
    return type;
  },
);

const whenUnavailable = oneOf('pass', 'refuse');

/** Keys of a service selector and a home SMSC that override what holds for all. */
const OVERRIDES = {
  mode: choice(mode, { description: 'Instead of screening.mode.', otherwise: 'as for all', example: 'monitor' }),
};

const homeSmscKeys = {
  name: required(text('a name of 1 to 12 characters'), { description: 'In traces, events and counters.', example: 'smsc-1' }),
  digits: required(titleDigits(1, 21), {
    description: 'Its global title digits in the called party address.',
    example: '46705000001',
  }),
  np: choice(count(0, 15), { description: 'Numbering plan that the address must have.', otherwise: 'any', example: 1 }),
  nai: choice(count(0, 127), { description: 'Nature of address that it must have.', otherwise: 'any', example: 4 }),
  mode: choice(mode, {
    description: 'For rejects at this service centre, instead of what selector and screening say.',
    otherwise: 'as for all',
    example: 'monitor',
  }),
  answer: choice(answer, {
    description: 'Instead of screening.answers.home-smsc.',
    otherwise: 'as for all',
    example: 'sm-DeliveryFailure subscriberNotSC-Subscriber',
  }),
};

const answers = {
  'home-smsc': choice(answer, {
    description: 'To a ported sender at a home SMSC.',
    otherwise: 'sm-DeliveryFailure subscriberNotSC-Subscriber',
    example: 'sm-DeliveryFailure subscriberNotSC-Subscriber',
  }),
  'service-centre': choice(answer, {
    description: 'To a ported sender who asked for a home SMSC by another address.',
    otherwise: 'sm-DeliveryFailure subscriberNotSC-Subscriber',
    example: 'sm-DeliveryFailure subscriberNotSC-Subscriber',
  }),
  'numbers-unavailable': choice(answer, {
    description: 'While the number store does not answer and when-numbers-unavailable is "refuse".',
    otherwise: 'systemFailure, upon which phones try again',
    example: 'systemFailure',
  }),
  'platforms-unavailable': choice(answer, {
    description: 'While no platform takes a prepaid subscriber\'s message and prepaid.when-no-platform is "refuse".',
    otherwise: 'systemFailure',
    example: 'systemFailure',
  }),
};

export const screeningSections = {
  screening: section('What is done about messages that a selector selects.', {
    mode: choice(mode, {
      description:
        'off: nothing is computed. monitor: computed, counted and traced, and everything passes. sample N%: of the verdicts so many are carried out. enforce. There is no default: without it the gate does not start.',
      otherwise: 'a fault: whoever lets a gate decide says how much it may do',
      example: 'monitor',
    }),
    flow: setting(oneOf('vstp', 'ported-out'), 'vstp', {
      description:
        'vstp: the published call flow, row for row. ported-out: the order for live networks, in which only senders who have left are refused.',
    }),
    'portability-check': setting(flag, true, { description: 'MNP SMS: ported senders at a home SMSC are rejected.' }),
    'screened-types': choice(list(screenedType, 1, 15), {
      description: 'Portability types whose senders are screened.',
      otherwise: '0, 1, 2 and 36 in flow vstp; 1, "0 rn" and "36 rn" in flow ported-out',
      example: ['1', '2'],
    }),
    'service-centre': setting(oneOf('ignore', 'report', 'screen'), 'report', {
      description:
        'When the service centre that the phone asked for (SM-RP-DA) is not the one that the message is addressed to. screen: in flow ported-out only.',
    }),
    'when-numbers-unavailable': setting(whenUnavailable, 'pass', {
      description: 'While the number store is missing, damaged or loading: pass (fail open) or refuse (fail closed).',
    }),
    answers: section('How rejected messages are answered, by the rule that rejects them.', answers),
    ceiling: section(
      'When so many messages would be rejected that the data must be at fault, rejects are only monitored until an operator resumes.',
      {
        percent: choice(percent, {
          description: 'Share of rejects among the messages decided where the mode acts.',
          otherwise: 'no ceiling',
          example: 5,
        }),
        window: setting(duration('1s', '1h'), '60s', { description: 'Over which the share is taken.' }),
        'messages-min': setting(count(1, 1_000_000_000), 1_000, { description: 'Fewer messages in the window say nothing.' }),
      },
    ),
  }),
  conditioning: section('How numbers become international before they are looked up.', {
    'country-code': choice(digits(1, 3, 'a country code'), {
      description: 'Before national numbers.',
      otherwise: 'they are not looked up',
      example: '46',
    }),
    'area-code': choice(digits(0, 5, 'an area code'), {
      description: 'Between the country code and subscriber numbers; empty where the plan has none.',
      otherwise: 'subscriber numbers are not looked up',
      example: '70',
    }),
  }),
  selector: sections('Which messages are looked into, by the called party address. All others are routed without a look.', {
    name: required(text('a name of 1 to 64 characters'), { description: 'In traces, events and counters.', example: 'mo-sms' }),
    gti: setting(count(0, 4), 4, { description: 'Global title indicator, 1 to 4: without a title nothing is selected.' }),
    tt: choice(count(0, 255), { description: 'Translation type; given with gti 2, 3 and 4.', otherwise: 'none', example: 0 }),
    np: choice(count(0, 15), { description: 'Numbering plan; given with gti 3 and 4.', otherwise: 'none', example: 1 }),
    nai: choice(count(0, 127), { description: 'Nature of address; given with gti 1 and 4.', otherwise: 'none', example: 4 }),
    ssn: choice(count(0, 255), { description: 'Subsystem.', otherwise: 'any', example: 8 }),
    ...OVERRIDES,
    'when-numbers-unavailable': choice(whenUnavailable, {
      description: 'Instead of screening.when-numbers-unavailable.',
      otherwise: 'as for all',
      example: 'refuse',
    }),
    answers: section('Instead of screening.answers.', answers),
  }),
  'home-smscs': section('How the list of our service centres is used.', {
    match: setting(oneOf('exact', 'best-fit'), 'exact', {
      description: 'exact: all digits are equal. best-fit: exact first, else the longest entry that the address begins with.',
    }),
    conditioned: setting(flag, false, { description: 'National and subscriber addresses are compared in international form.' }),
    file: choice(path, {
      description:
        'More entries, for long lists: a CSV file whose first line names its columns, which are the keys of home-smsc.',
      otherwise: 'no more entries',
      example: 'home-smscs.csv',
    }),
  }),
  'home-smsc': sections('One of our service centres.', homeSmscKeys),
  prepaid: section('PPSMS: messages of prepaid subscribers go to a platform of the intelligent network.', {
    on: setting(flag, false, { description: 'PPSMS.' }),
    recipients: setting(flag, false, { description: 'Also messages to prepaid subscribers, when the sender is none.' }),
    'when-no-platform': setting(whenUnavailable, 'pass', { description: 'While no platform is up for a prepaid subscriber.' }),
  }),
  platform: sections('A prepaid platform.', {
    name: required(name, { description: 'By which prepaid-relay and the status speak of it.', example: 'in-1' }),
    addresses: setting(list(titleDigits(1, 15), 0, 16), [], {
      description: 'Calling party digits of its own messages: those pass.',
    }),
    'point-codes': setting(list(pointCode, 0, 16), [], {
      description: 'Originating point codes of its own messages, in the first network.',
    }),
    drain: setting(flag, false, { description: 'It gets no new messages.' }),
    group: choice(name, {
      description: 'Where its messages go: a gtt.group.',
      otherwise: 'point-code or link says it',
      example: 'in-platforms',
    }),
    ...targetKeys,
  }),
  'prepaid-relay': sections('Where the messages of one prepaid type go.', {
    'prepaid-type': required(count(1, 32), {
      description: 'Prepaid type: 1 and 2 are portability types 3 and 4, 3 to 32 are 6 to 35.',
      example: 1,
    }),
    to: sections('Its platforms.', {
      platform: required(name, { description: 'Name of a platform.', example: 'in-1' }),
      weight: setting(count(0, 1000), 1, { description: 'Share; those of weight 0 take over when none of the others is up.' }),
    }),
  }),
};

/** A share of the loop's time is measured as how late it comes to what it has to do. */
const LAG = duration('5ms', '10s');

/** What a node that others reach needs: who may use it, how much of anything it holds, what it sheds. */
export const hygieneSections = {
  sccp: section('Messages in several pieces.', {
    'reassembly-max': setting(count(1, LIMITS.sccpReassembliesMax), LIMITS.sccpReassembliesMax, {
      description: 'Segmented messages under way at once; beyond it the oldest of the greediest sender is taken back.',
    }),
    'reassembly-octets-max': setting(size('64KB', '64MB'), '8MB', { description: 'What their segments hold together.' }),
    'reassembly-time': setting(duration('100ms', '20s'), '10s', {
      description: 'T(reass) of Q.714: from the first segment to the last.',
    }),
    'when-reassembly-fails': setting(oneOf('pass', 'discard'), 'pass', {
      description:
        'pass: segments go on as they came. discard: they end here, with an answer where one is asked for. For want of room they always end here.',
    }),
    continues: setting(flag, true, {
      description: 'Short messages that come in a Continue are judged as well; else they pass, counted.',
    }),
    'dialogues-max': setting(count(1, LIMITS.moDialoguesMax), LIMITS.moDialoguesMax, {
      description: 'Dialogues that opened without their operation, remembered at once; the oldest gives way.',
    }),
    'dialogue-time': setting(duration('1s', '10m'), '30s', { description: 'How long they are remembered.' }),
  }),
  access: section('What becomes of a message that no row of allow speaks for. Without rows everybody may use the gate.', {
    refused: setting(oneOf('discard', 'return'), 'discard', {
      description: 'Nothing, or the answer of SCCP where one is asked for.',
    }),
    cause: setting(count(0, RETURN_CAUSE_MAX), 7, { description: 'Its return cause of Q.713; 7 is unqualified.' }),
  }),
  allow: sections('Who may use the gate. All that is given must hold; the rows of one sender add up.', {
    name: required(name, { description: 'In events.', example: 'own-mscs' }),
    'point-codes': setting(list(pointCode, 0, 4096), [], {
      description: 'Originating point codes, in the first network. Empty: any.',
    }),
    calling: setting(list(titleDigits(1, 40), 0, 10_000), [], {
      description: "Beginnings of the calling party's digits. Empty: any.",
    }),
    operations: setting(list(count(0, 255), 0, 64), [], {
      description: 'Local operation codes that they may invoke. Empty: any.',
    }),
  }),
  overload: section(
    'Shedding, by how late the program comes to its work: pass-through first, then transit, then screened messages; what belongs to an open dialogue stays.',
    {
      'level-1': setting(LAG, '50ms', {
        description: 'New dialogues of no selector are refused, and their senders told of congestion.',
      }),
      'level-2': setting(LAG, '150ms', { description: 'As well, messages for other point codes.' }),
      'level-3': setting(LAG, '500ms', { description: 'As well, new dialogues that a selector selects.' }),
    },
  ),
};

/** Who may ask for numbers, and how often. */
const clients = () => ({
  clients: setting(list(network, 0, 1024), [], { description: 'Addresses and networks that are served; nobody else is.' }),
  rate: setting(count(1, 1_000_000), 1_000, { description: 'Requests a second of one address, in the long run.' }),
  burst: setting(count(1, 1_000_000), 2_000, { description: 'Requests at once after a pause.' }),
});

/** An http or https address of a host alone. */
const origin = read('an http or https address of host and port alone, for instance "https://gate-1.example:8527"', (written) =>
  /^https?:\/\/[^/?#@]+$/i.test(written) && URL.canParse(written) ? written : undefined,
);

export const storeSections = {
  enum: section('The number store for others by ENUM: NAPTR over DNS, UDP and TCP, read-only.', {
    listen: choice(listen, { description: 'Address and port.', otherwise: 'not served', example: '127.0.0.1:5353' }),
    ...clients(),
    root: setting(text('a domain name'), 'e164.arpa', { description: 'Where numbers hang in the tree.' }),
    'country-code': choice(digits(1, 3, 'a country code'), {
      description: 'The zone is that of this country.',
      otherwise: 'the zone of all numbers',
      example: '46',
    }),
    'name-servers': setting(list(text('a domain name'), 0, 8), [], {
      description: 'Names of the servers of the zone, its primary first: at least one when it is served.',
    }),
    contact: choice(text('a mailbox as a domain name'), {
      description: 'Who answers for the zone.',
      otherwise: 'a fault when it is served',
      example: 'hostmaster.example.net',
    }),
    ttl: setting(duration('0s', '7d'), '60s', {
      description: 'How long an answer may be kept; less where a record ends sooner.',
    }),
    'negative-ttl': setting(duration('0s', '1d'), '60s', { description: 'The same for the answer that there is none.' }),
    services: setting(list(oneOf('pstn:tel', 'pstn:sip', 'sip'), 1, 3), ['pstn:tel'], {
      description: 'Each gives one record, the first preferred.',
    }),
    'sip-host': choice(text('a host name'), {
      description: 'Host part of SIP addresses.',
      otherwise: 'a fault with services of SIP',
      example: 'sip.example',
    }),
    'rn-context': choice(text('a domain name, or a plus and digits'), {
      description: 'Context of routing numbers (RFC 4694).',
      otherwise: 'routing numbers are international',
      example: '+46',
    }),
    'digits-min': setting(count(1, 15), 7, { description: 'Digits from which on a number can be whole.' }),
  }),
  'numbers-http': section('The number store for others by HTTP, read-only: GET /numbers/NUMBER, POST /numbers, GET /version.', {
    listen: choice(listen, {
      description: 'Address and port. Without TLS: keep it on an inner network.',
      otherwise: 'not served',
      example: '127.0.0.1:8528',
    }),
    ...clients(),
    'max-age': setting(duration('0s', '7d'), '0s', {
      description: 'How long an answer may be kept; less where a record ends sooner.',
    }),
  }),
  numbers: section('The number store.', {
    folder: choice(path, {
      description: 'Its folder. One process writes in it.',
      otherwise: 'numbers in the data folder',
      example: '/var/lib/angarium/numbers',
    }),
    imports: choice(path, {
      description:
        'Folder of the files that the operator API may load; what lies elsewhere, or is linked to from elsewhere, is refused.',
      otherwise: 'imports in the folder of the number store',
      example: '/var/lib/angarium/imports',
    }),
    follow: setting(flag, false, {
      description: 'Only read: another process on this machine (another gate, or angarium numbers) keeps the folder.',
    }),
    'age-alarm': setting(duration('1m', '3650d'), '36h', {
      description: 'Numbers that were not changed for so long raise an alarm; the gate stays ready.',
    }),
    'lag-alarm': setting(duration('1s', '3650d'), '5m', {
      description:
        'Numbers that are kept elsewhere (follow, source) and were not the same here for so long raise an alarm; the gate goes on with what it has.',
    }),
    source: section(
      'The gate that keeps the numbers, on another machine: they are fetched into the folder, and only read here.',
      {
        url: choice(origin, {
          description: 'Its operator.listen.',
          otherwise: 'the numbers are kept here, or followed',
          example: 'https://gate-1.example:8527',
        }),
        'token-file': choice(path, {
          description: 'File with the bearer token of an operator.user there, of role follower, in its first line.',
          otherwise: 'a fault with url',
          example: 'follower-token',
        }),
        authorities: choice(path, {
          description: 'With https: file of the certificates that its own must be signed by, PEM.',
          otherwise: 'those that the system knows',
          example: 'gate-ca.pem',
        }),
        interval: setting(duration('100ms', '1h'), '1s', { description: 'How often it is asked what is new.' }),
      },
    ),
  }),
  decisions: section(
    'Decisions that are kept, step by step, for angarium gate decisions and report. Rejects and redirects always are.',
    {
      keep: setting(flag, true, { description: 'Whether any are kept.' }),
      folder: choice(path, {
        description: 'Their folder.',
        otherwise: 'decisions in the data folder',
        example: '/var/lib/angarium/decisions',
      }),
      sample: setting(percent, 0.1, {
        description: 'Share of the messages that pass whose trace is kept as well. Unit: percent.',
      }),
      numbers: setting(oneOf('full', 'masked', 'hashed'), 'full', {
        description:
          'Subscriber numbers in the files. full: as billing and investigations need them; whoever asks sees them masked unless he asks for more. masked: the last four digits. hashed: a keyed hash, equal for equal numbers.',
      }),
      'file-size': setting(size('64KB', '1GB'), '16MB', {
        description: 'A file that has grown to this is closed and the next one begun.',
      }),
      'size-max': setting(size('1MB', '1024GB'), '1GB', { description: 'All files together; the oldest go.' }),
      retention: setting(duration('1h', '3650d'), '30d', {
        description: 'Files are removed when their newest decision is older.',
      }),
      'flush-within': setting(duration('10ms', '1m'), '1s', { description: 'A decision is on the disk within this time.' }),
    },
  ),
};
