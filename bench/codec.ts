/**
 * What the codec costs. Each case runs alone, after a warm-up, in batches of a thousand calls; p50 and p99 are of the batches' means, so that
 * the clock's own cost and its resolution do not show. Beside the cases of the main road every PDU type is decoded, encoded and printed: a real
 * one where the corpus has the type, otherwise one that our encoder wrote.
 */
import { readFileSync } from 'node:fs';
import {
  decodeParts,
  decodePdu,
  deletionFields,
  encodeContent,
  encodeHead,
  encodePdu,
  type MboxDescr,
  type MmsPdu,
  makeContent,
  makeDescriptors,
  PDUS,
  type PduKind,
  type RetrieveConf,
  type SendReq,
  toText,
} from '#codec/mms';
import { type Bench, measureCalls, runAlone } from './harness/index.js';

const CORPUS = new URL('../../test/corpus/mms-pdus/', import.meta.url);
/** For each of the three cases of each PDU type. */
const SECONDS_BY_TYPE = 0.5;

const read = (file: string): Uint8Array => new Uint8Array(readFileSync(new URL(file, CORPUS)));

function decoded(octets: Uint8Array): MmsPdu {
  const pdu = decodePdu(octets);
  if (!pdu.ok) throw new Error(pdu.error.text);
  return pdu.value;
}

/** What is asked of the two cases that every message passes. */
const REACH: Readonly<Record<string, string>> = {
  'decode headers, m-send.req 50 KB': '3 µs or less',
  'encode head, m-retrieve.conf': '3 µs or less',
};

/** An m-send.req of 50 KB as a phone writes it: every header a phone sends, SMIL, a text and a picture. */
function sendReq50K(): Uint8Array {
  const smil = new TextEncoder().encode('<smil><body><par><img src="p.jpg"/><text src="t.txt"/></par></body></smil>');
  const content = makeContent(
    [
      {
        contentType: { media: 'application/smil', parameters: { charset: 'utf-8', name: 's.smil' } },
        contentId: '<s.smil>',
        data: smil,
      },
      {
        contentType: { media: 'image/jpeg', parameters: { name: 'p.jpg' } },
        contentId: '<p.jpg>',
        contentLocation: 'p.jpg',
        data: new Uint8Array(50_000),
      },
      {
        contentType: { media: 'text/plain', parameters: { charset: 'utf-8', name: 't.txt' } },
        contentLocation: 't.txt',
        data: new Uint8Array(40).fill(0x61),
      },
    ],
    { media: 'application/vnd.wap.multipart.related', parameters: { start: '<s.smil>', type: 'application/smil' } },
  );
  const pdu: SendReq = {
    kind: 'm-send-req',
    transactionId: 'T17f3a9c2b41',
    version: '1.2',
    date: 1_700_000_000_000,
    from: { kind: 'insert-address' },
    to: ['+358401234567/TYPE=PLMN', '+358407654321/TYPE=PLMN'],
    cc: [],
    bcc: [],
    subject: 'Greetings from the lake',
    messageClass: 'personal',
    expiry: { kind: 'relative', seconds: 604_800 },
    priority: 'normal',
    senderVisibility: 'show',
    deliveryReport: true,
    readReport: false,
    content,
  };
  return encodePdu(pdu);
}

function retrieveConf(content: RetrieveConf['content'] & object): RetrieveConf {
  return {
    kind: 'm-retrieve-conf',
    transactionId: '0Rk2xV8mQ1aZs7YpLw3TcE',
    version: '1.2',
    messageId: '0Rk2xV8mQ1aZs7YpLw3TcE',
    date: 1_700_000_000_000,
    from: { kind: 'address', address: '+358401234567/TYPE=PLMN' },
    to: ['+358407654321/TYPE=PLMN', '+358409999999/TYPE=PLMN'],
    cc: [],
    subject: 'Greetings from the lake',
    messageClass: 'personal',
    priority: 'normal',
    deliveryReport: true,
    readReport: false,
    retrieveStatus: 0x80,
    content,
  };
}

const send = sendReq50K();
const sendPdu = decoded(send) as SendReq;
const retrieve = retrieveConf(sendPdu.content);
const corpusSend = read('jolla-m-send-1-req.mms');
const corpusRetrieve = decoded(read('jolla-success1-m-retrieve-conf.mms'));
const notification = read('jolla-m-notification-3-ind.mms');
const notificationPdu = decoded(notification);
const parts = decodeParts(sendPdu.content);
if (!parts.ok) throw new Error(parts.error.text);
const sources = parts.value;

const CASES: Readonly<Record<string, () => unknown>> = {
  'decode headers, m-send.req 50 KB': () => decodePdu(send),
  'decode headers, m-send.req 115 KB (corpus)': () => decodePdu(corpusSend),
  'decode m-notification.ind (corpus)': () => decodePdu(notification),
  'encode head, m-retrieve.conf': () => encodeHead(retrieve),
  'encode head, m-retrieve.conf (corpus)': () => encodeHead(corpusRetrieve),
  'encode m-retrieve.conf 50 KB, with a copy of the body': () => encodePdu(retrieve),
  'encode m-notification.ind (corpus)': () => encodePdu(notificationPdu),
  'decode parts, 50 KB of three': () => decodeParts(sendPdu.content),
  'encode content, 50 KB of three': () => encodeContent(sources, sendPdu.content.type),
};

/** A sample of every PDU type: real ones of the corpus where it has the type, ours otherwise. */
const CORPUS_SAMPLES: Readonly<Partial<Record<PduKind, string>>> = {
  'm-send-req': 'gen-aosp-send-req-2.mms',
  'm-send-conf': 'jolla-m-send-1-conf.mms',
  'm-notification-ind': 'jolla-m-notification-3-ind.mms',
  'm-notifyresp-ind': 'jolla-m-notifyresp-ind.mms',
  'm-retrieve-conf': 'mmsd-rc-con-210.mms',
  'm-acknowledge-ind': 'jolla-m-acknowledge-ind.mms',
  'm-delivery-ind': 'chinamobile-delivery-ind.mms',
  'm-read-rec-ind': 'jolla-m-read-rec-ind.mms',
  'm-read-orig-ind': 'jolla-m-read-orig-ind.mms',
};

const common = { transactionId: '0Rk2xV8mQ1aZs7YpLw3TcE', version: '1.2' } as const;
const location = (n: number): string => `http://mmsc.example/box/0Rk2xV8mQ1aZs7YpLw3Tc${n}`;
const descriptor = (n: number): MboxDescr => ({
  kind: 'm-mbox-descr',
  version: '1.2',
  contentLocation: location(n),
  messageId: `0Rk2xV8mQ1aZs7YpLw3Tc${n}`,
  mmState: 'new',
  date: 1_700_000_000_000,
  from: { kind: 'address', address: '+358401234567/TYPE=PLMN' },
  to: ['+358407654321/TYPE=PLMN'],
  cc: [],
  bcc: [],
  messageClass: 'personal',
  subject: 'Greetings from the lake',
  priority: 'normal',
  messageSize: 45_000,
});

/** What a handset of 1.2 or 1.3 with a mailbox of ten messages, and its relay, would say. */
const OWN_SAMPLES: readonly MmsPdu[] = [
  {
    ...common,
    kind: 'm-forward-req',
    date: 1_700_000_000_000,
    from: { kind: 'insert-address' },
    to: ['+358407654321/TYPE=PLMN'],
    cc: [],
    bcc: [],
    reportAllowed: true,
    deliveryReport: true,
    readReport: false,
    contentLocation: location(0),
  },
  { ...common, kind: 'm-forward-conf', responseStatus: 0x80, messageId: '0Rk2xV8mQ1aZs7YpLw3TcE' },
  {
    ...common,
    kind: 'm-mbox-store-req',
    contentLocation: location(0),
    mmState: 'new',
    mmFlags: [{ action: 'add', text: 'holiday' }],
  },
  { ...common, kind: 'm-mbox-store-conf', storeStatus: 0x80, contentLocation: location(0) },
  {
    ...common,
    kind: 'm-mbox-view-req',
    contentLocation: [],
    mmState: ['new', 'retrieved'],
    start: 0,
    limit: 10,
    attributes: ['Date', 'From', 'Subject', 'X-Mms-Message-Size', 'X-Mms-MM-State'],
    totals: true,
    quotas: true,
  },
  {
    ...common,
    kind: 'm-mbox-view-conf',
    responseStatus: 0x80,
    contentLocation: [],
    mmState: ['new', 'retrieved'],
    mboxTotals: [
      { of: 'messages', count: 10 },
      { of: 'octets', count: 450_000 },
    ],
    messageCount: 10,
    content: makeDescriptors(Array.from({ length: 10 }, (_, n) => descriptor(n))),
  },
  { ...common, kind: 'm-mbox-upload-req', mmState: 'draft', content: makeDescriptors([descriptor(0)]) },
  { ...common, kind: 'm-mbox-upload-conf', storeStatus: 0x80, contentLocation: location(0) },
  { ...common, kind: 'm-mbox-delete-req', contentLocation: [location(0), location(1), location(2)] },
  {
    ...common,
    kind: 'm-mbox-delete-conf',
    ...deletionFields([
      { status: 0x80, contentLocations: [location(0), location(1)] },
      { status: 0xe4, text: 'Message not found', contentLocations: [location(2)] },
    ]),
  },
  descriptor(0),
  { ...common, version: '1.3', kind: 'm-delete-req', contentLocation: [location(0)] },
  {
    ...common,
    version: '1.3',
    kind: 'm-delete-conf',
    ...deletionFields([{ status: 0x80, contentLocations: [location(0)] }]),
  },
  { ...common, version: '1.3', kind: 'm-cancel-req', cancelId: '0Rk2xV8mQ1aZs7YpLw3TcE' },
  { ...common, version: '1.3', kind: 'm-cancel-conf', cancelStatus: 'request-successfully-received' },
];

/** Three cases for a PDU type: headers decoded, the whole encoded (a body is copied), the whole printed (its parts listed). */
function casesOf(kind: PduKind): [string, () => unknown][] {
  const file = CORPUS_SAMPLES[kind];
  const own = OWN_SAMPLES.find((it) => it.kind === kind);
  if ((file === undefined) === (own === undefined)) throw new Error(`${kind} has not exactly one sample`);
  const octets = file === undefined ? encodePdu(own!) : read(file);
  const pdu = decoded(octets);
  if (pdu.kind !== kind) throw new Error(`${file} is a ${pdu.kind}, not a ${kind}`);
  const what = `${kind}, ${octets.length} octets${file === undefined ? '' : ' (corpus)'}`;
  return [
    [`decode ${what}`, () => decodePdu(octets)],
    [`encode ${what}`, () => encodePdu(pdu)],
    [`print ${what}`, () => toText(pdu)],
  ];
}

const CASES_BY_TYPE = Object.fromEntries((Object.keys(PDUS) as PduKind[]).flatMap(casesOf));

const measured = (name: string, run: () => unknown, options: { readonly smoke: boolean; readonly seconds?: number }) =>
  measureCalls(name, run, { ...options, ...(REACH[name] === undefined ? {} : { reach: REACH[name] }) });

export const bench: Bench = {
  name: `Codec; the m-send.req has ${send.length} octets, of these ${send.length - sendPdu.content.octets.length} of headers`,
  run: async ({ smoke }) => [
    ...Object.entries(CASES).map(([name, run]) => measured(name, run, { smoke })),
    ...Object.entries(CASES_BY_TYPE).map(([name, run]) => measured(name, run, { smoke, seconds: SECONDS_BY_TYPE })),
  ],
};

await runAlone(bench, import.meta.url);
