/** One exchange of the JSON interface: which request becomes which command, and what is answered. Knows neither sockets nor storage. */
import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import { err, ok, type Result } from '#base';
import type { Vasp } from '#directory';
import { addressText, type Cancelled, ENDED, isKey, type MessageHistory, type MessageId } from '#messaging';
import type { Mm7Ports } from './config.js';
import { type Problem, replaceSchema, submitSchema } from './json-schemas.js';
import { toReplaceRequest, toSubmitRequest } from './json-translate.js';
import { openApi } from './openapi.js';
import { type Refusal, reasonText, sayRefusal } from './refusals.js';
import type { Submitted, VaspService } from './service.js';

export interface JsonExchange {
  readonly method: string;
  /** Behind the interface's path, without query: `/messages/ID`. */
  readonly path: string;
  readonly query: string;
  readonly body: Uint8Array;
  /** Whose exchange it is, or why it is nobody's. */
  readonly account: () => Result<Vasp, Refusal>;
}

export interface JsonReply {
  readonly http: number;
  readonly body: unknown;
  readonly contentType: 'application/json' | 'application/problem+json';
  readonly headers: Readonly<Record<string, string>>;
  readonly operation?: string;
  /** StatusCode of MM7. */
  readonly status: number;
  readonly vasp?: string;
  readonly messageId?: string;
  readonly reason?: string;
}

/** Faults of a body that are told. Unit: faults. */
const FAULTS_MAX = 20;

const done = (http: number, body: unknown, status: number, messageId?: string): JsonReply => ({
  http,
  body,
  contentType: 'application/json',
  headers: {},
  status,
  ...(messageId !== undefined && { messageId }),
});

/** A refusal as a problem document. RFC 9457. */
export function problemReply(refusal: Refusal, faults?: Problem['faults']): JsonReply {
  const { status, http, statusText, details, retryAfter } = sayRefusal(refusal);
  const problem: Problem = {
    type: `urn:angarium:vasp:${refusal.kind}`,
    title: statusText,
    status: http,
    detail: details,
    code: status,
    ...(faults !== undefined && { faults }),
  };
  return {
    http,
    body: problem,
    contentType: 'application/problem+json',
    headers: retryAfter === undefined ? {} : { 'Retry-After': String(retryAfter) },
    status,
    reason: refusal.kind,
  };
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true });

function parsed(octets: Uint8Array): unknown {
  try {
    return JSON.parse(strictUtf8.decode(octets));
  } catch (e) {
    if (e instanceof SyntaxError || e instanceof TypeError) return undefined;
    throw e;
  }
}

const UNREADABLE = { kind: 'unreadable', status: 4004, text: 'the body does not fit the schema' } as const;

/** A body by its schema, or the reply that says what is wrong with it. */
function read<T>(schema: z.ZodType<T>, octets: Uint8Array): Result<T, JsonReply> {
  const value = schema.safeParse(parsed(octets));
  if (value.success) return ok(value.data);
  const faults = value.error.issues
    .slice(0, FAULTS_MAX)
    .map((issue) => ({ path: issue.path.map(String).join('.'), fault: issue.message }));
  return err(problemReply(UNREADABLE, faults));
}

const submittedReply = (outcome: Result<Submitted, Refusal>): JsonReply => {
  if (!outcome.ok) return problemReply(outcome.error);
  const { messageId, refused, resubmission } = outcome.value;
  const body = {
    messageId,
    status: refused.length === 0 ? 'accepted' : 'partly-accepted',
    refused: refused.map(({ recipient, reason }) => ({ recipient: addressText(recipient.address), reason: reasonText(reason) })),
    duplicate: resubmission,
  };
  return done(201, body, refused.length === 0 ? 1000 : 1100, messageId);
};

const recalledReply = (outcome: Result<Cancelled, Refusal>): JsonReply => {
  if (!outcome.ok) return problemReply(outcome.error);
  const { messageId, cancelled, tooLate } = outcome.value;
  return done(200, { messageId, done: cancelled, tooLate }, tooLate === 0 ? 1000 : 1100, messageId);
};

const statusBody = ({ message, deliveries }: MessageHistory) => ({
  messageId: message.id,
  acceptedAt: new Date(message.acceptedAt).toISOString(),
  expiresAt: new Date(message.expiresAt).toISOString(),
  recipients: deliveries.map((delivery) => ({
    recipient: addressText(delivery.recipient),
    state: delivery.state,
    ended: ENDED[delivery.state],
    ...(delivery.readStatus !== undefined && { read: delivery.readStatus }),
  })),
});

type Handler = (vasp: Vasp, exchange: JsonExchange, messageId: string) => Promise<JsonReply>;

interface Endpoint {
  readonly operation: string;
  readonly handle: Handler;
}

export interface JsonInterface {
  /** How large a body may be, whom it is for; undefined: there is nothing by that path. */
  allowed(path: string): readonly string[] | undefined;
  /** The request needs no account. */
  isOpen(method: string, path: string): boolean;
  answer(exchange: JsonExchange): Promise<JsonReply>;
}

const DESCRIPTION = '/openapi.json';
const MESSAGES = '/messages';

export function createJson(service: VaspService, ports: Pick<Mm7Ports, 'numbering' | 'history'>, path: string): JsonInterface {
  const document = openApi(path);

  const submit: Handler = async (vasp, { body }) => {
    const value = read(submitSchema, body);
    if (!value.ok) return value.error;
    const request = toSubmitRequest(value.value, value.value.transactionId ?? randomUUID(), ports.numbering);
    return request.ok ? submittedReply(await service.submit(vasp, request.value)) : problemReply(request.error);
  };
  const replace: Handler = async (vasp, { body }, messageId) => {
    const value = read(replaceSchema, body);
    if (!value.ok) return value.error;
    const request = toReplaceRequest(value.value, value.value.transactionId ?? randomUUID(), messageId);
    return request.ok ? recalledReply(await service.replace(vasp, request.value)) : problemReply(request.error);
  };
  const cancel: Handler = async (vasp, { query }, messageId) => {
    const transactionId = new URLSearchParams(query).get('transactionId') ?? randomUUID();
    return recalledReply(await service.cancel(vasp, { operation: 'cancel', transactionId, messageId, some: false }));
  };
  const status: Handler = async (vasp, _, messageId) => {
    const history = isKey(messageId) ? await ports.history(messageId as string as MessageId) : undefined;
    const { origin } = history?.message ?? {};
    if (history === undefined || origin?.interface !== 'mm7' || origin.vasp !== vasp.name)
      return problemReply({ kind: 'not-found' });
    return done(200, statusBody(history), 1000, messageId);
  };

  const ofAll: Readonly<Record<string, Endpoint>> = { POST: { operation: 'submit', handle: submit } };
  const ofOne: Readonly<Record<string, Endpoint>> = {
    GET: { operation: 'status', handle: status },
    PUT: { operation: 'replace', handle: replace },
    DELETE: { operation: 'cancel', handle: cancel },
  };
  /** What there is by a path, and whose message is meant. */
  function at(wanted: string): readonly [Readonly<Record<string, Endpoint>>, string] | undefined {
    if (wanted === MESSAGES) return [ofAll, ''];
    const messageId = wanted.startsWith(`${MESSAGES}/`) ? wanted.slice(MESSAGES.length + 1) : '';
    return messageId === '' || messageId.includes('/') ? undefined : [ofOne, messageId];
  }

  return {
    allowed(wanted) {
      if (wanted === DESCRIPTION) return ['GET'];
      const found = at(wanted);
      return found === undefined ? undefined : Object.keys(found[0]);
    },
    isOpen: (method, wanted) => method === 'GET' && wanted === DESCRIPTION,
    async answer(exchange) {
      if (exchange.path === DESCRIPTION) return { ...done(200, document, 1000), operation: 'description' };
      const [endpoints, messageId] = at(exchange.path)!;
      const { operation, handle } = endpoints[exchange.method]!;
      const vasp = exchange.account();
      if (!vasp.ok) return { ...problemReply(vasp.error), operation };
      return { ...(await handle(vasp.value, exchange, messageId)), operation, vasp: vasp.value.name };
    },
  };
}
