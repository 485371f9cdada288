/** What the tests of MM1 share: an endpoint on loopback with a scripted domain, and clients down to the octet. Not part of the program. */
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { connect, type Socket } from 'node:net';
import { err, type Log, type LogFields, type Meter, type Msisdn, ok, toMsisdn } from '#base';
import {
  decodePdu,
  encodePdu,
  type FromValue,
  type MmsPdu,
  makeContent,
  type RetrieveConf,
  type SendConf,
  type SendReq,
} from '#codec/mms';
import type { DeliveryKey, MessageId, Messaging, Retrieval, Submission } from '#messaging';
import type { Mm1Ports } from './answer.js';
import type { Mm1Config } from './config.js';
import { type Mm1, startMm1 } from './server.js';

export const ALICE = number('46701234567');
export const BOB = number('46707654321');
export const KEY = 'abcdefghijklmnopqrst01' as DeliveryKey;
export const MESSAGE_ID = '0123456789-_ABCDEFGHIJ' as MessageId;
export const MMS = 'application/vnd.wap.mms-message';
export const NOW = 1_780_000_000_000;

export function number(digits: string): Msisdn {
  const msisdn = toMsisdn(digits);
  if (msisdn === undefined) throw new Error(`not a number: ${digits}`);
  return msisdn;
}

/** Limits far above what a test needs; a test of one sets it. */
export function aConfig(overrides: Partial<Mm1Config> = {}): Mm1Config {
  return {
    listen: { host: '127.0.0.1', port: 0 },
    path: '/mms',
    contentUrl: 'http://mmsc.example/m',
    identity: { mode: 'lab', header: 'X-MSISDN' },
    bodyMax: 400_000,
    versionMax: '1.3',
    connectionsMax: 2000,
    headersTimeoutMs: 20_000,
    requestTimeoutMs: 20_000,
    idleTimeoutMs: 20_000,
    keepAliveTimeoutMs: 20_000,
    submissionsInFlightMax: 100,
    bodyOctetsInFlightMax: 10_000_000,
    contentOctetsInFlightMax: 10_000_000,
    ...overrides,
  };
}

/** A domain that accepts and knows everything, with the commands it got. */
export interface Script extends Messaging {
  readonly submissions: Submission[];
  /** Every other command, by name. */
  readonly commands: { readonly command: string; readonly argument: unknown }[];
}

export function aScript(overrides: Partial<Messaging> = {}): Script {
  const submissions: Submission[] = [];
  const commands: { command: string; argument: unknown }[] = [];
  const noted =
    <A extends readonly unknown[], R>(command: string, play: (...args: A) => R) =>
    (...args: A): R => {
      commands.push({ command, argument: args.length === 1 ? args[0] : args });
      return play(...args);
    };
  const played: Messaging = {
    submit: async () => ok({ messageId: MESSAGE_ID, refused: [], resubmission: false }),
    retrieve: async () => ok(aRetrieval()),
    fetched: async () => {},
    notificationAnswered: async () => ok(undefined),
    acknowledged: async () => ok(undefined),
    readReported: async () => ok(undefined),
    handoverAnswered: async () => err({ kind: 'not-found' }),
    deliveryReported: async () => err({ kind: 'not-found' }),
    cancel: async () => err({ kind: 'not-found' }),
    replace: async () => err({ kind: 'not-found' }),
    roads: async () => [],
    waitingFor: async () => [],
    holdRoad: () => {},
    resumeRoad: () => {},
    actOnRoad: async () => ({ done: 0 }),
    handsetSeen: async () => {},
    handsetReachable: async () => {},
    workDue: async () => ({ done: 0 }),
    housekeep: async () => 0,
    ...overrides,
  };
  return {
    submissions,
    commands,
    submit: (submission) => {
      submissions.push(submission);
      return played.submit(submission);
    },
    retrieve: noted('retrieve', played.retrieve),
    fetched: noted('fetched', played.fetched),
    notificationAnswered: noted('notificationAnswered', played.notificationAnswered),
    acknowledged: noted('acknowledged', played.acknowledged),
    readReported: noted('readReported', played.readReported),
    handoverAnswered: noted('handoverAnswered', played.handoverAnswered),
    deliveryReported: noted('deliveryReported', played.deliveryReported),
    cancel: noted('cancel', played.cancel),
    replace: noted('replace', played.replace),
    roads: noted('roads', played.roads),
    waitingFor: noted('waitingFor', played.waitingFor),
    holdRoad: noted('holdRoad', played.holdRoad),
    resumeRoad: noted('resumeRoad', played.resumeRoad),
    actOnRoad: noted('actOnRoad', played.actOnRoad),
    handsetSeen: noted('handsetSeen', played.handsetSeen),
    handsetReachable: noted('handsetReachable', played.handsetReachable),
    workDue: played.workDue,
    housekeep: played.housekeep,
  };
}

export const aContent = (body = 'hello') =>
  makeContent(
    [{ contentType: { media: 'text/plain', parameters: { charset: 'utf-8' } }, data: new TextEncoder().encode(body) }],
    {
      media: 'application/vnd.wap.multipart.mixed',
      parameters: {},
    },
  );

/** From Alice to Bob. */
export function aRetrieval(overrides: Partial<Retrieval> = {}): Retrieval {
  const content = aContent().octets;
  return {
    message: {
      id: MESSAGE_ID,
      origin: { interface: 'mm1', version: '1.2' },
      sender: { kind: 'number', msisdn: ALICE },
      senderHidden: false,
      recipients: [{ field: 'to', address: { kind: 'number', msisdn: BOB } }],
      date: NOW - 60_000,
      subject: 'Grüße',
      messageClass: 'personal',
      priority: 'high',
      deliveryReport: true,
      readReport: true,
      contentType: 'application/vnd.wap.multipart.mixed',
      size: content.length,
      acceptedAt: NOW,
      deliverAt: NOW,
      expiresAt: NOW + 1_000_000,
      fingerprint: 'f',
    },
    delivery: {
      key: KEY,
      messageId: MESSAGE_ID,
      recipientIndex: 0,
      recipient: { kind: 'number', msisdn: BOB },
      state: 'notified',
      attempts: 1,
      revision: 1,
    },
    from: { kind: 'number', msisdn: ALICE },
    recipients: [{ field: 'to', address: { kind: 'number', msisdn: BOB } }],
    content,
    ...overrides,
  };
}

export const INSERT: FromValue = { kind: 'insert-address' };

export function aSendReq(overrides: Partial<SendReq> = {}): SendReq {
  return {
    kind: 'm-send-req',
    transactionId: 'T1',
    version: '1.2',
    from: INSERT,
    to: ['+46707654321/TYPE=PLMN'],
    cc: [],
    bcc: [],
    content: aContent(),
    ...overrides,
  };
}

/** What was logged and counted. */
export interface Ledger {
  readonly log: Log;
  readonly meter: Meter;
  readonly lines: { readonly level: string; readonly fields: LogFields; readonly text: string }[];
  /** Sum of a counter with these labels; 0 when it never moved. */
  count(name: string, labels?: Readonly<Record<string, string>>): number;
  gauge(name: string): number;
}

export function aLedger(): Ledger {
  const lines: { level: string; fields: LogFields; text: string }[] = [];
  const sums = new Map<string, number>();
  const watched = new Map<string, () => number>();
  const at = (level: string) => (fields: LogFields, text: string) => void lines.push({ level, fields, text });
  const id = (name: string, labels: Readonly<Record<string, string>> = {}): string => `${name}${JSON.stringify(labels)}`;
  return {
    lines,
    log: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') },
    meter: {
      counter: (name) => ({ add: (by = 1, labels) => void sums.set(id(name, labels), (sums.get(id(name, labels)) ?? 0) + by) }),
      gauge: () => ({ set: () => {} }),
      watch: (name, _help, read) => void watched.set(name, read),
      histogram: () => ({ observe: () => {} }),
    },
    count: (name, labels) => sums.get(id(name, labels)) ?? 0,
    gauge: (name) => watched.get(name)?.() ?? Number.NaN,
  };
}

export interface Bench extends Ledger {
  readonly mm1: Mm1;
  readonly port: number;
  readonly script: Script;
}

/** Starts an endpoint, gives it to `use`, and closes it whatever happens. */
export async function withMm1(
  setting: { config?: Partial<Mm1Config>; messaging?: Partial<Messaging>; ports?: Partial<Mm1Ports> },
  use: (bench: Bench) => Promise<void>,
): Promise<void> {
  const ledger = aLedger();
  const script = aScript(setting.messaging);
  const mm1 = await startMm1(aConfig(setting.config), {
    messaging: script,
    numbering: { countryCode: '46', nationalPrefix: '0', internationalPrefix: '00' },
    log: ledger.log,
    meter: ledger.meter,
    now: () => NOW,
    writable: () => true,
    ...setting.ports,
  });
  try {
    await use({ ...ledger, mm1, port: mm1.address.port, script });
  } finally {
    await mm1.close();
  }
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** One request on a connection of its own. */
export function ask(
  port: number,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  body?: Uint8Array,
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port, method, path, headers, agent: false }, (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(pieces) }),
      );
      response.on('error', reject);
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** Posts octets as Alice. */
export const postOctets = (
  port: number,
  octets: Uint8Array,
  headers: Readonly<Record<string, string>> = {},
): Promise<HttpAnswer> =>
  ask(
    port,
    'POST',
    '/mms',
    { 'Content-Type': MMS, 'Content-Length': String(octets.length), 'X-MSISDN': ALICE, ...headers },
    octets,
  );

export const post = (port: number, pdu: MmsPdu, headers: Readonly<Record<string, string>> = {}): Promise<HttpAnswer> =>
  postOctets(port, encodePdu(pdu), headers);

/** Fetches as Bob. */
export const get = (port: number, path = `/m/${KEY}`, headers: Readonly<Record<string, string>> = {}): Promise<HttpAnswer> =>
  ask(port, 'GET', path, { 'X-MSISDN': BOB, ...headers });

function pduOf<K extends MmsPdu['kind']>(octets: Uint8Array, kind: K): Extract<MmsPdu, { kind: K }> {
  const pdu = decodePdu(octets);
  if (!pdu.ok) throw new Error(`${pdu.error.text} in ${Buffer.from(octets).toString('hex')}`);
  if (pdu.value.kind !== kind) throw new Error(`${pdu.value.kind} instead of ${kind}`);
  return pdu.value as Extract<MmsPdu, { kind: K }>;
}

export const sendConf = (octets: Uint8Array): SendConf => pduOf(octets, 'm-send-conf');
export const retrieveConf = (octets: Uint8Array): RetrieveConf => pduOf(octets, 'm-retrieve-conf');

/** A connection that sends octets as they are and keeps what comes. */
export class RawClient {
  readonly socket: Socket;
  /** All that has come so far, as Latin-1. */
  received = '';
  readonly closed: Promise<void>;
  private wake: () => void = () => {};

  constructor(port: number, options: { readonly allowHalfOpen?: boolean } = {}) {
    this.socket = connect({ host: '127.0.0.1', port, ...options });
    this.socket.on('data', (octets) => {
      this.received += octets.toString('latin1');
      this.wake();
    });
    this.socket.on('error', () => {});
    this.closed = new Promise((resolve) => {
      this.socket.on('close', () => {
        resolve();
        this.wake();
      });
    });
  }

  write(octets: string | Uint8Array): void {
    this.socket.write(typeof octets === 'string' ? Buffer.from(octets, 'latin1') : octets);
  }

  /** Resolves when what has been received satisfies `enough`; rejects when the connection closes before. */
  async until(enough: (received: string) => boolean): Promise<string> {
    while (!enough(this.received)) {
      if (this.socket.closed) throw new Error(`closed after: ${this.received}`);
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    return this.received;
  }

  destroy(): void {
    this.socket.destroy();
  }
}

/** The head of a POST with this PDU, to be followed by its octets. */
export const postHead = (length: number, more = ''): string =>
  `POST /mms HTTP/1.1\r\nHost: mmsc\r\nContent-Type: ${MMS}\r\nX-MSISDN: ${ALICE}\r\nContent-Length: ${length}\r\n${more}\r\n`;

/** Waits until `check` holds; for what has no event of its own. Gives up after five seconds. */
export async function eventually(check: () => boolean): Promise<void> {
  for (let i = 0; i < 500; i++) {
    if (check()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`never came true: ${check}`);
}

/** The number of responses in a stream of them. */
export const responses = (received: string): number => received.split('HTTP/1.1 ').length - 1;
