/**
 * MM3 inwards: what the listener asks. RCPT is answered by what is known without the mail; the content by what its header says; 250 follows
 * the durable store.
 */
import { type MimeEntity, readMessage } from '#codec/mime';
import type { SubmitRefusal } from '#messaging';
import {
  isPositive,
  REPLIES,
  type SmtpHandler,
  type SmtpIdentified,
  type SmtpRecipient,
  type SmtpReply,
  type SmtpTransaction,
} from '#smtp';
import { HourlyCounts, replyToContent, replyToRecipient, ruleFor } from './admission.js';
import { authenticationResults } from './authentication.js';
import { goesRound, isBulk } from './automatic.js';
import type { Mm3Carrier } from './carrier.js';
import { type MailReport, mailReport } from './far-reports.js';
import { type Mailbox, mailboxOf } from './mailboxes.js';
import type { Mm3IncomingSettings, Mm3MailRule, Mm3Ports, Mm3Settings } from './settings.js';
import { type MailRefusal, toSubmission } from './to-submission.js';

/** Nobody is identified: whoever may connect may send to our subscribers. */
export type Anyone = 'internet';

const reply = (code: number, enhanced: string, text: string): SmtpReply => ({ code, enhanced, text });

const REPLY_TO_LOOP = reply(554, '5.4.6', 'mail goes round');
const REPLY_TO_BULK = reply(550, '5.7.1', 'no mail of lists or in bulk');
const REPLY_TO_QUOTA = reply(450, '4.7.0', 'too many mails in an hour, try again later');
const REPLY_TO_STAFF_NOWHERE = reply(450, '4.2.1', 'mailbox of the staff is not set up, try again later');

const REPLY_TO_MAIL: Readonly<Record<MailRefusal, SmtpReply>> = {
  'no-sender': reply(554, '5.6.0', 'From names nobody'),
  'forged-sender': reply(550, '5.7.1', 'From names a subscriber of ours'),
  sensitive: reply(554, '5.6.0', 'Sensitivity cannot be kept'),
};

/** A new refusal of the domain does not compile until it has an answer here. */
const REPLY_TO_REFUSAL: Readonly<Record<SubmitRefusal['kind'], SmtpReply>> = {
  'message-too-large': REPLIES.tooLarge,
  'no-recipients': reply(554, '5.5.1', 'no recipients'),
  'linked-message-not-found': REPLIES.notAllowed,
  'too-many-waiting': REPLIES.localError,
  'too-many-recipients': REPLIES.tooManyRecipients,
  'all-recipients-refused': REPLIES.unknownRecipient,
  'sender-hiding-not-allowed': REPLIES.notAllowed,
  'reply-charging-not-supported': REPLIES.notAllowed,
  'delivery-time-too-late': REPLIES.notAllowed,
  'expires-before-delivery': reply(554, '5.4.7', 'expires before it can be delivered'),
  'store-unavailable': REPLIES.localError,
};

/** A recipient that has been taken, and whom he is. */
interface Taken {
  readonly smtp: SmtpRecipient;
  readonly mailbox: Mailbox;
}

export type ReceiverPorts = Mm3Ports & { readonly carrier: Pick<Mm3Carrier, 'relay'> };

export class Mm3Receiver implements SmtpHandler<Anyone> {
  private readonly settings: Mm3Settings;
  private readonly incoming: Mm3IncomingSettings;
  private readonly ports: ReceiverPorts;
  private readonly hourly = new HourlyCounts();

  constructor(settings: Mm3Settings, ports: ReceiverPorts) {
    this.settings = settings;
    this.incoming = settings.incoming ?? {};
    this.ports = ports;
  }

  identify(): SmtpIdentified<Anyone> {
    return { peer: 'internet', name: 'internet' };
  }

  recipient(transaction: SmtpTransaction<Anyone>, recipient: SmtpRecipient): SmtpReply | undefined {
    const { domain } = recipient.path;
    if (domain !== '' && !this.settings.domains.includes(domain)) return REPLIES.relayingDenied;
    const mailbox = this.mailbox(recipient);
    const sender = transaction.sender.path?.text ?? '';
    switch (mailbox.kind) {
      case 'staff':
        return this.incoming.staffMailbox === undefined ? REPLY_TO_STAFF_NOWHERE : undefined;
      case 'return':
        return undefined;
      case 'unknown':
        return REPLIES.unknownRecipient;
      case 'number':
        // Bounces and receipts have a null sender, and no rule is about them.
        if (sender === '') return undefined;
        return replyToRecipient(this.rule(sender, mailbox), transaction.recipients.length, transaction.sender.size);
    }
  }

  async message(transaction: SmtpTransaction<Anyone>, content: Uint8Array): Promise<SmtpReply> {
    const message = readMessage(content);
    if (!message.ok) return REPLIES.notAMessage;
    if (goesRound(message.value.fields, this.settings.domains)) return REPLY_TO_LOOP;
    const taken = transaction.recipients.map((smtp): Taken => ({ smtp, mailbox: this.mailbox(smtp) }));
    // Those that can be done without harm when the whole is repeated come first: the domain knows a message again, a person does not.
    const replies: SmtpReply[] = [];
    for (const answer of [
      () => this.reports(message.value, transaction, taken),
      () => this.submit(message.value, transaction, taken, content),
      () => this.staff(transaction, taken, content),
    ]) {
      const said = await answer();
      if (said === undefined) continue;
      if (!isPositive(said)) return said;
      replies.push(said);
    }
    return replies[0] ?? REPLIES.accepted;
  }

  private mailbox({ path }: SmtpRecipient): Mailbox {
    return mailboxOf(path.localPart, this.settings, this.ports.directory);
  }

  private rule(sender: string, mailbox: Extract<Mailbox, { kind: 'number' }>): Mm3MailRule {
    return ruleFor(sender, mailbox.msisdn, this.incoming, this.ports.directory);
  }

  /** What came to return paths. Undefined: nothing did. */
  private async reports(
    message: MimeEntity,
    { sender }: SmtpTransaction<Anyone>,
    taken: readonly Taken[],
  ): Promise<SmtpReply | undefined> {
    let answer: SmtpReply | undefined;
    for (const { mailbox } of taken) {
      if (mailbox.kind !== 'return') continue;
      answer = await this.tell(
        mailReport(message, mailbox.delivery, sender.path === undefined, this.settings) ?? { kind: 'nothing' },
      );
      if (!isPositive(answer)) return answer;
    }
    return answer;
  }

  /** Tells the domain; what it does not know is answered as taken, since nobody else would know it either. */
  private async tell(report: MailReport): Promise<SmtpReply> {
    const { messaging } = this.ports;
    const results =
      report.kind === 'nothing'
        ? []
        : report.kind === 'read'
          ? [await messaging.readReported(report.receipt)]
          : await Promise.all(report.reports.map((one) => messaging.deliveryReported(one)));
    for (const result of results) {
      if (result.ok) continue;
      if (result.error.kind === 'store-unavailable') return REPLIES.localError;
      this.ports.log.info({ interface: 'mm3', refusal: result.error.kind }, 'a report by mail is about nothing that is known');
    }
    return REPLIES.accepted;
  }

  /** What is for phones. Undefined: nothing is. */
  private async submit(
    message: MimeEntity,
    transaction: SmtpTransaction<Anyone>,
    taken: readonly Taken[],
    content: Uint8Array,
  ): Promise<SmtpReply | undefined> {
    const recipients = taken.flatMap(({ smtp, mailbox }) => (mailbox.kind === 'number' ? [{ smtp, mailbox }] : []));
    if (recipients.length === 0) return undefined;
    const sender = transaction.sender.path?.text ?? '';
    const report = sender === '' ? mailReport(message, undefined, true, this.settings) : undefined;
    if (report !== undefined) return this.tell(report);
    const refusal = this.admit(message, sender, recipients, content.length);
    if (refusal !== undefined) return refusal;
    const submission = toSubmission(
      message,
      {
        sender: transaction.sender,
        recipients: recipients.map(({ smtp, mailbox }) => ({ smtp, address: { kind: 'number', msisdn: mailbox.msisdn } })),
      },
      this.settings,
    );
    if (typeof submission === 'string') return REPLY_TO_MAIL[submission];
    const accepted = await this.ports.messaging.submit(submission);
    // Recipients who were refused while others were taken: the domain owes the sender a report of them.
    return accepted.ok ? REPLIES.accepted : REPLY_TO_REFUSAL[accepted.error.kind];
  }

  /** Whether the mail may come in, now that its header is known; undefined: it may. */
  private admit(
    { fields }: MimeEntity,
    sender: string,
    recipients: readonly { readonly mailbox: Extract<Mailbox, { kind: 'number' }> }[],
    size: number,
  ): SmtpReply | undefined {
    if (isBulk(fields) && this.incoming.bulk !== 'accept') return REPLY_TO_BULK;
    const results = authenticationResults(fields, this.incoming.authenticationServers ?? []);
    const rules = new Set(recipients.map(({ mailbox }) => this.rule(sender, mailbox)));
    for (const rule of rules) {
      // Of the null sender nothing was asked at RCPT.
      const refusal =
        (sender === '' ? replyToRecipient(rule, 0, size) : undefined) ?? replyToContent(rule, results, size, this.incoming);
      if (refusal !== undefined) return refusal;
    }
    const hourlyMax = Math.min(...[...rules].map((rule) => rule.hourlyMax ?? Number.POSITIVE_INFINITY));
    if (hourlyMax !== Number.POSITIVE_INFINITY && !this.hourly.admit(sender, hourlyMax, this.ports.now())) return REPLY_TO_QUOTA;
    return undefined;
  }

  /** What is for the staff goes on at once; their server's answer is ours. Undefined: nothing is. */
  private async staff(
    transaction: SmtpTransaction<Anyone>,
    taken: readonly Taken[],
    content: Uint8Array,
  ): Promise<SmtpReply | undefined> {
    const { staffMailbox } = this.incoming;
    if (staffMailbox === undefined || !taken.some(({ mailbox }) => mailbox.kind === 'staff')) return undefined;
    const outcome = await this.ports.carrier.relay(transaction.sender.path?.text ?? '', staffMailbox, content);
    const [one] = outcome.recipients;
    return one?.kind === 'taken' ? REPLIES.accepted : one?.kind === 'failed' ? REPLIES.notAllowed : REPLIES.recipientBusy;
  }
}
