/** Numbers over HTTP, read-only: one by GET, many by POST, and which version of the data answers. */
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { LIMITS } from '#base';
import { ClientGate } from './clients.js';
import type { NumbersHttpConfig } from './config.js';
import { batchAnswer, entityTag, maxAgeOf, numberAnswer, numberIn, versionView } from './http-answer.js';
import type { Listener, NumberingPorts } from './ports.js';

/** How a request ended, for the counter. */
type HttpResult =
  | 'found'
  | 'not-modified'
  | 'not-found'
  | 'bad-request'
  | 'unready'
  | 'stranger'
  | 'too-often'
  | 'batch'
  | 'version'
  | 'failed';

/** When the store may be ready. Unit: seconds. Source: it is ready within three after a start. */
const RETRY_SECONDS = 3;
/** When a source that asks too often may ask again. Unit: seconds. */
const RATE_RETRY_SECONDS = 1;
/** How long requests under way may take once the listener closes. Unit: milliseconds. Source: the slowest is a batch. */
const CLOSE_MS = 2_000;
const HEADER_OCTETS_MAX = 8_192;
/** Letters of a number in a path: 15 digits and a plus, which may come as three letters. */
const PARAMETER_LETTERS_MAX = 32;

/** Serves GET /numbers/NUMBER, POST /numbers and GET /version. Rejects when the configuration cannot be, or the port cannot be had. */
export async function startNumbersHttp(config: NumbersHttpConfig, ports: NumberingPorts): Promise<Listener> {
  const gate = new ClientGate(config.clients);
  const server = serverOf(config);
  const app = Fastify({
    logger: false,
    bodyLimit: LIMITS.numbersBatchOctetsMax,
    // A batch is taken as it is written, or not at all.
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false } },
    routerOptions: { maxParamLength: PARAMETER_LETTERS_MAX },
    serverFactory: (handler) => server.on('request', handler),
  });
  const counter = ports.meter.counter('angarium_numbers_http_requests_total', 'HTTP requests for numbers, by result', ['result']);
  addRoutes(app, new Answers(config, ports, gate, (result) => counter.add(1, { result })));
  await app.ready();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ ...config.listen, exclusive: true }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const { address, port } = server.address() as AddressInfo;
  return {
    address: { host: address, port },
    async close() {
      await closed(server);
      await app.close();
    },
  };
}

/** TLS when there is a certificate, and then nothing else. Throws on material that does not fit together. */
function serverOf({ tls }: NumbersHttpConfig): Server {
  const settings = {
    requestTimeout: LIMITS.numbersHttpRequestMs,
    headersTimeout: LIMITS.numbersHttpRequestMs,
    maxHeaderSize: HEADER_OCTETS_MAX,
  };
  const server =
    tls === undefined
      ? createServer(settings)
      : createTlsServer({
          ...settings,
          cert: tls.certificate,
          key: tls.key,
          ...(tls.clientAuthority === undefined ? {} : { ca: tls.clientAuthority, requestCert: true, rejectUnauthorized: true }),
        });
  server.maxConnections = LIMITS.numbersHttpConnectionsMax;
  return server as Server;
}

const closed = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), CLOSE_MS);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });

const BATCH_SCHEMA = {
  type: 'object',
  required: ['numbers'],
  additionalProperties: false,
  properties: {
    numbers: { type: 'array', maxItems: LIMITS.numbersBatchMax, items: { type: 'string', maxLength: PARAMETER_LETTERS_MAX } },
  },
} as const;

function addRoutes(app: FastifyInstance, answers: Answers): void {
  app.removeContentTypeParser('text/plain');
  app.addHook('onRequest', (request, reply, done) => {
    if (answers.admit(request, reply)) done();
  });
  app.get<{ Params: { number: string } }>('/numbers/:number', (request, reply) =>
    answers.one(request, reply, request.params.number),
  );
  app.post<{ Body: { numbers: string[] } }>('/numbers', { schema: { body: BATCH_SCHEMA } }, (request, reply) =>
    answers.many(request.body.numbers, reply),
  );
  app.get('/version', (_, reply) => answers.version(reply));
  app.setNotFoundHandler((_, reply) => answers.refuse(reply, 404, 'not-found', 'there is no such resource'));
  app.setErrorHandler<Error & { statusCode?: number }>((error, _, reply) => answers.failed(reply, error));
}

class Answers {
  private readonly config: NumbersHttpConfig;
  private readonly ports: NumberingPorts;
  private readonly gate: ClientGate;
  private readonly count: (result: HttpResult) => void;

  constructor(config: NumbersHttpConfig, ports: NumberingPorts, gate: ClientGate, count: (result: HttpResult) => void) {
    this.config = config;
    this.ports = ports;
    this.gate = gate;
    this.count = count;
  }

  /** False when the request has been refused already. */
  admit(request: FastifyRequest, reply: FastifyReply): boolean {
    const admission = this.gate.admit(request.socket.remoteAddress ?? '', this.ports.now());
    if (admission === 'admitted') return true;
    if (admission === 'stranger') this.refuse(reply.header('connection', 'close'), 403, 'stranger', 'this address may not ask');
    else this.refuse(reply.header('retry-after', RATE_RETRY_SECONDS), 429, 'too-often', 'too many requests');
    return false;
  }

  one(request: FastifyRequest, reply: FastifyReply, text: string): FastifyReply {
    const number = numberIn(text);
    if (number === undefined) return this.refuse(reply, 400, 'bad-request', 'a number is 1 to 15 digits with country code');
    if (!this.isReady()) return this.unready(reply);
    const { numbers, now } = this.ports;
    const at = now();
    const finding = numbers.finding(number, at);
    const maxAge = maxAgeOf(finding, this.config.maxAgeSeconds, at);
    this.versioned(reply).header('cache-control', maxAge === 0 ? 'no-cache' : `max-age=${maxAge}`);
    if (finding === undefined) return this.refuse(reply, 404, 'not-found', 'the number is not stored');
    const tag = entityTag(numbers.version, finding);
    reply.header('etag', tag);
    if (isKnown(request.headers['if-none-match'], tag)) {
      this.count('not-modified');
      return reply.code(304).send();
    }
    this.count('found');
    return reply.send(numberAnswer(number, finding));
  }

  many(asked: readonly string[], reply: FastifyReply): FastifyReply {
    if (!this.isReady()) return this.unready(reply);
    const { numbers, now } = this.ports;
    this.count('batch');
    const answer = { version: versionView(numbers.version), numbers: batchAnswer(asked, numbers, now()) };
    return this.versioned(reply).header('cache-control', 'no-store').send(answer);
  }

  version(reply: FastifyReply): FastifyReply {
    this.count('version');
    const { state, version } = this.ports.numbers;
    const code = this.isReady() ? 200 : 503;
    reply.code(code).header('cache-control', 'no-store');
    return reply.send(code === 200 ? { state, version: versionView(version) } : { state });
  }

  refuse(reply: FastifyReply, code: number, result: HttpResult, error: string): FastifyReply {
    this.count(result);
    return reply.code(code).send({ error });
  }

  /** What the framework refuses is told as it says; anything else is a fault of ours, which stays here. */
  failed(reply: FastifyReply, error: Error & { statusCode?: number }): FastifyReply {
    const code = error.statusCode ?? 500;
    if (code < 500) return this.refuse(reply, code, 'bad-request', error.message);
    this.ports.log.error({ error }, 'numbers over HTTP: a request has failed');
    return this.refuse(reply, 500, 'failed', 'internal error');
  }

  private isReady(): boolean {
    return this.ports.numbers.state === 'ready';
  }

  private unready(reply: FastifyReply): FastifyReply {
    reply.header('retry-after', RETRY_SECONDS).header('cache-control', 'no-store');
    return this.refuse(reply, 503, 'unready', `the numbers are not ready: ${this.ports.numbers.state}`);
  }

  private versioned(reply: FastifyReply): FastifyReply {
    const { load, change } = this.ports.numbers.version;
    return reply.header('numbers-version', `${encodeURIComponent(load)}.${change}`);
  }
}

/** RFC 9110 13.1.2, by weak comparison. */
const isKnown = (header: string | undefined, tag: string): boolean =>
  header?.split(',').some((it) => it.trim() === '*' || it.trim().replace(/^W\//, '') === tag) ?? false;
