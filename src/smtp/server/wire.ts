/**
 * One connection of a listener, as far as it is octets, lines, questions and answers; what they mean is `ServerConnection`'s. Nothing is read while the handler
 * thinks, so a connection holds one command line or one content at a time, and a client that does not wait for answers waits all the same.
 */
import type { Socket } from 'node:net';
import { LIMITS } from '#base';
import { REPLIES, replyText, type SmtpReply } from '../reply.js';
import type { Hall } from './hall.js';
import { SAY } from './sayings.js';

const LF = 10;
const CR = 13;
const NONE = Buffer.alloc(0);
const CONTROL = /[\x00-\x1f\x7f]/;
const NOT_FOR_REPLIES = /[\x00-\x1f\x7f-\uffff]/g;

export abstract class Wire<Peer> {
  readonly id: string;
  protected readonly hall: Hall<Peer>;
  protected socket: Socket;
  /** What has come and has not been looked at: from `at` to the end of `octets`. */
  private octets: Buffer = NONE;
  private at = 0;
  /** Questions to the handler that are not answered yet, and a TLS handshake. */
  protected waits = 0;
  private isEnded = false;
  private isRunning = false;
  private isLeaving = false;
  /** Answers of this turn, which go out together. */
  private out = '';
  private errors = 0;
  /** By which the client has to do something. */
  private deadline: number;

  constructor(hall: Hall<Peer>, socket: Socket, id: string) {
    this.hall = hall;
    this.id = id;
    this.socket = socket;
    this.deadline = hall.now() + hall.limits.commandMs;
  }

  /** Whether a mail is between MAIL and the answer to its content. */
  protected abstract readonly isBusy: boolean;
  /** The transaction has come so far that a mail may follow. One whose recipients were all refused need not be waited for. */
  protected abstract readonly hasRecipient: boolean;
  /** Whether what comes is content. */
  protected abstract readonly isInContent: boolean;
  /** A command line, without its end. */
  protected abstract line(text: string): void;
  /** Content from `at` on; returns where it ended, or undefined when it has not. */
  protected abstract content(octets: Buffer, at: number): number | undefined;
  /** Lets go of the transaction, if there is one. */
  protected abstract forget(): void;
  /** Whether the client is too slow by other measures than silence. */
  protected abstract crawls(now: number): boolean;

  /** Whether the client has sent something behind the line that is being looked at. */
  protected get hasMore(): boolean {
    return this.at < this.octets.length;
  }

  protected use(socket: Socket): void {
    this.socket = socket;
    socket.on('data', (chunk) => {
      // After TLS has begun the plain socket's octets are not ours.
      if (socket === this.socket) this.arrive(chunk);
    });
    socket.on('error', () => socket.destroy());
    socket.on('end', () => {
      if (socket === this.socket) this.end();
    });
    socket.on('close', () => {
      if (socket === this.socket) this.gone();
    });
    // A PROXY header may have been read before, and what stood behind it put back.
    socket.resume();
  }

  // what comes

  private arrive(chunk: Buffer): void {
    if (this.isEnded) return;
    this.octets = this.hasMore ? Buffer.concat([this.octets.subarray(this.at), chunk]) : chunk;
    this.at = 0;
    if (this.isInContent) this.allow(this.hall.limits.contentSilenceMs);
    this.run();
  }

  private run(): void {
    if (this.isRunning) return;
    this.isRunning = true;
    while (this.waits === 0 && !this.isEnded && this.hasMore)
      if (!(this.isInContent ? this.takeContent() : this.takeLine())) break;
    this.isRunning = false;
    this.flush();
    if (!this.hasMore) this.octets = NONE;
    if (this.isLeaving && !this.hasRecipient && this.waits === 0) this.end(SAY.closing);
  }

  /** False: it has not come whole. */
  private takeLine(): boolean {
    const end = this.octets.indexOf(LF, this.at);
    const length = (end < 0 ? this.octets.length : end + 1) - this.at;
    if (length > LIMITS.smtpCommandOctetsMax) {
      this.end(SAY.tooLong);
      return true;
    }
    if (end < 0) return false;
    const line = this.octets.toString('latin1', this.at, Math.max(this.at, end - 1));
    const isRight = end > this.at && this.octets[end - 1] === CR;
    this.at = end + 1;
    this.allow(this.hall.limits.commandMs);
    if (!isRight || CONTROL.test(line)) this.end(SAY.badLine);
    else this.line(line);
    return true;
  }

  private takeContent(): boolean {
    const end = this.content(this.octets, this.at);
    if (end === undefined) {
      this.at = this.octets.length;
      return false;
    }
    this.at = end;
    return true;
  }

  /** From now on. Unit: milliseconds. */
  protected allow(ms: number): void {
    this.deadline = this.hall.now() + ms;
  }

  // the handler

  /** Asks, and goes on with the answer, now or when it comes; nothing is read meanwhile. */
  protected ask<T>(question: () => T | Promise<T>, then: (answer: T) => undefined): undefined {
    let answer: T | Promise<T>;
    try {
      answer = question();
    } catch (fault) {
      this.handlerFailed(fault);
      return;
    }
    if (!(answer instanceof Promise)) return then(answer);
    this.waits++;
    this.flush();
    this.socket.pause();
    answer
      .then(then)
      .catch((fault: unknown) => this.handlerFailed(fault))
      .finally(() => this.answered());
  }

  private handlerFailed(fault: unknown): void {
    this.hall.ports.log.error({ listener: this.hall.settings.name, session: this.id, err: fault }, 'smtp: the handler failed');
    this.forget();
    this.refuse(REPLIES.localError);
  }

  private answered(): void {
    this.waits--;
    if (this.waits > 0) return;
    if (this.isEnded) {
      // The client has gone while the handler thought: what it held is let go now.
      this.forget();
      this.flush();
      return;
    }
    this.allow(this.hall.limits.commandMs);
    this.socket.resume();
    this.run();
  }

  // answers

  /** A reply of one line. */
  protected say(reply: SmtpReply): undefined {
    this.sayLine(replyText(reply).replace(NOT_FOR_REPLIES, ' '));
  }

  protected sayLine(text: string): void {
    this.out += `${text}\r\n`;
  }

  /** What the client has asked for is not done; 421 ends the connection. */
  protected refuse(reply: SmtpReply): undefined {
    this.hall.count(reply.code >= 500 ? 'refused' : 'deferred');
    if (reply.code === 421) this.end(reply);
    else this.say(reply);
  }

  /** The client does not speak as it should. */
  protected fault(reply: SmtpReply): undefined {
    this.errors++;
    if (this.errors >= this.hall.limits.errorsMax) return this.end(SAY.tooManyErrors);
    this.refuse(reply);
  }

  protected flush(): void {
    if (this.out === '') return;
    const { out, socket } = this;
    this.out = '';
    if (socket.destroyed) return;
    socket.write(out, 'latin1');
    if (socket.writableLength > LIMITS.smtpUnreadOctetsMax) socket.destroy();
  }

  /** Says a last word and ends the connection; what comes after it is not looked at. */
  protected end(reply?: SmtpReply): undefined {
    if (this.isEnded) return;
    this.isEnded = true;
    if (reply !== undefined) this.say(reply);
    this.flush();
    if (this.waits === 0) this.forget();
    this.octets = NONE;
    this.at = 0;
    const { socket } = this;
    socket.end();
    socket.resume();
    // Long enough for the client to read what it was told; unread octets of its own would take the answer with them.
    setTimeout(() => socket.destroy(), LIMITS.smtpLingerMs).unref();
  }

  private gone(): void {
    this.isEnded = true;
    if (this.waits === 0) this.forget();
    this.hall.left(this);
  }

  // the listener's side

  /** Ends the connection when the client has been too slow. */
  look(now: number): void {
    // The handler's time is not the client's.
    if (this.isEnded || (this.waits > 0 && this.isBusy)) return;
    if (now > this.deadline || this.crawls(now)) this.end(SAY.tooSlow);
  }

  /** Ends as soon as no mail is under way. */
  leave(): void {
    this.isLeaving = true;
    if (!this.hasRecipient && this.waits === 0) this.end(SAY.closing);
  }

  destroy(): void {
    this.socket.destroy();
  }
}
