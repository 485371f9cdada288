/** The mails of a carrier of the laboratory. Written by the codec's tables, but by nothing of the program's own MM4 endpoint. */

import { type MimeSource, writeMessage } from '#codec/mime';
import {
  DEFAULT_DIALECT,
  encodeMm4,
  type KnownRequestStatus,
  type Mm4Address,
  type Mm4DeliveryReportReq,
  type Mm4Dialect,
  type Mm4ForwardReq,
  type Mm4Pdu,
  RESPONSE_OF,
  type ReadStatus,
  readAddress,
} from '#codec/mm4';

/** Who it is. */
export interface LabIdentity {
  readonly domain: string;
  /** Local part of its system mailbox. */
  readonly system: string;
  readonly dialect: Partial<Mm4Dialect>;
}

const silent = (): void => {};
export const addressOf = (text: string): Mm4Address => readAddress(text, silent);
export const number = (digits: string, domain?: string): Mm4Address =>
  addressOf(`+${digits.replace(/^\+/, '')}/TYPE=PLMN${domain === undefined ? '' : `@${domain}`}`);
export const systemOf = ({ system, domain }: LabIdentity): Mm4Address => addressOf(`${system}@${domain}`);

/** Octets of a mail. Throws when a value has no form on the wire: whoever plays chooses his values. */
export function mailOf(pdu: Mm4Pdu, { dialect }: LabIdentity, now: number, body?: MimeSource): readonly Uint8Array[] {
  const fields = encodeMm4(pdu, { dialect: { ...DEFAULT_DIALECT, ...dialect }, now });
  const written = writeMessage({ fields, ...(body && { body }) });
  if (!written.ok) throw new RangeError(written.error.text);
  return written.value.pieces;
}

/** What every mail of ours begins with. */
const common = (identity: LabIdentity, id: string, now: number) => ({
  transactionId: id,
  sender: systemOf(identity),
  from: systemOf(identity),
  date: now,
  mailId: `${id}.${now}@${identity.domain}`,
});

type Request = Exclude<Mm4Pdu, { readonly status: unknown }> & {
  readonly kind: keyof typeof RESPONSE_OF;
  readonly messageId: string;
};

/** The response to a request. */
export function responseTo(
  request: Request,
  identity: LabIdentity,
  answer: { readonly status: KnownRequestStatus; readonly transactionId?: string; readonly about?: readonly Mm4Address[] },
  now: number,
): Mm4Pdu {
  const { status, transactionId = request.transactionId, about } = answer;
  const rest = { ...common(identity, transactionId, now), to: [mailboxFor(request)], messageId: request.messageId, status };
  const kind = RESPONSE_OF[request.kind];
  return kind === 'MM4_forward.RES' ? { kind, ...rest, ...(about && { requestRecipients: about }) } : { kind, ...rest };
}

/** Where responses go: X-Mms-Originator-System, else Sender. */
export const mailboxFor = (request: { readonly originatorSystem?: Mm4Address; readonly sender?: Mm4Address }): Mm4Address =>
  request.originatorSystem ?? request.sender ?? addressOf('system-user');

/** A delivery report about one recipient. */
export const deliveryReport = (
  message: Mm4ForwardReq,
  recipient: Mm4Address,
  identity: LabIdentity,
  report: Pick<Mm4DeliveryReportReq, 'mmStatus' | 'transactionId' | 'messageId'> & { readonly isAsInMessage?: boolean },
  now: number,
): Mm4DeliveryReportReq => ({
  kind: 'MM4_delivery_report.REQ',
  ...common(identity, report.transactionId, now),
  messageId: report.messageId,
  from: report.isAsInMessage ? message.from : recipient,
  to: [report.isAsInMessage ? recipient : message.from],
  ackRequest: true,
  forwardToOriginator: true,
  mmStatus: report.mmStatus,
});

/** A read-reply report. */
export const readReport = (
  message: Mm4ForwardReq,
  recipient: Mm4Address,
  identity: LabIdentity,
  report: { readonly readStatus: ReadStatus; readonly transactionId: string },
  now: number,
): Mm4Pdu => ({
  kind: 'MM4_read_reply_report.REQ',
  ...common(identity, report.transactionId, now),
  messageId: message.messageId,
  from: recipient,
  to: [message.from],
  ackRequest: true,
  readStatus: report.readStatus,
});
