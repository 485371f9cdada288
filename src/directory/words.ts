/**
 * The kinds of value that objects are written in. Each is a zod schema from the written form (what TOML and JSON give) to the one that the
 * program uses, registered with the words that faults, the reference and the API's schemas are made of.
 */
import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { durationMs, sizeOctets, toMsisdn } from '#base';

/** A value as it is written: what JSON knows, without null. */
export type Written = string | number | boolean | readonly Written[] | { readonly [key: string]: Written };
/** A table as it is written, by its keys. */
export type WrittenTable = Readonly<Record<string, Written>>;

/** What is to be said of one key. */
export interface KeyWords {
  readonly description: string;
  /** Completes "expected ...". */
  readonly expects: string;
  /** The same for one element, where the value is a list. */
  readonly expectsEach?: string;
  /** Taken when the key is absent, as one would write it. */
  readonly preset?: Written;
  /** What happens when the key is absent and there is no preset; absent too: the key must be given. */
  readonly otherwise?: string;
  readonly example?: Written;
  /** The value, or each element, is never shown. */
  readonly isSecret?: true;
  /** A file may hold it in place of the document: its first line, or the whole of it. */
  readonly fromFile?: 'line' | 'whole';
}

/** Every key by its schema; tables have a sentence in TABLES. */
export const KEYS = new WeakMap<object, KeyWords>();
export const TABLES = new WeakMap<object, string>();

export interface Kind<S extends z.ZodType> extends Pick<KeyWords, 'expects' | 'expectsEach' | 'isSecret' | 'fromFile'> {
  readonly schema: S;
}

const kindWords = ({ schema: _, ...words }: Kind<z.ZodType>): Omit<Kind<z.ZodType>, 'schema'> => words;
const sentence = (description: string, expects: string): string => `${description} Expected: ${expects}.`;

/** A key with a preset. */
export function setting<S extends z.ZodType>(kind: Kind<S>, preset: z.input<S> & Written, description: string): z.ZodPrefault<S> {
  const schema = z.prefault(kind.schema, preset as never).meta({ description: sentence(description, kind.expects) });
  KEYS.set(schema, { ...kindWords(kind), description, preset });
  return schema as z.ZodPrefault<S>;
}

/** A key that may be absent; `otherwise` says what happens then. */
export function choice<S extends z.ZodType>(
  kind: Kind<S>,
  words: { readonly description: string; readonly otherwise: string; readonly example: Written },
): z.ZodOptional<S> {
  const schema = z.optional(kind.schema).meta({ description: sentence(words.description, kind.expects) });
  KEYS.set(schema, { ...kindWords(kind), ...words });
  return schema as z.ZodOptional<S>;
}

/** A key that must be given. */
export function required<S extends z.ZodType>(
  kind: Kind<S>,
  words: { readonly description: string; readonly example: Written },
): S {
  const schema = kind.schema.meta({ description: sentence(words.description, kind.expects) });
  KEYS.set(schema, { ...kindWords(kind), ...words });
  return schema as S;
}

/** A table whose keys have their presets when it is absent. */
export function section<T extends z.core.$ZodLooseShape>(description: string, shape: T) {
  const schema = z
    .strictObject(shape)
    .prefault({} as never)
    .meta({ description });
  TABLES.set(schema, description);
  return schema;
}

/** A table that may be absent; given, it must be whole. */
export function optionalSection<T extends z.core.$ZodLooseShape>(description: string, shape: T) {
  const schema = z.strictObject(shape).optional().meta({ description });
  TABLES.set(schema, description);
  return schema;
}

/** A table that must be given. */
export function requiredSection<T extends z.core.$ZodLooseShape>(description: string, shape: T) {
  const schema = z.strictObject(shape).meta({ description });
  TABLES.set(schema, description);
  return schema;
}

/** A table that can occur up to `max` times. */
export function sections<T extends z.core.$ZodLooseShape>(description: string, max: number, shape: T) {
  const schema = z.array(z.strictObject(shape)).max(max).prefault([]).meta({ description });
  TABLES.set(schema, description);
  return schema;
}

/** The schema without its preset or its permission to be absent. */
export const bare = (schema: z.core.$ZodType): z.core.$ZodType =>
  schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional ? bare(schema.unwrap()) : schema;

/** A string that `reader` makes a value of, or refuses by giving undefined. */
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

const keep =
  (form: RegExp) =>
  (text: string): string | undefined =>
    form.test(text) ? text : undefined;
const keepLower =
  (form: RegExp) =>
  (text: string): string | undefined =>
    form.test(text) ? text.toLowerCase() : undefined;

/** Control and format characters and halves of surrogate pairs: nothing that people read holds them, and a terminal would obey them. */
const CONTROL = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u;

/** Text for people or for a peer, without control characters. `max`: UTF-16 code units. */
export const text = (max: number, what = 'text') =>
  read(`${what} of up to ${max} characters, without control characters`, (written) =>
    written.length > 0 && written.length <= max && !CONTROL.test(written) ? written : undefined,
  );

/** Longest PEM of authorities. Unit: characters. Source: the bundle of the public authorities is 220 KB. */
const PEM_MAX = 524_288;

/** Certificates, PEM; a file may hold them. */
export const pem = {
  ...read('certificates in PEM, or { file = "..." }', (written) =>
    written.length <= PEM_MAX && /^-----BEGIN CERTIFICATE-----\r?\n/m.test(written) ? written : undefined,
  ),
  fromFile: 'whole',
} as const;

/** Longest secret. Unit: characters. Source: bearer tokens that are signed statements take 1 to 2 KB. */
const SECRET_MAX = 4096;

/** Never shown again once written; a file may hold it. */
export const secret = (min: number) =>
  ({
    ...read(`a secret of ${min} to ${SECRET_MAX} characters without control characters, or { file = "..." }`, (written) =>
      written.length >= min && written.length <= SECRET_MAX && !CONTROL.test(written) ? written : undefined,
    ),
    isSecret: true,
    fromFile: 'line',
  }) as const;

export const flag = { schema: z.boolean(), expects: 'true or false' } as const;

export const count = (min: number, max: number) => ({
  schema: z.number().int().min(min).max(max),
  expects: `a whole number from ${min} to ${max}`,
});

export const rate = (max: number) => ({
  schema: z.number().gt(0).max(max),
  expects: `a number above 0, up to ${max}`,
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
  return read(`a size from "${min}" to "${max}": digits and B, KB, MB or GB, for instance "300KB"`, (written) => {
    const value = sizeOctets(written);
    return value !== undefined && value >= least && value <= most ? value : undefined;
  });
}

export const list = <S extends z.ZodType>(kind: Kind<S>, min: number, max: number) => {
  const { schema, expects, expectsEach: _, ...marks } = kind;
  return {
    ...marks,
    schema: z.array(schema).min(min).max(max),
    expects: `a list of ${min === 0 ? 'up to' : `${min} to`} ${max} values, each ${expects}`,
    expectsEach: expects,
  };
};

/** By which other objects and people speak of an object. */
export const name = read(
  'a name: up to 64 letters (a to z), digits, dots, underscores and hyphens',
  keep(/^[A-Za-z0-9][-A-Za-z0-9._]{0,63}$/),
);

export const digits = (min: number, max: number, what: string) =>
  read(`${what}: ${min === max ? min : `${min} to ${max}`} digits`, keep(new RegExp(`^[0-9]{${min},${max}}$`)));

/** The beginning of E.164 numbers. */
export const prefix = digits(1, 15, 'the beginning of numbers in international form without plus');

export const msisdn = read('a number in international form without plus: 5 to 15 digits', toMsisdn);

export const shortCode = digits(1, 15, 'a short code');

const LABEL = '[A-Za-z0-9](?:[-A-Za-z0-9_]{0,61}[A-Za-z0-9])?';
const DOMAIN = `${LABEL}(?:\\.${LABEL})*`;
/** Characters of a domain name. Source: RFC 1035 2.3.4. */
const DOMAIN_MAX = 253;
const inDomain = (form: string) => {
  const whole = new RegExp(`^${form}$`);
  return (written: string): string | undefined =>
    written.length <= DOMAIN_MAX && whole.test(written) ? written.toLowerCase() : undefined;
};

export const domain = read('a domain name, for instance "mms.mnc001.mcc240.gprs"', inDomain(DOMAIN));
/** A domain, or with a dot in front everything below it. */
export const domainMatch = read('a domain name, with a dot in front for all below it', inDomain(`\\.?${DOMAIN}`));

/** Longest mailbox. Unit: characters. Source: RFC 5321 4.5.3.1.3. */
const MAILBOX_MAX = 254;
const LOCAL = "[-A-Za-z0-9!#$%&'*+/=?^_`{|}~]+(?:\\.[-A-Za-z0-9!#$%&'*+/=?^_`{|}~]+)*";
export const localPart = read('the part of a mailbox in front of the at sign', keepLower(new RegExp(`^(?=.{1,64}$)${LOCAL}$`)));
const mailboxForm = new RegExp(`^(?=.{3,${MAILBOX_MAX}}$)${LOCAL}@${DOMAIN}$`);
const mailDomainForm = new RegExp(`^(?=.{2,${MAILBOX_MAX}}$)@\\.?${DOMAIN}$`);
export const mailSender = read('a mailbox, "@domain", or "@.domain" for all below it', (written) =>
  mailboxForm.test(written) || mailDomainForm.test(written) ? written.toLowerCase() : undefined,
);
/** Who a message comes from, for a route: a number's beginning, a mailbox or a domain. */
export const sender = read('the beginning of a number (digits), a mailbox, or "@domain"', (written) =>
  /^[0-9]{1,15}$/.test(written) || mailboxForm.test(written) || mailDomainForm.test(written) ? written.toLowerCase() : undefined,
);
/** An address that somebody may send as: a number with plus, or a mailbox. */
export const senderAddress = read('a number in international form with plus, or a mailbox', (written) =>
  /^\+[1-9][0-9]{4,14}$/.test(written) || mailboxForm.test(written) ? written.toLowerCase() : undefined,
);

/** An address or a network in CIDR form. */
export const network = read('an IP address or network, for instance "192.0.2.7" or "192.0.2.0/24"', (written) =>
  ipaddr.IPv4.isValidFourPartDecimal(written.split('/')[0]!) || ipaddr.IPv6.isValid(written.split('/')[0]!)
    ? !written.includes('/') || ipaddr.isValidCIDR(written)
      ? written
      : undefined
    : undefined,
);

/** A name in a client certificate, or its fingerprint. */
export const certificate = read(
  'a DNS name of the certificate, or its SHA-256 fingerprint (64 hex digits, colons allowed)',
  (written) => {
    const hex = written.replaceAll(':', '').toLowerCase();
    return /^[0-9a-f]{64}$/.test(hex) ? hex : inDomain(DOMAIN)(written);
  },
);

const PORT_MAX = 65_535;
/** A machine: name or address, and a port. */
export const host = (port: number) =>
  read(
    `a host name or address, with a port if it is not ${port}, for instance "mx.example:2525" or "[2001:db8::1]:25"`,
    (written) => {
      const found = /^(?:\[([0-9a-fA-F:.]+)\]|([-0-9A-Za-z._]+))(?::([0-9]{1,5}))?$/.exec(written);
      if (!found) return undefined;
      const its = Number(found[3] ?? port);
      const known = found[1] === undefined ? inDomain(DOMAIN)(found[2]!) : ipaddr.IPv6.isValid(found[1]) ? found[1] : undefined;
      return known === undefined || its < 1 || its > PORT_MAX ? undefined : { host: known, port: its };
    },
  );

/** An absolute address for HTTP, without user, password and fragment. The form is checked by pattern: pure rooms have no URL. */
export const webAddress = read('an http or https address without user and fragment', (written) =>
  written.length <= 2048 &&
  /^https?:\/\/(?:\[[0-9a-fA-F:.]+\]|[-0-9A-Za-z._]+)(?::[0-9]{1,5})?(?:[/?][\x21-\x22\x24-\x7e]*)?$/.test(written)
    ? written
    : undefined,
);

/** Minutes from midnight. */
export const timeOfDay = read('a time of day, "00:00" to "24:00"', (written) => {
  const found = /^([01][0-9]|2[0-3]):([0-5][0-9])$/.exec(written);
  return found ? Number(found[1]) * 60 + Number(found[2]) : written === '24:00' ? 1440 : undefined;
});

/** Minutes. */
export const utcOffset = read('an offset from UTC, "-12:00" to "+14:00"', (written) => {
  const found = /^([+-])(0[0-9]|1[0-4]):([0-5][0-9])$/.exec(written);
  if (!found) return undefined;
  const minutes = Number(found[2]) * 60 + Number(found[3]);
  return minutes > (found[1] === '-' ? 720 : 840) ? undefined : found[1] === '-' ? 0 - minutes : minutes;
});

export const dotted = (min: number, max: number, what: string, example: string) =>
  read(
    `${what}, for instance ${JSON.stringify(example)}`,
    keep(new RegExp(`^[0-9]{1,2}(?:\\.[0-9]{1,2}){${min - 1},${max - 1}}$`)),
  );

export const mobileNetwork = read('a network as MCC-MNC, for instance "240-01"', keep(/^[0-9]{3}-[0-9]{2,3}$/));

/** Words without blanks: identifiers that others chose. */
export const token = (max: number, what: string) =>
  read(`${what}: up to ${max} printable ASCII characters without blanks`, keep(new RegExp(`^[\\x21-\\x7e]{1,${max}}$`)));

/** The same, or nothing. */
export const tokenOrNothing = (max: number, what: string) =>
  read(`${what}: up to ${max} printable ASCII characters without blanks, or ""`, keep(new RegExp(`^[\\x21-\\x7e]{0,${max}}$`)));
