/**
 * A handset's (or many handsets') side of the laboratory's push; its lines are described in `endpoint/push/lab.ts`.
 * A push is confirmed once the callback has taken it: what the callback throws on will be pushed again.
 */
import { connect, type Socket } from 'node:net';
import { LIMITS, type Msisdn, toMsisdn } from '#base';
import { type DeliveryInd, decodePdu, type MmsPdu, type NotificationInd, type ReadOrigInd } from '#codec/mms';
import { decodePush, MMS_APPLICATION_ID, MMS_MESSAGE } from '#codec/wsp';

export interface ReceivedPush {
  /** For whom. */
  readonly msisdn: Msisdn;
  readonly pdu: NotificationInd | DeliveryInd | ReadOrigInd;
  /** The WSP push as it came; valid after the callback as well. */
  readonly octets: Uint8Array;
}

/** What happens to the listening itself; the pushes come by `onPush`. */
export type ListenEvent =
  /** All numbers are being listened for (again). */
  | { readonly kind: 'listening' }
  /** The connection is gone or could not be had; `retryInMs` when it will be tried again. */
  | { readonly kind: 'disconnected'; readonly reason: string; readonly retryInMs?: number }
  /** Somebody else listens for this number now; it is not asked back. */
  | { readonly kind: 'replaced'; readonly msisdn: Msisdn }
  /** A push that is none of the three PDUs; it was confirmed, as it would be no better the next time. */
  | { readonly kind: 'not-understood'; readonly msisdn: Msisdn; readonly reason: string; readonly octets: Uint8Array }
  /** The callback threw; the push was not confirmed. */
  | { readonly kind: 'callback-failed'; readonly msisdn: Msisdn; readonly error: unknown };

export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  /** E.164 digits without plus; all listen on one connection. */
  readonly msisdns: readonly string[];
  /** Several may be under way at once; each is confirmed when its own promise resolves. */
  readonly onPush: (push: ReceivedPush) => void | Promise<void>;
  readonly onEvent?: (event: ListenEvent) => void;
  /** Try again after a lost connection, at growing intervals. Absent: yes. */
  readonly reconnect?: boolean;
}

export interface Listener {
  /** Resolves when the server has confirmed all numbers for the first time; rejects when listening ends before. */
  readonly ready: Promise<void>;
  /** Resolves when listening has ended: closed, all numbers replaced, or the connection lost and `reconnect` false. Never rejects. */
  readonly ended: Promise<void>;
  close(): Promise<void>;
}

/** Waits before the next connection: doubled each time, set back by a success. */
const RECONNECT_FIRST_MS = 200;
const RECONNECT_LAST_MS = 5_000;

/** Begins to listen. Throws on a number that is none. */
export function listen(options: ListenOptions): Listener {
  const wanted = new Set(options.msisdns.map(asMsisdn));
  const tell = options.onEvent ?? (() => {});
  let socket: Socket | undefined;
  let retry: NodeJS.Timeout | undefined;
  let waitMs = RECONNECT_FIRST_MS;
  let closed = false;
  let isReady = () => {};
  let isNotReady = (_: Error) => {};
  let hasEnded = () => {};
  const ready = new Promise<void>((resolve, reject) => {
    isReady = resolve;
    isNotReady = reject;
  });
  // Who does not wait for `ready` hears of the failure by onEvent.
  ready.catch(() => {});
  const ended = new Promise<void>((resolve) => {
    hasEnded = resolve;
  });

  function end(reason: string): void {
    closed = true;
    clearTimeout(retry);
    isNotReady(new Error(reason));
    hasEnded();
  }

  function open(): void {
    const conversation = new Conversation(wanted, options.onPush, (event) => {
      if (event.kind === 'listening') {
        waitMs = RECONNECT_FIRST_MS;
        isReady();
      }
      tell(event);
      if (event.kind === 'replaced' && wanted.size === 0) socket?.destroy();
    });
    let reason = 'the connection was closed';
    const current = connect({ host: options.host, port: options.port, noDelay: true, keepAlive: true });
    socket = current;
    current.on('connect', () => conversation.begin(current));
    current.on('data', (chunk) => {
      const trouble = conversation.read(chunk);
      if (trouble === undefined) return;
      reason = trouble;
      current.destroy();
    });
    current.on('error', (e) => {
      reason = e.message;
    });
    current.on('close', () => {
      conversation.over();
      if (closed) end('closed');
      else if (wanted.size === 0) end('all numbers listen elsewhere');
      else if (options.reconnect === false) {
        tell({ kind: 'disconnected', reason });
        end(reason);
      } else {
        tell({ kind: 'disconnected', reason, retryInMs: waitMs });
        retry = setTimeout(open, waitMs);
        waitMs = Math.min(waitMs * 2, RECONNECT_LAST_MS);
      }
    });
  }

  open();
  return {
    ready,
    ended,
    close: () => {
      closed = true;
      if (socket && !socket.closed) socket.destroy();
      else end('closed');
      return ended;
    },
  };
}

function asMsisdn(digits: string): Msisdn {
  const msisdn = toMsisdn(digits);
  if (msisdn === undefined)
    throw new RangeError(`${digits} is no number: 5 to 15 digits with country code are expected, no plus`);
  return msisdn;
}

const NEWLINE = 0x0a;
const PUSH_LINE = /^PUSH ([0-9]+) ([0-9]+) ([0-9]+)$/;

/** One connection's conversation: cuts what arrives into lines and pushes, and confirms. */
class Conversation {
  private readonly wanted: Set<Msisdn>;
  private readonly onPush: ListenOptions['onPush'];
  private readonly tell: (event: ListenEvent) => void;
  /** Set while the connection stands. */
  private socket: Socket | undefined;
  /** Numbers asked for and not yet confirmed. */
  private readonly asked = new Set<Msisdn>();
  private rest: Buffer = Buffer.alloc(0);
  /** The push whose octets are still arriving. */
  private arriving: { readonly id: string; readonly msisdn: Msisdn; readonly count: number } | undefined;
  /** Confirmations of this turn. */
  private confirmed = '';

  constructor(wanted: Set<Msisdn>, onPush: ListenOptions['onPush'], tell: (event: ListenEvent) => void) {
    this.wanted = wanted;
    this.onPush = onPush;
    this.tell = tell;
  }

  begin(socket: Socket): void {
    this.socket = socket;
    let lines = '';
    for (const msisdn of this.wanted) {
      this.asked.add(msisdn);
      lines += `LISTEN ${msisdn}\r\n`;
    }
    socket.write(lines, 'latin1');
  }

  over(): void {
    this.socket = undefined;
  }

  /** Takes what has arrived. Returns why the connection must end. */
  read(chunk: Buffer): string | undefined {
    const octets = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    let from = 0;
    for (;;) {
      if (this.arriving) {
        const { id, msisdn, count } = this.arriving;
        if (octets.length - from < count) break;
        // A copy: whoever keeps one push must not keep the whole chunk.
        this.take(id, msisdn, Buffer.from(octets.subarray(from, from + count)));
        from += count;
        this.arriving = undefined;
      } else {
        const to = octets.indexOf(NEWLINE, from);
        if ((to === -1 ? octets.length : to) - from > LIMITS.labLineOctetsMax) return 'the server sends a line that is too long';
        if (to === -1) break;
        const trouble = this.obey(octets.toString('latin1', from, to).trimEnd());
        if (trouble !== undefined) return trouble;
        from = to + 1;
      }
    }
    this.rest = from === 0 ? octets : Buffer.from(octets.subarray(from));
    return undefined;
  }

  private obey(line: string): string | undefined {
    const push = PUSH_LINE.exec(line);
    if (push) {
      const [, id = '', number = '', count = ''] = push;
      const msisdn = toMsisdn(number);
      if (msisdn === undefined || Number(count) > LIMITS.pushOctetsMax) return `the server sends a push that cannot be: ${line}`;
      this.arriving = { id, msisdn, count: Number(count) };
      return undefined;
    }
    const [verb, number = ''] = line.split(' ', 2);
    const msisdn = toMsisdn(number);
    if (verb === 'OK' && msisdn !== undefined) {
      if (this.asked.delete(msisdn) && this.asked.size === 0) this.tell({ kind: 'listening' });
      return undefined;
    }
    if (verb === 'GONE' && msisdn !== undefined) {
      if (this.wanted.delete(msisdn)) this.tell({ kind: 'replaced', msisdn });
      return undefined;
    }
    if (verb === 'ERR') return `the server refuses: ${line.slice(4)}`;
    return 'this is no push server: OK, PUSH, GONE or ERR is expected';
  }

  private take(id: string, msisdn: Msisdn, octets: Uint8Array): void {
    const read = readPush(octets);
    if (typeof read === 'string') {
      this.confirm(id);
      this.tell({ kind: 'not-understood', msisdn, reason: read, octets });
      return;
    }
    try {
      const taken = this.onPush({ msisdn, pdu: read, octets });
      if (taken === undefined) this.confirm(id);
      else
        taken.then(
          () => this.confirm(id),
          (error: unknown) => this.tell({ kind: 'callback-failed', msisdn, error }),
        );
    } catch (error) {
      // The callback is somebody else's: whatever it throws belongs to him, and the other pushes go on.
      this.tell({ kind: 'callback-failed', msisdn, error });
    }
  }

  /** One write for all confirmations of a turn. */
  private confirm(id: string): void {
    if (this.confirmed === '') setImmediate(() => this.flush());
    this.confirmed += `ACK ${id}\r\n`;
  }

  private flush(): void {
    const lines = this.confirmed;
    this.confirmed = '';
    if (this.socket?.writable) this.socket.write(lines, 'latin1');
  }
}

/** The PDU of a push, or why there is none. */
function readPush(octets: Uint8Array): ReceivedPush['pdu'] | string {
  const push = decodePush(octets);
  if (!push.ok) return `the WSP push is malformed: ${push.error.text}`;
  const { contentType, applicationId, body } = push.value;
  // Phones look at both before they look inside, so a push that lacks one is as good as lost.
  if (contentType.media !== MMS_MESSAGE.media) return `the WSP push carries ${contentType.media}`;
  if (applicationId !== MMS_APPLICATION_ID)
    return `the WSP push is for ${applicationId ?? 'no application'}, not for the MMS client`;
  const pdu = decodePdu(body);
  if (!pdu.ok) return `the MMS PDU is malformed: ${pdu.error.text}`;
  return isPushed(pdu.value) ? pdu.value : `${pdu.value.kind} is not pushed`;
}

const PUSHED: Partial<Record<MmsPdu['kind'], true>> = {
  'm-notification-ind': true,
  'm-delivery-ind': true,
  'm-read-orig-ind': true,
};
const isPushed = (pdu: MmsPdu): pdu is ReceivedPush['pdu'] => PUSHED[pdu.kind] === true;
