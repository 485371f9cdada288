/**
 * What crosses the operator API of the gate: schemas that the server writes by and the client reads by. Version 1, under /v1. Instants are ISO 8601
 * in UTC; numbers of subscribers are international digits, whole for operators and masked for viewers.
 */
import { z } from 'zod';

const instant = z.string();
const counted = z.record(z.string(), z.number());

export const modeRow = z.object({
  scope: z.enum(['all', 'selector', 'home-smsc']),
  /** Of the selector or home SMSC; absent for all. */
  name: z.string().optional(),
  /** What holds now. */
  mode: z.string(),
  /** What the configuration says; absent: nothing of its own. */
  configured: z.string().optional(),
  /** Who has set it otherwise, and when; absent: nobody. */
  by: z.string().optional(),
  at: instant.optional(),
});

export const modesView = z.object({
  /** Goes up with every change; a change that names another one is refused. */
  revision: z.number(),
  rows: z.array(modeRow),
  ceiling: z.object({ exceeded: z.boolean(), since: instant.optional(), messages: z.number(), rejects: z.number() }),
});

/** Of numbers that another process keeps: from where, and how far behind what is answered here is. */
export const followingView = z.object({
  source: z.string(),
  /** What it has and we do not answer by; absent: not known. */
  lagOctets: z.number().optional(),
  lagChanges: z.number().optional(),
  /** Since all of it was the same here; absent: it never was. */
  lagSeconds: z.number().optional(),
  /** When it last answered; absent: not since the start. */
  answeredAt: instant.optional(),
  failures: z.number(),
  /** Why the last attempt failed; absent: it went well. */
  fault: z.string().optional(),
});
export type FollowingView = z.output<typeof followingView>;

export const numbersStateView = z.object({
  state: z.string(),
  load: z.string(),
  change: z.number(),
  changedAt: instant,
  ageSeconds: z.number(),
});

export const linkView = z.object({
  name: z.string(),
  role: z.string(),
  state: z.string(),
  messagesIn: z.number(),
  messagesOut: z.number(),
  queuedOctets: z.number(),
  /** Reasons with a count above 0. */
  discards: counted,
});

export const gateStatusView = z.object({
  version: z.string(),
  startedAt: instant,
  uptimeSeconds: z.number(),
  ready: z.boolean(),
  /** Why not; empty when ready. */
  reasons: z.array(z.string()),
  /** What is wrong and does not keep the gate from its work. */
  alarms: z.array(z.string()),
  configuration: z.object({
    edition: z.string(),
    loadedAt: instant,
    /** Sections that have changed in the file and wait for the next start. */
    waiting: z.array(z.string()),
  }),
  mode: z.string(),
  load: z.object({ level: z.number(), lagMs: z.number() }),
  links: z.array(linkView),
  associations: z.array(
    z.object({ name: z.string(), addresses: z.array(z.string()), port: z.number(), state: z.string(), queuedOctets: z.number() }),
  ),
  destinations: z.array(
    z.object({
      network: z.number(),
      pointCode: z.number(),
      text: z.string(),
      mask: z.number(),
      availability: z.string(),
      congestionLevel: z.number(),
    }),
  ),
  subsystems: z.array(z.object({ network: z.number(), pointCode: z.number(), ssn: z.number(), state: z.string() })),
  platforms: z.array(z.object({ name: z.string(), up: z.boolean(), drain: z.boolean() })),
  numbers: numbersStateView.extend({ following: followingView.optional() }),
  held: counted,
  counts: counted,
  /** Decisions since the start. */
  decisions: z.array(
    z.object({ selector: z.string(), homeSmsc: z.string(), places: counted, outcomes: counted, reasons: counted }),
  ),
});

export const reloadView = z.object({
  edition: z.string(),
  /** Keys that differ, with both values, for people. */
  changes: z.array(z.string()),
  /** Sections whose changes wait for the next start. */
  waiting: z.array(z.string()),
  warnings: z.array(z.string()),
  /** False for a dry run. */
  carriedOut: z.boolean(),
});

/** A kept decision as its store has it. */
export const decisionsView = z.object({ decisions: z.array(z.record(z.string(), z.unknown())) });

export const auditView = z.object({
  entries: z.array(
    z.object({ at: instant, who: z.string(), what: z.string(), before: z.unknown().optional(), after: z.unknown().optional() }),
  ),
});

export type ModeRow = z.output<typeof modeRow>;
export type ModesView = z.output<typeof modesView>;
export type GateStatusView = z.output<typeof gateStatusView>;
export type ReloadView = z.output<typeof reloadView>;
export type DecisionsView = z.output<typeof decisionsView>;
export type AuditView = z.output<typeof auditView>;

/** Decisions of one answer unless asked otherwise, and the most of one answer. */
export const DECISIONS_DEFAULT = 50;
export const DECISIONS_MAX = 1000;

const digits = z.string().regex(/^[1-9][0-9]{0,14}$/, 'expected 1 to 15 digits, international form without plus');

/** Query of GET /v1/decisions. */
export const decisionsQuery = z.strictObject({
  number: digits.optional(),
  since: z.iso.datetime({ offset: true }).optional(),
  until: z.iso.datetime({ offset: true }).optional(),
  verdict: z.enum(['pass', 'reject', 'redirect']).optional(),
  homeSmsc: z.string().optional(),
  link: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(DECISIONS_MAX).default(DECISIONS_DEFAULT),
});
export type DecisionsQuery = z.output<typeof decisionsQuery>;

/** Query of GET /v1/report. */
export const reportQuery = z.strictObject({
  since: z.iso.datetime({ offset: true }).optional(),
  until: z.iso.datetime({ offset: true }).optional(),
});
export type ReportQuery = z.output<typeof reportQuery>;

/** Body of PUT /v1/modes. `mode` null: as the configuration has it. */
export const modeChange = z.strictObject({
  scope: z.enum(['all', 'selector', 'home-smsc']),
  name: z.string().optional(),
  mode: z.string().nullable(),
  /** The revision that the caller has seen; absent: whatever it is. */
  revision: z.number().int().optional(),
});
export type ModeChange = z.output<typeof modeChange>;

/** Body of POST /v1/reload. */
export const reloadRequest = z.strictObject({ dryRun: z.boolean().default(false) });

/** One entry of a number, as the API has it. */
export const numberEntry = z.strictObject({
  portabilityType: z.number().int().min(0).max(255),
  entity: z.enum(['sp', 'rn', 'none']),
  /** With entity `rn`. */
  routingNumber: z.string().optional(),
  validFrom: z.iso.datetime({ offset: true }).optional(),
  validUntil: z.iso.datetime({ offset: true }).optional(),
});

/** Changes of one batch. Source: a body of a few megabytes; larger ones are files for `angarium numbers import`. */
export const BATCH_MAX = 10_000;

/** Body of POST /v1/numbers: all or nothing, in this order. */
export const numberBatch = z.strictObject({
  changes: z
    .array(
      z.discriminatedUnion('kind', [
        numberEntry.extend({ kind: z.literal('set-number'), number: digits }),
        z.strictObject({ kind: z.literal('delete-number'), number: digits }),
        numberEntry.extend({ kind: z.literal('set-range'), first: digits, last: digits }),
        z.strictObject({ kind: z.literal('delete-range'), first: digits, last: digits }),
      ]),
    )
    .min(1)
    .max(BATCH_MAX),
});
export type NumberBatch = z.output<typeof numberBatch>;

export const numberParams = z.object({ number: digits });

/** Answer of GET /v1/numbers/N. */
export const numberView = z.object({
  number: z.string(),
  stored: z.boolean(),
  portabilityType: z.number().optional(),
  entity: z.string().optional(),
  routingNumber: z.string().optional(),
  /** `number`, or the range. */
  by: z.string().optional(),
  validFrom: instant.optional(),
  validUntil: instant.optional(),
  version: numbersStateView,
});
export type NumberView = z.output<typeof numberView>;
