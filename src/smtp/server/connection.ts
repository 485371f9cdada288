/**
 * What the lines of a client mean: the commands of RFC 5321 4.1 and the mail transaction. The handler decides, this holds to the order.
 *
 * What a client sends behind a command that has to be the last of its group (EHLO, STARTTLS, AUTH, DATA) ends the connection: it has been put there by
 * somebody who does not read our answers. RFC 2920 3.1.
 */
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { LIMITS, type Result } from '#base';
import type { SmtpHandler, SmtpIdentified, SmtpRecipient, SmtpSender, SmtpSession, SmtpTransaction } from '../handler.js';
import { REPLIES, type SmtpReply } from '../reply.js';
import { Authentication } from './authentication.js';
import { type ContentFault, ContentReader } from './content.js';
import { readMailFrom, readRcptTo } from './envelope.js';
import type { Hall } from './hall.js';
import { SAY } from './sayings.js';
import { tlsOf } from './server-tls.js';
import { Wire } from './wire.js';

const CONTENT_FAULTS: Readonly<Record<ContentFault, SmtpReply>> = {
  'too-large': REPLIES.tooLarge,
  'no-room': REPLIES.noRoom,
  'bare-line-end': SAY.bare,
};

/** A browser, or whoever makes one speak to us. */
const HTTP_VERBS = new Set(['GET', 'POST', 'PUT', 'HEAD', 'OPTIONS', 'DELETE', 'CONNECT', 'TRACE', 'PATCH']);

const SECOND_MS = 1_000;

interface Current<Peer> {
  readonly transaction: SmtpTransaction<Peer> & { readonly recipients: SmtpRecipient[] };
  readonly identified: SmtpIdentified<Peer>;
  readonly sizeMax: number;
}

export class ServerConnection<Peer> extends Wire<Peer> {
  private readonly handler: SmtpHandler<Peer>;
  private session: SmtpSession;
  private hasGreeted = false;
  private current: Current<Peer> | undefined;
  private reader: ContentReader | undefined;
  private contentSince = 0;
  private authentication: Authentication | undefined;
  private refusedRecipients = 0;
  private authFailures = 0;
  /** By which a mail has to have been let begin. */
  private establishBy: number;

  constructor(hall: Hall<Peer>, socket: Socket, address: string, port: number, id: string) {
    super(hall, socket, id);
    this.handler = hall.ports.handler;
    this.establishBy = hall.now() + hall.limits.establishMs;
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

  protected get isBusy(): boolean {
    return this.current !== undefined;
  }

  protected get hasRecipient(): boolean {
    return this.current !== undefined && this.current.transaction.recipients.length > 0;
  }

  protected get isInContent(): boolean {
    return this.reader !== undefined;
  }

  protected line(text: string): void {
    if (this.authentication !== undefined) this.authenticate(text);
    else this.command(text);
  }

  protected content(octets: Buffer, at: number): number | undefined {
    const reader = this.reader!;
    const end = reader.read(octets, at);
    if (end !== undefined) this.contentCame(reader);
    // Whoever goes on and on with what has been refused already is not listened to for ever.
    else if (reader.received > 2 * this.current!.sizeMax + LIMITS.smtpContentTrustOctets)
      this.end(CONTENT_FAULTS[reader.fault ?? 'too-large']);
    return end;
  }

  protected crawls(now: number): boolean {
    if (now > this.establishBy) return true;
    const { contentPatienceMs, paceMin } = this.hall.limits;
    const spent = now - this.contentSince;
    return this.reader !== undefined && spent > contentPatienceMs && (this.reader.received * SECOND_MS) / spent < paceMin;
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
    if (!this.hasMore) return command();
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
    for (const [i, line] of lines.entries()) this.sayLine(`250${i < lines.length - 1 ? '-' : ' '}${line}`);
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
    this.waits++;
    const plain = this.socket;
    plain.removeAllListeners('data');
    this.hall.tls!.secure(plain, (socket) => {
      // What was said in plain is forgotten, the name too. RFC 3207 4.2.
      this.use(socket);
      this.waits--;
      this.hasGreeted = false;
      const { user: _, ...session } = this.session;
      this.session = { ...session, helo: '', tls: tlsOf(socket) };
      this.allow(this.hall.limits.commandMs);
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
      this.sayLine(`334 ${step.text}`);
      return;
    }
    this.authentication = undefined;
    if (step.kind === 'refused') return this.fault(step.reply);
    const { user, password } = step;
    this.ask(
      () => this.handler.authenticate!(this.session, user, password),
      (isRight) => {
        if (isRight) {
          this.session = { ...this.session, user };
          return this.say(SAY.authenticated);
        }
        this.hall.rare.warn({ listener: this.session.listener, address: this.session.address }, 'authentication failed');
        this.authFailures++;
        if (this.authFailures >= LIMITS.smtpAuthFailuresMax) return this.end(SAY.tooManyErrors);
        this.fault({ code: 535, enhanced: '5.7.8', text: 'wrong user name or password' });
      },
    );
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
    this.ask(
      () => this.handler.identify(this.session, sender),
      (identified) => {
        if ('refusal' in identified) this.refuse(identified.refusal);
        else this.begin(sender, identified);
      },
    );
  }

  private begin(sender: SmtpSender, identified: SmtpIdentified<Peer>): undefined {
    const { accounts, limits } = this.hall;
    const sizeMax = Math.min(identified.sizeMax ?? limits.sizeMax, limits.sizeMax);
    if ((sender.size ?? 0) > sizeMax) return this.refuse(REPLIES.tooLarge);
    if (!accounts.enter(identified, this.hall.now())) return this.refuse(REPLIES.tooFast);
    const transaction = { session: this.session, peer: identified.peer, sender, recipients: [] };
    this.current = { transaction, identified, sizeMax };
    this.establishBy = Number.POSITIVE_INFINITY;
    this.ask(
      () => this.handler.sender?.(transaction),
      (refusal) => {
        if (refusal === undefined) return this.say(REPLIES.senderOk);
        this.forget();
        this.refuse(refusal);
      },
    );
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
    this.ask(
      () => this.handler.recipient(transaction, recipient),
      (refusal) => {
        if (refusal !== undefined) return this.refuseRecipient(refusal);
        recipients.push(recipient);
        this.say(REPLIES.recipientOk);
      },
    );
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
    this.reader = ContentReader.open(
      this.hall.room,
      current.sizeMax,
      sender.size === undefined || sender.size === 0 ? undefined : sender.size,
      current.identified.bareLineEnds === 'normalise',
    );
    if (this.reader === undefined) {
      this.forget();
      return this.refuse(REPLIES.noRoom);
    }
    this.contentSince = this.hall.now();
    this.allow(this.hall.limits.contentSilenceMs);
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
    this.ask(
      () => this.handler.message(this.current!.transaction, octets),
      (reply) => {
        this.forget();
        if (reply.code < 300) {
          this.hall.count('taken', octets.length);
          this.refusedRecipients = 0;
          this.say(reply);
        } else this.refuse(reply);
      },
    );
  }

  /** The transaction is over, or never was. */
  protected forget(): void {
    this.reader?.release();
    this.reader = undefined;
    if (this.current !== undefined) this.hall.accounts.leave(this.current.identified.name);
    this.current = undefined;
  }
}
