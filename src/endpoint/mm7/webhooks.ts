/** Messages and reports for VASPs as JSON calls, with the signature by which the VASP knows that they are ours. */
import { createHmac } from 'node:crypto';
import { decodeParts, readContent } from '#codec/mms';
import { contentTypeText, isMultipart, type Part } from '#codec/wsp';
import type { Vasp } from '#directory';
import { addressText, type Handover, type OutgoingReport, type Recipient } from '#messaging';
import type { Call } from './calls.js';
import type { MessageEvent, ReportEvent } from './json-schemas.js';
import { nameOfReported, type ToldContent } from './outgoing.js';
import { present } from './request.js';

const iso = (at: number): string => new Date(at).toISOString();
const withoutBrackets = (id: string): string => id.replace(/^<(.*)>$/, '$1');

/** Throws on content that cannot be taken apart, which was not accepted. */
function partsOf(octets: Uint8Array): readonly Part[] {
  const content = readContent(octets);
  const parts = content.ok ? decodeParts(content.value) : content;
  if (!parts.ok) throw new Error(`stored content cannot be taken apart: ${parts.error.text}`);
  return parts.value;
}

/** Parts in order; a multipart inside is handed on as it is. */
const sentPart = (part: Part): MessageEvent['parts'][number] =>
  present<MessageEvent['parts'][number]>({
    contentType: isMultipart(part.contentType) ? part.contentType.media : contentTypeText(part.contentType),
    contentId: part.contentId === undefined ? undefined : withoutBrackets(part.contentId),
    name: part.contentLocation ?? part.contentType.parameters['name'],
    data: Buffer.from(part.data.buffer, part.data.byteOffset, part.data.length).toString('base64'),
  });

export function messageEvent(handover: Handover): MessageEvent {
  const { message, road } = handover;
  const shown = (field: Recipient['field']): string[] =>
    handover.recipientsShown.filter((recipient) => recipient.field === field).map(({ address }) => addressText(address));
  return present<MessageEvent>({
    type: 'message',
    transactionId: handover.transactionId,
    messageId: message.id,
    linkedId: message.id,
    vasId: road.kind === 'vasp' ? road.vas : undefined,
    from: handover.from === undefined ? undefined : addressText(handover.from),
    recipients: handover.deliveries.map(({ recipient }) => addressText(recipient)),
    to: shown('to'),
    cc: shown('cc'),
    date: iso(message.date),
    subject: message.subject,
    priority: message.priority,
    ...message.application,
    parts: partsOf(handover.content).map(sentPart),
  } as { readonly [K in keyof MessageEvent]: MessageEvent[K] | undefined });
}

export function reportEvent(outgoing: OutgoingReport, content: ToldContent): ReportEvent {
  const { report, transactionId } = outgoing;
  return present<ReportEvent>({
    type: content.kind === 'read' ? 'read-report' : 'delivery-report',
    transactionId,
    messageId: nameOfReported(outgoing),
    recipient: addressText(report.recipient),
    status: content.kind === 'read' ? content.status : content.outcome,
    text: content.kind === 'read' ? undefined : content.text,
    date: iso(report.at),
    ...report.application,
  } as { readonly [K in keyof ReportEvent]: ReportEvent[K] | undefined });
}

const utf8 = new TextEncoder();

/**
 * A JSON call. Where the VASP has a key, `X-Angarium-Signature` is `t=SECONDS,v1=HEX`: HMAC-SHA-256 over the seconds since the epoch, a full stop
 * and the body, so that neither can be changed, nor an old call be repeated much later.
 */
export function jsonCall(event: MessageEvent | ReportEvent, { delivery }: Vasp, now: number): Call {
  const body = utf8.encode(JSON.stringify(event));
  const seconds = String(Math.floor(now / 1000));
  const signature =
    delivery.signingKey === undefined
      ? {}
      : {
          'x-angarium-signature': `t=${seconds},v1=${createHmac('sha256', delivery.signingKey).update(`${seconds}.`).update(body).digest('hex')}`,
        };
  return { contentType: 'application/json', pieces: [body], octets: body.length, headers: signature };
}
