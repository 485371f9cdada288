import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MMS_MESSAGE, type PartSource } from '#codec/wsp';
import { makeContent, readContent } from './content.js';
import { decodePdu } from './decode.js';
import { decodeDescriptors, makeDescriptors } from './descriptors.js';
import { encodePdu } from './encode.js';
import type { Content, MboxDescr, MboxViewConf } from './pdus.js';
import { hex, z } from './vectors.contract.js';

const MIXED = { media: 'application/vnd.wap.multipart.mixed', parameters: {} };
const message = (data: Uint8Array): PartSource => ({ contentType: MMS_MESSAGE, data });

const first: MboxDescr = {
  kind: 'm-mbox-descr',
  version: '1.2',
  contentLocation: 'http://mmsc.example/box/1',
  messageId: 'M1',
  mmState: 'new',
  mmFlags: [{ action: 'filter', text: 'holiday' }],
  date: 1_700_000_000_000,
  from: { kind: 'address', address: '+358401234567/TYPE=PLMN' },
  to: ['+358407654321/TYPE=PLMN'],
  cc: [],
  bcc: [],
  subject: 'Grüße',
  messageSize: 45_000,
};
const second: MboxDescr = {
  kind: 'm-mbox-descr',
  contentLocation: 'http://mmsc.example/box/2',
  messageId: 'M2',
  to: [],
  cc: [],
  bcc: [],
};

const opened = (content: Content) => {
  const listed = decodeDescriptors(content);
  assert.ok(listed.ok, listed.ok ? '' : listed.error.text);
  return listed.value;
};

describe('decodeDescriptors', () => {
  it('reads the listing that makeDescriptors writes, through the PDU that holds it', () => {
    const view: MboxViewConf = {
      kind: 'm-mbox-view-conf',
      transactionId: 'T1',
      version: '1.2',
      responseStatus: 0x80,
      contentLocation: [],
      messageCount: 2,
      content: makeDescriptors([first, second]),
    };
    const decoded = decodePdu(encodePdu(view));
    assert.ok(decoded.ok && decoded.value.kind === 'm-mbox-view-conf');
    assert.deepEqual(opened(decoded.value.content), [
      { kind: 'descriptor', descriptor: first },
      { kind: 'descriptor', descriptor: second },
    ]);
  });

  it('opens the body of a message that a descriptor brings with it', () => {
    const body = makeContent([{ contentType: { media: 'text/plain', parameters: {} }, data: Uint8Array.of(0x68, 0x69) }], MIXED);
    const [listed] = opened(makeDescriptors([{ ...first, content: body }]));
    assert.ok(listed?.kind === 'descriptor');
    assert.deepEqual(Buffer.from(listed.descriptor.content!.octets), Buffer.from(body.octets));
  });

  it('reads an upload whose content is the descriptor itself, without a multipart around it', () => {
    const content = readContent(Buffer.concat([Buffer.of(0xbe), encodePdu(second)]));
    assert.ok(content.ok);
    assert.deepEqual(opened(content.value), [{ kind: 'descriptor', descriptor: second }]);
  });

  it('gives the parts of an upload whose content is the message itself as they are', () => {
    const part: PartSource = { contentType: { media: 'image/jpeg', parameters: {} }, data: Uint8Array.of(1) };
    const [listed] = opened(makeContent([part], { media: 'application/vnd.wap.multipart.related', parameters: {} }));
    assert.ok(listed?.kind === 'part');
    assert.equal(listed.part.contentType.media, 'image/jpeg');
  });

  it('leaves the others readable where one descriptor is damaged or another PDU', () => {
    const listed = opened(
      makeContent([message(encodePdu(first)), message(hex('8c93 96 1e 00')), message(hex(`8c85 98 ${z('T')} 8d92`))], MIXED),
    );
    assert.deepEqual(
      listed.map((each) => (each.kind === 'unreadable' ? each.error.kind : each.kind)),
      ['descriptor', 'malformed', 'unsupported-pdu'],
    );
    assert.ok(listed[2]?.kind === 'unreadable');
    assert.equal(listed[2].error.text, 'mms: octet 1: a m-acknowledge-ind inside a mailbox PDU, expected m-mbox-descr');
  });

  it('finds nothing in an empty listing, with or without a multipart', () => {
    assert.deepEqual(opened(makeDescriptors([])), []);
    const any = readContent(Uint8Array.of(0x80));
    assert.ok(any.ok);
    assert.deepEqual(opened(any.value), []);
  });

  it('says what is wrong with a multipart that cannot be opened', () => {
    const content = readContent(hex('a3 02 01'));
    assert.ok(content.ok);
    const listed = decodeDescriptors(content.value);
    assert.ok(!listed.ok && listed.error.kind === 'malformed');
  });
});
