/**
 * Reads a request body: never more than its limit in memory, by the octets that arrive and not by the length that is claimed, for
 * Content-Length and chunked alike. A body that comes in one piece is handed on as it is; else its pieces are put together once, at the end.
 */
import type { IncomingMessage } from 'node:http';
import { LIMITS } from '#base';

/** `gone`: the client went before the end. */
export type BodyOutcome =
  | { readonly kind: 'whole'; readonly octets: Uint8Array }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'gone' };

/** Told of octets that are held in memory, and of those that are not any more (below zero). */
export type Holding = (octets: number) => void;

/** Reads and throws away what is left of a body, so that no reset overtakes the answer; beyond the limit it stops reading. */
export function drain(request: IncomingMessage, ended: () => void): void {
  let octets = 0;
  const stop = (): void => {
    request.off('data', count);
    ended();
  };
  const count = (piece: Uint8Array): void => {
    octets += piece.length;
    if (octets <= LIMITS.mm7DrainOctetsMax) return;
    request.pause();
    stop();
  };
  if (request.complete) {
    ended();
    return;
  }
  request.on('data', count);
  request.once('end', stop);
}

/** The body of a request, at most `max` octets. What is held is given back by the caller once it is done with the octets. */
export function readBody(request: IncomingMessage, max: number, holding: Holding): Promise<BodyOutcome> {
  return new Promise((resolve) => {
    if (Number(request.headers['content-length'] ?? 0) > max) {
      resolve({ kind: 'too-large' });
      return;
    }
    let pieces: Uint8Array[] = [];
    let held = 0;
    const done = (outcome: BodyOutcome): void => {
      request.off('data', take);
      request.off('end', end);
      request.off('close', closed);
      if (outcome.kind !== 'whole') holding(-held);
      pieces = [];
      resolve(outcome);
    };
    const take = (piece: Uint8Array): void => {
      held += piece.length;
      holding(piece.length);
      if (held > max) done({ kind: 'too-large' });
      else pieces.push(piece);
    };
    const end = (): void => done({ kind: 'whole', octets: pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces, held) });
    const closed = (): void => done({ kind: 'gone' });
    request.on('data', take);
    request.on('end', end);
    request.on('close', closed);
  });
}
