import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LIMITS } from '#base';
import { decodePdu } from './decode.js';
import type { DecodeError } from './decode-error.js';
import { encodeHead, encodePdu } from './encode.js';
import type { AcknowledgeInd, DeliveryInd, MmsPdu, NotificationInd, NotifyRespInd, RetrieveConf, SendReq } from './pdus.js';

const z = (text: string): string => `${Buffer.from(text, 'latin1').toString('hex')}00`;
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/g, ''), 'hex');

function value<P extends MmsPdu>(text: string): P {
  const decoded = decodePdu(hex(text));
  assert.ok(decoded.ok, decoded.ok ? '' : decoded.error.text);
  return decoded.value as P;
}

function error(text: string): DecodeError {
  const decoded = decodePdu(hex(text));
  assert.ok(!decoded.ok, 'a value came where an error was expected');
  return decoded.error;
}

const TID = `98 ${z('T1')}`;
const NOTIFYRESP = `8c83 ${TID} 8d91 95 84`;
const SEND_HEAD = `8c80 ${TID} 8d92 89 01 81`;

describe('decodePdu', () => {
  it('reads an m-notifyresp.ind whose last octet is 0x84, which is Unrecognised and no Content-Type', () => {
    assert.deepEqual(value(NOTIFYRESP), {
      kind: 'm-notifyresp-ind',
      transactionId: 'T1',
      version: '1.1',
      status: 'unrecognised',
    });
  });

  it('leaves out what is absent, except recipients, which are empty lists', () => {
    const pdu = value<SendReq>(`${SEND_HEAD} 84 83`);
    assert.deepEqual(Object.keys(pdu).sort(), ['bcc', 'cc', 'content', 'from', 'kind', 'to', 'transactionId', 'version']);
    assert.deepEqual([pdu.to, pdu.cc, pdu.bcc], [[], [], []]);
  });

  it('keeps several recipients of one kind in the order they came', () => {
    const pdu = value<SendReq>(`${SEND_HEAD} 97 ${z('a@b')} 82 ${z('c@d')} 97 ${z('+1/TYPE=PLMN')} 81 ${z('e@f')} 84 83`);
    assert.deepEqual([pdu.to, pdu.cc, pdu.bcc], [['a@b', '+1/TYPE=PLMN'], ['c@d'], ['e@f']]);
  });

  it('gives the body and the stored content as views into the input', () => {
    const octets = hex(`${SEND_HEAD} 84 83 68656c6c6f`);
    const decoded = decodePdu(octets);
    assert.ok(decoded.ok && decoded.value.kind === 'm-send-req');
    const { content } = decoded.value;
    assert.equal(content.body.buffer, octets.buffer);
    assert.equal(Buffer.from(content.body).toString(), 'hello');
    assert.equal(Buffer.from(content.octets).toString('hex'), '8368656c6c6f');
  });
});

describe('decodePdu, lenient where real phones and servers are wrong', () => {
  it('takes the fields after Message-Type in any order', () => {
    assert.deepEqual(value(`8c83 95 81 8d91 ${TID}`), {
      kind: 'm-notifyresp-ind',
      transactionId: 'T1',
      version: '1.1',
      status: 'retrieved',
    });
  });

  it('takes the first of two single-value fields', () => {
    assert.equal(value<NotifyRespInd>(`8c83 ${TID} 98 ${z('T2')} 8d91 95 81 95 82`).transactionId, 'T1');
    assert.equal(value<NotifyRespInd>(`8c83 ${TID} 8d91 95 81 95 82`).status, 'retrieved');
  });

  it('ignores a second Message-Type', () => {
    const pdu = value(`8c83 8c80 ${TID} 8d91 95 81`);
    assert.deepEqual(pdu, { kind: 'm-notifyresp-ind', transactionId: 'T1', version: '1.1', status: 'retrieved' });
  });

  it('reads a last text without its closing zero (an operator leaves it out behind Content-Location)', () => {
    const notification = `8c82 ${TID} 8d92 8a80 8e 01 22 88 03 81 01 0a 83 ${z('http://a/b').slice(0, -2)}`;
    assert.equal(value<NotificationInd>(notification).contentLocation, 'http://a/b');
  });

  it('reads an absolute expiry in a notification (an operator sends it)', () => {
    const pdu = value<NotificationInd>(`8c82 ${TID} 8d92 8a80 8e 01 22 88 06 80 04 582a346a 83 ${z('http://a')}`);
    assert.deepEqual(pdu.expiry, { kind: 'absolute', at: 1_479_160_938_000 });
  });

  it('reads a size padded with zeros', () => {
    assert.equal(
      value<NotificationInd>(`8c82 ${TID} 8d92 8a80 8e 04 00000501 88 02 81 8a 83 ${z('http://a')}`).messageSize,
      1_281,
    );
  });

  it('reads a bare octet 0x20..0x7f where an Integer-value belongs', () => {
    assert.equal(value<NotificationInd>(`8c82 ${TID} 8d92 8a80 8e 22 88 02 81 8a 83 ${z('http://a')}`).messageSize, 0x22);
  });

  it('reads a value length above 30 that was written as a bare octet', () => {
    const address = '+358401234567890123456/TYPE=PLMN';
    const from = `89 ${(2 + address.length).toString(16)} 80 ${z(address)}`;
    const pdu = value<SendReq>(`8c80 ${TID} 8d92 ${from} 84 83`);
    assert.deepEqual(pdu.from, { kind: 'address', address });
    assert.ok(2 + address.length > 30);
  });

  it('reads a text with charset whose length above 30 was written as a bare octet', () => {
    const subject = 'A subject of forty characters, or so....';
    const pdu = value<SendReq>(`${SEND_HEAD} 96 ${(2 + subject.length).toString(16)} ea ${z(subject)} 84 83`);
    assert.equal(pdu.subject, subject);
  });

  it('does not take a plain UTF-8 text for such a length', () => {
    const subject = `"${'\uac00'.repeat(11)}`;
    const octets = Buffer.from(subject, 'utf8');
    assert.equal(octets.length, octets[0], 'the first character is as many as the text has octets');
    const pdu = value<SendReq>(`${SEND_HEAD} 96 ${octets.toString('hex')}00 84 83`);
    assert.equal(pdu.subject, subject);
  });

  it('reads a charset octet without its high bit (France, 2010)', () => {
    const pdu = value<SendReq>(`8c80 ${TID} 8d92 89 19 80 16 04 ${z('33707520030/TYPE=PLMN')} 84 83`);
    assert.deepEqual(pdu.from, { kind: 'address', address: '33707520030/TYPE=PLMN' });
  });

  it('reads a subject in UTF-8 without charset and without quote (mmsd-tng)', () => {
    assert.equal(value<SendReq>(`${SEND_HEAD} 96 d09fd180d0b8 00 84 83`).subject, 'При');
  });

  it('strips the quote 0x7f inside a text with charset', () => {
    assert.equal(value<SendReq>(`${SEND_HEAD} 96 05 ea 7f c3a4 00 84 83`).subject, 'ä');
  });

  it('decodes a text cut inside a character with a replacement', () => {
    assert.equal(value<SendReq>(`${SEND_HEAD} 96 04 ea 61 d0 00 84 83`).subject, 'a\ufffd');
  });

  it('reads a text in an unknown charset octet by octet', () => {
    assert.equal(value<SendReq>(`${SEND_HEAD} 96 06 02 270f 61e4 00 84 83`).subject, 'aä');
  });

  it('reads the transaction id that one operator puts into a delivery report', () => {
    const pdu = value<DeliveryInd>(`8c86 ${TID} 8d90 8b ${z('M1')} 97 ${z('+1')} 85 04 5804e259 95 81`);
    assert.equal(pdu.transactionId, 'T1');
  });

  it('ignores stray octets behind the last field of a PDU without body', () => {
    assert.equal(value<NotifyRespInd>(`${NOTIFYRESP} 00 00 05`).unknown, undefined);
  });

  it('does not ignore stray octets while a mandatory field is missing, nor where a body must follow', () => {
    assert.equal(error(`8c83 ${TID} 8d91 00 00`).kind, 'malformed');
    assert.equal(error(`${SEND_HEAD} 00 84 83`).kind, 'malformed');
  });

  it('reads an m-retrieve.conf without content, as one server answers errors', () => {
    const pdu = value<RetrieveConf>('8c84 8d92 85 04 559e7629 99e2');
    assert.equal(pdu.content, undefined);
    assert.equal(pdu.retrieveStatus, 0xe2);
  });

  it('reads a version written as text', () => {
    assert.equal(value<AcknowledgeInd>(`8c85 ${TID} 8d ${z('1.2')}`).version, '1.2');
  });
});

describe('decodePdu, keeping what it does not know', () => {
  const names = (pdu: MmsPdu): string[] => (pdu.unknown ?? []).map((field) => field.name);

  it('takes a text of a field that is not of the PDU up to its zero, though it begins above 0x7f, or to the end where it has none', () => {
    const kept = (behind: string): string[] =>
      value<NotifyRespInd>(`${NOTIFYRESP} ${behind}`).unknown!.map(({ octets }) => Buffer.from(octets).toString('hex'));
    assert.deepEqual(kept('96 80 41 00 c1 81'), ['96804100', 'c181']);
    assert.deepEqual(kept('96 d09f 41'), ['96d09f41']);
    assert.deepEqual(kept('96 41 42'), ['964142']);
    // No text by its grammar, and so one octet.
    assert.deepEqual(kept('8a 80 c1 81'), ['8a80', 'c181']);
  });

  it('keeps a field numbered zero, which is not assigned', () => {
    const pdu = value<NotifyRespInd>(`${NOTIFYRESP} 80 81`);
    assert.deepEqual(names(pdu), ['0x80']);
  });

  it('refuses a field that is not of the PDU when not an octet of its value is there', () => {
    assert.deepEqual([error(`${NOTIFYRESP} 96`).kind, error(`${NOTIFYRESP} 96`).offset], ['malformed', 11]);
  });

  it('keeps a thousand fields that are not of the PDU, each with a value that breaks its grammar', () => {
    const head = `8c83 ${TID} 8d91 95 84`;
    const count = LIMITS.headerFieldsMax - 3;
    assert.equal(value<NotifyRespInd>(`${head} ${'8a8a'.repeat(count)}`).unknown!.length, count);
  });

  it("takes the extent of another PDU's field from its first octet, whatever follows it", () => {
    // An Element-Descriptor, which this PDU does not have, that begins like a bare length of 48 octets.
    const foreign = `b2 30 ${z('aaaaaaaaaa')}`;
    for (const behind of ['', ` ab ${z('x'.repeat(60))}`])
      assert.equal(
        Buffer.from(value<NotifyRespInd>(`${NOTIFYRESP} ${foreign}${behind}`).unknown![0]!.octets).toString('hex'),
        foreign.replaceAll(' ', ''),
      );
  });

  it('keeps fields with numbers that are not assigned, by the rule for unknown values', () => {
    const pdu = value(`8c85 ${TID} 8d92 c1 81 c2 02 0102 c3 1f 03 010203 c4 ${z('text')} 91 80`);
    assert.deepEqual(names(pdu), ['0xc1', '0xc2', '0xc3', '0xc4']);
    assert.equal((pdu as AcknowledgeInd).reportAllowed, true);
    assert.equal(Buffer.from(pdu.unknown![2]!.octets).toString('hex'), 'c31f03010203');
  });

  it('keeps application headers with their text', () => {
    const pdu = value(`8c85 ${TID} ${z('X-Own')} ${z('some text')} 8d92`);
    assert.deepEqual(
      pdu.unknown!.map(({ name, text }) => ({ name, text })),
      [{ name: 'X-Own', text: 'some text' }],
    );
  });

  it('keeps fields that are not of this PDU, even a text that looks like a short value', () => {
    const pdu = value(`8c85 ${TID} 8d92 96 d09f00 95 81`);
    assert.deepEqual(names(pdu), ['Subject', 'X-Mms-Status']);
    assert.equal(Buffer.from(pdu.unknown![0]!.octets).toString('hex'), '96d09f00');
  });

  it('keeps an optional field whose value breaks its grammar', () => {
    const pdu = value(`8c85 ${TID} 8d92 91 85`);
    assert.deepEqual(names(pdu), ['X-Mms-Report-Allowed']);
    assert.equal('reportAllowed' in pdu, false);
  });

  it('takes a later good value of a field whose first value was damaged', () => {
    assert.equal(value<AcknowledgeInd>(`8c85 ${TID} 8d92 91 85 91 81`).reportAllowed, false);
  });

  it('keeps Content-Type and all behind it in a PDU that has no body', () => {
    const pdu = value(`8c85 ${TID} 8d92 84 83 8c85 68656c6c6f`);
    assert.deepEqual(names(pdu), ['Content-Type']);
    assert.equal(Buffer.from(pdu.unknown![0]!.octets).toString('hex'), '84838c8568656c6c6f');
  });

  it('writes all of it back, in order, before the content', () => {
    const octets = hex(`${SEND_HEAD} 97 ${z('a@b')} c1 81 ${z('X-Own')} ${z('v')} 95 81 84 83 6869`);
    const decoded = decodePdu(octets);
    assert.ok(decoded.ok);
    assert.deepEqual(Buffer.from(encodePdu(decoded.value)), octets);
  });
});

describe('decodePdu, refusing', () => {
  it('an empty input and what does not begin with Message-Type', () => {
    assert.equal(error('').kind, 'malformed');
    assert.equal(error('8d92 8c80').kind, 'malformed');
    assert.equal(error(Buffer.from('This is no PDU').toString('hex')).kind, 'malformed');
  });

  it('a PDU type that is not supported, telling the transaction id and version that a reply needs', () => {
    for (const type of ['98', '7f', 'ff', '00']) {
      const refused = error(`8c${type} ${TID} 8d92`);
      assert.equal(refused.kind, 'unsupported-pdu');
      assert.deepEqual(refused.salvaged, { pduType: Number.parseInt(type, 16), transactionId: 'T1', version: '1.2' });
    }
  });

  it('another major version, wherever the version stands and whatever follows it', () => {
    for (const wire of [
      `8c80 ${TID} 8da0 89 01 81 84 83`,
      `8c80 8da0 ${TID}`,
      `8c80 8d80 ${TID}`,
      `8c80 8d ${z('2.0')} ${TID}`,
    ]) {
      const refused = error(wire);
      assert.equal(refused.kind, 'unsupported-version');
      assert.equal(refused.salvaged.transactionId, 'T1');
    }
  });

  it('salvages the transaction id behind a version that comes twice, whatever the second is', () => {
    for (const second of ['8d92', `8d ${z('1.2')}`])
      assert.equal(error(`8c80 8d92 ${second} ${TID} 01`).salvaged.transactionId, 'T1', second);
  });

  it('calls damage behind another major version what it is: another version', () => {
    const { kind, offset } = error(`8c80 ${TID} 8da0 00`);
    assert.deepEqual([kind, offset], ['unsupported-version', 7]);
  });

  it('an unknown PDU type of another major version for its version', () => {
    assert.equal(error(`8cff ${TID} 8da0`).kind, 'unsupported-version');
  });

  it('accepts a later minor version', () => {
    assert.equal(value<NotifyRespInd>(`8c83 ${TID} 8d 94 95 81`).version, '1.4');
  });

  it('a missing mandatory field, by its name', () => {
    const refused = error(`8c83 ${TID} 8d91`);
    assert.equal(refused.kind, 'missing-field');
    assert.match(refused.text, /m-notifyresp-ind has no X-Mms-Status/);
    assert.equal(error(`8c80 ${TID} 89 01 81 84 83`).kind, 'missing-field');
    assert.equal(error(`8c80 ${TID} 8d92 84 83`).kind, 'missing-field', 'From');
    assert.equal(error(SEND_HEAD).kind, 'missing-field', 'Content-Type');
  });

  it('a mandatory field whose value is damaged, telling where and what was expected', () => {
    const refused = error(`8c83 ${TID} 8d91 95 9f`);
    assert.equal(refused.kind, 'malformed');
    assert.equal(refused.offset, 9);
    assert.match(refused.text, /^mms: octet 9: X-Mms-Status: 0x9f, expected one of 0x80 .* \(MMS_ENC 7\.3\.54\)$/);
  });

  it('a value that reaches beyond the end, and still tells the transaction id', () => {
    const refused = error(`8c83 ${TID} 8d91 95 81 c1 1e 00`);
    assert.equal(refused.kind, 'malformed');
    assert.equal(refused.salvaged.transactionId, 'T1');
  });

  it('a content type that cannot be read, as nobody can say where the body begins', () => {
    assert.equal(error(`${SEND_HEAD} 84 1e 83`).kind, 'malformed');
    assert.equal(error('8c84 8d92 85 04 559e7629 84 01 00').kind, 'malformed');
  });

  it('more header fields than the limit, and finds the transaction id before them', () => {
    const refused = error(`8c85 ${TID} 8d92 ${'c181'.repeat(LIMITS.headerFieldsMax)}`);
    assert.equal(refused.kind, 'limit');
    assert.equal(refused.salvaged.transactionId, 'T1');
  });

  it('a text longer than the limit', () => {
    assert.equal(error(`8c85 98 ${'61'.repeat(LIMITS.headerTextOctetsMax + 1)}00 8d92`).kind, 'limit');
    assert.equal(error(`${SEND_HEAD} 96 1f ce10 ea ${'61'.repeat(10_000)} 84 83`).kind, 'limit');
    assert.equal(
      value<AcknowledgeInd>(`8c85 98 ${'61'.repeat(LIMITS.headerTextOctetsMax)}00 8d92`).transactionId.length,
      LIMITS.headerTextOctetsMax,
    );
  });

  it('more damaged fields than the limit', () => {
    assert.equal(error(`8c85 ${TID} 8d92 ${'9185'.repeat(LIMITS.damagedFieldsMax + 1)}`).kind, 'limit');
    assert.ok(decodePdu(hex(`8c85 ${TID} 8d92 ${'9185'.repeat(LIMITS.damagedFieldsMax)}`)).ok);
  });
});

describe('encodePdu', () => {
  it('ends the head with the octet that names Content-Type, so that the stored content follows as it is', () => {
    const decoded = decodePdu(hex(`${SEND_HEAD} 84 83 68656c6c6f`));
    assert.ok(decoded.ok && decoded.value.kind === 'm-send-req');
    const head = encodeHead(decoded.value);
    assert.equal(head.at(-1), 0x84);
    assert.deepEqual(Buffer.concat([head, decoded.value.content.octets]), Buffer.from(encodePdu(decoded.value)));
  });

  it('writes nothing that was not given', () => {
    assert.equal(
      Buffer.from(encodePdu({ kind: 'm-acknowledge-ind', transactionId: 'T1', version: '1.2' })).toString('hex'),
      '8c85985431008d92',
    );
  });

  it('writes the worked example of a notification octet by octet', () => {
    const pdu: NotificationInd = {
      kind: 'm-notification-ind',
      transactionId: 'T100',
      version: '1.2',
      from: { kind: 'address', address: '+15551230001/TYPE=PLMN' },
      messageClass: 'personal',
      messageSize: 45_000,
      expiry: { kind: 'relative', seconds: 172_800 },
      contentLocation: 'http://mmsc.example/m/Kq7w',
    };
    assert.equal(
      Buffer.from(encodePdu(pdu)).toString('hex'),
      hex(`8C82 98 54313030 00 8D92 89 18 80 2B3135353531323330303031 2F545950453D504C4D4E 00
           8A80 8E 02 AFC8 88 05 81 03 02A300 83 687474703A2F2F6D6D73632E6578616D706C652F6D2F4B713777 00`).toString('hex'),
    );
  });

  it('lets no zero inside a text begin a field of its own', () => {
    const pdu: AcknowledgeInd = { kind: 'm-acknowledge-ind', transactionId: 'T1\0\x95\x81', version: '1.2' };
    const decoded = decodePdu(encodePdu(pdu));
    assert.ok(decoded.ok);
    assert.equal(decoded.value.unknown, undefined);
    assert.equal((decoded.value as AcknowledgeInd).transactionId, 'T1\x95\x81');
  });
});
