/** What crosses the operator API about objects and far sides: schemas that the server checks by and the client reads by. Instants are ISO 8601 in UTC. */
import { z } from 'zod';
import { LIMITS } from '#base';
import { OBJECT_KINDS } from '#directory';
import { messageIdText } from './api.js';

const instant = z.string();
const CONTROL = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u;
/** Longest reason of a change. Unit: characters. */
const REASON_MAX = 500;

export const objectKind = z.enum(OBJECT_KINDS);
const name = z.string().min(1).max(64);
const revision = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const reason = z
  .string()
  .min(1)
  .max(REASON_MAX)
  .refine((text) => !CONTROL.test(text), 'no control characters')
  .describe('Why, for the history.');
/** An object as written; its own schema checks it. */
const written = z.record(z.string(), z.unknown());

export const objectParams = z.strictObject({ kind: objectKind, name });
/** Objects of one answer. */
const PAGE_MAX = 1000;
export const kindQuery = z.strictObject({
  kind: objectKind,
  after: name.optional().describe('Only those whose names come after this one, for paging.'),
  limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(PAGE_MAX),
});
export const putObject = z.strictObject({
  seen: revision.describe('The revision of the object that the writer saw; 0: it is to be new.'),
  object: written.describe('The whole object. A secret that is the mask stays what it is.'),
  reason: reason.optional(),
});
export const removeQuery = z.strictObject({
  seen: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER),
  reason: reason.optional(),
});

export const applyRequest = z
  .strictObject({
    dryRun: z.boolean().default(false).describe('Only say what would change.'),
    seen: revision.optional().describe('The revision that the dry run told; needed to carry it out.'),
    objects: z
      .strictObject(
        Object.fromEntries(OBJECT_KINDS.map((kind) => [kind, z.array(written).max(LIMITS.objectChangesMax).optional()])) as {
          [K in (typeof OBJECT_KINDS)[number]]: z.ZodOptional<z.ZodArray<typeof written>>;
        },
      )
      .describe('By kind. Objects that stand here are made or replaced as wholes; one without state keeps its state.'),
    prune: z.array(objectKind).max(OBJECT_KINDS.length).default([]).describe('Kinds whose other objects are removed.'),
    reason: reason.optional(),
  })
  .refine(({ dryRun, seen }) => dryRun || seen !== undefined, { path: ['seen'], message: 'is needed unless dryRun is true' });

export const historyQuery = z.strictObject({
  kind: objectKind.optional(),
  name: name.optional(),
  before: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

export const storedObjectView = z.object({
  kind: objectKind,
  name: z.string(),
  /** As written, secrets masked. */
  object: written,
  revision,
  changedAt: instant,
  changedBy: z.string(),
});
export const objectsView = z.object({
  revision,
  /** By name. */
  objects: z.array(storedObjectView),
  /** Value of `after` for the next page; absent on the last one. */
  after: z.string().optional(),
});

const keyDifference = z.object({ key: z.string(), before: z.unknown().optional(), after: z.unknown().optional() });
export const differenceView = z.object({
  kind: objectKind,
  name: z.string(),
  what: z.enum(['new', 'changed', 'removed']),
  keys: z.array(keyDifference),
});
const finding = z.object({ kind: objectKind, name: z.string(), path: z.string(), text: z.string() });

export const changedView = z.object({
  /** Of the directory with the change in it; of a dry run, the one to name as seen. */
  revision,
  carriedOut: z.boolean(),
  differences: z.array(differenceView),
  /** The same for people. */
  text: z.string(),
  /** Allowed, and probably not meant. */
  remarks: z.array(finding),
});

export const objectHistoryView = z.object({
  /** Newest first. */
  entries: z.array(
    z.object({
      revision,
      at: instant,
      who: z.string(),
      reason: z.string().optional(),
      differences: z.array(differenceView),
    }),
  ),
});

/** Far sides: what can be paused and has a queue. */
export const FAR_SIDES = ['peer', 'vasp'] as const;
export type FarSide = (typeof FAR_SIDES)[number];

export const nameParams = z.strictObject({ name });
export const trafficChange = z.strictObject({ state: z.enum(['active', 'paused', 'draining']), reason: reason.optional() });
export const ruleChange = z.strictObject({ state: z.enum(['active', 'paused']), reason: reason.optional() });

export const queueView = z.object({
  /** Deliveries and reports that wait to go out. */
  waiting: z.number(),
  oldestAt: instant.optional(),
  /** Handed over, an answer or report awaited. */
  awaiting: z.number(),
  underWay: z.number(),
  /** resting: nothing got through the last time. held: nothing is tried. */
  state: z.enum(['open', 'resting', 'held']),
  triedNextAt: instant.optional(),
  reason: z.string().optional(),
});
export const troubleView = z.object({ at: instant, text: z.string() });

export const farSideView = z.object({
  name: z.string(),
  state: z.string(),
  revision,
  changedAt: instant,
  changedBy: z.string(),
  queue: queueView,
  /** Newest first. */
  troubles: z.array(troubleView),
});
export const farSidesView = z.object({ farSides: z.array(farSideView) });

export const waitingQuery = z.strictObject({ limit: z.coerce.number().int().min(1).max(1000).default(50) });
export const waitingView = z.object({
  queue: queueView,
  /** Oldest first. */
  deliveries: z.array(
    z.object({
      message: z.string(),
      sender: z.string(),
      recipient: z.string(),
      size: z.number(),
      acceptedAt: instant,
      state: z.string(),
      attempts: z.number(),
      dueAt: instant.optional(),
      reason: z.string().optional(),
    }),
  ),
});

export const queueAction = z.strictObject({
  action: z
    .enum(['reroute', 'requeue', 'expire'])
    .describe('reroute: the routing decision is made anew. requeue: try now. expire: end them, and tell the senders.'),
  messages: z.array(messageIdText).min(1).max(1000).optional().describe('Only these; absent: all that waits.'),
  reason: reason.optional(),
});
export const queueActionView = z.object({ deliveries: z.number() });

export const testRequest = z.strictObject({
  recipient: z
    .string()
    .min(1)
    .max(254)
    .refine((text) => !CONTROL.test(text), 'no control characters')
    .optional()
    .describe('Who the test asks for; absent: the system mailbox of the peer.'),
});
export const testView = z.object({
  ok: z.boolean(),
  /** What it came to, in a sentence. */
  text: z.string(),
  dialogue: z.array(z.object({ from: z.enum(['us', 'them']), text: z.string() })),
});

export type StoredObjectView = z.output<typeof storedObjectView>;
export type ObjectsView = z.output<typeof objectsView>;
export type ChangedView = z.output<typeof changedView>;
export type ObjectHistoryView = z.output<typeof objectHistoryView>;
export type FarSideView = z.output<typeof farSideView>;
export type FarSidesView = z.output<typeof farSidesView>;
export type WaitingView = z.output<typeof waitingView>;
export type QueueActionView = z.output<typeof queueActionView>;
export type TestView = z.output<typeof testView>;
export type ApplyRequest = z.input<typeof applyRequest>;
