/** Answers of both interfaces, ready to be written. Pure. */
import type { CallFacts } from './identify.js';
import { type JsonReply, problemReply } from './json.js';
import { type Refusal, sayRefusal } from './refusals.js';
import { refuseUnread, type SoapReply } from './soap.js';

/** One answer, ready to be written. */
export interface Reply {
  readonly http: number;
  readonly headers: readonly string[];
  readonly pieces: readonly Uint8Array[];
  readonly octets: number;
}

/** `http`: status of a fault may be the account's wish. */
export const soapReply = (reply: SoapReply, http: number): Reply => ({
  http,
  headers: ['Content-Type', reply.packet.contentType],
  pieces: reply.packet.pieces,
  octets: reply.packet.octets,
});

const utf8 = new TextEncoder();

/** JSON and its headers. */
export function jsonReply(reply: JsonReply): Reply {
  const octets = utf8.encode(JSON.stringify(reply.body));
  const headers = Object.entries(reply.headers).flat();
  return { http: reply.http, headers: ['Content-Type', reply.contentType, ...headers], pieces: [octets], octets: octets.length };
}

/** A refusal where no message was read. */
export function refusalReply(of: CallFacts['interface'], refusal: Refusal): Reply {
  const { http, retryAfter } = sayRefusal(refusal);
  if (of === 'json') return jsonReply(problemReply(refusal));
  const reply = soapReply(refuseUnread(refusal, http), http);
  return retryAfter === undefined ? reply : { ...reply, headers: [...reply.headers, 'Retry-After', String(retryAfter)] };
}

/** Names and values in turn, as `writeHead` takes them. `close`: the connection ends with this answer. */
export const headersOf = (reply: Reply, close: boolean): string[] => [
  ...reply.headers,
  'Content-Length',
  String(reply.octets),
  ...(close ? ['Connection', 'close'] : []),
];
