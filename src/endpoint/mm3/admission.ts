/** Who may write to phones: the operators' rules, and how many mails of one sender an hour has seen. */
import type { Msisdn } from '#base';
import { LIMITS } from '#base';
import { REPLIES, type SmtpReply } from '#smtp';
import type { AuthenticationResults } from './authentication.js';
import type { Mm3Directory, Mm3IncomingSettings, Mm3MailRule } from './settings.js';

const HOUR_MS = 3_600_000;

/** Whether a rule's entry means the mailbox. `@domain`: everybody there; `@.domain`: everybody below it. */
function fits(entry: string, mailbox: string): boolean {
  if (!entry.startsWith('@')) return entry === mailbox;
  const domain = mailbox.slice(mailbox.lastIndexOf('@') + 1);
  return entry.startsWith('@.') ? domain.endsWith(entry.slice(1)) : domain === entry.slice(1);
}

const isFor = (rule: Mm3MailRule, sender: string, recipient: Msisdn): boolean =>
  (rule.senders.length === 0 || rule.senders.some((entry) => fits(entry, sender))) &&
  (rule.recipientPrefixes.length === 0 || rule.recipientPrefixes.some((prefix) => recipient.startsWith(prefix)));

/** The rule for a mail from `sender` (an envelope's; empty for the null sender) to `recipient`; what holds without one otherwise. */
export function ruleFor(
  sender: string,
  recipient: Msisdn,
  incoming: Mm3IncomingSettings,
  directory: Mm3Directory | undefined,
): Mm3MailRule {
  const mailbox = sender.toLowerCase();
  const rule = directory?.snapshot.mailRules.find((one) => isFor(one, mailbox, recipient));
  return rule ?? { name: '', senders: [], recipientPrefixes: [], require: [], action: incoming.otherwise ?? 'refuse' };
}

/** Mails of each sender in the hour that runs. The hour begins with a sender's first mail; beyond the bound the oldest are forgotten. */
export class HourlyCounts {
  private readonly counts = new Map<string, { readonly since: number; mails: number }>();

  /** Counts one mail; false when the sender has had his. */
  admit(sender: string, hourlyMax: number, now: number): boolean {
    const key = sender.toLowerCase();
    const known = this.counts.get(key);
    if (known !== undefined && now - known.since < HOUR_MS) {
      if (known.mails >= hourlyMax) return false;
      known.mails++;
      return true;
    }
    this.counts.delete(key);
    if (this.counts.size >= LIMITS.mm3SendersCountedMax) this.counts.delete(this.counts.keys().next().value!);
    this.counts.set(key, { since: now, mails: 1 });
    return hourlyMax > 0;
  }
}

/** What RCPT is answered by the rule; undefined: taken so far. */
export function replyToRecipient(rule: Mm3MailRule, recipients: number, size: number | undefined): SmtpReply | undefined {
  if (rule.action === 'refuse') return REPLIES.notAllowed;
  if (rule.action === 'hold-back') return REPLIES.recipientBusy;
  if (rule.recipientsMax !== undefined && recipients >= rule.recipientsMax) return REPLIES.tooManyRecipients;
  if (rule.sizeMax !== undefined && size !== undefined && size > rule.sizeMax) return REPLIES.tooLarge;
  return undefined;
}

/** RFC 7372 3.2 and RFC 7489: which of the refusals has a code of its own. */
const FAILED: Readonly<Record<string, SmtpReply>> = {
  spf: { code: 550, enhanced: '5.7.23', text: 'SPF validation failed' },
  dkim: { code: 550, enhanced: '5.7.20', text: 'no passing DKIM signature found' },
  dmarc: { code: 550, enhanced: '5.7.26', text: 'multiple authentication checks failed' },
};

/** What the content is answered by the rule, now that its header is there; undefined: taken so far. */
export function replyToContent(
  rule: Mm3MailRule,
  results: AuthenticationResults,
  size: number,
  incoming: Mm3IncomingSettings,
): SmtpReply | undefined {
  const failed = (incoming.refuseFailed ?? ['dmarc']).find((method) => results[method] === 'fail');
  if (failed !== undefined) return FAILED[failed];
  const missing = rule.require.find((method) => results[method] !== 'pass');
  if (missing !== undefined) return FAILED[missing];
  return rule.sizeMax !== undefined && size > rule.sizeMax ? REPLIES.tooLarge : undefined;
}
