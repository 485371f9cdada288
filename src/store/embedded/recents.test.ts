import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { MessageId } from '#messaging';
import { Recents } from './recents.js';

const idOf = (n: number): MessageId => String(n).padStart(22, '0') as MessageId;

describe('recent fingerprints', () => {
  it('are found as a map would find them that forgets the oldest, whatever is added and removed', () => {
    // Many share their first characters, so that they share places of the table.
    const fingerprints = fc.integer({ min: 0, max: 40 }).map((n) => `${'x'.repeat(n % 3 === 0 ? 16 : n % 5)}${n}`);
    const steps = fc.array(fc.tuple(fc.constantFrom('add', 'add', 'add', 'remove'), fingerprints, fc.nat(50)), {
      maxLength: 200,
    });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 20 }), steps, (rowsMax, list) => {
        const recents = new Recents(rowsMax);
        const model = new Map<string, { id: MessageId; at: number; turn: number }>();
        let turn = 0;
        for (const [i, [what, fingerprint, at]] of list.entries()) {
          const known = model.get(fingerprint);
          if (what === 'remove') {
            recents.remove(fingerprint, idOf(1_000_000));
            if (known) recents.remove(fingerprint, known.id);
            model.delete(fingerprint);
          } else {
            recents.add(fingerprint, idOf(i), at);
            if (rowsMax === 0 || (known && known.at > at)) continue;
            model.set(fingerprint, { id: idOf(i), at, turn: turn++ });
            for (const [other, { turn: then }] of model) if (then <= turn - 1 - rowsMax) model.delete(other);
          }
          assert.equal(recents.size, model.size);
          for (const [text, { id, at: then }] of model) {
            assert.equal(recents.find(text, then), id);
            assert.equal(recents.find(text, then + 1), undefined);
          }
          assert.equal(recents.find('never added', 0), undefined);
        }
      }),
    );
  });

  it('that are too long, or not of one octet for each character, are never taken for another', () => {
    const recents = new Recents(10);
    recents.add('a'.repeat(65), idOf(1), 1);
    assert.equal(recents.find('a'.repeat(65), 0), undefined);
    recents.add('\u0141', idOf(1), 1);
    assert.equal(recents.find('A', 0), undefined);
    recents.add('', idOf(2), 1);
    assert.equal(recents.find('', 0), undefined);
  });
});
