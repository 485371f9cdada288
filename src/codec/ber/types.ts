/**
 * ASN.1 types as values: a table of fields is read, written and printed by the same rows.
 *
 * A SEQUENCE reads its fields in their order, as X.690 8.9 has it; a field with a tag of its own is also accepted out of order, because some
 * stacks sort by tag. What no row knows is kept with its place and written back there: extension marks allow it, and a relay must not lose it.
 */
import { hexNumber, hexOctets, Malformed } from '#base';
import { BerFault } from './fault.js';
import { asItCame, type BerNode, constructed, primitive } from './node.js';
import { type BerReader, isConstructed } from './reader.js';
import { integerOctets, oidOctets, readBoolean, readInteger, readNull, readOctets, readOid } from './values.js';

export interface TextOptions {
  /** Digits of numbers are masked but for the last four, and texts that people wrote are left out. */
  readonly masked?: boolean;
  /** What people wrote is left out, and so are octets that may hold it; numbers stay as they are. */
  readonly withoutContent?: boolean;
}

/** A value as a capture tool prints it: on one line, or as lines under its name. */
export type Printed = string | readonly string[];

export interface BerType<T> {
  /** Whether an element with this identifier is one of this type. */
  accepts(tag: number): boolean;
  /** Reads the element that the reader stands on. Throws Malformed. */
  read(r: BerReader): T;
  write(value: T): BerNode;
  print(value: T, options: TextOptions): Printed;
}

/** A type with an identifier of its own, which implicit tagging replaces. */
export interface TaggedType<T> extends BerType<T> {
  readonly tag: number;
  /** The same with another identifier (implicit tag, X.690 8.14.3). */
  as(tag: number): TaggedType<T>;
}

/** What differs from type to type; `content` are the content octets or the elements of a value. */
export interface ContentCoder<T> {
  read(r: BerReader): T;
  content(value: T): Uint8Array | readonly BerNode[];
  print(value: T, options: TextOptions): Printed;
}

/** Strings may come in segments (X.690 8.7.3): the constructed twin of a primitive identifier is accepted too, and refused by types that have none. */
export function tagged<T>(tag: number, coder: ContentCoder<T>): TaggedType<T> {
  const twin = tag < 0x100 && !isConstructed(tag) ? tag | 0x20 : tag;
  return {
    tag,
    accepts: (other) => other === tag || other === twin,
    read: coder.read,
    write(value) {
      const content = coder.content(value);
      return content instanceof Uint8Array ? primitive(tag, content) : constructed(tag, content);
    },
    print: coder.print,
    as: (other) => tagged(other, coder),
  };
}

const EMPTY = new Uint8Array(0);

export const integer: TaggedType<number> = tagged(0x02, {
  read: readInteger,
  content: integerOctets,
  print: (value) => `${value}`,
});

export const boolean: TaggedType<boolean> = tagged(0x01, {
  read: readBoolean,
  content: (value) => Uint8Array.of(value ? 0xff : 0),
  print: (value) => (value ? 'yes' : 'no'),
});

/** A NULL says something by being there: `true`. */
export const nil: TaggedType<true> = tagged(0x05, { read: readNull, content: () => EMPTY, print: () => 'present' });

export const octetString: TaggedType<Uint8Array> = tagged(0x04, {
  read: readOctets,
  content: (value) => value,
  print: (value) => hexOctets(value),
});

export const objectIdentifier: TaggedType<string> = tagged(0x06, { read: readOid, content: oidOctets, print: (value) => value });

/** An ENUMERATED: known values by name, others kept as their number (extension marks allow more to come). */
export function enumerated<const Names extends Readonly<Record<number, string>>>(
  names: Names,
): TaggedType<(Names[keyof Names] & string) | number> & { readonly names: Names } {
  const numbers = new Map<string, number>(Object.entries(names).map(([number, name]) => [name, Number(number)]));
  type Value = (Names[keyof Names] & string) | number;
  const type = tagged<Value>(0x0a, {
    read(r) {
      const number = readInteger(r);
      return (names[number] as Value | undefined) ?? number;
    },
    content(value) {
      const number = typeof value === 'number' ? value : numbers.get(value);
      if (number === undefined) throw new RangeError(`no number stands for ${value}`);
      return integerOctets(number);
    },
    print: (value) => (typeof value === 'number' ? `unknown (${value})` : `${value} (${numbers.get(value)})`),
  });
  return { ...type, names };
}

/** Octets whose elements are nobody's business here (an extension container): kept whole, without the outer identifier. */
export const opaque = (tag: number): TaggedType<Uint8Array> =>
  tagged(tag, { read: (r) => r.content(), content: (value) => value, print: (value) => hexOctets(value) });

/** A tag around a whole element (X.690 8.14.2); what a tagged CHOICE has. */
export function explicit<T>(tag: number, type: BerType<T>): BerType<T> {
  return {
    accepts: (other) => other === tag,
    read(r) {
      const inner = r.inner();
      inner.need(`the content of ${hexNumber(tag)}`);
      if (!type.accepts(inner.tag))
        throw new Malformed(inner.start, `${hexNumber(inner.tag)} is not expected in ${hexNumber(tag)}`);
      const value = type.read(inner);
      inner.finish(`the content of ${hexNumber(tag)}`);
      return value;
    },
    write: (value) => constructed(tag, [type.write(value)]),
    print: type.print,
  };
}

/** An element that no row knows. */
export interface UnknownElement {
  /** Key of the last field, in the order of the rows, of those that came before it; empty when none did. */
  readonly after: string;
  /** The whole element. */
  readonly octets: Uint8Array;
}

/** Kept by every SEQUENCE: what an extension mark may have brought. Absent when there is none. */
export interface WithUnknown {
  readonly unknown?: readonly UnknownElement[];
}

export interface Field<T, P extends 'mandatory' | 'optional' = 'mandatory' | 'optional'> {
  /** The standard's name. */
  readonly name: string;
  readonly type: BerType<T>;
  readonly presence: P;
}

export const mandatory = <T>(name: string, type: BerType<T>): Field<T, 'mandatory'> => ({ name, type, presence: 'mandatory' });
export const optional = <T>(name: string, type: BerType<T>): Field<T, 'optional'> => ({ name, type, presence: 'optional' });

/** The rows of a SEQUENCE in wire order. The compiler holds them to the interface, both ways. */
export type FieldsOf<T> = {
  readonly [K in Exclude<keyof T, 'unknown' | 'bare'>]-?: Field<
    NonNullable<T[K]>,
    undefined extends T[K] ? 'optional' : 'mandatory'
  >;
};

type Row = { readonly key: string } & Field<unknown>;

/** Lines of a value under its name. */
export function printedLines(name: string, printed: Printed): string[] {
  return typeof printed === 'string' ? [`${name}: ${printed}`] : [name, ...printed.map((line) => `  ${line}`)];
}

/** A SEQUENCE. `name`: the standard's name of the type, for errors. */
export function sequence<T extends WithUnknown>(name: string, fields: FieldsOf<T>, tag = 0x30): TaggedType<T> {
  const rows = Object.entries(fields).map(([key, field]): Row => ({ key, ...(field as Field<unknown>) }));
  return tagged<T>(tag, {
    read: (r) => readFields(r, name, rows) as T,
    content: (value) => writeFields(value, rows),
    print: (value, options) => printFields(value, rows, options),
  });
}

function readFields(r: BerReader, name: string, rows: readonly Row[]): Record<string, unknown> {
  const value: Record<string, unknown> = {};
  const inner = r.inner();
  let at = 0;
  let unknown: UnknownElement[] | undefined;
  while (inner.next()) {
    const { tag } = inner;
    let i = at;
    while (i < rows.length && !rows[i]!.type.accepts(tag)) i++;
    const row = rows[i] ?? lateRow(rows, at, tag, value);
    if (row === undefined) {
      unknown ??= [];
      // Behind all rows that have been passed: written there, no row takes it that had not taken it here.
      unknown.push({ after: at === 0 ? '' : rows[at - 1]!.key, octets: inner.element() });
      continue;
    }
    value[row.key] = row.type.read(inner);
    if (i < rows.length) at = i + 1;
  }
  for (const row of rows)
    if (row.presence === 'mandatory' && value[row.key] === undefined)
      throw new BerFault('missing', r.start, `${row.name} of ${name} is missing`);
  if (unknown !== undefined) value['unknown'] = unknown;
  return value;
}

const CONTEXT_CLASS = 0x80;

/** A field that comes behind one that it should precede. Only tags of the context class stand for one field whatever their place. */
function lateRow(rows: readonly Row[], before: number, tag: number, value: Readonly<Record<string, unknown>>): Row | undefined {
  if (tag < CONTEXT_CLASS) return undefined;
  for (let i = 0; i < before; i++) if (rows[i]!.type.accepts(tag) && value[rows[i]!.key] === undefined) return rows[i];
  return undefined;
}

function writeFields(value: WithUnknown, rows: readonly Row[]): BerNode[] {
  const values = value as Readonly<Record<string, unknown>>;
  const nodes: BerNode[] = [];
  const unknown = (after: string) => {
    for (const one of value.unknown ?? []) if (one.after === after) nodes.push(asItCame(one.octets));
  };
  unknown('');
  for (const row of rows) {
    const field = values[row.key];
    if (field !== undefined) nodes.push(row.type.write(field));
    else if (row.presence === 'mandatory') throw new RangeError(`${row.name} is missing`);
    unknown(row.key);
  }
  return nodes;
}

function printFields(value: WithUnknown, rows: readonly Row[], options: TextOptions): string[] {
  const values = value as Readonly<Record<string, unknown>>;
  const lines: string[] = [];
  for (const row of rows) {
    const field = values[row.key];
    if (field !== undefined) lines.push(...printedLines(row.name, row.type.print(field, options)));
  }
  // Nobody knows what is in it: a number may be.
  for (const { octets } of value.unknown ?? [])
    lines.push(`(not understood): ${options.masked || options.withoutContent ? `${octets.length} octets` : hexOctets(octets)}`);
  return lines;
}

/** The alternatives of a CHOICE by their names; values are `{ kind, value }`. */
export type Choice<A> = { readonly [K in keyof A & string]: { readonly kind: K; readonly value: A[K] } }[keyof A & string];

/** A CHOICE: the identifier says which alternative it is. */
export function choice<A>(alternatives: { readonly [K in keyof A & string]: BerType<A[K]> }): BerType<Choice<A>> {
  const rows = Object.entries(alternatives) as [keyof A & string, BerType<unknown>][];
  const byKind = new Map<string, BerType<unknown>>(rows);
  return {
    accepts: (tag) => rows.some(([, type]) => type.accepts(tag)),
    read(r) {
      for (const [kind, type] of rows) if (type.accepts(r.tag)) return { kind, value: type.read(r) } as Choice<A>;
      throw new Malformed(r.start, `${hexNumber(r.tag)} is none of ${rows.map(([kind]) => kind).join(', ')}`);
    },
    write: (value) => byKind.get(value.kind)!.write(value.value),
    print: (value, options) => {
      const printed = byKind.get(value.kind)!.print(value.value, options);
      return typeof printed === 'string' ? `${value.kind} ${printed}` : printedLines(value.kind, printed);
    },
  };
}

/**
 * A SEQUENCE that former versions had as one field alone (MAP v1 and v2 have many). `bare` is that field, under `key` in the value, which says by
 * its own `bare` that it stood, and is written, without the SEQUENCE.
 */
export function orBare<T extends { readonly bare?: true }>(
  whole: BerType<Omit<T, 'bare'>>,
  key: keyof T & string,
  bare: Field<NonNullable<T[keyof T]>, 'mandatory'>,
): BerType<T> {
  const type = bare.type as BerType<unknown>;
  return {
    accepts: (tag) => whole.accepts(tag) || type.accepts(tag),
    read: (r) => (whole.accepts(r.tag) ? (whole.read(r) as T) : ({ [key]: type.read(r), bare: true } as unknown as T)),
    write: (value) => (value.bare ? type.write(value[key]) : whole.write(value)),
    print: (value, options) =>
      value.bare ? printedLines(bare.name, type.print(value[key], options)) : whole.print(value, options),
  };
}
