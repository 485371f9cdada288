/** Octets of other implementations' unit tests: SCCP messages and addresses, M3UA messages. Expected values were read off the octets by hand. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeM3ua, encodeM3ua } from '#codec/m3ua';
import {
  decodeAddress,
  decodeSccp,
  encodeAddress,
  encodeSccp,
  Reassembly,
  returnMessage,
  type SccpAddress,
  segmentationOf,
  toText,
  viewSccp,
} from '#codec/sccp';
import { decodeM2pa, decodeMtp3 } from '#codec/mtp';
import { generated, jss7 } from '../ss7-vectors.js';
import { corpusFile, fromHex, signallingOf, toHex } from '../../kit/ss7/captures.js';

const vectors = [...jss7('m3ua'), ...jss7('sccp')];
const vector = (object: string, label: string): Uint8Array => {
  const found = vectors.filter((it) => it.object === object && it.vector === label);
  assert.ok(found.length > 0, `${object} ${label}`);
  return fromHex(found[0]!.hex);
};

const cases = generated();

/** Type octets of connectionless messages; all else in the vectors is connection-oriented, data alone, or an address. */
const CONNECTIONLESS = /^(09|0a|11|12|13|14)/;
const MESSAGE_OBJECTS = new Set(['SccpDataMessage', 'SccpNoticeMessage', 'SccpRemoveSpc', 'MessageReassembly', 'MessageSegmentation']);
/** Labels of vectors that are a part of a message. */
const PARTS = /Src$|Segm|Segmentation$/;

describe('SCCP messages of jSS7', () => {
  const messages = vectors.filter(
    (it) => MESSAGE_OBJECTS.has(it.object) && CONNECTIONLESS.test(it.hex) && !PARTS.test(it.vector),
  );

  it('are read, printed and written again as they were', () => {
    assert.equal(messages.length, 11);
    for (const { object, vector: label, hex } of messages) {
      const decoded = decodeSccp(fromHex(hex));
      assert.ok(decoded.ok, decoded.ok ? '' : `${object} ${label}: ${decoded.error.text}`);
      assert.ok(toText(decoded.value).split('\n').length >= 4);
      const again = encodeSccp(decoded.value);
      assert.ok(again.ok);
      // One has its called party address behind the data; we write the usual order.
      if (label === 'getDataXudt') assert.deepEqual(decodeSccp(again.value), decoded);
      else assert.equal(toHex(again.value), hex, `${object} ${label}`);
    }
  });

  it('LUDT: two-octet pointers, the lower octet first and counted from the second, and a long length likewise', () => {
    const decoded = decodeSccp(vector('SccpDataMessage', 'getDataLudt3'));
    assert.ok(decoded.ok && decoded.value.kind === 'LUDT');
    assert.deepEqual(decoded.value.called, { routeOn: 'ssn', ssn: 8 });
    assert.deepEqual(decoded.value.calling, { routeOn: 'ssn', pointCode: 1, ssn: 6 });
    assert.equal(toHex(decoded.value.data), toHex(vector('SccpDataMessage', 'getDataLudt3Src')));
    assert.equal(decoded.value.hopCounter, 10);
  });

  it('connection-oriented messages are refused as such, whatever they hold', () => {
    const connections = vectors.filter((it) => it.object.startsWith('SccpConn'));
    assert.ok(connections.length > 10);
    for (const { hex } of connections) {
      const decoded = decodeSccp(fromHex(hex));
      assert.equal(!decoded.ok && decoded.error.kind, 'unsupported-type');
    }
  });

  it('a first segment is read with its references; importance stands behind it', () => {
    const octets = vector('MessageReassembly', 'getDataXudt1');
    const view = viewSccp(octets);
    assert.ok(view.ok);
    const segmentation = segmentationOf(view.value);
    assert.deepEqual(segmentation, {
      ok: true,
      value: { first: true, requestedClass: 1, remaining: 0, localReference: 0x000064 },
    });
  });
});

describe('addresses of jSS7', () => {
  const CASES: readonly [string, string, 'itu' | 'ansi', SccpAddress][] = [
    [
      'SccpAddress',
      'data',
      'itu',
      {
        routeOn: 'gt',
        ssn: 146,
        globalTitle: { indicator: 4, translationType: 0, numberingPlan: 1, natureOfAddress: 4, digits: '79023700299' },
      },
    ],
    [
      'SccpAddress',
      'data5',
      'ansi',
      {
        routeOn: 'gt',
        national: true,
        ssn: 146,
        pointCode: 8_000_000,
        globalTitle: { indicator: 3, translationType: 0, numberingPlan: 1, digits: '79023700299' },
      },
    ],
  ];
  for (const [object, label, variant, expected] of CASES)
    it(`${label}, ${variant}`, () => {
      const octets = vector(object, label);
      assert.deepEqual(decodeAddress(octets, variant), { ok: true, value: expected });
      assert.equal(toHex(encodeAddress(expected, variant)), toHex(octets));
    });

  it('global titles alone, behind an indicator octet of ours', () => {
    const titles: readonly [string, string, number, string][] = [
      ['GT0001', 'dataEven', 0x04, '9023629581'],
      ['GT0010', 'data', 0x08, '9023629581'],
      ['GT0011', 'data', 0x0c, '9023629581'],
      ['GT0100', 'dataHex', 0x10, '902abc958'],
    ];
    for (const [object, label, indicator, digits] of titles) {
      const octets = Uint8Array.from([indicator, ...vector(object, label)]);
      const decoded = decodeAddress(octets);
      assert.ok(decoded.ok && decoded.value.globalTitle !== undefined && 'digits' in decoded.value.globalTitle);
      assert.equal(decoded.value.globalTitle.digits, digits, object);
      assert.equal(toHex(encodeAddress(decoded.value)), toHex(octets));
    }
  });
});

describe('M3UA messages of jSS7', () => {
  it('are read and written again as they were', () => {
    for (const label of ['data']) {
      for (const { hex } of vectors.filter((it) => it.object === 'MessageFactory' && it.vector === label)) {
        const decoded = decodeM3ua(fromHex(hex));
        assert.ok(decoded.ok && decoded.value.kind === 'DATA', hex.slice(0, 16));
        assert.deepEqual(decoded.value.routingContext, [1]);
        assert.equal(decoded.value.protocolData.opc, 2);
        assert.equal(decoded.value.protocolData.dpc, 1);
        assert.equal(toHex(encodeM3ua(decoded.value)), hex);
      }
    }
    const payload = decodeM3ua(vector('AspFactoryPayload', 'data'));
    assert.ok(payload.ok && payload.value.kind === 'DATA');
    assert.deepEqual(payload.value.routingContext, [25]);
    const { userData, ...label } = payload.value.protocolData;
    assert.deepEqual(label, { opc: 6045, dpc: 6172, si: 3, ni: 3, mp: 0, sls: 2 });
    assert.equal(toHex(userData), toHex(vector('AspFactoryPayload', 'plData')));
  });
});

describe('generated SCCP messages', () => {
  it('are read, printed with masked digits, and written again as they were', () => {
    assert.equal(cases.length, 49);
    for (const { name, sccp } of cases)
      for (const hex of sccp) {
        const decoded = decodeSccp(fromHex(hex));
        assert.ok(decoded.ok, decoded.ok ? '' : `${name}: ${decoded.error.text}`);
        const again = encodeSccp(decoded.value);
        assert.equal(again.ok && toHex(again.value), hex, name);
        assert.doesNotMatch(toText(decoded.value, { masked: true }), /digits [0-9]{5}/);
      }
  });

  it('segments become one message', () => {
    const segmented = cases.filter(({ sccp }) => sccp.length > 1);
    assert.equal(segmented.length, 1);
    const reassembly = new Reassembly();
    const outputs = segmented[0]!.sccp.flatMap((hex, i) => {
      const view = viewSccp(fromHex(hex));
      assert.ok(view.ok);
      const segmentation = segmentationOf(view.value);
      assert.ok(segmentation.ok && segmentation.value !== undefined);
      assert.equal(segmentation.value.remaining, 1 - i);
      return reassembly.receive(view.value, segmentation.value, 2057, undefined, 0);
    });
    assert.deepEqual(outputs.map((it) => it.kind), ['held', 'complete']);
    const [, whole] = outputs;
    assert.ok(whole?.kind === 'complete');
    // A TCAP Begin whose own length says that it is whole.
    assert.equal(whole.data[0], 0x62);
    assert.equal(whole.data[1], 0x81);
    assert.equal(whole.data[2], whole.data.length - 3);
  });
});

describe('the captured segments of pcapr-2', () => {
  const messages = signallingOf(corpusFile('pcapr-2.pcap')).flatMap(({ kind, octets }) => {
    assert.equal(kind, 'm2pa');
    const m2pa = decodeM2pa(octets);
    assert.ok(m2pa.ok);
    if (m2pa.value.kind !== 'User Data' || m2pa.value.mtp3.length === 0) return [];
    const mtp3 = decodeMtp3(m2pa.value.mtp3);
    assert.ok(mtp3.ok);
    const view = mtp3.value.si === 3 ? viewSccp(mtp3.value.userData) : undefined;
    return view?.ok ? [{ opc: mtp3.value.opc, view: view.value }] : [];
  });
  const ofKind = (kind: string) => messages.filter((it) => it.view.kind === kind);

  it('become three messages, each a whole TCAP Begin', () => {
    const reassembly = new Reassembly();
    const whole = ofKind('XUDT').flatMap(({ opc, view }) => {
      const segmentation = segmentationOf(view);
      assert.ok(segmentation.ok && segmentation.value !== undefined);
      return reassembly.receive(view, segmentation.value, opc, undefined, 0).filter((it) => it.kind !== 'held');
    });
    assert.equal(whole.length, 3);
    for (const one of whole) {
      assert.ok(one.kind === 'complete');
      assert.equal(one.data[0], 0x62);
      assert.equal(one.data[1], 0x81);
      assert.equal(one.data[2], one.data.length - 3);
    }
  });

  it('came back as we would send them back: but for the hop counter, octet for octet', () => {
    const causeAndHops = (octets: string): string => octets.slice(0, 4) + octets.slice(6);
    const theirs = ofKind('XUDTS').map(({ view }) => causeAndHops(toHex(view.octets)));
    assert.equal(theirs.length, 6);
    const ours = ofKind('XUDT').map(({ view }) => {
      const back = returnMessage(view, 8);
      assert.ok(back.ok, 'a captured segment, the last ones too, asks to be returned');
      return causeAndHops(toHex(back.value));
    });
    assert.deepEqual(ours.sort(), theirs.sort());
  });
});
