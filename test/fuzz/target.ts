/**
 * What can be fuzzed: something that reads octets. A target brings examples, the words of its format, how its octets fall into pieces, and
 * what must hold for any octets whatever.
 */
import type { Node } from './tree.js';

export interface Target {
  readonly name: string;
  /** What it reads, in a few words for the reader of a report. */
  readonly about: string;
  /** Good examples, the more different the better. Long ones are cut. */
  seeds(): readonly Uint8Array[];
  /** Octets that mean something in this format. */
  readonly dictionary: readonly Uint8Array[];
  /** Octets in pieces. Total: octets that are none of this format become leaves. */
  structure(octets: Uint8Array): Node;
  /** Pieces that may stand in an input of this format although no example has them. */
  fragments?(): readonly Node[];
  /** What reading one input may allocate, garbage included, where it is more than usual. Unit: octets. */
  readonly growthOctetsMax?: number;
  /** How long reading one input may take, where it is more than usual. Unit: ms. */
  readonly slowMs?: number;
  /**
   * Reads the octets in every way there is and holds the results against each other. Returns on any octets; throws Departure where a
   * promise is broken. Any other throw is a finding as well: only a bug throws past the door of a codec.
   */
  run(octets: Uint8Array): void;
}

/** A promise that the code under test has not kept. `check`: which one, the same words for every input. */
export class Departure extends Error {
  readonly check: string;

  constructor(check: string, detail: string) {
    super(`${check}: ${detail}`);
    this.name = 'Departure';
    this.check = check;
  }
}

/** Throws Departure unless `holds`. `detail` is asked for only then. */
export function expect(holds: boolean, check: string, detail: () => string): void {
  if (!holds) throw new Departure(check, detail());
}

/** The way to the first difference between two values, for instance `content.body`; undefined when they are equal. Octets are compared as such. */
export function difference(a: unknown, b: unknown): string | undefined {
  if (Object.is(a, b)) return undefined;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return '';
  if (a instanceof Uint8Array || b instanceof Uint8Array) {
    if (!(a instanceof Uint8Array && b instanceof Uint8Array) || a.length !== b.length) return '';
    for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return '';
    return undefined;
  }
  const keys = Object.keys(a);
  const others = Object.keys(b);
  for (const key of keys) {
    const inner = Object.hasOwn(b, key) ? difference(valueAt(a, key), valueAt(b, key)) : '';
    if (inner !== undefined) return inner === '' ? key : `${key}.${inner}`;
  }
  return others.length === keys.length ? undefined : others.find((key) => !Object.hasOwn(a, key));
}

const valueAt = (object: object, key: string): unknown => (object as Readonly<Record<string, unknown>>)[key];

export const octetsOf = (text: string): Uint8Array => new TextEncoder().encode(text);

export const hexOf = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');
