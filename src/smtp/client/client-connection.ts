/** One connection to a server, as far as it is lines and replies: writes, waits for replies with a deadline, and knows how it ended. */
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { LIMITS } from '#base';
import type { SmtpPhase } from '../mail.js';
import type { SmtpDialogueLine } from '../pool-port.js';
import { type RawReply, ReplyReader } from './reply-reader.js';
import { Trouble } from './trouble.js';

const LINE_END = /[\r\n]/;

interface Waiter {
  readonly phase: SmtpPhase;
  readonly timer: NodeJS.Timeout;
  resolve(reply: RawReply): void;
  reject(trouble: Trouble): void;
}

export class ClientConnection {
  /** `host:port`. */
  readonly host: string;
  /** Keywords of EHLO in upper case, and what stands behind them. */
  extensions: ReadonlyMap<string, string> = new Map();
  /** Mails that it has carried. */
  mails = 0;
  /** The server holds a transaction that has to be reset. */
  isDirty = false;
  /** The settings that it was made by hold no more. */
  isStale = false;
  /** Called once, when it has ended. */
  onEnd: () => void = () => {};
  private socket: Socket;
  private reader = new ReplyReader();
  private readonly onLine: ((line: SmtpDialogueLine) => void) | undefined;
  /** Replies that nobody has waited for yet. */
  private replies: RawReply[] = [];
  private waiter: Waiter | undefined;
  private end: Trouble | undefined;
  /** Somebody waits for content to be taken, and wants to know of anything else. */
  private disturb: (() => void) | undefined;
  private isClosing = false;

  constructor(host: string, socket: Socket, onLine?: (line: SmtpDialogueLine) => void) {
    this.host = host;
    this.socket = socket;
    this.onLine = onLine;
    this.use(socket);
  }

  get isUsable(): boolean {
    return this.end === undefined && !this.isClosing && !this.isStale;
  }

  get hasReply(): boolean {
    return this.replies.length > 0;
  }

  get tls(): { protocol: string; cipher: string } | undefined {
    const { socket } = this;
    return socket instanceof TLSSocket
      ? { protocol: socket.getProtocol() ?? 'unknown', cipher: socket.getCipher().name }
      : undefined;
  }

  private use(socket: Socket): void {
    this.socket = socket;
    socket.on('data', (chunk) => {
      if (socket === this.socket) this.arrive(chunk);
    });
    socket.on('error', (fault: NodeJS.ErrnoException) => {
      if (socket === this.socket) this.fail('dropped', fault.code ?? fault.message);
    });
    socket.on('end', () => {
      if (socket === this.socket) this.fail('dropped', 'the far side closed the connection');
    });
    socket.on('close', () => {
      if (socket === this.socket) this.fail('dropped', 'connection closed');
    });
  }

  private arrive(chunk: Buffer): undefined {
    if (this.end !== undefined) return;
    const replies = this.reader.read(chunk);
    if (replies === undefined) return this.fail('not-smtp', 'the far side said something that is no reply');
    for (const reply of replies) this.take(reply);
    if (this.replies.length > LIMITS.smtpReplyLinesMax) this.fail('not-smtp', 'the far side answers what was not asked');
  }

  private take(reply: RawReply): void {
    if (this.onLine !== undefined) {
      const divide = (i: number) => (i < reply.lines.length - 1 ? '-' : ' ');
      for (const [i, line] of reply.lines.entries()) this.onLine({ from: 'them', text: `${reply.code}${divide(i)}${line}` });
    }
    const { waiter } = this;
    if (waiter === undefined) {
      this.replies.push(reply);
      this.disturb?.();
      return;
    }
    this.waiter = undefined;
    clearTimeout(waiter.timer);
    waiter.resolve(reply);
  }

  /** The connection is of no more use. */
  private fail(cause: 'dropped' | 'not-smtp' | 'timeout', detail: string): undefined {
    if (this.end !== undefined) return;
    const { waiter } = this;
    this.end = new Trouble(cause, waiter?.phase ?? 'mail', detail);
    this.socket.destroy();
    if (waiter !== undefined) {
      this.waiter = undefined;
      clearTimeout(waiter.timer);
      waiter.reject(this.end);
    }
    this.disturb?.();
    this.onEnd();
  }

  /** The next reply, within so many milliseconds. Throws Trouble. */
  reply(phase: SmtpPhase, ms: number): Promise<RawReply> {
    const reply = this.replies.shift();
    if (reply !== undefined) return Promise.resolve(reply);
    if (this.end !== undefined) return Promise.reject(new Trouble(this.end.kind, phase, this.end.message));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.fail('timeout', `no answer within ${ms} ms`), ms);
      this.waiter = { phase, timer, resolve, reject };
    });
  }

  /** Writes command lines. Whatever they were made of has been looked at before; a line end in one of them is a bug of ours, and throws. */
  say(lines: readonly string[], shown: readonly string[] = lines): void {
    if (lines.some((it) => LINE_END.test(it))) throw new Error('smtp: a command holds a line end');
    if (this.onLine !== undefined) for (const text of shown) this.onLine({ from: 'us', text });
    if (this.end === undefined) this.socket.write(`${lines.join('\r\n')}\r\n`, 'utf8');
  }

  /** Writes a line and waits for its answer. */
  ask(line: string, phase: SmtpPhase, ms: number, shown?: string): Promise<RawReply> {
    this.say([line], shown === undefined ? undefined : [shown]);
    return this.reply(phase, ms);
  }

  /** Writes octets; `taken` once the kernel has all of them. */
  write(pieces: readonly Uint8Array[], taken: () => void): void {
    const { socket } = this;
    if (this.end !== undefined) return;
    socket.cork();
    for (const [i, piece] of pieces.entries()) {
      if (i < pieces.length - 1) socket.write(piece);
      else socket.write(piece, (fault) => fault ?? taken());
    }
    socket.uncork();
  }

  /**
   * Writes octets and resolves when the kernel has taken them (true), or something was said meanwhile (false). Throws Trouble when neither happens in
   * time, or the connection ends.
   */
  async block(pieces: readonly Uint8Array[], ms: number): Promise<boolean> {
    let isTaken = false;
    const timer = setTimeout(() => this.fail('timeout', `content was not taken within ${ms} ms`), ms);
    await new Promise<void>((resolve) => {
      this.disturb = resolve;
      this.write(pieces, () => {
        isTaken = true;
        resolve();
      });
      if (this.end !== undefined || this.hasReply) resolve();
    });
    this.disturb = undefined;
    clearTimeout(timer);
    if (this.end !== undefined && !isTaken) throw new Trouble(this.end.kind, 'content', this.end.message);
    return isTaken;
  }

  /** After 220 to STARTTLS: what has come in plain is not believed (RFC 3207 6), and the plain socket is TLS's from here on. */
  async secure(begin: (plain: Socket) => TLSSocket, fault: (socket: TLSSocket) => string | undefined, ms: number): Promise<void> {
    if (this.hasReply || this.reader.isWithin) {
      this.destroy();
      throw new Trouble('tls', 'starttls', 'the far side went on in plain after STARTTLS');
    }
    const plain = this.socket;
    plain.removeAllListeners('data');
    plain.on('error', () => {});
    const secured = begin(plain);
    this.use(secured);
    try {
      await handshake(secured, ms);
    } catch (why) {
      this.destroy();
      throw new Trouble('tls', 'starttls', `${this.host}: ${(why as Error).message}`);
    }
    const why = fault(secured);
    if (why === undefined) return;
    this.destroy();
    throw new Trouble('tls', 'starttls', `${this.host}: ${why}`);
  }

  /** In good order: QUIT, whose answer is not waited for longer than the linger. */
  quit(): void {
    if (this.end !== undefined || this.isClosing) return;
    this.isClosing = true;
    this.say(['QUIT']);
    this.socket.end();
    setTimeout(() => this.destroy(), LIMITS.smtpLingerMs).unref();
  }

  destroy(): void {
    this.fail('dropped', 'given up');
  }
}

/** Resolves when TLS stands. Rejects with what is wrong. */
export function handshake(socket: TLSSocket, ms: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => socket.destroy(new Error(`no TLS within ${ms} ms`)), ms);
    const done = (): void => clearTimeout(timer);
    socket.once('secureConnect', () => {
      done();
      resolve();
    });
    socket.once('error', (fault) => {
      done();
      reject(fault);
    });
    socket.once('close', () => {
      done();
      reject(new Error('connection closed during the TLS handshake'));
    });
  });
}
