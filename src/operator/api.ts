/**
 * What crosses the operator API: schemas that the server writes by and the client reads by. Version 1, under /v1.
 *
 * Numbers and addresses are whole here, as people write them (`+46700000001`). What a message says is not given out: no content, no
 * subject, and no key of a delivery, as whoever knows that can fetch the content. Instants are ISO 8601 in UTC.
 */
import { z } from 'zod';

const instant = z.string();

export const messageView = z.object({
  id: z.string(),
  /** By which interface it came, and in which version. */
  interface: z.string(),
  version: z.string(),
  acceptedAt: instant,
  deliverAt: instant,
  expiresAt: instant,
  sender: z.string(),
  senderHidden: z.boolean(),
  recipients: z.array(z.object({ field: z.enum(['to', 'cc', 'bcc']), address: z.string() })),
  messageClass: z.string(),
  priority: z.string(),
  deliveryReport: z.boolean(),
  readReport: z.boolean(),
  contentType: z.string(),
  /** Octets of content. */
  size: z.number(),
});

export const deliveryView = z.object({
  recipient: z.string(),
  state: z.string(),
  /** Pushes tried so far. */
  attempts: z.number(),
  /** Absent when it has ended. */
  dueAt: instant.optional(),
  fetchedAt: instant.optional(),
  /** The recipient's read report. */
  readStatus: z.string().optional(),
  /** The recipient's word on delivery reports; absent until given. */
  reportAllowed: z.boolean().optional(),
  /** Why it ended or was last put off. */
  reason: z.string().optional(),
});

/** A report that still waits to be pushed to the sender. */
export const reportView = z.object({
  about: z.enum(['delivery', 'read']),
  recipient: z.string(),
  /** What it says: the outcome of the delivery, or what became of the message at its reader. */
  says: z.string(),
  at: instant,
  dueAt: instant,
  attempts: z.number(),
});

/** A fact of an event. */
const fact = z.union([z.string(), z.number(), z.boolean()]);

/** One event; beside these, the facts of its kind, each a plain value. */
export const eventView = z
  .object({ at: instant, kind: z.string(), sender: z.string().optional(), recipient: z.string().optional() })
  .catchall(fact);

export const historyView = z.object({
  message: messageView,
  deliveries: z.array(deliveryView),
  /** Reports not yet with the sender. */
  reports: z.array(reportView),
  /** Oldest first. */
  events: z.array(eventView),
});

export const messagesView = z.object({
  /** Newest first. */
  messages: z.array(messageView),
  /** Value of `before` for the next page; absent on the last one. */
  before: z.string().optional(),
});

export const statusView = z.object({
  version: z.string(),
  startedAt: instant,
  uptimeSeconds: z.number(),
  ready: z.boolean(),
  /** Why not; empty when ready. */
  reasons: z.array(z.string()),
  store: z.object({
    writable: z.boolean(),
    reason: z.string().optional(),
    /** Octets of the data folder. */
    diskBytes: z.number(),
    /** Of these, large content that messages still need. */
    contentBytes: z.number(),
  }),
  queue: z.object({
    /** When the next delivery or report falls due; absent when nothing waits. */
    nextDueAt: instant.optional(),
  }),
});

/** An error of the API. RFC 9457. */
export const problemView = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number(),
  detail: z.string().optional(),
  /** Each thing that is wrong with objects. */
  faults: z
    .array(
      z.object({
        kind: z.string(),
        name: z.string().optional(),
        /** Place among the objects of that kind in the request; absent when an object that is not in it is at fault. */
        index: z.number().optional(),
        path: z.array(z.union([z.string(), z.number()])),
        text: z.string(),
      }),
    )
    .optional(),
});

export type MessageView = z.output<typeof messageView>;
export type HistoryView = z.output<typeof historyView>;
export type MessagesView = z.output<typeof messagesView>;
export type StatusView = z.output<typeof statusView>;
export type ProblemView = z.output<typeof problemView>;

/** Messages of one answer unless asked otherwise, and the most of one answer. Unit: messages. Source: a screenful, and about a megabyte. */
export const PAGE_DEFAULT = 50;
export const PAGE_MAX = 1000;

const MESSAGE_ID = /^[-0-9A-Z_a-z]{22}$/;

export const messageIdText = z.string().regex(MESSAGE_ID, 'expected the 22 characters of a message id');

/** Query of GET /v1/messages. Addresses as people write them: +46700000001, 46700000001, somebody@mail.example, a short code. */
export const messagesQuery = z.strictObject({
  sender: z.string().min(1).optional(),
  recipient: z.string().min(1).optional(),
  /** Only messages older than this one. */
  before: messageIdText.optional(),
  limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(PAGE_DEFAULT),
});
