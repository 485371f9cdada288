/** The OpenAPI document of the mmsc's operator API, made of the rows of RESOURCES and of the schemas that check requests and objects. */
import { z } from 'zod';
import { KINDS, OBJECT_KINDS } from '#directory';
import { historyView, messageView, problemView, statusView } from './api.js';
import {
  changedView,
  farSideView,
  objectHistoryView,
  queueAction,
  storedObjectView,
  testView,
  waitingView,
} from './object-api.js';
import { RESOURCES, type Resource } from './resources.js';

type Json = { readonly [key: string]: unknown };

const schemaOf = (schema: z.ZodType, io: 'input' | 'output'): Json => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Json;
  return rest;
};

/** Schemas that stand under components by name, as several resources share them or clients want a name for them. */
const NAMED: Readonly<Record<string, z.ZodType>> = {
  Problem: problemView,
  Changed: changedView,
  ObjectHistory: objectHistoryView,
  StoredObject: storedObjectView,
  FarSide: farSideView,
  Waiting: waitingView,
  QueueAction: queueAction,
  Test: testView,
  MessageHistory: historyView,
  Message: messageView,
  Status: statusView,
};

const nameOf = (schema: z.ZodType): string | undefined => Object.keys(NAMED).find((name) => NAMED[name] === schema);

/** The schema, or a reference to where it stands under components. */
function referred(schema: z.ZodType, io: 'input' | 'output'): Json {
  const name = nameOf(schema);
  return name === undefined ? schemaOf(schema, io) : { $ref: `#/components/schemas/${name}` };
}

/** The parameters that a strict object stands for. */
function parametersOf(schema: z.ZodType | undefined, where: 'path' | 'query'): Json[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = schemaOf(schema, 'input') as {
    readonly properties?: Readonly<Record<string, Json>>;
    readonly required?: readonly string[];
  };
  return Object.entries(properties).map(([name, its]) => ({
    name,
    in: where,
    required: where === 'path' || required.includes(name),
    schema: its,
  }));
}

/** Problems that operations answer with, by status. */
const PROBLEMS: Readonly<Record<number, string>> = {
  400: 'What was sent is not accepted',
  401: 'No token, or none that is known',
  403: 'The role does not reach',
  404: 'There is none of that name',
  409: 'Somebody else was faster',
  413: 'More octets than are taken',
  422: 'More objects than are kept, or than are changed at once',
  503: 'Not now: the store, or a part that is not there',
};

const problemResponses = (): Json =>
  Object.fromEntries(
    Object.entries(PROBLEMS).map(([status, description]) => [
      `Problem${status}`,
      { description, content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } },
    ]),
  );

const problems = (...statuses: readonly number[]): Json =>
  Object.fromEntries(statuses.map((status) => [String(status), { $ref: `#/components/responses/Problem${status}` }]));

function operationOf(name: string, { method, tag, summary, role, params, query, body, answer }: Resource): Json {
  const parameters = [...parametersOf(params, 'path'), ...parametersOf(query, 'query')];
  return {
    operationId: name,
    tags: [tag],
    summary,
    description: `Least role: ${role}.`,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: referred(body, 'input') } } } }),
    responses: {
      200: { description: 'Done', content: { 'application/json': { schema: referred(answer, 'output') } } },
      ...problems(400, 401, 403, ...(params === undefined ? [] : [404])),
      ...(method === 'GET' ? {} : problems(409, 413, 422)),
      ...problems(503),
    },
  };
}

/** `version`: of the program. */
export function openApiDocument(version: string): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const [name, resource] of Object.entries(RESOURCES)) {
    paths[resource.path] = { ...paths[resource.path], [resource.method.toLowerCase()]: operationOf(name, resource) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Angarium operator API',
      version,
      description:
        'On a unix socket, where everybody is an administrator and says his name by the header x-angarium-operator; and on TCP with bearer tokens. Objects are written as in the files that `angarium apply` takes; their schemas stand under components by kind.',
    },
    paths,
    components: {
      responses: problemResponses(),
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
      schemas: {
        ...Object.fromEntries(
          Object.entries(NAMED).map(([name, schema]) => [name, schemaOf(schema, schema === queueAction ? 'input' : 'output')]),
        ),
        ...Object.fromEntries(
          OBJECT_KINDS.map((kind) => [
            kind,
            { title: KINDS[kind].title, description: KINDS[kind].about, ...schemaOf(KINDS[kind].schema, 'input') },
          ]),
        ),
      },
    },
    security: [{ bearer: [] }],
  };
}
