/** What the connections of one listener share. */
import type { SmtpListenerPorts } from '../listener-port.js';
import type { SmtpListenerLimits, SmtpListenerSettings } from '../listener-settings.js';
import type { RareLog } from '../rare-log.js';
import type { ServerConnection } from './connection.js';
import type { OctetRoom } from './content.js';
import type { Accounts } from './doors.js';
import type { Offered } from './envelope.js';
import type { ServerTls } from './server-tls.js';

export interface Hall<Peer> {
  readonly settings: SmtpListenerSettings;
  readonly limits: Required<SmtpListenerLimits>;
  readonly ports: SmtpListenerPorts<Peer>;
  readonly offered: Offered;
  /** Absent: the listener has none. */
  readonly tls: ServerTls | undefined;
  /** Memory of contents under way. */
  readonly room: OctetRoom;
  readonly accounts: Accounts;
  readonly rare: RareLog;
  readonly counters: { messages: number; octets: number; deferrals: number; refusals: number };
  /** Milliseconds that only grow. */
  readonly now: () => number;
  left(connection: ServerConnection<Peer>): void;
}
