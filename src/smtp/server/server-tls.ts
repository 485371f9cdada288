/** TLS of a listener: sockets that it has taken in plain are led through one TLS server that listens nowhere. */
import type { Socket } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import { LIMITS } from '#base';
import type { SmtpCertificate, SmtpSession } from '../handler.js';
import type { SmtpServerTls } from '../listener-settings.js';

/** Both ends of a connection: what identifies it while it stands. */
const endsOf = (socket: Socket): string =>
  `${socket.remoteAddress}|${socket.remotePort}|${socket.localAddress}|${socket.localPort}`;

export class ServerTls {
  private readonly server: Server;
  private readonly waiting = new Map<string, (socket: TLSSocket) => void>();

  /** Throws what OpenSSL says of material that cannot be used. */
  constructor(settings: SmtpServerTls) {
    const { key, certificate, authorities, clientCertificate = 'asked', versionMin = 'TLSv1.2' } = settings;
    this.server = createServer({
      key,
      cert: certificate,
      // Without authorities a client's certificate is known by its fingerprint; those that Node brings vouch for hosts, not for peers.
      ca: authorities ?? [],
      requestCert: clientCertificate !== 'none',
      rejectUnauthorized: clientCertificate === 'required',
      minVersion: versionMin,
      handshakeTimeout: LIMITS.smtpTlsHandshakeMs,
    });
    this.server.on('secureConnection', (socket) => {
      const ends = endsOf(socket);
      const done = this.waiting.get(ends);
      this.waiting.delete(ends);
      if (done === undefined) socket.destroy();
      else done(socket);
    });
    this.server.on('tlsClientError', (_error, socket) => socket.destroy());
  }

  /** Begins the handshake. `done` is called once it is through; otherwise the socket closes. */
  secure(socket: Socket, done: (socket: TLSSocket) => void): void {
    const ends = endsOf(socket);
    this.waiting.set(ends, done);
    socket.once('close', () => {
      if (this.waiting.get(ends) === done) this.waiting.delete(ends);
    });
    this.server.emit('connection', socket);
  }
}

/** What TLS says of the other end. */
export function tlsOf(socket: TLSSocket): NonNullable<SmtpSession['tls']> {
  const certificate = certificateOf(socket);
  return {
    protocol: socket.getProtocol() ?? 'unknown',
    cipher: socket.getCipher().name,
    ...(certificate === undefined ? {} : { certificate }),
  };
}

function certificateOf(socket: TLSSocket): SmtpCertificate | undefined {
  const x509 = socket.getPeerX509Certificate();
  if (x509 === undefined) return undefined;
  const names = (x509.subjectAltName ?? '')
    .split(', ')
    .filter((it) => it.startsWith('DNS:'))
    .map((it) => it.slice('DNS:'.length).toLowerCase());
  const common = /^CN=(.+)$/m.exec(x509.subject)?.[1];
  return {
    isVerified: socket.authorized,
    der: x509.raw,
    names: names.length > 0 || common === undefined ? names : [common.toLowerCase()],
    fingerprint: x509.fingerprint256.replaceAll(':', '').toLowerCase(),
  };
}
