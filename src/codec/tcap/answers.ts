/** Messages that answer other messages: what a node between two others says in the name of one of them. Q.774 3.3.3. */
import { PROTOCOL_VERSION_1 } from './dialogue.js';
import type { Abort, Begin, Component, Continue, End, PAbortCause, Reject } from './messages.js';

/**
 * Ends the sender's dialogue with these components. A dialogue opened with an application context is accepted in the same message (AARE), as
 * the first answer must (Q.774 3.2.1.6); a Continue has had its AARE before.
 */
export function endOf(request: Begin | Continue, components: readonly Component[]): End {
  const { dialogue } = request;
  return {
    kind: 'end',
    dtid: request.otid,
    ...(request.kind === 'begin' && dialogue?.kind === 'AARQ'
      ? {
          dialogue: {
            kind: 'AARE',
            protocolVersion: PROTOCOL_VERSION_1,
            applicationContext: dialogue.applicationContext,
            result: 0,
            diagnostic: { source: 'user', value: 0 },
          },
        }
      : {}),
    components,
  };
}

/** Ends a dialogue by the user's will, with the reason left open: ABRT, source user. `dtid`: the id that the receiver chose. */
export const userAbort = (dtid: Uint8Array): Abort => ({ kind: 'abort', dtid, dialogue: { kind: 'ABRT', source: 0 } });

/** Ends a dialogue by the provider's will. */
export const providerAbort = (dtid: Uint8Array, pAbortCause: PAbortCause): Abort => ({ kind: 'abort', dtid, pAbortCause });

/** A reject; `invokeId` undefined when it could not be read. */
export const rejectOf = (invokeId: number | undefined, problem: Reject['problem']): Reject => ({
  kind: 'reject',
  ...(invokeId === undefined ? {} : { invokeId }),
  problem,
});
