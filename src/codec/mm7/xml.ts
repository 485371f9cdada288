/**
 * XML as MM7 has it: a small tree out of saxes, without document type, entities or instructions, within limits; and one escape for what is
 * written. Elements are known by their local names; whether their namespaces were right is for the reader of the message to say.
 */
import { type SaxesAttributeNS, SaxesParser } from 'saxes';
import { LIMITS } from '#base';
import { Refused } from './decode-error.js';

export interface XmlElement {
  readonly local: string;
  /** Namespace; empty when it is in none. */
  readonly uri: string;
  readonly attributes: readonly SaxesAttributeNS[];
  readonly children: XmlElement[];
  /** Character data directly inside, in one piece, blanks included. */
  text: string;
  /** Line of the start tag in the document, from 1. */
  readonly line: number;
}

const OPTIONS = { xmlns: true, position: true } as const;

/** The root of a document. Throws Refused. */
export function readXml(document: string): XmlElement {
  const parser = new SaxesParser(OPTIONS);
  const open: XmlElement[] = [];
  let root: XmlElement | undefined;
  let elements = 0;
  parser.on('error', (e) => {
    throw new Refused('malformed-xml', `the document is not well-formed: ${e.message.slice(0, ERROR_TEXT_MAX)}`);
  });
  parser.on('doctype', () => {
    throw new Refused('forbidden-xml', 'the document has a DOCTYPE, which SOAP forbids');
  });
  parser.on('opentag', (tag) => {
    if (++elements > LIMITS.mm7ElementsMax) throw new Refused('limit', `more than ${LIMITS.mm7ElementsMax} elements`);
    if (open.length === LIMITS.mm7DepthMax) throw new Refused('limit', `elements more than ${LIMITS.mm7DepthMax} deep`);
    const element: XmlElement = {
      local: tag.local,
      uri: tag.uri,
      attributes: Object.values(tag.attributes),
      children: [],
      text: '',
      line: parser.line,
    };
    const parent = open.at(-1);
    if (parent === undefined) root = element;
    else parent.children.push(element);
    open.push(element);
  });
  const take = (text: string): void => {
    const element = open.at(-1);
    if (element !== undefined) element.text += text;
  };
  parser.on('text', take);
  parser.on('cdata', take);
  parser.on('closetag', () => {
    open.pop();
  });
  parser.write(document).close();
  if (root === undefined) throw new Refused('malformed-xml', 'the document is empty');
  return root;
}

/** Of a complaint of the parser, which may quote the document. Unit: characters. */
const ERROR_TEXT_MAX = 120;

const BYTE_ORDER_MARKS: readonly (readonly [mark: readonly number[], encoding: string])[] = [
  [[0xef, 0xbb, 0xbf], 'utf-8'],
  [[0xfe, 0xff], 'utf-16be'],
  [[0xff, 0xfe], 'utf-16le'],
];

/** Encodings that documents may have, by their names in lower case, as the decoder knows them. */
const ENCODINGS: Readonly<Record<string, string>> = {
  'utf-8': 'utf-8',
  utf8: 'utf-8',
  'us-ascii': 'utf-8',
  ascii: 'utf-8',
  'utf-16': 'utf-16le',
  'utf-16le': 'utf-16le',
  'utf-16be': 'utf-16be',
  'iso-8859-1': 'iso-8859-1',
  latin1: 'iso-8859-1',
  'windows-1252': 'windows-1252',
};

/** How far an XML declaration is looked for. Unit: octets. Source: the longest that makes sense has 60. */
const DECLARATION_OCTETS_MAX = 200;

/** What the declaration at the start of the document says of its encoding; undefined when it says nothing. */
function declaredEncoding(octets: Uint8Array): string | undefined {
  let head = '';
  for (const octet of octets.subarray(0, DECLARATION_OCTETS_MAX)) head += String.fromCharCode(octet);
  const declaration = /^\s*<\?xml\s([^>]*)\?>/.exec(head)?.[1];
  return declaration === undefined ? undefined : /encoding\s*=\s*["']([A-Za-z0-9._-]+)["']/.exec(declaration)?.[1];
}

/** One for each encoding: making one costs more than a document does. */
const decoders = new Map<string, TextDecoder>();

function decoderOf(encoding: string): TextDecoder {
  const known = decoders.get(encoding);
  if (known !== undefined) return known;
  const made = new TextDecoder(encoding, { fatal: true });
  decoders.set(encoding, made);
  return made;
}

/**
 * The text of a document: by its byte order mark, else by the charset that the protocol around it says (absent: none), else by its own
 * declaration, else UTF-8. RFC 7303 3.2. Throws Refused.
 */
export function decodeDocument(octets: Uint8Array, charset?: string): string {
  const marked = BYTE_ORDER_MARKS.find(([mark]) => mark.every((octet, i) => octets[i] === octet))?.[1];
  const named = (marked ?? charset ?? declaredEncoding(octets) ?? 'utf-8').toLowerCase();
  const encoding = Object.hasOwn(ENCODINGS, named) ? ENCODINGS[named] : undefined;
  if (encoding === undefined) throw new Refused('malformed-xml', 'the document has an encoding that is not read here');
  try {
    return decoderOf(encoding).decode(octets);
  } catch (e) {
    if (!(e instanceof TypeError)) throw e;
    throw new Refused('malformed-xml', `the document is not ${named}`);
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

/** Characters that XML 1.0 has no way to write (2.2), lone surrogates among them; each becomes a replacement character. */
const UNWRITABLE =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Whether there is anything to escape at all: mostly there is not. */
const TO_ESCAPE = /[&<>"\u0000-\u001f\ud800-\udfff\ufffe\uffff]/;

/** The one escape: for character data and for values of attributes alike. */
export const escapeXml = (text: string): string =>
  TO_ESCAPE.test(text) ? text.replace(UNWRITABLE, '\ufffd').replace(/[&<>"\t\n\r]/g, (character) => ESCAPES[character]!) : text;

/** A start tag's attributes; those without value are left out. */
export const attributesXml = (attributes: Readonly<Record<string, string | undefined>>): string =>
  Object.entries(attributes)
    .map(([name, value]) => (value === undefined ? '' : ` ${name}="${escapeXml(value)}"`))
    .join('');

/** An element around markup that is written already. */
export const elementXml = (
  name: string,
  content: string,
  attributes: Readonly<Record<string, string | undefined>> = {},
): string =>
  content === '' ? `<${name}${attributesXml(attributes)}/>` : `<${name}${attributesXml(attributes)}>${content}</${name}>`;
