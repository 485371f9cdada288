import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { simulateDouble } from './gate-program.contract.js';
import { NumberBook } from './number-facts.js';
import { plannedRecords } from './numbers.js';
import { type ReplaySettings, readReplay } from './replay.js';
import type { SimulationResult, SimulationSettings } from './simulate.js';
import { prepared } from './source.js';
import type { Template } from './template.js';
import { GATE, SUBSCRIBERS } from './traffic-testbed.contract.js';

const CORPUS = new URL('../../../test/corpus/ss7/', import.meta.url);
const numbers = new NumberBook(plannedRecords(SUBSCRIBERS));

const simulated = (settings: Partial<SimulationSettings>): Promise<SimulationResult> =>
  simulateDouble({ profile: 'every-row', seed: 3, schedule: { rate: 1_000, durationMs: 400 }, ...settings });

describe('a replay', () => {
  let folder: string;
  let capture: Uint8Array;
  let original: SimulationResult;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'exchange-'));
    const path = join(folder, 'run.pcap');
    original = await simulated({ capture: { path, octetsMax: 10_000_000 } });
    assert.deepEqual(original.mismatches, []);
    capture = readFileSync(path);
  });
  after(() => rmSync(folder, { recursive: true }));

  const templatesOf = (wish: Partial<ReplaySettings> = {}): readonly Template[] => {
    const replay = readReplay([capture], { keepIds: false, numbers, ...wish });
    assert.ok(replay.ok);
    return replay.value.templates;
  };
  const replayed = (templates: readonly Template[]) =>
    simulated({
      schedule: { rate: 1_000, durationMs: 60_000, count: templates.length },
      drafts: templates.map((template) => ({ ...prepared(template, GATE), index: 0 })),
    });

  it('takes every dialogue of a capture once, though it shows them before and behind the gate', () => {
    assert.equal(templatesOf().length, original.sent);
  });

  it('comes to the verdicts of the run that was captured, by what the messages themselves say', async () => {
    const result = await replayed(templatesOf());
    assert.deepEqual(result.mismatches, []);
    assert.deepEqual(result.verdicts, original.verdicts);
    assert.deepEqual(result.rows, original.rows);
  });

  it('comes to them as well with the transaction ids of the capture', async () => {
    const templates = templatesOf({ keepIds: true });
    assert.equal(new Set(templates.map(({ keptId }) => keptId)).size, templates.length);
    const result = await replayed(templates);
    assert.deepEqual(result.mismatches, []);
    assert.deepEqual(result.verdicts, original.verdicts);
  });

  it('finds the difference when the numbers are not those of the gate', async () => {
    const templates = templatesOf({ numbers: new NumberBook([]) });
    const result = await replayed(templates);
    assert.ok((result.faults['wrong-verdict'] ?? 0) > 0);
  });

  it('takes Begins out of captures of other nodes, and says what it leaves', () => {
    let taken = 0;
    for (const name of [
      'generated-map-sccp.pcap',
      'ipa-sccplite-osmostp-tcp.pcap',
      'pcapr-2.pcap',
      'pcapr-3.pcap',
      'pcapr-5.pcap',
    ]) {
      const replay = readReplay([readFileSync(new URL(name, CORPUS))], { keepIds: false, numbers });
      assert.ok(replay.ok, name);
      taken += replay.value.templates.length;
      assert.ok(replay.value.templates.length > 0 || Object.keys(replay.value.leftOut).length > 0, name);
    }
    assert.ok(taken > 10);
  });

  it('refuses what is no capture', () => {
    const replay = readReplay([Uint8Array.from({ length: 64 }, () => 0x55)], { keepIds: false, numbers });
    assert.equal(replay.ok, false);
  });
});
