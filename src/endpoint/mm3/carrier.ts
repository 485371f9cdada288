/** MM3 outwards: the domain's port `Carrier` for the road to mailboxes. RFC 4356 2.1.1. */
import { writeMessage } from '#codec/mime';
import type { Carrier, Delivery, Handover, HandoverOutcome, OutgoingReport, ReportOutcome, Terms } from '#messaging';
import type { SmtpDestination, SmtpMail, SmtpNotify, SmtpOutcome } from '#smtp';
import { DkimSigner } from './dkim.js';
import { returnPath, toMailbox } from './mailboxes.js';
import { type Attempt, handoverOutcome, reportOutcome } from './outcomes.js';
import { MM3_DEFAULTS, type Mm3Ports, type Mm3Settings } from './settings.js';
import { type NoMail, toMail, traceFields } from './to-mail.js';
import { toReportMail } from './to-report.js';

/** What the sender is told where a message cannot be a mail. */
const REASONS: Readonly<Record<NoMail['kind'], string>> = {
  'sender-hidden': 'mail cannot hide its sender (RFC 4356 2.1.1)',
  'sender-without-mailbox': 'the sender has no address that mail knows',
  'content-unreadable': 'the content cannot be taken apart',
  unwritable: 'the message cannot be written as mail',
};

/** One recipient to a transaction: the return path then says of every bounce what it is about, in whatever form it comes. */
const RECIPIENTS_PER_TRANSACTION = 1;

type CarrierPorts = Pick<Mm3Ports, 'pool' | 'now' | 'log'>;

export class Mm3Carrier implements Carrier {
  private readonly settings: Mm3Settings;
  private readonly ports: CarrierPorts;
  private readonly signer: DkimSigner | undefined;

  /** Throws what `DkimSigner` throws. */
  constructor(settings: Mm3Settings, ports: CarrierPorts) {
    this.settings = settings;
    this.ports = ports;
    const { dkim } = settings.outgoing ?? {};
    this.signer = dkim && new DkimSigner(dkim);
  }

  terms(): Terms {
    return {
      recipientsMax: RECIPIENTS_PER_TRANSACTION,
      inFlightMax: this.settings.outgoing?.inFlightMax ?? MM3_DEFAULTS.inFlightMax,
    };
  }

  async handOver(handover: Handover): Promise<readonly HandoverOutcome[]> {
    const mail = toMail(handover, this.ports.now(), this.settings);
    if (!mail.ok)
      return handover.deliveries.map(
        (): HandoverOutcome => ({ kind: 'failed', outcome: 'rejected', reason: REASONS[mail.error.kind] }),
      );
    const octets = this.signed(mail.value.octets);
    return Promise.all(handover.deliveries.map((delivery) => this.deliver(delivery, handover, octets)));
  }

  /** One transaction for one recipient. */
  private async deliver(delivery: Delivery, handover: Handover, octets: readonly Uint8Array[]): Promise<HandoverOutcome> {
    const { message } = handover;
    const address = toMailbox(delivery.recipient, this.settings);
    if (address === undefined || delivery.recipient.kind !== 'email')
      return { kind: 'failed', outcome: 'unrecognised', reason: 'the recipient is no mailbox' };
    const reports = message.deliveryReport && message.messageClass !== 'auto';
    const mail: SmtpMail = {
      sender: this.senderPath(handover, delivery),
      // NEVER where nobody asked, so that nobody is told: RFC 4356 2.1.1, table 1.
      recipients: [{ address, notify: notifyOf(reports), originalRecipient: `rfc822;${address}` }],
      pieces: octets,
      envelopeId: delivery.key,
      returns: 'HDRS',
      ...this.deliverBy(message.expiresAt),
    };
    const outcome = await this.send(address, mail);
    return handoverOutcome(outcome, 0, this.attempt(handover.attempt, reports ? 'report' : 'nothing'));
  }

  /** RFC 4356 2.1.1: null for everything that no person wrote. */
  private senderPath({ message, from }: Handover, delivery: Delivery): string {
    if (message.messageClass === 'auto') return '';
    if (this.settings.outgoing?.returnPath === 'sender' && from !== undefined) return toMailbox(from, this.settings) ?? '';
    return returnPath(delivery.key, this.settings.domains[0]);
  }

  /** What is left of the message's life. RFC 4356 2.1.1, table 1: mode R, so that what is late comes back. */
  private deliverBy(expiresAt: number): Pick<SmtpMail, 'deliverBy'> {
    const seconds = Math.floor((expiresAt - this.ports.now()) / 1000);
    return seconds > 0 ? { deliverBy: { seconds, mode: 'R' } } : {};
  }

  async report(report: OutgoingReport): Promise<ReportOutcome> {
    const mail = toReportMail(report, this.settings);
    if (mail === undefined) return { kind: 'taken' };
    const { source, to } = mail;
    const written = writeMessage({
      ...source,
      fields: [...traceFields(report.transactionId, this.ports.now(), this.settings), ...source.fields],
    });
    if (!written.ok) return { kind: 'failed', reason: REASONS.unwritable };
    const pieces = this.signed(Buffer.concat(written.value.pieces));
    const outcome = await this.send(to, { sender: '', recipients: [{ address: to, notify: ['NEVER'] }], pieces });
    return reportOutcome(outcome, this.attempt(report.attempt, 'nothing'));
  }

  /** Mail that goes through as it came, to the people of the house. */
  relay(sender: string, to: string, content: Uint8Array): Promise<SmtpOutcome> {
    return this.send(to, { sender, recipients: [{ address: to }], pieces: [content] });
  }

  private signed(octets: Uint8Array): readonly Uint8Array[] {
    if (this.signer === undefined) return [octets];
    return [Buffer.from(this.signer.sign(octets, this.ports.now()), 'latin1'), octets];
  }

  private send(address: string, mail: SmtpMail): Promise<SmtpOutcome> {
    return this.ports.pool.send(this.destination(address), mail);
  }

  private destination(address: string): SmtpDestination {
    const { smarthost } = this.settings.outgoing ?? {};
    if (smarthost !== undefined) return { ...smarthost, name: 'mm3' };
    const domain = address.slice(address.lastIndexOf('@') + 1).toLowerCase();
    return { name: `mm3:${domain}`, hosts: { mxOf: domain } };
  }

  private attempt(attempt: number, awaits: Attempt['awaits']): Attempt {
    const { smarthost, reportWaitMs } = this.settings.outgoing ?? {};
    return {
      attempt,
      awaits,
      hasSmarthost: smarthost !== undefined,
      now: this.ports.now(),
      ...(reportWaitMs === undefined ? {} : { reportWaitMs }),
    };
  }
}

const notifyOf = (reports: boolean): readonly SmtpNotify[] => (reports ? ['SUCCESS', 'FAILURE'] : ['NEVER']);
