import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withSections } from '../../bench/harness/results.js';

const before = '# Results\n\nPreface.\n\n## A, 100 octets\n\nold a\n\n## B\n\nold b\n\n## Reading\n\nwords\n';

describe('the file of results', () => {
  it('has a section that is measured again in its place, and all else as it was', () => {
    assert.equal(withSections(before, ['## B\n\nnew b\n'], '## Reading'), before.replace('old b', 'new b'));
  });

  it('has a new section in front of the words that follow the tables, or at the end', () => {
    assert.equal(withSections(before, ['## C\n\nc\n'], '## Reading'), before.replace('## Reading', '## C\n\nc\n\n## Reading'));
    assert.equal(withSections('# Results\n', ['## C\n\nc\n'], '## Reading'), '# Results\n## C\n\nc\n');
  });

  it('knows a section by its name when a figure in its heading has changed', () => {
    const byName = (line: string): string => line.split(',')[0]!;
    assert.equal(
      withSections(before, ['## A, 200 octets\n\nnew a\n'], '## Reading', byName),
      before.replace('100 octets\n\nold a', '200 octets\n\nnew a'),
    );
  });
});
