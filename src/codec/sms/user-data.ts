/** What stands in TP-UD: a header of information elements, and text or octets. TS 23.040 9.2.3.24. */
import { err, hexNumber, hexOctets, Malformed, ok, type Result } from '#base';
import { packSeptets, type Shifts, septetsOfText, textOfSeptets, unpackSeptets } from './alphabets.js';
import { readDataCoding } from './data-coding.js';
import { asSmsError, type SmsError } from './fault.js';

/** TP-UDL and TP-UD as they stand. */
export interface RawUserData {
  /** Septets (default alphabet, not compressed) or octets, header included. */
  readonly length: number;
  readonly octets: Uint8Array;
}

export interface InformationElement {
  /** 0..255; a key of INFORMATION_ELEMENTS, or another one. */
  readonly identifier: number;
  readonly octets: Uint8Array;
}

/** Identifiers with a name. 9.2.3.24. */
export const INFORMATION_ELEMENTS: Readonly<Record<number, string>> = {
  [0x00]: 'concatenation, 8-bit reference',
  [0x01]: 'special SMS message indication',
  [0x04]: 'application ports, 8 bit',
  [0x05]: 'application ports, 16 bit',
  [0x06]: 'SMSC control parameters',
  [0x07]: 'UDH source indicator',
  [0x08]: 'concatenation, 16-bit reference',
  [0x09]: 'wireless control message protocol',
  [0x0a]: 'text formatting',
  [0x0b]: 'predefined sound',
  [0x0c]: 'user defined sound',
  [0x0d]: 'predefined animation',
  [0x0e]: 'large animation',
  [0x0f]: 'small animation',
  [0x10]: 'large picture',
  [0x11]: 'small picture',
  [0x12]: 'variable picture',
  [0x13]: 'user prompt indicator',
  [0x14]: 'extended object',
  [0x15]: 'reused extended object',
  [0x16]: 'compression control',
  [0x17]: 'object distribution indicator',
  [0x18]: 'standard WVG object',
  [0x19]: 'character size WVG object',
  [0x1a]: 'extended object data request command',
  [0x20]: 'RFC 822 e-mail header',
  [0x21]: 'hyperlink format element',
  [0x22]: 'reply address element',
  [0x23]: 'enhanced voice mail information',
  [0x24]: 'national language single shift',
  [0x25]: 'national language locking shift',
};

export interface Concatenation {
  /** 0..255, or 0..65535 with `wide`. */
  readonly reference: number;
  /** 1..255. */
  readonly total: number;
  /** 1..total. */
  readonly sequence: number;
  /** The reference has sixteen bits. */
  readonly wide: boolean;
}

export interface Ports {
  readonly destination: number;
  readonly originator: number;
  /** The numbers have sixteen bits. */
  readonly wide: boolean;
}

export interface UserData {
  /** In order; absent when the message has no header. */
  readonly header?: readonly InformationElement[];
  /** What people read; absent for octets and for compressed text. */
  readonly text?: string;
  /** What stands behind the header, for octets and compressed text. */
  readonly data?: Uint8Array;
}

const HEADER_CLAUSE = 'TS 23.040 9.2.3.24';

/** Reads TP-UD by its data coding scheme. `hasHeader`: TP-UDHI. Data are views. */
export function decodeUserData(raw: RawUserData, dataCodingScheme: number, hasHeader: boolean): Result<UserData, SmsError> {
  try {
    return ok(readUserData(raw, dataCodingScheme, hasHeader));
  } catch (e) {
    if (e instanceof Malformed) return err(asSmsError(e));
    throw e;
  }
}

function readUserData(raw: RawUserData, dataCodingScheme: number, hasHeader: boolean): UserData {
  const { alphabet, compressed } = readDataCoding(dataCodingScheme);
  const header = hasHeader ? readHeader(raw.octets) : undefined;
  const headerOctets = header === undefined ? 0 : raw.octets[0]! + 1;
  const beside = header === undefined ? {} : { header };
  if (compressed || alphabet === '8bit') return { ...beside, data: raw.octets.subarray(headerOctets) };
  if (alphabet === 'ucs2') return { ...beside, text: utf16(raw.octets.subarray(headerOctets)) };
  const headerSeptets = Math.ceil((headerOctets * 8) / 7);
  if (headerSeptets > raw.length) throw new Malformed(0, `a header of ${headerSeptets} septets in ${raw.length}`, HEADER_CLAUSE);
  const count = raw.length - headerSeptets;
  if (raw.octets.length * 8 < raw.length * 7)
    throw new Malformed(raw.octets.length, `${raw.length} septets do not fit`, HEADER_CLAUSE);
  return { ...beside, text: textOfSeptets(unpackSeptets(raw.octets, count, headerSeptets * 7), shiftsOf(header ?? [])) };
}

function readHeader(octets: Uint8Array): InformationElement[] {
  const length = octets[0];
  if (length === undefined || length >= octets.length)
    throw new Malformed(0, 'a header longer than the user data', HEADER_CLAUSE);
  const elements: InformationElement[] = [];
  for (let at = 1; at <= length; ) {
    const size = octets[at + 1];
    if (size === undefined || at + 2 + size > length + 1)
      throw new Malformed(at, 'an information element longer than the header', HEADER_CLAUSE);
    elements.push({ identifier: octets[at]!, octets: octets.subarray(at + 2, at + 2 + size) });
    at += 2 + size;
  }
  return elements;
}

/** UTF-16, of which UCS2 is what old phones know; half a character at the end is not shown. */
function utf16(octets: Uint8Array): string {
  let text = '';
  for (let i = 0; i + 1 < octets.length; i += 2) text += String.fromCharCode(octets[i]! * 0x100 + octets[i + 1]!);
  return text;
}

/** The last element of a kind counts (9.2.3.24: of a repeated element the last received is used). */
const lastOf = (header: readonly InformationElement[], identifier: number, size: number): Uint8Array | undefined =>
  header.findLast((it) => it.identifier === identifier && it.octets.length === size)?.octets;

/** The national tables that the header names. 9.2.3.24.15, .16. */
export function shiftsOf(header: readonly InformationElement[]): Shifts {
  const single = lastOf(header, 0x24, 1)?.[0];
  const locking = lastOf(header, 0x25, 1)?.[0];
  return { ...(single === undefined ? {} : { single }), ...(locking === undefined ? {} : { locking }) };
}

/** Of which message this is a part; undefined when it is whole, or when the numbers make no sense (then the element is to be ignored, 9.2.3.24.1). */
export function concatenationOf(header: readonly InformationElement[]): Concatenation | undefined {
  const narrow = lastOf(header, 0x00, 3);
  const wide = lastOf(header, 0x08, 4);
  const octets = wide ?? narrow;
  if (octets === undefined) return undefined;
  const [total, sequence] = [octets.at(-2)!, octets.at(-1)!];
  if (total === 0 || sequence === 0 || sequence > total) return undefined;
  return { reference: wide ? octets[0]! * 0x100 + octets[1]! : octets[0]!, total, sequence, wide: wide !== undefined };
}

/** Between which applications it goes; undefined when it names none. 9.2.3.24.3, .4. */
export function portsOf(header: readonly InformationElement[]): Ports | undefined {
  const wide = lastOf(header, 0x05, 4);
  if (wide) return { destination: wide[0]! * 0x100 + wide[1]!, originator: wide[2]! * 0x100 + wide[3]!, wide: true };
  const narrow = lastOf(header, 0x04, 2);
  return narrow && { destination: narrow[0]!, originator: narrow[1]!, wide: false };
}

/** The element of a concatenation. */
export function concatenationElement({ reference, total, sequence, wide }: Concatenation): InformationElement {
  return wide
    ? { identifier: 0x08, octets: Uint8Array.of(reference >> 8, reference, total, sequence) }
    : { identifier: 0x00, octets: Uint8Array.of(reference, total, sequence) };
}

/** The element of a pair of ports. */
export function portsElement({ destination, originator, wide }: Ports): InformationElement {
  return wide
    ? { identifier: 0x05, octets: Uint8Array.of(destination >> 8, destination, originator >> 8, originator) }
    : { identifier: 0x04, octets: Uint8Array.of(destination, originator) };
}

function headerOctetsOf(header: readonly InformationElement[] | undefined): Uint8Array {
  if (header === undefined) return new Uint8Array(0);
  const octets: number[] = [];
  for (const element of header) octets.push(element.identifier, element.octets.length, ...element.octets);
  if (octets.length > 0xff) throw new RangeError(`a user data header of ${octets.length} octets`);
  return Uint8Array.of(octets.length, ...octets);
}

const UCS2_UNIT_OCTETS = 2;

/**
 * Writes TP-UDL and TP-UD for a data coding scheme. Throws RangeError when the text has signs that the scheme (with the national tables of
 * the header) does not have; how much fits one message (140 octets) is the caller's matter.
 */
export function makeUserData(value: UserData, dataCodingScheme: number): RawUserData {
  const { alphabet, compressed } = readDataCoding(dataCodingScheme);
  const header = headerOctetsOf(value.header);
  let body: Uint8Array;
  let length: number;
  if (compressed || alphabet === '8bit') body = value.data ?? new Uint8Array(0);
  else if (alphabet === 'ucs2') {
    const text = value.text ?? '';
    body = new Uint8Array(text.length * UCS2_UNIT_OCTETS);
    for (let i = 0; i < text.length; i++) body.set([text.charCodeAt(i) >> 8, text.charCodeAt(i)], i * UCS2_UNIT_OCTETS);
  } else {
    const septets = septetsOfText(value.text ?? '', shiftsOf(value.header ?? []));
    if (septets === undefined)
      throw new RangeError(`the text has signs that data coding ${hexNumber(dataCodingScheme)} does not have`);
    const headerSeptets = Math.ceil((header.length * 8) / 7);
    const octets = packSeptets(septets, headerSeptets * 7);
    octets.set(header);
    length = headerSeptets + septets.length;
    return { length, octets };
  }
  const octets = new Uint8Array(header.length + body.length);
  octets.set(header);
  octets.set(body, header.length);
  return { length: octets.length, octets };
}

/** One line for each information element. */
export function elementText(element: InformationElement): string {
  const name =
    INFORMATION_ELEMENTS[element.identifier] ??
    (element.identifier >= 0x70 && element.identifier <= 0x7f ? '(U)SIM toolkit' : 'unknown');
  const concatenation = concatenationOf([element]);
  const ports = portsOf([element]);
  const meaning = concatenation
    ? `reference ${concatenation.reference}, part ${concatenation.sequence} of ${concatenation.total}`
    : ports
      ? `${ports.originator} to ${ports.destination}`
      : hexOctets(element.octets);
  return `${hexNumber(element.identifier)} (${name}): ${meaning}`;
}
