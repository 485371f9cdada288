/** How a peer's messages are written: schema namespace, version, prefixes. TS 23.140 8.7.2; the schema annex. */

const SCHEMAS = 'http://www.3gpp.org/ftp/Specs/archive/23_series/23.140/schema/';
/** SOAP 1.1 envelope, and what copies of the specification's sample call it. */
export const SOAP_ENVELOPE = 'http://schemas.xmlsoap.org/soap/envelope/';
export const SOAP_ENVELOPE_MISPRINTED = 'http://schemas.xmlsoap.org/soap/soap-envelope';

/**
 * Schemas of MM7, oldest first, with the MM7Version that is written beside each when the peer's own is not known. The tag is the version
 * of the schema, the number that of the specification.
 */
export const MM7_SCHEMAS = {
  'REL-5-MM7-1-0': '5.3.0',
  'REL-5-MM7-1-1': '5.5.0',
  'REL-5-MM7-1-2': '5.6.0',
  'REL-5-MM7-1-3': '5.8.0',
  'REL-5-MM7-1-4': '5.10.0',
  'REL-5-MM7-1-5': '5.10.0',
  'REL-6-MM7-1-0': '6.3.0',
  'REL-6-MM7-1-1': '6.4.0',
  'REL-6-MM7-1-2': '6.5.0',
  'REL-6-MM7-1-3': '6.6.0',
  'REL-6-MM7-1-4': '6.8.0',
} as const satisfies Readonly<Record<string, string>>;
export type Mm7Schema = keyof typeof MM7_SCHEMAS;

/** How messages to one peer are written. */
export interface Mm7Dialect {
  /** Namespace of the MM7 elements, whole. */
  readonly namespace: string;
  /** MM7Version. */
  readonly version: string;
  /** Prefix of every MM7 element; absent: the namespace is the default one. */
  readonly prefix?: string;
}

/** The namespace of a schema. */
export const schemaNamespace = (schema: string): string => SCHEMAS + schema;

/** The schema that a namespace names; undefined for one that is none of ours. */
export function schemaOf(namespace: string): Mm7Schema | undefined {
  const tag = namespace.startsWith(SCHEMAS) ? namespace.slice(SCHEMAS.length) : undefined;
  return tag !== undefined && Object.hasOwn(MM7_SCHEMAS, tag) ? (tag as Mm7Schema) : undefined;
}

/** The dialect of a schema with its usual version and the default namespace. */
export const dialectOf = (schema: Mm7Schema): Mm7Dialect => ({
  namespace: schemaNamespace(schema),
  version: MM7_SCHEMAS[schema],
});

/** Release of the specification that a version belongs to; undefined when it is no version. Only 5 and 6 are spoken. */
export function releaseOf(version: string): number | undefined {
  const major = /^([0-9]{1,3})\.[0-9]{1,3}(?:\.[0-9]{1,3})?$/.exec(version)?.[1];
  return major === undefined ? undefined : Number(major);
}
