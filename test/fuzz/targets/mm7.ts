/** MM7: SOAP documents and the HTTP bodies around them, read, written, read again. */
import { LIMITS } from '#base';
import { decodeBody, type MimeEntity } from '#codec/mime';
import {
  decodeEnvelope,
  decodePacket,
  encodeEnvelope,
  MM7_TOLERANCES,
  type Mm7DecodeError,
  type Mm7Reading,
  PacketReader,
  STATUS_CODES,
} from '#codec/mm7';
import { SAMPLES } from '../../kit/mm7-samples.js';
import { difference, expect, octetsOf, type Target } from '../target.js';
import { group, leaf, type Node } from '../tree.js';
import { recordedMm7 } from './corpus.js';

const REL6 = 'http://www.3gpp.org/ftp/Specs/archive/23_series/23.140/schema/REL-6-MM7-1-4';

/** Tags, words and marks, so that elements and attributes can wander. */
function documentTree(octets: Uint8Array): Node {
  const text = Buffer.from(octets).toString('latin1');
  const pieces = text.match(/<[^<>]{0,200}>|[A-Za-z0-9._+:/-]+|[^A-Za-z0-9]/g) ?? [];
  return group(
    'document',
    pieces.map((piece) => leaf(piece.startsWith('<') ? 'tag' : 'piece', Buffer.from(piece, 'latin1'))),
  );
}

/** Content-Type of an HTTP body that begins with a boundary; a bare document else. */
function contentTypeOf(octets: Uint8Array): string {
  const start = Buffer.from(octets.subarray(0, 200)).toString('latin1');
  const boundary = /^\s*--([^\s"]{1,70})/.exec(start)?.[1];
  return boundary === undefined ? 'text/xml' : `multipart/related; boundary="${boundary}"; type="text/xml"`;
}

function checkError(error: Mm7DecodeError): void {
  expect(error.status in STATUS_CODES, 'mm7: a refusal has a status of the table', () => String(error.status));
  expect(
    !/[\u0000-\u001f\u007f]/.test(error.text) || error.kind === 'malformed-xml',
    'mm7: a refusal is one line',
    () => error.text,
  );
  const { transactionId } = error.salvaged;
  expect(
    transactionId === undefined || transactionId.length <= LIMITS.mm7SoapOctetsMax,
    'mm7: what is salvaged is bounded',
    () => '',
  );
}

function checkReading({ message, transactionId, dialect, tolerated }: Mm7Reading): void {
  for (const { name } of tolerated) expect(name in MM7_TOLERANCES, 'mm7: a tolerance has a name of the table', () => name);
  const written = encodeEnvelope({ message, transactionId }, dialect);
  if (written.length > LIMITS.mm7SoapOctetsMax) return;
  const again = decodeEnvelope(written);
  expect(again.ok, 'mm7: a written message can be read', () => (again.ok ? '' : again.error.text));
  if (!again.ok) return;
  // What a release does not have is not written: only messages of release 6 come back whole.
  if (!dialect.version.startsWith('6.') || message.kind === 'Fault') return;
  const departure = difference(message, again.value.message);
  expect(departure === undefined, 'mm7: a message is read as it was written', () => departure ?? '');
}

/** The leaves of content, in order. */
const bodiesOf = (entity: MimeEntity | undefined): readonly Uint8Array[] =>
  entity === undefined ? [] : entity.parts.length === 0 ? [decodeBody(entity)] : entity.parts.flatMap(bodiesOf);

/** What is read as it comes is what is read whole, wherever it was cut: here by its own octets. */
function checkPieces(octets: Uint8Array, whole: ReturnType<typeof decodePacket>): void {
  const reader = new PacketReader(contentTypeOf(octets));
  for (let at = 0; at < octets.length; ) {
    const end = at + 1 + octets[at]! * 40;
    reader.write(octets.slice(at, end));
    at = end;
  }
  const pieces = reader.end();
  expect(pieces.ok === whole.ok, 'mm7: pieces are refused as the whole is', () => (pieces.ok ? '' : pieces.error.text));
  if (!pieces.ok || !whole.ok) return;
  const departure = difference(whole.value.message, pieces.value.message);
  expect(departure === undefined, 'mm7: pieces say what the whole says', () => departure ?? '');
  const [one, other] = [whole, pieces].map(({ value }) => bodiesOf(value.content));
  const body = difference(one, other);
  expect(body === undefined, 'mm7: pieces hold the octets of the whole', () => body ?? '');
}

export const mm7: Target = {
  name: 'mm7',
  about: 'MM7 messages: SOAP documents, and the multiparts around them',
  seeds: () => [
    ...recordedMm7(),
    ...Object.values(SAMPLES).map((message) =>
      encodeEnvelope({ transactionId: 't-1', message }, { namespace: REL6, version: '6.8.0' }),
    ),
  ],
  dictionary: [
    '<!DOCTYPE a [<!ENTITY b "c">]>',
    '&b;',
    '&#0;',
    '&amp;',
    '<![CDATA[',
    ']]>',
    '<!--',
    '-->',
    '<?xml version="1.0" encoding="utf-16"?>',
    ' xmlns=""',
    ' xmlns:a="urn:a"',
    '<To>',
    '</To>',
    '<Number>',
    '</Number>',
    ' displayOnly="1"',
    ' href="cid:"',
    'PT99999999999S',
    '9999-12-31T23:59:59Z',
    '-0001-01-01T00:00:00Z',
    '\u0000',
    '\ufeff',
    '\ud83d\ude00',
  ].map(octetsOf),
  structure: documentTree,
  run(octets) {
    const packet = decodePacket(contentTypeOf(octets), octets);
    checkPieces(octets, packet);
    if (!packet.ok) {
      checkError(packet.error);
      return;
    }
    checkReading(packet.value);
    if (packet.value.content !== undefined) decodeBody(packet.value.content);
  },
};
