/** An element whose children are rows of a table, in its order. Reader and writer both walk the rows. */
import { type ElementCoder, type Place, type Reading, refuseValue, type Writing } from './coding.js';
import { Refused } from './decode-error.js';
import type { Mm7ToleranceName } from './tolerances.js';
import { elementXml, type XmlElement } from './xml.js';

/** One child element: its name, its coder, whether it must be there. */
export interface Slot<T, P extends 'mandatory' | 'optional' = 'mandatory' | 'optional'> {
  readonly name: string;
  readonly coder: ElementCoder<T>;
  readonly presence: P;
  /** Not written in messages of earlier releases. */
  readonly release: 5 | 6;
  /** A mandatory element that may yet be missing: by which tolerance, and what is read then. */
  readonly whenMissing?: { readonly name: Mm7ToleranceName; readonly value: T };
}

/** The rows of an element, in schema order. The compiler holds them to the interface, both ways. */
export type Rows<P> = {
  readonly [K in Exclude<keyof P, 'kind'>]-?: Slot<
    Exclude<P[K], undefined>,
    // biome-ignore lint/complexity/noBannedTypes: {} asks whether the member may be left out.
    {} extends Pick<P, K> ? 'optional' : 'mandatory'
  >;
};

export const mandatory = <T>(
  name: string,
  coder: ElementCoder<T>,
  more: { readonly whenMissing?: Slot<T>['whenMissing'] & {} } = {},
): Slot<T, 'mandatory'> => ({ name, coder, presence: 'mandatory', release: 5, ...more });
export const optional = <T>(name: string, coder: ElementCoder<T>, release: 5 | 6 = 5): Slot<T, 'optional'> => ({
  name,
  coder,
  presence: 'optional',
  release,
});

/** Names that are written for others, in lower case. */
const MISSPELT: ReadonlyMap<string, string> = new Map([
  ['earlistdeliverytime', 'EarliestDeliveryTime'],
  ['auxapplicid', 'AuxApplicInfo'],
]);

interface Table {
  readonly keys: readonly string[];
  readonly slots: readonly Slot<unknown>[];
  readonly byName: ReadonlyMap<string, number>;
  readonly byLower: ReadonlyMap<string, number>;
}

function tableOf(rows: Readonly<Record<string, Slot<unknown>>>): Table {
  const slots = Object.values(rows);
  return {
    keys: Object.keys(rows),
    slots,
    byName: new Map(slots.map((slot, i) => [slot.name, i])),
    byLower: new Map(slots.map((slot, i) => [slot.name.toLowerCase(), i])),
  };
}

/** The row that a child belongs to; undefined when it belongs to none. */
function rowOf(child: XmlElement, table: Table, place: Place): number | undefined {
  const exact = table.byName.get(child.local);
  if (exact !== undefined) return exact;
  const lower = child.local.toLowerCase();
  const meant = table.byLower.get((MISSPELT.get(lower) ?? lower).toLowerCase());
  if (meant === undefined) place.reading.tolerate('unknown-element', `${place.path}/${child.local}`, child.text.trim());
  else place.reading.tolerate('misspelt-element', `${place.path}/${child.local}`, `for ${table.slots[meant]!.name}`);
  return meant;
}

const hasNothing = (element: XmlElement): boolean =>
  element.children.length === 0 && element.attributes.length === 0 && element.text.trim() === '';

/** What stands in one child, by its row; undefined: as if it were absent. */
function readChild(child: XmlElement, slot: Slot<unknown>, place: Place): unknown {
  if (slot.presence === 'optional' && slot.coder.emptyIsValue !== true && hasNothing(child)) {
    place.reading.tolerate('empty-element', place.path, '');
    return undefined;
  }
  return slot.coder.decode(child, place);
}

function missing(slot: Slot<unknown>, path: string, reading: Reading): unknown {
  if (slot.whenMissing === undefined) throw new Refused('missing-element', `${path} has no ${slot.name}`);
  reading.tolerate(slot.whenMissing.name, path, `no ${slot.name}`);
  return slot.whenMissing.value;
}

function decodeRows(element: XmlElement, table: Table, place: Place, ordered: boolean): Record<string, unknown> {
  const { path, reading } = place;
  const values: Record<string, unknown> = {};
  const seen = new Set<number>();
  let last = 0;
  for (const child of element.children) {
    if (child.uri !== element.uri) reading.tolerateMixed(`${path}/${child.local}`, child.uri);
    const i = rowOf(child, table, place);
    if (i === undefined) continue;
    const slot = table.slots[i]!;
    const inside = { path: `${path}/${slot.name}`, reading };
    if (seen.has(i)) {
      reading.tolerate('repeated-element', inside.path, '');
      continue;
    }
    seen.add(i);
    if (i < last && ordered) reading.tolerate('element-order', inside.path, `behind ${table.slots[last]!.name}`);
    last = Math.max(last, i);
    const value = readChild(child, slot, inside);
    if (value !== undefined) values[table.keys[i]!] = value;
  }
  table.slots.forEach((slot, i) => {
    if (slot.presence === 'mandatory' && !seen.has(i)) values[table.keys[i]!] = missing(slot, path, reading);
  });
  return values;
}

function encodeRows(table: Table, values: Readonly<Record<string, unknown>>, w: Writing): string {
  let xml = '';
  for (let i = 0; i < table.slots.length; i++) {
    const slot = table.slots[i]!;
    const value = values[table.keys[i]!];
    if (value !== undefined && slot.release <= w.release) xml += slot.coder.encode(w.name(slot.name), value, w);
  }
  return xml;
}

/** A coder of such an element. `anyOrder`: the schema does not order the children. */
export function sequence<P>(rows: Rows<P>, options: { readonly anyOrder?: boolean } = {}): ElementCoder<P> {
  const table = tableOf(rows as unknown as Readonly<Record<string, Slot<unknown>>>);
  return {
    decode(element, place) {
      if (element.children.length === 0 && element.text.trim() !== '') refuseValue(place, 'a list of elements');
      return decodeRows(element, table, place, options.anyOrder !== true) as P;
    },
    encode: (name, value, w) => elementXml(name, encodeRows(table, value as Readonly<Record<string, unknown>>, w)),
    emptyIsValue: true,
  };
}
