/** Metrics and health for machines that watch: no identification, nothing about any message. */
import { createServer, type Server } from 'node:http';
import Fastify from 'fastify';
import type { MonitoringConfig } from './config.js';
import { CONNECTIONS_MAX, closeServer, listenOnTcp } from './listener.js';

export interface MonitoringPorts {
  readonly metrics: { text(): Promise<string>; readonly contentType: string };
  /** Why the program cannot take traffic now; empty when it can. */
  readonly unready: () => readonly string[];
}

export interface Monitoring {
  readonly address: { readonly host: string; readonly port: number };
  close(): Promise<void>;
}

/** Serves /metrics, /healthz (this process turns its event loop) and /readyz (it can keep what it promises; otherwise 503 with the reasons). */
export async function startMonitoring(config: MonitoringConfig, ports: MonitoringPorts): Promise<Monitoring> {
  let server!: Server;
  const app = Fastify({
    logger: false,
    serverFactory: (handler) => {
      server = createServer(handler);
      return server;
    },
  });
  server.maxConnections = CONNECTIONS_MAX;
  app.get('/metrics', async (_, reply) => reply.type(ports.metrics.contentType).send(await ports.metrics.text()));
  app.get('/healthz', async () => ({ status: 'alive' }));
  app.get('/readyz', async (_, reply) => {
    const reasons = ports.unready();
    return reply.code(reasons.length === 0 ? 200 : 503).send({ ready: reasons.length === 0, reasons });
  });
  await app.ready();
  const address = await listenOnTcp(server, config.listen);
  return {
    address,
    async close() {
      await closeServer(server);
      await app.close();
    },
  };
}
