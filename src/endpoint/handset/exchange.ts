/**
 * One HTTP exchange of a handset, whole or not at all: a request with a known body, an answer read to its end within a time and a size.
 * Driven on undici's dispatcher rather than on its streams: a load generator makes thousands of these a second.
 */
import { Agent } from 'undici';
import { err, LIMITS, ok, type Result } from '#base';

/** Connections to MMSCs, kept alive between exchanges. Many handsets of one load generator share one. */
export interface Transport {
  exchange(request: HandsetRequest): Promise<Result<HttpAnswer, TransportFault>>;
  /** Gives up what is under way and closes the connections. */
  close(): Promise<void>;
}

export interface HandsetRequest {
  readonly url: URL;
  readonly method: 'GET' | 'POST';
  /** Names and values in turn. */
  readonly headers: readonly string[];
  readonly body?: Uint8Array;
  /** For the whole exchange, waiting for a connection included. */
  readonly timeoutMs: number;
}

export interface HttpAnswer {
  readonly status: number;
  /** Without parameters, lower case; empty when not said. */
  readonly mediaType: string;
  readonly body: Uint8Array;
}

/** There is no answer. */
export type TransportFault =
  | { readonly kind: 'unreachable'; readonly reason: string }
  | { readonly kind: 'timeout'; readonly timeoutMs: number }
  | { readonly kind: 'answer-too-large'; readonly octetsMax: number };

/** `connectionsMax`: to one MMSC; more exchanges at once wait their turn. */
export function createTransport(options: { readonly connectionsMax: number }): Transport {
  const agent = new Agent({ connections: options.connectionsMax, pipelining: 1 });
  return {
    exchange: (request) => new Promise((resolve) => begin(agent, request, resolve)),
    close: () => agent.destroy(),
  };
}

function begin(agent: Agent, request: HandsetRequest, resolve: (result: Result<HttpAnswer, TransportFault>) => void): void {
  let abort: ((reason: Error) => void) | undefined;
  let settled = false;
  let status = 0;
  let mediaType = '';
  let octets = 0;
  const chunks: Uint8Array[] = [];

  const settle = (result: Result<HttpAnswer, TransportFault>): void => {
    if (settled) return;
    settled = true;
    clearTimeout(timer);
    resolve(result);
  };
  const giveUp = (fault: TransportFault): void => {
    settle(err(fault));
    abort?.(new Error(fault.kind));
  };
  const tooLarge: TransportFault = { kind: 'answer-too-large', octetsMax: LIMITS.handsetAnswerOctetsMax };
  const timer = setTimeout(() => giveUp({ kind: 'timeout', timeoutMs: request.timeoutMs }), request.timeoutMs);

  agent.dispatch(
    {
      origin: request.url.origin,
      path: request.url.pathname + request.url.search,
      method: request.method,
      headers: request.headers as string[],
      body: request.body ?? null,
      // The one timer above covers every phase.
      headersTimeout: 0,
      bodyTimeout: 0,
    },
    {
      onRequestStart(controller) {
        if (settled) controller.abort(new Error('given up before it began'));
        else abort = (reason) => controller.abort(reason);
      },
      onResponseStart(_controller, statusCode, headers) {
        status = statusCode;
        mediaType = text(headers['content-type']).split(';', 1)[0]!.trim().toLowerCase();
        if (Number(text(headers['content-length'])) > LIMITS.handsetAnswerOctetsMax) giveUp(tooLarge);
      },
      onResponseData(_controller, chunk) {
        octets += chunk.length;
        if (octets > LIMITS.handsetAnswerOctetsMax) giveUp(tooLarge);
        else chunks.push(chunk);
      },
      onResponseEnd() {
        settle(ok({ status, mediaType, body: chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, octets) }));
      },
      onResponseError(_controller, error) {
        settle(err({ kind: 'unreachable', reason: reasonOf(error) }));
      },
    },
  );
}

/** The system's messages name their code (`connect ECONNREFUSED 127.0.0.1:8514`), undici's do not. */
const reasonOf = (error: Error & { readonly code?: unknown }): string =>
  error.code === undefined || error.message.includes(String(error.code)) ? error.message : `${error.code}: ${error.message}`;

const text = (header: string | string[] | undefined): string => (Array.isArray(header) ? header[0] : header) ?? '';
