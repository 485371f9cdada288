/**
 * The kinds of value that the configuration file knows. Each is a zod schema from what TOML gives to what the program uses, registered with
 * the words that the example file, the reference and every fault message are made of.
 */
import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { durationMs, listenAddress, sizeOctets } from './written-values.js';

/** What a key can be set to in TOML, as far as this program uses it. */
export type TomlValue = string | number | boolean | readonly TomlValue[];

/** What is to be said of one key. */
export interface KeyInfo {
  /** One or more sentences for the operator. */
  readonly description: string;
  /** Completes "expected ...". */
  readonly expects: string;
  /** The same for one element, where the value is a list. */
  readonly expectsEach?: string;
  /** Value taken when the key is absent, as one would write it; absent when there is none. */
  readonly preset?: TomlValue;
  /** What happens when the key is absent and there is no preset. */
  readonly otherwise?: string;
  /** A value to show where there is no preset. */
  readonly example?: TomlValue;
  /** The value is the path of a file or folder: a relative one starts at the folder of the configuration file. */
  readonly isPath?: true;
}

/** Every key of the schema by its zod type; sections have their sentence in SECTIONS. */
export const KEYS = new WeakMap<object, KeyInfo>();
export const SECTIONS = new WeakMap<object, string>();

type Words = Pick<KeyInfo, 'description'>;

/** A kind of value: the schema, and the words for what it accepts. */
export interface Kind<S extends z.ZodType> {
  readonly schema: S;
  readonly expects: string;
  readonly expectsEach?: string;
  readonly isPath?: true;
}

const wordsOf = ({ expects, expectsEach, isPath }: Kind<z.ZodType>): Pick<KeyInfo, 'expects' | 'expectsEach' | 'isPath'> => ({
  expects,
  ...(expectsEach === undefined ? {} : { expectsEach }),
  ...(isPath === undefined ? {} : { isPath }),
});

/** A key with a default. */
export function setting<S extends z.ZodType>(kind: Kind<S>, preset: z.input<S> & TomlValue, words: Words): z.ZodPrefault<S> {
  const schema = z.prefault(kind.schema, preset as never) as z.ZodPrefault<S>;
  KEYS.set(schema, { ...words, ...wordsOf(kind), preset });
  return schema;
}

/** A key that may be absent; `otherwise` says what happens then. */
export function choice<S extends z.ZodType>(
  kind: Kind<S>,
  words: Words & { readonly otherwise: string; readonly example: TomlValue },
): z.ZodOptional<S> {
  const schema = z.optional(kind.schema);
  KEYS.set(schema, { ...words, ...wordsOf(kind) });
  return schema;
}

/** A key that must be given wherever its table is. */
export function required<S extends z.ZodType>(kind: Kind<S>, words: Words & { readonly example: TomlValue }): S {
  const schema = kind.schema.clone() as S;
  KEYS.set(schema, { ...words, ...wordsOf(kind) });
  return schema;
}

/** A table. Unknown keys in it are faults; when it is absent its keys have their defaults. */
export function section<T extends z.core.$ZodLooseShape>(description: string, shape: T) {
  const schema = z.strictObject(shape).prefault({} as never);
  SECTIONS.set(schema, description);
  return schema;
}

/** A table that can occur any number of times. */
export function sections<T extends z.core.$ZodLooseShape>(description: string, shape: T) {
  const schema = z.array(z.strictObject(shape)).prefault([]);
  SECTIONS.set(schema, description);
  return schema;
}

/** A string that `read` makes a value of, or refuses by giving undefined. */
export const read = <T>(expects: string, reader: (text: string) => T | undefined) => ({
  expects,
  schema: z.string().transform((text, context): T => {
    const value = reader(text);
    if (value === undefined) {
      context.issues.push({ code: 'custom', input: text, message: expects });
      return z.NEVER;
    }
    return value;
  }),
});

export const text = (expects = 'a string that is not empty'): Kind<z.ZodString> => ({ schema: z.string().min(1), expects });

export const path = { schema: z.string().min(1), expects: 'a path', isPath: true } as const;

export const flag = { schema: z.boolean(), expects: 'true or false' } as const;

export const count = (min: number, max: number) => ({
  schema: z.number().int().min(min).max(max),
  expects: `a whole number from ${min} to ${max}`,
});

export const oneOf = <const T extends readonly [string, ...string[]]>(...values: T) => ({
  schema: z.enum(values),
  expects: `one of ${values.map((value) => JSON.stringify(value)).join(', ')}`,
});

/** Milliseconds, between `min` and `max` as written. */
export function duration(min: string, max: string) {
  const [least, most] = [durationMs(min)!, durationMs(max)!];
  return read(`a duration from "${min}" to "${max}": digits and ms, s, m, h or d, for instance "30s"`, (written) => {
    const value = durationMs(written);
    return value !== undefined && value >= least && value <= most ? value : undefined;
  });
}

/** Octets, between `min` and `max` as written. */
export function size(min: string, max: string) {
  const [least, most] = [sizeOctets(min)!, sizeOctets(max)!];
  return read(
    `a size from "${min}" to "${max}": digits and B, KB, MB or GB (KB is 1024 octets), for instance "300KB"`,
    (written) => {
      const value = sizeOctets(written);
      return value !== undefined && value >= least && value <= most ? value : undefined;
    },
  );
}

export const listen = read('an address and a port, for instance "127.0.0.1:8514" or "[::1]:8514"', listenAddress);

/** An absolute http or https address without query, fragment or trailing slash. */
export const httpUrl = read(
  'an http or https address without query and without slash at the end, for instance "http://mmsc.example/m"',
  (written) => {
    const url = URL.canParse(written) ? new URL(written) : undefined;
    const plain =
      url && (url.protocol === 'http:' || url.protocol === 'https:') && !/[?#]|\/$/.test(written) && url.username === '';
    return plain ? written : undefined;
  },
);

export const urlPath = read('a path that begins with a slash, for instance "/mms"', (written) =>
  /^\/[-.~_0-9A-Za-z/]*$/.test(written) ? written : undefined,
);

export const digits = (min: number, max: number, what: string) =>
  read(`${what}: ${min === max ? min : `${min} to ${max}`} digits`, (written) =>
    new RegExp(`^[0-9]{${min},${max}}$`).test(written) ? written : undefined,
  );

/** A header's name, in lower case. RFC 9110 5.1. */
export const headerName = read('the name of an HTTP header, for instance "x-msisdn"', (written) =>
  /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}$/.test(written) ? written.toLowerCase() : undefined,
);

/** An address or a network in CIDR form. */
export const network = read('an IP address or network, for instance "192.0.2.7" or "192.0.2.0/24"', (written) =>
  ipaddr.isValid(written) || ipaddr.isValidCIDR(written) ? written : undefined,
);

export const list = <S extends z.ZodType>(kind: Kind<S>, min: number, max: number) => ({
  schema: z.array(kind.schema).min(min).max(max),
  expects: `a list of ${min === 0 ? 'up to' : `${min} to`} ${max} values, each ${kind.expects}`,
  expectsEach: kind.expects,
});

/** What must be exactly a value, or `*` for any. */
export const match = (max: number) => ({
  schema: z.union([z.literal('*'), z.number().int().min(0).max(max)]),
  expects: `"*" or a whole number from 0 to ${max}`,
});

/** Digits of a global title: also the five codes beyond 9. ITU-T Q.713 3.4.2.3.1. */
export const titleDigits = (min: number, max: number) =>
  read(`${min === 0 ? 'up to' : `${min} to`} ${max} digits of a global title (0 to 9, a to f)`, (written) =>
    new RegExp(`^[0-9a-f]{${min},${max}}$`).test(written) ? written : undefined,
  );

/** A point code as people write it; what it is as a number depends on the network that it belongs to. */
export const pointCode = read('a point code, for instance "2-1-1" or "4105"', (written) =>
  /^[0-9]{1,8}$|^[0-9]{1,3}-[0-9]{1,3}-[0-9]{1,3}$/.test(written) ? written : undefined,
);

/** The name of something, by which other keys speak of it. */
export const name = read('a name: up to 64 letters, digits, dots, underscores and hyphens', (written) =>
  /^[A-Za-z0-9][-A-Za-z0-9._]{0,63}$/.test(written) ? written : undefined,
);

/** A share of a hundred. */
export const percent = { schema: z.number().min(0).max(100), expects: 'a number from 0 to 100' } as const;
