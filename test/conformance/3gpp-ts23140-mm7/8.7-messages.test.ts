/** TS 23.140 8.7.1 to 8.7.2: every message with every element, written, validated, read. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, describe, it } from 'node:test';
import { XmlDocument, type XmlElement, XsdValidator } from 'libxml2-wasm';
import { decodeEnvelope, dialectFromTag, dialectOf, encodeEnvelope, MESSAGES, type Mm7Message } from '#codec/mm7';
import { soapOf } from '../../kit/mm7.js';
import { SAMPLES } from '../../kit/mm7-samples.js';

const schemaDocument = XmlDocument.fromBuffer(readFileSync(new URL('../../../../test/corpus/mm7/mm7-rel6.xsd', import.meta.url)));
const schema = XsdValidator.fromDoc(schemaDocument);
after(() => {
  schema.dispose();
  schemaDocument.dispose();
});

const NAMESPACES = { env: 'http://schemas.xmlsoap.org/soap/envelope/' };
const REL6 = dialectOf('REL-6-MM7-1-4');

/** Validates what stands in header, body and detail of a SOAP document; faults as one text. */
function validate(octets: Uint8Array): void {
  const document = XmlDocument.fromBuffer(octets);
  try {
    const found = document.find(
      '/env:Envelope/env:Header/* | /env:Envelope/env:Body/*[not(self::env:Fault)] | //detail/*',
      NAMESPACES,
    );
    assert.ok(found.length >= 2, 'a header entry and an operation');
    for (const element of found) schema.validate(element as XmlElement);
  } finally {
    document.dispose();
  }
}

const read = (octets: Uint8Array) => {
  const reading = decodeEnvelope(octets);
  if (!reading.ok) throw new Error(reading.error.text);
  return reading.value;
};

/** What a sample has that a message of release 5 cannot carry. */
function withoutRelease6(message: Mm7Message): Mm7Message {
  const members = Object.entries(message.kind === 'Fault' ? {} : message).filter(
    ([key]) =>
      ![
        'applicId',
        'replyApplicId',
        'auxApplicInfo',
        'contentClass',
        'drmContent',
        'uaCapabilities',
        'deliveryCondition',
      ].includes(key),
  );
  if (message.kind === 'Fault') return message;
  const kept = Object.fromEntries(members.filter(([key]) => message.kind !== 'CancelReq' || key !== 'recipients'));
  return { ...(kept as unknown as Mm7Message), version: '5.3.0' } as Mm7Message;
}

describe('TS 23.140 8.7: messages', () => {
  for (const message of Object.values(SAMPLES)) {
    it(`${message.kind}: with all its elements it is valid, and is read as it was written, without any tolerance but those it needs`, () => {
      const octets = encodeEnvelope({ transactionId: 't-1', message }, REL6);
      validate(octets);
      const reading = read(octets);
      assert.deepEqual(reading.message, message);
      assert.equal(reading.transactionId, 't-1');
      assert.deepEqual(reading.dialect, REL6);
      assert.deepEqual(reading.tolerated, []);
    });

    it(`${message.kind}: with a prefix on every element it is valid and the same`, () => {
      const octets = encodeEnvelope({ transactionId: 't-1', message }, { ...REL6, prefix: 'mm7' });
      validate(octets);
      assert.deepEqual(read(octets).message, message);
    });

    it(`${message.kind}: in release 5 it is written without the elements of release 6`, () => {
      const old = withoutRelease6({ ...message, ...(message.kind === 'Fault' ? {} : { version: '5.3.0' }) } as Mm7Message);
      const given = message.kind === 'Fault' ? message : ({ ...message, version: '5.3.0' } as Mm7Message);
      const reading = read(encodeEnvelope({ transactionId: 't-1', message: given }, dialectFromTag('REL-5-MM7-1-0')));
      assert.deepEqual(reading.message, old);
    });
  }

  for (const [name, row] of Object.entries(MESSAGES)) {
    if (row.type !== 'request') continue;
    const sample = SAMPLES[name as keyof typeof SAMPLES];
    for (const slot of row.slots.filter(({ presence }) => presence === 'mandatory'))
      it(`${name}: without ${slot.name} it is refused with 4004`, () => {
        const xml = new TextDecoder().decode(encodeEnvelope({ transactionId: 't-1', message: sample }, REL6));
        const cut = xml.replace(new RegExp(`<${slot.name}(?: [^>]*)?>.*?</${slot.name}>`, 's'), '');
        assert.notEqual(cut, xml, 'the sample has it');
        const reading = decodeEnvelope(new TextEncoder().encode(cut));
        assert.ok(!reading.ok);
        assert.equal(reading.error.kind, 'missing-element');
        assert.equal(reading.error.status, 4004);
        assert.equal(reading.error.salvaged.transactionId, 't-1');
      });
  }

  it('every element of every table can be read alone in a message that has but the mandatory ones beside it', () => {
    for (const message of Object.values(SAMPLES)) {
      if (message.kind === 'Fault') continue;
      for (const [key, value] of Object.entries(message)) {
        const least = Object.entries(message).filter(
          ([other]) => other === 'kind' || other === key || isMandatory(message.kind, other),
        );
        const one = Object.fromEntries(least) as unknown as Mm7Message;
        const reading = read(encodeEnvelope({ transactionId: 't', message: one }, REL6));
        assert.deepEqual((reading.message as unknown as Record<string, unknown>)[key], value, `${message.kind} ${key}`);
      }
    }
  });

  it('the tables name each element once, in the order of the schema that validates them', () => {
    for (const [name, row] of Object.entries(MESSAGES)) {
      const names = row.slots.map((slot) => slot.name);
      assert.equal(new Set(names).size, names.length, name);
    }
  });

  it('8.7.2: the TransactionID is echoed without the blanks and line ends around it', () => {
    const octets = soapOf(
      '<SubmitRsp xmlns="NS"><MM7Version>6.8.0</MM7Version><Status><StatusCode>1000</StatusCode><StatusText>ok</StatusText></Status></SubmitRsp>',
      {
        transactionId: '\n\t vas00324-sub \n',
      },
    );
    assert.equal(read(octets).transactionId, 'vas00324-sub');
  });
});

function isMandatory(kind: string, key: string): boolean {
  const sample = { ...SAMPLES[kind as keyof typeof SAMPLES] } as Record<string, unknown>;
  delete sample[key];
  const octets = encodeEnvelope({ transactionId: 't', message: sample as unknown as Mm7Message }, REL6);
  const reading = decodeEnvelope(octets);
  return !reading.ok || reading.value.tolerated.length > 0;
}
