/** A closed-loop HTTP/1.1 load generator on raw sockets: each connection sends its next request when the last answer is complete. */
import { connect } from 'node:net';
import { Histogram } from './histogram.js';

/** Longest head of an answer. Unit: octets. Node's own limit for heads is the same. */
const HEAD_MAX = 16_384;

export interface LoadOptions {
  readonly host?: string;
  readonly port: number;
  readonly connections: number;
  /** How long requests are sent; those under way are awaited. */
  readonly durationMs: number;
  /** Sent and answered before anything is counted. */
  readonly warmUpMs?: number;
  /** A complete request, head and body, keep-alive. `n` counts all requests from 0. */
  readonly request: (n: number) => Uint8Array;
  /** Whether an answer is the wanted one. Absent: any status 200. The body is valid during the call only. */
  readonly accept?: (status: number, body: Buffer) => boolean;
}

/** Latencies in microseconds, of the answers accepted. `failures`: refused answers and broken connections. */
export interface LoadResult {
  readonly answers: number;
  readonly failures: number;
  readonly seconds: number;
  readonly perSecond: number;
  readonly latency: Histogram;
}

/** Understands answers with Content-Length or without a body (204, 304); anything else is a failure. */
export async function httpLoad(options: LoadOptions): Promise<LoadResult> {
  const begun = performance.now();
  const countFrom = begun + (options.warmUpMs ?? 0);
  const until = countFrom + options.durationMs;
  const accept = options.accept ?? ((status: number) => status === 200);
  const latency = new Histogram();
  let failures = 0;
  let sequence = 0;
  let lastAnswer = countFrom;

  const one = () =>
    new Promise<void>((resolve) => {
      const socket = connect({ host: options.host ?? '127.0.0.1', port: options.port, noDelay: true });
      let pending: Buffer = Buffer.alloc(0);
      let sentAt = 0;
      let waiting = false;
      const send = () => {
        if (performance.now() >= until) {
          waiting = false;
          socket.end();
          return;
        }
        const request = options.request(sequence++);
        sentAt = performance.now();
        waiting = true;
        socket.write(request);
      };
      socket.on('connect', send);
      socket.on('data', (chunk: Buffer) => {
        pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
        const answer = readAnswer(pending);
        if (answer === 'incomplete') return;
        if (answer === 'foreign') {
          socket.destroy(new Error('an answer this generator does not understand'));
          return;
        }
        pending = pending.subarray(answer.length);
        const now = performance.now();
        if (now >= countFrom) {
          if (accept(answer.status, answer.body)) latency.record((now - sentAt) * 1000);
          else failures++;
          lastAnswer = Math.max(lastAnswer, now);
        }
        send();
      });
      socket.on('error', () => {});
      socket.on('close', () => {
        if (waiting || sentAt === 0) failures++;
        resolve();
      });
    });

  await Promise.all(Array.from({ length: options.connections }, one));
  const seconds = Math.max(lastAnswer - countFrom, 1) / 1000;
  return { answers: latency.count, failures, seconds, perSecond: latency.count / seconds, latency };
}

type Answer = { readonly status: number; readonly body: Buffer; readonly length: number };

/** The first answer in `octets`, if it is whole. */
export function readAnswer(octets: Buffer): Answer | 'incomplete' | 'foreign' {
  const headEnd = octets.indexOf('\r\n\r\n');
  if (headEnd < 0) return octets.length > HEAD_MAX ? 'foreign' : 'incomplete';
  const head = octets.toString('latin1', 0, headEnd);
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1]);
  const declared = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (Number.isNaN(status) || (declared === undefined && status !== 204 && status !== 304)) return 'foreign';
  const length = headEnd + 4 + Number(declared ?? 0);
  return octets.length < length ? 'incomplete' : { status, body: octets.subarray(headEnd + 4, length), length };
}
