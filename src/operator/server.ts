/**
 * The operator API: lets a person see what the core does. On a unix socket for owner and group, and on TCP with a bearer token.
 * Requests by way of a browser are refused unless their Host and Origin are expected ones: a page that has its name resolve to 127.0.0.1
 * would otherwise reach it.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import ipaddr from 'ipaddr.js';
import { type ZodType, z } from 'zod';
import type { Log, Meter } from '#base';
import type { MessageId, MessageStore } from '#messaging';
import { type HistoryView, type MessagesView, messageIdText, messagesQuery, type ProblemView, type StatusView } from './api.js';
import type { OperatorConfig } from './config.js';
import { CONNECTIONS_MAX, closeServer, listenOnSocket, listenOnTcp } from './listener.js';
import { toAddress, toHistoryView, toMessageView } from './views.js';

export interface OperatorPorts {
  readonly messages: Pick<MessageStore, 'history' | 'list'>;
  readonly status: () => Promise<StatusView>;
  readonly log: Log;
  readonly meter: Meter;
}

export interface OperatorApi {
  readonly socket: string;
  readonly tcp?: { readonly host: string; readonly port: number };
  /** Stops accepting and waits, a bounded time, for answers under way. */
  close(): Promise<void>;
}

/** Octets of a request's body: the API has none yet, so what comes is noise. */
const BODY_MAX = 1024;

/** Trouble with a request; told to the client as it is. */
class Problem extends Error {
  readonly status: number;
  readonly title: string;

  constructor(status: number, title: string, detail: string) {
    super(detail);
    this.status = status;
    this.title = title;
  }
}

function checked<T>(schema: ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [first] = result.error.issues;
  throw new Problem(400, 'Bad request', `${first!.path.join('.') || 'query'}: ${first!.message}`);
}

/** Equal in a time that does not depend on where they differ, nor on their lengths. */
function sameSecret(a: string, b: string): boolean {
  const digest = (secret: string) => createHash('sha256').update(secret).digest();
  return timingSafeEqual(digest(a), digest(b));
}

/** The name in a Host header without port and brackets; undefined when there is none. */
const hostName = (host: string | undefined): string | undefined =>
  host && URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname.replace(/^\[|\]$/g, '') : undefined;

const isLoopback = (name: string): boolean =>
  name === 'localhost' || (ipaddr.isValid(name) && ipaddr.process(name).range() === 'loopback');

/** Throws unless the request is addressed to us and, where a token is needed, carries it. */
function admit(request: FastifyRequest, config: OperatorConfig, token: string | undefined): void {
  const name = hostName(request.headers.host);
  const own =
    name !== undefined && (isLoopback(name) || config.hosts.includes(name) || (token !== undefined && config.tcp?.host === name));
  if (!own) throw new Problem(421, 'Misdirected request', 'the Host header names no host of this API');
  const { origin } = request.headers;
  if (origin !== undefined && !config.origins.includes(origin)) throw new Problem(403, 'Forbidden', 'this origin is not served');
  if (token === undefined) return;
  const bearer = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1];
  if (bearer === undefined || !sameSecret(bearer, token)) throw new Problem(401, 'Unauthorized', 'a bearer token is needed here');
}

const messageParams = z.object({ id: z.string() });

function routes(app: FastifyInstance, { messages, status }: OperatorPorts): void {
  app.get('/v1/status', (): Promise<StatusView> => status());

  app.get('/v1/messages', async (request): Promise<MessagesView> => {
    const { sender, recipient, before, limit } = checked(messagesQuery, request.query);
    const found = await messages.list({
      ...(sender === undefined ? {} : { sender: toAddress(sender) }),
      ...(recipient === undefined ? {} : { recipient: toAddress(recipient) }),
      ...(before === undefined ? {} : { before: before as MessageId }),
      limit,
    });
    const last = found.length === limit ? found.at(-1) : undefined;
    return { messages: found.map(toMessageView), ...(last ? { before: last.id } : {}) };
  });

  app.get('/v1/messages/:id', async (request): Promise<HistoryView> => {
    const { id } = checked(messageParams, request.params);
    const history = messageIdText.safeParse(id).success ? await messages.history(id as MessageId) : undefined;
    if (!history) throw new Problem(404, 'Not found', `no message has the id ${JSON.stringify(id)}`);
    return toHistoryView(history);
  });
}

/** One server with all routes. `token`: needed from every request; undefined on the unix socket, where the file's permissions guard. */
async function build(
  config: OperatorConfig,
  ports: OperatorPorts,
  answered: (code: number) => void,
  token?: string,
): Promise<{ app: FastifyInstance; server: Server }> {
  let server!: Server;
  const app = Fastify({
    bodyLimit: BODY_MAX,
    logger: false,
    serverFactory: (handler) => {
      server = createServer(handler);
      return server;
    },
  });
  server.maxConnections = CONNECTIONS_MAX;
  app.addHook('onRequest', async (request) => admit(request, config, token));
  app.addHook('onResponse', async (_, reply) => answered(reply.statusCode));
  app.setNotFoundHandler(() => {
    throw new Problem(404, 'Not found', 'there is no such resource');
  });
  app.setErrorHandler((error: Error & { readonly statusCode?: number }, request, reply) => {
    const known =
      error instanceof Problem
        ? error
        : new Problem(
            error.statusCode ?? 500,
            error.statusCode ? 'Bad request' : 'Internal error',
            error.statusCode ? error.message : 'see the log',
          );
    if (known.status >= 500) ports.log.error({ err: error, path: request.routeOptions.url ?? '' }, 'operator request failed');
    if (known.status === 401) reply.header('www-authenticate', 'Bearer');
    const body: ProblemView = { type: 'about:blank', title: known.title, status: known.status, detail: known.message };
    return reply.code(known.status).type('application/problem+json').send(JSON.stringify(body));
  });
  routes(app, ports);
  await app.ready();
  return { app, server };
}

/** Starts the API. Rejects when a listener cannot be had; then nothing is left open. */
export async function startOperatorApi(config: OperatorConfig, ports: OperatorPorts): Promise<OperatorApi> {
  const requests = ports.meter.counter('angarium_operator_requests_total', 'Requests to the operator API, by status code.', [
    'code',
  ]);
  const answered = (code: number): void => requests.add(1, { code: String(code) });

  const local = await build(config, ports, answered);
  await listenOnSocket(local.server, config.socket);
  const opened = [local];
  const close = async (): Promise<void> => {
    await Promise.all(
      opened.map(async ({ app, server }) => {
        await closeServer(server);
        await app.close();
      }),
    );
  };
  if (!config.tcp) return { socket: config.socket, close };

  const remote = await build(config, ports, answered, config.tcp.token);
  try {
    const tcp = await listenOnTcp(remote.server, config.tcp);
    opened.push(remote);
    return { socket: config.socket, tcp, close };
  } catch (e) {
    await close();
    throw e;
  }
}
