import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readRange } from './range.js';

const range = (value: string | undefined, ifRange?: string) => readRange(value, ifRange, '"tag"', 1000);

describe('Range', () => {
  const parts: readonly (readonly [string, number, number])[] = [
    ['bytes=0-0', 0, 0],
    ['bytes=0-499', 0, 499],
    ['bytes=500-', 500, 999],
    ['bytes=500-5000', 500, 999],
    ['bytes=-1', 999, 999],
    ['bytes=-5000', 0, 999],
    ['Bytes= 10-19 ', 10, 19],
  ];
  for (const [value, from, to] of parts)
    it(`takes ${value} for ${from} to ${to} of 1000 (RFC 9110 14.1.2)`, () =>
      assert.deepEqual(range(value), { kind: 'part', from, to }));

  for (const value of [
    undefined,
    'bytes=',
    'bytes=-',
    'bytes=5-4',
    'bytes=a-b',
    'bytes=0-1,5-6',
    'items=0-1',
    'bytes=0-9999999999999999',
  ])
    it(`gives the whole for ${value}`, () => assert.deepEqual(range(value), { kind: 'whole' }));

  for (const value of ['bytes=1000-', 'bytes=1000-1001', 'bytes=-0'])
    it(`cannot satisfy ${value} (RFC 9110 14.4)`, () => assert.deepEqual(range(value), { kind: 'unsatisfiable' }));

  it('counts only for the entity that If-Range names (RFC 9110 13.1.5)', () => {
    assert.deepEqual(range('bytes=0-1', '"tag"'), { kind: 'part', from: 0, to: 1 });
    assert.deepEqual(range('bytes=0-1', '"other"'), { kind: 'whole' });
    assert.deepEqual(range('bytes=0-1', 'W/"tag"'), { kind: 'whole' });
  });
});
