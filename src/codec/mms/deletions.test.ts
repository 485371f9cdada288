import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodePdu } from './decode.js';
import { type DeletionResult, deletionFields, deletionResults } from './deletions.js';
import { encodePdu } from './encode.js';
import type { MboxDeleteConf } from './pdus.js';
import { hex, z } from './vectors.contract.js';

function conf(fields: string): MboxDeleteConf {
  const decoded = decodePdu(hex(`8c92 98 ${z('T')} 8d92 ${fields}`));
  assert.ok(decoded.ok && decoded.value.kind === 'm-mbox-delete-conf');
  return decoded.value;
}

const location = (count: number, uri: string): string =>
  `83 ${(2 + uri.length).toString(16).padStart(2, '0')} ${(0x80 | count).toString(16)} ${z(uri)}`;
const status = (count: number, octet: string): string => `92 02 ${(0x80 | count).toString(16)} ${octet}`;
const text = (count: number, words: string): string =>
  `93 ${(2 + words.length).toString(16).padStart(2, '0')} ${(0x80 | count).toString(16)} ${z(words)}`;

const TWO: readonly DeletionResult[] = [
  { count: 0, status: 0xe4, text: 'gone', contentLocations: ['m:/1', 'm:/2'] },
  { count: 1, status: 0xe1, contentLocations: ['m:/3'] },
];

describe('deletionResults', () => {
  const fields = [
    status(0, 'e4'),
    text(0, 'gone'),
    location(0, 'm:/1'),
    location(0, 'm:/2'),
    status(1, 'e1'),
    location(1, 'm:/3'),
  ];

  it('puts together what has the same number: one status, its text, and every location that it is about', () =>
    assert.deepEqual(deletionResults(conf(fields.join(' '))), TWO));

  it('finds the same pairs whatever the order of the fields, and once they have been written again', () => {
    const reversed = conf([...fields].reverse().join(' '));
    const byNumber = (a: DeletionResult, b: DeletionResult): number => a.count! - b.count!;
    const sorted = [...deletionResults(reversed)]
      .sort(byNumber)
      .map((result) => ({ ...result, contentLocations: [...result.contentLocations].sort() }));
    assert.deepEqual(sorted, TWO);
    const again = decodePdu(encodePdu(reversed));
    assert.ok(again.ok && again.value.kind === 'm-mbox-delete-conf');
    assert.deepEqual(deletionResults(again.value), deletionResults(reversed));
  });

  it('takes a status without locations for one about the request, and locations without status as they are', () => {
    assert.deepEqual(deletionResults(conf(status(0, '88'))), [{ count: 0, status: 0x88, contentLocations: [] }]);
    assert.deepEqual(deletionResults(conf(location(3, 'm:/1'))), [{ count: 3, contentLocations: ['m:/1'] }]);
    assert.deepEqual(deletionResults(conf('')), []);
  });

  it('holds values without numbers together', () => {
    assert.deepEqual(deletionResults(conf(`92 80 83 ${z('m:/1')} 83 ${z('m:/2')}`)), [
      { status: 0x80, contentLocations: ['m:/1', 'm:/2'] },
    ]);
  });

  it('takes the first of two statuses or texts with one number', () => {
    assert.deepEqual(deletionResults(conf(`${status(1, 'e1')} ${status(1, 'e4')} ${text(1, 'a')} ${text(1, 'b')}`)), [
      { count: 1, status: 0xe1, text: 'a', contentLocations: [] },
    ]);
  });
});

describe('deletionFields', () => {
  const written = (results: readonly DeletionResult[]): MboxDeleteConf => ({
    kind: 'm-mbox-delete-conf',
    transactionId: 'T',
    version: '1.2',
    ...deletionFields(results),
  });

  it('writes results so that they are read again', () => {
    const again = decodePdu(encodePdu(written(TWO)));
    assert.ok(again.ok && again.value.kind === 'm-mbox-delete-conf');
    assert.deepEqual(deletionResults(again.value), TWO);
  });

  it('numbers results without a number after those that have one', () => {
    const results = deletionResults(
      written([
        { status: 0x80, contentLocations: ['a'] },
        { count: 7, status: 0xe0, contentLocations: ['b'] },
        { status: 0xe1, contentLocations: [] },
      ]),
    );
    assert.deepEqual(
      results.map(({ count, status }) => [count, status]),
      [
        [8, 0x80],
        [7, 0xe0],
        [9, 0xe1],
      ],
    );
  });

  it('has no texts where no result has one', () =>
    assert.equal('responseText' in deletionFields([{ contentLocations: [] }]), false));
});
