import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NO_PORTABILITY_TYPE } from './numbers.js';
import { entityText, portabilityTypeText } from './portability-type.js';

describe('portability types in words', () => {
  it('are printed with their number and name', () => {
    assert.deepEqual([0, 1, 2, 3, 5, 35, 36, 37, NO_PORTABILITY_TYPE].map(portabilityTypeText), [
      '0 (not known to be ported)',
      '1 (own, ported out)',
      '2 (foreign, ported to a foreign network)',
      '3 (prepaid 1)',
      '5 (migrated)',
      '35 (prepaid 32)',
      '36 (not identified to be ported)',
      '37 (not assigned)',
      'no portability type',
    ]);
    assert.deepEqual(
      [{ kind: 'sp' as const }, { kind: 'rn' as const, routingNumber: 'D1' }, { kind: 'none' as const }].map(entityText),
      ['SP', 'RN D1', 'no entity'],
    );
  });
});
