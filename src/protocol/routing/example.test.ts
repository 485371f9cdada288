import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import type { RoutingSpec } from './config.js';
import { lintRouting } from './lint.js';
import { createRouting } from './routing.js';
import { asked, onTitle } from './samples.contract.js';

const PAGE = readFileSync(new URL('../../../docs/gate-routing.md', import.meta.url), 'utf8');
const SPEC = JSON.parse(/```json\n([\s\S]*?)```/.exec(PAGE)![1]!) as RoutingSpec;

describe('the example of docs/gate-routing.md', () => {
  it('is a configuration without findings', () => {
    assert.deepEqual(lintRouting(SPEC), []);
  });

  it('does what its table says', () => {
    const made = createRouting(SPEC);
    assert.ok(made.ok);
    const node = made.value;
    for (const { name } of SPEC.links) node.setLink(name, true);
    const answer = (digits: string): string => {
      const result = node.translate(asked(onTitle(digits)));
      return result.kind === 'translated' ? `${result.pointCode} ${result.target.routeOn}` : `${result.kind} ${result.fault}`;
    };
    const numbers = [...PAGE.matchAll(/^\| (\d+) \|/gm)].map(([, digits]) => digits!);
    assert.deepEqual(numbers.slice(0, 5).map(answer), [
      '2060 gt',
      '2100 ssn',
      'failed no-entry',
      '2201 ssn',
      'failed told-to-return',
    ]);
    node.hear({ link: 'stp-a', ni: 0, kind: 'DUNA', affected: [{ pointCode: 2201, mask: 0 }] });
    node.hear({ link: 'stp-b', ni: 0, kind: 'DUNA', affected: [{ pointCode: 2201, mask: 0 }] });
    assert.equal(answer('393492345678'), '2202 ssn');
    assert.equal(answer('393490000001'), '2100 ssn');
    node.setLink('smsc', false);
    assert.equal(answer('393490000001'), '2100 ssn');
  });
});
