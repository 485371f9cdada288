import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LIMITS } from '#base';
import { isKey, KEY_RANDOM_OCTETS, KeySource, toKey } from './key.js';

const zeros = new Uint8Array(KEY_RANDOM_OCTETS);
const ones = new Uint8Array(KEY_RANDOM_OCTETS).fill(0xff);

describe('keys', () => {
  it('have 22 characters, of which the first 8 are the time', () => {
    assert.equal(toKey(0, zeros), '-'.repeat(22));
    assert.equal(toKey(2 ** 46 - 0.25, ones), 'z'.repeat(22));
    assert.equal(toKey(15.75, zeros), `-------z${'-'.repeat(14)}`);
    assert.equal(toKey(2 ** 22, zeros), `---0----${'-'.repeat(14)}`);
  });

  it('begin with a letter or digit from 2004 on, so that no command line takes them for an option', () => {
    assert.equal(toKey(Date.UTC(2026, 0), zeros)[0], '0');
    assert.equal(toKey(Date.UTC(2100, 0), zeros)[0], '2');
  });

  it('sort by time as text, whatever their random part', () => {
    const instants = [0, 1, 63, 64, 4_095, 4_096, 2 ** 24 - 1, 2 ** 24, 1_700_000_000_000, 1_700_000_000_001, 2 ** 46 - 1];
    for (const [i, earlier] of instants.slice(0, -1).entries()) {
      assert.ok(toKey(earlier, ones) < toKey(instants[i + 1]!, zeros), `${earlier}`);
    }
  });

  it('differ wherever 84 random bits differ', () => {
    const keys = new Set([toKey(1, zeros)]);
    for (let octet = 0; octet < KEY_RANDOM_OCTETS; octet++) {
      for (let bit = 0; bit < 8; bit++) {
        const random = new Uint8Array(KEY_RANDOM_OCTETS);
        random[octet] = 1 << bit;
        keys.add(toKey(1, random));
      }
    }
    assert.equal(keys.size, 1 + 84);
  });

  it('are refused for instants that 46 bits cannot hold', () => {
    for (const instant of [-1, 2 ** 46, Number.NaN]) assert.throws(() => toKey(instant, zeros), RangeError);
  });

  it('are known by their form', () => {
    assert.ok(isKey(toKey(1_700_000_000_000, ones)));
    for (const text of [
      '',
      'z'.repeat(21),
      'z'.repeat(23),
      `${'z'.repeat(21)}/`,
      `${'z'.repeat(21)}=`,
      `${'z'.repeat(22)}\n`,
      '.'.repeat(22),
    ]) {
      assert.equal(isKey(text), false, JSON.stringify(text));
    }
  });

  it('take eleven octets each from what was drawn, and draw anew when that is used up', () => {
    const drawn: Uint8Array[] = [];
    const source = new KeySource((count) => {
      drawn.push(Uint8Array.from({ length: count }, (_, i) => (i * 7 + drawn.length) & 0xff));
      return drawn.at(-1)!;
    });
    const perDrawing = LIMITS.randomPoolOctets / KEY_RANDOM_OCTETS;
    for (let i = 0; i < 2 * perDrawing; i++) {
      const key = source.next(1);
      assert.equal(key, toKey(1, drawn.at(-1)!, (i % perDrawing) * KEY_RANDOM_OCTETS));
    }
    assert.equal(drawn.length, 2);
  });

  it('come with lots that fall on every number below the end', () => {
    let octet = 0;
    const source = new KeySource((count) => Uint8Array.from({ length: count }, () => octet++ & 0xff));
    const drawn = new Set(Array.from({ length: 200 }, () => source.below(5)));
    assert.deepEqual([...drawn].sort(), [0, 1, 2, 3, 4]);
    assert.equal(source.below(1), 0);
  });
});
