import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LIMITS } from '#base';
import { BodyBuffers } from './body-buffers.js';

describe('buffers for request bodies', () => {
  it('are large enough, and the same one comes again once it was given back', () => {
    const buffers = new BodyBuffers();
    const first = buffers.take(300_000);
    assert.ok(first.length >= 300_000);
    assert.notEqual(buffers.take(300_000), first, 'it is in use');
    buffers.give(first);
    assert.equal(buffers.take(270_000), first);
  });

  it('are of a size for what is asked: a small body does not take a large one’s', () => {
    const buffers = new BodyBuffers();
    buffers.give(buffers.take(2_000_000));
    assert.ok(buffers.take(70_000).length < 200_000);
  });

  it('are kept up to the limit and no further', () => {
    const buffers = new BodyBuffers();
    const size = buffers.take(1_000_000).length;
    const fitting = Math.floor(LIMITS.mm1SpareBodyOctetsMax / size);
    const all = Array.from({ length: fitting + 5 }, () => buffers.take(1_000_000));
    for (const buffer of all) buffers.give(buffer);
    const again = Array.from({ length: fitting + 5 }, () => buffers.take(1_000_000));
    assert.equal(again.filter((buffer) => all.includes(buffer)).length, fitting);
  });
});
