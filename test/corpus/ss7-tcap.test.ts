/** TCAP of the corpus: read, written again, broken. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Malformed } from '#base';
import { BerReader, constructed, encodeBer, primitive } from '#codec/ber';
import { decodeTcap, encodeTcap, type TcapMessage, tcapToText } from '#codec/tcap';
import { generated, hexOf, jss7, octetsOf, tcapMessages, userDataOf } from './ss7-vectors.js';

const decoded = (octets: Uint8Array): TcapMessage => {
  const message = decodeTcap(octets);
  assert.ok(message.ok, message.ok ? '' : message.error.text);
  return message.value;
};

/** Whether every length in the octets is definite and of the fewest octets: then they are written as they came. What is broken inside counts as well. */
function isCanonical(octets: Uint8Array): boolean {
  try {
    return hasShortLengths(octets);
  } catch (e) {
    if (e instanceof Malformed) return true;
    throw e;
  }
}

function hasShortLengths(octets: Uint8Array): boolean {
  const r = new BerReader(octets);
  while (r.next()) {
    const length = r.contentLength;
    const shortest = length < 0x80 ? 1 : length < 0x100 ? 2 : 3;
    if (r.offset !== r.contentEnd || octets[r.contentStart - shortest] !== (shortest === 1 ? length : 0x7f + shortest)) return false;
    if (octets[r.start]! & 0x20 && !isCanonical(octets.subarray(r.contentStart, r.contentEnd))) return false;
  }
  return true;
}

describe('corpus of TCAP messages', () => {
  const messages = tcapMessages();

  it('has messages of every kind', () => {
    const kinds = new Set(messages.map(({ octets }) => decoded(octets).kind));
    assert.deepEqual([...kinds].sort(), ['abort', 'begin', 'continue', 'end', 'unidirectional']);
    assert.ok(messages.length > 80, `${messages.length} messages`);
  });

  for (const { title, octets } of messages) {
    it(`${title}: is read whole and written again`, () => {
      const message = decoded(octets);
      const again = encodeTcap(message);
      if (isCanonical(octets)) assert.equal(hexOf(again), hexOf(octets));
      else assert.equal(tcapToText(decoded(again)).split('\n').length, tcapToText(message).split('\n').length);
      assert.equal(hexOf(encodeTcap(decoded(again))), hexOf(again));
      const broken = ('components' in message ? (message.components ?? []) : []).filter((it) => it.kind === 'unreadable');
      assert.deepEqual(broken, []);
      if (message.dialogue !== undefined) assert.notEqual(message.dialogue.kind, 'unreadable');
    });
  }

  it('gives a value or a typed error for every prefix and every change of one octet', () => {
    for (const { title, octets } of messages) {
      for (let i = 0; i < octets.length; i++) {
        assert.equal(decodeTcap(octets.subarray(0, i)).ok, false, `${title} cut at ${i}`);
        const changed = Uint8Array.from(octets);
        for (const octet of [0x00, 0x7f, 0x80, 0xff, octets[i]! ^ 0x01, octets[i]! ^ 0x20]) {
          changed[i] = octet;
          const message = decodeTcap(changed);
          if (message.ok) {
            tcapToText(message.value);
            encodeTcap(message.value);
          } else assert.ok(message.error.offset <= changed.length && message.error.text.startsWith('tcap: '));
        }
      }
    }
  });
});

describe('what the generated messages say of their TCAP', () => {
  for (const one of generated()) {
    it(`${one.name}: ${one.tcap}`, () => {
      const message = decoded(userDataOf(one.sccp));
      assert.equal(message.kind, one.tcap);
      if (one.acn !== undefined) {
        const { dialogue } = message;
        assert.equal(dialogue?.kind === 'AARQ' ? dialogue.applicationContext : null, one.acn);
      }
      const components = 'components' in message ? (message.components ?? []) : [];
      if (one.components !== undefined) assert.equal(components.length, one.components);
      if (one.op === null) assert.equal(components.length, 0);
      if (one.component !== undefined) assert.equal(components[0]?.kind, one.component);
      const [first] = components;
      if (one.op && first?.kind === 'invoke') assert.deepEqual(first.operation, { kind: 'local', value: one.op });
      if (one.error !== undefined) {
        assert.ok(first?.kind === 'returnError');
        assert.deepEqual(first.error, { kind: 'local', value: one.error });
      }
      if (one.pabort !== undefined) assert.ok(message.kind === 'abort' && message.pAbortCause === 'unrecognizedTransactionID');
    });
  }
});

/** A vector is a piece of a message: around it goes what makes a message of it, in the octets of Q.773. */
const vector = (object: string, name: string): Uint8Array =>
  octetsOf(jss7('tcap').find((it) => it.object === object && it.vector === name)!.hex);
const id = primitive(0x48, Uint8Array.of(1, 2, 3, 4));
const raw = (octets: Uint8Array) => ({ tag: undefined, content: octets, contentLength: octets.length, length: octets.length });
const component = (octets: Uint8Array) => {
  const message = decoded(encodeBer(constructed(0x62, [id, constructed(0x6c, [raw(octets)])])));
  assert.ok(message.kind === 'begin');
  return message.components![0]!;
};
const dialogue = (octets: Uint8Array, uni = false) => {
  const asId = primitive(0x06, octetsOf(uni ? '00118605010201' : '00118605010101'));
  const portion = constructed(0x6b, [constructed(0x28, [asId, constructed(0xa0, [raw(octets)])])]);
  const message = decoded(encodeBer(uni ? constructed(0x61, [portion, constructed(0x6c, [])]) : constructed(0x62, [id, portion])));
  return message.dialogue!;
};

describe('pieces of TCAP as jSS7 has them', () => {
  it('an invoke with linked id, global operation code and parameter', () => {
    assert.deepEqual(component(vector('Invoke', 'getDataFull')), {
      kind: 'invoke',
      invokeId: -5,
      linkedId: 2,
      operation: { kind: 'global', value: '1.0.0.1' },
      parameter: octetsOf('04030b1621'),
    });
  });

  it('a result that is not the last', () => {
    assert.deepEqual(component(vector('ReturnResultLast', 'getNLDataCommon')), {
      kind: 'returnResultNotLast',
      invokeId: 1,
      result: { operation: { kind: 'local', value: 45 }, parameter: octetsOf('3009010203040506070809') },
    });
  });

  it('errors with a local and with a global code', () => {
    assert.deepEqual(component(vector('ReturnError', 'getDataWithoutParameter')), {
      kind: 'returnError',
      invokeId: 5,
      error: { kind: 'local', value: 15 },
    });
    assert.deepEqual(component(vector('ReturnError', 'getDataLongErrorCode')), {
      kind: 'returnError',
      invokeId: -1,
      error: { kind: 'global', value: '1.0.22.33' },
    });
  });

  it('a reject without invoke id', () => {
    assert.deepEqual(component(vector('Reject', 'getDataNullInvokeId')), {
      kind: 'reject',
      problem: { type: 'general', code: 0 },
    });
  });

  it('dialogue PDUs: response, abort, unidirectional', () => {
    assert.deepEqual(dialogue(vector('DialogResponseAPDU', 'getData')), {
      kind: 'AARE',
      protocolVersion: octetsOf('0780'),
      applicationContext: '0.4.0.0.1.0.21.2',
      result: 0,
      diagnostic: { source: 'user', value: 0 },
      userInformation: [{ directReference: '0.4.0.0.1.1.1.1', encoding: octetsOf('a002a100') }],
    });
    assert.deepEqual(dialogue(vector('DialogAbortAPDU', 'getData')), { kind: 'ABRT', source: 0 });
    assert.deepEqual(dialogue(vector('DialogUniAPDU', 'getData'), true), {
      kind: 'AUDT',
      protocolVersion: octetsOf('0780'),
      applicationContext: '0.4.2.2.2',
      userInformation: [{ directReference: '0.1.1.2.3', encoding: octetsOf('a0030b1621') }],
    });
  });
});
