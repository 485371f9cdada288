/**
 * Reads request bodies: each piece is handed on as it comes, by the octets that arrive and not by the length that is claimed, for Content-Length and
 * chunked alike.
 */
import type { IncomingMessage } from 'node:http';
import { LIMITS } from '#base';
import type { Share } from './admission.js';

/** `no-room`: it grew beyond what may be held now. `stopped`: nobody wants the rest. `gone`: the client went before the end. */
export type BodyOutcome = 'whole' | 'too-large' | 'no-room' | 'stopped' | 'gone';

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
  request.resume();
}

/** Length that the request claims; undefined where it says none. */
export function claimedLength(request: IncomingMessage): number | undefined {
  const field = request.headers['content-length'];
  return field === undefined ? undefined : Number(field);
}

/** What a body is read by. */
export interface BodyReader {
  /** Octets at most. */
  readonly max: number;
  readonly share: Share;
  /** What is held in memory for each octet that has come. */
  readonly weight: number;
  /** Takes a piece, which is its own from now on. False: nobody wants more. */
  take(piece: Uint8Array): boolean;
}

/**
 * Hands the body of a request to `reader`, as long as that wants more. Then nothing is read any more until somebody drains it. Rejects with what
 * `take` throws.
 */
export function readBody(request: IncomingMessage, { max, share, weight, take }: BodyReader): Promise<BodyOutcome> {
  return new Promise((resolve, reject) => {
    let octets = 0;
    const release = (): void => {
      request.off('data', data);
      request.off('end', end);
      request.off('close', closed);
    };
    const done = (outcome: BodyOutcome): void => {
      release();
      if (outcome !== 'whole' && outcome !== 'gone') request.pause();
      resolve(outcome);
    };
    const data = (piece: Uint8Array): void => {
      octets += piece.length;
      if (octets > max) done('too-large');
      else if (!share.hold(octets * weight)) done('no-room');
      else
        try {
          if (!take(piece)) done('stopped');
        } catch (fault) {
          // Thrown out of an event it would end the process.
          release();
          request.pause();
          reject(fault as Error);
        }
    };
    const end = (): void => done('whole');
    const closed = (): void => done('gone');
    request.on('data', data);
    request.on('end', end);
    request.on('close', closed);
  });
}
