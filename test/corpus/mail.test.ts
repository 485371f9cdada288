/** Walks the corpus of real mail to and from MMSCs: every value that an independent reader found must be found by ours. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import {
  contentToMime,
  decodeBody,
  fieldOf,
  leafParts,
  type MimeEntity,
  mimeToContent,
  parseAddresses,
  readMessage,
  ToleranceList,
  writeMessage,
} from '#codec/mime';
import { readContent, decodeParts } from '#codec/mms';

interface ExpectedPart {
  readonly contentType: string;
  readonly charset?: string;
  readonly name?: string;
  readonly filename?: string;
  readonly contentId?: string;
  readonly contentLocation?: string;
  readonly encoding?: string;
  readonly length: number;
  readonly sha256: string;
}

interface Entry {
  readonly file: string;
  readonly sha256: string;
  readonly expected: {
    readonly from?: string;
    readonly recipients: readonly string[];
    readonly headers: readonly (readonly [string, string])[];
    readonly mboxFromLine?: string;
    readonly parts: readonly ExpectedPart[];
  };
}

const FOLDERS = ['mm3', 'mm4'];
const octetsOf = (folder: string, file: string): Buffer =>
  readFileSync(new URL(`../../../test/corpus/${folder}/${file}`, import.meta.url));
const sha256 = (octets: Uint8Array): string => createHash('sha256').update(octets).digest('hex');
const entriesOf = (folder: string): readonly Entry[] =>
  (JSON.parse(octetsOf(folder, 'manifest.json').toString('utf8')) as { entries: readonly Entry[] }).entries;

function read(octets: Uint8Array): MimeEntity {
  const message = readMessage(octets);
  assert.ok(message.ok, message.ok ? '' : message.error.text);
  return message.value;
}

/** A part as the manifest tells it. */
function partOf(entity: MimeEntity, expected: ExpectedPart): ExpectedPart {
  const { charset, name } = entity.type.parameters;
  const filename = entity.disposition?.parameters['filename'];
  const data = decodeBody(entity);
  return {
    contentType: entity.type.media,
    // Names of charsets are the same in any case.
    ...(charset === undefined ? {} : { charset: expected.charset?.toLowerCase() === charset ? expected.charset! : charset }),
    ...(name === undefined ? {} : { name }),
    ...(filename === undefined ? {} : { filename }),
    ...(entity.contentId === undefined ? {} : { contentId: entity.contentId }),
    ...(entity.contentLocation === undefined ? {} : { contentLocation: entity.contentLocation }),
    // The manifest says what is written, not what holds where nothing is.
    ...(expected.encoding === undefined ? {} : { encoding: entity.encoding }),
    length: data.length,
    sha256: sha256(data),
  };
}

for (const folder of FOLDERS)
  describe(`corpus of ${folder} messages`, () => {
    const entries = entriesOf(folder);

    it('lists every file of its folder, and every file has the octets of its listing', () => {
      const files = readdirSync(new URL(`../../../test/corpus/${folder}/`, import.meta.url)).filter((name) => name.endsWith('.eml'));
      assert.deepEqual(files.sort(), entries.map(({ file }) => file).sort());
      for (const { file, sha256: digest } of entries) assert.equal(sha256(octetsOf(folder, file)), digest, file);
    });

    for (const { file, expected } of entries) {
      it(`${file} has the header fields, recipients and parts that an independent reader finds`, () => {
        const message = read(octetsOf(folder, file));
        for (const [name, value] of expected.headers) {
          const values = message.fields.filter((field) => field.name.toLowerCase() === name.toLowerCase()).map((field) => field.value);
          assert.ok(values.includes(value), `${name}: ${value} is not among ${JSON.stringify(values)}`);
        }
        const to = parseAddresses(fieldOf(message.fields, 'To') ?? '');
        assert.ok(to.ok, to.ok ? '' : to.error.text);
        const recipients = to.value.flatMap((one) => (one.kind === 'group' ? one.mailboxes : [one]));
        assert.deepEqual(
          recipients.map(({ localPart, domain }) => (domain === undefined ? localPart : `${localPart}@${domain}`)),
          expected.recipients.map((address) => address.replace(/^<(.*)>$/, '$1')),
        );
        const leaves = leafParts(message).map(({ part }) => part);
        assert.deepEqual(
          leaves.map((leaf, i) => partOf(leaf, expected.parts[i]!)),
          expected.parts,
        );
      });

      it(`${file} keeps the octets of its parts on the way into the store and out again`, () => {
        const witness = new ToleranceList();
        const content = mimeToContent(read(octetsOf(folder, file)), witness);
        assert.ok(content.ok, content.ok ? '' : content.error.text);
        const stored = readContent(content.value.octets);
        assert.ok(stored.ok);
        const parts = decodeParts(stored.value);
        assert.ok(parts.ok);
        const digests = parts.value.map(({ data }) => sha256(data));
        assert.deepEqual(digests, content.value.parts.map(({ data }) => sha256(data)));
        const known = new Set(expected.parts.map((part) => part.sha256));
        for (const digest of digests) assert.ok(known.has(digest), 'a part of the content is a part of the message');
        const body = contentToMime(content.value.octets);
        assert.ok(body.ok, body.ok ? '' : body.error.text);
        const written = writeMessage({ fields: [], body: body.value });
        assert.ok(written.ok, written.ok ? '' : written.error.text);
        const again = read(Buffer.concat(written.value.pieces));
        assert.deepEqual(
          leafParts(again).map(({ part }) => sha256(decodeBody(part))),
          digests.length === 0 ? [sha256(new Uint8Array(0))] : digests,
        );
      });

      it(`${file} cut after any octet gives a value or an error, never an exception`, () => {
        const octets = octetsOf(folder, file);
        for (let i = 0; i < Math.min(octets.length, 3_000); i += 3) readMessage(octets.subarray(0, i));
      });
    }
  });
