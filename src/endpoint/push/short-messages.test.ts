import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SEGMENTED_OCTETS_MAX, toShortMessages } from './short-messages.js';

const push = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => i & 0xff);
const hex = (octets: Uint8Array): string => Buffer.from(octets).toString('hex');

describe('short messages of a push', () => {
  it('is one without a concatenation element up to 133 octets (TS 23.040 9.2.3.24)', () => {
    for (const length of [1, 83, 132, 133]) {
      const messages = toShortMessages(push(length), 7);
      assert.equal(messages.length, 1);
      assert.equal(hex(messages[0]!.header), '0605040b8423f0');
      assert.deepEqual(messages[0]!.data, push(length));
    }
  });

  it('are parts of 128 octets with reference, total and position from 134 octets on (TS 23.040 9.2.3.24.1)', () => {
    const messages = toShortMessages(push(134), 0xa5);
    assert.deepEqual(
      messages.map((it) => hex(it.header)),
      ['0b05040b8423f00003a50201', '0b05040b8423f00003a50202'],
    );
    assert.deepEqual(
      messages.map((it) => it.data.length),
      [128, 6],
    );
  });

  it('never exceed 140 octets, and their data is the push, at every length that can be sent', () => {
    for (let length = 1; length <= SEGMENTED_OCTETS_MAX; length++) {
      const messages = toShortMessages(push(length), 1);
      for (const it of messages) assert.ok(it.header.length + it.data.length <= 140);
      assert.deepEqual(Buffer.concat(messages.map((it) => it.data)), Buffer.from(push(length)));
    }
  });

  it('refuses more parts than the limit', () => {
    assert.equal(toShortMessages(push(SEGMENTED_OCTETS_MAX), 1).length, 4);
    assert.throws(() => toShortMessages(push(SEGMENTED_OCTETS_MAX + 1), 1), RangeError);
  });
});
