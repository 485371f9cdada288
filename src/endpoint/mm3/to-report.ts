/** The domain's reports as mail: delivery reports as DSN (RFC 3464), read reports as MDN (RFC 8098). RFC 4356, tables 4 and 6. Pure. */
import { dateField, type LeafSource, type MessageSource, type MimeField, type MimeSource, textField } from '#codec/mime';
import { type Address, addressText, type Mm3Origin, type OutgoingReport, type ReportedOutcome } from '#messaging';
import { toMailbox } from './mailboxes.js';
import type { Mm3Settings } from './settings.js';
import { messageIdText } from './to-mail.js';

type Notify = 'success' | 'failure' | 'delay';

interface Row {
  readonly action: 'delayed' | 'delivered' | 'failed' | 'relayed';
  /** RFC 3463. */
  readonly status: string;
  /** On which wish it is sent. RFC 3461 4.1. */
  readonly on: Notify;
  readonly words: string;
}

/** RFC 4356 table 4; enhanced codes are its suggestions where it has any. */
const ROWS: Readonly<Record<ReportedOutcome, Row>> = {
  deferred: { action: 'delayed', status: '4.0.0', on: 'delay', words: 'waits until the recipient fetches it' },
  retrieved: { action: 'delivered', status: '2.0.0', on: 'success', words: 'has been delivered to the phone' },
  forwarded: {
    action: 'relayed',
    status: '2.0.0',
    on: 'success',
    words: 'has been sent on by the recipient; nothing further will be reported',
  },
  indeterminate: {
    action: 'relayed',
    status: '2.0.0',
    on: 'success',
    words: 'has been passed on; nothing further will be reported',
  },
  rejected: { action: 'failed', status: '5.7.1', on: 'failure', words: 'was rejected' },
  expired: { action: 'failed', status: '5.4.7', on: 'failure', words: 'could not be delivered in time' },
  unreachable: { action: 'failed', status: '5.4.4', on: 'failure', words: 'could not be delivered' },
  unrecognised: { action: 'failed', status: '5.0.0', on: 'failure', words: 'could not be delivered' },
};

/** A report that is a mail, and whom it goes to; the return path is null. */
export interface ReportMail {
  readonly to: string;
  readonly source: MessageSource;
}

const leaf = (media: string, lines: readonly string[], parameters: Readonly<Record<string, string>> = {}): LeafSource => ({
  kind: 'leaf',
  type: { media, parameters },
  data: new TextEncoder().encode(lines.map((line) => `${line}\r\n`).join('')),
});

/** One line of printable ASCII: what comes from outside goes into machine-readable fields. */
const oneLine = (text: string): string => text.replace(/[^\x20-\x7e]+/g, ' ').trim();

const mailboxText = (address: Address, settings: Mm3Settings): string =>
  oneLine(toMailbox(address, settings) ?? addressText(address));

/** What every report says of itself; nothing may answer it. RFC 3834 5. */
function headOf(to: string, from: string, subject: string, report: OutgoingReport, settings: Mm3Settings): MimeField[] {
  const { origin, transactionId } = report;
  const about = origin.interface === 'mm3' && origin.messageId !== undefined ? oneLine(origin.messageId) : '';
  return [
    dateField('Date', report.report.at),
    { name: 'From', value: from },
    { name: 'To', value: to },
    textField('Subject', subject),
    { name: 'Message-ID', value: messageIdText(transactionId, settings) },
    ...(about === '' || about.length > FIELD_CHARACTERS_MAX ? [] : [{ name: 'References', value: about }]),
    { name: 'Auto-Submitted', value: 'auto-generated' },
  ];
}

/** A Message-ID that is longer is no Message-ID. */
const FIELD_CHARACTERS_MAX = 500;

/** What is known of the original that the reader of the report can use. */
function originalHead(origin: Mm3Origin): readonly string[] {
  return origin.messageId === undefined ? [] : [`Message-ID: ${oneLine(origin.messageId).slice(0, FIELD_CHARACTERS_MAX)}`];
}

const reported = (media: string, parts: readonly LeafSource[]): MimeSource => ({
  kind: 'multipart',
  type: { media: 'multipart/report', parameters: { 'report-type': media } },
  parts,
});

/** Whether the mail's sender wants to hear this. Without NOTIFY failures only. RFC 3461 4.1, 5.2. */
const isWanted = (row: Row, wishes: readonly Notify[] | undefined): boolean => (wishes ?? ['failure']).includes(row.on);

function statusLines(report: OutgoingReport, origin: Mm3Origin, row: Row, settings: Mm3Settings): readonly string[] {
  const { recipient, dsn, content } = report.report;
  const text =
    content.kind === 'delivery' && content.text !== undefined ? oneLine(content.text).slice(0, FIELD_CHARACTERS_MAX) : '';
  return [
    ...(origin.envelopeId === undefined ? [] : [`Original-Envelope-Id: ${oneLine(origin.envelopeId)}`]),
    `Reporting-MTA: dns; ${settings.hostName}`,
    `DSN-Gateway: dns; ${settings.hostName}`,
    '',
    ...(dsn?.originalRecipient === undefined ? [] : [`Original-Recipient: ${oneLine(dsn.originalRecipient)}`]),
    `Final-Recipient: rfc822; ${mailboxText(recipient, settings)}`,
    `Action: ${row.action}`,
    `Status: ${row.status}`,
    ...(text === '' ? [] : [`Diagnostic-Code: X-MMS; ${text}`]),
  ];
}

function deliveryReport(
  report: OutgoingReport,
  origin: Mm3Origin,
  outcome: ReportedOutcome,
  settings: Mm3Settings,
): ReportMail | undefined {
  const row = ROWS[outcome];
  // A null return path is never answered, whoever wishes for it. RFC 5321 6.1.
  if (origin.envelopeSender === '' || !isWanted(row, report.report.dsn?.notify)) return undefined;
  const recipient = mailboxText(report.report.recipient, settings);
  const from = `postmaster@${settings.domains[0]}`;
  const subject = row.action === 'failed' ? 'Undelivered message' : 'Delivery report';
  return {
    to: origin.envelopeSender,
    source: {
      fields: headOf(origin.envelopeSender, from, subject, report, settings),
      body: reported('delivery-status', [
        leaf('text/plain', [`Your message to ${recipient} ${row.words}.`], { charset: 'us-ascii' }),
        leaf('message/delivery-status', statusLines(report, origin, row, settings)),
        leaf('text/rfc822-headers', originalHead(origin)),
      ]),
    },
  };
}

function readReport(
  report: OutgoingReport,
  origin: Mm3Origin,
  status: 'read' | 'deleted-without-being-read',
  settings: Mm3Settings,
): ReportMail | undefined {
  const { dispositionNotificationTo } = origin;
  if (dispositionNotificationTo === undefined) return undefined;
  const recipient = mailboxText(report.report.recipient, settings);
  const type = status === 'read' ? 'displayed' : 'deleted';
  const { dsn } = report.report;
  return {
    to: dispositionNotificationTo,
    source: {
      fields: headOf(
        dispositionNotificationTo,
        recipient,
        status === 'read' ? 'Read report' : 'Deleted without being read',
        report,
        settings,
      ),
      body: reported('disposition-notification', [
        leaf('text/plain', [`Your message to ${recipient} was ${status === 'read' ? 'read' : 'deleted without being read'}.`], {
          charset: 'us-ascii',
        }),
        leaf('message/disposition-notification', [
          `Reporting-UA: ${settings.hostName}; MMS`,
          ...(dsn?.originalRecipient === undefined ? [] : [`Original-Recipient: ${oneLine(dsn.originalRecipient)}`]),
          `Final-Recipient: rfc822; ${recipient}`,
          ...(origin.messageId === undefined
            ? []
            : [`Original-Message-ID: ${oneLine(origin.messageId).slice(0, FIELD_CHARACTERS_MAX)}`]),
          `Disposition: manual-action/MDN-sent-manually; ${type}`,
        ]),
      ]),
    },
  };
}

/** The mail for a report; undefined where nobody wants one, and then nothing is to be done. */
export function toReportMail(report: OutgoingReport, settings: Mm3Settings): ReportMail | undefined {
  const { origin } = report;
  if (origin.interface !== 'mm3') return undefined;
  const { content } = report.report;
  // Mail has no such thing.
  if (content.kind === 'acknowledgement') return undefined;
  return content.kind === 'delivery'
    ? deliveryReport(report, origin, content.outcome, settings)
    : readReport(report, origin, content.status, settings);
}
