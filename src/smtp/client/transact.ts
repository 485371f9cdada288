/** One mail over one connection: MAIL, RCPT, DATA, content, and what each recipient came to. RFC 5321 3.3, RFC 2920, RFC 3461. */
import { LIMITS } from '#base';
import type { SmtpTimeouts } from '../destination.js';
import type { SmtpMail, SmtpMailRecipient, SmtpPhase, SmtpRecipientOutcome } from '../mail.js';
import { readMailbox } from '../path.js';
import { isPositive, isTransient, replyText, type SmtpReply } from '../reply.js';
import { encodeXtext } from '../xtext.js';
import type { ClientConnection } from './client-connection.js';
import type { Outgoing } from './outgoing.js';
import { asReply, type RawReply } from './reply-reader.js';
import { Trouble } from './trouble.js';

/** A mail that has been looked through: addresses are mailboxes, content is without bare line ends. */
export interface Prepared {
  readonly mail: SmtpMail;
  readonly content: Outgoing;
  readonly needsUtf8Sender: boolean;
}

/** `trouble`: the dialogue did not come to its end; the outcomes tell of it already. */
export interface Transacted {
  readonly outcomes: readonly SmtpRecipientOutcome[];
  readonly trouble?: Trouble;
}

export const NOT_ASCII = /[^\u0000-\u007f]/;

export const failed = (
  cause: 'bad-address' | 'bad-content' | 'too-large' | 'needs-8bitmime' | 'needs-smtputf8',
  detail: string,
): SmtpRecipientOutcome => ({
  kind: 'failed',
  cause,
  detail,
});

/** Answers to MAIL and RCPT that speak of the connection and not of the mail, whatever their first digit says. RFC 4954 6, RFC 3207 4. */
const ABOUT_THE_CONNECTION = new Set([530, 534, 535, 538]);

function refused(reply: SmtpReply, phase: SmtpPhase): SmtpRecipientOutcome {
  const detail = replyText(reply);
  return isTransient(reply) || ABOUT_THE_CONNECTION.has(reply.code)
    ? { kind: 'deferred', cause: 'answered', phase, reply, detail, mayHaveArrived: false }
    : { kind: 'failed', cause: 'answered', phase, reply, detail };
}

export function deferredBy(trouble: Trouble, mayHaveArrived = false, notBefore?: number): SmtpRecipientOutcome {
  const { kind: cause, phase, reply, message: detail } = trouble;
  const said = reply === undefined ? {} : { reply };
  if (trouble.isFinal) return { kind: 'failed', cause, phase, detail, ...said };
  return { kind: 'deferred', cause, phase, detail, ...said, mayHaveArrived, ...(notBefore === undefined ? {} : { notBefore }) };
}

/** Whether an address may be written into a command: a mailbox with a domain, and nothing beside it. */
export function addressFault(address: string): string | undefined {
  const read = readMailbox(address, true);
  if (!read.ok) return read.error;
  return read.value.domain === '' ? 'no domain' : undefined;
}

class Transaction {
  private readonly connection: ClientConnection;
  private readonly prepared: Prepared;
  private readonly times: Required<SmtpTimeouts>;
  private readonly goesOn: boolean;
  private readonly outcomes: (SmtpRecipientOutcome | undefined)[];
  /** Recipients that are said to the server, by their place in the mail. */
  private readonly said: number[] = [];
  private accepted: number[] = [];

  constructor(connection: ClientConnection, prepared: Prepared, times: Required<SmtpTimeouts>, goesOn: boolean) {
    this.connection = connection;
    this.prepared = prepared;
    this.times = times;
    this.goesOn = goesOn;
    this.outcomes = prepared.mail.recipients.map(() => undefined);
  }

  async run(canPipeline: boolean): Promise<Transacted> {
    this.check();
    if (this.said.length === 0) return this.result();
    try {
      await this.envelope(canPipeline && this.offers('PIPELINING'));
      if (this.goesOn && this.accepted.length > 0) await this.content();
    } catch (trouble) {
      if (!(trouble instanceof Trouble)) throw trouble;
      this.connection.destroy();
      return this.result(trouble);
    }
    return this.result();
  }

  private offers(keyword: string): boolean {
    return this.connection.extensions.has(keyword);
  }

  private result(trouble?: Trouble): Transacted {
    // Whoever has no outcome yet shares the trouble.
    const outcomes = this.outcomes.map((it) => it ?? deferredBy(trouble!));
    return trouble === undefined ? { outcomes } : { outcomes, trouble };
  }

  private settle(who: readonly number[], outcome: SmtpRecipientOutcome): void {
    for (const i of who) this.outcomes[i] ??= outcome;
  }

  /** What can be known before a word is said. */
  private check(): void {
    const { mail, content, needsUtf8Sender } = this.prepared;
    const all = mail.recipients.map((_, i) => i);
    const most = Number(this.connection.extensions.get('SIZE') || 0);
    if (most > 0 && content.size > most)
      this.settle(all, failed('too-large', `content has ${content.size} octets, ${this.connection.host} takes ${most}`));
    const utf8 = failed('needs-smtputf8', `${this.connection.host} does not offer SMTPUTF8`);
    if (!this.offers('SMTPUTF8') && (needsUtf8Sender || content.has8bitHeader)) this.settle(all, utf8);
    if (!this.offers('8BITMIME') && content.has8bitBody)
      this.settle(all, failed('needs-8bitmime', `${this.connection.host} does not offer 8BITMIME`));
    for (const [i, { address }] of mail.recipients.entries()) {
      const fault = addressFault(address);
      if (fault !== undefined) this.settle([i], failed('bad-address', fault));
      else if (NOT_ASCII.test(address) && !this.offers('SMTPUTF8')) this.settle([i], utf8);
      if (this.outcomes[i] === undefined) this.said.push(i);
    }
  }

  private mailFrom(): string {
    const { mail, content, needsUtf8Sender } = this.prepared;
    const { sender, returns, envelopeId, deliverBy } = mail;
    const needsUtf8 =
      needsUtf8Sender || content.has8bitHeader || this.said.some((i) => NOT_ASCII.test(mail.recipients[i]!.address));
    const dsn = this.offers('DSN');
    return [
      `MAIL FROM:<${sender}>`,
      this.offers('SIZE') ? `SIZE=${content.size}` : '',
      content.has8bitBody ? 'BODY=8BITMIME' : '',
      needsUtf8 ? 'SMTPUTF8' : '',
      dsn && returns !== undefined ? `RET=${returns}` : '',
      dsn && envelopeId !== undefined ? `ENVID=${encodeXtext(envelopeId)}` : '',
      deliverBy !== undefined && this.offers('DELIVERBY') ? `BY=${deliverBy.seconds};${deliverBy.mode}` : '',
    ]
      .filter((it) => it !== '')
      .join(' ');
  }

  private rcptTo({ address, notify, originalRecipient }: SmtpMailRecipient): string {
    const command = `RCPT TO:<${address}>`;
    if (!this.offers('DSN')) return command;
    const wish = notify === undefined || notify.length === 0 ? '' : ` NOTIFY=${notify.join(',')}`;
    if (originalRecipient === undefined) return command + wish;
    const semicolon = originalRecipient.indexOf(';');
    const type = originalRecipient.slice(0, semicolon);
    // Whoever names no address type means an address of mail.
    const original = /^[A-Za-z\d-]+$/.test(type)
      ? `${type};${encodeXtext(originalRecipient.slice(semicolon + 1))}`
      : `rfc822;${encodeXtext(originalRecipient)}`;
    return `${command}${wish} ORCPT=${original}`;
  }

  private async envelope(isPipelined: boolean): Promise<void> {
    const { connection, times } = this;
    const { recipients } = this.prepared.mail;
    const rcpts = this.said.map((i) => this.rcptTo(recipients[i]!));
    const reset = connection.isDirty ? ['RSET'] : [];
    connection.isDirty = true;
    if (isPipelined) connection.say([...reset, this.mailFrom(), ...rcpts, ...(this.goesOn ? ['DATA'] : [])]);
    const answer = async (line: string, phase: SmtpPhase): Promise<SmtpReply> => {
      if (!isPipelined) connection.say([line]);
      const reply = await connection.reply(phase, times.commandMs);
      leaves(reply, phase);
      return asReply(reply);
    };
    if (reset.length > 0) await answer('RSET', 'mail');
    const mail = await answer(this.mailFrom(), 'mail');
    if (!isPositive(mail)) this.settle(this.said, refused(mail, 'mail'));
    if (isPositive(mail) || isPipelined) {
      for (const [n, i] of this.said.entries()) {
        const reply = await answer(rcpts[n]!, 'rcpt');
        if (isPositive(mail)) this.heard(i, reply);
      }
    }
    if (this.goesOn && (isPipelined || this.accepted.length > 0)) await this.data(isPipelined, isPositive(mail));
  }

  private heard(i: number, reply: SmtpReply): void {
    if (isPositive(reply)) {
      this.accepted.push(i);
      if (!this.goesOn) this.settle([i], { kind: 'taken', reply });
    } else if (reply.code === 552 && this.accepted.length > 0)
      // What was 552 before RFC 5321 is 452 now: too many recipients. RFC 5321 4.5.3.1.10.
      this.settle([i], {
        kind: 'deferred',
        cause: 'answered',
        phase: 'rcpt',
        reply,
        detail: replyText(reply),
        mayHaveArrived: false,
      });
    else this.settle([i], refused(reply, 'rcpt'));
  }

  private async data(isPipelined: boolean, hasSender: boolean): Promise<void> {
    const { connection, times } = this;
    if (!isPipelined) connection.say(['DATA']);
    const raw = await connection.reply('data', times.dataMs);
    const reply = asReply(raw);
    if (raw.code === 354) {
      if (this.accepted.length > 0) return;
      // A server that takes content for nobody is given none; one that had refused the sender is not trusted with that either.
      if (!hasSender) throw new Trouble('not-smtp', 'data', `${replyText(reply)}, although the sender was refused`);
      connection.say(['.']);
      await connection.reply('accept', times.acceptMs);
      return;
    }
    if (this.accepted.length > 0) {
      if (isPositive(reply)) throw new Trouble('not-smtp', 'data', `354 is wanted: ${replyText(reply)}`);
      this.settle(this.accepted, refused(reply, 'data'));
      this.accepted = [];
    }
    leaves(raw, 'data');
  }

  private async content(): Promise<void> {
    const { connection, times } = this;
    const blocks = inBlocks([...this.prepared.content.pieces, END]);
    const last = blocks.pop()!;
    let isOut = false;
    for (const block of blocks) if (!(await connection.block(block, times.blockMs))) break;
    const isEarly = connection.hasReply;
    if (!isEarly)
      connection.write(last, () => {
        isOut = true;
      });
    let raw: RawReply;
    try {
      raw = await connection.reply('accept', times.acceptMs);
    } catch (trouble) {
      if (!(trouble instanceof Trouble)) throw trouble;
      const at = isOut ? trouble : new Trouble(trouble.kind, 'content', trouble.message);
      this.settle(this.accepted, deferredBy(at, isOut));
      throw at;
    }
    const reply = asReply(raw);
    if (isEarly) {
      // It has not seen the end of the content; where it stands in the dialogue nobody knows.
      this.settle(
        this.accepted,
        isPositive(reply)
          ? deferredBy(new Trouble('not-smtp', 'content', 'an answer before the content was out', reply))
          : refused(reply, 'content'),
      );
      throw new Trouble('not-smtp', 'content', replyText(reply), reply);
    }
    connection.isDirty = false;
    this.settle(this.accepted, isPositive(reply) ? { kind: 'taken', reply } : refused(reply, 'accept'));
    leaves(raw, 'accept');
  }
}

/** Throws Trouble at 421: the server closes, whatever was asked. RFC 5321 3.8. */
function leaves(raw: RawReply, phase: SmtpPhase): void {
  if (raw.code !== 421) return;
  const reply = asReply(raw);
  throw new Trouble('answered', phase, replyText(reply), reply);
}

const END = Buffer.from('.\r\n');

/** Pieces in groups that are given to the socket at once; a large piece is cut. At least one group. */
function inBlocks(pieces: readonly Uint8Array[]): Uint8Array[][] {
  let block: Uint8Array[] = [];
  let room: number = LIMITS.smtpBlockOctets;
  const blocks = [block];
  for (const piece of pieces) {
    for (let from = 0; from < piece.length; ) {
      if (room === 0) {
        block = [];
        blocks.push(block);
        room = LIMITS.smtpBlockOctets;
      }
      const some = piece.subarray(from, from + room);
      block.push(some);
      from += some.length;
      room -= some.length;
    }
  }
  return blocks;
}

/** `goesOn`: false ends behind the answers to RCPT; `taken` then says that the recipient would be. */
export async function transact(
  connection: ClientConnection,
  prepared: Prepared,
  times: Required<SmtpTimeouts>,
  { canPipeline, goesOn }: { readonly canPipeline: boolean; readonly goesOn: boolean },
): Promise<Transacted> {
  return new Transaction(connection, prepared, times, goesOn).run(canPipeline);
}
