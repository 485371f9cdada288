/** The description of the JSON interface, made of the schemas that validate it. OpenAPI 3.1. */
import { z } from 'zod';
import {
  messageEventSchema,
  problemSchema,
  recalledSchema,
  replaceSchema,
  reportEventSchema,
  statusSchema,
  submitSchema,
  submittedSchema,
} from './json-schemas.js';

const SCHEMAS = {
  Submission: [submitSchema, 'input'],
  Replacement: [replaceSchema, 'input'],
  Submitted: [submittedSchema, 'output'],
  Recalled: [recalledSchema, 'output'],
  MessageStatus: [statusSchema, 'output'],
  Problem: [problemSchema, 'output'],
  MessageEvent: [messageEventSchema, 'output'],
  ReportEvent: [reportEventSchema, 'output'],
} as const;
type SchemaName = keyof typeof SCHEMAS;

const reference = (name: SchemaName, media = 'application/json') => ({
  content: { [media]: { schema: { $ref: `#/components/schemas/${name}` } } },
});
const body = (name: SchemaName) => ({ required: true, ...reference(name) });
const answer = (name: SchemaName, description: string) => ({ description, ...reference(name) });
const PROBLEM = { description: 'It was not done; the body says why.', ...reference('Problem', 'application/problem+json') };
const MESSAGE_ID = { name: 'messageId', in: 'path', required: true, schema: { type: 'string' } };

function componentOf(name: SchemaName): unknown {
  const [schema, io] = SCHEMAS[name];
  const { $schema, ...rest } = z.toJSONSchema(schema, { io }) as Record<string, unknown>;
  return rest;
}

const webhook = (operationId: string, summary: string, schema: SchemaName) => ({
  post: {
    operationId,
    summary,
    requestBody: body(schema),
    responses: {
      '2XX': { description: 'It was taken and will not be sent again.' },
      '4XX': { description: 'It is not wanted (408, 425 and 429 apart, which put it off) and will not be sent again.' },
      '5XX': { description: 'Not now; it is sent again with the same transactionId.' },
    },
  },
});

/** The whole document. `path`: what paths begin with. */
export function openApi(path: string): Readonly<Record<string, unknown>> {
  const names = Object.keys(SCHEMAS) as SchemaName[];
  return {
    openapi: '3.1.0',
    info: {
      title: 'Multimedia messages for value added services',
      version: '1',
      description: 'What MM7 (3GPP TS 23.140 8.7) does in SOAP, in JSON: same accounts, same limits, same status codes.',
    },
    paths: {
      [`${path}/messages`]: {
        post: {
          operationId: 'submit',
          summary: 'Gives a message to be delivered.',
          requestBody: body('Submission'),
          responses: { '201': answer('Submitted', 'Stored.'), default: PROBLEM },
        },
      },
      [`${path}/messages/{messageId}`]: {
        parameters: [MESSAGE_ID],
        get: {
          operationId: 'status',
          summary: 'What has become of a message of this account.',
          responses: { '200': answer('MessageStatus', 'Where it stands now.'), default: PROBLEM },
        },
        put: {
          operationId: 'replace',
          summary: 'Puts another message in its place.',
          requestBody: body('Replacement'),
          responses: { '200': answer('Recalled', 'Done for those who had not got it.'), default: PROBLEM },
        },
        delete: {
          operationId: 'cancel',
          summary: 'Takes a message back.',
          parameters: [
            {
              name: 'transactionId',
              in: 'query',
              required: false,
              schema: { type: 'string' },
              description: 'As in a submission.',
            },
          ],
          responses: { '200': answer('Recalled', 'Done for those who had not got it.'), default: PROBLEM },
        },
      },
      [`${path}/openapi.json`]: {
        get: {
          operationId: 'description',
          summary: 'This document.',
          security: [],
          responses: { '200': { description: 'This document.', content: { 'application/json': {} } } },
        },
      },
    },
    webhooks: {
      message: webhook('message', 'A message for a service of the account.', 'MessageEvent'),
      report: webhook('report', 'A delivery report or read report.', 'ReportEvent'),
    },
    components: {
      schemas: Object.fromEntries(names.map((name) => [name, componentOf(name)])),
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer' },
        basic: { type: 'http', scheme: 'basic' },
        digest: { type: 'http', scheme: 'digest' },
        certificate: { type: 'mutualTLS' },
      },
    },
    security: [{ token: [] }, { basic: [] }, { digest: [] }, { certificate: [] }],
  };
}
