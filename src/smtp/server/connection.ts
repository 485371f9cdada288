/**
 * One connection of a listener: reads lines and content, asks the handler, answers. Nothing is read while the handler thinks, so a connection holds
 * one command line or one content at a time, and a client that does not wait for answers waits all the same.
 *
 * What a client sends behind a command that has to be the last of its group (EHLO, STARTTLS, AUTH, DATA) ends the connection: it has been put there by
 * somebody who does not read our answers. RFC 2920 3.1.
 */
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { LIMITS, type Result } from '#base';
import type { SmtpHandler, SmtpIdentified, SmtpRecipient, SmtpSender, SmtpSession, SmtpTransaction } from '../handler.js';
import { REPLIES, replyText, type SmtpReply } from '../reply.js';
import { Authentication } from './authentication.js';
import { type ContentFault, ContentReader } from './content.js';
import { readMailFrom, readRcptTo } from './envelope.js';
import type { Hall } from './hall.js';
import { SAY } from './sayings.js';
import { tlsOf } from './server-tls.js';

const LF = 10;
const CR = 13;
const NONE = Buffer.alloc(0);

const CONTENT_FAULTS: Readonly<Record<ContentFault, SmtpReply>> = {
  'too-large': REPLIES.tooLarge,
  'no-room': REPLIES.noRoom,
  'bare-line-end': SAY.bare,
};

/** A browser, or whoever makes one speak to us. */
const HTTP_VERBS = new Set(['GET', 'POST', 'PUT', 'HEAD', 'OPTIONS', 'DELETE', 'CONNECT', 'TRACE', 'PATCH']);

interface Current<Peer> {
  readonly transaction: SmtpTransaction<Peer> & { readonly recipients: SmtpRecipient[] };
  readonly identified: SmtpIdentified<Peer>;
  readonly sizeMax: number;
}

export class ServerConnection<Peer> {
  readonly id: string;
  private readonly hall: Hall<Peer>;
  private readonly handler: SmtpHandler<Peer>;
  private socket: Socket;
  private session: SmtpSession;
  private hasGreeted = false;
  private current: Current<Peer> | undefined;
  private content: ContentReader | undefined;
  private contentSince = 0;
  private authentication: Authentication | undefined;
  /** What has come and has not been looked at: from `at` to the end of `octets`. */
  private octets: Buffer = NONE;
  private at = 0;
  /** The handler thinks, or TLS begins. */
  private isWaiting = false;
  private isEnded = false;
  private isRunning = false;
  private isLeaving = false;
  /** Answers of this turn, which go out together. */
  private out = '';
  private errors = 0;
  private refusedRecipients = 0;
  private authFailures = 0;
  /** By which the client has to do something. */
  private deadline: number;
  private establishBy: number;

  constructor(hall: Hall<Peer>, socket: Socket, address: string, port: number, id: string) {
    this.hall = hall;
    this.handler = hall.ports.handler;
    this.id = id;
    this.socket = socket;
    const now = hall.now();
    this.deadline = now + hall.limits.commandMs;
    this.establishBy = now + hall.limits.establishMs;
    this.session = {
      id,
      listener: hall.settings.name,
      address,
      port,
      helo: '',
      ...(socket instanceof TLSSocket ? { tls: tlsOf(socket) } : {}),
    };
    this.use(socket);
    this.say({ code: 220, text: `${hall.settings.hostName} ESMTP` });
    this.flush();
  }

  /** Whether a mail is between MAIL and the answer to its content. */
  get isBusy(): boolean {
    return this.current !== undefined;
  }

  private use(socket: Socket): void {
    this.socket = socket;
    socket.on('data', (chunk) => {
      // After TLS has begun the plain socket's octets are not ours.
      if (socket === this.socket) this.arrive(chunk);
    });
    socket.on('error', () => socket.destroy());
    socket.on('end', () => this.end());
    socket.on('close', () => {
      if (socket === this.socket) this.gone();
    });
  }

  // what comes

  private arrive(chunk: Buffer): void {
    if (this.isEnded) return;
    this.octets = this.at < this.octets.length ? Buffer.concat([this.octets.subarray(this.at), chunk]) : chunk;
    this.at = 0;
    if (this.content !== undefined) this.deadline = this.hall.now() + this.hall.limits.contentSilenceMs;
    this.run();
  }

  private run(): void {
    if (this.isRunning) return;
    this.isRunning = true;
    while (!this.isWaiting && !this.isEnded && this.at < this.octets.length) {
      if (!(this.content === undefined ? this.takeLine() : this.takeContent(this.content))) break;
    }
    this.isRunning = false;
    this.flush();
    if (!this.isWaiting && this.at >= this.octets.length) this.octets = NONE;
    if (this.isLeaving && !this.isBusy && !this.isWaiting) this.end(SAY.closing);
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
    const isRight = this.octets[end - 1] === CR && end > this.at;
    this.at = end + 1;
    this.deadline = this.hall.now() + this.hall.limits.commandMs;
    if (!isRight || CONTROL.test(line)) this.end(SAY.badLine);
    else if (this.authentication !== undefined) this.authenticate(line);
    else this.command(line);
    return true;
  }

  private takeContent(content: ContentReader): boolean {
    const end = content.read(this.octets, this.at);
    if (end === undefined) {
      this.at = this.octets.length;
      // Whoever goes on and on with what has been refused already is not listened to for ever.
      if (content.received > 2 * this.current!.sizeMax + LIMITS.smtpContentTrustOctets)
        this.end(CONTENT_FAULTS[content.fault ?? 'too-large']);
      return false;
    }
    this.at = end;
    this.contentCame(content);
    return true;
  }

  // commands

  private command(line: string): undefined {
    const space = line.indexOf(' ');
    const verb = (space < 0 ? line : line.slice(0, space)).toUpperCase();
    const argument = space < 0 ? '' : line.slice(space + 1).replace(/ +$/, '');
    switch (verb) {
      case 'MAIL':
        return this.mail(argument);
      case 'RCPT':
        return this.rcpt(argument);
      case 'DATA':
        return this.last(() => this.data(argument));
      case 'RSET':
        this.forget();
        return this.say(SAY.ok);
      case 'EHLO':
      case 'HELO':
        return this.last(() => this.greet(argument, verb === 'EHLO'));
      case 'STARTTLS':
        return this.last(() => this.startTls(argument));
      case 'AUTH':
        return this.last(() => this.auth(argument));
      case 'QUIT':
        return this.end(SAY.bye);
      case 'NOOP':
        return this.say(SAY.ok);
      case 'VRFY':
        return this.say(SAY.verify);
      case 'HELP':
        return this.say(SAY.help);
      case 'EXPN':
      case 'ETRN':
      case 'BDAT':
      case 'XCLIENT':
      case 'XFORWARD':
        return this.fault(SAY.notImplemented);
      default:
        if (HTTP_VERBS.has(verb)) return this.end(SAY.badCommand);
        this.fault(SAY.badCommand);
    }
  }

  /** Carries out a command that nothing may stand behind. */
  private last(command: () => undefined): undefined {
    if (this.at >= this.octets.length) return command();
    this.hall.rare.warn(
      { listener: this.session.listener, address: this.session.address },
      'improper pipelining: connection ended',
    );
    this.end(SAY.pipelining);
  }

  private greet(name: string, isExtended: boolean): undefined {
    if (!/^[!-~]+$/.test(name) || name.length > LIMITS.smtpDomainOctetsMax) return this.fault(SAY.name);
    this.forget();
    this.hasGreeted = true;
    this.session = { ...this.session, helo: name.toLowerCase() };
    const { hostName } = this.hall.settings;
    if (!isExtended) return this.say({ code: 250, text: hostName });
    const lines = [hostName, ...this.keywords()];
    this.out += lines.map((line, i) => `250${i < lines.length - 1 ? '-' : ' '}${line}\r\n`).join('');
  }

  private keywords(): string[] {
    const { utf8, dsn, deliverBy } = this.hall.offered;
    return [
      'PIPELINING',
      `SIZE ${this.hall.limits.sizeMax}`,
      '8BITMIME',
      'ENHANCEDSTATUSCODES',
      ...(this.canStartTls() ? ['STARTTLS'] : []),
      ...(this.canAuthenticate() ? ['AUTH PLAIN LOGIN'] : []),
      ...(dsn ? ['DSN'] : []),
      ...(utf8 ? ['SMTPUTF8'] : []),
      ...(deliverBy ? ['DELIVERBY'] : []),
    ];
  }

  private canStartTls(): boolean {
    return this.hall.tls !== undefined && this.hall.settings.tls!.mode !== 'implicit' && this.session.tls === undefined;
  }

  private canAuthenticate(): boolean {
    const { auth = 'none' } = this.hall.settings;
    if (auth === 'none' || this.handler.authenticate === undefined || this.session.user !== undefined) return false;
    return auth === 'offered-plain' || this.session.tls !== undefined;
  }

  private startTls(argument: string): undefined {
    if (!this.hasGreeted || this.current !== undefined) return this.fault(SAY.sequence);
    if (!this.canStartTls()) return this.fault(SAY.notImplemented);
    if (argument !== '') return this.fault(SAY.noArgument);
    this.say(SAY.startTls);
    this.flush();
    this.isWaiting = true;
    const plain = this.socket;
    plain.removeAllListeners('data');
    plain.once('close', () => {
      if (plain === this.socket) this.gone();
    });
    this.hall.tls!.secure(plain, (socket) => {
      // What was said in plain is forgotten, the name too. RFC 3207 4.2.
      this.use(socket);
      this.isWaiting = false;
      this.hasGreeted = false;
      const { user: _, ...session } = this.session;
      this.session = { ...session, helo: '', tls: tlsOf(socket) };
      this.deadline = this.hall.now() + this.hall.limits.commandMs;
      if (this.isEnded) socket.destroy();
    });
  }

  // AUTH

  private auth(argument: string): undefined {
    if (!this.hasGreeted || this.current !== undefined) return this.fault(SAY.sequence);
    if (!this.canAuthenticate())
      return this.fault(this.hall.settings.tls && !this.session.tls ? REPLIES.tlsNeeded : SAY.sequence);
    this.authentication = new Authentication();
    this.authenticationSaid(this.authentication.begin(argument));
  }

  private authenticate(line: string): void {
    this.authenticationSaid(this.authentication!.goOn(line));
  }

  private authenticationSaid(step: ReturnType<Authentication['begin']>): undefined {
    if (step.kind === 'challenge') {
      this.out += `334 ${step.text}\r\n`;
      return;
    }
    this.authentication = undefined;
    if (step.kind === 'refused') return this.fault(step.reply);
    const { user, password } = step;
    this.ask(this.handler.authenticate!(this.session, user, password), (isRight) => {
      if (isRight) {
        this.session = { ...this.session, user };
        return this.say(SAY.authenticated);
      }
      this.hall.rare.warn({ listener: this.session.listener, address: this.session.address }, 'authentication failed');
      this.authFailures++;
      if (this.authFailures >= LIMITS.smtpAuthFailuresMax) return this.end(SAY.tooManyErrors);
      this.fault({ code: 535, enhanced: '5.7.8', text: 'wrong user name or password' });
    });
  }

  // the transaction

  private mail(argument: string): undefined {
    if (!this.hasGreeted || this.current !== undefined) return this.fault(SAY.sequence);
    const { settings, limits, offered, room } = this.hall;
    if (settings.tls?.mode === 'starttls-required' && this.session.tls === undefined) return this.fault(REPLIES.tlsNeeded);
    const read = readMailFrom(argument, offered);
    if (!read.ok) return this.fault(read.error);
    const sender = read.value;
    const { size = 0 } = sender;
    if (size > limits.sizeMax) return this.refuse(REPLIES.tooLarge);
    if (room.taken + Math.min(size, LIMITS.smtpContentTrustOctets) > room.most) return this.refuse(REPLIES.noRoom);
    this.ask(this.handler.identify(this.session, sender), (identified) => {
      if ('refusal' in identified) this.refuse(identified.refusal);
      else this.begin(sender, identified);
    });
  }

  private begin(sender: SmtpSender, identified: SmtpIdentified<Peer>): undefined {
    const { accounts, limits } = this.hall;
    const sizeMax = Math.min(identified.sizeMax ?? limits.sizeMax, limits.sizeMax);
    if ((sender.size ?? 0) > sizeMax) return this.refuse(REPLIES.tooLarge);
    if (!accounts.enter(identified, this.hall.now())) return this.refuse(REPLIES.tooFast);
    const transaction = { session: this.session, peer: identified.peer, sender, recipients: [] };
    this.current = { transaction, identified, sizeMax };
    this.establishBy = Number.POSITIVE_INFINITY;
    this.ask(this.handler.sender?.(transaction), (refusal) => {
      if (refusal === undefined) return this.say(REPLIES.senderOk);
      this.forget();
      this.refuse(refusal);
    });
  }

  private rcpt(argument: string): undefined {
    const { current } = this;
    if (current === undefined) return this.fault(SAY.sequence);
    const { transaction, identified } = current;
    const read: Result<SmtpRecipient, SmtpReply> = readRcptTo(argument, this.hall.offered, transaction.sender.isUtf8);
    if (!read.ok) return this.fault(read.error);
    const recipient = read.value;
    const { recipients } = transaction;
    if (recipients.length >= (identified.recipientsMax ?? this.hall.limits.recipientsMax))
      return this.refuse(REPLIES.tooManyRecipients);
    if (recipients.some((it) => it.path.text === recipient.path.text)) return this.say(REPLIES.recipientOk);
    this.ask(this.handler.recipient(transaction, recipient), (refusal) => {
      if (refusal !== undefined) return this.refuseRecipient(refusal);
      recipients.push(recipient);
      this.say(REPLIES.recipientOk);
    });
  }

  private refuseRecipient(refusal: SmtpReply): undefined {
    this.refusedRecipients++;
    if (this.refusedRecipients < this.hall.limits.refusedRecipientsMax) return this.refuse(refusal);
    this.hall.rare.warn(
      { listener: this.session.listener, address: this.session.address },
      'too many refused recipients: connection ended',
    );
    this.end(SAY.tooManyRefused);
  }

  private data(argument: string): undefined {
    const { current } = this;
    if (current === undefined) return this.fault(SAY.sequence);
    if (argument !== '') return this.fault(SAY.noArgument);
    const { sender, recipients } = current.transaction;
    if (recipients.length === 0) return this.refuse(SAY.noRecipients);
    this.content = ContentReader.open(
      this.hall.room,
      current.sizeMax,
      sender.size === undefined || sender.size === 0 ? undefined : sender.size,
      current.identified.bareLineEnds === 'normalise',
    );
    if (this.content === undefined) {
      this.forget();
      return this.refuse(REPLIES.noRoom);
    }
    this.contentSince = this.hall.now();
    this.deadline = this.contentSince + this.hall.limits.contentSilenceMs;
    this.say(SAY.go);
  }

  private contentCame(content: ContentReader): undefined {
    if (content.fault !== undefined) {
      const reply = CONTENT_FAULTS[content.fault];
      const isSmuggling = content.fault === 'bare-line-end';
      this.forget();
      if (!isSmuggling) return this.refuse(reply);
      this.hall.rare.warn(
        { listener: this.session.listener, address: this.session.address },
        'bare CR or LF in content: refused',
      );
      return this.end(reply);
    }
    const octets = content.content();
    this.ask(this.handler.message(this.current!.transaction, octets), (reply) => {
      this.forget();
      if (reply.code < 300) {
        this.hall.counters.messages++;
        this.hall.counters.octets += octets.length;
        this.refusedRecipients = 0;
        this.say(reply);
      } else this.refuse(reply);
    });
  }

  /** The transaction is over, or never was. */
  private forget(): void {
    this.content?.release();
    this.content = undefined;
    if (this.current !== undefined) this.hall.accounts.leave(this.current.identified.name);
    this.current = undefined;
  }

  // the handler

  /** Goes on with an answer of the handler's, now or when it comes; nothing is read meanwhile. */
  private ask<T>(answer: T | Promise<T>, then: (value: T) => undefined): undefined {
    if (!(answer instanceof Promise)) return then(answer);
    this.isWaiting = true;
    this.flush();
    this.socket.pause();
    answer
      .then(then, (fault: unknown) => {
        this.hall.ports.log.error({ listener: this.session.listener, session: this.id, err: fault }, 'smtp: the handler failed');
        this.forget();
        this.refuse(REPLIES.localError);
      })
      .finally(() => this.answered());
  }

  private answered(): void {
    this.isWaiting = false;
    if (this.isEnded) {
      // The client has gone while the handler thought: what it held is let go now.
      this.forget();
      this.flush();
      return;
    }
    this.deadline = this.hall.now() + this.hall.limits.commandMs;
    this.socket.resume();
    this.run();
  }

  // answers

  private say(reply: SmtpReply): undefined {
    this.out += `${replyText(reply).replace(CONTROLS, ' ')}\r\n`;
  }

  /** What the client has asked for is not done; 421 ends the connection. */
  private refuse(reply: SmtpReply): undefined {
    if (reply.code >= 500) this.hall.counters.refusals++;
    else this.hall.counters.deferrals++;
    if (reply.code === 421) this.end(reply);
    else this.say(reply);
  }

  /** The client does not speak as it should. */
  private fault(reply: SmtpReply): undefined {
    this.errors++;
    if (this.errors >= this.hall.limits.errorsMax) return this.end(SAY.tooManyErrors);
    this.refuse(reply);
  }

  private flush(): void {
    if (this.out === '') return;
    const { out, socket } = this;
    this.out = '';
    if (socket.destroyed) return;
    socket.write(out, 'latin1');
    if (socket.writableLength > LIMITS.smtpUnreadOctetsMax) socket.destroy();
  }

  /** Says a last word and ends the connection; what comes after it is not looked at. */
  private end(reply?: SmtpReply): undefined {
    if (this.isEnded) return;
    this.isEnded = true;
    if (reply !== undefined) this.say(reply);
    this.flush();
    if (!this.isWaiting) this.forget();
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
    if (!this.isWaiting) this.forget();
    this.hall.left(this);
  }

  // the listener's side

  /** Ends the connection when the client has been too slow. */
  look(now: number): void {
    // The handler's time is not the client's.
    if (this.isEnded || (this.isWaiting && this.current !== undefined)) return;
    const { limits } = this.hall;
    const crawls =
      this.content !== undefined &&
      now - this.contentSince > limits.contentPatienceMs &&
      (this.content.received * 1_000) / (now - this.contentSince) < limits.paceMin;
    if (now > this.deadline || now > this.establishBy || crawls) this.end(SAY.tooSlow);
  }

  /** Ends as soon as no mail is under way. */
  leave(): void {
    this.isLeaving = true;
    if (!this.isBusy && !this.isWaiting) this.end(SAY.closing);
  }

  destroy(): void {
    this.socket.destroy();
  }
}

const CONTROL = /[\x00-\x1f\x7f]/;
const CONTROLS = /[\x00-\x1f\x7f-\uffff]/g;
