import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { encode } from 'dns-packet';
import fc from 'fast-check';
import { answers, readAnswer } from './dns-answer.js';
import { answerTo, naptr } from './dns-double.contract.js';

const NAME = '2.6.4.e164.test';
const question = { type: 'query', id: 7, questions: [{ type: 'NAPTR', name: NAME, class: 'IN' }] } as const;
const QUERY = encode(question as never);
const GOOD = answerTo(question as never, {
  answers: [naptr(NAME, '!^.*$!mailto:x@b.example!', { ttl: 7 }), naptr(NAME, '!^.*$!mailto:x@b.example!', { ttl: 5 })],
});

describe('an answer of DNS', () => {
  it('belongs to the query by its id and its question, whatever the case of letters', () => {
    assert.ok(answers(GOOD, QUERY));
    const upper = Uint8Array.from(GOOD);
    const at = Buffer.from(upper).indexOf('e164');
    upper[at] = 0x45;
    assert.ok(answers(upper, QUERY));
    assert.ok(!answers(QUERY, QUERY));
  });

  it('belongs to no query when one octet of its head or question is another', () => {
    for (let i = 0; i < QUERY.length; i++) {
      // Counts of records are not part of it, nor flags beyond those of direction and operation.
      if (i === 2 || i === 3 || (i >= 6 && i < 12)) continue;
      const other = Uint8Array.from(GOOD);
      other[i]! ^= 0x01;
      assert.ok(!answers(other, QUERY), `octet ${i}`);
    }
  });

  it('holds as long as its shortest record', () => {
    const answer = readAnswer(Buffer.from(GOOD), NAME);
    assert.equal(answer.kind === 'records' && answer.ttlSeconds, 5);
  });

  it('is not decoded when its head promises more than it can hold, or than anybody has to say', () => {
    const promising = Buffer.from(GOOD);
    promising.writeUInt16BE(0xc3f6, 6);
    assert.deepEqual(readAnswer(promising, NAME), {
      kind: 'malformed',
      detail: 'the head promises what the message cannot hold',
    });
    const root = Buffer.from([0, 0, 16, 0, 1, 0, 0, 0, 0, 0, 0]);
    const many = Buffer.concat([Buffer.from(GOOD), ...Array<Buffer>(300).fill(root)]);
    many.writeUInt16BE(300, 10);
    assert.equal(readAnswer(many, NAME).kind, 'malformed');
    many.writeUInt16BE(200, 10);
    assert.equal(readAnswer(many, NAME).kind, 'records');
  });

  it('is something whatever the octets, and nothing throws', () => {
    for (let i = 12; i < GOOD.length; i++) assert.ok(readAnswer(Buffer.from(GOOD.subarray(0, i)), NAME).kind);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(GOOD.length - 1), fc.nat(255)), { maxLength: 6 }),
        fc.uint8Array({ maxLength: 30 }),
        (changes, tail) => {
          const octets = Buffer.concat([GOOD, tail]);
          for (const [where, octet] of changes) octets[where] = octet;
          assert.ok(readAnswer(octets, NAME).kind);
          assert.equal(typeof answers(octets, QUERY), 'boolean');
        },
      ),
      { numRuns: 3000 },
    );
  });
});
