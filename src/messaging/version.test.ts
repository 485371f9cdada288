import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { versionAtLeast } from './version.js';

describe('versions', () => {
  it('compare by number, not by letter', () => {
    assert.equal(versionAtLeast('1.1', '1.1'), true);
    assert.equal(versionAtLeast('1.0', '1.1'), false);
    assert.equal(versionAtLeast('1.10', '1.9'), true);
    assert.equal(versionAtLeast('2.0', '1.3'), true);
  });

  it('that are none come before all others', () => {
    for (const text of ['', 'one', '1', '1.2.3', '-1.0']) assert.equal(versionAtLeast(text, '1.0'), false, text);
  });
});
