/** The OpenAPI document says what the server does. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { KINDS, OBJECT_KINDS } from '#directory';
import { openApiDocument } from './openapi.js';
import { RESOURCES } from './resources.js';

type Json = { readonly [key: string]: unknown };
const document = openApiDocument('1.2.3') as {
  readonly paths: Record<string, Record<string, Json>>;
  readonly components: Record<string, Record<string, Json>>;
};

/** Every reference in a value. */
function references(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(references);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => (key === '$ref' ? [String(inner)] : references(inner)));
}

describe('the OpenAPI document', () => {
  it('has every resource once, with its role and all its parameters', () => {
    const found = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.entries(operations).map(
        ([method, operation]) => [operation['operationId'], `${method.toUpperCase()} ${path}`, operation] as const,
      ),
    );
    assert.equal(found.length, Object.keys(RESOURCES).length);
    for (const [name, resource] of Object.entries(RESOURCES)) {
      const [, place, operation] = found.find(([id]) => id === name)!;
      assert.equal(place, `${resource.method} ${resource.path}`);
      assert.match(String(operation['description']), new RegExp(resource.role));
      const parameters = (operation['parameters'] ?? []) as { name: string; in: string; required: boolean }[];
      assert.deepEqual(
        parameters.filter((its) => its.in === 'path').map((its) => its.name),
        [...resource.path.matchAll(/\{([a-z]+)\}/g)].map(([, its]) => its),
      );
      assert.ok(parameters.every((its) => its.in !== 'path' || its.required));
      assert.equal('requestBody' in operation, 'body' in resource);
    }
  });

  it('refers to nothing that it does not have', () => {
    const all = references(document);
    assert.ok(all.length > 50);
    for (const reference of new Set(all)) {
      const found = reference
        .replace(/^#\//, '')
        .split('/')
        .reduce<unknown>((value, step) => (value as Json | undefined)?.[step], document);
      assert.ok(found, reference);
    }
  });

  it('describes every kind of object by the schema that checks it, each key with its words', () => {
    for (const kind of OBJECT_KINDS) {
      const schema = document.components['schemas']![kind] as { properties: Record<string, Json>; additionalProperties: unknown };
      assert.equal(schema.additionalProperties, false);
      assert.deepEqual(Object.keys(schema.properties), Object.keys(KINDS[kind].schema.shape));
      for (const [key, its] of Object.entries(schema.properties)) assert.ok(its['description'], `${kind} ${key}`);
    }
  });
});
