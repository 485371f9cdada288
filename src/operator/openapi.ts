/** The OpenAPI document of the mmsc's operator API, made of the rows of RESOURCES and of the schemas that check requests and objects. */
import { z } from 'zod';
import { KINDS, OBJECT_KINDS } from '#directory';
import { problemView } from './api.js';
import { RESOURCES, type Resource } from './resources.js';

type Json = { readonly [key: string]: unknown };

const schemaOf = (schema: z.ZodType, io: 'input' | 'output'): Json => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Json;
  return rest;
};

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

const problem = (description: string): Json => ({
  description,
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
});

function operationOf(name: string, { tag, summary, role, params, query, body, answer }: Resource): Json {
  const parameters = [...parametersOf(params, 'path'), ...parametersOf(query, 'query')];
  return {
    operationId: name,
    tags: [tag],
    summary,
    description: `Least role: ${role}.`,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: schemaOf(body, 'input') } } } }),
    responses: {
      200: { description: 'Done', content: { 'application/json': { schema: schemaOf(answer, 'output') } } },
      400: problem('What was sent is not accepted'),
      401: problem('No token, or none that is known'),
      403: problem('The role does not reach'),
      ...(params === undefined ? {} : { 404: problem('There is none of that name') }),
      ...(body === undefined && query === undefined ? {} : { 409: problem('Somebody else was faster') }),
      503: problem('Not now: the store, or a part that is not there'),
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
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
      schemas: {
        Problem: schemaOf(problemView, 'output'),
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
