/** The operator API of the mmsc: lets a person see what the core does, and change what operators change. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Log, Meter } from '#base';
import type { ObjectStore } from '#directory';
import { type MessageId, type MessageStore, StoreUnavailable } from '#messaging';
import type { ExplainingRouter } from '#messaging/routing';
import type { StatusView } from './api.js';
import type { OperatorConfig } from './config.js';
import { type FarSidePorts, farSideHandlers } from './far-side-routes.js';
import { checked, Problem, type RunningApi, startApi } from './http-api.js';
import { maskedHistory, maskedMessage } from './masking.js';
import { objectHandlers } from './object-routes.js';
import { openApiDocument } from './openapi.js';
import { BODY_MAX, type Handlers, RESOURCES, type Resource, type ResourceName } from './resources.js';
import { assertRole, localCaller, type OperatorCaller, type OperatorUser, remoteCaller, userOf } from './roles.js';
import { routeHandlers } from './route-explanation.js';
import { toAddress, toHistoryView, toMessageView } from './views.js';

export interface OperatorPorts extends Partial<Pick<FarSidePorts, 'roads' | 'testPeer' | 'troubles'>> {
  readonly messages: Pick<MessageStore, 'history' | 'list'>;
  /** Absent where the program keeps no objects: their resources answer 503. */
  readonly objects?: ObjectStore;
  /** Absent where nothing is routed: explanations answer 503. */
  readonly router?: ExplainingRouter;
  readonly status: () => Promise<StatusView>;
  readonly log: Log;
  readonly meter: Meter;
}

export type OperatorApi = RunningApi;

type Message = 'status' | 'messages' | 'message' | 'openApi';

const messageHandlers = ({ messages, status }: OperatorPorts): Omit<Handlers<Message, OperatorCaller>, 'openApi'> => ({
  status: () => status(),

  messages: async ({ query: { sender, recipient, before, limit }, caller: { role } }) => {
    if (role === 'viewer' && (sender ?? recipient) !== undefined)
      throw new Problem(403, 'Forbidden', 'a viewer cannot ask for a number');
    const found = await messages.list({
      ...(sender === undefined ? {} : { sender: toAddress(sender) }),
      ...(recipient === undefined ? {} : { recipient: toAddress(recipient) }),
      ...(before === undefined ? {} : { before: before as MessageId }),
      limit,
    });
    const last = found.length === limit ? found.at(-1) : undefined;
    const views = found.map(toMessageView);
    return { messages: role === 'viewer' ? views.map(maskedMessage) : views, ...(last ? { before: last.id } : {}) };
  },

  message: async ({ params: { id }, caller: { role } }) => {
    const history = await messages.history(id as MessageId);
    if (!history) throw new Problem(404, 'Not found', `no message has the id ${JSON.stringify(id)}`);
    const view = toHistoryView(history);
    return role === 'viewer' ? maskedHistory(view) : view;
  },
});

/** One row with its handler; params that no object of the kind could have are not found, as they name nothing. */
function add(
  app: FastifyInstance,
  resource: Resource,
  handler: (asked: never) => unknown,
  callerOf: (request: FastifyRequest) => OperatorCaller,
): void {
  const url = resource.path.replaceAll(/\{([a-z]+)\}/g, ':$1');
  app.route({
    method: resource.method,
    url,
    bodyLimit: resource.bodyMax ?? BODY_MAX,
    handler: async (request) => {
      const caller = callerOf(request);
      assertRole(caller, resource.role);
      const params = resource.params?.safeParse(request.params);
      if (params !== undefined && !params.success) throw new Problem(404, 'Not found', notFoundText(params.error));
      const query = checked(resource.query ?? z.strictObject({}), request.query);
      const body = resource.body === undefined ? undefined : checked(resource.body, request.body ?? {}, 'body');
      return unlessUnavailable(() => handler({ params: params?.data, query, body, caller } as never));
    },
  });
}

/** A store that cannot answer now is no defect. */
async function unlessUnavailable(handler: () => unknown): Promise<unknown> {
  try {
    return await handler();
  } catch (e) {
    if (e instanceof StoreUnavailable) throw new Problem(503, 'Unavailable', e.message);
    throw e;
  }
}

const notFoundText = ({ issues: [first] }: z.ZodError): string => `${first!.path.join('.')}: ${first!.message}`;

const noObjects = (): never => {
  throw new Problem(503, 'Unavailable', 'this program keeps no objects');
};

function handlersOf(ports: OperatorPorts, version: string): Handlers<ResourceName, OperatorCaller> {
  const { objects } = ports;
  const document = openApiDocument(version);
  const others = { ...messageHandlers(ports), ...routeHandlers(ports.router), openApi: () => document };
  if (objects !== undefined) return { ...others, ...objectHandlers(objects), ...farSideHandlers({ ...ports, objects }) };
  const none = Object.fromEntries(Object.keys(RESOURCES).map((name) => [name, noObjects]));
  return { ...none, ...others } as unknown as Handlers<ResourceName, OperatorCaller>;
}

/** Starts the API. Rejects when a listener cannot be had; then nothing is left open. `version`: of the program, for its OpenAPI document. */
export function startOperatorApi(config: OperatorConfig, ports: OperatorPorts, version = '0'): Promise<OperatorApi> {
  const { token, users: named = [] } = config.tcp ?? {};
  const users: readonly OperatorUser[] = [
    ...named,
    ...(token === undefined ? [] : [{ name: 'token', role: 'operator', token } as const]),
  ];
  const handlers = handlersOf(ports, version);
  return startApi(config, {
    log: ports.log,
    meter: ports.meter,
    bodyMax: BODY_MAX,
    holderOf: (its) => userOf(users, its),
    routes: (app, remote) => {
      const callerOf = (request: FastifyRequest) => (remote ? remoteCaller(users, request) : localCaller(request));
      for (const name of Object.keys(RESOURCES) as ResourceName[]) add(app, RESOURCES[name], handlers[name], callerOf);
    },
  });
}
