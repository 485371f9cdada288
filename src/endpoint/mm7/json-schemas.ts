/**
 * The JSON interface as schemas: they validate what comes, and the OpenAPI description is made of them. What a field means is said in its
 * description here and nowhere else.
 */
import { z } from 'zod';
import { CONTENT_CLASSES } from '#codec/mm7';

/** Bounds of texts and lists. Unit: characters, entries. */
const ID_MAX = 128;
const ADDRESS_MAX = 320;
const TEXT_MAX = 1024;
const MEDIA_MAX = 512;
const LIST_MAX = 1000;
const PARTS_MAX = 100;
const CONDITION_MAX = 9;
const SPAN_SECONDS_MAX = 10 * 366 * 86_400;

/** No control characters: ids and names stand in header fields. */
const LINE = /^[^\u0000-\u001f\u007f]*$/;
const id = z.string().min(1).max(ID_MAX).regex(LINE);
const text = z.string().max(TEXT_MAX);

const address = z
  .string()
  .min(1)
  .max(ADDRESS_MAX)
  .meta({
    description: 'A number with plus sign and country code, a short code of up to six digits, or a mailbox.',
    examples: ['+15559870002'],
  });

const time = z
  .union([z.iso.datetime({ offset: true }), z.strictObject({ afterSeconds: z.int().min(0).max(SPAN_SECONDS_MAX) })])
  .meta({ description: 'An instant with zone, or a span from the receipt of the request.' });

const part = z
  .strictObject({
    contentType: z
      .string()
      .min(3)
      .max(MEDIA_MAX)
      .regex(LINE)
      .meta({ description: 'Media type with parameters, as in MIME.', examples: ['image/jpeg'] }),
    contentId: id.optional().meta({ description: 'By which a presentation refers to it (cid:), without brackets.' }),
    name: id.optional().meta({ description: 'File name; a presentation may refer to it as well.' }),
    text: z.string().optional().meta({ description: 'The part as text; kept in UTF-8. This or data.' }),
    data: z
      .string()
      .optional()
      .meta({ description: 'The octets of the part in base64. This or text.', contentEncoding: 'base64' }),
  })
  .refine((value) => (value.text === undefined) !== (value.data === undefined), { error: 'a part has either text or data' })
  .meta({ description: 'One picture, text, sound, video or presentation (application/smil).' });

const terms = {
  transactionId: id.optional().meta({
    description: 'Names the request. The same request with the same name is carried out once and answered as the first time.',
  }),
  vasId: id.optional().meta({ description: 'Which service of the account sends.' }),
  serviceCode: id.optional().meta({ description: 'What is sold, for charging.' }),
  readReport: z.boolean().optional(),
  deliveryTime: time.optional().meta({ description: 'Not before this may anybody get it.' }),
  expiry: time.optional().meta({ description: 'From then on nobody gets it any more.' }),
  distribution: z.boolean().optional().meta({ description: 'False: recipients must not pass it on.' }),
  adaptationAllowed: z
    .boolean()
    .optional()
    .meta({ description: 'False: the content must reach the handset as it is. Absent means true.' }),
  contentClass: z.enum(CONTENT_CLASSES).optional(),
  drm: z.boolean().optional(),
  applicId: text.optional().meta({ description: 'Application at the recipient that the message is for.' }),
  replyApplicId: text.optional().meta({ description: 'Application that replies and reports are for.' }),
  auxApplicInfo: text.optional(),
  parts: z.array(part).max(PARTS_MAX).meta({ description: 'In order. Where one of them is a presentation, it is shown by it.' }),
} as const;

export const submitSchema = z
  .strictObject({
    ...terms,
    sender: address
      .optional()
      .meta({ description: 'An address of the account, shown as the sender; absent: its first short code.' }),
    to: z.array(address).max(LIST_MAX).default([]),
    cc: z.array(address).max(LIST_MAX).default([]),
    bcc: z.array(address).max(LIST_MAX).default([]),
    subject: text.optional(),
    linkedId: id.optional().meta({ description: 'Of the message that this one answers.' }),
    messageClass: z.enum(['personal', 'informational', 'advertisement', 'auto']).optional(),
    priority: z.enum(['low', 'normal', 'high']).optional(),
    date: z.iso.datetime({ offset: true }).optional(),
    deliveryReport: z.boolean().optional(),
    chargedParty: z.enum(['sender', 'recipient', 'both', 'neither', 'third-party']).optional(),
    chargedPartyId: id.optional(),
    deliveryCondition: z
      .array(z.union([z.literal(1), z.literal(2)]))
      .max(CONDITION_MAX)
      .optional()
      .meta({
        description:
          '1: only to terminals that take multimedia messages, 2: only in this network. Recipients for whom one does not hold are refused.',
      }),
  })
  .meta({ description: 'A message to be delivered.' });
export type SubmitBody = z.infer<typeof submitSchema>;

export const replaceSchema = z
  .strictObject(terms)
  .meta({ description: 'What takes the place of a message for everybody who has not got it yet.' });
export type ReplaceBody = z.infer<typeof replaceSchema>;

const refusedRecipient = z.strictObject({ recipient: z.string(), reason: z.string() });

export const submittedSchema = z
  .strictObject({
    messageId: z.string(),
    status: z.enum(['accepted', 'partly-accepted']),
    refused: z.array(refusedRecipient).meta({ description: 'Recipients that will not get it, and why.' }),
    duplicate: z.boolean().meta({ description: 'The same request had come before.' }),
  })
  .meta({ description: 'The message is stored; nothing that happens to the service loses it.' });

export const recalledSchema = z.strictObject({
  messageId: z.string(),
  done: z.int().meta({ description: 'Recipients for whom it was done.' }),
  tooLate: z.int().meta({ description: 'Recipients who have the message.' }),
});

export const statusSchema = z.strictObject({
  messageId: z.string(),
  acceptedAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  recipients: z.array(
    z.strictObject({
      recipient: z.string(),
      state: z
        .string()
        .meta({ description: 'For instance due, notified, retrieved, rejected, expired, unreachable, cancelled.' }),
      ended: z.boolean(),
      read: z.enum(['read', 'deleted-without-being-read']).optional(),
    }),
  ),
});

export const problemSchema = z
  .strictObject({
    type: z
      .string()
      .meta({ description: 'The reason as a word of this interface.', examples: ['urn:angarium:vasp:sender-not-allowed'] }),
    title: z.string(),
    status: z.int().meta({ description: 'Status of HTTP.' }),
    detail: z.string(),
    code: z.int().meta({ description: 'The status code that MM7 has for it (TS 23.140 8.7.5).' }),
    faults: z
      .array(z.strictObject({ path: z.string(), fault: z.string() }))
      .optional()
      .meta({ description: 'What is wrong in the body, each with its path.' }),
  })
  .meta({ description: 'RFC 9457.' });
export type Problem = z.infer<typeof problemSchema>;

const sentPart = z.strictObject({
  contentType: z.string(),
  contentId: z.string().optional(),
  name: z.string().optional(),
  data: z.string().meta({ contentEncoding: 'base64' }),
});

export const messageEventSchema = z
  .strictObject({
    type: z.literal('message'),
    transactionId: z.string().meta({ description: 'The same at every repetition.' }),
    messageId: z.string(),
    linkedId: z.string().meta({ description: 'To be quoted in a submission that answers this message.' }),
    vasId: z.string().optional(),
    from: z.string().optional().meta({ description: 'Absent when the sender is hidden.' }),
    recipients: z.array(z.string()).meta({ description: 'Addresses of the service that the message is for.' }),
    to: z.array(z.string()),
    cc: z.array(z.string()),
    date: z.iso.datetime(),
    subject: z.string().optional(),
    priority: z.enum(['low', 'normal', 'high']),
    applicId: z.string().optional(),
    replyApplicId: z.string().optional(),
    auxApplicInfo: z.string().optional(),
    parts: z.array(sentPart),
  })
  .meta({ description: 'A message for a service of the account.' });
export type MessageEvent = z.infer<typeof messageEventSchema>;

export const reportEventSchema = z
  .strictObject({
    type: z.enum(['delivery-report', 'read-report']),
    transactionId: z.string(),
    messageId: z.string(),
    recipient: z.string(),
    status: z.enum([
      'retrieved',
      'rejected',
      'expired',
      'unrecognised',
      'indeterminate',
      'unreachable',
      'forwarded',
      'read',
      'deleted-without-being-read',
    ]),
    text: z.string().optional(),
    date: z.iso.datetime(),
    applicId: z.string().optional(),
    replyApplicId: z.string().optional(),
    auxApplicInfo: z.string().optional(),
  })
  .meta({ description: 'What became of a submitted message at one recipient.' });
export type ReportEvent = z.infer<typeof reportEventSchema>;
