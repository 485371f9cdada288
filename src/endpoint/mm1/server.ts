/**
 * MM1 over HTTP: the sockets. Handsets POST PDUs and GET content.
 *
 * What is held against a client is bounded everywhere: heads and their time by Node's parser, bodies by `body.ts`, submissions and content
 * by `admission.ts`, answers waiting on one connection by a limit. A connection that does not move is given up; one that waits for us is not.
 * Whatever a request holds is given back when its connection closes, however it closes.
 *
 * Content is never compressed, whatever a client accepts: it is JPEG and AMR with a few hundred octets of text, so that nothing is gained;
 * iPhones ask for identity, Android loses the length of what it has to undo, and ranges would have to be of the compressed form.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { LIMITS } from '#base';
import { type Access, createAccess } from './access.js';
import { Admission, type Share } from './admission.js';
import { type ContentReply, createAnswers, type HandsetTraits, type Mm1Ports, type Reply } from './answer.js';
import { readBody } from './body.js';
import { BodyBuffers } from './body-buffers.js';
import type { Mm1Config } from './config.js';
import { type Caller, createIdentity, isLoopback, type Peer } from './identity.js';
import { readRange } from './range.js';
import { claimForLog, createTelemetry, keyForLog } from './telemetry.js';

export interface Mm1 {
  /** Where it really listens. */
  readonly address: { readonly host: string; readonly port: number };
  /** Takes no more connections, lets what is under way end for `graceMs` (default: the limit's). */
  close(graceMs?: number): Promise<void>;
}

/** One connection and what it holds. */
interface Connection {
  readonly socket: Socket;
  readonly peer: Peer;
  /** Requests without a complete response. */
  exchanges: number;
  /** Of these, the ones that wait for us and not for the client. */
  waiting: number;
  /** The latest request's. */
  response: ServerResponse | undefined;
  /** An identity header from it has been logged; the next ones are only counted. */
  reported: boolean;
  /** Content that is being sent on it. */
  readonly sending: Set<Sending>;
}

interface Sending {
  end(): void;
}

const MMS_MESSAGE = 'application/vnd.wap.mms-message';

/** Seconds after which a client may repeat what could not be done now. */
const RETRY_AFTER = '5';

/** Node looks this often for requests that are overdue: a fraction of the shortest allowance, within reason. Milliseconds. */
const CHECK_MIN_MS = 50;
const CHECK_MAX_MS = 5000;

/**
 * Starts to serve. Rejects with an Error for people when it cannot: port taken, bad identity entry, laboratory identity on a listener that
 * others can reach.
 */
export async function startMm1(config: Mm1Config, ports: Mm1Ports): Promise<Mm1> {
  const { host } = config.listen;
  if (config.identity.mode === 'lab' && !isLoopback(host))
    throw new Error(
      `mm1: lab identity believes anybody, so it listens on loopback only, not on ${host}; use 127.0.0.1 or identity mode "network"`,
    );
  const identity = createIdentity(config.identity);
  const access = createAccess(config.path, config.contentUrl);
  const admission = new Admission(config);
  const bodyBuffers = new BodyBuffers();
  const connections = new Map<Duplex, Connection>();
  /** Connections that send content and may stand still for the whole idle time. */
  const unhurried = new Set<Connection>();
  const telemetry = createTelemetry(ports.log, ports.meter, admission, () => connections.size);
  const answers = createAnswers(config, ports, admission, telemetry);
  let closing: Promise<void> | undefined;

  const server = createHttpServer(config);
  server.on(config.tls ? 'secureConnection' : 'connection', open);
  server.on('request', receive);
  server.on('clientError', refuseUnreadable);
  server.on('timeout', idle);
  server.on('drop', () => telemetry.connectionDropped());
  const address = await listen(server, config);
  if (config.identity.mode === 'lab' && !isLoopback(address.address)) {
    server.close();
    throw new Error(`mm1: lab identity needs loopback, but ${host} is ${address.address}`);
  }
  server.on('error', (error) => ports.log.error({ err: error }, 'mm1: listener'));

  return {
    address: { host: address.address, port: address.port },
    close: (graceMs) => (closing ??= close(graceMs)),
  };

  function open(socket: Socket): void {
    const connection: Connection = {
      socket,
      peer: identity.peer(socket.remoteAddress),
      exchanges: 0,
      waiting: 0,
      response: undefined,
      reported: false,
      sending: new Set(),
    };
    connections.set(socket, connection);
    socket.once('close', () => {
      connections.delete(socket);
      // A response that waits behind another one on its connection never hears of the end itself.
      for (const sending of connection.sending) sending.end();
    });
  }

  function receive(request: IncomingMessage, response: ServerResponse): void {
    const connection = connections.get(request.socket);
    if (connection === undefined) {
      request.socket.destroy();
      return;
    }
    if (++connection.exchanges > LIMITS.mm1PipelinedMax) {
      telemetry.refusedRequest(429, 'too many requests unanswered on one connection');
      connection.socket.destroy();
      return;
    }
    connection.response = response;
    response.on('close', () => {
      connection.exchanges--;
      // An idle connection keeps nothing of its last request.
      if (connection.response === response) connection.response = undefined;
      if (closing !== undefined && connection.exchanges === 0) connection.socket.destroySoon();
    });
    const tooMany = request.rawHeaders.length / 2 > LIMITS.mm1HeadLinesMax;
    const wanted: Access = tooMany ? { kind: 'refused', status: 431, why: 'too many header lines' } : access(request);
    if (wanted.kind === 'post') post(connection, request, response);
    else if (wanted.kind === 'content') void content(connection, request, response, wanted.key);
    else refuse(request, response, wanted);
  }

  function callerOf(connection: Connection, request: IncomingMessage): Caller {
    const caller = identity.caller(connection.peer, request.headers);
    if (caller.disbelieved !== undefined) {
      const { header, claimed, why } = caller.disbelieved;
      telemetry.spoofing(
        'header',
        connection.reported ? undefined : { header, claimed: claimForLog(claimed), why, peer: connection.socket.remoteAddress },
      );
      connection.reported = true;
    }
    return caller;
  }

  function post(connection: Connection, request: IncomingMessage, response: ServerResponse): void {
    const caller = callerOf(connection, request);
    let nextLook = 1;
    const upload = {
      held: 0,
      giveWay() {
        body.giveWay((head) => {
          release();
          answerEarly(response, answers.gaveWay(head, caller), true);
        });
      },
    };
    const release = (): void => {
      admission.uploadEnds(upload);
      admission.bodyOctets -= upload.held;
      upload.held = 0;
    };
    const body = readBody(request, config.bodyMax, bodyBuffers, {
      held(octets) {
        const now = performance.now();
        if (upload.held === 0) admission.uploadBegins(upload, now);
        upload.held += octets;
        admission.bodyOctets += octets;
        admission.makeRoom(now);
      },
      early(octets) {
        // Each look decodes what is there: twice as much each time, so that a body in single octets costs no more than another.
        if (octets.length < nextLook) return false;
        nextLook = 2 * octets.length;
        const reply = answers.early(octets, octets.length >= LIMITS.mm1GlanceOctetsMax, caller);
        if (reply === undefined) return false;
        release();
        answerEarly(response, reply, isLong(request));
        return true;
      },
      whole(octets, done) {
        admission.uploadEnds(upload);
        connection.waiting++;
        void answer(octets).then((reply) => {
          connection.waiting--;
          done();
          release();
          send(response, reply);
        });
      },
      tooLarge(head) {
        release();
        answerEarly(response, answers.tooLarge(head, caller), true);
      },
      drained: () => void response.end(),
      aborted: release,
    });

    async function answer(octets: Uint8Array): Promise<Reply> {
      try {
        return await answers.post({ octets, caller, traits: traitsOf(request) });
      } catch (e) {
        telemetry.internalError(e);
        return answers.failed(octets);
      }
    }
  }

  /** Writes an answer before the request has ended; the response ends when the request does, so that no reset overtakes it. */
  function answerEarly(response: ServerResponse, reply: Reply, last: boolean): void {
    const close = last || closing !== undefined;
    if (reply.kind !== 'pdu') {
      writeEmpty(response, reply.kind === 'empty' ? 200 : 503, close);
      response.flushHeaders();
      return;
    }
    writePdu(response, reply.octets.length, close);
    response.write(pooled(reply.octets));
  }

  function send(response: ServerResponse, reply: Reply): void {
    if (response.destroyed) return;
    if (reply.kind === 'pdu') {
      writePdu(response, reply.octets.length, closing !== undefined);
      response.end(response.req.method === 'HEAD' ? undefined : pooled(reply.octets));
    } else {
      writeEmpty(response, reply.kind === 'empty' ? 200 : 503, closing !== undefined);
      response.end();
    }
  }

  async function content(connection: Connection, request: IncomingMessage, response: ServerResponse, key: string): Promise<void> {
    const caller = callerOf(connection, request);
    connection.waiting++;
    const room = admission.roomToSend();
    if (room instanceof Promise) hurry();
    const share = room instanceof Promise ? await room : room;
    if (connection.socket.destroyed) {
      share?.give();
      return;
    }
    let reply: ContentReply;
    try {
      reply =
        share === undefined
          ? answers.refuseRetrieval({ kind: 'overloaded' }, key, caller)
          : await answers.get({ key, caller, traits: traitsOf(request) });
    } catch (e) {
      telemetry.internalError(e);
      reply = answers.refuseRetrieval({ kind: 'internal-error' }, key, caller);
    }
    connection.waiting--;
    if (share === undefined || reply.kind !== 'content' || connection.socket.destroyed) {
      share?.give();
      if (reply.kind !== 'content') send(response, reply);
      return;
    }
    sendContent(connection, request, response, reply, share, caller);
  }

  function sendContent(
    connection: Connection,
    request: IncomingMessage,
    response: ServerResponse,
    reply: Extract<ContentReply, { kind: 'content' }>,
    share: Share,
    caller: Caller,
  ): void {
    const { head, content, tag, key, messageId } = reply;
    const length = head.length + content.length;
    const isHead = request.method === 'HEAD';
    // Range is defined for GET only (RFC 9110 14.2).
    const range = readRange(isHead ? undefined : request.headers.range, one(request.headers['if-range']), tag, length);
    const fields = {
      messageId,
      delivery: keyForLog(key),
      size: length,
      ...(caller.msisdn !== undefined && { recipient: caller.msisdn }),
    };
    const headers = ['Content-Type', MMS_MESSAGE, 'Accept-Ranges', 'bytes', 'ETag', tag, 'Cache-Control', 'no-store'];
    if (closing !== undefined) headers.push('Connection', 'close');

    if (range.kind === 'unsatisfiable') {
      share.give();
      telemetry.refusedRequest(416, 'range behind the end');
      response.writeHead(416, ['Content-Range', `bytes */${length}`, 'Content-Length', '0', ...headers.slice(2)]).end();
      return;
    }
    const [from, to] = range.kind === 'part' ? [range.from, range.to + 1] : [0, length];
    headers.push('Content-Length', String(to - from));
    if (range.kind === 'part') headers.push('Content-Range', `bytes ${from}-${to - 1}/${length}`);
    response.writeHead(range.kind === 'part' ? 206 : 200, headers);
    if (isHead) {
      share.give();
      telemetry.retrieval('head', fields);
      response.end();
      return;
    }

    share.resize(length);
    const sending: Sending = {
      end: () => {
        if (!connection.sending.delete(sending)) return;
        unhurried.delete(connection);
        share.give();
        // Node says "finish" also for a socket that was destroyed under the last write.
        const sent = response.writableFinished && !connection.socket.destroyed;
        telemetry.retrieval(!sent ? 'interrupted' : to === length ? 'sent' : 'part', fields);
        if (sent && to === length) ports.messaging.fetched(key).catch(telemetry.internalError);
      },
    };
    connection.sending.add(sending);
    unhurried.add(connection);
    response.on('finish', sending.end);
    response.on('close', sending.end);
    response.write(slice(head, from, to));
    response.end(slice(content, from - head.length, to - head.length));
  }

  /**
   * Others wait for room: what stands still gives way sooner. Set once for each send, as setting it begins the time anew; Node goes back to
   * its own times with the connection's next request.
   */
  function hurry(): void {
    const patience = Math.min(LIMITS.mm1DownloadPatienceMs, config.idleTimeoutMs);
    for (const { socket } of unhurried) socket.setTimeout(patience);
    unhurried.clear();
  }

  /** Refuses a request for what HTTP says of it; its body is read to the end first, so that no reset overtakes the answer. */
  function refuse(request: IncomingMessage, response: ServerResponse, refused: Extract<Access, { kind: 'refused' }>): void {
    telemetry.refusedRequest(refused.status, refused.why);
    const headers = ['Content-Length', '0'];
    if (refused.allow !== undefined) headers.push('Allow', refused.allow);
    if (closing !== undefined || isLong(request)) headers.push('Connection', 'close');
    response.writeHead(refused.status, headers);
    response.flushHeaders();
    readBody(request, config.bodyMax, bodyBuffers, {
      held: () => {},
      early: () => true,
      whole: () => void response.end(),
      tooLarge: () => {},
      drained: () => void response.end(),
      aborted: () => {},
    });
  }

  /** What Node's parser refuses, and requests that did not arrive in time. */
  function refuseUnreadable(error: NodeJS.ErrnoException, socket: Duplex): void {
    const status = UNREADABLE[error.code ?? ''] ?? (error.code?.startsWith('HPE_') ? 400 : undefined);
    const connection = connections.get(socket);
    if (status !== undefined) telemetry.refusedRequest(status, error.code ?? '');
    // The bare status line must be the answer to what cannot be read, not to a request before it that is under way.
    const latest = connection?.response;
    const free =
      connection?.exchanges === 0 ||
      (connection?.exchanges === 1 && latest !== undefined && !latest.req.complete && !latest.headersSent);
    if (status === undefined || !free || !socket.writable) {
      socket.destroy();
      return;
    }
    socket.write(`HTTP/1.1 ${status} ${REASON[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    (socket as Socket).destroySoon();
  }

  /** Nothing has moved on a socket for a while. */
  function idle(socket: Socket): void {
    const connection = connections.get(socket);
    // Whoever waits for our store is not idle; the timer starts anew with the answer's first octet. Whoever does not take content is.
    if (connection === undefined || connection.waiting === 0 || connection.sending.size > 0) socket.destroy();
  }

  function close(graceMs: number = LIMITS.mm1CloseGraceMs): Promise<void> {
    return new Promise((resolve) => {
      const all = [...connections.values()];
      const grace = setTimeout(() => {
        for (const connection of connections.values()) connection.socket.destroy();
        server.closeAllConnections();
      }, graceMs);
      server.close(() => {
        clearTimeout(grace);
        resolve();
      });
      for (const connection of all) if (connection.exchanges === 0) connection.socket.destroy();
    });
  }
}

function createHttpServer(config: Mm1Config): Server {
  const shortest = Math.min(config.headersTimeoutMs, config.requestTimeoutMs);
  const options = {
    maxHeaderSize: LIMITS.mm1HeadOctetsMax,
    headersTimeout: config.headersTimeoutMs,
    requestTimeout: config.requestTimeoutMs,
    keepAliveTimeout: config.keepAliveTimeoutMs,
    connectionsCheckingInterval: Math.max(CHECK_MIN_MS, Math.min(CHECK_MAX_MS, shortest / 4)),
    // Strict whatever the command line of the process says: a lenient parser lets requests be smuggled through gateways.
    insecureHTTPParser: false,
    // WAP gateways exist that send HTTP/1.1 without Host; we serve one site and never look at it.
    requireHostHeader: false,
    noDelay: true,
  };
  const server = config.tls
    ? createTlsServer({ ...options, ...config.tls, handshakeTimeout: config.headersTimeoutMs })
    : createServer(options);
  server.maxConnections = config.connectionsMax;
  // One more than allowed is kept, so that too many are seen and refused, not silently cut off.
  server.maxHeadersCount = LIMITS.mm1HeadLinesMax + 1;
  server.timeout = config.idleTimeoutMs;
  // A client that has sent its request may close its half and still get the answer. Node has the switch but does not document it.
  (server as Server & { httpAllowHalfOpen: boolean }).httpAllowHalfOpen = true;
  return server;
}

function listen(server: Server, config: Mm1Config): Promise<AddressInfo> {
  const { host, port } = config.listen;
  return new Promise((resolve, reject) => {
    const failed = (e: Error): void => reject(new Error(`mm1: cannot listen on ${host}:${port}: ${e.message}`, { cause: e }));
    server.once('error', failed);
    server.listen({ host, port, backlog: Math.min(config.connectionsMax, BACKLOG_MAX) }, () => {
      server.off('error', failed);
      resolve(server.address() as AddressInfo);
    });
  });
}

/** Linux's usual net.core.somaxconn: the kernel takes no more. */
const BACKLOG_MAX = 4096;

const UNREADABLE: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

const REASON: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  413: 'Content Too Large',
  431: 'Request Header Fields Too Large',
};

/**
 * A short answer as a piece of Node's buffer pool. Typed arrays of up to 64 octets live on V8's heap, and a socket moves each one off it
 * before it writes, which costs a tenth of a whole request.
 */
const pooled = (octets: Uint8Array): Buffer => Buffer.from(octets);

function writePdu(response: ServerResponse, length: number, close: boolean): void {
  const headers = ['Content-Type', MMS_MESSAGE, 'Content-Length', String(length)];
  if (close) headers.push('Connection', 'close');
  response.writeHead(200, headers);
}

function writeEmpty(response: ServerResponse, status: 200 | 503, close: boolean): void {
  const headers = ['Content-Length', '0'];
  if (status === 503) headers.push('Retry-After', RETRY_AFTER);
  if (close) headers.push('Connection', 'close');
  response.writeHead(status, headers);
}

/** Whether a request's body may be longer than anybody wants to read to the end only to keep its connection. */
const isLong = (request: IncomingMessage): boolean =>
  request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > LIMITS.mm1DrainOctetsMax;

/** `octets` from `from` to before `to`, both of which may lie outside. */
const slice = (octets: Uint8Array, from: number, to: number): Uint8Array =>
  from <= 0 && to >= octets.length ? octets : octets.subarray(Math.max(0, from), Math.max(0, to));

const one = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value);

/** What a request tells of the handset; each text as far as it is worth keeping. */
function traitsOf(request: IncomingMessage): HandsetTraits {
  const { headers } = request;
  const userAgent = headers['user-agent'];
  const accept = headers.accept;
  const profile = one(headers['x-wap-profile']) ?? one(headers['profile']);
  const profileUrl = profile === undefined ? undefined : PROFILE_URL.exec(profile)?.[0];
  return {
    ...(userAgent !== undefined && { userAgent: userAgent.slice(0, LIMITS.mm1HandsetTextMax) }),
    ...(accept !== undefined && { accept: accept.slice(0, LIMITS.mm1HandsetTextMax) }),
    ...(profileUrl !== undefined && profileUrl.length <= LIMITS.mm1HandsetTextMax && { profileUrl }),
  };
}

/** The value is a quoted URL, or several with digests of differences between them (WAP-248); the first one is the profile. */
const PROFILE_URL = /https?:\/\/[^\s",]+/i;
