/** A content provider that calls: requests in SOAP or JSON to a relay, with HTTP authentication. */
import { request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { LIMITS } from '#base';
import type { MimeSource } from '#codec/mime';
import { decodePacket, encodePacket, type Mm7DecodeError, type Mm7Dialect, type Mm7Message, type Mm7Reading } from '#codec/mm7';
import { DigestClient } from '../digest.js';

/** How the provider says who it is. */
export type Login =
  | { readonly method: 'none' }
  | { readonly method: 'basic' | 'digest'; readonly user: string; readonly password: string }
  | { readonly method: 'bearer'; readonly token: string };

export interface RelayAddress {
  readonly url: string;
  readonly login: Login;
  readonly timeoutMs: number;
  /** PEM of the authorities believed; absent: those of the system. */
  readonly authorities?: string;
}

export interface HttpAnswer {
  readonly http: number;
  readonly contentType: string | undefined;
  readonly body: Uint8Array;
  readonly challenges: readonly string[];
}

interface Octets {
  readonly contentType: string;
  readonly pieces: readonly Uint8Array[];
  readonly octets: number;
}

function once(
  address: RelayAddress,
  method: string,
  body: Octets | undefined,
  authorization: string | undefined,
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const url = new URL(address.url);
    const headers: Record<string, string> = {
      'Content-Length': String(body?.octets ?? 0),
      ...(body !== undefined && { 'Content-Type': body.contentType }),
      ...(body?.contentType.startsWith('application/json') === false && { SOAPAction: '""' }),
      ...(authorization !== undefined && { Authorization: authorization }),
    };
    const options = { method, headers, agent: false as const, timeout: address.timeoutMs };
    const tls = address.authorities === undefined ? {} : { ca: address.authorities };
    const call = url.protocol === 'https:' ? tlsRequest(url, { ...options, ...tls }) : plainRequest(url, options);
    call.on('timeout', () => call.destroy(new Error(`no answer within ${address.timeoutMs} ms`)));
    call.on('error', reject);
    call.on('response', (response) => {
      const pieces: Uint8Array[] = [];
      let octets = 0;
      response.on('data', (piece: Uint8Array) => {
        octets += piece.length;
        if (octets > LIMITS.handsetAnswerOctetsMax) call.destroy(new Error('the answer is too long'));
        else pieces.push(piece);
      });
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          http: response.statusCode ?? 0,
          contentType: response.headers['content-type'],
          body: Buffer.concat(pieces),
          challenges: [response.headers['www-authenticate'] ?? []].flat(),
        }),
      );
    });
    for (const piece of body?.pieces ?? []) call.write(piece);
    call.end();
  });
}

/** One request, repeated once with an answer to a Digest challenge. Rejects when there is no answer. */
export async function callRelay(address: RelayAddress, method: string, body?: Octets): Promise<HttpAnswer> {
  const { login, url } = address;
  switch (login.method) {
    case 'none':
      return once(address, method, body, undefined);
    case 'bearer':
      return once(address, method, body, `Bearer ${login.token}`);
    case 'basic':
      return once(address, method, body, `Basic ${Buffer.from(`${login.user}:${login.password}`, 'utf8').toString('base64')}`);
    case 'digest': {
      const digest = new DigestClient(login.user, login.password);
      const first = await once(address, method, body, undefined);
      const { pathname, search } = new URL(url);
      if (first.http !== 401 || !digest.hear(first.challenges)) return first;
      return once(address, method, body, digest.answer(method, pathname + search));
    }
  }
}

/** What came back for a SOAP request. */
export interface SoapAnswer {
  readonly http: number;
  readonly reading?: Mm7Reading;
  /** Why the body is no answer. */
  readonly unreadable?: Mm7DecodeError;
}

/** One SOAP request. Rejects when there is no answer. */
export async function callSoap(
  address: RelayAddress,
  transactionId: string,
  message: Mm7Message,
  dialect: Mm7Dialect,
  content?: MimeSource,
): Promise<SoapAnswer> {
  const answer = await callRelay(address, 'POST', encodePacket({ transactionId, message }, dialect, content));
  const reading = decodePacket(answer.contentType, answer.body);
  return { http: answer.http, ...(reading.ok ? { reading: reading.value } : { unreadable: reading.error }) };
}
