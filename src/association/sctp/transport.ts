import { err, type Log, type Result } from '#base';
import type { Transport, TransportError } from '../port.js';

export async function openSctp(_log: Log): Promise<Result<Transport, TransportError>> {
  return err({ kind: 'no-sctp', text: 'this build has no SCTP transport yet' });
}
