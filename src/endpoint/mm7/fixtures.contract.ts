/** What tests of the MM7 endpoint begin with: a directory, a domain that follows a script, a server on loopback. */
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { type Log, ok, type Result, silentLog, silentMeter, toMsisdn } from '#base';
import { joined, type MimeSource } from '#codec/mime';
import {
  decodePacket,
  dialectOf,
  encodePacket,
  type Mm7Dialect,
  type Mm7Message,
  type Mm7Reading,
  type SubmitReq,
} from '#codec/mm7';
import { decodeParts, readContent } from '#codec/mms';
import type { ContentType, Part } from '#codec/wsp';
import { type Directory, directoryOf, type WrittenObjects } from '#directory';
import type {
  Accepted,
  Cancellation,
  Cancelled,
  MessageHistory,
  MessageId,
  RecallRefusal,
  Replacement,
  Submission,
  SubmitRefusal,
} from '#messaging';
import type { Mm7Config, Mm7Ports, VaspMessaging } from './config.js';
import { type Mm7, startMm7 } from './server.js';

export type WrittenVasp = NonNullable<WrittenObjects['vasp']>[number];

export const PASSWORD = 'news-of-the-day';
export const TOKEN = 'token-of-acme-0123456789abcdef';
export const BASIC = `Basic ${Buffer.from(`acme:${PASSWORD}`).toString('base64')}`;
export const NOW = Date.UTC(2026, 2, 4, 12, 0, 0);
export const REL6: Mm7Dialect = dialectOf('REL-6-MM7-1-4');
export const PLAN = { countryCode: '46', nationalPrefix: '0', internationalPrefix: '00' } as const;

export const aVasp = (more: Readonly<Record<string, unknown>> = {}): WrittenVasp => ({
  name: 'acme',
  'vasp-id': 'acme',
  'vas-ids': ['news', 'weather'],
  'short-codes': ['12345', '12346'],
  'sender-addresses': ['+46700000099'],
  operations: ['submit', 'cancel', 'replace', 'extended-cancel', 'extended-replace'],
  identification: { user: 'acme', passwords: [PASSWORD], tokens: [TOKEN] },
  ...more,
});

export const aDirectory = (...vasps: readonly WrittenVasp[]): Directory => directoryOf({ vasp: vasps });

export const MESSAGE_ID = '0Kq3Vn8d1234567890abcd' as string as MessageId;

/** A domain that answers as it is told and keeps what it was asked. */
export interface Script extends VaspMessaging {
  readonly submissions: Submission[];
  readonly cancellations: Cancellation[];
  readonly replacements: Replacement[];
  submitted: (submission: Submission) => Result<Accepted, SubmitRefusal> | Promise<Result<Accepted, SubmitRefusal>>;
  recalled: () => Result<Cancelled, RecallRefusal>;
}

export function aScript(): Script {
  const script: Script = {
    submissions: [],
    cancellations: [],
    replacements: [],
    submitted: () => ok({ messageId: MESSAGE_ID, refused: [], resubmission: false }),
    recalled: () => ok({ messageId: MESSAGE_ID, cancelled: 1, tooLate: 0 }),
    async submit(submission) {
      script.submissions.push(submission);
      return script.submitted(submission);
    },
    async cancel(cancellation) {
      script.cancellations.push(cancellation);
      return script.recalled();
    },
    async replace(replacement) {
      script.replacements.push(replacement);
      return script.recalled();
    },
  };
  return script;
}

export const aConfig = (more: Partial<Mm7Config> = {}): Mm7Config => ({
  listen: { host: '127.0.0.1', port: 0 },
  path: '/mm7',
  jsonPath: '/vasp/v1',
  relayServerId: 'mmsc.example',
  bodyMax: 4_000_000,
  connectionsMax: 100,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  keepAliveTimeoutMs: 5_000,
  requestsInFlightMax: 100,
  bodyOctetsInFlightMax: 100_000_000,
  ...more,
});

export interface Bench {
  readonly mm7: Mm7;
  readonly port: number;
  readonly script: Script;
  readonly lines: readonly {
    readonly level: string;
    readonly text: string;
    readonly fields: Readonly<Record<string, unknown>>;
  }[];
}

/** A log that keeps its lines. */
function aLedger(): { readonly log: Log; readonly lines: Bench['lines'] } {
  const lines: { level: string; text: string; fields: Readonly<Record<string, unknown>> }[] = [];
  const at =
    (level: string): Log['info'] =>
    (fields, text) => {
      lines.push({ level, text, fields });
    };
  return { lines, log: { ...silentLog, info: at('info'), warn: at('warn'), error: at('error'), debug: at('debug') } };
}

export interface Setting {
  readonly vasps?: readonly WrittenVasp[];
  readonly config?: Partial<Mm7Config>;
  readonly ports?: Partial<Mm7Ports>;
  readonly history?: MessageHistory;
}

export async function withMm7(setting: Setting, use: (bench: Bench) => Promise<void>): Promise<void> {
  const script = aScript();
  const { log, lines } = aLedger();
  const mm7 = await startMm7(aConfig(setting.config), {
    messaging: script,
    directory: aDirectory(...(setting.vasps ?? [aVasp()])),
    numbering: PLAN,
    history: async () => setting.history,
    log,
    meter: silentMeter,
    now: () => NOW,
    ...setting.ports,
  });
  try {
    await use({ mm7, port: mm7.address.port, script, lines });
  } finally {
    await mm7.close();
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
  body?: Uint8Array | string,
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

export const PICTURE = Uint8Array.from({ length: 3000 }, (_, i) => (i * 7 + (i >> 5)) & 0xff);

/** A presentation with a text and a picture that holds every octet. */
export const CONTENT: MimeSource = {
  kind: 'multipart',
  type: { media: 'multipart/related', parameters: { type: 'application/smil', start: '<smil>' } },
  parts: [
    {
      kind: 'leaf',
      type: { media: 'application/smil', parameters: {} },
      contentId: 'smil',
      data: Buffer.from('<smil><body><par><img src="cid:pic"/><text src="cid:txt"/></par></body></smil>'),
    },
    {
      kind: 'leaf',
      type: { media: 'text/plain', parameters: { charset: 'utf-8' } },
      contentId: 'txt',
      data: Buffer.from('Sn\u00f6 i dag'),
    },
    { kind: 'leaf', type: { media: 'image/jpeg', parameters: {} }, contentId: 'pic', data: PICTURE },
  ],
};

export const submitReq = (more: Partial<SubmitReq> = {}): SubmitReq => ({
  kind: 'SubmitReq',
  version: '6.8.0',
  senderIdentification: { vaspId: 'acme', vasId: 'news', senderAddress: { kind: 'ShortCode', value: '12345' } },
  recipients: { to: [{ kind: 'Number', value: '+46701234567' }] },
  subject: 'Today',
  ...more,
});

export interface SoapAnswer {
  readonly http: number;
  readonly headers: IncomingHttpHeaders;
  readonly reading: Mm7Reading;
}

/** Posts octets and reads the SOAP that comes back. */
export async function postOctets(
  port: number,
  contentType: string,
  body: Uint8Array | string,
  headers: Readonly<Record<string, string>> = { Authorization: BASIC },
): Promise<SoapAnswer> {
  const answer = await ask(port, 'POST', '/mm7', { 'Content-Type': contentType, SOAPAction: '""', ...headers }, body);
  const reading = decodePacket(answer.headers['content-type'], answer.body);
  if (!reading.ok) throw new Error(`${answer.status}: ${reading.error.text}`);
  return { http: answer.status, headers: answer.headers, reading: reading.value };
}

export function post(
  port: number,
  message: Mm7Message,
  options: {
    readonly transactionId?: string;
    readonly content?: MimeSource | null;
    readonly headers?: Readonly<Record<string, string>>;
    readonly dialect?: Mm7Dialect;
  } = {},
): Promise<SoapAnswer> {
  const { transactionId = 't-1', content = CONTENT, headers, dialect = REL6 } = options;
  const packet = encodePacket({ transactionId, message }, dialect, content ?? undefined);
  return postOctets(port, packet.contentType, Buffer.concat(packet.pieces), headers);
}

/** Status code of an answer, of whatever kind. */
export function codeOf({ reading }: SoapAnswer): number {
  const { message } = reading;
  if (message.kind === 'Fault') return message.error?.status.code ?? 0;
  return 'status' in message ? message.status.code : 0;
}

export const number = (digits: string) => ({ kind: 'number', msisdn: toMsisdn(digits)! }) as const;

/** The content that the domain was given, and its parts. */
export function contentOf({ content }: Pick<Submission, 'content'>): {
  readonly type: ContentType;
  readonly parts: readonly Part[];
} {
  const read = readContent(joined(content));
  const parts = read.ok ? decodeParts(read.value) : read;
  if (!read.ok || !parts.ok) throw new Error('the content cannot be taken apart');
  return { type: read.value.type, parts: parts.value };
}
export const partsOf = (submission: Pick<Submission, 'content'>): readonly Part[] => contentOf(submission).parts;

/** What has come on a connection, as text; resolves when `done` says so, or the far side has closed. */
export function dialogue(port: number): {
  readonly send: (octets: Uint8Array | string) => void;
  readonly heard: (done: (text: string) => boolean) => Promise<string>;
  readonly closed: Promise<void>;
  readonly end: () => void;
} {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  let look: () => void = () => {};
  let isClosed = false;
  const closed = new Promise<void>((resolve) => {
    socket.on('close', () => {
      isClosed = true;
      look();
      resolve();
    });
  });
  // A reset by the far side is an end as any other.
  socket.on('error', () => {});
  socket.on('data', (piece) => {
    text += piece.toString('latin1');
    look();
  });
  return {
    send: (octets) => void socket.write(octets),
    heard: (done) =>
      new Promise((resolve) => {
        look = () => {
          if (done(text) || isClosed) resolve(text);
        };
        look();
      }),
    closed,
    end: () => socket.destroy(),
  };
}
