// Needs: python3
/**
 * Our MIME and an independent one: Python's email package reads everything that we write, and we read what it writes; names, addresses, dates
 * and the sha256 of every attachment agree. Python tells defects, and must find none.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import {
  addressField,
  contentToMime,
  dateField,
  decodeBody,
  decodeWords,
  fieldOf,
  type LeafSource,
  leafParts,
  type Mailbox,
  type MessageSource,
  parseAddresses,
  parseDate,
  readMessage,
  textField,
  writeMessage,
} from '#codec/mime';
import { decodePdu } from '#codec/mms';

const SCRIPT = fileURLToPath(new URL('../../../test/peers/python-email/mail.py', import.meta.url));
const CORPUS = new URL('../../../test/corpus/mms-pdus/', import.meta.url);
/** Messages of a run with random parts. */
const RANDOM_MESSAGES = 60;
const OUTPUT_OCTETS_MAX = 64 * 1024 * 1024;

interface Found {
  readonly headers: readonly (readonly [string, string])[];
  readonly to: readonly (readonly [string, string])[];
  readonly at: number | null;
  readonly structure: readonly string[];
  readonly parts: readonly {
    readonly contentType: string;
    readonly charset: string | null;
    readonly name: string | null;
    readonly filename: string | null;
    readonly contentId: string | null;
    readonly contentLocation: string | null;
    readonly length: number;
    readonly sha256: string;
  }[];
  readonly defects: readonly string[];
}

interface Told {
  readonly octets: string;
  readonly subject: string;
  readonly to: readonly (readonly [string, string])[];
  readonly at: number;
  readonly parts: readonly {
    readonly contentType: string;
    readonly name: string | null;
    readonly length: number;
    readonly sha256: string;
  }[];
}

const sha256 = (octets: Uint8Array): string => createHash('sha256').update(octets).digest('hex');

function python<T>(command: 'read' | 'write', input = ''): T {
  const run = spawnSync('python3', [SCRIPT, command], { input, maxBuffer: OUTPUT_OCTETS_MAX, encoding: 'utf8' });
  assert.equal(run.status, 0, run.stderr);
  return JSON.parse(run.stdout) as T;
}

/** What Python finds in messages as they would stand in a mailbox: with the line break that SMTP adds at the end where there is none. */
const readByPython = (messages: readonly Uint8Array[]): readonly Found[] =>
  python('read', JSON.stringify(messages.map((octets) => Buffer.from(octets).toString('base64'))));

function written(source: MessageSource): Uint8Array {
  const message = writeMessage(source);
  assert.ok(message.ok, message.ok ? '' : message.error.text);
  const octets = Buffer.concat(message.value.pieces);
  return octets.at(-1) === 0x0a ? octets : Buffer.concat([octets, Buffer.from('\r\n')]);
}

describe("Python's email package", () => {
  it('reads header fields, addresses and dates as we meant them', () => {
    const to: readonly Mailbox[] = [
      { kind: 'mailbox', localPart: '+15551230001/TYPE=PLMN', domain: 'mms.opa.example' },
      { kind: 'mailbox', localPart: 'john smith', domain: 'example.com', displayName: 'Smith, John' },
      // No longer than one encoded word: Python 3.11 puts a blank between two in a display name, against RFC 2047 6.2.
      { kind: 'mailbox', localPart: 'zoe', domain: 'example.net', displayName: 'Zoë Müller-Lüdenscheidt' },
    ];
    const subjects = [
      'plain',
      'Grüße',
      '日本語の件名'.repeat(10),
      'a\r\nBcc: evil@example.org',
      '=?UTF-8?Q?x?=',
      '🎉'.repeat(40),
    ];
    const addresses = addressField('To', to);
    assert.ok(addresses.ok);
    const at = Date.UTC(2022, 0, 13, 0, 25, 45);
    const found = readByPython(
      subjects.map((text) => written({ fields: [textField('Subject', text), addresses.value, dateField('Date', at)] })),
    );
    found.forEach((one, i) => {
      assert.deepEqual(
        one.headers.map(([name]) => name),
        ['Subject', 'To', 'Date'],
      );
      assert.equal(one.headers[0]![1], subjects[i]!.replace(/[\r\n]/g, ' '));
      assert.deepEqual(one.to, [
        ['', '+15551230001/TYPE=PLMN@mms.opa.example'],
        ['Smith, John', '"john smith"@example.com'],
        ['Zoë Müller-Lüdenscheidt', 'zoe@example.net'],
      ]);
      assert.equal(one.at, at / 1000);
      assert.deepEqual(one.defects, []);
    });
  });

  it('reads every attachment of random messages with the same sha256, type, name and Content-ID', () => {
    const text = fc.array(fc.constantFrom('a', ' ', '\r\n', '\n', '\r', '.', 'From ', '=', '=_', '--', 'ü', 'x'.repeat(200)), {
      maxLength: 40,
    });
    const part = fc
      .record({
        media: fc.constantFrom('text/plain', 'image/jpeg', 'application/smil', 'audio/amr'),
        data: fc.oneof(
          fc.uint8Array({ maxLength: 3_000 }),
          text.map((pieces) => Buffer.from(pieces.join(''))),
        ),
        name: fc.constantFrom('a.jpg', 'a "b";c.txt', 'Überraschung.jpg', '写真写真写真写真写真写真写真写真写真写真写真写真.jpg'),
        contentId: fc.stringMatching(/^[a-z0-9.]{1,20}@x$/),
      })
      .map(
        ({ media, data, name, contentId }): LeafSource => ({
          kind: 'leaf',
          type: { media, parameters: { name } },
          contentId,
          disposition: { kind: 'attachment', parameters: { filename: name } },
          data,
        }),
      );
    const samples = fc.sample(fc.array(part, { minLength: 1, maxLength: 4 }), RANDOM_MESSAGES);
    const single = samples.map(([first]) => [first!]);
    const found = readByPython([
      ...samples.map((parts) =>
        written({ fields: [], body: { kind: 'multipart', type: { media: 'multipart/mixed', parameters: {} }, parts } }),
      ),
      ...single.map(([body]) => written({ fields: [], body: body! })),
    ]);
    [...samples, ...single].forEach((parts, i) => {
      assert.deepEqual(
        found[i]!.parts.map(({ contentType, name: _, filename, contentId, length, sha256: digest }) => [
          contentType,
          filename,
          contentId,
          length,
          digest,
        ]),
        parts.map(({ type, disposition, contentId, data }) => [
          type.media,
          disposition!.parameters['filename'],
          `<${contentId}>`,
          data.length,
          sha256(data),
        ]),
      );
      assert.deepEqual(found[i]!.defects, []);
    });
  });

  it('reads every real message of the corpus that we turn into mail, its parts octet for octet', () => {
    const contents = readdirSync(CORPUS)
      .filter((name) => name.endsWith('.mms'))
      .flatMap((name) => {
        const pdu = decodePdu(readFileSync(new URL(name, CORPUS)));
        return pdu.ok && 'content' in pdu.value && pdu.value.content !== undefined ? [pdu.value.content.octets] : [];
      });
    const bodies = contents.flatMap((octets) => {
      const body = contentToMime(octets);
      return body.ok ? [body.value] : [];
    });
    assert.ok(bodies.length > 20, `${bodies.length} messages`);
    const found = readByPython(bodies.map((body) => written({ fields: [], body })));
    bodies.forEach((body, i) => {
      const leaves = body.kind === 'leaf' ? [body] : body.parts.filter((part) => part.kind === 'leaf');
      assert.deepEqual(
        found[i]!.parts.map(({ sha256: digest }) => digest),
        leaves.map(({ data }) => sha256(data)),
      );
      assert.deepEqual(found[i]!.defects, []);
    });
  });

  it('writes messages whose subjects, recipients, dates, names and attachments we find', () => {
    for (const told of python<readonly Told[]>('write')) {
      const message = readMessage(Buffer.from(told.octets, 'base64'));
      assert.ok(message.ok, message.ok ? '' : message.error.text);
      const { fields } = message.value;
      assert.equal(decodeWords(fieldOf(fields, 'Subject')!), told.subject);
      const to = parseAddresses(fieldOf(fields, 'To')!);
      assert.ok(to.ok, to.ok ? '' : to.error.text);
      assert.deepEqual(
        to.value
          .flatMap((one) => (one.kind === 'group' ? one.mailboxes : [one]))
          .map(({ displayName = '', localPart, domain }) => [displayName, `${localPart}@${domain}`]),
        told.to,
      );
      assert.deepEqual(parseDate(fieldOf(fields, 'Date')!), { ok: true, value: told.at * 1000 });
      assert.deepEqual(
        leafParts(message.value).map(({ part }) => {
          const data = decodeBody(part);
          return {
            contentType: part.type.media,
            name: part.type.parameters['name'] ?? part.disposition?.parameters['filename'] ?? null,
            length: data.length,
            sha256: sha256(data),
          };
        }),
        told.parts,
      );
    }
  });
});
