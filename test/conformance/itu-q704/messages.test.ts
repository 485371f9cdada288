/** ITU-T Q.704, Q.703, Q.708: octets written down by hand. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeMtp2, decodeMtp3, encodeMtp3, mtp3Text, parsePointCode, pointCodeText } from '#codec/mtp';
import { fromHex, toHex } from '../../kit/ss7/captures.js';

describe('ITU-T Q.704: MTP3 messages', () => {
  it('2.2, 14.2: service information octet, then DPC, OPC and SLS in 32 bits, the lowest octet first', () => {
    const octets = '83 32 d2 8a 04 09';
    const decoded = decodeMtp3(fromHex(octets));
    assert.deepEqual(decoded, {
      ok: true,
      value: { si: 3, ni: 2, priority: 0, dpc: 0x1232, opc: 0x122b, sls: 0, userData: fromHex('09') },
    });
    assert.equal(toHex(encodeMtp3(decoded.value)), toHex(fromHex(octets)));
  });

  it('2.2: every bit of the label is in its field', () => {
    for (let bit = 0; bit < 32; bit++) {
      const octets = new Uint8Array(5);
      octets[1 + (bit >>> 3)] = 1 << (bit & 7);
      const decoded = decodeMtp3(octets);
      assert.ok(decoded.ok);
      const { dpc, opc, sls } = decoded.value;
      const expected = bit < 14 ? [1 << bit, 0, 0] : bit < 28 ? [0, 1 << (bit - 14), 0] : [0, 0, 1 << (bit - 28)];
      assert.deepEqual([dpc, opc, sls], expected);
      assert.equal(toHex(encodeMtp3(decoded.value)), toHex(octets));
    }
  });

  it('14.2: every service information octet is read and written again', () => {
    for (let sio = 0; sio < 256; sio++) {
      const octets = Uint8Array.of(sio, 0, 0, 0, 0);
      const decoded = decodeMtp3(octets);
      assert.ok(decoded.ok);
      assert.deepEqual([decoded.value.si, decoded.value.ni, decoded.value.priority], [sio & 15, sio >>> 6, (sio >>> 4) & 3]);
      assert.equal(toHex(encodeMtp3(decoded.value)), toHex(octets));
      assert.match(mtp3Text(decoded.value), /^MTP3 /);
    }
  });

  it('ANSI T1.111.4: point codes of three octets, member first, and an octet of SLS', () => {
    const octets = 'b3 030201 060504 1f 09';
    const decoded = decodeMtp3(fromHex(octets), 'ansi');
    assert.deepEqual(decoded, {
      ok: true,
      value: { si: 3, ni: 2, priority: 3, dpc: 0x010203, opc: 0x040506, sls: 0x1f, userData: fromHex('09') },
    });
    assert.equal(toHex(encodeMtp3(decoded.value, 'ansi')), toHex(fromHex(octets)));
  });

  it('2.2: a label that is cut is an error', () => {
    for (let length = 0; length < 5; length++) assert.equal(decodeMtp3(new Uint8Array(length)).ok, false);
    for (let length = 0; length < 8; length++) assert.equal(decodeMtp3(new Uint8Array(length), 'ansi').ok, false);
  });
});

describe('ITU-T Q.703: signal units', () => {
  it('2.2: sequence numbers, length indicator, then the message', () => {
    assert.deepEqual(decodeMtp2(fromHex('81 82 05 83 32 d2 8a 04 ffff')), {
      ok: true,
      value: { kind: 'MSU', bsn: 1, fsn: 2, octets: fromHex('83 32 d2 8a 04') },
    });
  });

  it('2.3.3: a length of 0 is a fill-in, of 1 or 2 a link status; 63 stands for all above', () => {
    const kind = (octets: string) => {
      const unit = decodeMtp2(fromHex(octets));
      return unit.ok && [unit.value.kind, unit.value.octets.length];
    };
    assert.deepEqual(kind('81 82 00'), ['FISU', 0]);
    assert.deepEqual(kind('81 82 01 03'), ['LSSU', 1]);
    assert.deepEqual(kind('81 82 02 0300'), ['LSSU', 2]);
    assert.deepEqual(kind(`81 82 3f ${'00'.repeat(200)}`), ['MSU', 200]);
    assert.equal(decodeMtp2(fromHex('81 82 05 83')).ok, false);
    assert.deepEqual(kind(`81 82 3f ${'00'.repeat(63)}`), ['MSU', 63]);
    assert.equal(kind(`81 82 3f ${'00'.repeat(62)}`), false);
  });

  it('annex A: sequence numbers of 12 bits and a length of 9', () => {
    assert.deepEqual(decodeMtp2(fromHex(`2301 5604 0401 ${'aa'.repeat(260)}`), true), {
      ok: true,
      value: { kind: 'MSU', bsn: 0x123, fsn: 0x456, octets: fromHex('aa'.repeat(260)) },
    });
  });
});

describe('ITU-T Q.708: point codes', () => {
  it('1.2: 14 bits are written as zone, network and point: 3, 8 and 3 bits', () => {
    assert.equal(pointCodeText(4114), '2-2-2');
    assert.equal(pointCodeText(0x3fff), '7-255-7');
    assert.equal(pointCodeText(0x010203, 'ansi'), '1-2-3');
    for (let pointCode = 0; pointCode <= 0x3fff; pointCode++) assert.equal(parsePointCode(pointCodeText(pointCode)), pointCode);
  });

  it('1.2: a decimal number is one too; what does not fit is none', () => {
    assert.equal(parsePointCode('4114'), 4114);
    assert.equal(parsePointCode('255-255-255', 'ansi'), 0xff_ffff);
    for (const text of ['16384', '8-0-0', '0-256-0', '0-0-8', '1-2', '', '-1', 'a', '1-2-3-4', ' 1'])
      assert.equal(parsePointCode(text), undefined, text);
  });
});
