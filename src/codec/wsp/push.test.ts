import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodePush, encodePush, MMS_APPLICATION_ID, MMS_MESSAGE, type Push } from './push.js';

const z = (text: string): string => `${Buffer.from(text, 'latin1').toString('hex')}00`;
const octets = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex');

function push(hex: string): Push {
  const decoded = decodePush(octets(hex));
  assert.ok(decoded.ok, decoded.ok ? '' : decoded.error.text);
  return decoded.value;
}

describe('encodePush', () => {
  it('writes the shortest form of a push for MMS', () => {
    const written = encodePush({
      transactionId: 1,
      contentType: MMS_MESSAGE,
      applicationId: MMS_APPLICATION_ID,
      body: octets('8c82'),
    });
    assert.equal(Buffer.from(written).toString('hex'), '010603beaf848c82');
  });

  it('writes another type and another application in text, and keeps one octet of the transaction id', () => {
    const written = encodePush({
      transactionId: 0x1ff,
      contentType: { media: 'text/plain', parameters: {} },
      applicationId: 'x-own:a',
      body: octets(''),
    });
    assert.equal(Buffer.from(written).toString('hex'), octets(`ff 06 0a 83 af ${z('x-own:a')}`).toString('hex'));
  });
});

describe('decodePush', () => {
  it('reads the short form', () => {
    assert.deepEqual(push('04 06 03 be af84 8c82'), {
      transactionId: 4,
      contentType: MMS_MESSAGE,
      applicationId: MMS_APPLICATION_ID,
      headers: [],
      body: octets('8c82'),
    });
  });

  it('reads the text form, the general form, and the application id as text', () => {
    const media = z('application/vnd.wap.mms-message');
    assert.equal(push(`00 06 22 ${media} af84 8c82`).contentType.media, MMS_MESSAGE.media);
    assert.deepEqual(push('00 06 06 03 be 81 ea af84').contentType, {
      media: MMS_MESSAGE.media,
      parameters: { charset: 'utf-8' },
    });
    assert.equal(push(`00 06 1b be af ${z('x-wap-application:mms.ua')}`).applicationId, MMS_APPLICATION_ID);
    assert.equal(push('00 06 03 be af88').applicationId, '0x08');
  });

  it('writes an application id that begins like a length so that it is read as a text again', () => {
    for (const applicationId of ['\x06aa', '']) {
      const written = encodePush({ transactionId: 0, contentType: MMS_MESSAGE, applicationId, body: octets('') });
      const again = decodePush(written);
      assert.ok(again.ok, applicationId);
      assert.equal(again.value.applicationId, applicationId);
    }
  });

  it('keeps the headers that carriers add', () => {
    assert.deepEqual(push('00 06 07 be af84 b481 8dca 8c').headers, [
      { name: 'Push-Flag', value: '1' },
      { name: 'Content-Length', value: '74' },
    ]);
  });

  it('leaves it to the receiver whether a push without application id is acceptable', () => {
    assert.equal('applicationId' in push('00 06 01 be 8c82'), false);
  });

  it('refuses another PDU type and header lengths beyond the input', () => {
    for (const hex of ['', '00', '00 05 03 be af84', '00 06 08 be af84 8ddb b481', '00 06 00']) {
      const decoded = decodePush(octets(hex));
      assert.ok(!decoded.ok, hex);
      assert.equal(decoded.error.kind, 'malformed');
    }
  });
});
