/** Walks the corpus of MM4 mails: every header value that its manifest names must be found by our reader. Bodies: see mail.test.ts. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { decodeMm4, encodeMm4, DEFAULT_DIALECT, type Mm4Address, type Mm4Decoded, type Mm4Expiry, mm4AddressText } from '#codec/mm4';
import { fieldOf, readMessage } from '#codec/mime';

interface Expected {
  readonly type: string;
  readonly version: string;
  readonly transactionId: string;
  readonly messageId: string;
  readonly from: string;
  readonly recipients: readonly string[];
  readonly sender?: string;
  readonly originatorSystem?: string;
  readonly ackRequest?: string;
  readonly deliveryReport?: string;
  readonly readReply?: string;
  readonly expiry?: string;
  readonly forwardCounter?: string;
  readonly forwardedBy?: string;
  readonly status?: string;
  readonly statusText?: string;
  readonly requestRecipients?: readonly string[];
  readonly mmStatus?: string;
}

interface Entry {
  readonly file: string;
  readonly category: string;
  readonly expected: Expected & { readonly headers: unknown; readonly parts: unknown };
}

const FOLDER = new URL('../../../test/corpus/mm4/', import.meta.url);
const octetsOf = (file: string): Buffer => readFileSync(new URL(file, FOLDER));
const { entries } = JSON.parse(octetsOf('manifest.json').toString('utf8')) as { entries: readonly Entry[] };

const text = (address: Mm4Address | undefined): string | undefined => address && mm4AddressText(address);
const yes = (value: boolean | undefined): string | undefined => (value === undefined ? undefined : value ? 'Yes' : 'No');

function decoded(file: string): Mm4Decoded {
  const entity = readMessage(octetsOf(file));
  assert.ok(entity.ok, file);
  const read = decodeMm4(entity.value.fields);
  assert.ok(read.ok, read.ok ? '' : read.error.text);
  return read.value;
}

/** What a message may say of the values that a manifest names. */
interface Values extends Partial<Record<string, unknown>> {
  readonly from?: Mm4Address;
  readonly to?: readonly Mm4Address[];
  readonly sender?: Mm4Address;
  readonly originatorSystem?: Mm4Address;
  readonly requestRecipients?: readonly Mm4Address[];
  readonly ackRequest?: boolean;
  readonly deliveryReport?: boolean;
  readonly readReply?: boolean;
  readonly expiry?: Mm4Expiry;
}

/** How each value of a manifest is found in a message. */
const FOUND: { readonly [K in keyof Expected]-?: (pdu: Values, file: string) => unknown } = {
  type: (pdu) => pdu.kind,
  version: (pdu) => pdu.version,
  transactionId: (pdu) => pdu.transactionId,
  messageId: (pdu) => pdu.messageId,
  from: (pdu) => text(pdu.from),
  recipients: (pdu) => pdu.to?.map(text),
  sender: (pdu) => text(pdu.sender),
  originatorSystem: (pdu) => text(pdu.originatorSystem),
  ackRequest: (pdu) => yes(pdu.ackRequest),
  deliveryReport: (pdu) => yes(pdu.deliveryReport),
  readReply: (pdu) => yes(pdu.readReply),
  expiry: ({ expiry }) => (expiry?.kind === 'at' ? new Date(expiry.at).toUTCString() : String(expiry?.seconds)),
  forwardCounter: (pdu) => String(pdu.forwardCounter),
  // A private header of one operator: nobody acts on it.
  forwardedBy: (_pdu, file) => {
    const entity = readMessage(octetsOf(file));
    return entity.ok && fieldOf(entity.value.fields, 'X-Mms-Forwarded-By');
  },
  status: (pdu) => pdu.status,
  statusText: (pdu) => pdu.statusText,
  requestRecipients: (pdu) => pdu.requestRecipients?.map(text),
  mmStatus: (pdu) => pdu.mmStatus,
};

/** `system=HOST;party=NUMBER` is the invention of one server: the host is all that we take of it. */
const asRead = (key: string, value: unknown): unknown =>
  key === 'originatorSystem' ? String(value).replace(/^system=([^;]*);.*$/, '$1') : value;

describe('the corpus of MM4 mails', () => {
  it('is whole: a mail for every entry and an entry for every mail', () => {
    const files = readdirSync(FOLDER).filter((file) => file.endsWith('.eml'));
    assert.deepEqual(entries.map(({ file }) => file).sort(), files.sort());
  });

  for (const { file, expected } of entries)
    it(`${file}: every value of the manifest is found`, () => {
      const { pdu } = decoded(file);
      const { headers, parts, ...values } = expected;
      for (const [key, value] of Object.entries(values)) {
        const find = FOUND[key as keyof Expected];
        assert.ok(find, `the manifest names ${key}, and nobody looks for it`);
        assert.deepEqual(find(pdu as unknown as Values, file), asRead(key, value), key);
      }
    });

  for (const { file, category } of entries)
    it(`${file}: what was read is written and read again as the same`, () => {
      const { pdu } = decoded(file);
      // Fixtures of other people's tests lack what we always write.
      const whole = { date: 0, mailId: 'x@y', sender: pdu.to?.[0], forwardToOriginator: true, ...pdu } as typeof pdu;
      const lines = encodeMm4(whole, { dialect: { ...DEFAULT_DIALECT, headerAddress: 'plmn-with-domain' }, now: 0 });
      const again = decodeMm4(lines);
      assert.ok(again.ok);
      for (const [key, value] of Object.entries(pdu)) {
        const isForeign = ['originatorSystem', 'status', 'messageClass'].includes(key) && pdu.kind !== 'MM4_forward.REQ';
        if ((isForeign && key !== 'status') || (isForeign && pdu.kind === 'MM4_delivery_report.REQ')) continue;
        // We write every number with its type; a relative expiry is written as the instant that it means.
        const typed = JSON.stringify(value).replaceAll('"typed":false', '"typed":true');
        const found: string = JSON.stringify((again.value.pdu as unknown as Record<string, unknown>)[key]);
        if (key === 'expiry' && category === 'template') assert.equal(found, '{"kind":"at","at":600000}');
        else assert.equal(found, typed, key);
      }
    });

  it('needs these tolerances and no others', () => {
    const used = new Set(entries.flatMap(({ file }) => decoded(file).tolerated.map(({ name }) => name)));
    assert.deepEqual([...used].sort(), [
      'foreign-field',
      'header-alias',
      'missing-field',
      'private-field',
      'unqualified-system',
      'unquoted-id',
      'untyped-number',
    ]);
  });
});
