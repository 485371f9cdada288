/** What coders of elements work with: where they are while they read, how names are written while they write. */
import type { SaxesAttributeNS } from 'saxes';
import { Refused } from './decode-error.js';
import type { Mm7ToleranceName, Mm7Tolerated } from './tolerances.js';
import type { XmlElement } from './xml.js';

/** One reading of one document: what was tolerated in it. */
export class Reading {
  readonly tolerated: Mm7Tolerated[] = [];
  private mixed = false;

  tolerate(name: Mm7ToleranceName, path: string, detail: string): void {
    this.tolerated.push({ name, path, detail: detail.slice(0, DETAIL_MAX) });
  }

  /** Namespaces that differ inside one operation are told once. */
  tolerateMixed(path: string, uri: string): void {
    if (this.mixed) return;
    this.mixed = true;
    this.tolerate('mixed-namespaces', path, uri === '' ? 'in no namespace' : uri);
  }
}

/** Of what stood there. Unit: characters. */
const DETAIL_MAX = 80;

/** Where a coder is: the names down to the element that it reads, and the reading. */
export interface Place {
  readonly path: string;
  readonly reading: Reading;
}

/** How the elements of one message are written. */
export interface Writing {
  /** Name of an MM7 element with its prefix, if the peer's dialect has one. */
  readonly name: (local: string) => string;
  /** Elements that came with a later release are left out. */
  readonly release: 5 | 6;
}

/** Reads and writes one kind of element. */
export interface ElementCoder<T> {
  /** Throws Refused. */
  decode(element: XmlElement, place: Place): T;
  /** `name`: with its prefix. */
  encode(name: string, value: T, w: Writing): string;
  /** An element without text, children and attributes is a value, not an absence. */
  readonly emptyIsValue?: boolean;
}

/** Refuses a value by the path of its element; never quotes it. */
export function refuseValue(place: Place, expected: string): never {
  throw new Refused('bad-value', `${place.path} is not ${expected}`);
}

/** An attribute by its local name, without the blanks around it; undefined when it is absent. */
export function attributeOf(element: XmlElement, local: string, place: Place): string | undefined {
  const found: SaxesAttributeNS | undefined = element.attributes.find((attribute) => attribute.local === local);
  if (found !== undefined && found.uri !== '') place.reading.tolerateMixed(`${place.path}/@${local}`, found.uri);
  return found?.value.trim();
}
