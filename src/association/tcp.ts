/** Associations on TCP, with or without TLS. */
import { type AddressInfo, connect as connectTcp, createServer, type NetConnectOpts, type Server, type Socket } from 'node:net';
import { connect as connectTls, createServer as createTlsServer, type SecureContext } from 'node:tls';
import { err, ok, type Result } from '#base';
import { CONNECT_MS, LISTENER_CONNECTIONS_MAX, TCP_KEEPALIVE_MS } from './bounds.js';
import type {
  Accept,
  Connector,
  ConnectorUser,
  ConnectTerms,
  Listener,
  ListenTerms,
  Peer,
  Transport,
  TransportError,
} from './port.js';
import { StreamAssociation } from './stream-association.js';
import { certificateNamesOf, secureContextOf, TLS_MIN_VERSION } from './tls.js';

const peerOf = (socket: Socket): Peer => ({
  addresses: [plainAddress(socket.remoteAddress ?? '')],
  port: socket.remotePort ?? 0,
  certificateNames: certificateNamesOf(socket),
});

/** An IPv4 peer of a socket that listens on both families comes as `::ffff:192.0.2.1`. */
const plainAddress = (address: string): string => (address.startsWith('::ffff:') ? address.slice(7) : address);

function prepare(socket: Socket): void {
  socket.setNoDelay(true);
  socket.setKeepAlive(true, TCP_KEEPALIVE_MS);
}

class TcpConnector implements Connector {
  private readonly terms: ConnectTerms;
  private readonly secure: SecureContext | undefined;
  private readonly user: ConnectorUser;
  private attempts = 0;
  private socket: Socket | undefined;

  constructor(terms: ConnectTerms, secure: SecureContext | undefined, user: ConnectorUser) {
    this.terms = terms;
    this.secure = secure;
    this.user = user;
  }

  connect(): void {
    const { remoteAddresses, remotePort, localAddresses, localPort, tls } = this.terms;
    const host = remoteAddresses[this.attempts++ % remoteAddresses.length]!;
    const to: NetConnectOpts = {
      host,
      port: remotePort,
      ...(localAddresses[0] === undefined ? {} : { localAddress: localAddresses[0] }),
      ...(localPort === 0 ? {} : { localPort }),
    };
    const socket =
      this.secure === undefined
        ? connectTcp(to)
        : connectTls({ ...to, secureContext: this.secure, servername: tls!.peerName, minVersion: TLS_MIN_VERSION });
    this.socket = socket;
    const fail = (why: string): void => {
      if (this.socket !== socket) return;
      this.socket = undefined;
      socket.destroy();
      this.user.failed(`${host}:${remotePort}: ${why}`);
    };
    socket.setTimeout(CONNECT_MS, () => fail(`no answer within ${CONNECT_MS} ms`));
    const failedEarly = (e: Error): void => fail(e.message);
    const closedEarly = (): void => fail('closed before it was up');
    socket.on('error', failedEarly);
    socket.once('close', closedEarly);
    socket.once(this.secure === undefined ? 'connect' : 'secureConnect', () => {
      if (this.socket !== socket) return;
      this.socket = undefined;
      socket.setTimeout(0);
      socket.removeAllListeners('timeout');
      const association = take(socket, this.terms, this.user.up);
      socket.off('error', failedEarly);
      socket.off('close', closedEarly);
      if (association === undefined) socket.destroy();
    });
  }

  stop(): void {
    const { socket } = this;
    this.socket = undefined;
    socket?.destroy();
  }
}

/** Hands a connected socket over; undefined when nobody wants it. */
function take(socket: Socket, terms: ConnectTerms | ListenTerms, accept: Accept): StreamAssociation | undefined {
  prepare(socket);
  const association = new StreamAssociation(socket, peerOf(socket), terms.framing, terms.queueOctetsMax);
  const user = accept(association);
  if (user === undefined) return undefined;
  association.use(user);
  return association;
}

/** Sockets that the listener has taken, so that those not yet up end with it. */
function serve(terms: ListenTerms, secure: SecureContext | undefined, accept: Accept): Server {
  const welcome = (socket: Socket): void => {
    if (take(socket, terms, accept) === undefined) socket.destroy();
  };
  // A server that never listens: it only does handshakes, on sockets that have passed the allow list.
  const handshakes =
    secure === undefined
      ? undefined
      : createTlsServer({
          ...(terms.tls === undefined ? {} : { key: terms.tls.key, cert: terms.tls.certificate, ca: terms.tls.authorities }),
          requestCert: true,
          rejectUnauthorized: true,
          minVersion: TLS_MIN_VERSION,
          handshakeTimeout: CONNECT_MS,
        });
  handshakes?.on('secureConnection', (socket) => welcome(socket));
  handshakes?.on('tlsClientError', (_, socket) => socket.destroy());
  const server = createServer((socket) => {
    // Until somebody uses it, a socket that breaks just goes.
    socket.on('error', () => socket.destroy());
    if (!terms.allows(plainAddress(socket.remoteAddress ?? ''))) socket.destroy();
    else if (handshakes === undefined) welcome(socket);
    else handshakes.emit('connection', socket);
  });
  server.maxConnections = LISTENER_CONNECTIONS_MAX;
  return server;
}

function listen(
  terms: ListenTerms,
  secure: SecureContext | undefined,
  accept: Accept,
): Promise<Result<Listener, TransportError>> {
  const server = serve(terms, secure, accept);
  const host = terms.localAddresses[0];
  return new Promise((resolve) => {
    const refused = (e: Error): void =>
      resolve(err({ kind: 'address-refused', text: `cannot listen on ${host ?? '*'}:${terms.port}: ${e.message}` }));
    server.once('error', refused);
    server.listen({ port: terms.port, ...(host === undefined ? {} : { host }) }, () => {
      server.off('error', refused);
      // Out of file descriptors, as a rule: connections are refused until there are some again.
      server.on('error', () => {});
      const { address, port } = server.address() as AddressInfo;
      // Resolves when the port is free: associations that are up stay, so the server's own callback is not waited for.
      const close = (): Promise<void> => {
        server.close();
        return Promise.resolve();
      };
      resolve(ok({ address, port, close }));
    });
  });
}

export const tcpTransport: Transport = {
  connector(terms, user) {
    if (terms.tls === undefined) return ok(new TcpConnector(terms, undefined, user));
    const secure = secureContextOf(terms.tls);
    return secure.ok ? ok(new TcpConnector(terms, secure.value, user)) : secure;
  },
  listen(terms, accept) {
    if (terms.localAddresses.length > 1)
      return Promise.resolve(err({ kind: 'settings', text: 'TCP listens on one address, or on all' }));
    if (terms.tls === undefined) return listen(terms, undefined, accept);
    const secure = secureContextOf(terms.tls);
    return secure.ok ? listen(terms, secure.value, accept) : Promise.resolve(secure);
  },
};
