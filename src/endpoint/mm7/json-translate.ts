/** Bodies of the JSON interface and the requests that they are. Pure but for base64, which the host does best. */
import { err, ok, type Result } from '#base';
import { parseMediaType } from '#codec/mime';
import { CONTENT_CLASSES } from '#codec/mm7';
import { type ContentType, multipartPieces, type PartSource } from '#codec/wsp';
import type { Address, ApplicationAddressing, NumberingPlan, Recipient, RecipientField, TimeWish } from '#messaging';
import { toAddress } from './addresses.js';
import type { ReplaceBody, SubmitBody } from './json-schemas.js';
import type { OwnRefusal } from './refusals.js';
import { present, type ReplaceRequest, type SubmitRequest, type VaspContent } from './request.js';

type PartBody = SubmitBody['parts'][number];
type TimeBody = NonNullable<SubmitBody['expiry']>;

const PRESENTATION = 'application/smil';
const utf8 = new TextEncoder();

/** Octets of a base64 text; undefined when it is none. */
function fromBase64(text: string): Uint8Array | undefined {
  const octets = Buffer.from(text, 'base64');
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const digits = text.length - padding;
  const whole = (padding === 0 && digits % 4 !== 1) || text.length % 4 === 0;
  // The host passes over what is none of the alphabet; then octets are missing.
  return whole && octets.length === Math.floor((digits * 3) / 4) ? octets : undefined;
}

function toPart(part: PartBody): PartSource | undefined {
  const type = parseMediaType(part.contentType);
  const data = part.text === undefined ? fromBase64(part.data ?? '') : utf8.encode(part.text);
  if (data === undefined) return undefined;
  const charset = part.text === undefined ? undefined : 'utf-8';
  return present<PartSource>({
    contentType: {
      media: type.media,
      parameters: present<Record<string, string>>({
        ...type.parameters,
        charset: charset ?? type.parameters['charset'],
        name: part.name ?? type.parameters['name'],
      }),
    },
    contentId: part.contentId === undefined ? undefined : `<${part.contentId}>`,
    contentLocation: part.name,
    data,
  } as { readonly [K in keyof PartSource]: PartSource[K] | undefined });
}

function written(parts: readonly PartSource[], type: ContentType): VaspContent {
  const { pieces, octets } = multipartPieces(
    parts.map((part) => ({ ...part, data: [part.data] })),
    type,
  );
  return { pieces, size: octets, media: type.media };
}

/** Parts as they are stored: related where one of them is a presentation, which then goes first; else mixed. */
function toContent(parts: readonly PartBody[]): Result<VaspContent, OwnRefusal> {
  const sources = parts.map(toPart);
  const broken = sources.indexOf(undefined);
  if (broken >= 0) return err({ kind: 'content-unreadable', why: `parts.${broken}.data is not base64` });
  const whole = sources as readonly PartSource[];
  const presentation = whole.find(({ contentType }) => contentType.media === PRESENTATION);
  if (presentation === undefined) {
    return ok(written(whole, { media: 'application/vnd.wap.multipart.mixed', parameters: {} }));
  }
  const start = presentation.contentId ?? '<presentation>';
  const first = { ...presentation, contentId: start };
  const ordered = [first, ...whole.filter((part) => part !== presentation)];
  const media = 'application/vnd.wap.multipart.related';
  return ok(written(ordered, { media, parameters: { type: PRESENTATION, start } }));
}

const toTime = (time: TimeBody | undefined): TimeWish | undefined =>
  time === undefined ? undefined : typeof time === 'string' ? { at: Date.parse(time) } : { afterMs: time.afterSeconds * 1000 };

const address = (text: string, plan: NumberingPlan): Address =>
  toAddress(text.includes('@') ? 'RFC2822Address' : 'Number', text, plan);

const contentClass = (name: SubmitBody['contentClass']): number | undefined =>
  name === undefined ? undefined : CONTENT_CLASSES.indexOf(name);

function applicationOf({ applicId, replyApplicId, auxApplicInfo }: ReplaceBody): ApplicationAddressing | undefined {
  const application = present<ApplicationAddressing>({ applicId, replyApplicId, auxApplicInfo });
  return Object.keys(application).length === 0 ? undefined : application;
}

export function toSubmitRequest(body: SubmitBody, transactionId: string, plan: NumberingPlan): Result<SubmitRequest, OwnRefusal> {
  const content = toContent(body.parts);
  if (!content.ok) return content;
  const list = (field: RecipientField, texts: readonly string[]): readonly Recipient[] =>
    texts.map((text) => ({ field, address: address(text, plan) }));
  return ok(
    present<SubmitRequest>({
      transactionId,
      vasId: body.vasId,
      sender: body.sender === undefined ? undefined : address(body.sender, plan),
      recipients: [...list('to', body.to), ...list('cc', body.cc), ...list('bcc', body.bcc)],
      serviceCode: body.serviceCode,
      linkedId: body.linkedId,
      messageClass: body.messageClass,
      date: body.date === undefined ? undefined : Date.parse(body.date),
      subject: body.subject,
      priority: body.priority,
      deliveryReport: body.deliveryReport,
      readReport: body.readReport,
      expiry: toTime(body.expiry),
      deliveryTime: toTime(body.deliveryTime),
      chargedParty: body.chargedParty,
      chargedPartyId: body.chargedPartyId,
      distributionIndicator: body.distribution,
      deliveryCondition: body.deliveryCondition?.map(String),
      application: applicationOf(body),
      contentClass: contentClass(body.contentClass),
      drmContent: body.drm,
      adaptationAllowed: body.adaptationAllowed,
      content: content.value,
    } as { readonly [K in keyof SubmitRequest]: SubmitRequest[K] | undefined }),
  );
}

export function toReplaceRequest(
  body: ReplaceBody,
  transactionId: string,
  messageId: string,
): Result<ReplaceRequest, OwnRefusal> {
  const content = toContent(body.parts);
  if (!content.ok) return content;
  return ok(
    present<ReplaceRequest>({
      operation: 'replace',
      transactionId,
      messageId,
      vasId: body.vasId,
      serviceCode: body.serviceCode,
      readReport: body.readReport,
      deliveryTime: toTime(body.deliveryTime),
      expiry: toTime(body.expiry),
      distributionIndicator: body.distribution,
      application: applicationOf(body),
      adaptationAllowed: body.adaptationAllowed,
      contentClass: contentClass(body.contentClass),
      drmContent: body.drm,
      content: content.value,
    } as { readonly [K in keyof ReplaceRequest]: ReplaceRequest[K] | undefined }),
  );
}
