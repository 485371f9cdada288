/** The whole gate program over IPA, with osmo-stp between it and exchanges, service centres and IN platforms. */
// Needs: osmo-stp
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
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

  demands(() => ({ rehearsed, stpLinks: stage.stpLinks, capture: (name) => readFileSync(join(stage.folder, CAPTURES[name])) }));
});
