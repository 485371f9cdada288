/** The HTTP server of the endpoint, with its limits of time and size. */
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { LIMITS } from '#base';
import type { Mm7Config } from './config.js';

/** Node looks this often for requests that are overdue: a fraction of the shortest allowance, within reason. Milliseconds. */
const CHECK_MIN_MS = 50;
const CHECK_MAX_MS = 5000;

export function createHttpServer(config: Mm7Config): Server {
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

/** Rejects with an Error for people when it cannot. */
export function listen(server: Server, config: Mm7Config): Promise<AddressInfo> {
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
