import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gateFaults } from './check-settings.js';
import type { GateSettings } from './gate.js';

const ROUTING = {
  gtt: {
    selectors: [],
    sets: [{ name: 'numbers', entries: [] }],
    groups: [{ name: 'ins', mode: 'solitary' as const, members: [] }],
  },
};
const faults = (settings: Partial<GateSettings>, platforms: readonly string[] = []) =>
  gateFaults({ whenReassemblyFails: 'pass', continues: true, ...settings }, ROUTING, {
    prepaid: { on: true, platforms: platforms.map((name) => ({ name, addresses: [] })), relays: [] },
  }).map(({ path, text }) => `${path}: ${text}`);

describe('the check of the settings', () => {
  it('finds nothing in sound ones', () => {
    const platforms = [
      { name: 'a', to: { set: 'numbers' }, pointCodes: [1] },
      { name: 'b', to: { group: 'ins' }, pointCodes: [2] },
    ];
    const rows = [{ name: 'all', callingDigits: ['39'], operations: [46] }];
    const allowList = { rows, refused: { kind: 'return', cause: 7 } } as const;
    assert.deepEqual(faults({ platforms, allowList, traceOneIn: 100 }, ['a', 'b']), []);
  });

  it('finds a platform without a way, with two, or with one that leads nowhere', () => {
    assert.deepEqual(faults({}, ['in']), ['platforms: a way to platform "in" of the prepaid settings is expected']);
    const platforms = [
      { name: 'a', to: {} },
      { name: 'b', to: { set: 'numbers', group: 'ins' } },
      { name: 'c', to: { set: 'gone' } },
      { name: 'd', to: { group: 'gone' } },
    ];
    assert.deepEqual(faults({ platforms }), [
      'platforms[0].to: one of target, group, set, called is expected, 0 are there',
      'platforms[1].to: one of target, group, set, called is expected, 2 are there',
      'platforms[2].to.set: there is no translation set "gone"',
      'platforms[3].to.group: there is no group "gone"',
    ]);
  });

  it('finds what stands there twice', () => {
    const one = { name: 'a', to: { set: 'numbers' }, pointCodes: [1] };
    assert.deepEqual(faults({ platforms: [one, one] }), [
      'platforms: "a" stands there twice',
      'platforms: point code 1 is of two platforms',
    ]);
  });

  it('finds an allow list, or a condition of it, that nobody can meet', () => {
    const refused = { kind: 'discard' } as const;
    assert.deepEqual(faults({ allowList: { rows: [], refused } }), ['allowList.rows: no row: nobody could use the gate']);
    const rows = [{ name: 'x', callingDigits: [], pointCodes: [], operations: [] }];
    assert.deepEqual(faults({ allowList: { rows, refused } }), [
      'allowList.rows[0].callingDigits: empty: nobody meets it; leave it out for everybody',
      'allowList.rows[0].pointCodes: empty: nobody meets it; leave it out for everybody',
    ]);
  });

  it('finds a way to a platform, and point codes, that no message could have', () => {
    const rows = [{ name: 'x', pointCodes: [-1] }];
    const platforms = [
      { name: 'a', to: { target: { pointCode: 2 ** 24, routeOn: 'gt' as const } }, pointCodes: [1.5] },
      { name: 'b', to: { target: { routeOn: 'ssn' as const, ssn: 256 } } },
      { name: 'c', to: { called: new Uint8Array(0) } },
      { name: 'd', to: { target: { pointCode: 2, ssn: 8, routeOn: 'ssn' as const } } },
      { name: 'e', to: { called: new Uint8Array([0x42, 0x08]) } },
    ];
    assert.deepEqual(faults({ platforms, allowList: { rows, refused: { kind: 'discard' } } }), [
      'platforms[0].pointCodes: 0 to 16777215 is expected, not 1.5',
      'platforms[0].to.target.pointCode: 0 to 16777215 is expected, not 16777216',
      'platforms[1].to.target: a target needs a point code or a link',
      'platforms[1].to.target.ssn: 0 to 255 is expected, not 256',
      'platforms[2].to.called: an SCCP address is expected',
      'allowList.rows[0].pointCodes: 0 to 16777215 is expected, not -1',
    ]);
  });

  it('finds values outside their ranges', () => {
    const rows = [{ name: 'x', callingDigits: ['+39'], operations: [128] }];
    assert.deepEqual(faults({ allowList: { rows, refused: { kind: 'return', cause: 15 } }, traceOneIn: -1 }), [
      'allowList.rows[0].callingDigits: 1 to 40 digits are expected, not "+39"',
      'allowList.rows[0].operations: 0 to 127 is expected, not 128',
      'allowList.refused.cause: 0 to 14 is expected',
      'traceOneIn: 0 or a whole number above is expected',
    ]);
  });
});
