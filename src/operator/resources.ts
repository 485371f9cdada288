/** Every resource of the mmsc's operator API: one row each. The server, its checks and docs/openapi.json are made of these rows. */
import { z } from 'zod';
import { historyView, messageIdText, messagesQuery, messagesView, statusView } from './api.js';
import {
  applyRequest,
  changedView,
  farSidesView,
  farSideView,
  historyQuery,
  kindQuery,
  nameParams,
  objectHistoryView,
  objectParams,
  objectsView,
  putObject,
  queueAction,
  queueActionView,
  removeQuery,
  ruleChange,
  storedObjectView,
  testRequest,
  testView,
  trafficChange,
  waitingQuery,
  waitingView,
} from './object-api.js';
import type { OperatorRole } from './roles.js';
import { routeExplanation, routeQuestion } from './route-explanation.js';

export interface Resource {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  /** With `{name}` where a parameter stands. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  /** The least role that may. */
  readonly role: OperatorRole;
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  readonly answer: z.ZodType;
  /** Octets of the body; absent: BODY_MAX. */
  readonly bodyMax?: number;
}

/** Octets of a body. Source: an object with a bundle of authorities of the largest size. */
export const BODY_MAX = 1024 * 1024;
/** Octets of a file of objects that is applied. Source: LIMITS.objectChangesMax objects of 2 KB. */
const APPLY_BODY_MAX = 4 * 1024 * 1024;

const messageParams = z.strictObject({ id: messageIdText });
const anything = z.record(z.string(), z.unknown());

export const RESOURCES = {
  status: {
    method: 'GET',
    path: '/v1/status',
    tag: 'program',
    summary: 'How the program is',
    role: 'viewer',
    answer: statusView,
  },
  openApi: {
    method: 'GET',
    path: '/v1/openapi.json',
    tag: 'program',
    summary: 'This document',
    role: 'viewer',
    answer: anything,
  },

  messages: {
    method: 'GET',
    path: '/v1/messages',
    tag: 'messages',
    summary: 'Messages, newest first. Viewers see numbers masked, and cannot ask for one',
    role: 'viewer',
    query: messagesQuery,
    answer: messagesView,
  },
  message: {
    method: 'GET',
    path: '/v1/messages/{id}',
    tag: 'messages',
    summary: 'The whole history of one message',
    role: 'viewer',
    params: messageParams,
    answer: historyView,
  },

  objects: {
    method: 'GET',
    path: '/v1/objects',
    tag: 'objects',
    summary: 'Objects of one kind, by name. Subscribers need the role operator',
    role: 'viewer',
    query: kindQuery,
    answer: objectsView,
  },
  object: {
    method: 'GET',
    path: '/v1/objects/{kind}/{name}',
    tag: 'objects',
    summary: 'One object',
    role: 'viewer',
    params: objectParams,
    answer: storedObjectView,
  },
  putObject: {
    method: 'PUT',
    path: '/v1/objects/{kind}/{name}',
    tag: 'objects',
    summary: 'Makes an object, or replaces it as a whole',
    role: 'administrator',
    params: objectParams,
    body: putObject,
    answer: changedView,
  },
  removeObject: {
    method: 'DELETE',
    path: '/v1/objects/{kind}/{name}',
    tag: 'objects',
    summary: 'Removes an object',
    role: 'administrator',
    params: objectParams,
    query: removeQuery,
    answer: changedView,
  },
  apply: {
    method: 'POST',
    path: '/v1/objects',
    tag: 'objects',
    summary:
      'Applies a set of objects, whole or not at all; first as a dry run, which tells the difference and the revision to name',
    role: 'administrator',
    body: applyRequest,
    answer: changedView,
    bodyMax: APPLY_BODY_MAX,
  },
  objectHistory: {
    method: 'GET',
    path: '/v1/object-history',
    tag: 'objects',
    summary: 'Who changed which object when, newest first. Changes of subscribers are shown to operators only',
    role: 'viewer',
    query: historyQuery,
    answer: objectHistoryView,
  },

  peers: {
    method: 'GET',
    path: '/v1/peers',
    tag: 'peers',
    summary: 'Peers and what waits for them',
    role: 'viewer',
    answer: farSidesView,
  },
  peer: {
    method: 'GET',
    path: '/v1/peers/{name}',
    tag: 'peers',
    summary: 'One peer',
    role: 'viewer',
    params: nameParams,
    answer: farSideView,
  },
  peerState: {
    method: 'PUT',
    path: '/v1/peers/{name}/state',
    tag: 'peers',
    summary: 'Pauses, drains or resumes a peer',
    role: 'operator',
    params: nameParams,
    body: trafficChange,
    answer: changedView,
  },
  peerQueue: {
    method: 'GET',
    path: '/v1/peers/{name}/queue',
    tag: 'peers',
    summary: 'What waits for a peer, oldest first',
    role: 'viewer',
    params: nameParams,
    query: waitingQuery,
    answer: waitingView,
  },
  peerQueueAction: {
    method: 'POST',
    path: '/v1/peers/{name}/queue',
    tag: 'peers',
    summary: 'Re-routes, re-queues or expires what waits for a peer',
    role: 'operator',
    params: nameParams,
    body: queueAction,
    answer: queueActionView,
  },
  peerTest: {
    method: 'POST',
    path: '/v1/peers/{name}/test',
    tag: 'peers',
    summary: 'An SMTP dialogue with a peer up to RCPT; nothing is sent',
    role: 'operator',
    params: nameParams,
    body: testRequest,
    answer: testView,
  },

  vasps: {
    method: 'GET',
    path: '/v1/vasps',
    tag: 'vasps',
    summary: 'VASPs and what waits for them',
    role: 'viewer',
    answer: farSidesView,
  },
  vasp: {
    method: 'GET',
    path: '/v1/vasps/{name}',
    tag: 'vasps',
    summary: 'One VASP',
    role: 'viewer',
    params: nameParams,
    answer: farSideView,
  },
  vaspState: {
    method: 'PUT',
    path: '/v1/vasps/{name}/state',
    tag: 'vasps',
    summary: 'Pauses, drains or resumes a VASP',
    role: 'operator',
    params: nameParams,
    body: trafficChange,
    answer: changedView,
  },
  vaspQueue: {
    method: 'GET',
    path: '/v1/vasps/{name}/queue',
    tag: 'vasps',
    summary: 'What waits for a VASP, oldest first',
    role: 'viewer',
    params: nameParams,
    query: waitingQuery,
    answer: waitingView,
  },
  vaspQueueAction: {
    method: 'POST',
    path: '/v1/vasps/{name}/queue',
    tag: 'vasps',
    summary: 'Re-routes, re-queues or expires what waits for a VASP',
    role: 'operator',
    params: nameParams,
    body: queueAction,
    answer: queueActionView,
  },

  routeState: {
    method: 'PUT',
    path: '/v1/routes/{name}/state',
    tag: 'routes',
    summary: 'Pauses or resumes a route',
    role: 'operator',
    params: nameParams,
    body: ruleChange,
    answer: changedView,
  },
  explainRoute: {
    method: 'POST',
    path: '/v1/route-explanation',
    tag: 'routes',
    summary: 'Which way a recipient goes, and why; lookups are asked as for a message',
    role: 'operator',
    body: routeQuestion,
    answer: routeExplanation,
  },
} as const satisfies Readonly<Record<string, Resource>>;

export type ResourceName = keyof typeof RESOURCES;

type Part<R, K extends string> = K extends keyof R ? (R[K] extends z.ZodType ? z.output<R[K]> : undefined) : undefined;

/** What a handler is given: everything checked by the row's schemas. */
export interface Asked<N extends ResourceName, C> {
  readonly params: Part<(typeof RESOURCES)[N], 'params'>;
  readonly query: Part<(typeof RESOURCES)[N], 'query'>;
  readonly body: Part<(typeof RESOURCES)[N], 'body'>;
  readonly caller: C;
}

/** One handler for each of some resources. */
export type Handlers<N extends ResourceName, C> = {
  readonly [K in N]: (
    asked: Asked<K, C>,
  ) => z.input<(typeof RESOURCES)[K]['answer']> | Promise<z.input<(typeof RESOURCES)[K]['answer']>>;
};
