/**
 * MM7 over HTTP: the sockets. VASPs post SOAP, or JSON to the twin interface.
 *
 * Who calls is found before the body is read: nobody who is unknown costs memory. What is held against a client is bounded everywhere: heads and
 * their time by Node's parser, bodies by the account's own limit, requests and octets under way by the configuration, connections in all
 * and of each account. Whatever a request holds is given back when it has been answered, or its connection closes.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { err, LIMITS, ok, type Result } from '#base';
import type { Vasp } from '#directory';
import { drain, readBody } from './body.js';
import type { Mm7Config, Mm7Ports } from './config.js';
import { DigestNonces } from './digest.js';
import { type CallFacts, createIdentification, type Identified } from './identify.js';
import { createJson, type JsonReply } from './json.js';
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

type Interface = CallFacts['interface'];

/** Where a request goes, by its path. */
interface Target {
  readonly interface: Interface;
  readonly path: string;
  readonly query: string;
}

/** A connection: which accounts have been seen on it, requests that are not answered. */
interface Connection {
  readonly socket: Socket;
  readonly accounts: Set<string>;
  exchanges: number;
}

/** Node looks this often for requests that are overdue: a fraction of the shortest allowance, within reason. Milliseconds. */
const CHECK_MIN_MS = 50;
const CHECK_MAX_MS = 5000;
/** Base64 and JSON around content, XML and MIME around it: what a body may be larger than its content. */
const JSON_GROWTH = 1.4;

/** Starts to serve. Rejects with an Error for people when it cannot. */
export async function startMm7(config: Mm7Config, ports: Mm7Ports): Promise<Mm7> {
  const telemetry = createTelemetry(ports.log, ports.meter);
  const identification = createIdentification(config.relayServerId, new DigestNonces(() => performance.now()));
  const service = createService(ports);
  const soap = createSoap(service, ports.numbering);
  const json = createJson(service, ports, config.jsonPath);
  const rates = new Rates(() => performance.now());
  const connections = new Map<Duplex, Connection>();
  /** Connections of each account. */
  const ofAccount = new Map<string, number>();
  let requestsInFlight = 0;
  let octetsInFlight = 0;
  let closing: Promise<void> | undefined;
  ports.meter.watch('angarium_mm7_connections', 'Open connections of VASPs', () => connections.size);
  ports.meter.watch('angarium_mm7_requests_in_flight', 'Requests of VASPs not yet answered', () => requestsInFlight);
  ports.meter.watch('angarium_mm7_request_body_bytes', 'Request bodies of VASPs in memory', () => octetsInFlight);
  const forget = ports.directory.onChange(({ vasps }) => rates.keep(new Set(vasps.map(({ name }) => name))));

  const server = createHttpServer(config);
  server.on('request', (request: IncomingMessage, response: ServerResponse) => void serve(request, response));
  server.on(config.tls === undefined ? 'connection' : 'secureConnection', (socket: Socket) => connected(socket));
  const { address, port } = await listen(server, config);
  return { address: { host: address, port }, close: (graceMs) => (closing ??= close(graceMs)) };

  function connected(socket: Socket): void {
    const connection: Connection = { socket, accounts: new Set(), exchanges: 0 };
    connections.set(socket, connection);
    socket.on('close', () => {
      connections.delete(socket);
      for (const name of connection.accounts) leave(name);
    });
  }

  function leave(name: string): void {
    const left = (ofAccount.get(name) ?? 1) - 1;
    if (left === 0) ofAccount.delete(name);
    else ofAccount.set(name, left);
  }

  /** Counts the connection as the account's. False: it has too many already. */
  function join(connection: Connection | undefined, vasp: Vasp): boolean {
    if (connection === undefined || connection.accounts.has(vasp.name)) return true;
    const count = ofAccount.get(vasp.name) ?? 0;
    if (count >= vasp.limits.connectionsMax) return false;
    connection.accounts.add(vasp.name);
    ofAccount.set(vasp.name, count + 1);
    return true;
  }

  /** One request, to its answer. Never rejects: what goes wrong here is a defect, which is answered as such. */
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const connection = connections.get(request.socket);
    if (connection !== undefined) connection.exchanges++;
    response.on('close', () => {
      if (connection !== undefined) connection.exchanges--;
    });
    const target = targetOf(request.url ?? '', config);
    try {
      if (target === undefined) early(request, response, { http: 404, headers: [], pieces: [], octets: 0 }, 'no such path');
      else await exchange(request, response, target, connection);
    } catch (e) {
      telemetry.internalError(e);
      if (response.headersSent || target === undefined) request.socket.destroy();
      else early(request, response, refusalReply(target.interface, { kind: 'internal-error' }));
    }
  }

  async function exchange(
    request: IncomingMessage,
    response: ServerResponse,
    target: Target,
    connection: Connection | undefined,
  ): Promise<void> {
    const allowed = target.interface === 'soap' ? ['POST'] : json.allowed(target.path);
    if (allowed === undefined) return early(request, response, { http: 404, headers: [], pieces: [], octets: 0 }, 'no such path');
    if (!allowed.includes(request.method ?? ''))
      return early(
        request,
        response,
        { http: 405, headers: ['Allow', allowed.join(', ')], pieces: [], octets: 0 },
        'no such method',
      );
    if (target.interface === 'json' && json.isOpen(request.method ?? '', target.path))
      return write(response, jsonReply(await json.answer(exchangeOf(request, target, NO_OCTETS, NOBODY))));

    const who = identification.identify(factsOf(request, target), ports.directory.snapshot);
    if (who.kind === 'nobody') return challenge(request, response, target, who);
    const max = bodyMaxOf(who, target.interface, config);
    const room = requestsInFlight < config.requestsInFlightMax && octetsInFlight < config.bodyOctetsInFlightMax;
    if (!room) return refuse(request, response, target, { kind: 'overloaded' }, who);
    requestsInFlight++;
    let held = 0;
    try {
      const body = await readBody(request, max, (octets) => {
        held += octets;
        octetsInFlight += octets;
      });
      if (body.kind === 'too-large') return refuse(request, response, target, { kind: 'body-too-large', bodyMax: max }, who);
      if (body.kind === 'gone') return;
      const arrived = performance.now();
      await answer(request, response, target, body.octets, accountOf(who, connection));
      telemetry.answered((performance.now() - arrived) / 1000);
    } finally {
      requestsInFlight--;
      octetsInFlight -= held;
    }
  }

  async function answer(
    request: IncomingMessage,
    response: ServerResponse,
    target: Target,
    body: Uint8Array,
    account: (claim: Claim) => Result<Vasp, Refusal>,
  ): Promise<void> {
    if (target.interface === 'json') {
      const reply = await json.answer(exchangeOf(request, target, body, () => account({})));
      telemetry.request(fieldsOf('json', reply, body.length, []));
      write(response, jsonReply(reply));
      return;
    }
    const reply = await soap.answer({ contentType: request.headers['content-type'], body, account });
    telemetry.request(
      fieldsOf(
        'soap',
        reply,
        body.length,
        reply.tolerated.map(({ name }) => name),
      ),
    );
    const http = reply.http === 200 ? 200 : faultStatus(reply.vasp);
    write(response, soapReply(reply, http));
  }

  /** HTTP status of a fault, as the account wants it. */
  function faultStatus(name: string | undefined): number {
    return (name === undefined ? undefined : ports.directory.snapshot.vasp(name)?.dialect.faultStatus) ?? FAULT_HTTP;
  }

  /** Whose request it is, once its claim is known; with the account's rate and connections checked. */
  function accountOf(
    who: Exclude<Identified, { readonly kind: 'nobody' }>,
    connection: Connection | undefined,
  ): (claim: Claim) => Result<Vasp, Refusal> {
    return (claim) => {
      const vasp = who.kind === 'vasp' ? who.vasp : who.vasps.find(({ vaspId }) => vaspId === claim.vaspId);
      if (vasp === undefined) return err({ kind: 'wrong-id', what: 'VASPID' });
      if (!join(connection, vasp)) return err({ kind: 'too-many-connections' });
      const retryAfterMs = rates.take(vasp.name, vasp.limits.rateMax, vasp.limits.burstMax);
      return retryAfterMs === 0 ? ok(vasp) : err({ kind: 'rate-exceeded', retryAfterMs });
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

  /** Refuses a request without having read it. */
  function refuse(
    request: IncomingMessage,
    response: ServerResponse,
    target: Target,
    refusal: Refusal,
    who: Exclude<Identified, { readonly kind: 'nobody' }>,
  ): void {
    const { status, http } = sayRefusal(refusal);
    const size = Number(request.headers['content-length'] ?? 0);
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
    drain(request, () => response.end());
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
      for (const { exchanges, socket } of connections.values()) if (exchanges === 0) socket.destroy();
    });
  }
}

/** SOAP 1.1 6.2: a fault is an internal server error, whoever is at fault. */
const FAULT_HTTP = 500;
const NO_OCTETS = new Uint8Array(0);
const NOBODY = (): Result<Vasp, Refusal> => err({ kind: 'not-identified' });

function targetOf(url: string, config: Mm7Config): Target | undefined {
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  const query = mark < 0 ? '' : url.slice(mark + 1);
  if (path === config.path) return { interface: 'soap', path, query };
  if (!path.startsWith(`${config.jsonPath}/`)) return undefined;
  return { interface: 'json', path: path.slice(config.jsonPath.length), query };
}

const exchangeOf = (request: IncomingMessage, target: Target, body: Uint8Array, account: () => Result<Vasp, Refusal>) => ({
  method: request.method ?? '',
  path: target.path,
  query: target.query,
  body,
  account,
});

function factsOf(request: IncomingMessage, target: Target): CallFacts {
  const { socket } = request;
  const certificate = socket instanceof TLSSocket && socket.authorized ? socket.getPeerCertificate() : undefined;
  const shown = certificate?.fingerprint256 === undefined ? undefined : certificate;
  return {
    method: request.method ?? '',
    uri: request.url ?? '',
    authorization: request.headers.authorization,
    address: socket.remoteAddress,
    interface: target.interface,
    ...(shown !== undefined && {
      certificate: {
        names: dnsNames(shown.subjectaltname),
        fingerprint: shown.fingerprint256.replaceAll(':', '').toLowerCase(),
      },
    }),
  };
}

/** Of `DNS:a.example, IP Address:10.0.0.1`: the host names. A name with a quote in it was made up to be misread. */
const dnsNames = (subjectAltName: string | undefined): readonly string[] =>
  (subjectAltName ?? '')
    .split(', ')
    .flatMap((entry) => (entry.startsWith('DNS:') && !entry.includes('"') ? [entry.slice('DNS:'.length)] : []));

function bodyMaxOf(who: Exclude<Identified, { readonly kind: 'nobody' }>, of: Interface, config: Mm7Config): number {
  const vasps = who.kind === 'vasp' ? [who.vasp] : who.vasps;
  const sizeMax = Math.max(...vasps.map(({ limits }) => limits.sizeMax));
  // Base64 inside MIME grows content as JSON does.
  return Math.min(
    config.bodyMax,
    Math.ceil(sizeMax * JSON_GROWTH) + LIMITS.mm7SoapOctetsMax + (of === 'json' ? 0 : sizeMax >> 4),
  );
}

const fieldsOf = (of: Interface, reply: SoapReply | JsonReply, size: number, tolerated: readonly string[]) => ({
  interface: of,
  status: reply.status,
  size,
  tolerated,
  ...(reply.operation !== undefined && { operation: reply.operation }),
  ...(reply.vasp !== undefined && { vasp: reply.vasp }),
  ...(reply.messageId !== undefined && { messageId: reply.messageId }),
  ...(reply.reason !== undefined && { reason: reply.reason }),
  ...('text' in reply && reply.text !== undefined && { text: reply.text }),
});

function createHttpServer(config: Mm7Config): Server {
  const shortest = Math.min(config.headersTimeoutMs, config.requestTimeoutMs);
  const options = {
    maxHeaderSize: LIMITS.mm7HeadOctetsMax,
    headersTimeout: config.headersTimeoutMs,
    requestTimeout: config.requestTimeoutMs,
    keepAliveTimeout: config.keepAliveTimeoutMs,
    connectionsCheckingInterval: Math.max(CHECK_MIN_MS, Math.min(CHECK_MAX_MS, shortest / 4)),
    // Strict whatever the command line of the process says: a lenient parser lets requests be smuggled through proxies.
    insecureHTTPParser: false,
    noDelay: true,
  };
  const { tls } = config;
  const certificates =
    tls?.clientAuthorities === undefined ? {} : { ca: tls.clientAuthorities, requestCert: true, rejectUnauthorized: false };
  const server =
    tls === undefined
      ? createServer(options)
      : createTlsServer({ ...options, key: tls.key, cert: tls.cert, ...certificates, handshakeTimeout: config.headersTimeoutMs });
  server.maxConnections = config.connectionsMax;
  return server;
}

function listen(server: Server, config: Mm7Config): Promise<AddressInfo> {
  const { host, port } = config.listen;
  return new Promise((resolve, reject) => {
    const failed = (e: Error): void => reject(new Error(`mm7: cannot listen on ${host}:${port}: ${e.message}`, { cause: e }));
    server.once('error', failed);
    server.listen({ host, port }, () => {
      server.off('error', failed);
      resolve(server.address() as AddressInfo);
    });
  });
}
