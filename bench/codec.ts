/**
 * What the codec costs. Each case runs alone, after a warm-up, in batches of a thousand calls; p50 and p99 are of the batches' means, so that
 * the clock's own cost and its resolution do not show.
 */
import { readFileSync } from 'node:fs';
import {
  decodeParts,
  decodePdu,
  encodeContent,
  encodeHead,
  encodePdu,
  type MmsPdu,
  makeContent,
  type RetrieveConf,
  type SendReq,
} from '#codec/mms';
import { type Bench, type Row, runAlone } from './harness/index.js';

const CORPUS = new URL('../../test/corpus/mms-pdus/', import.meta.url);
const BATCH_CALLS = 1_000;
const WARM_UP_CALLS = 50_000;
const WARM_UP_CALLS_SMOKE = 100;
/** For each case. */
const SECONDS = 2;
const SECONDS_SMOKE = 0.05;

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

/** Kept, so that no call can be optimised away. */
let sink: unknown;

function measure(name: string, run: () => unknown, smoke: boolean): Row {
  for (let i = 0; i < (smoke ? WARM_UP_CALLS_SMOKE : WARM_UP_CALLS); i++) sink = run();
  const means: number[] = [];
  const begun = performance.now();
  const end = begun + (smoke ? SECONDS_SMOKE : SECONDS) * 1000;
  let now = begun;
  while (now < end) {
    const from = now;
    for (let i = 0; i < BATCH_CALLS; i++) sink = run();
    now = performance.now();
    means.push(((now - from) * 1000) / BATCH_CALLS);
  }
  if (sink === undefined) throw new Error(`${name} returned nothing: an engine may remove it`);
  const calls = means.length * BATCH_CALLS;
  means.sort((a, b) => a - b);
  const at = (share: number): number => means[Math.min(means.length - 1, Math.floor(means.length * share))]!;
  const reach = REACH[name];
  return {
    benchmark: name,
    figures: {
      'rate/s': (calls * 1000) / (now - begun),
      'µs/op': ((now - begun) * 1000) / calls,
      'p50 µs': at(0.5),
      'p99 µs': at(0.99),
    },
    ...(reach === undefined ? {} : { reach }),
  };
}

export const bench: Bench = {
  name: `Codec; the m-send.req has ${send.length} octets, of these ${send.length - sendPdu.content.octets.length} of headers`,
  run: async ({ smoke }) => Object.entries(CASES).map(([name, run]) => measure(name, run, smoke)),
};

await runAlone(bench, import.meta.url);
