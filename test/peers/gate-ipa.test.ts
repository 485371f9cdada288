/** The whole gate program over IPA, with osmo-stp between it and exchanges, service centres and IN platforms. */
// Needs: osmo-stp
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { demands } from './gate-and-stp/demands.js';
import { ipaStage } from './gate-and-stp/ipa.js';
import { CAPTURES, type Rehearsed, rehearse, type Stage } from './gate-and-stp/rehearsal.js';

describe('the gate over IPA, with osmo-stp', () => {
  let stage: Stage;
  let rehearsed: Rehearsed;
  let folder: string;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'angarium-gate-ipa-'));
    stage = await ipaStage(folder);
    rehearsed = await rehearse(stage);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  demands(() => ({ rehearsed, capture: (name) => readFileSync(join(stage.folder, CAPTURES[name])) }));

  it('the gate saw each of its links go down and come back', () => {
    for (const name of stage.stpLinks) {
      const states = rehearsed.gateLog
        .filter(({ link, state }) => link === name && state !== undefined)
        .map(({ state }) => state);
      const first = states.indexOf('active');
      const lost = states.indexOf('down', first);
      assert.ok(first >= 0 && lost > first && states.indexOf('active', lost) > lost, `${name}: ${states.join(', ')}`);
    }
  });
});
