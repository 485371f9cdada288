/** A handset's side of MM1: sends, retrieves, answers and reports over HTTP. */
import { randomBytes } from 'node:crypto';
import { err, ok, type Result } from '#base';
import {
  type Content,
  decodePdu,
  encodePdu,
  type FromValue,
  type MessageClassValue,
  type MmsPdu,
  type PriorityValue,
  type ReadStatusValue,
  type RetrieveConf,
  type SendConf,
  type StatusValue,
  type TimeValue,
} from '#codec/mms';
import type { HandsetConfig } from './config.js';
import { createTransport, type HttpAnswer, type Transport, type TransportFault } from './exchange.js';

export interface SendOptions {
  /** Numbers, e-mail addresses, short codes; what looks like a number is marked as one (`/TYPE=PLMN`), the rest goes as written. */
  readonly to: readonly string[];
  readonly cc?: readonly string[];
  readonly bcc?: readonly string[];
  readonly subject?: string;
  readonly content: Content;
  /** Who we say we are; absent: the MMSC is to insert it, as handsets do. */
  readonly from?: string;
  /** Epoch milliseconds; absent: the MMSC's time of arrival. */
  readonly date?: number;
  readonly deliveryReport?: boolean;
  readonly readReport?: boolean;
  readonly expiry?: TimeValue;
  readonly deliveryTime?: TimeValue;
  readonly priority?: PriorityValue;
  readonly messageClass?: MessageClassValue;
  /** Hide our number from the recipients; absent leaves it to the subscription. */
  readonly hide?: boolean;
  /** Absent: a new one. */
  readonly transactionId?: string;
}

/** There is no usable answer. An MMSC's refusal is no fault: it stands in the answer's status. */
export type HandsetFault =
  | TransportFault
  | { readonly kind: 'http-status'; readonly status: number; readonly reason: string }
  | { readonly kind: 'no-answer-pdu'; readonly reason: string };

/** A PDU as it came, with its octets (which its content refers to). */
export interface Answer<P> {
  readonly pdu: P;
  readonly octets: Uint8Array;
}

export interface ReadReceiptOptions {
  readonly messageId: string;
  /** The sender of the message that was read. */
  readonly to: string;
  readonly status?: ReadStatusValue;
  /** Epoch milliseconds. */
  readonly date?: number;
}

export interface Handset {
  /** M-Send.req. Ok means answered, not accepted: see `responseStatus`. */
  send(options: SendOptions): Promise<Result<Answer<SendConf>, HandsetFault>>;
  /** Gets a notification's content address. Ok means answered, not retrieved: see `retrieveStatus`. */
  fetchContent(url: string): Promise<Result<Answer<RetrieveConf>, HandsetFault>>;
  /** M-NotifyResp.ind to the notification with this transaction id. */
  notifyResp(transactionId: string, status: StatusValue, reportAllowed?: boolean): Promise<Result<void, HandsetFault>>;
  /** M-Acknowledge.ind to the retrieval with this transaction id. */
  acknowledge(transactionId: string, reportAllowed?: boolean): Promise<Result<void, HandsetFault>>;
  /** M-Read-Rec.ind. */
  readReport(options: ReadReceiptOptions): Promise<Result<void, HandsetFault>>;
  /** Octets as they are, for tests of what no handset would send. */
  post(body: Uint8Array): Promise<Result<HttpAnswer, TransportFault>>;
  /** Ends the connections that are its own. */
  close(): Promise<void>;
}

const MMS_MESSAGE = 'application/vnd.wap.mms-message';
/** A handset keeps two or three connections open; a load generator brings a transport of its own. */
const OWN_CONNECTIONS_MAX = 4;

/** `transport`: connections to share with other handsets; absent: own ones, which `close` ends. Throws on a URL that is none. */
export function createHandset(config: HandsetConfig, transport?: Transport): Handset {
  const connections = transport ?? createTransport({ connectionsMax: OWN_CONNECTIONS_MAX });
  const mmsc = new URL(config.mmscUrl);
  const { version, timeoutMs } = config;
  const common = ['user-agent', config.userAgent, 'accept', `${MMS_MESSAGE}, */*`];
  if (config.profileUrl !== undefined) common.push('x-wap-profile', `"${config.profileUrl}"`);
  if (config.identityHeader !== undefined) common.push(config.identityHeader, config.msisdn);
  const postHeaders = [...common, 'content-type', MMS_MESSAGE];
  // Unlike another handset's and unlike those of this number's last run: MMSCs may log them side by side.
  const prefix = randomBytes(6).toString('base64url');
  let count = 0;

  const post = (body: Uint8Array) => connections.exchange({ url: mmsc, method: 'POST', headers: postHeaders, body, timeoutMs });

  /** Posts what is answered with an empty body. */
  const tell = async (pdu: MmsPdu): Promise<Result<void, HandsetFault>> => {
    const answer = succeeded(await post(encodePdu(pdu)));
    return answer.ok ? ok(undefined) : answer;
  };

  return {
    async send(options) {
      const transactionId = options.transactionId ?? `${prefix}${(count++).toString(36)}`;
      const answer = succeeded(await post(encodePdu(toSendReq(options, transactionId, version))));
      if (!answer.ok) return answer;
      const conf = expectPdu(answer.value.body, 'm-send-conf');
      if (conf.ok && conf.value.pdu.transactionId !== transactionId)
        return err({
          kind: 'no-answer-pdu',
          reason: `m-send-conf answers transaction ${conf.value.pdu.transactionId}, not ${transactionId}`,
        });
      return conf;
    },

    async fetchContent(url) {
      if (!URL.canParse(url)) return err({ kind: 'unreachable', reason: 'the content location is no URL' });
      const answer = succeeded(await connections.exchange({ url: new URL(url), method: 'GET', headers: common, timeoutMs }));
      return answer.ok ? expectPdu(answer.value.body, 'm-retrieve-conf') : answer;
    },

    notifyResp: (transactionId, status, reportAllowed) =>
      tell({ kind: 'm-notifyresp-ind', transactionId, version, status, ...(reportAllowed !== undefined && { reportAllowed }) }),

    acknowledge: (transactionId, reportAllowed) =>
      tell({ kind: 'm-acknowledge-ind', transactionId, version, ...(reportAllowed !== undefined && { reportAllowed }) }),

    readReport: ({ messageId, to, status = 'read', date }) =>
      tell({
        kind: 'm-read-rec-ind',
        version,
        messageId,
        to: [wireAddress(to)],
        from: INSERT_ADDRESS,
        ...(date !== undefined && { date }),
        readStatus: status,
      }),

    post,
    close: async () => {
      if (!transport) await connections.close();
    },
  };
}

const INSERT_ADDRESS: FromValue = { kind: 'insert-address' };

function toSendReq(options: SendOptions, transactionId: string, version: string): MmsPdu {
  return {
    kind: 'm-send-req',
    transactionId,
    version,
    ...(options.date !== undefined && { date: options.date }),
    from: options.from === undefined ? INSERT_ADDRESS : { kind: 'address', address: wireAddress(options.from) },
    to: options.to.map(wireAddress),
    cc: (options.cc ?? []).map(wireAddress),
    bcc: (options.bcc ?? []).map(wireAddress),
    ...(options.subject !== undefined && { subject: options.subject }),
    ...(options.messageClass !== undefined && { messageClass: options.messageClass }),
    ...(options.expiry !== undefined && { expiry: options.expiry }),
    ...(options.deliveryTime !== undefined && { deliveryTime: options.deliveryTime }),
    ...(options.priority !== undefined && { priority: options.priority }),
    ...(options.hide !== undefined && { senderVisibility: options.hide ? 'hide' : 'show' }),
    ...(options.deliveryReport !== undefined && { deliveryReport: options.deliveryReport }),
    ...(options.readReport !== undefined && { readReport: options.readReport }),
    content: options.content,
  };
}

const NUMBER = /^\+?[0-9][0-9 ().-]*$/;

/** `+49 30 1234` becomes `+49301234/TYPE=PLMN`; national numbers keep their form, the MMSC knows the numbering plan. */
const wireAddress = (typed: string): string => {
  const address = typed.trim();
  return NUMBER.test(address) ? `${address.replace(/[ ().-]/g, '')}/TYPE=PLMN` : address;
};

function succeeded(answer: Result<HttpAnswer, TransportFault>): Result<HttpAnswer, HandsetFault> {
  if (!answer.ok) return answer;
  const { status, mediaType, body } = answer.value;
  if (status >= 200 && status < 300) return answer;
  return err({ kind: 'http-status', status, reason: mediaType.startsWith('text/') ? firstLine(body) : '' });
}

const REASON_OCTETS_MAX = 200;

/** What an HTTP error says of itself, for people: one line without control characters. */
const firstLine = (body: Uint8Array): string =>
  new TextDecoder()
    .decode(body.subarray(0, REASON_OCTETS_MAX))
    .trim()
    .split(/[\r\n]/, 1)[0]!
    .replace(/[\x00-\x1f\x7f]/g, '');

function expectPdu<K extends MmsPdu['kind']>(
  octets: Uint8Array,
  kind: K,
): Result<Answer<Extract<MmsPdu, { kind: K }>>, HandsetFault> {
  const pdu = decodePdu(octets);
  if (!pdu.ok) return err({ kind: 'no-answer-pdu', reason: pdu.error.text });
  if (!isKind(pdu.value, kind)) return err({ kind: 'no-answer-pdu', reason: `${pdu.value.kind} came where ${kind} is expected` });
  return ok({ pdu: pdu.value, octets });
}

const isKind = <K extends MmsPdu['kind']>(pdu: MmsPdu, kind: K): pdu is Extract<MmsPdu, { kind: K }> => pdu.kind === kind;
