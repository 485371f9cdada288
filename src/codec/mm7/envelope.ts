/** SOAP envelopes of MM7: the doors of the codec for a SOAP document by itself. SOAP 1.1 4; TS 23.140 8.7.2. */
import { err, LIMITS, ok, type Result } from '#base';
import { Reading } from './coding.js';
import { asDecodeError, type Mm7DecodeError, type Mm7Salvaged, Refused } from './decode-error.js';
import {
  dialectOf,
  type Mm7Dialect,
  releaseOf,
  SOAP_ENVELOPE,
  SOAP_ENVELOPE_MISPRINTED,
  schemaNamespace,
  schemaOf,
} from './dialect.js';
import { MESSAGES, messageRow } from './message-rows.js';
import type { ErrorRsp, Fault, Mm7Message } from './messages.js';
import type { Mm7Tolerated } from './tolerances.js';
import { attributesXml, decodeDocument, elementXml, escapeXml, readXml, type XmlElement } from './xml.js';

/** A message with what the SOAP around it says. */
export interface Mm7Envelope<M extends Mm7Message = Mm7Message> {
  /** Ties an answer to its request. Empty: an answer came without. */
  readonly transactionId: string;
  readonly message: M;
}

/** What has been read of a document. */
export interface Mm7Reading extends Mm7Envelope {
  /** Namespace and version that the message came with; an answer goes back in them. */
  readonly dialect: Mm7Dialect;
  readonly tolerated: readonly Mm7Tolerated[];
}

const SOAP_1_2 = 'http://www.w3.org/2003/05/soap-envelope';
/** Header entries that are known here. */
const TRANSACTION_ID = 'TransactionID';
const RELEASES: ReadonlySet<number | undefined> = new Set([5, 6]);

const childNamed = (element: XmlElement, local: string): XmlElement | undefined =>
  element.children.find((child) => child.local === local);

function checkEnvelope(root: XmlElement, reading: Reading): void {
  if (root.local !== 'Envelope') throw new Refused('not-soap', 'the document is no SOAP envelope');
  if (root.uri === SOAP_ENVELOPE) return;
  if (root.uri === SOAP_1_2) throw new Refused('soap-version', 'the envelope is of SOAP 1.2');
  if (root.uri !== SOAP_ENVELOPE_MISPRINTED)
    throw new Refused('soap-version', 'the envelope is in a namespace that is not that of SOAP 1.1');
  reading.tolerate('soap-namespace', 'Envelope', root.uri);
}

/** The first element of the body, or undefined when there is none. */
const operationOf = (root: XmlElement): XmlElement | undefined => childNamed(root, 'Body')?.children[0];

const headerEntry = (root: XmlElement): XmlElement | undefined => {
  const header = childNamed(root, 'Header');
  return header === undefined ? undefined : childNamed(header, TRANSACTION_ID);
};

const TRUE: ReadonlySet<string> = new Set(['1', 'true']);

/** SOAP 1.1 4.2.3: an entry that must be understood and is not refuses the message. */
function checkHeader(root: XmlElement): void {
  for (const entry of childNamed(root, 'Header')?.children ?? []) {
    const demand = entry.attributes.find((attribute) => attribute.local === 'mustUnderstand' && attribute.uri === root.uri);
    if (entry.local !== TRANSACTION_ID && demand !== undefined && TRUE.has(demand.value.trim()))
      throw new Refused('must-understand', `the header has an entry that must be understood and is not: ${entry.local}`);
  }
}

const MESSAGE_NAMES: ReadonlySet<string> = new Set([...Object.keys(MESSAGES), 'Fault']);

/** What an answer needs, of whatever could be read. */
function salvage(root: XmlElement | undefined): Mm7Salvaged {
  if (root === undefined) return {};
  const transactionId = headerEntry(root)?.text.trim();
  const operation = operationOf(root);
  const namespace = [operation?.uri, headerEntry(root)?.uri].find((uri) => uri !== undefined && uri !== '' && uri !== root.uri);
  const version = operation === undefined ? undefined : childNamed(operation, 'MM7Version')?.text.trim();
  const spoken = version !== undefined && RELEASES.has(releaseOf(version)) ? version : undefined;
  return {
    ...(transactionId ? { transactionId } : {}),
    ...(operation !== undefined && MESSAGE_NAMES.has(operation.local) ? { operation: operation.local } : {}),
    ...(namespace === undefined ? {} : { dialect: dialectFor(namespace, spoken) }),
  };
}

const NEWEST = dialectOf('REL-6-MM7-1-4');

/** A dialect out of what was said of it; what was not said is what usually goes with the rest. */
function dialectFor(namespace: string | undefined, version: string | undefined): Mm7Dialect {
  const schema = namespace === undefined ? undefined : schemaOf(namespace);
  const usual = schema !== undefined ? dialectOf(schema) : releaseOf(version ?? '') === 5 ? dialectOf('REL-5-MM7-1-0') : NEWEST;
  return { namespace: namespace ?? usual.namespace, version: version ?? usual.version };
}

function checkNamespace(element: XmlElement, reading: Reading): void {
  if (element.uri === '') reading.tolerate('no-namespace', element.local, '');
  else if (schemaOf(element.uri) === undefined) reading.tolerate('foreign-namespace', element.local, element.uri);
}

/** One element of a body or of a fault's detail. */
function readMessage(element: XmlElement, reading: Reading): Mm7Message | ErrorRsp {
  const row = messageRow(element.local);
  if (row === undefined) throw new Refused('unknown-operation', 'the body holds no operation of MM7');
  checkNamespace(element, reading);
  const members = row.coder.decode(element, { path: element.local, reading }) as { readonly version: string };
  if (row.type === 'request' && !RELEASES.has(releaseOf(members.version)))
    throw new Refused('unsupported-version', `${element.local}/MM7Version is of no release that is spoken here`);
  return { kind: element.local, ...members } as Mm7Message | ErrorRsp;
}

const isError = (message: Mm7Message | ErrorRsp): message is ErrorRsp =>
  message.kind === 'RSErrorRsp' || message.kind === 'VASPErrorRsp';

const localPart = (name: string): string => name.slice(name.indexOf(':') + 1).trim();

function readFault(element: XmlElement, reading: Reading): Fault {
  const detail = childNamed(element, 'detail')?.children.find(({ local }) => local === 'RSErrorRsp' || local === 'VASPErrorRsp');
  const error = detail === undefined ? undefined : (readMessage(detail, reading) as ErrorRsp);
  return {
    kind: 'Fault',
    faultCode: localPart(childNamed(element, 'faultcode')?.text.trim() ?? ''),
    faultString: childNamed(element, 'faultstring')?.text.trim() ?? '',
    ...(error === undefined ? {} : { error }),
  };
}

function readBody(root: XmlElement, reading: Reading): Mm7Message {
  const operation = operationOf(root);
  if (operation === undefined) throw new Refused('not-soap', 'the envelope has no body, or nothing in it');
  if (operation.local === 'Fault') return readFault(operation, reading);
  const message = readMessage(operation, reading);
  if (!isError(message)) return message;
  reading.tolerate('error-outside-fault', message.kind, '');
  return { kind: 'Fault', faultCode: message.kind === 'RSErrorRsp' ? 'Client' : 'Server', faultString: '', error: message };
}

function readTransactionId(root: XmlElement, message: Mm7Message, reading: Reading): string {
  const transactionId = headerEntry(root)?.text.trim() ?? '';
  if (transactionId !== '') return transactionId;
  if (message.kind !== 'Fault' && MESSAGES[message.kind].type === 'request')
    throw new Refused('missing-element', `the header has no ${TRANSACTION_ID}`);
  reading.tolerate('missing-transaction-id', 'Header', '');
  return '';
}

function dialectOfMessage(root: XmlElement, message: Mm7Message): Mm7Dialect {
  const inside = message.kind === 'Fault' ? message.error : message;
  const version = inside?.version === '' ? undefined : inside?.version;
  return dialectFor(salvage(root).dialect?.namespace, version);
}

const BLANK = /^[ \t\r\n]+(?=<\?xml[ \t\r\n])/;

function readEnvelope(document: string, reading: Reading, found: (root: XmlElement) => void): Mm7Reading {
  const blank = BLANK.exec(document)?.[0] ?? '';
  if (blank !== '') reading.tolerate('blank-before-declaration', '', '');
  const root = readXml(document.slice(blank.length));
  found(root);
  checkEnvelope(root, reading);
  checkHeader(root);
  const message = readBody(root, reading);
  const transactionId = readTransactionId(root, message, reading);
  return { transactionId, message, dialect: dialectOfMessage(root, message), tolerated: reading.tolerated };
}

/**
 * Reads a SOAP document. `charset`: what the protocol around it says of its encoding; absent when it says nothing. On any octets a value
 * comes back: the message, or why there is none and with which status that is answered.
 */
export function decodeEnvelope(octets: Uint8Array, charset?: string): Result<Mm7Reading, Mm7DecodeError> {
  const reading = new Reading();
  let root: XmlElement | undefined;
  try {
    if (octets.length > LIMITS.mm7SoapOctetsMax)
      throw new Refused('limit', `the SOAP document has more than ${LIMITS.mm7SoapOctetsMax} octets`);
    return ok(
      readEnvelope(decodeDocument(octets, charset), reading, (element) => {
        root = element;
      }),
    );
  } catch (e) {
    if (e instanceof Refused) return err(asDecodeError(e, salvage(root)));
    throw e;
  }
}

const ENV = 'env';

function faultXml(fault: Fault, errorXml: string): string {
  return elementXml(
    `${ENV}:Fault`,
    elementXml('faultcode', `${ENV}:${escapeXml(fault.faultCode)}`) +
      elementXml('faultstring', escapeXml(fault.faultString)) +
      (errorXml === '' ? '' : elementXml('detail', errorXml)),
  );
}

const utf8 = new TextEncoder();

/**
 * Writes a SOAP document in UTF-8. The message's version is the one that is written; the dialect gives namespace and prefix. Elements that
 * the release of that version does not have are left out. An empty transaction id (of a request that could not be read) is not written. Characters that XML cannot write become replacement characters.
 */
export function encodeEnvelope(envelope: Mm7Envelope, dialect: Mm7Dialect): Uint8Array<ArrayBuffer> {
  const { message } = envelope;
  const inside = message.kind === 'Fault' ? message.error : message;
  const name = (local: string): string => (dialect.prefix === undefined ? local : `${dialect.prefix}:${local}`);
  const declaration = attributesXml({ [dialect.prefix === undefined ? 'xmlns' : `xmlns:${dialect.prefix}`]: dialect.namespace });
  const w = { name, release: releaseOf(inside?.version ?? dialect.version) === 5 ? 5 : 6 } as const;
  const open = (local: string): string => `${name(local)}${declaration}`;
  const write = (one: Exclude<Mm7Message, Fault> | ErrorRsp): string =>
    withDeclaration(MESSAGES[one.kind].coder.encode(name(one.kind), one, w), declaration, name(one.kind));
  const body =
    message.kind === 'Fault' ? faultXml(message, message.error === undefined ? '' : write(message.error)) : write(message);
  const transactionId =
    envelope.transactionId === ''
      ? ''
      : `<${open(TRANSACTION_ID)} ${ENV}:mustUnderstand="1">${escapeXml(envelope.transactionId)}</${name(TRANSACTION_ID)}>`;
  return utf8.encode(
    `<?xml version="1.0" encoding="UTF-8"?>\n<${ENV}:Envelope xmlns:${ENV}="${SOAP_ENVELOPE}">` +
      (transactionId === '' ? '' : `<${ENV}:Header>${transactionId}</${ENV}:Header>`) +
      `<${ENV}:Body>${body}</${ENV}:Body></${ENV}:Envelope>`,
  );
}

/** The namespace stands on the operation, so that every MM7 element inherits it. */
const withDeclaration = (xml: string, declaration: string, name: string): string =>
  `<${name}${declaration}${xml.slice(name.length + 1)}`;

/** The dialect for a peer whose schema is named by its tag, as `REL-5-MM7-1-0`; the usual version unless another is given. */
export const dialectFromTag = (tag: string, version?: string, prefix?: string): Mm7Dialect => ({
  ...dialectFor(schemaNamespace(tag), version),
  ...(prefix === undefined ? {} : { prefix }),
});
