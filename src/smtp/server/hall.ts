/** What the connections of one listener share. */
import type { SmtpListenerPorts } from '../listener-port.js';
import type { SmtpListenerLimits, SmtpListenerSettings } from '../listener-settings.js';
import type { RareLog } from '../rare-log.js';
import type { OctetRoom } from './content.js';
import type { Accounts } from './doors.js';
import type { Offered } from './envelope.js';
import type { ServerTls } from './server-tls.js';

/** A connection, as the listener sees it. */
export interface Standing {
  look(now: number): void;
  leave(): void;
  destroy(): void;
}

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
  /** A content that was taken, or a command or content that was not. Unit: octets. */
  count(what: 'taken' | 'deferred' | 'refused', octets?: number): void;
  /** Milliseconds that only grow. */
  readonly now: () => number;
  left(connection: Standing): void;
}
