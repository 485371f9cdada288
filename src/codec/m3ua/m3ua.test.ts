import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { decodeM3ua, errorAnswer } from './decode.js';
import { ERROR_CODE_OF } from './decode-error.js';
import { encodeM3ua } from './encode.js';
import { createM3uaFramer } from './framer.js';
import { MESSAGES } from './messages.js';
import { ERROR_CODE, ERROR_CODE_NAMES, MESSAGE_CLASSES, REGISTRATION_STATUS } from './names.js';
import { PARAMETERS } from './parameters.js';
import { anyMessage, KINDS, messageOf } from './samples.contract.js';
import { toText } from './to-text.js';

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replaceAll(/\s/g, ''), 'hex'));
const toHex = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');

/** For comparison: views as text. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return toHex(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, plain(v)]));
  return value;
}

/** Reads whatever there is to read; whatever the octets, it returns. */
function readAll(octets: Uint8Array): void {
  const decoded = decodeM3ua(octets);
  if (decoded.ok) {
    toText(decoded.value);
    encodeM3ua(decoded.value);
    return;
  }
  const { error } = decoded;
  assert.ok(error.offset >= 0 && error.offset <= octets.length + 4);
  assert.ok(ERROR_CODE_NAMES[error.errorCode] !== undefined);
  assert.ok(!error.text.includes('\n'));
  const answer = errorAnswer(error);
  if (answer !== undefined) assert.ok(decodeM3ua(encodeM3ua(answer)).ok);
}

describe('the tables of M3UA', () => {
  it('have each class and type once, in classes that there are', () => {
    const codes = KINDS.map((kind) => `${MESSAGES[kind].class}/${MESSAGES[kind].type}`);
    assert.equal(new Set(codes).size, 23);
    for (const kind of KINDS) assert.ok(MESSAGE_CLASSES[MESSAGES[kind].class] !== undefined);
  });

  it('have each tag once', () => {
    const tags = Object.values(PARAMETERS).map((it) => it.tag);
    assert.equal(new Set(tags).size, tags.length);
    assert.equal(tags.length, 24);
  });

  it('name every error code', () => {
    assert.deepEqual(
      Object.values(ERROR_CODE).sort((a, b) => a - b),
      Object.keys(ERROR_CODE_NAMES).map(Number),
    );
    for (const code of Object.values(ERROR_CODE_OF)) assert.ok(ERROR_CODE_NAMES[code] !== undefined);
  });

  it('refuse every class and type without a row, with the code for a class or for a type', () => {
    const known = new Set(KINDS.map((kind) => MESSAGES[kind].class * 256 + MESSAGES[kind].type));
    for (let code = 0; code < 0x10000; code++) {
      if (known.has(code)) continue;
      const decoded = decodeM3ua(Uint8Array.of(1, 0, code >>> 8, code, 0, 0, 0, 8));
      assert.equal(!decoded.ok && decoded.error.errorCode, MESSAGE_CLASSES[code >>> 8] === undefined ? 3 : 4);
    }
  });
});

describe('messages', () => {
  for (const kind of KINDS)
    it(`${kind}: what was written is read, with any of its parameters and with unknown ones`, () => {
      fc.assert(
        fc.property(messageOf(kind), (message) => {
          const octets = encodeM3ua(message);
          assert.equal(octets.length % 4, 0);
          const decoded = decodeM3ua(octets);
          assert.ok(decoded.ok, decoded.ok ? '' : decoded.error.text);
          assert.deepEqual(plain(decoded.value), plain(message));
          assert.deepEqual(toHex(encodeM3ua(decoded.value)), toHex(octets));
        }),
        { numRuns: 100 },
      );
    });

  it('are printed with every parameter by its name', () => {
    for (const kind of KINDS)
      fc.assert(
        fc.property(messageOf(kind, true), (message) => {
          const text = toText(message);
          assert.ok(text.startsWith(`${kind} (class `));
          for (const { parameter } of MESSAGES[kind].slots) assert.ok(text.includes(`\n  ${parameter.name}: `), parameter.name);
        }),
        { numRuns: 5 },
      );
  });

  it('are printed without control characters, and without user data', () => {
    const text = toText({ kind: 'ASPUP', infoString: 'a\u001b[2Jb\u202e' });
    assert.equal(text, 'ASPUP (class 3, type 1)\n  INFO String: a\\u{1b}[2Jb\\u{202e}');
    const userData = new Uint8Array(Buffer.from('secret'));
    const data = toText({ kind: 'DATA', protocolData: { opc: 1, dpc: 2, si: 3, ni: 2, mp: 0, sls: 4, userData } });
    assert.equal(data, 'DATA (class 1, type 1)\n  Protocol Data: OPC 1, DPC 2, SI 3, NI 2, MP 0, SLS 4, 6 octets of user data');
  });

  it('keep a byte order mark that a text begins with', () => {
    const message = { kind: 'ASPUP', infoString: '\ufeff\ufeffa' } as const;
    assert.deepEqual(decodeM3ua(encodeM3ua(message)), { ok: true, value: message });
  });

  it('DATA: label and user part are views; the parameters may come in any order', () => {
    const rc = '0006 0008 00000016';
    const pd = '0210 0013 00000001 00000002 03020004 aabbcc 00';
    const na = '0200 0008 00000005';
    for (const order of [
      [na, rc, pd],
      [pd, rc, na],
      [rc, pd, na],
    ]) {
      const octets = hex(`01000101 0000002c ${order.join('')}`);
      const decoded = decodeM3ua(octets);
      assert.ok(decoded.ok && decoded.value.kind === 'DATA');
      const { userData, ...label } = decoded.value.protocolData;
      assert.deepEqual(label, { opc: 1, dpc: 2, si: 3, ni: 2, mp: 0, sls: 4 });
      assert.equal(toHex(userData), 'aabbcc');
      assert.equal(userData.buffer, octets.buffer);
      assert.deepEqual(decoded.value.routingContext, [22]);
      assert.equal(decoded.value.networkAppearance, 5);
    }
  });
});

describe('bad octets', () => {
  it('every prefix of any message, and any octet changed: a value or an error', () => {
    fc.assert(
      fc.property(anyMessage, fc.nat(), fc.nat(255), (message, at, octet) => {
        const octets = encodeM3ua(message);
        for (let length = 0; length < octets.length; length++) readAll(octets.subarray(0, length));
        octets[at % octets.length] = octet;
        readAll(octets);
      }),
      { numRuns: 100 },
    );
  });

  it('any octets, and any octets behind a good header: a value or an error', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 100, size: 'max' }), readAll), { numRuns: 1_000 });
    fc.assert(
      fc.property(fc.constantFrom(...KINDS), fc.uint8Array({ maxLength: 100, size: 'max' }), (kind, tail) => {
        const { class: messageClass, type } = MESSAGES[kind];
        readAll(Uint8Array.from([1, 0, messageClass, type, 0, 0, 0, 8 + tail.length, ...tail]));
      }),
      { numRuns: 2_000 },
    );
  });

  it('a list beyond its limit is an error, not a wait', () => {
    const octets = new Uint8Array(8 + 65_532);
    octets.set([1, 0, 4, 2, 0, 1, 0, 4, 0, 6, 0xff, 0xfc]);
    assert.ok(decodeM3ua(octets).ok);
    const many = Array.from({ length: 1_025 }, () => hex('0300 0004')).flatMap((it) => [...it]);
    const length = 8 + many.length;
    const decoded = decodeM3ua(Uint8Array.from([1, 0, 3, 1, 0, 0, length >>> 8, length, ...many]));
    assert.equal(!decoded.ok && decoded.error.kind, 'limit');
  });

  it('an encoder refuses what no length can say', () => {
    const userData = new Uint8Array(0x10000);
    const protocolData = { opc: 1, dpc: 2, si: 3, ni: 2, mp: 0, sls: 4, userData };
    assert.throws(() => encodeM3ua({ kind: 'DATA', protocolData }), RangeError);
    assert.throws(() => encodeM3ua({ kind: 'BEAT', heartbeatData: userData }), RangeError);
  });
});

describe('M3UA on a stream', () => {
  it('is cut into its messages in pieces of every size', () => {
    fc.assert(
      fc.property(fc.array(anyMessage, { minLength: 1, maxLength: 4 }), fc.integer({ min: 1, max: 50 }), (messages, size) => {
        const frames = messages.map((it) => encodeM3ua(it));
        const stream = Uint8Array.from(frames.flatMap((it) => [...it]));
        const framer = createM3uaFramer();
        const found: string[] = [];
        for (let at = 0; at < stream.length; at += size) {
          const cut = framer.push(stream.subarray(at, at + size));
          assert.ok(cut.ok);
          found.push(...cut.value.map(toHex));
        }
        assert.deepEqual(found, frames.map(toHex));
      }),
      { numRuns: 100 },
    );
  });

  it('stays in step when a length leaves out the padding of the last parameter', () => {
    const unpadded = hex('01000303 0000000d 0009 0005 aa 000000');
    const cut = createM3uaFramer().push(Uint8Array.from([...unpadded, ...hex('01000304 00000008')]));
    assert.ok(cut.ok && cut.value.length === 2);
    const beat = decodeM3ua(cut.value[0]!);
    assert.ok(beat.ok && beat.value.kind === 'BEAT');
    assert.deepEqual(beat.value.heartbeatData, Uint8Array.of(0xaa));
  });

  it('ends at another version, at a length below the header and at one above the limit', () => {
    for (const [octets, kind] of [
      ['02000304 00000008', 'malformed'],
      ['01000304 00000007', 'malformed'],
      ['01000304 00011001', 'limit'],
    ] as const) {
      const cut = createM3uaFramer().push(hex(octets));
      assert.equal(!cut.ok && cut.error.kind, kind);
    }
  });
});

describe('names', () => {
  it('are given to registration statuses', () => {
    assert.equal(Object.keys(REGISTRATION_STATUS).length, 13);
  });
});
