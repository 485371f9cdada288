/** Looking four octets at a time sees what looking at each does. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { PlainRun } from './plain-run.js';

const isPlain = (octet: number, is7bit: boolean): boolean => octet >= 14 && !(is7bit && octet > 127);

describe('PlainRun', () => {
  it('passes over nothing that matters, and stops for nothing else, wherever octets stand in memory', () => {
    const octet = fc.oneof(fc.constantFrom(0, 9, 10, 13, 14, 127, 128, 255), fc.nat(255), fc.constant(65));
    fc.assert(
      fc.property(fc.array(octet, { maxLength: 40 }), fc.nat(3), fc.boolean(), (list, offset, is7bit) => {
        const octets = new Uint8Array(list.length + 3).subarray(offset, offset + list.length);
        octets.set(list);
        const run = new PlainRun(octets);
        for (let at = 0; at < octets.length; at++) {
          const end = run.end(at, is7bit);
          assert.ok(end >= at && end <= octets.length);
          assert.ok(octets.subarray(at, end).every((it) => isPlain(it, is7bit)));
          // Having gone at all it stops only where one of the next four matters, or where there are not four.
          if (end > at && end + 4 <= octets.length) assert.ok(!octets.subarray(end, end + 4).every((it) => isPlain(it, is7bit)));
        }
      }),
    );
  });
});
