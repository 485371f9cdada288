/** What `angarium peer send` and `angarium peer serve` share: the carrier, and how they tell what it hears and says. */
import { type Mm4Pdu, mm4AddressText } from '#codec/mm4';
import { LAB_PROFILES, type LabCarrier, type LabProfile, type LabReceived, startLabCarrier } from '#endpoint/carrier';
import type { SmtpOutcome } from '#smtp';
import type { ListenAddress } from '../written-values.js';
import { Failure, octetsText, plain, say, sayJson } from './terminal.js';

export interface PeerOptions {
  readonly mmsc: ListenAddress;
  readonly listen: ListenAddress;
  readonly domain: string;
  readonly mmscDomain: string;
  readonly mmsVersion: string;
  readonly bareIds?: true;
  readonly dialogue?: true;
  readonly json?: true;
}

/** The facts of a message, for a line or as JSON. */
const facts = (pdu: Mm4Pdu): Readonly<Record<string, string>> => ({
  type: pdu.kind,
  ...(pdu.messageId !== undefined && { message: pdu.messageId }),
  transaction: pdu.transactionId,
  ...(pdu.from !== undefined && { from: mm4AddressText(pdu.from) }),
  ...(pdu.to !== undefined && { to: pdu.to.map((it) => mm4AddressText(it)).join(', ') }),
  ...('status' in pdu &&
    pdu.status !== undefined && { status: typeof pdu.status === 'string' ? pdu.status : pdu.status.unknown }),
  ...('mmStatus' in pdu && { status: pdu.mmStatus }),
  ...('readStatus' in pdu && { status: pdu.readStatus }),
  ...(pdu.statusText !== undefined && { text: pdu.statusText }),
});

const line = (words: Readonly<Record<string, string>>): string =>
  Object.entries(words)
    .map(([key, value]) => (key === 'type' ? value : `${key} ${plain(value)}`))
    .join(', ');

export function tellReceived(json: boolean, { pdu, mail, fault }: LabReceived): void {
  const words = pdu === undefined ? { type: 'mail', text: fault ?? '' } : facts(pdu);
  const recipients = mail.recipients.map((it) => it.split(' ')[0] ?? '');
  if (json) sayJson({ received: words, recipients, octets: mail.content.length });
  else say(`← ${line(words)}, envelope ${plain(recipients.join(', '))}, ${octetsText(mail.content.length)}`);
}

/** What SMTP said to each recipient. */
export const saidTo = ({ recipients }: SmtpOutcome): string =>
  recipients
    .map((one) =>
      one.reply === undefined ? (one.kind === 'taken' ? one.kind : one.detail) : `${one.reply.code} ${one.reply.text}`,
    )
    .join('; ');

export function tellSent(json: boolean, pdu: Mm4Pdu, outcome: SmtpOutcome): void {
  const smtp = saidTo(outcome);
  if (json) sayJson({ sent: facts(pdu), smtp });
  else say(`→ ${line(facts(pdu))}: ${plain(smtp)}`);
}

const isProfile = (name: string): name is keyof typeof LAB_PROFILES => Object.hasOwn(LAB_PROFILES, name);

/** The profile of this name; throws a Failure that lists them. */
export function profileOf(name: string): LabProfile {
  if (isProfile(name)) return LAB_PROFILES[name];
  throw new Failure(`no profile ${plain(name)}; there are ${Object.keys(LAB_PROFILES).join(', ')}`);
}

/** The carrier on its port; throws a Failure when that is taken. */
export async function carrierOf(options: PeerOptions, profile: LabProfile): Promise<LabCarrier> {
  const { mmsc, listen, domain, mmscDomain, mmsVersion, json = false } = options;
  try {
    return await startLabCarrier({
      domain,
      farDomain: mmscDomain,
      far: { host: mmsc.host, port: mmsc.port },
      address: listen.host,
      port: listen.port,
      profile,
      dialect: { version: mmsVersion, quotedIds: options.bareIds !== true },
      onMail: (received) => tellReceived(json, received),
      onSent: (pdu, outcome) => tellSent(json, pdu, outcome),
      ...(options.dialogue && { onLine: (_connection, from, text) => say(`${from === 'us' ? '  →' : '  ←'} ${plain(text)}`) }),
    });
  } catch (e) {
    const { code, message } = e as NodeJS.ErrnoException;
    if (code === undefined) throw e;
    throw new Failure(`${listen.host}:${listen.port} cannot be listened on (${message})`);
  }
}
