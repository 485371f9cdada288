import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { addressText, decodeAddress, digitsOfAddress, encodeAddress } from './address.js';
import { decodeSccp } from './decode.js';
import { editSccp } from './edit.js';
import { encodeSccp } from './encode.js';
import { decodeManagement, encodeManagement, MANAGEMENT_FORMATS, type ManagementKind } from './management.js';
import { MESSAGES } from './messages.js';
import { MESSAGE_TYPES, RETURN_CAUSE, RETURN_CAUSE_NAMES } from './names.js';
import { importanceOf, optionalOf, segmentationOf } from './optional-part.js';
import { returnMessage } from './return-message.js';
import { ansiAddress, anyMessage, ituAddress, KINDS, messageOf } from './samples.contract.js';
import { toText } from './to-text.js';
import { type SccpView, viewSccp } from './view.js';

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

function viewOf(octets: Uint8Array): SccpView {
  const view = viewSccp(octets);
  assert.ok(view.ok, view.ok ? '' : view.error.text);
  return view.value;
}

/** Reads, returns and edits whatever there is; whatever the octets, it returns. */
function readAll(octets: Uint8Array): void {
  const decoded = decodeSccp(octets);
  decodeSccp(octets, 'ansi');
  if (decoded.ok) {
    toText(decoded.value);
    toText(decoded.value, { masked: true });
    encodeSccp(decoded.value);
    if ('optional' in decoded.value) importanceOf(decoded.value.optional);
  } else assert.ok(decoded.error.offset >= 0 && decoded.error.offset <= octets.length);
  const view = viewSccp(octets);
  if (!view.ok) return;
  optionalOf(view.value);
  segmentationOf(view.value);
  returnMessage(view.value, 1);
  for (const called of [hex('420803'), hex('1208001204934309')]) {
    const edited = editSccp(view.value, { called, hopCounter: 3 });
    if (!edited.ok) continue;
    const again = viewOf(edited.value);
    assert.equal(toHex(again.called), toHex(called));
    assert.equal(toHex(again.calling), toHex(view.value.calling));
    assert.equal(toHex(again.data), toHex(view.value.data));
  }
}

describe('the tables of SCCP', () => {
  it('have the six connectionless types, each named', () => {
    assert.deepEqual(
      KINDS.map((kind) => MESSAGE_TYPES[MESSAGES[kind].type]),
      KINDS,
    );
    assert.equal(new Set(KINDS.map((kind) => MESSAGES[kind].type)).size, 6);
  });

  it('name every return cause', () => {
    assert.deepEqual(Object.values(RETURN_CAUSE), Object.keys(RETURN_CAUSE_NAMES).map(Number));
  });

  it('all other types are refused as such', () => {
    for (let type = 0; type < 256; type++) {
      if (KINDS.some((kind) => MESSAGES[kind].type === type)) continue;
      const view = viewSccp(Uint8Array.of(type, 0, 3, 5, 9, 2, 0x42, 8, 2, 0x42, 8, 1, 0));
      assert.equal(!view.ok && view.error.kind, 'unsupported-type');
    }
  });
});

describe('addresses', () => {
  it('are read as they were written, ITU and ANSI', () => {
    for (const [variant, address] of [
      ['itu', ituAddress],
      ['ansi', ansiAddress],
    ] as const)
      fc.assert(
        fc.property(address, (value) => {
          const octets = encodeAddress(value, variant);
          const decoded = decodeAddress(octets, variant);
          assert.ok(decoded.ok, decoded.ok ? '' : decoded.error.text);
          assert.deepEqual(plain(decoded.value), plain(value));
          assert.equal(toHex(encodeAddress(decoded.value, variant)), toHex(octets));
          addressText(decoded.value);
        }),
      );
  });

  it('every indicator octet, behind which any octets stand: a value or an error', () => {
    for (let indicator = 0; indicator < 256; indicator++)
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 12 }), (tail) => {
          for (const variant of ['itu', 'ansi'] as const) decodeAddress(Uint8Array.from([indicator, ...tail]), variant);
        }),
        { numRuns: 10 },
      );
  });

  it('with an indicator that ANSI does not have are written as they came', () => {
    for (const octets of ['0e 61 62 63', '12 08 00 12 04 93 43', 'be 08 01 02 03 61', '0d 08 01']) {
      const decoded = decodeAddress(hex(octets), 'ansi');
      assert.ok(decoded.ok, octets);
      assert.equal(toHex(encodeAddress(decoded.value, 'ansi')), toHex(hex(octets)));
    }
  });

  it('give their digits only when they are written in BCD', () => {
    const digits = (text: string) => {
      const decoded = decodeAddress(hex(text));
      return decoded.ok && digitsOfAddress(decoded.value);
    };
    assert.equal(digits('12 08 00 12 04 93 43'), '3934');
    assert.equal(digits('12 08 00 10 04 93 43'), undefined);
    assert.equal(digits('42 08'), undefined);
  });

  it('are written only with digits that are some, and in ANSI only with indicators that it has', () => {
    const gt = { indicator: 4, translationType: 0, numberingPlan: 1, natureOfAddress: 4 } as const;
    assert.throws(() => encodeAddress({ routeOn: 'gt', globalTitle: { ...gt, digits: '39g4' } }), RangeError);
    assert.throws(() => encodeAddress({ routeOn: 'gt', globalTitle: { ...gt, digits: '39' } }, 'ansi'), RangeError);
  });

  it('are printed on one line, digits masked when that is wanted', () => {
    const decoded = decodeAddress(hex('12 08 00 12 04 93 43 09 00 00 10'));
    assert.ok(decoded.ok);
    const lead = 'route on GT, SSN 8 (MSC), GTI 4, TT 0, NP 1 (E.164), NAI 4 (international), digits ';
    assert.equal(addressText(decoded.value), `${lead}393490000001`);
    assert.equal(addressText(decoded.value, true), `${lead}********0001`);
    const odd = decodeAddress(hex('92 08 00 13 04 93 43'));
    assert.ok(odd.ok);
    assert.equal(
      addressText(odd.value, true),
      'route on GT, national, SSN 8 (MSC), GTI 4, TT 0, NP 1 (E.164), NAI 4 (international), ES 3, 2 octets',
    );
  });
});

describe('messages', () => {
  for (const kind of KINDS)
    it(`${kind}: what was written is read`, () => {
      fc.assert(
        fc.property(messageOf(kind), (message) => {
          const octets = encodeSccp(message);
          assert.ok(octets.ok, octets.ok ? '' : octets.error.text);
          const decoded = decodeSccp(octets.value);
          assert.ok(decoded.ok, decoded.ok ? '' : decoded.error.text);
          assert.deepEqual(plain(decoded.value), plain(message));
          const again = encodeSccp(decoded.value);
          assert.equal(again.ok && toHex(again.value), toHex(octets.value));
        }),
        { numRuns: 200 },
      );
    });

  it('every prefix, any octet changed, any octets behind a type: a value or an error, and edits change nothing else', () => {
    fc.assert(
      fc.property(anyMessage, fc.nat(), fc.nat(255), (message, at, octet) => {
        const encoded = encodeSccp(message);
        assert.ok(encoded.ok);
        const octets = encoded.value.subarray(0, 400);
        for (let length = 0; length < octets.length; length += 1 + (at % 3)) readAll(octets.subarray(0, length));
        octets[at % octets.length] = octet;
        readAll(octets);
      }),
      { numRuns: 100 },
    );
    fc.assert(
      fc.property(fc.constantFrom(...KINDS), fc.uint8Array({ maxLength: 60, size: 'max' }), (kind, tail) =>
        readAll(Uint8Array.from([MESSAGES[kind].type, ...tail])),
      ),
      { numRuns: 5_000 },
    );
  });

  it('say which part does not fit its kind', () => {
    const address = { routeOn: 'ssn', ssn: 8 } as const;
    const common = { protocolClass: 0, returnOnError: false, called: address, calling: address };
    const udt = encodeSccp({ kind: 'UDT', ...common, data: new Uint8Array(256) });
    assert.equal(!udt.ok && udt.error.part, 'data');
    const optional = [{ name: 0x12, octets: Uint8Array.of(1) }];
    const xudt = encodeSccp({ kind: 'XUDT', ...common, hopCounter: 15, data: new Uint8Array(250), optional });
    assert.equal(!xudt.ok && xudt.error.part, 'optional');
    assert.ok(encodeSccp({ kind: 'LUDT', ...common, hopCounter: 15, data: new Uint8Array(3_000), optional }).ok);
  });

  it('are printed with addresses masked when that is wanted', () => {
    const decoded = decodeSccp(hex('11 81 0f 04 0b 0d 0e 07 12080012042143 02 4208 01 aa 10 04 c0640000 12 01 07 77 00 00'));
    assert.ok(decoded.ok, decoded.ok ? '' : decoded.error.text);
    const text = toText(decoded.value, { masked: true });
    assert.match(text, /^XUDT \(0x11\)\n {2}Protocol class: 1, return message on error\n {2}Hop counter: 15\n/);
    assert.match(text, /\n {2}Segmentation: c0640000\n {2}Importance: 07\n {2}Parameter 0x77 \(not understood\): $/);
  });
});

describe("the relay's edit", () => {
  const sccp = '09 80 03 0e 19 0b 12080012049343090000 10 0b 12080012049343290010 00 03 aabbcc';

  it('leaves everything but called party address and hop counter, octet for octet, whatever the new length', () => {
    fc.assert(
      fc.property(anyMessage, ituAddress, fc.nat(15), (message, address, hopCounter) => {
        const encoded = encodeSccp(message);
        assert.ok(encoded.ok);
        const before = encoded.value.slice();
        const called = encodeAddress(address);
        const edited = editSccp(viewOf(encoded.value), { called, hopCounter });
        if (!edited.ok) return assert.equal(MESSAGES[message.kind].wide, false);
        assert.equal(toHex(encoded.value), toHex(before), 'the original is left alone');
        const expected = { ...message, called: address, ...('hopCounter' in message ? { hopCounter } : {}) };
        const written = encodeSccp(expected);
        return assert.equal(toHex(edited.value), written.ok && toHex(written.value));
      }),
      { numRuns: 500 },
    );
  });

  it('keeps order, gaps, filler and spare bits of a message that nobody would write so', () => {
    // Data, gap, calling, gap, called at the end; spare bits in the hop counter; pointers in that order.
    const odd = hex('11 01 af 0d 08 03 00 ee 02 aabb ee 02 4206 ee 02 4208 77');
    const view = viewOf(odd);
    assert.deepEqual([view.called, view.calling, view.data].map(toHex), ['4208', '4206', 'aabb']);
    assert.equal(
      toHex(octetsOf(view, '43010008', 4)),
      toHex(hex('11 01 a4 0d 08 03 00 ee 02 aabb ee 02 4206 ee 04 43010008 77')),
    );
    assert.equal(toHex(octetsOf(view, '4209', 4)), toHex(hex('11 01 a4 0d 08 03 00 ee 02 aabb ee 02 4206 ee 02 4209 77')));
  });

  it('moves the pointers that lead behind the change, and no others', () => {
    const edited = octetsOf(viewOf(hex(sccp)), '4208');
    assert.equal(toHex(edited), toHex(hex('09 80 03 05 10 02 4208 0b 12080012049343290010 00 03 aabbcc')));
  });

  it('takes apart parts that share octets, so that only the called party address changes', () => {
    // Called and calling are the same octets.
    const shared = hex('09 00 03 02 04 02 4208 01 aa');
    const edited = viewOf(octetsOf(viewOf(shared), '4206'));
    assert.deepEqual([edited.called, edited.calling, edited.data].map(toHex), ['4206', '4208', 'aa']);
  });

  it('changes the calling party address too, for who must be found by point code', () => {
    const result = editSccp(viewOf(hex(sccp)), { called: hex('4208'), calling: hex('43010008') });
    assert.ok(result.ok);
    assert.equal(toHex(result.value), toHex(hex('09 80 03 05 09 02 4208 04 43010008 03 aabbcc')));
  });

  it('says so when a pointer cannot reach any more', () => {
    const far = encodeSccp({
      kind: 'XUDT',
      protocolClass: 1,
      returnOnError: false,
      hopCounter: 15,
      called: { routeOn: 'ssn', ssn: 8 },
      calling: { routeOn: 'ssn', ssn: 8 },
      data: new Uint8Array(240),
      optional: [{ name: 0x12, octets: Uint8Array.of(7) }],
    });
    assert.ok(far.ok);
    const edited = editSccp(viewOf(far.value), { called: hex('12080012049343090000') });
    assert.equal(!edited.ok && edited.error.part, 'optional');
  });

  function octetsOf(view: SccpView, called: string, hopCounter?: number): Uint8Array {
    const result = editSccp(view, { called: hex(called), ...(hopCounter === undefined ? {} : { hopCounter }) });
    assert.ok(result.ok);
    return result.value;
  }
});

describe('SCCP management', () => {
  it('each format is read as it was written; others are refused', () => {
    for (const kind of Object.keys(MANAGEMENT_FORMATS) as ManagementKind[]) {
      const base = { kind, affectedSsn: 8, affectedPointCode: 0x3456 & 0x3fff, multiplicity: 0 };
      const message = kind === 'SSC' ? { ...base, congestionLevel: 3 } : base;
      const octets = encodeManagement(message);
      assert.equal(octets.length, kind === 'SSC' ? 6 : 5);
      assert.deepEqual(decodeManagement(octets), { ok: true, value: message });
      for (let length = 0; length < octets.length; length++) assert.equal(decodeManagement(octets.subarray(0, length)).ok, false);
    }
    assert.equal(decodeManagement(hex('07 08 01 00 00')).ok, false);
  });
});
