/**
 * Another carrier, for laboratories, tests and the command line: takes MM4 by an SMTP server that misbehaves as told, answers and reports by a
 * profile, and sends messages of its own. Nothing is kept but what came.
 */
import { randomBytes } from 'node:crypto';
import { silentLog } from '#base';
import { type MimeEntity, type MimeSource, readMessage } from '#codec/mime';
import { decodeMm4, isSameAddress, type Mm4Address, type Mm4ForwardReq, type Mm4Pdu, mm4AddressText } from '#codec/mm4';
import { openSmtpPool, type SmtpLabMail, type SmtpLabServer, type SmtpOutcome, startSmtpLabServer } from '#smtp';
import {
  addressOf,
  deliveryReport,
  type LabIdentity,
  mailboxFor,
  mailOf,
  number,
  readReport,
  responseTo,
  systemOf,
} from './mails.js';
import type { LabProfile, LabReport, LabResponse } from './profile.js';

export interface LabCarrierSettings {
  /** Its own domain, and that of the system under test. */
  readonly domain: string;
  readonly farDomain: string;
  /** Where the system under test takes mail; looked at for each mail, as it may become known later. */
  readonly far: { readonly host: string; readonly port: number };
  /** Default 127.0.0.1, and a port of the system's choice. */
  readonly address?: string;
  readonly port?: number;
  readonly profile: LabProfile;
  /** Default `system-user`. */
  readonly system?: string;
  readonly dialect?: LabIdentity['dialect'];
  /** Every mail that came, decoded where it could be. */
  readonly onMail?: (received: LabReceived) => void;
  /** Every answer to a mail of ours. */
  readonly onSent?: (pdu: Mm4Pdu, outcome: SmtpOutcome) => void;
  readonly onLine?: (connection: number, from: 'us' | 'them', line: string) => void;
  /** Epoch milliseconds. Default Date.now. */
  readonly now?: () => number;
}

/** A mail of the system under test. `pdu` is absent for what is none of MM4, and then `fault` says why. */
export interface LabReceived {
  readonly mail: SmtpLabMail;
  readonly entity?: MimeEntity;
  readonly pdu?: Mm4Pdu;
  readonly fault?: string;
}

/** A message of a subscriber of this carrier. */
export interface LabMessage {
  readonly from: string;
  /** Numbers in To. */
  readonly to: readonly string[];
  /** Numbers of the envelope; absent: those of To. */
  readonly envelope?: readonly string[];
  readonly body: MimeSource;
  /** Any header otherwise; ids are drawn where they are not given. */
  readonly headers?: Partial<Mm4ForwardReq>;
  /** MAIL FROM; absent: the sender at the own domain. */
  readonly mailFrom?: string;
}

export interface LabCarrier {
  readonly port: number;
  readonly received: readonly LabReceived[];
  /** Sends a message and says what SMTP said. */
  send(message: LabMessage): Promise<{ readonly pdu: Mm4ForwardReq; readonly outcome: SmtpOutcome }>;
  /** Sends any message of MM4 to a mailbox of the system under test. */
  sendPdu(pdu: Mm4Pdu, mailbox: string, body?: MimeSource): Promise<SmtpOutcome>;
  /** Any octets, with any envelope. */
  sendOctets(sender: string, recipients: readonly string[], content: Uint8Array): Promise<SmtpOutcome>;
  /** A read-reply report about a message that came. */
  reportRead(
    message: Mm4ForwardReq,
    recipient: Mm4Address,
    readStatus: 'read' | 'deleted-without-being-read',
  ): Promise<SmtpOutcome>;
  setProfile(profile: LabProfile): void;
  /** Resolves with the first mail, come or to come, that fits. */
  until(fits: (received: LabReceived) => boolean): Promise<LabReceived>;
  close(): Promise<void>;
}

/** Mails that are kept for `received` and `until`. A laboratory that runs for days forgets the oldest. */
const RECEIVED_MAX = 10_000;

const newId = (): string => randomBytes(12).toString('base64url');

export async function startLabCarrier(settings: LabCarrierSettings): Promise<LabCarrier> {
  const { domain, farDomain, far, now = Date.now } = settings;
  const identity: LabIdentity = { domain, system: settings.system ?? 'system-user', dialect: settings.dialect ?? {} };
  const pool = openSmtpPool({ heloName: domain }, { log: silentLog });
  const received: LabReceived[] = [];
  const waiting = new Set<(one: LabReceived) => void>();
  const timers = new Set<ReturnType<typeof setTimeout>>();
  /** Requests seen by transaction, for what is only done the first times. */
  const seen = new Map<string, number>();
  let profile = settings.profile;

  const sendMail = (sender: string, recipients: readonly string[], pieces: readonly Uint8Array[]): Promise<SmtpOutcome> =>
    pool.send(
      { name: 'far', hosts: [{ ...far }], tls: { mode: 'none' } },
      { sender, recipients: recipients.map((address) => ({ address })), pieces },
    );

  async function sendPdu(pdu: Mm4Pdu, mailbox: string, body?: MimeSource): Promise<SmtpOutcome> {
    const outcome = await sendMail(mm4AddressText(systemOf(identity)), [mailbox], mailOf(pdu, identity, now(), body));
    settings.onSent?.(pdu, outcome);
    return outcome;
  }

  /** Later, unless the laboratory has closed by then. */
  function after(ms: number, work: () => Promise<unknown>): void {
    const timer = setTimeout(() => {
      timers.delete(timer);
      // What it came to has been told to `onSent`.
      void work().catch(() => undefined);
    }, ms);
    timers.add(timer);
  }

  const envelopeOf = (mail: SmtpLabMail): Mm4Address[] =>
    mail.recipients.map((text) => addressOf(text.slice(text.indexOf('<') + 1, text.indexOf('>'))));

  function respond(
    pdu: Extract<Mm4Pdu, { ackRequest?: boolean }> & { messageId: string },
    response: LabResponse,
    envelope: Mm4Address[],
  ): void {
    const [first, ...others] = envelope;
    const about = response.about === 'first' ? [first!] : response.about === 'others' ? others : undefined;
    const answer = { status: response.status, ...(response.isForeign && { transactionId: newId() }), ...(about && { about }) };
    after(response.afterMs ?? 0, () =>
      sendPdu(responseTo(pdu, identity, answer, now()), mm4AddressText(mailboxFor('originatorSystem' in pdu ? pdu : { ...pdu }))),
    );
  }

  function report(pdu: Mm4ForwardReq, one: LabReport, recipient: Mm4Address): void {
    const ids = { transactionId: newId(), messageId: one.isForeign ? newId() : pdu.messageId };
    after(one.afterMs ?? 0, () =>
      sendPdu(
        deliveryReport(
          pdu,
          recipient,
          identity,
          { mmStatus: one.status, ...ids, isAsInMessage: one.isAsInMessage === true },
          now(),
        ),
        mm4AddressText({ ...pdu.from, domain: farDomain } as Mm4Address),
      ),
    );
  }

  function dealWith({ pdu, mail }: LabReceived): void {
    if (pdu === undefined || !('ackRequest' in pdu)) return;
    const envelope = envelopeOf(mail);
    const times = (seen.get(pdu.transactionId) ?? 0) + 1;
    seen.set(pdu.transactionId, times);
    const responses = profile.responses.filter(({ timesMax }) => timesMax === undefined || times <= timesMax);
    // What is said the first time only is said instead of the rest.
    const said = responses.some(({ timesMax }) => timesMax !== undefined)
      ? responses.filter(({ timesMax }) => timesMax !== undefined)
      : responses;
    if (pdu.ackRequest === true) for (const response of said) respond(pdu, response, envelope);
    if (
      pdu.kind !== 'MM4_forward.REQ' ||
      pdu.deliveryReport !== true ||
      said.some(({ status }) => status === 'Error-network-problem')
    )
      return;
    for (const recipient of envelope) for (const one of profile.reports) report(pdu, one, recipient);
  }

  function take(mail: SmtpLabMail): void {
    const entity = readMessage(mail.content);
    const decoded = entity.ok ? decodeMm4(entity.value.fields) : undefined;
    const one: LabReceived = {
      mail,
      ...(entity.ok && { entity: entity.value }),
      ...(decoded?.ok ? { pdu: decoded.value.pdu } : { fault: decoded?.error.text ?? 'no mail' }),
    };
    received.push(one);
    if (received.length > RECEIVED_MAX) received.shift();
    settings.onMail?.(one);
    for (const tell of [...waiting]) tell(one);
    dealWith(one);
  }

  const server: SmtpLabServer = await startSmtpLabServer({
    ...(settings.address !== undefined && { address: settings.address }),
    ...(settings.port !== undefined && { port: settings.port }),
    hostName: domain,
    faults: profile.faults,
    onMail: (mail) => {
      take(mail);
      return undefined;
    },
    ...(settings.onLine && { onLine: settings.onLine }),
  });

  return {
    port: server.port,
    received,

    async send({ from, to, envelope = to, body, headers = {}, mailFrom }) {
      const sender = number(from, domain);
      const pdu: Mm4ForwardReq = {
        kind: 'MM4_forward.REQ',
        transactionId: newId(),
        messageId: newId(),
        from: sender,
        to: to.map((it) => number(it, farDomain)),
        sender,
        date: now(),
        mailId: `${newId()}@${domain}`,
        originatorSystem: systemOf(identity),
        ackRequest: true,
        ...headers,
      };
      const recipients = envelope.map((it) => mm4AddressText(number(it, farDomain)));
      const outcome = await sendMail(mailFrom ?? mm4AddressText(sender), recipients, mailOf(pdu, identity, now(), body));
      settings.onSent?.(pdu, outcome);
      return { pdu, outcome };
    },

    sendPdu,
    sendOctets: (sender, recipients, content) => sendMail(sender, recipients, [content]),

    reportRead: (message, recipient, readStatus) =>
      sendPdu(
        readReport(message, recipient, identity, { readStatus, transactionId: newId() }, now()),
        mm4AddressText({ ...message.from, domain: farDomain } as Mm4Address),
      ),

    setProfile(next) {
      profile = next;
      server.setFaults(next.faults);
    },

    until(fits) {
      const found = received.find(fits);
      if (found !== undefined) return Promise.resolve(found);
      return new Promise((resolve) => {
        const tell = (one: LabReceived): void => {
          if (!fits(one)) return;
          waiting.delete(tell);
          resolve(one);
        };
        waiting.add(tell);
      });
    },

    async close() {
      for (const timer of timers) clearTimeout(timer);
      await Promise.all([server.close(), pool.close()]);
    },
  };
}

/** Whether a mail of MM4 is of this kind; with `about`, only of a message to or from him. */
export const isPdu =
  (kind: Mm4Pdu['kind'], about?: Mm4Address) =>
  ({ pdu }: LabReceived): boolean =>
    pdu?.kind === kind && (about === undefined || [pdu.from, ...(pdu.to ?? [])].some((it) => it && isSameAddress(it, about)));
