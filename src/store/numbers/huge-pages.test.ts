import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { adviseHugePages } from './huge-pages.js';

const MEGABYTE = 1024 * 1024;
const POLICY = '/sys/kernel/mm/transparent_hugepage/enabled';

/** Whether the kernel of this machine has them at all. */
function isOffered(): boolean {
  try {
    return !readFileSync(POLICY, 'utf8').includes('[never]');
  } catch {
    return false;
  }
}

describe('huge pages under a table', () => {
  it('are asked for where the kernel has them, and the octets stay as they are', { skip: !isOffered() }, () => {
    const buffer = new SharedArrayBuffer(64 * MEGABYTE);
    const octets = new Uint8Array(buffer);
    octets[0] = 1;
    octets[buffer.byteLength - 1] = 2;
    assert.equal(adviseHugePages(buffer), true);
    octets.fill(7, 1, buffer.byteLength - 1);
    assert.deepEqual([octets[0], octets[1], octets[buffer.byteLength - 1]], [1, 7, 2]);
    // "hg" among the flags of a mapping: the advice was given for it.
    assert.match(readFileSync('/proc/self/smaps', 'utf8'), /^VmFlags:.*\bhg\b/m);
  });

  it('are not asked for a small table', () => {
    assert.equal(adviseHugePages(new SharedArrayBuffer(MEGABYTE)), false);
  });
});
