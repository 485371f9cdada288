/**
 * What the operator's APIs share: a unix socket for owner and group, beside it TCP with bearer tokens, and problems told in one form (RFC 9457).
 * Requests by way of a browser are refused unless their Host and Origin are expected ones: a page that has its name resolve to 127.0.0.1 would
 * otherwise reach it.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import ipaddr from 'ipaddr.js';
import type { ZodType } from 'zod';
import type { Log, Meter } from '#base';
import type { ProblemView } from './api.js';
import { CONNECTIONS_MAX, closeServer, listenOnSocket, listenOnTcp } from './listener.js';

/** Trouble with a request; told to the client as it is. */
export class Problem extends Error {
  readonly status: number;
  readonly title: string;
  /** Further members of the answer. RFC 9457 3.2. */
  readonly more: Partial<ProblemView>;

  constructor(status: number, title: string, detail: string, more: Partial<ProblemView> = {}) {
    super(detail);
    this.status = status;
    this.title = title;
    this.more = more;
  }
}

/** The value by its schema. Throws a Problem (400) that says what is wrong first. */
export function checked<T>(schema: ZodType<T>, value: unknown, what = 'query'): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [first] = result.error.issues;
  throw new Problem(400, 'Bad request', `${first!.path.join('.') || what}: ${first!.message}`);
}

/** Equal in a time that does not depend on where they differ, nor on their lengths. */
export function sameSecret(a: string, b: string): boolean {
  const digest = (secret: string) => createHash('sha256').update(secret).digest();
  return timingSafeEqual(digest(a), digest(b));
}

/** The name in a Host header without port and brackets; undefined when there is none. */
const hostName = (host: string | undefined): string | undefined =>
  host && URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname.replace(/^\[|\]$/g, '') : undefined;

const isLoopback = (name: string): boolean =>
  name === 'localhost' || (ipaddr.isValid(name) && ipaddr.process(name).range() === 'loopback');

/** Where an API listens and by what names it is called. */
export interface ApiPlace {
  /** Path of the unix socket. */
  readonly socket: string;
  /** `tls`: PEM of the private key and of the certificate chain; absent: not encrypted. */
  readonly tcp?: { readonly host: string; readonly port: number; readonly tls?: { readonly key: string; readonly cert: string } };
  /** Host names that requests may be addressed to, beside localhost, loopback addresses and the TCP listener's own host. */
  readonly hosts: readonly string[];
  /** Values of Origin that are served. */
  readonly origins: readonly string[];
}

export interface ApiParts {
  readonly log: Log;
  readonly meter: Meter;
  /** Octets of a request's body. */
  readonly bodyMax: number;
  /** Whoever brings this bearer token (undefined: none) over TCP; undefined: nobody that we know. The socket is guarded by its permissions. */
  readonly holderOf: (token: string | undefined) => unknown;
  /** Adds the resources. `remote`: for the listener on TCP. */
  readonly routes: (app: FastifyInstance, remote: boolean) => void;
}

export interface RunningApi {
  readonly socket: string;
  readonly tcp?: { readonly host: string; readonly port: number };
  /** Stops accepting and waits, a bounded time, for answers under way. */
  close(): Promise<void>;
}

/** The bearer token of a request; undefined when it has none. RFC 6750 2.1. */
export const bearerOf = (request: FastifyRequest): string | undefined =>
  /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1];

/** Throws unless the request is addressed to us and, over TCP, carries a token. */
function admit(request: FastifyRequest, place: ApiPlace, { holderOf }: ApiParts, remote: boolean): void {
  const name = hostName(request.headers.host);
  const own = name !== undefined && (isLoopback(name) || place.hosts.includes(name) || (remote && place.tcp?.host === name));
  if (!own) throw new Problem(421, 'Misdirected request', 'the Host header names no host of this API');
  const { origin } = request.headers;
  if (origin !== undefined && !place.origins.includes(origin)) throw new Problem(403, 'Forbidden', 'this origin is not served');
  if (remote && holderOf(bearerOf(request)) === undefined)
    throw new Problem(401, 'Unauthorized', 'a bearer token is needed here');
}

const known = (error: Error & { readonly statusCode?: number }): Problem => {
  if (error instanceof Problem) return error;
  const isOurs = error.statusCode === undefined;
  return new Problem(error.statusCode ?? 500, isOurs ? 'Internal error' : 'Bad request', isOurs ? 'see the log' : error.message);
};

/** One server with all routes. */
async function build(
  place: ApiPlace,
  parts: ApiParts,
  answered: (code: number) => void,
  remote: boolean,
): Promise<{ app: FastifyInstance; server: Server }> {
  let server!: Server;
  const app = Fastify({
    bodyLimit: parts.bodyMax,
    logger: false,
    serverFactory: (handler) => {
      const tls = remote ? place.tcp?.tls : undefined;
      server = tls === undefined ? createServer(handler) : createTlsServer(tls, handler);
      return server;
    },
  });
  server.maxConnections = CONNECTIONS_MAX;
  app.addHook('onRequest', async (request) => admit(request, place, parts, remote));
  app.addHook('onResponse', async (_, reply) => answered(reply.statusCode));
  app.setNotFoundHandler(() => {
    throw new Problem(404, 'Not found', 'there is no such resource');
  });
  app.setErrorHandler((error: Error, request, reply) => {
    const problem = known(error);
    if (problem.status >= 500 && !(error instanceof Problem))
      parts.log.error({ err: error, path: request.routeOptions.url ?? '' }, 'operator request failed');
    if (problem.status === 401) reply.header('www-authenticate', 'Bearer');
    const body: ProblemView = {
      type: 'about:blank',
      title: problem.title,
      status: problem.status,
      detail: problem.message,
      ...problem.more,
    };
    return reply.code(problem.status).type('application/problem+json').send(JSON.stringify(body));
  });
  parts.routes(app, remote);
  await app.ready();
  return { app, server };
}

/** Starts an API. Rejects when a listener cannot be had; then nothing is left open. */
export async function startApi(place: ApiPlace, parts: ApiParts): Promise<RunningApi> {
  const requests = parts.meter.counter('angarium_operator_requests_total', 'Requests to the operator API, by status code.', [
    'code',
  ]);
  const answered = (code: number): void => requests.add(1, { code: String(code) });

  const local = await build(place, parts, answered, false);
  await listenOnSocket(local.server, place.socket);
  const opened = [local];
  const close = async (): Promise<void> => {
    await Promise.all(
      opened.map(async ({ app, server }) => {
        await closeServer(server);
        await app.close();
      }),
    );
  };
  if (!place.tcp) return { socket: place.socket, close };

  const remote = await build(place, parts, answered, true);
  try {
    const { host, port } = place.tcp;
    const tcp = await listenOnTcp(remote.server, { host, port });
    opened.push(remote);
    return { socket: place.socket, tcp, close };
  } catch (e) {
    await close();
    throw e;
  }
}
