/**
 * HTTP towards one VASP: a pool of connections, how we identify ourselves there, and a deadline for each call. Made anew when the VASP's
 * object changes. An answer is read to a limit and never trusted beyond it.
 */
import { Pool } from 'undici';
import { LIMITS } from '#base';
import type { VaspDelivery } from '#directory';
import { DigestClient } from './digest.js';

/** A body that is sent; the pieces are walked again when the call has to be repeated with an answer to a challenge. */
export interface Call {
  readonly contentType: string;
  readonly pieces: readonly Uint8Array[];
  readonly octets: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** What came back. `failed`: no answer at all; `why` for people. */
export type CallOutcome =
  | {
      readonly kind: 'answered';
      readonly http: number;
      readonly contentType: string | undefined;
      readonly body: Uint8Array;
      /** Retry-After in milliseconds; absent when not said, or as a date. */
      readonly retryAfterMs?: number;
    }
  | { readonly kind: 'failed'; readonly why: string };

export interface VaspClient {
  call(call: Call): Promise<CallOutcome>;
  /** No further call. Those under way may end for `graceMs`; absent: until their own deadlines. */
  close(graceMs?: number): Promise<void>;
}

const UNAUTHORIZED = 401;
/** Longest Retry-After that is believed. Unit: seconds. */
const RETRY_AFTER_MAX = 86_400;

async function* each(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* pieces;
}

function one(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

/** An answer's body, as far as it is worth reading. Throws where the connection breaks. */
async function readAnswer(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let octets = 0;
  for await (const piece of body) {
    octets += piece.length;
    if (octets > LIMITS.mm7AnswerOctetsMax) break;
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

/** What went wrong, without addresses or stacks. */
function reasonOf(e: unknown): string {
  if (!(e instanceof Error)) return 'the call failed';
  const code = (e as NodeJS.ErrnoException).code ?? (e.cause as NodeJS.ErrnoException | undefined)?.code;
  if (e.name === 'TimeoutError' || code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT')
    return 'no answer in time';
  return code === undefined ? 'the call failed' : `the call failed: ${code}`;
}

/** Whether it is network or far side that failed. A call that was made wrongly is a defect of ours. */
function isNetworkTrouble(e: unknown): boolean {
  if (!(e instanceof Error)) return false;
  if (e.name === 'TimeoutError' || e.name === 'AbortError') return true;
  const { code } = e as NodeJS.ErrnoException;
  return typeof code === 'string' && !code.startsWith('ERR_INVALID') && code !== 'UND_ERR_INVALID_ARG';
}

/** A client for `delivery.url`, which is there. */
export function createClient(delivery: VaspDelivery & { readonly url: string }): VaspClient {
  const { origin, pathname, search } = new URL(delivery.url);
  const path = pathname + search;
  const { user = '', password = '', authorities, timeoutMs } = delivery;
  const pool = new Pool(origin, {
    connections: delivery.connectionsMax,
    pipelining: 1,
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    connect: { timeout: timeoutMs, ...(authorities !== undefined && { ca: authorities }) },
  });
  const digest = delivery.method === 'digest' ? new DigestClient(user, password) : undefined;

  function authorization(): string | undefined {
    switch (delivery.method) {
      case 'none':
        return undefined;
      case 'basic':
        return `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}`;
      case 'bearer':
        return `Bearer ${password}`;
      case 'digest':
        return digest?.answer('POST', path);
    }
  }

  async function send(call: Call, signal: AbortSignal): Promise<CallOutcome & { readonly challenges?: readonly string[] }> {
    const credentials = authorization();
    const answer = await pool.request({
      method: 'POST',
      path,
      signal,
      headers: {
        ...call.headers,
        'content-type': call.contentType,
        'content-length': String(call.octets),
        ...(credentials !== undefined && { authorization: credentials }),
      },
      body: each(call.pieces) as unknown as Uint8Array,
    });
    const body = await readAnswer(answer.body);
    const retryAfter = /^[0-9]{1,6}$/.exec(one(answer.headers['retry-after']) ?? '')?.[0];
    const challenges = answer.headers['www-authenticate'];
    return {
      kind: 'answered',
      http: answer.statusCode,
      contentType: one(answer.headers['content-type']),
      body,
      ...(retryAfter !== undefined && { retryAfterMs: Math.min(Number(retryAfter), RETRY_AFTER_MAX) * 1000 }),
      ...(challenges !== undefined && { challenges: [challenges].flat() }),
    };
  }

  return {
    async call(call) {
      const signal = AbortSignal.timeout(timeoutMs);
      try {
        const first = await send(call, signal);
        const challenged = digest !== undefined && first.kind === 'answered' && first.http === UNAUTHORIZED;
        return challenged && digest.hear(first.challenges ?? []) ? await send(call, signal) : first;
      } catch (e) {
        if (!isNetworkTrouble(e)) throw e;
        return { kind: 'failed', why: reasonOf(e) };
      }
    },
    async close(graceMs) {
      const cut = graceMs === undefined ? undefined : setTimeout(() => void pool.destroy(), graceMs);
      await pool.close();
      clearTimeout(cut);
    },
  };
}
