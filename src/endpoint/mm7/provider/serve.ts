/** A content provider that is called: takes messages and reports in SOAP or JSON, remembers them, and behaves as its profile says. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LIMITS } from '#base';
import { decodeBody, type MimeEntity } from '#codec/mime';
import { decodePacket, encodePacket, type Mm7Message, type Mm7Packet } from '#codec/mm7';
import { type Conduct, PROFILES, type ProfileName } from './profiles.js';

/** One part of a message that came. */
export interface ReceivedPart {
  readonly contentType: string;
  readonly contentId?: string;
  readonly name?: string;
  readonly data: Uint8Array;
}

/** One call, as far as it could be read. */
export interface Received {
  readonly at: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Uint8Array;
  readonly form: 'soap' | 'json';
  readonly transactionId: string;
  /** SOAP only. */
  readonly message?: Mm7Message;
  /** JSON only. */
  readonly event?: Readonly<Record<string, unknown>>;
  readonly parts: readonly ReceivedPart[];
  /** Why the call could not be read. */
  readonly unreadable?: string;
}

export interface Provider {
  /** Where it is called. */
  readonly url: string;
  /** In order. */
  readonly received: readonly Received[];
  /** From now on it behaves so. */
  behave(profile: ProfileName): void;
  close(): Promise<void>;
}

export interface ProviderConfig {
  readonly listen: { readonly host: string; readonly port: number };
  readonly profile: ProfileName;
  /** What Authorization must be, whole; absent: not looked at. */
  readonly authorization?: string;
  /** Challenge of a 401 where Authorization is something else, and whether an answer to it is right. */
  readonly challenge?: { readonly value: string; readonly accept: (authorization: string) => boolean };
  readonly onReceived?: (received: Received) => void;
}

const leaves = (entity: MimeEntity): readonly MimeEntity[] =>
  entity.parts.length === 0 ? [entity] : entity.parts.flatMap(leaves);

const partOf = (entity: MimeEntity): ReceivedPart => {
  const name = entity.type.parameters['name'] ?? entity.contentLocation;
  return {
    contentType: entity.type.media,
    data: decodeBody(entity),
    ...(entity.contentId !== undefined && { contentId: entity.contentId }),
    ...(name !== undefined && { name }),
  };
};

interface JsonPart {
  readonly contentType: string;
  readonly contentId?: string;
  readonly name?: string;
  readonly data: string;
}

function readJson(common: Pick<Received, 'at' | 'headers' | 'body'>): Received {
  const event = JSON.parse(Buffer.from(common.body).toString('utf8')) as Record<string, unknown>;
  const parts = ((event['parts'] ?? []) as readonly JsonPart[]).map((part) => ({
    ...part,
    data: Buffer.from(part.data, 'base64'),
  }));
  return { ...common, form: 'json', transactionId: String(event['transactionId'] ?? ''), event, parts };
}

function readCall(request: IncomingMessage, body: Uint8Array): Received {
  const common = { at: Date.now(), headers: request.headers, body };
  if (/^application\/json\b/.test(request.headers['content-type'] ?? '')) return readJson(common);
  const packet = decodePacket(request.headers['content-type'], body);
  if (!packet.ok) return { ...common, form: 'soap', transactionId: '', parts: [], unreadable: packet.error.text };
  const { transactionId, message, content } = packet.value;
  const parts = content === undefined ? [] : leaves(content).map(partOf);
  return { ...common, form: 'soap', transactionId, message, parts };
}

const ANSWERS: Readonly<Record<string, 'DeliverRsp' | 'DeliveryReportRsp' | 'ReadReplyRsp'>> = {
  DeliverReq: 'DeliverRsp',
  DeliveryReportReq: 'DeliveryReportRsp',
  ReadReplyReq: 'ReadReplyRsp',
};

/** The TransactionID of another request. */
const OTHER = 'of-another-request';

/** An answer in SOAP, in the namespace and version of the call. */
function soapAnswer(packet: Mm7Packet, conduct: Extract<Conduct, { readonly kind: 'answer' | 'fault' }>) {
  const { message, dialect } = packet;
  const { version } = dialect;
  const status = { code: conduct.code, text: conduct.kind === 'answer' ? conduct.text : 'Error' };
  const kind = ANSWERS[message.kind];
  const chosen = conduct.kind === 'answer' ? conduct.transactionId : undefined;
  const transactionId = chosen === 'other' ? OTHER : chosen === 'none' ? '' : packet.transactionId;
  if (conduct.kind === 'fault' || kind === undefined) {
    const error = {
      kind: 'VASPErrorRsp',
      version,
      status: kind === undefined ? { code: 4003, text: 'Unsupported operation' } : status,
    } as const;
    return encodePacket(
      { transactionId, message: { kind: 'Fault', faultCode: 'Server', faultString: 'Server error', error } },
      dialect,
    );
  }
  return encodePacket({ transactionId, message: { kind, version, status } }, dialect);
}

async function readWhole(request: IncomingMessage): Promise<Uint8Array | undefined> {
  const pieces: Uint8Array[] = [];
  let octets = 0;
  for await (const piece of request as AsyncIterable<Uint8Array>) {
    octets += piece.length;
    if (octets > LIMITS.handsetAnswerOctetsMax) return undefined;
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

/** JSON providers say with HTTP what SOAP says with a status. */
const httpOf = (code: number): number => (code < 2000 ? 200 : code === 4006 || code === 3000 ? 503 : 422);

/** Starts to serve. */
export async function serveProvider(config: ProviderConfig): Promise<Provider> {
  const received: Received[] = [];
  let profile = config.profile;
  let calls = 0;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const conduct = PROFILES[profile].conduct(calls++);
    if (conduct.kind === 'stall') return void request.pause();
    const body = await readWhole(request);
    if (body === undefined) return void response.writeHead(413).end();
    if (!authorised(request, response)) return;
    const call = readCall(request, body);
    received.push(call);
    config.onReceived?.(call);
    carryOut(conduct, call, request, response);
  }

  function authorised(request: IncomingMessage, response: ServerResponse): boolean {
    const { authorization } = request.headers;
    const { challenge } = config;
    const fits =
      (config.authorization === undefined || authorization === config.authorization) &&
      (challenge === undefined || (authorization !== undefined && challenge.accept(authorization)));
    if (!fits) response.writeHead(401, challenge === undefined ? {} : { 'WWW-Authenticate': challenge.value }).end();
    return fits;
  }

  function carryOut(conduct: Conduct, call: Received, request: IncomingMessage, response: ServerResponse): void {
    switch (conduct.kind) {
      case 'silence':
      case 'stall':
        return;
      case 'drop':
        request.socket.destroy();
        return;
      case 'http': {
        const headers = conduct.retryAfterSeconds === undefined ? {} : { 'Retry-After': String(conduct.retryAfterSeconds) };
        response.writeHead(conduct.http, headers).end();
        return;
      }
      case 'garbage':
        response.writeHead(200, { 'Content-Type': 'text/html' }).end('<html><body>It works!');
        return;
      default:
        answer(conduct, call, request, response);
    }
  }

  function answer(
    conduct: Extract<Conduct, { readonly kind: 'answer' | 'fault' }>,
    call: Received,
    request: IncomingMessage,
    response: ServerResponse,
  ): void {
    if (call.form === 'json') {
      response.writeHead(httpOf(conduct.code)).end();
      return;
    }
    const packet = decodePacket(request.headers['content-type'], call.body);
    if (!packet.ok) {
      response.writeHead(400).end();
      return;
    }
    const written = soapAnswer(packet.value, conduct);
    response.writeHead(conduct.kind === 'fault' ? conduct.http : 200, {
      'Content-Type': written.contentType,
      'Content-Length': String(written.octets),
    });
    response.end(Buffer.concat(written.pieces));
  }

  const server = createServer((request, response) => {
    serve(request, response).catch((e: unknown) => {
      // The client has gone while its call was read; there is nobody to tell.
      if (!request.destroyed) throw e;
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(config.listen, resolve);
  });
  const { address, port, family } = server.address() as AddressInfo;
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}/mm7`,
    received,
    behave(name) {
      profile = name;
      calls = 0;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
