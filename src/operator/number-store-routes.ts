/** The number store as a whole, by the operator API: full loads, former versions, and what followers on other machines fetch. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { maskNumber, type Result } from '#base';
import { followingView } from './gate-api.js';
import type { Allow, Refusal } from './gate-terms.js';
import { checked, Problem } from './http-api.js';

/** A full load: the last one, or the one that is under way. */
export const loadJobView = z.object({
  state: z.enum(['none', 'running', 'done', 'failed']),
  file: z.string().optional(),
  dryRun: z.boolean().optional(),
  startedAt: z.string().optional(),
  endedAt: z.string().optional(),
  /** Of the file, read so far. */
  octets: z.number().optional(),
  lines: z.number().optional(),
  /** Why it failed. */
  text: z.string().optional(),
  /** What the file holds, once it is read. */
  report: z.record(z.string(), z.unknown()).optional(),
});
export type LoadJobView = z.output<typeof loadJobView>;

/** Files of a load that a follower is told of: a snapshot, and the logs since. */
const FILES_MAX = 10_000;

export const numberStoreView = z.object({
  stats: z.record(z.string(), z.unknown()),
  versions: z.array(z.record(z.string(), z.unknown())),
  load: loadJobView,
  /** Absent: this gate keeps them. */
  following: followingView.optional(),
});
export type NumberStoreView = z.output<typeof numberStoreView>;

export const followList = z.object({
  load: z.string(),
  files: z.array(z.object({ name: z.string(), octets: z.number().int().min(0) })).max(FILES_MAX),
  version: z.object({ load: z.string(), change: z.number().int().min(0), changedAt: z.number() }).optional(),
});

export interface NumberStorePorts {
  /** Where the numbers come from, where this gate does not keep them itself; then nothing of them can be changed here. */
  readonly source?: string;
  readonly view: () => NumberStoreView;
  /** Begins to load a file; the view tells how it goes. */
  readonly load: (file: string, dryRun: boolean, who: string) => Promise<Result<LoadJobView, Refusal>>;
  readonly rollback: (load: string, who: string) => Promise<Result<NumberStoreView, Refusal>>;
  /** What followers fetch; undefined: there are no numbers. */
  readonly list: () => Promise<unknown>;
  /** Undefined: there is no such file any more. */
  readonly read: (load: string, name: string, offset: number, octetsMax: number) => Promise<Uint8Array | undefined>;
}

const loadRequest = z.strictObject({ file: z.string().min(1), dryRun: z.boolean().default(false) });
const rollbackRequest = z.strictObject({ load: z.string().min(1) });
/** Octets of one answer to a follower. */
const PIECE_MAX = 4 * 1024 * 1024;
const pieceQuery = z.strictObject({
  offset: z.coerce.number().int().min(0),
  octets: z.coerce.number().int().min(1).max(PIECE_MAX).default(PIECE_MAX),
});
/** Names of loads and of files in them; no path gets out of the folder. */
const place = z.string().regex(/^[0-9A-Za-z][-.0-9A-Za-z]{0,127}$/, 'expected the name of a load or a file');
const pieceParams = z.object({ load: place, name: place });

function done<T>(result: Result<T, Refusal>): T {
  if (result.ok) return result.value;
  throw new Problem(result.error.kind === 'bad-value' ? 400 : 409, 'Refused', result.error.text);
}

/** Throws a Problem (409) that names where the numbers can be changed, unless that is here. */
export function assertKept(source: string | undefined): void {
  if (source !== undefined)
    throw new Problem(409, 'Conflict', `the numbers of this gate are kept by ${source}: change them, and follow them, there`);
}

/** Digits in a remark that may be somebody's number. Unit: digits. Source: the shortest international numbers of subscribers. */
const NUMBER = /[0-9]{7,}/g;

/** The same for somebody who may not see numbers: those in remarks about lines of a number file are masked. */
const maskedView = (view: NumberStoreView): NumberStoreView => ({
  ...view,
  load: JSON.parse(
    JSON.stringify(view.load, (key, value: unknown) =>
      key === 'text' && typeof value === 'string' ? value.replaceAll(NUMBER, maskNumber) : value,
    ),
  ) as LoadJobView,
});

export function numberStoreRoutes(app: FastifyInstance, allow: Allow, ports: NumberStorePorts): void {
  app.get('/v1/number-store', async (request) => {
    const { role } = allow(request, 'viewer', 'operator');
    return role === 'viewer' ? maskedView(ports.view()) : ports.view();
  });
  app.post('/v1/number-store/load', async (request) => {
    const { name } = allow(request, 'operator');
    assertKept(ports.source);
    const { file, dryRun } = checked(loadRequest, request.body, 'body');
    return done(await ports.load(file, dryRun, name));
  });
  app.post('/v1/number-store/rollback', async (request) => {
    const { name } = allow(request, 'operator');
    assertKept(ports.source);
    return done(await ports.rollback(checked(rollbackRequest, request.body, 'body').load, name));
  });
  app.get('/v1/follow', async (request) => {
    allow(request, 'follower', 'operator');
    assertKept(ports.source);
    const list = await ports.list();
    if (list === undefined) throw new Problem(404, 'Not found', 'there are no numbers');
    return list;
  });
  app.get('/v1/follow/:load/:name', async (request, reply) => {
    allow(request, 'follower', 'operator');
    assertKept(ports.source);
    const { load, name } = checked(pieceParams, request.params);
    const { offset, octets } = checked(pieceQuery, request.query);
    const piece = await ports.read(load, name, offset, octets);
    if (piece === undefined) throw new Problem(404, 'Not found', 'there is no such file any more');
    return reply.type('application/octet-stream').send(Buffer.from(piece.buffer, piece.byteOffset, piece.length));
  });
}
