import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fitConnections, isFew, openFilesMax } from './file-limit.js';

describe('connections under the limit of open files', () => {
  const defaults = { mm1: 10_000, push: 1_000 };

  it('are as configured where the limit leaves as many, or where there is none', () => {
    assert.deepEqual(fitConnections(defaults, 1_048_576), defaults);
    assert.deepEqual(fitConnections(defaults, 11_300), defaults);
    assert.deepEqual(fitConnections(defaults, undefined), defaults);
  });

  it('are what the limit leaves beside push and the own files of the program', () => {
    assert.deepEqual(fitConnections(defaults, 11_299), { mm1: 9_999, push: 1_000 });
    assert.deepEqual(fitConnections(defaults, 4_096), { mm1: 2_796, push: 1_000 });
    assert.deepEqual(fitConnections(defaults, 1_024), { mm1: 468, push: 256 });
  });

  it('are never none, and few ones are called few', () => {
    assert.deepEqual(fitConnections(defaults, 256), { mm1: 64, push: 64 });
    assert.deepEqual(fitConnections(defaults, 1), { mm1: 64, push: 1 });
    assert.ok(isFew(fitConnections(defaults, 256)));
    assert.ok(!isFew(fitConnections(defaults, 1_024)));
  });

  it('are never more than configured', () => {
    assert.deepEqual(fitConnections({ mm1: 5, push: 2 }, 1_024), { mm1: 5, push: 2 });
  });

  it('depend on a limit that this system tells or does not have', () => {
    const limit = openFilesMax();
    assert.ok(limit === undefined || limit > 0);
  });
});
