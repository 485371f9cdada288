/** The operator API of the mmsc: lets a person see what the core does. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Log, Meter } from '#base';
import type { MessageId, MessageStore } from '#messaging';
import { type HistoryView, type MessagesView, messageIdText, messagesQuery, type StatusView } from './api.js';
import type { OperatorConfig } from './config.js';
import { checked, Problem, type RunningApi, sameSecret, startApi } from './http-api.js';
import { toAddress, toHistoryView, toMessageView } from './views.js';

export interface OperatorPorts {
  readonly messages: Pick<MessageStore, 'history' | 'list'>;
  readonly status: () => Promise<StatusView>;
  readonly log: Log;
  readonly meter: Meter;
}

export type OperatorApi = RunningApi;

/** Octets of a request's body: the API has none yet, so what comes is noise. */
const BODY_MAX = 1024;

const messageParams = z.object({ id: z.string() });

function routes(app: FastifyInstance, { messages, status }: OperatorPorts): void {
  app.get('/v1/status', (): Promise<StatusView> => status());

  app.get('/v1/messages', async (request): Promise<MessagesView> => {
    const { sender, recipient, before, limit } = checked(messagesQuery, request.query);
    const found = await messages.list({
      ...(sender === undefined ? {} : { sender: toAddress(sender) }),
      ...(recipient === undefined ? {} : { recipient: toAddress(recipient) }),
      ...(before === undefined ? {} : { before: before as MessageId }),
      limit,
    });
    const last = found.length === limit ? found.at(-1) : undefined;
    return { messages: found.map(toMessageView), ...(last ? { before: last.id } : {}) };
  });

  app.get('/v1/messages/:id', async (request): Promise<HistoryView> => {
    const { id } = checked(messageParams, request.params);
    const history = messageIdText.safeParse(id).success ? await messages.history(id as MessageId) : undefined;
    if (!history) throw new Problem(404, 'Not found', `no message has the id ${JSON.stringify(id)}`);
    return toHistoryView(history);
  });
}

/** Starts the API. Rejects when a listener cannot be had; then nothing is left open. */
export const startOperatorApi = (config: OperatorConfig, ports: OperatorPorts): Promise<OperatorApi> =>
  startApi(config, {
    log: ports.log,
    meter: ports.meter,
    bodyMax: BODY_MAX,
    holderOf: (token) => (token !== undefined && config.tcp && sameSecret(token, config.tcp.token) ? config : undefined),
    routes: (app) => routes(app, ports),
  });
