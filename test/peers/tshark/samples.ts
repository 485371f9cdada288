/**
 * Values of every header field, each with what Wireshark 4.0 shows for it. What it shows is written down by hand from
 * the standard's tables, so that nothing of ours says what ours should be.
 *
 * Wireshark 4.0 takes apart the fields of MMS 1.0 and 1.1. Of 1.2 it knows the names, of 1.3 the shapes of values only: there the octets
 * that it holds for the field are compared.
 */
import type { FieldKey, PduRow, ValueOf } from '#codec/mms';

/** A field as tshark shows it: one line, and those of its own fields. */
export type Shown = readonly string[];
export interface Sample<T> {
  readonly value: T;
  readonly shown: Shown;
}

/** tshark writes this for every octet that is not ASCII in a text whose charset it does not look at: which is any. */
const NOT_ASCII = '\u{fffd}';
/** The quote of a text that begins above 0x7f is no part of the text; tshark shows it. */
const QUOTE = '\\x7f';

/** A text as tshark shows it. */
export const shownText = (text: string): string =>
  (text >= '\u{80}' ? QUOTE : '') +
  [...Buffer.from(text)].map((octet) => (octet < 0x80 ? String.fromCharCode(octet) : NOT_ASCII)).join('');

const texts = (name: string, ...values: readonly string[]): Sample<string>[] =>
  values.map((value) => ({ value, shown: [`mmse.${name} = ${shownText(value)}`] }));

/** Meanings by the octet that stands for them. */
const octets = <T>(name: string, meanings: Readonly<Record<string, T>>): Sample<T>[] =>
  Object.entries(meanings).map(([octet, value]) => ({ value, shown: [`mmse.${name} = ${octet}`] }));

const yesNo = (name: string): Sample<boolean>[] => octets(name, { '0x80': true, '0x81': false });

/** Octets that are kept as their numbers. */
const statuses = (name: string, ...numbers: readonly number[]): Sample<number>[] =>
  numbers.map((value) => ({ value, shown: [`mmse.${name} = 0x${value.toString(16)}`] }));

/** Fields that tshark does not take apart: its name for them, and the octets of name and value. */
const undecoded = <T>(label: string, values: readonly (readonly [T, string])[]): Sample<T>[] =>
  values.map(([value, hex]) => ({ value, shown: [`${label} (not decoded) = ${hex}`] }));

const undecodedYesNo = (label: string, code: string): Sample<boolean>[] =>
  undecoded(label, [
    [true, `${code}80`],
    [false, `${code}81`],
  ]);
const undecodedTexts = (label: string, code: string, ...values: readonly string[]): Sample<string>[] =>
  undecoded(
    label,
    values.map((value) => [value, `${code}${Buffer.from(value).toString('hex')}00`] as const),
  );

const LONG = 'It is twenty past eight, and all is well; '.repeat(9);
const LONG_CYRILLIC = 'Глубокоуважаемый вагоноуважатый, '.repeat(12);
const WORDS = [
  'Grüße aus Köln',
  'a',
  '写真を送ります',
  'Ω',
  LONG,
  LONG_CYRILLIC,
  '\u{1f4f7} x',
  'x'.repeat(127),
  'é'.repeat(14),
  'é'.repeat(63),
];
const ADDRESSES = [
  '+46701000001/TYPE=PLMN',
  'someone@example.com',
  '5000/TYPE=PLMN',
  '192.0.2.7/TYPE=IPv4',
  'Jürgen <jürgen@example.com>',
  '2001:0db8:0000:0000:0000:0000:0000:0001/TYPE=IPv6',
];
const IDS = ['T1', '0', '5b7a1c66-43b1-4b0b-9d1e-2f61a7f0c1de@mmsc.example', 'x'.repeat(200), 'A b&c<d>"e"'];

const STATUS = {
  '0x80': 'expired',
  '0x81': 'retrieved',
  '0x82': 'rejected',
  '0x83': 'deferred',
  '0x84': 'unrecognised',
  '0x85': 'indeterminate',
  '0x86': 'forwarded',
  '0x87': 'unreachable',
} as const;

/** Instants, and how tshark prints them in UTC. */
const INSTANTS = [
  [Date.UTC(2023, 10, 14, 22, 13, 20), 'Nov 14, 2023 22:13:20.000000000 UTC'],
  [Date.UTC(2002, 0, 15, 0, 0, 1), 'Jan 15, 2002 00:00:01.000000000 UTC'],
  [Date.UTC(2040, 1, 29, 12, 0, 0), 'Feb 29, 2040 12:00:00.000000000 UTC'],
] as const;

/** Less than 128 s is a sample of its own kind: see the test about short intervals. */
export const relativeTime = (name: string, seconds: number): Sample<ValueOf<'expiry'>> => ({
  value: { kind: 'relative', seconds },
  shown: [`mmse.${name}.rel = ${seconds}.000000000`],
});

const times = (name: string): Sample<ValueOf<'expiry'>>[] => [
  ...INSTANTS.map(
    ([at, text]): Sample<ValueOf<'expiry'>> => ({ value: { kind: 'absolute', at }, shown: [`mmse.${name}.abs = ${text}`] }),
  ),
  ...[128, 3_600, 604_800, 31_536_000].map((seconds) => relativeTime(name, seconds)),
];

const sizes = (name: string): Sample<number>[] =>
  [0, 1, 127, 128, 70_000, 307_200, 0xffff_ffff].map((value) => ({ value, shown: [`mmse.${name} = ${value}`] }));

const undecodedNumbers = (label: string, code: string): Sample<number>[] =>
  undecoded(label, [
    [0, `${code}80`],
    [127, `${code}ff`],
    [128, `${code}0180`],
    [70_000, `${code}03011170`],
  ]);
const undecodedCounts = (label: string, code: string): Sample<ValueOf<'mboxTotals'>>[] =>
  undecoded(label, [
    [{ of: 'messages', count: 5 }, `${code}028085`],
    [{ of: 'octets', count: 1_048_576 }, `${code}058103100000`],
  ]);

/** The type is what the test sets by itself, content has samples of its own, and two names stand as values in X-Mms-Attributes only. */
type Others = 'messageType' | 'content' | 'contentAttribute' | 'additionalHeaders';

export const SAMPLES: { readonly [K in Exclude<FieldKey, Others>]: readonly Sample<ValueOf<K>>[] } = {
  // MMS 1.0
  bcc: texts('bcc', ...ADDRESSES),
  cc: texts('cc', ...ADDRESSES),
  contentLocation: texts(
    'content_location',
    'http://mmsc.example/m/Kq7w',
    'http://192.0.2.1:8002/servlet/mms?m=1&q=%C3%A4',
    'cid:1',
  ),
  date: INSTANTS.map(([value, text]) => ({ value, shown: [`mmse.date = ${text}`] })),
  deliveryReport: yesNo('delivery_report'),
  deliveryTime: times('delivery_time'),
  expiry: times('expiry'),
  from: [
    { value: { kind: 'insert-address' }, shown: ['mmse.from = <insert address>'] },
    ...[...ADDRESSES, 'ü'.repeat(20), 'x'.repeat(140)].map(
      (address): Sample<ValueOf<'from'>> => ({
        value: { kind: 'address', address },
        shown: [`mmse.from = ${shownText(address)}`],
      }),
    ),
  ],
  messageClass: [
    ...octets<ValueOf<'messageClass'>>('message_class.id', {
      '0x80': 'personal',
      '0x81': 'advertisement',
      '0x82': 'informational',
      '0x83': 'auto',
    }),
    { value: { token: 'x-operator-greeting' }, shown: ['mmse.message_class.str = x-operator-greeting'] },
  ],
  messageId: texts('message_id', ...IDS),
  version: texts('mms_version', '1.0', '1.1', '1.2', '1.3'),
  messageSize: sizes('message_size'),
  priority: octets('priority', { '0x80': 'low', '0x81': 'normal', '0x82': 'high' }),
  readReport: yesNo('read_report'),
  reportAllowed: yesNo('report_allowed'),
  // Every status of the standard, those that MMS 1.1 made obsolete among them.
  responseStatus: statuses(
    'response_status',
    128,
    129,
    130,
    131,
    132,
    133,
    134,
    135,
    136,
    192,
    193,
    194,
    195,
    196,
    224,
    225,
    226,
    227,
    228,
    229,
    230,
    231,
    232,
    233,
    234,
    235,
  ),
  responseText: texts('response_text', ...WORDS),
  senderVisibility: octets('sender_visibility', { '0x80': 'hide', '0x81': 'show' }),
  status: octets('status', STATUS),
  subject: texts('subject', ...WORDS),
  to: texts('to', ...ADDRESSES),
  transactionId: texts('transaction_id', ...IDS),
  // MMS 1.1
  retrieveStatus: statuses('retrieve_status', 128, 192, 193, 194, 224, 225, 226, 227),
  retrieveText: texts('retrieve_text', ...WORDS),
  readStatus: octets('read_status', { '0x80': 'read', '0x81': 'deleted-without-being-read' }),
  replyCharging: octets('reply_charging', {
    '0x80': 'requested',
    '0x81': 'requested-text-only',
    '0x82': 'accepted',
    '0x83': 'accepted-text-only',
  }),
  replyChargingDeadline: times('reply_charging_deadline'),
  replyChargingId: texts('reply_charging_id', ...IDS),
  replyChargingSize: sizes('reply_charging_size'),
  previouslySentBy: [1, 127, 128, 70_000].flatMap((count) =>
    ['someone@example.com', 'jürgen@example.com'].map((address) => ({
      value: { count, address },
      shown: [
        `mmse.previously_sent_by = ${shownText(address)}`,
        `mmse.previously_sent_by.forward_count = ${count}`,
        `mmse.previously_sent_by.address = ${shownText(address)}`,
      ],
    })),
  ),
  previouslySentDate: INSTANTS.map(([at, text], i) => ({
    value: { count: i + 1, at },
    shown: [
      `mmse.previously_sent_date = ${text}`,
      `mmse.previously_sent_date.forward_count = ${i + 1}`,
      `mmse.previously_sent_date.date = ${text}`,
    ],
  })),
  // MMS 1.2: names without values
  store: undecodedYesNo('X-Mms-Store', 'a2'),
  mmState: undecoded('X-Mms-MM-State', [
    ['draft', 'a380'],
    ['sent', 'a381'],
    ['new', 'a382'],
    ['retrieved', 'a383'],
    ['forwarded', 'a384'],
  ]),
  mmFlags: undecoded('X-Mms-MM-Flags', [
    [{ action: 'add', text: 'a' }, 'a403806100'],
    [{ action: 'remove', text: 'ab' }, 'a40481616200'],
    // Value-length 7, filter, value-length 5, UTF-8 (106), quote, text, end
    [{ action: 'filter', text: 'üb' }, 'a4088206ea7fc3bc6200'],
  ]),
  storeStatus: undecoded('X-Mms-Store-Status', [
    [128, 'a580'],
    [192, 'a5c0'],
    [193, 'a5c1'],
    [224, 'a5e0'],
    [225, 'a5e1'],
    [226, 'a5e2'],
    [227, 'a5e3'],
    [228, 'a5e4'],
  ]),
  storeStatusText: undecodedTexts('X-Mms-Store-Status-Text', 'a6', 'Mailbox full', 'x'),
  stored: undecodedYesNo('X-Mms-Stored', 'a7'),
  attributes: undecoded('X-Mms-Attributes', [
    ['Subject', 'a896'],
    ['Content', 'a8ae'],
    ['Additional-headers', 'a8b0'],
    ['X-Own', `a8${Buffer.from('X-Own\0').toString('hex')}`],
  ]),
  totals: undecodedYesNo('X-Mms-Totals', 'a9'),
  mboxTotals: undecodedCounts('X-Mms-Mbox-Totals', 'aa'),
  quotas: undecodedYesNo('X-Mms-Quotas', 'ab'),
  mboxQuotas: undecodedCounts('X-Mms-Mbox-Quotas', 'ac'),
  messageCount: undecodedNumbers('X-Mms-Message-Count', 'ad'),
  start: undecodedNumbers('X-Mms-Start', 'af'),
  limit: undecodedNumbers('X-Mms-Limit', 'b3'),
  distributionIndicator: undecodedYesNo('X-Mms-Distribution-Indicator', 'b1'),
  elementDescriptor: undecoded('X-Mms-Element-Descriptor', [
    [{ reference: 'cid:1', parameters: {} }, 'b2066369643a3100'],
    // Type (2) by number: text/plain (3)
    [{ reference: 'a', parameters: { type: '0x83' } }, 'b20461008283'],
    [{ reference: 'a', parameters: { type: 'image/png' } }, `b20d610082${Buffer.from('image/png\0').toString('hex')}`],
  ]),
  // MMS 1.3: unknown to Wireshark 4.0
  recommendedRetrievalMode: undecoded('Unknown field (0xb4)', [['manual', 'b480']]),
  recommendedRetrievalModeText: undecodedTexts('Unknown field (0xb5)', 'b5', 'You are roaming', 'x'),
  statusText: undecodedTexts('Unknown field (0xb6)', 'b6', 'No such subscriber', 'x'),
  applicId: undecodedTexts('Unknown field (0xb7)', 'b7', 'com.example.chess', 'a'),
  replyApplicId: undecodedTexts('Unknown field (0xb8)', 'b8', 'com.example.chess.reply', 'a'),
  auxApplicInfo: undecodedTexts('Unknown field (0xb9)', 'b9', 'move=e2e4', 'a'),
  contentClass: undecoded(
    'Unknown field (0xba)',
    [0, 1, 2, 3, 4, 5, 6, 7].map((n) => [n, `ba8${n}`] as const),
  ),
  drmContent: undecodedYesNo('Unknown field (0xbb)', 'bb'),
  adaptationAllowed: undecodedYesNo('Unknown field (0xbc)', 'bc'),
  replaceId: undecodedTexts('Unknown field (0xbd)', 'bd', ...IDS),
  cancelId: undecodedTexts('Unknown field (0xbe)', 'be', ...IDS),
  cancelStatus: undecoded('Unknown field (0xbf)', [
    ['request-successfully-received', 'bf80'],
    ['request-corrupted', 'bf81'],
  ]),
};

export type SampleKey = keyof typeof SAMPLES;

/** The samples of a slot; content has none. */
export const samplesOf = (slot: PduRow['slots'][number]): readonly Sample<unknown>[] => SAMPLES[slot.key as SampleKey];
