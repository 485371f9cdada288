/** The operator API from the other side: what the command line and later the console call. */
import { Client, errors } from 'undici';
import type { ZodType } from 'zod';
import { err, ok, type Result } from '#base';
import {
  type HistoryView,
  historyView,
  type MessagesView,
  messagesView,
  type ProblemView,
  problemView,
  type StatusView,
  statusView,
} from './api.js';

/** Where the API is: on a unix socket, or at an http or https address with its token. `authorities`: PEM, in place of those that the system knows. */
export type OperatorTarget =
  | { readonly socket: string }
  | { readonly url: string; readonly token: string; readonly authorities?: string };

/** `unreachable`: nothing answers there. `refused`: it answered with an error. */
export type OperatorError =
  | { readonly kind: 'unreachable'; readonly text: string }
  /** `faults`: what is wrong with objects, one by one, where the API says it. */
  | { readonly kind: 'refused'; readonly status: number; readonly text: string; readonly faults?: ObjectFaults };

export type ObjectFaults = NonNullable<ProblemView['faults']>;

export interface MessagesQuery {
  readonly sender?: string;
  readonly recipient?: string;
  readonly before?: string;
  readonly limit?: number;
}

/** How long an answer may take. Unit: milliseconds. Source: a page of the largest size from a cold disk. */
const TIMEOUT_MS = 30_000;

/** Requests to an API one after the other on one connection; `close` when done. */
export class ApiConnection {
  readonly #client: Client;
  readonly #headers: Readonly<Record<string, string>>;

  /** `headers`: sent with every request. */
  constructor(target: OperatorTarget, headers: Readonly<Record<string, string>> = {}) {
    const options = { headersTimeout: TIMEOUT_MS, bodyTimeout: TIMEOUT_MS };
    this.#client =
      'socket' in target
        ? new Client('http://localhost', { ...options, socketPath: target.socket })
        : new Client(target.url, {
            ...options,
            ...(target.authorities === undefined ? {} : { connect: { ca: target.authorities } }),
          });
    this.#headers = 'token' in target ? { ...headers, authorization: `Bearer ${target.token}` } : headers;
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  /** Ends at once; what is under way is `unreachable`. */
  cut(): Promise<void> {
    return this.#client.destroy();
  }

  /** Octets of a resource, `max` at most. */
  async octets(path: string, max: number): Promise<Result<Uint8Array, OperatorError>> {
    try {
      const answer = await this.#client.request({ method: 'GET', path, headers: this.#headers });
      const isGood = answer.statusCode === 200;
      const pieces: Uint8Array[] = [];
      let octets = 0;
      for await (const piece of answer.body as AsyncIterable<Uint8Array>) {
        octets += piece.length;
        // Leaving the loop closes the connection: the rest is not waited for.
        if (octets > (isGood ? max : PROBLEM_MAX)) return err(NO_ANSWER_OF_OURS(answer.statusCode));
        pieces.push(piece);
      }
      const body = Buffer.concat(pieces);
      return isGood ? ok(body) : err(refusalOf(answer.statusCode, body.toString()));
    } catch (e) {
      return err(unreachable(e));
    }
  }

  /** Asks, and reads the answer by its schema. `body`: sent as JSON. */
  async request<T>(
    method: 'GET' | 'PUT' | 'POST' | 'DELETE',
    path: string,
    schema: ZodType<T>,
    body?: unknown,
  ): Promise<Result<T, OperatorError>> {
    try {
      const sent = body === undefined ? {} : { body: JSON.stringify(body) };
      const headers = body === undefined ? this.#headers : { ...this.#headers, 'content-type': 'application/json' };
      const answer = await this.#client.request({ method, path, headers, ...sent });
      const text = await answer.body.text();
      if (answer.statusCode !== 200) return err(refusalOf(answer.statusCode, text));
      const value = schema.safeParse(jsonOrNothing(text));
      return value.success ? ok(value.data) : err(NO_ANSWER_OF_OURS(answer.statusCode));
    } catch (e) {
      return err(unreachable(e));
    }
  }
}

/** Octets of a refusal that are read. */
const PROBLEM_MAX = 65_536;

const NO_ANSWER_OF_OURS = (status: number): OperatorError => ({
  kind: 'refused',
  status,
  text: 'what answers there is no operator API of this kind, or of another version',
});

function refusalOf(status: number, text: string): OperatorError {
  const problem = problemView.safeParse(jsonOrNothing(text));
  const { detail = `status ${status}`, faults } = problem.success ? problem.data : {};
  return { kind: 'refused', status, text: detail, ...(faults === undefined ? {} : { faults }) };
}

/** Throws what is no trouble of the network. */
function unreachable(e: unknown): OperatorError {
  const { code, message } = e as NodeJS.ErrnoException;
  if (e instanceof errors.UndiciError || code !== undefined) return { kind: 'unreachable', text: code ?? message };
  throw e;
}

/** The API of the mmsc; `close` when done. */
export class OperatorClient {
  readonly #api: ApiConnection;

  constructor(target: OperatorTarget) {
    this.#api = new ApiConnection(target);
  }

  /** One page of messages, newest first. */
  messages(query: MessagesQuery): Promise<Result<MessagesView, OperatorError>> {
    const given = Object.entries(query).map(([key, value]): [string, string] => [key, String(value)]);
    return this.#get(`/v1/messages?${new URLSearchParams(given)}`, messagesView);
  }

  /** The whole history of one message. */
  message(id: string): Promise<Result<HistoryView, OperatorError>> {
    return this.#get(`/v1/messages/${encodeURIComponent(id)}`, historyView);
  }

  status(): Promise<Result<StatusView, OperatorError>> {
    return this.#get('/v1/status', statusView);
  }

  close(): Promise<void> {
    return this.#api.close();
  }

  #get<T>(path: string, schema: ZodType<T>): Promise<Result<T, OperatorError>> {
    return this.#api.request('GET', path, schema);
  }
}

function jsonOrNothing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (e) {
    if (e instanceof SyntaxError) return undefined;
    throw e;
  }
}
