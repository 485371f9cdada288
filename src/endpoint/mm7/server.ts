/**
 * MM7 over HTTP: the sockets. VASPs post SOAP, or JSON to the twin interface.
 *
 * Who calls is found before the body is read, and whether there is room for it: nobody who is unknown or too fast costs memory. A SOAP document is
 * judged as soon as it is there, while what is attached to it is still on its way. What is held against a client is bounded everywhere: heads and
 * their time by Node's parser, bodies by the account's own limit and by what may be held in all, connections in all and of each account. Whatever a
 * request holds is given back when it has been answered, or its connection closes.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { err, LIMITS, ok, type Result } from '#base';
import { Gathering, joined } from '#codec/mime';
import type { Vasp } from '#directory';
import { BodyAdmission } from './admission.js';
import { type BodyReader, claimedLength, drain, readBody } from './body.js';
import type { Mm7Config, Mm7Ports } from './config.js';
import { type Connection, Connections } from './connections.js';
import { DigestNonces } from './digest.js';
import { factsOf, type Target, targetOf } from './facts.js';
import { createIdentification, type Identified } from './identify.js';
import { createJson, type JsonReply } from './json.js';
import { createHttpServer, listen } from './listener.js';
import { Rates } from './rates.js';
import { type Refusal, sayRefusal } from './refusals.js';
import { headersOf, jsonReply, type Reply, refusalReply, soapReply } from './reply.js';
import type { Claim } from './request.js';
import { createService } from './service.js';
import { createSoap, type SoapReply } from './soap.js';
import { createTelemetry } from './telemetry.js';

export interface Mm7 {
  /** Where it really listens. */
  readonly address: { readonly host: string; readonly port: number };
  /** Takes no more connections, lets what is under way end for `graceMs` (default: the limit's). */
  close(graceMs?: number): Promise<void>;
}

/** Somebody who is known, or one of several; which, his message says. */
type Known = Exclude<Identified, { readonly kind: 'nobody' }>;

/** One request whose sender is known. */
interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly target: Target;
  readonly who: Known;
  /** Whose request it is, once its claim is known. */
  readonly account: (claim: Claim) => Result<Vasp, Refusal>;
}

/** Base64 and JSON around content, XML and MIME around it: what a body may be larger than its content. */
const JSON_GROWTH = 1.4;

/**
 * What a body of JSON holds for each of its octets: itself, its text, the texts of its members, and three quarters for what base64 means. Unit: octets.
 * Source: counted, each once, rounded up.
 */
const JSON_WEIGHT = 4;

/** Starts to serve. Rejects with an Error for people when it cannot. */
export async function startMm7(config: Mm7Config, ports: Mm7Ports): Promise<Mm7> {
  const telemetry = createTelemetry(ports.log, ports.meter);
  const identification = createIdentification(config.relayServerId, new DigestNonces(() => performance.now()));
  const service = createService(ports);
  const soap = createSoap(service, ports.numbering);
  const json = createJson(service, ports, config.jsonPath);
  const rates = new Rates(() => performance.now());
  const connections = new Connections();
  const bodies = new BodyAdmission(config.bodyOctetsInFlightMax);
  /** Requests whose body is not sent before we ask for it. RFC 9110 10.1.1. */
  const unasked = new WeakSet<IncomingMessage>();
  let requestsInFlight = 0;
  let closing: Promise<void> | undefined;
  ports.meter.watch('angarium_mm7_connections', 'Open connections of VASPs', () => connections.size);
  ports.meter.watch('angarium_mm7_requests_in_flight', 'Requests of VASPs not yet answered', () => requestsInFlight);
  ports.meter.watch('angarium_mm7_request_body_bytes', 'Memory set aside for request bodies of VASPs', () => bodies.octets);
  const forget = ports.directory.onChange(({ vasps }) => rates.keep(new Set(vasps.map(({ name }) => name))));

  const server = createHttpServer(config);
  server.on('request', (request: IncomingMessage, response: ServerResponse) => void serve(request, response));
  // Nothing is asked for before it is known that it is wanted.
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    unasked.add(request);
    void serve(request, response);
  });
  server.on(config.tls === undefined ? 'connection' : 'secureConnection', (socket: Socket) => connections.add(socket));
  const { address, port } = await listen(server, config);
  return { address: { host: address, port }, close: (graceMs) => (closing ??= close(graceMs)) };

  /** One request, to its answer. Never rejects: what goes wrong here is a defect, which is answered as such. */
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const connection = connections.of(request.socket);
    if (connection !== undefined) connection.exchanges++;
    response.on('close', () => {
      if (connection !== undefined) connection.exchanges--;
    });
    const target = targetOf(request.url ?? '', config);
    try {
      if (target === undefined) early(request, response, bare(404), 'no such path');
      else await begin(request, response, target, connection);
    } catch (e) {
      telemetry.internalError(e);
      if (response.headersSent || target === undefined) request.socket.destroy();
      else early(request, response, refusalReply(target.interface, { kind: 'internal-error' }));
    }
  }

  /** What can be said before the body is read. */
  async function begin(
    request: IncomingMessage,
    response: ServerResponse,
    target: Target,
    connection: Connection | undefined,
  ): Promise<void> {
    const allowed = target.interface === 'soap' ? ['POST'] : json.allowed(target.path);
    if (allowed === undefined) return early(request, response, bare(404), 'no such path');
    if (!allowed.includes(request.method ?? ''))
      return early(request, response, { ...bare(405), headers: ['Allow', allowed.join(', ')] }, 'no such method');
    if (target.interface === 'json' && json.isOpen(request.method ?? '', target.path))
      return write(response, jsonReply(await json.answer(exchangeOf(request, target, NO_OCTETS, NOBODY))));

    const who = identification.identify(factsOf(request, target), ports.directory.snapshot);
    if (who.kind === 'nobody') return challenge(request, response, target, who);
    const refusal = who.kind === 'vasp' ? turnAway(who.vasp, connection) : undefined;
    const exchange = { request, response, target, who, account: accountOf(who, connection) };
    return refusal === undefined ? admit(exchange) : refuse(exchange, refusal);
  }

  /** Reads and answers where there is room for it. */
  async function admit(exchange: Exchange): Promise<void> {
    const { request, response, target, who } = exchange;
    const max = bodyMaxOf(who, target.interface, config);
    const claimed = claimedLength(request);
    if (claimed !== undefined && claimed > max) return refuse(exchange, { kind: 'body-too-large', bodyMax: max });
    const weight = target.interface === 'json' ? JSON_WEIGHT : 1;
    const share = requestsInFlight < config.requestsInFlightMax ? bodies.take((claimed ?? 0) * weight) : undefined;
    if (share === undefined) return refuse(exchange, { kind: 'overloaded' });
    requestsInFlight++;
    if (unasked.delete(request)) response.writeContinue();
    try {
      await (target.interface === 'json' ? receiveJson : receiveSoap)(exchange, { max, share, weight });
    } finally {
      requestsInFlight--;
      share.give();
    }
  }

  async function receiveSoap(exchange: Exchange, limits: Omit<BodyReader, 'take'>): Promise<void> {
    const { request, response } = exchange;
    const receiving = soap.receive(request.headers['content-type'], exchange.account);
    let refused: SoapReply | undefined;
    let size = 0;
    const whole = await receive(exchange, limits, (piece) => {
      size += piece.length;
      refused = receiving.write(piece);
      return refused === undefined;
    });
    if (!whole && refused === undefined) return;
    const arrived = performance.now();
    const reply = refused ?? (await receiving.end());
    telemetry.request(fieldsOf('soap', reply, size, reply.tolerated));
    const written = soapReply(reply, reply.http === 200 ? 200 : faultStatus(reply.vasp));
    if (!whole) return early(request, response, written);
    write(response, written);
    telemetry.answered((performance.now() - arrived) / 1000);
  }

  async function receiveJson(exchange: Exchange, limits: Omit<BodyReader, 'take'>): Promise<void> {
    const { request, response, target } = exchange;
    const gathering = new Gathering();
    const whole = await receive(exchange, limits, (piece) => {
      gathering.add(piece);
      return true;
    });
    if (!whole) return;
    const arrived = performance.now();
    const body = joined(gathering.end());
    const reply = await json.answer(exchangeOf(request, target, body, () => exchange.account({})));
    telemetry.request(fieldsOf('json', reply, body.length, []));
    write(response, jsonReply(reply));
    telemetry.answered((performance.now() - arrived) / 1000);
  }

  /** Reads the body. False: it did not come whole; if that is a matter of size or room, it has been answered. */
  async function receive(exchange: Exchange, limits: Omit<BodyReader, 'take'>, take: BodyReader['take']): Promise<boolean> {
    const outcome = await readBody(exchange.request, { ...limits, take });
    if (outcome === 'too-large') refuse(exchange, { kind: 'body-too-large', bodyMax: limits.max });
    if (outcome === 'no-room') refuse(exchange, { kind: 'overloaded' });
    return outcome === 'whole';
  }

  /** HTTP status of a fault, as the account wants it. */
  function faultStatus(name: string | undefined): number {
    return (name === undefined ? undefined : ports.directory.snapshot.vasp(name)?.dialect.faultStatus) ?? FAULT_HTTP;
  }

  /** What holds an account back whatever it asks for: its connections and its rate. */
  function turnAway(vasp: Vasp, connection: Connection | undefined): Refusal | undefined {
    if (!connections.join(connection, vasp)) return { kind: 'too-many-connections' };
    const retryAfterMs = rates.take(vasp.name, vasp.limits.rateMax, vasp.limits.burstMax);
    return retryAfterMs === 0 ? undefined : { kind: 'rate-exceeded', retryAfterMs };
  }

  function accountOf(who: Known, connection: Connection | undefined): Exchange['account'] {
    return (claim) => {
      if (who.kind === 'vasp') return ok(who.vasp);
      const vasp = who.vasps.find(({ vaspId }) => vaspId === claim.vaspId);
      if (vasp === undefined) return err({ kind: 'wrong-id', what: 'VASPID' });
      const refusal = turnAway(vasp, connection);
      return refusal === undefined ? ok(vasp) : err(refusal);
    };
  }

  function challenge(
    request: IncomingMessage,
    response: ServerResponse,
    target: Target,
    who: Extract<Identified, { readonly kind: 'nobody' }>,
  ): void {
    telemetry.unidentified(who.why, { peer: request.socket.remoteAddress, vasp: who.claimed });
    const challenges = identification.challenges(who.stale, target.interface);
    const reply = refusalReply(target.interface, { kind: 'not-identified' });
    early(request, response, {
      ...reply,
      http: 401,
      headers: [...reply.headers, ...challenges.flatMap((value) => ['WWW-Authenticate', value])],
    });
  }

  /** Refuses a request of which no message has been read. */
  function refuse({ request, response, target, who }: Exchange, refusal: Refusal): void {
    const { status, http } = sayRefusal(refusal);
    const size = claimedLength(request) ?? 0;
    const vasp = who.kind === 'vasp' ? { vasp: who.vasp.name } : {};
    telemetry.request({ interface: target.interface, status, reason: refusal.kind, size, tolerated: [], ...vasp });
    early(request, response, { ...refusalReply(target.interface, refusal), http });
  }

  /** Answers before the request has ended; the response ends when the request does, so that no reset overtakes it. */
  function early(request: IncomingMessage, response: ServerResponse, reply: Reply, why?: string): void {
    if (why !== undefined) telemetry.refusedRequest(reply.http, why);
    const headers = headersOf(reply, closing !== undefined || !request.complete);
    response.writeHead(reply.http, headers);
    for (const piece of reply.pieces) response.write(piece);
    if (unasked.has(request)) response.end();
    else drain(request, () => response.end());
  }

  function write(response: ServerResponse, reply: Reply): void {
    if (response.destroyed) return;
    response.writeHead(reply.http, headersOf(reply, closing !== undefined));
    for (const piece of reply.pieces) response.write(piece);
    response.end();
  }

  function close(graceMs: number = LIMITS.mm7CloseGraceMs): Promise<void> {
    forget();
    return new Promise((resolve) => {
      const grace = setTimeout(() => server.closeAllConnections(), graceMs);
      server.close(() => {
        clearTimeout(grace);
        resolve();
      });
      connections.closeIdle();
    });
  }
}

const bare = (http: number): Reply => ({ http, headers: [], pieces: [], octets: 0 });

/** SOAP 1.1 6.2: a fault is an internal server error, whoever is at fault. */
const FAULT_HTTP = 500;
const NO_OCTETS = new Uint8Array(0);
const NOBODY = (): Result<Vasp, Refusal> => err({ kind: 'not-identified' });

const exchangeOf = (request: IncomingMessage, target: Target, body: Uint8Array, account: () => Result<Vasp, Refusal>) => ({
  method: request.method ?? '',
  path: target.path,
  query: target.query,
  body,
  account,
});

function bodyMaxOf(who: Known, of: Target['interface'], config: Mm7Config): number {
  const vasps = who.kind === 'vasp' ? [who.vasp] : who.vasps;
  const sizeMax = Math.max(...vasps.map(({ limits }) => limits.sizeMax));
  // Base64 inside MIME grows content as JSON does.
  return Math.min(
    config.bodyMax,
    Math.ceil(sizeMax * JSON_GROWTH) + LIMITS.mm7SoapOctetsMax + (of === 'json' ? 0 : sizeMax >> 4),
  );
}

const fieldsOf = (
  of: Target['interface'],
  reply: SoapReply | JsonReply,
  size: number,
  tolerated: readonly { readonly name: string }[],
) => ({
  interface: of,
  status: reply.status,
  size,
  tolerated: tolerated.map(({ name }) => name),
  ...(reply.operation !== undefined && { operation: reply.operation }),
  ...(reply.vasp !== undefined && { vasp: reply.vasp }),
  ...(reply.messageId !== undefined && { messageId: reply.messageId }),
  ...(reply.reason !== undefined && { reason: reply.reason }),
  ...('text' in reply && reply.text !== undefined && { text: reply.text }),
});
