import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import type { Mode, ScreeningSettings } from '#portability';
import { isNowhereStricter, keptOverrides, ModeOverrides } from './modes.js';

const OFF: Mode = { kind: 'off' };
const MONITOR: Mode = { kind: 'monitor' };
const ENFORCE: Mode = { kind: 'enforce' };
const sample = (percent: number): Mode => ({ kind: 'sample', percent });

/** Of settings only what modes depend on: one selector, one home SMSC. */
const settings = (all: Mode, selector?: Mode, home?: Mode): ScreeningSettings =>
  ({
    mode: all,
    selectors: [{ name: 's', ...(selector && { mode: selector }) }],
    homeSmscs: { entries: [{ name: 'h', ...(home && { mode: home }) }] },
  }) as unknown as ScreeningSettings;

describe('isNowhereStricter', () => {
  const cases: readonly (readonly [string, ScreeningSettings, ScreeningSettings, boolean])[] = [
    ['enforce to monitor', settings(ENFORCE), settings(MONITOR), true],
    ['monitor to enforce', settings(MONITOR), settings(ENFORCE), false],
    ['monitor to off, and back', settings(MONITOR), settings(OFF), true],
    ['off to monitor', settings(OFF), settings(MONITOR), true],
    ['a smaller sample', settings(sample(20)), settings(sample(5)), true],
    ['a larger sample', settings(sample(5)), settings(sample(5.01)), false],
    ['a selector to monitor', settings(ENFORCE), settings(ENFORCE, MONITOR), true],
    ["a selector's monitor taken back where all is enforced", settings(ENFORCE, MONITOR), settings(ENFORCE), false],
    [
      'all to monitor while the home SMSC keeps its own',
      settings(ENFORCE, undefined, ENFORCE),
      settings(MONITOR, undefined, ENFORCE),
      true,
    ],
    ["a home SMSC's enforce under a selector that is off", settings(OFF, OFF), settings(OFF, OFF, ENFORCE), true],
    [
      'a selector out of off, above a home SMSC that enforces',
      settings(OFF, OFF, ENFORCE),
      settings(OFF, MONITOR, ENFORCE),
      false,
    ],
  ];
  for (const [what, before, after_, expected] of cases)
    it(`${expected ? 'holds' : 'does not hold'} for ${what}`, () => assert.equal(isNowhereStricter(before, after_), expected));
});

describe('ModeOverrides', () => {
  const folder = mkdtempSync(join(tmpdir(), 'angarium-modes-'));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('hold though the disk does not take them, with a fault until it does', async () => {
    const modes = new ModeOverrides(folder);
    const overrides = [{ scope: 'all', name: '', mode: 'monitor', by: 'anna', at: 0 }] as const;
    mkdirSync(join(folder, 'modes.json.new'));
    assert.equal((await modes.adopt(overrides)).ok, false);
    assert.deepEqual([modes.overrides, modes.revision], [[], 0]);
    await modes.hold(overrides);
    assert.deepEqual([modes.overrides, modes.revision], [overrides, 1]);
    assert.match(modes.fault ?? '', /cannot be kept \(EISDIR\)/);
    rmdirSync(join(folder, 'modes.json.new'));
    await modes.retry();
    assert.equal(modes.fault, undefined);
    assert.deepEqual(keptOverrides(folder), overrides);
  });
});
