/** Walks the corpus of real PDUs: every value that independent decoders found must be found by ours. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { decodeParts, decodePdu, encodePdu, type MmsPdu, toText } from '#codec/mms';
import { decodePush } from '#codec/wsp';

interface ExpectedPart {
  readonly contentType: string;
  readonly charset?: string;
  readonly name?: string;
  readonly contentId?: string;
  readonly contentLocation?: string;
  readonly contentDisposition?: string;
  readonly length: number;
  readonly sha256: string;
}

type ExpectedTime = { readonly relativeSeconds: number } | { readonly absolute: number };

interface Entry {
  readonly file: string;
  readonly sha256: string;
  readonly expect: 'value' | { readonly error: string } | { readonly bodyError: string };
  readonly pdu?: MmsPdu['kind'];
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly applicationHeaders?: readonly string[];
  readonly contentType?: { readonly media: string; readonly parameters: Readonly<Record<string, string>> };
  readonly parts?: readonly ExpectedPart[];
  readonly push?: { readonly file: string; readonly error?: string; readonly applicationId?: null; readonly body?: 'rest' };
}

const FOLDER = new URL('../../../test/corpus/mms-pdus/', import.meta.url);
const octetsOf = (file: string): Buffer => readFileSync(new URL(file, FOLDER));
const { entries } = JSON.parse(octetsOf('manifest.json').toString('utf8')) as { entries: readonly Entry[] };
const sha256 = (octets: Uint8Array): string => createHash('sha256').update(octets).digest('hex');

/** Octets of the enumerations, written down here a second time, so that the codec's tables are not tested with themselves. */
const PRIORITY = { 128: 'low', 129: 'normal', 130: 'high' };
const STATUS = {
  128: 'expired',
  129: 'retrieved',
  130: 'rejected',
  131: 'deferred',
  132: 'unrecognised',
  133: 'indeterminate',
  134: 'forwarded',
  135: 'unreachable',
};
const READ_STATUS = { 128: 'read', 129: 'deleted-without-being-read' };
const VISIBILITY = { 128: 'hide', 129: 'show' };

const named = (names: Readonly<Record<number, string>>) => (octet: unknown) => names[octet as number];
const same = (value: unknown): unknown => value;
const time = (value: unknown): unknown => {
  const expected = value as ExpectedTime;
  return 'absolute' in expected
    ? { kind: 'absolute', at: expected.absolute * 1000 }
    : { kind: 'relative', seconds: expected.relativeSeconds };
};

/** How each header of the manifest is found in a decoded PDU: its property, and the value as we have it. */
const HEADERS: Readonly<Record<string, readonly [string, (value: unknown) => unknown]>> = {
  'x-mms-mms-version': ['version', same],
  'x-mms-transaction-id': ['transactionId', same],
  from: ['from', (v) => (v === 'insert-address-token' ? { kind: 'insert-address' } : { kind: 'address', address: v })],
  to: ['to', same],
  cc: ['cc', same],
  bcc: ['bcc', same],
  subject: ['subject', (v) => (v as { text: string }).text],
  date: ['date', (v) => (v as number) * 1000],
  'message-id': ['messageId', same],
  'x-mms-message-class': ['messageClass', same],
  'x-mms-message-size': ['messageSize', same],
  'x-mms-expiry': ['expiry', time],
  'x-mms-status': ['status', named(STATUS)],
  'x-mms-content-location': ['contentLocation', same],
  'x-mms-delivery-report': ['deliveryReport', same],
  'x-mms-read-report': ['readReport', same],
  'x-mms-priority': ['priority', named(PRIORITY)],
  'x-mms-report-allowed': ['reportAllowed', same],
  'x-mms-read-status': ['readStatus', named(READ_STATUS)],
  'x-mms-response-status': ['responseStatus', same],
  'x-mms-response-text': ['responseText', same],
  'x-mms-retrieve-status': ['retrieveStatus', same],
  'x-mms-retrieve-text': ['retrieveText', same],
  'x-mms-sender-visibility': ['senderVisibility', named(VISIBILITY)],
};

function checkPdu(entry: Entry, pdu: MmsPdu): void {
  assert.equal(pdu.kind, entry.pdu);
  const values = pdu as unknown as Record<string, unknown>;
  const seen = new Set(['kind', 'unknown', 'content']);
  for (const [header, expected] of Object.entries(entry.headers!)) {
    const [key, map] = HEADERS[header]!;
    assert.deepEqual(values[key], map(expected), header);
    seen.add(key);
  }
  for (const [key, value] of Object.entries(values))
    if (!seen.has(key)) assert.deepEqual(value, [], `${key} is decoded, but the manifest does not have it`);
  assert.deepEqual(
    (pdu.unknown ?? []).map((field) => field.name),
    entry.applicationHeaders ?? [],
  );
}

interface ExpectedSubject {
  readonly text: string;
  /** MIBenum; null when the text came without one, which is us-ascii or, as some phones write it, UTF-8. */
  readonly charset: number | null;
  /** The octets of the text, without quote and closing zero. */
  readonly hex: string;
}
/** Charsets of the corpus, written down a second time. MIBenum by IANA. */
const CHARSETS: Readonly<Record<number, string>> = { 3: 'us-ascii', 4: 'iso-8859-1', 106: 'utf-8', 1015: 'utf-16' };

/** The manifest's text is what its octets say in its charset, and these octets are in the PDU: so our text is right and not only equal. */
function checkSubject(entry: Entry, octets: Buffer): void {
  const subject = entry.headers?.['subject'] as ExpectedSubject | undefined;
  if (subject === undefined) return;
  const charset = CHARSETS[subject.charset ?? 106];
  assert.ok(charset, `charset ${subject.charset}`);
  const text = Buffer.from(subject.hex, 'hex');
  assert.ok(octets.includes(text), 'the octets of the subject are in the PDU');
  assert.equal(new TextDecoder(charset).decode(text), subject.text);
}

function checkParts(entry: Entry, pdu: MmsPdu): void {
  const content = 'content' in pdu ? pdu.content : undefined;
  assert.equal(
    content === undefined,
    entry.contentType === undefined,
    'content is there exactly when the manifest has a content type',
  );
  if (content === undefined) return;
  assert.deepEqual(content.type, entry.contentType);
  const parts = decodeParts(content);
  if (typeof entry.expect === 'object') {
    assert.ok(!parts.ok && 'bodyError' in entry.expect && parts.error.kind === entry.expect.bodyError);
    return;
  }
  assert.ok(parts.ok, parts.ok ? '' : parts.error.text);
  const whole = content.type.media === 'text/plain';
  const found = parts.value.map((part): ExpectedPart => {
    const { charset, name, ...others } = part.contentType.parameters;
    assert.deepEqual(others, {}, 'the manifest has no other parameters');
    const disposition = part.headers.find((header) => header.name === 'Content-Disposition')?.value;
    return {
      contentType: part.contentType.media,
      ...(charset === undefined ? {} : { charset }),
      ...(name === undefined ? {} : { name }),
      ...(part.contentId === undefined ? {} : { contentId: part.contentId }),
      ...(part.contentLocation === undefined ? {} : { contentLocation: part.contentLocation }),
      ...(disposition === undefined ? {} : { contentDisposition: disposition }),
      length: part.data.length,
      sha256: sha256(part.data),
    };
  });
  if (whole) assert.deepEqual(parts.value[0]!.data, content.body);
  else assert.deepEqual(found, entry.parts);
  for (const part of parts.value) assert.equal(part.data.buffer, content.octets.buffer, 'parts are views, not copies');
}

describe('corpus of MMS PDUs', () => {
  it('lists every file of its folder, and every file has the octets of its listing', () => {
    const files = ['', 'malformed/'].flatMap((folder) =>
      readdirSync(new URL(folder || '.', FOLDER))
        .filter((name) => name.endsWith('.mms'))
        .map((name) => folder + name),
    );
    assert.deepEqual(files.sort(), entries.map((entry) => entry.file).sort());
    for (const entry of entries) assert.equal(sha256(octetsOf(entry.file)), entry.sha256, entry.file);
  });

  it('has values for the subject and for several recipients in as many PDUs as it had when it was collected', () => {
    const readable = entries.filter((entry) => entry.headers !== undefined);
    const count = (has: (headers: Readonly<Record<string, unknown>>) => boolean): number =>
      readable.filter((entry) => has(entry.headers!)).length;
    assert.deepEqual(
      {
        readable: readable.length,
        subjects: count((headers) => 'subject' in headers),
        several: count((headers) => ['to', 'cc', 'bcc'].some((key) => ((headers[key] ?? []) as unknown[]).length > 1)),
        parts: entries.reduce((sum, entry) => sum + (entry.parts?.length ?? 0), 0),
      },
      { readable: 80, subjects: 35, several: 5, parts: 89 },
    );
  });

  for (const entry of entries) {
    const expected =
      typeof entry.expect === 'object' && 'error' in entry.expect ? `is refused as ${entry.expect.error}` : `is a ${entry.pdu}`;
    it(`${entry.file} ${expected}`, () => {
      const decoded = decodePdu(octetsOf(entry.file));
      if (typeof entry.expect === 'object' && 'error' in entry.expect) {
        assert.ok(!decoded.ok, 'refused');
        assert.equal(decoded.error.kind, entry.expect.error);
        return;
      }
      assert.ok(decoded.ok, decoded.ok ? '' : decoded.error.text);
      checkPdu(entry, decoded.value);
      checkSubject(entry, octetsOf(entry.file));
      checkParts(entry, decoded.value);
    });

    if (!(typeof entry.expect === 'object' && 'error' in entry.expect))
      it(`${entry.file} reads the same once it has been written again`, () => {
        const first = decodePdu(octetsOf(entry.file));
        assert.ok(first.ok);
        const second = decodePdu(encodePdu(first.value));
        assert.ok(second.ok);
        assert.equal(toText(second.value), toText(first.value));
        assert.deepEqual(
          { ...second.value, unknown: undefined, content: undefined },
          { ...first.value, unknown: undefined, content: undefined },
        );
      });

    it(`${entry.file} cut after any octet gives a value or an error, never an exception`, () => {
      const octets = octetsOf(entry.file);
      // Behind the header fields every cut is the same kind of cut: the last 50 octets stand for them.
      const cuts = octets.length <= 1_000 ? octets.length : 600;
      for (let i = 0; i <= cuts; i++) readWhole(octets.subarray(0, i));
      for (let i = Math.max(cuts, octets.length - 50); i < octets.length; i++) readWhole(octets.subarray(0, i));
    });

    const { push } = entry;
    if (push !== undefined)
      it(`${push.file} ${push.error ? `is refused as ${push.error}` : 'is a push that holds the PDU'}`, () => {
        const decoded = decodePush(octetsOf(push.file));
        if (push.error !== undefined) {
          assert.ok(!decoded.ok);
          assert.equal(decoded.error.kind, push.error);
          return;
        }
        assert.ok(decoded.ok, decoded.ok ? '' : decoded.error.text);
        assert.equal(decoded.value.contentType.media, 'application/vnd.wap.mms-message');
        assert.equal(decoded.value.applicationId, push.applicationId === null ? undefined : 'x-wap-application:mms.ua');
        assert.equal(decoded.value.transactionId, octetsOf(push.file)[0]);
        const pdu = octetsOf(entry.file);
        if (push.body !== 'rest') assert.deepEqual(Buffer.from(decoded.value.body), pdu);
        else {
          // The push's own header length is too small, so that its last fields lead the body: the octets are what they are, and no PDU.
          assert.ok(Buffer.from(decoded.value.body).subarray(-pdu.length).equals(pdu));
          assert.equal(decodePdu(decoded.value.body).ok, false);
        }
      });
  }
});

function readWhole(octets: Uint8Array): void {
  const decoded = decodePdu(octets);
  if (!decoded.ok) assert.ok(decoded.error.offset <= octets.length && decoded.error.text.length > 0);
  else if ('content' in decoded.value && decoded.value.content !== undefined) decodeParts(decoded.value.content);
}
