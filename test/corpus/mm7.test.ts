/** Walks the corpus of MM7 messages: every value that its manifest names must be found by our reader, every part with its digest. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { decodeBody, type MimeEntity } from '#codec/mime';
import { type DateOrDuration, decodePacket, encodeEnvelope, decodeEnvelope, type Mm7Address, type Mm7Packet, MESSAGES } from '#codec/mm7';

interface ExpectedPart {
  readonly contentType: string;
  readonly contentId?: string;
  readonly contentLocation?: string;
  readonly name?: string;
  readonly length: number;
  readonly sha256: string;
}

interface Soap {
  readonly type: string;
  readonly fault: boolean;
  readonly wellFormed: boolean;
  readonly namespaces: readonly string[];
  readonly [name: string]: unknown;
}

interface Entry {
  readonly file: string;
  readonly sha256: string;
  readonly expected: {
    readonly form: 'http' | 'multipart' | 'soap';
    readonly boundary?: string;
    readonly httpHeaders?: readonly (readonly [string, string])[];
    readonly parts?: readonly ExpectedPart[];
    readonly soap: Soap;
  };
}

const FOLDER = new URL('../../../test/corpus/mm7/', import.meta.url);
const octetsOf = (file: string): Buffer => readFileSync(new URL(file, FOLDER));
const { entries } = JSON.parse(octetsOf('manifest.json').toString('utf8')) as { entries: readonly Entry[] };
const sha256 = (octets: Uint8Array): string => createHash('sha256').update(octets).digest('hex');

/** Not well-formed, but read: what an XML parser refuses of it is a blank line. */
const READ_ALTHOUGH = new Set(['mblox-deliver-rsp-http.txt']);

/** The HTTP body of an entry and its Content-Type. */
function bodyOf({ file, expected }: Entry): readonly [contentType: string, body: Uint8Array] {
  const octets = octetsOf(file);
  if (expected.form === 'soap') return ['text/xml', octets];
  if (expected.form === 'multipart')
    return [`multipart/related; type="text/xml"; boundary="${expected.boundary}"`, octets];
  const end = /\r?\n\r?\n/.exec(octets.toString('latin1'))!;
  const contentType = expected.httpHeaders!.find(([name]) => name === 'Content-Type')![1];
  return [contentType.replaceAll(/\s+/g, ' '), octets.subarray(end.index + end[0].length)];
}

const leavesOf = (entity: MimeEntity): readonly MimeEntity[] =>
  entity.parts.length === 0 ? [entity] : entity.parts.flatMap(leavesOf);

function read(entry: Entry): Mm7Packet {
  const packet = decodePacket(...bodyOf(entry));
  if (!packet.ok) throw new Error(packet.error.text);
  return packet.value;
}

const at = (time: unknown): number | undefined => {
  const value = time as number | DateOrDuration | undefined;
  return typeof value === 'object' ? ('at' in value ? value.at : undefined) : value;
};
const addresses = (value: unknown): unknown =>
  value === undefined ? undefined : [value].flat().map((one) => ({ kind: (one as Mm7Address).kind, value: (one as Mm7Address).value }));


// biome-ignore lint/suspicious/noExplicitAny: members of all messages, looked at by name.
type Values = Record<string, any>;

/** What each value of the manifest is in what was read. */
const VALUES: Readonly<Record<string, (packet: Mm7Packet, members: Values) => unknown>> = {
  type: ({ message }) => (message.kind === 'Fault' ? message.error?.kind : message.kind),
  fault: ({ message }) => message.kind === 'Fault',
  transactionId: ({ transactionId }) => transactionId,
  mm7Version: (_, members) => members['version'],
  linkedId: (_, members) => members['linkedId'],
  vaspId: (_, members) => members['vaspId'] ?? members['senderIdentification']?.vaspId,
  vasId: (_, members) => members['vasId'] ?? members['senderIdentification']?.vasId,
  relayServerId: (_, members) => members['relayServerId'],
  subject: (_, members) => members['subject'],
  priority: (_, members) => members['priority'],
  from: (_, members) => addresses(members['sender'] ?? members['senderIdentification']?.senderAddress),
  recipients: (_, members) =>
    addresses(members['recipient'] ?? [members['recipients']?.to ?? [], members['recipients']?.cc ?? []].flat()),
  contentHref: (_, members) => members['content']?.href,
  allowAdaptations: (_, members) => String(members['content']?.allowAdaptations),
  messageId: ({ tolerated }, members) =>
    members['messageId'] ?? tolerated.find((use) => use.name === 'unknown-element' && use.path.endsWith('/MessageID'))?.detail,
  statusCode: (_, members) => String(members['status'].code),
  statusText: (_, members) => members['status']?.text ?? members['statusText'],
  details: (_, members) => members['status'].details,
  faultString: ({ message }) => (message.kind === 'Fault' ? message.faultString : undefined),
  mmStatus: (_, members) => members['mmStatus'],
  namespaces: ({ dialect }) => [dialect.namespace],
  wellFormed: () => true,
};
const TIMES: Readonly<Record<string, string>> = { timeStamp: 'timeStamp', expiry: 'expiryDate', date: 'date' };

describe('corpus of MM7 messages', () => {
  for (const entry of entries) {
    const { soap, parts } = entry.expected;
    it(`${entry.file}: is the file of the manifest`, () => assert.equal(sha256(octetsOf(entry.file)), entry.sha256));

    if (!soap.wellFormed && !READ_ALTHOUGH.has(entry.file)) {
      it(`${entry.file}: is refused, as it is not well-formed`, () => {
        const packet = decodePacket(...bodyOf(entry));
        assert.ok(!packet.ok);
        assert.equal(packet.error.kind, 'malformed-xml');
      });
      continue;
    }

    it(`${entry.file}: has the values of the manifest`, () => {
      const packet = read(entry);
      const { message } = packet;
      const members = (message.kind === 'Fault' ? message.error : message) as unknown as Record<string, unknown>;
      for (const [name, expected] of Object.entries(soap)) {
        if (name === 'wellFormed' && READ_ALTHOUGH.has(entry.file)) continue;
        const time = TIMES[name];
        if (time !== undefined) assert.equal(at(members[time]), Date.parse(expected as string), name);
        else {
          assert.ok(Object.hasOwn(VALUES, name), `the manifest has a value that is not looked at: ${name}`);
          assert.deepEqual(VALUES[name]!(packet, members), expected, name);
        }
      }
    });

    it(`${entry.file}: every part is there, octet for octet`, () => {
      const content = read(entry).content;
      const leaves = content === undefined ? [] : leavesOf(content);
      const expected = (parts ?? []).slice(1);
      assert.deepEqual(
        leaves.map((part) => ({ media: part.type.media, sha256: sha256(decodeBody(part)), contentId: part.contentId })),
        expected.map((part) => ({ media: part.contentType, sha256: part.sha256, contentId: part.contentId })),
      );
    });

    it(`${entry.file}: what it says is the same when we write it`, () => {
      const { message, transactionId, dialect } = read(entry);
      const again = decodeEnvelope(encodeEnvelope({ message, transactionId }, dialect));
      assert.ok(again.ok);
      assert.deepEqual(again.value.message, message);
    });
  }

  it('has messages of both directions', () => {
    const kinds = new Set(entries.map(({ expected }) => expected.soap.type));
    for (const direction of ['to-relay', 'to-vasp'])
      assert.ok(Object.entries(MESSAGES).some(([kind, row]) => row.direction === direction && kinds.has(kind)));
  });
});
