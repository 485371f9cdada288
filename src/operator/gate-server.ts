/**
 * The operator API of the gate: what it does, what it has decided, and the few things that people change while it runs. Who asks is known by his
 * token over TCP; on the unix socket, which its permissions guard, by the name that he gives. Every change is written to the audit log first.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Log, Meter, Result } from '#base';
import type { ChangeRefusal, NumberChange, NumberFinding, NumberLookup, NumberWriter } from '#portability';
import type { GateApiConfig, GateUser } from './config.js';
import {
  type AuditView,
  type DecisionsQuery,
  type DecisionsView,
  decisionsQuery,
  type GateStatusView,
  type ModeChange,
  type ModesView,
  modeChange,
  type NumberBatch,
  type NumberView,
  numberBatch,
  numberEntry,
  numberParams,
  type ReloadView,
  type ReportQuery,
  reloadRequest,
  reportQuery,
} from './gate-api.js';
import type { Allow, Caller, Refusal } from './gate-terms.js';
import { bearerOf, checked, Problem, type RunningApi, sameSecret, startApi } from './http-api.js';
import { assertKept, type NumberStorePorts, numberStoreRoutes } from './number-store-routes.js';
import { OPERATOR_HEADER } from './roles.js';

/** Takes changes as a NumberWriter does, and is told who asks for them. */
export interface NumberChanges {
  apply(changes: readonly NumberChange[], who: string): ReturnType<NumberWriter['apply']>;
}

export interface GateApiPorts {
  readonly status: () => GateStatusView;
  readonly modes: () => ModesView;
  readonly setMode: (change: ModeChange, who: string) => Promise<Result<ModesView, Refusal>>;
  /** Rejects are carried out again after the ceiling. */
  readonly resume: (who: string) => Promise<Result<ModesView, Refusal>>;
  readonly reload: (dryRun: boolean, who: string) => Promise<Result<ReloadView, Refusal>>;
  /** Newest first. */
  readonly decisions: (query: DecisionsQuery, masked: boolean) => Promise<DecisionsView>;
  readonly report: (query: ReportQuery) => Promise<unknown>;
  readonly audit: () => Promise<AuditView>;
  readonly numbers: { readonly lookup: NumberLookup; readonly writer?: NumberChanges };
  readonly now: () => number;
  /** The number store as a whole; absent where there is none. */
  readonly numberStore?: NumberStorePorts;
  readonly log: Log;
  readonly meter: Meter;
}

/** Octets of a request's body. Source: a batch of changes of the largest size. */
const BODY_MAX = 4 * 1024 * 1024;
const NAME = /^[-\w.@]{1,64}$/;

const userOf = (users: readonly GateUser[], token: string | undefined): GateUser | undefined =>
  token === undefined ? undefined : users.find((user) => sameSecret(user.token, token));

function localCaller(request: FastifyRequest): Caller {
  const name = request.headers[OPERATOR_HEADER];
  return { name: typeof name === 'string' && NAME.test(name) ? name : 'local', role: 'operator' };
}

const PROBLEMS: Readonly<Record<Refusal['kind'], readonly [number, string]>> = {
  'bad-value': [400, 'Bad request'],
  stale: [409, 'Conflict'],
  refused: [422, 'Refused'],
};

function given<T>(result: Result<T, Refusal>): T {
  if (result.ok) return result.value;
  throw new Problem(...PROBLEMS[result.error.kind], result.error.text);
}

const instant = (at: number): string => new Date(at).toISOString();

export function numbersStateOf(lookup: NumberLookup, now: number): GateStatusView['numbers'] {
  const { load, change, changedAt } = lookup.version;
  return {
    state: lookup.state,
    load,
    change,
    changedAt: instant(changedAt),
    ageSeconds: Math.max(0, Math.floor((now - changedAt) / 1000)),
  };
}

function numberViewOf(number: string, finding: NumberFinding | undefined, version: NumberView['version']): NumberView {
  if (finding === undefined) return { number, stored: false, version };
  const { record, by, validFrom, validUntil } = finding;
  const { entity, portabilityType } = record;
  return {
    number,
    stored: true,
    portabilityType,
    entity: entity.kind,
    ...(entity.kind === 'rn' ? { routingNumber: entity.routingNumber } : {}),
    by: by.kind === 'number' ? 'number' : `${by.first}-${by.last}`,
    ...(validFrom === undefined ? {} : { validFrom: instant(validFrom) }),
    ...(validUntil === undefined ? {} : { validUntil: instant(validUntil) }),
    version,
  };
}

/** A change as the domain has it. */
function toNumberChange(change: NumberBatch['changes'][number]): NumberChange {
  const range = 'first' in change ? { first: Number(change.first), last: Number(change.last) } : undefined;
  if (change.kind === 'delete-number') return { kind: change.kind, number: Number(change.number) };
  if (change.kind === 'delete-range') return { kind: change.kind, ...range! };
  const { portabilityType, entity, routingNumber = '', validFrom, validUntil } = change;
  const record = { portabilityType, entity: entity === 'rn' ? { kind: entity, routingNumber } : { kind: entity } } as const;
  const validity = {
    ...(validFrom === undefined ? {} : { validFrom: Date.parse(validFrom) }),
    ...(validUntil === undefined ? {} : { validUntil: Date.parse(validUntil) }),
  };
  return change.kind === 'set-number'
    ? { kind: change.kind, number: Number(change.number), record, ...validity }
    : { kind: change.kind, ...range!, record, ...validity };
}

function refusalText(refusal: ChangeRefusal): string {
  switch (refusal.kind) {
    case 'invalid':
      return `changes[${refusal.index}]: ${refusal.text}`;
    case 'ranges-overlap':
      return `changes[${refusal.index}]: cuts the range ${refusal.with.first}-${refusal.with.last}`;
    case 'full':
      return `changes[${refusal.index}]: no room for more (${refusal.what})`;
    case 'busy':
      return 'too much waits for the disk, try again';
    case 'unavailable':
      return refusal.text;
  }
}

function numberRoutes(app: FastifyInstance, { numbers, numberStore, now }: GateApiPorts, allow: Allow): void {
  const { lookup, writer } = numbers;
  const apply = async (changes: readonly NumberChange[], { name }: Caller): Promise<{ version: unknown }> => {
    assertKept(numberStore?.source);
    if (writer === undefined) throw new Problem(409, 'Conflict', 'this gate only reads the number store');
    const applied = await writer.apply(changes, name);
    if (!applied.ok) {
      const isLater = applied.error.kind === 'busy' || applied.error.kind === 'unavailable';
      throw new Problem(isLater ? 503 : 422, isLater ? 'Unavailable' : 'Refused', refusalText(applied.error));
    }
    return { version: applied.value };
  };

  app.get('/v1/numbers/:number', async (request): Promise<NumberView> => {
    allow(request, 'operator');
    const { number } = checked(numberParams, request.params);
    if (lookup.state !== 'ready') throw new Problem(503, 'Unavailable', `the number store is ${lookup.state}`);
    return numberViewOf(number, lookup.finding(Number(number), now()), numbersStateOf(lookup, now()));
  });
  app.put('/v1/numbers/:number', (request) => {
    const caller = allow(request, 'operator');
    const { number } = checked(numberParams, request.params);
    return apply([toNumberChange({ kind: 'set-number', number, ...checked(numberEntry, request.body, 'body') })], caller);
  });
  app.delete('/v1/numbers/:number', (request) => {
    const caller = allow(request, 'operator');
    const { number } = checked(numberParams, request.params);
    return apply([{ kind: 'delete-number', number: Number(number) }], caller);
  });
  app.post('/v1/numbers', (request) => {
    const caller = allow(request, 'operator');
    return apply(checked(numberBatch, request.body, 'body').changes.map(toNumberChange), caller);
  });
}

function routes(app: FastifyInstance, ports: GateApiPorts, allow: Allow): void {
  app.get('/v1/status', async (request) => {
    allow(request, 'viewer', 'operator');
    return ports.status();
  });
  app.get('/v1/modes', async (request) => {
    allow(request, 'viewer', 'operator');
    return ports.modes();
  });
  app.put('/v1/modes', async (request) => {
    const { name } = allow(request, 'operator');
    return given(await ports.setMode(checked(modeChange, request.body, 'body'), name));
  });
  app.post('/v1/ceiling/resume', async (request) => given(await ports.resume(allow(request, 'operator').name)));
  app.post('/v1/reload', async (request) => {
    const { name } = allow(request, 'operator');
    return given(await ports.reload(checked(reloadRequest, request.body ?? {}, 'body').dryRun, name));
  });
  app.get('/v1/decisions', async (request) => {
    const { role } = allow(request, 'viewer', 'operator');
    const query = checked(decisionsQuery, request.query);
    if (role === 'viewer' && query.number !== undefined) throw new Problem(403, 'Forbidden', 'a viewer cannot ask for a number');
    return ports.decisions(query, role === 'viewer');
  });
  app.get('/v1/report', async (request) => {
    allow(request, 'viewer', 'operator');
    return ports.report(checked(reportQuery, request.query));
  });
  app.get('/v1/audit', async (request) => {
    allow(request, 'operator');
    return ports.audit();
  });
  numberRoutes(app, ports, allow);
  if (ports.numberStore !== undefined) numberStoreRoutes(app, allow, ports.numberStore);
}

/** Starts the API. Rejects when a listener cannot be had; then nothing is left open. */
export function startGateApi(config: GateApiConfig, ports: GateApiPorts): Promise<RunningApi> {
  const users = config.tcp?.users ?? [];
  return startApi(config, {
    log: ports.log,
    meter: ports.meter,
    bodyMax: BODY_MAX,
    holderOf: (token) => userOf(users, token),
    routes: (app, remote) =>
      routes(app, ports, (request, ...roles) => {
        const caller = remote ? userOf(users, bearerOf(request))! : localCaller(request);
        if (!roles.includes(caller.role)) throw new Problem(403, 'Forbidden', `${caller.role}s may not do this`);
        return caller;
      }),
  });
}
