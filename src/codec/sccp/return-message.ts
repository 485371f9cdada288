/** How a message that cannot be delivered goes back to its sender: UDT as UDTS, XUDT as XUDTS, LUDT as LUDTS. ITU-T Q.714 4.2. */
import { err, ok, type Result } from '#base';
import { assemble, type DoesNotFit } from './encode.js';
import { HOP_COUNTER_MAX } from './hop-counter.js';
import { MESSAGES } from './messages.js';
import type { SccpView } from './view.js';

/** Why nothing goes back. `not-asked`: the sender does not want it. `is-service-message`: these never come back. `no-sender`: the calling address is empty. */
export type NoReturn = { readonly kind: 'not-asked' | 'is-service-message' | 'no-sender' } | DoesNotFit;

/**
 * The service message that takes `view` back with a return cause (RETURN_CAUSE). Addresses change places, data and optional parameters
 * go back octet for octet, the hop counter starts anew. A segment goes back when it carries the return option itself.
 */
export function returnMessage(view: SccpView, cause: number): Result<Uint8Array<ArrayBuffer>, NoReturn> {
  const row = MESSAGES[view.kind];
  if (row.isService) return err({ kind: 'is-service-message' });
  if (!view.returnOnError) return err({ kind: 'not-asked' });
  // An address indicator alone says nothing about where to.
  if (view.calling.length < 2) return err({ kind: 'no-sender' });
  const service = MESSAGES[row.returnedAs];
  const fixed = service.hasHopCounter ? [service.type, cause, HOP_COUNTER_MAX] : [service.type, cause];
  const assembled = assemble(service, {
    fixed: new Uint8Array(fixed),
    called: view.calling,
    calling: view.called,
    data: view.data,
    optional: view.optionalAt === undefined ? undefined : view.octets.subarray(view.optionalAt),
  });
  return assembled.ok ? ok(assembled.value) : assembled;
}
