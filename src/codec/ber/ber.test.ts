import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Malformed } from '#base';
import { berDoor } from './fault.js';
import { asItCame, type BerNode, constructed, encodeBer, primitive } from './node.js';
import { BerReader, isConstructed, onlyElement } from './reader.js';
import { octetString, optional, sequence, type WithUnknown } from './types.js';
import { integerOctets, oidOctets, readInteger, readOid } from './values.js';

/** Elements as lists: identifier and content. */
type Tree = readonly [number, Uint8Array | readonly Tree[]];
const treeOf = (r: BerReader): Tree[] => {
  const trees: Tree[] = [];
  while (r.next()) trees.push([r.tag, isConstructed(r.tag) ? treeOf(r.inner()) : r.content()]);
  return trees;
};
const nodeOf = ([tag, content]: Tree): BerNode =>
  content instanceof Uint8Array ? primitive(tag, content) : constructed(tag, content.map(nodeOf));

const primitiveTag = fc.constantFrom(0x02, 0x04, 0x81, 0x9f1f, 0x9f8101);
const constructedTag = fc.constantFrom(0x30, 0x24, 0xa1, 0xbf1f, 0xbf8101);
const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.tuple(primitiveTag, fc.uint8Array({ maxLength: 300 })),
    fc.tuple(constructedTag, fc.array(tie('tree'), { maxLength: 4 })),
  ) as fc.Arbitrary<Tree>,
}));

/** The same elements with lengths that the rules allow and the writer does not choose. */
function loosely([tag, content]: Tree, indefinite: boolean): Uint8Array {
  const whole = encodeBer(primitive(tag, new Uint8Array(0)));
  const identifier = whole.subarray(0, whole.length - 1);
  const inner = content instanceof Uint8Array ? content : Buffer.concat(content.map((it) => loosely(it, !indefinite)));
  if (indefinite && isConstructed(tag)) return Buffer.concat([identifier, Uint8Array.of(0x80), inner, Uint8Array.of(0, 0)]);
  return Buffer.concat([identifier, Uint8Array.of(0x84, 0, 0, inner.length >> 8, inner.length & 0xff), inner]);
}

describe('BER', () => {
  it('reads what it has written', () => {
    fc.assert(fc.property(tree, (one) => assert.deepEqual(treeOf(new BerReader(encodeBer(nodeOf(one)))), [one])));
  });

  it('reads the same from long and indefinite lengths', () => {
    fc.assert(
      fc.property(tree, fc.boolean(), (one, indefinite) => {
        assert.deepEqual(treeOf(new BerReader(Uint8Array.from(loosely(one, indefinite)))), [one]);
      }),
    );
  });

  it('gives a value or a typed error for any octets, and never leaves its window', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.nat(8), fc.nat(8), (octets, before, behind) => {
        const padded = Uint8Array.from([...new Uint8Array(before).fill(0x30), ...octets, ...new Uint8Array(behind).fill(0x30)]);
        const alone = berDoor('ber', () => treeOf(new BerReader(octets)));
        const inside = berDoor('ber', () => treeOf(new BerReader(padded, before, before + octets.length)));
        assert.equal(inside.ok, alone.ok);
        if (alone.ok && inside.ok) assert.deepEqual(inside.value, alone.value);
        if (!alone.ok && !inside.ok) assert.equal(inside.error.offset, alone.error.offset + before);
      }),
      { numRuns: 2_000 },
    );
  });

  it('reads every prefix and every octet of a message as a value or a typed error', () => {
    const octets = new Uint8Array(Buffer.from('30803009020101a0040402aabb24800401cc0000bf8101020500060300118600000000', 'hex'));
    for (let i = 0; i <= octets.length; i++) {
      berDoor('ber', () => treeOf(new BerReader(octets.subarray(0, i))));
      for (let octet = 0; octet < 256; octet++)
        berDoor('ber', () => treeOf(new BerReader(octets.map((it, place) => (place === i ? octet : it)))));
    }
  });

  it('writes integers and object identifiers that it reads back', () => {
    const read = <T>(tag: number, content: Uint8Array, how: (r: BerReader) => T): T => {
      const r = new BerReader(encodeBer(primitive(tag, content)));
      r.next();
      return how(r);
    };
    fc.assert(
      fc.property(fc.integer({ min: -(2 ** 47), max: 2 ** 47 - 1 }), (n) =>
        assert.equal(read(0x02, integerOctets(n), readInteger), n),
      ),
    );
    const arcs = fc.tuple(fc.nat(2), fc.nat(39), fc.array(fc.bigInt({ min: 0n, max: 2n ** 90n }), { maxLength: 6 }));
    fc.assert(
      fc.property(arcs, ([root, second, rest]) => {
        const text = [root, second, ...rest].join('.');
        assert.equal(read(0x06, oidOctets(text), readOid), text);
      }),
    );
  });

  it('writes elements as they came', () => {
    const octets = Uint8Array.of(0x30, 0x80, 0, 0);
    assert.deepEqual(encodeBer(constructed(0xa0, [asItCame(octets)])), Uint8Array.of(0xa0, 4, 0x30, 0x80, 0, 0));
  });

  it('writes what a sequence does not know where it is not taken for a field, in whatever order the fields had come', () => {
    interface Abc extends WithUnknown {
      readonly a?: Uint8Array;
      readonly b?: Uint8Array;
      readonly c?: Uint8Array;
    }
    const type = sequence<Abc>('Abc', {
      a: optional('a', octetString.as(0x80)),
      b: optional('b', octetString.as(0x81)),
      c: optional('c', octetString.as(0x82)),
    });
    const read = (octets: Uint8Array): Abc => type.read(onlyElement(octets, 'it'));
    const element = fc
      .tuple(fc.constantFrom(0x80, 0x81, 0x82, 0x83, 0x04), fc.uint8Array({ maxLength: 2 }))
      .map(([tag, content]) => primitive(tag, content));
    fc.assert(
      fc.property(fc.array(element, { maxLength: 6 }), (elements) => {
        const octets = encodeBer(constructed(0x30, elements));
        const value = read(octets);
        const written = encodeBer(type.write(value));
        assert.equal(written.length, octets.length);
        assert.deepEqual(read(written), value);
      }),
      { numRuns: 2_000 },
    );
  });

  it('lets bugs pass through its door', () => {
    assert.throws(() => berDoor('ber', () => assert.fail('a bug')), /a bug/);
    const error = berDoor('ber', () => {
      throw new Malformed(3, 'broken', 'X.690 8');
    });
    assert.deepEqual(error, {
      ok: false,
      error: { kind: 'malformed', offset: 3, detail: 'broken', clause: 'X.690 8', text: 'ber: octet 3: broken (X.690 8)' },
    });
  });
});
