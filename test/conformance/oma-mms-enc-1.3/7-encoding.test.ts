/** OMA-TS-MMS_ENC 1.3, clause 7: the order of fields, the values, the versions. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  decodePdu,
  encodePdu,
  type MmsPdu,
  makeContent,
  type NotificationInd,
  type RetrieveConf,
  type SendConf,
  type SendReq,
} from '#codec/mms';

const z = (text: string): string => `${Buffer.from(text, 'latin1').toString('hex')}00`;
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/g, ''), 'hex');
const written = (pdu: MmsPdu): string => Buffer.from(encodePdu(pdu)).toString('hex');

function read<P extends MmsPdu>(text: string): P {
  const decoded = decodePdu(hex(text));
  assert.ok(decoded.ok, decoded.ok ? '' : decoded.error.text);
  return decoded.value as P;
}

const content = makeContent([], { media: 'application/vnd.wap.multipart.mixed', parameters: {} });
const send: SendReq = {
  kind: 'm-send-req',
  transactionId: 'T1',
  version: '1.2',
  from: { kind: 'insert-address' },
  to: ['+358/TYPE=PLMN'],
  cc: [],
  bcc: [],
  content,
};
const HEAD = `8c80 98 ${z('T1')} 8d92`;
const readSend = (fields: string): SendReq => read<SendReq>(`${HEAD} 89 01 81 ${fields} 84 a3 00`);
const conf = (text: string): SendConf => ({
  kind: 'm-send-conf',
  transactionId: 'T',
  version: '1.2',
  responseStatus: 0x80,
  responseText: text,
});

describe('OMA-TS-MMS_ENC 1.3, 7: order of header fields', () => {
  it('7: X-Mms-Message-Type, X-Mms-Transaction-ID and X-Mms-MMS-Version are written first, in that order', () => {
    assert.ok(written(send).startsWith(hex(HEAD).toString('hex')));
    assert.ok(
      written({
        kind: 'm-read-rec-ind',
        version: '1.1',
        messageId: 'M',
        to: [],
        from: { kind: 'insert-address' },
        readStatus: 'read',
      }).startsWith('8c878d91'),
    );
  });

  it('7: Content-Type is the last field, and the body follows it', () => {
    const complete = { ...send, subject: 's', priority: 'high', applicId: 'a' } as const;
    assert.ok(written(complete).endsWith(hex(`b7 ${z('a')} 84 a3 00`).toString('hex')));
  });

  it('7: the order of the other fields does not matter to the reader', () => {
    const fields = [`97 ${z('a@b')}`, `96 ${z('s')}`, '8f82', '86 80', '8a80'];
    const forward = readSend(fields.join(' '));
    const backward = readSend([...fields].reverse().join(' '));
    assert.deepEqual(backward, forward);
  });

  it('7: several recipients are several fields, in the order of the list', () => {
    assert.ok(
      written({ ...send, to: ['a', 'b'], cc: ['c'], bcc: ['d'] }).includes(
        hex(`97 ${z('a')} 97 ${z('b')} 82 ${z('c')} 81 ${z('d')}`).toString('hex'),
      ),
    );
  });

  it('7.2: a header field is a number with its value, or an application header of token and text', () => {
    const pdu = readSend(`${z('X-Own')} ${z('some value')}`);
    assert.deepEqual(
      pdu.unknown!.map(({ name, text }) => [name, text]),
      [['X-Own', 'some value']],
    );
  });
});

describe('OMA-TS-MMS_ENC 1.3, 7.3: values of header fields', () => {
  it('7.3.9: Content-Class counts from text (0x80) to content-rich (0x87)', () => {
    for (let n = 0; n < 8; n++) assert.equal(readSend(`ba ${(0x80 + n).toString(16)}`).contentClass, n);
    assert.equal(readSend('ba 88').contentClass, undefined);
  });

  it('7.3.18: Element-Descriptor is a reference with parameters, of which Type has the number 2', () => {
    const pdu = read<NotificationInd>(
      `8c82 98 ${z('T')} 8d93 8a80 8e0105 88 02 81 8a 83 ${z('u')} b2 07 ${z('ref')} 82 ${z('a')}`,
    );
    assert.deepEqual(pdu.elementDescriptor, { reference: 'ref', parameters: { type: 'a' } });
  });

  it('7.3.19: a text without charset is us-ascii and is written so where it can be', () => {
    assert.ok(written(conf('ok')).includes(`93${z('ok')}`));
  });

  it('7.3.19: a text that is not us-ascii is written as UTF-8 with MIBenum 106, quoted where it begins above 0x7f', () => {
    assert.ok(written(conf('aä')).includes('9305ea61c3a400'));
    assert.ok(written(conf('äa')).includes('9306ea7fc3a46100'));
  });

  it('7.3.19: a text with a charset is decoded with it, for every charset of the corpus and UTF-16', () => {
    const texts: [string, string][] = [
      ['04 83 616200', 'ab'],
      ['03 84 e400', 'ä'],
      ['04 ea c3a400', 'ä'],
      ['08 02 03e8 3042 3044 00', 'あい'],
      ['08 02 03f7 feff 00e4 00', 'ä'],
      ['06 02 08cb cff0 00', 'Пр'],
    ];
    for (const [octets, text] of texts) assert.equal(readSend(`96 ${octets}`).subject, text, octets);
  });

  it('7.3.20: Expiry is absolute (0x80, seconds since 1970) or relative (0x81, seconds)', () => {
    assert.deepEqual(readSend('88 06 80 04 5e0be100').expiry, { kind: 'absolute', at: Date.UTC(2020, 0, 1) });
    assert.deepEqual(readSend('88 05 81 03 02a300').expiry, { kind: 'relative', seconds: 172_800 });
    assert.ok(written({ ...send, expiry: { kind: 'relative', seconds: 172_800 } }).includes('8805810302a300'));
    assert.ok(written({ ...send, expiry: { kind: 'absolute', at: Date.UTC(2020, 0, 1) } }).includes('880680045e0be100'));
  });

  it('7.3.21: From asks the relay to insert the address with 89 01 81', () => {
    assert.ok(written(send).includes('890181'));
    assert.deepEqual(readSend('').from, { kind: 'insert-address' });
  });

  it('7.3.21: From with an address is 0x80 and an encoded string behind a length', () => {
    assert.ok(written({ ...send, from: { kind: 'address', address: '+358' } }).includes(`890680${z('+358')}`));
  });

  it('7.3.23: Previously-Sent-By and 7.3.24: Previously-Sent-Date carry a count, and may be repeated', () => {
    const pdu = read<RetrieveConf>(`8c84 8d92 85 01 05 a0 05 81 ${z('abc')} a0 03 82 ${z('b')} a1 03 81 01 07 84 a3 00`);
    assert.deepEqual(pdu.previouslySentBy, [
      { count: 1, address: 'abc' },
      { count: 2, address: 'b' },
    ]);
    assert.deepEqual(pdu.previouslySentDate, [{ count: 1, at: 7_000 }]);
  });

  it('7.3.27: Message-Class is one of four octets or a token', () => {
    const classes = ['personal', 'advertisement', 'informational', 'auto'] as const;
    classes.forEach((name, n) => {
      assert.equal(readSend(`8a ${(0x80 + n).toString(16)}`).messageClass, name);
    });
    assert.deepEqual(readSend(`8a ${z('own')}`).messageClass, { token: 'own' });
  });

  it('7.3.35: Priority is 0x80 low, 0x81 normal, 0x82 high', () => {
    assert.deepEqual(
      ['80', '81', '82', '83'].map((octet) => readSend(`8f ${octet}`).priority),
      ['low', 'normal', 'high', undefined],
    );
  });

  it('7.3.50: every Retrieve-Status from 0x80 on is kept as its octet, for ranges of them have a meaning', () => {
    for (const octet of [0x80, 0xc0, 0xc2, 0xdf, 0xe0, 0xe3, 0xff])
      assert.equal(read<RetrieveConf>(`8c84 8d92 85 01 05 99 ${octet.toString(16)} 84 a3 00`).retrieveStatus, octet);
  });

  it('7.3.54: Status has the eight values 0x80 to 0x87', () => {
    const names = ['expired', 'retrieved', 'rejected', 'deferred', 'unrecognised', 'indeterminate', 'forwarded', 'unreachable'];
    names.forEach((name, n) => {
      const pdu = read(`8c83 98 ${z('T')} 8d92 95 ${(0x80 + n).toString(16)}`);
      assert.equal((pdu as { status?: string }).status, name);
    });
    assert.equal(decodePdu(hex(`8c83 98 ${z('T')} 8d92 95 88`)).ok, false);
  });
});

describe('OMA-TS-MMS_ENC 1.3, versions', () => {
  it('7.3: versions 1.0, 1.1, 1.2 and 1.3 are the octets 0x90 to 0x93', () => {
    ['1.0', '1.1', '1.2', '1.3'].forEach((version, n) => {
      assert.equal(
        written({ kind: 'm-acknowledge-ind', transactionId: 'T', version }),
        hex(`8c85 98 ${z('T')} 8d ${(0x90 + n).toString(16)}`).toString('hex'),
      );
    });
  });

  it('7.3: a later minor version is understood as far as it is known, and its unknown fields are passed over', () => {
    const pdu = read(`8c85 98 ${z('T')} 8d95 d0 81 d1 03 010203 91 81`);
    assert.equal((pdu as { reportAllowed?: boolean }).reportAllowed, false);
    assert.equal(pdu.unknown!.length, 2);
  });

  it('7.3: another major version is refused as such', () => {
    const decoded = decodePdu(hex(`8c80 98 ${z('T')} 8da0 84 a3 00`));
    assert.ok(!decoded.ok && decoded.error.kind === 'unsupported-version');
  });
});
