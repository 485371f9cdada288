/** The traffic tool by its command line, against a gate that is started from what the tool writes. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { CLI } from '../kit/program.js';

const RUN_MS = 60_000;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

const simulate = (...args: readonly string[]) =>
  spawnSync(process.execPath, [CLI, 'gate', 'simulate', ...args], { encoding: 'utf8', timeout: RUN_MS });

describe('angarium gate simulate', () => {
  let folder: string;
  let address: string;
  let gate: ChildProcess;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'laboratory-'));
    address = `127.0.0.1:${await freePort()}`;
    const prepared = simulate('--prepare', folder, '--gate', address, '--subscribers', '20');
    assert.equal(prepared.status, 0, prepared.stderr);
    const data = join(folder, 'angarium-gate', 'numbers');
    const imported = spawnSync(process.execPath, [CLI, 'numbers', 'import', join(folder, 'numbers.csv'), '--data', data], {
      encoding: 'utf8',
      timeout: RUN_MS,
    });
    assert.equal(imported.status, 0, imported.stdout + imported.stderr);
    gate = spawn(process.execPath, [CLI, 'gate', 'start', '--config', join(folder, 'gate.toml'), '--json'], { stdio: 'ignore' });
  });
  after(async () => {
    gate.kill('SIGTERM');
    if (gate.exitCode === null) await once(gate, 'exit');
    rmSync(folder, { recursive: true });
  });

  it('writes a configuration that the gate takes', () => {
    const checked = spawnSync(process.execPath, [CLI, 'gate', 'config', 'check', join(folder, 'gate.toml')], {
      encoding: 'utf8',
    });
    assert.equal(checked.status, 0, checked.stdout + checked.stderr);
    assert.match(readFileSync(join(folder, 'numbers.csv'), 'utf8'), /^46700500019,/m);
  });

  it('ends with 0 when every message was treated as it must be, and keeps the evidence', () => {
    const evidence = join(folder, 'evidence');
    const options = ['--gate', address, '--subscribers', '20', '--rate', '100', '--count', '150'];
    const run = simulate(...options, '--seed', '42', '--evidence', evidence, '--allow-congestion', '--json');
    assert.equal(run.status, 0, run.stdout.slice(0, 2_000) + run.stderr);
    const printed = JSON.parse(run.stdout) as { isGood: boolean; ended: number; verdicts: Record<string, number> };
    assert.ok(printed.verdicts['rejected']! > 0 && printed.verdicts['redirected']! > 0);
    assert.equal(printed.isGood, true);
    assert.equal(printed.ended, 150);
    const kept = JSON.parse(readFileSync(join(evidence, 'result.json'), 'utf8')) as Record<string, unknown>;
    assert.deepEqual(kept['result'], JSON.parse(run.stdout));
    assert.match(String(kept['settingsSha256']), /^[0-9a-f]{64}$/);
    assert.equal((JSON.parse(readFileSync(join(evidence, 'settings.json'), 'utf8')) as { seed: number }).seed, 42);
    for (const name of ['capture.pcap', 'tshark.txt']) assert.ok(existsSync(join(evidence, name)), name);

    const replayed = simulate(...options, '--replay', join(evidence, 'capture.pcap'), '--allow-congestion');
    assert.equal(replayed.status, 0, replayed.stdout.slice(-2_000) + replayed.stderr);
    assert.match(replayed.stdout, /150 dialogues/);
  });

  it('ends with 1 when the gate does otherwise than it is said to, and shows the messages', () => {
    const options = ['--gate', address, '--mode', 'monitor', '--subscribers', '20', '--rate', '100', '--count', '60'];
    const run = simulate(...options, '--profile', 'ported-burst');
    assert.equal(run.status, 1);
    assert.match(run.stdout, /wrong-verdict: mo-forwardSM/);
    assert.match(run.stdout, /expected relayed \(14\)\n {2}measured rejected/);
    assert.match(run.stderr, /faults: not every message was treated as it must be/);
  });

  it("goes by the gate's own configuration where it is given that, and by nothing beside it", () => {
    const config = join(folder, 'gate.toml');
    const options = ['--gate', address, '--subscribers', '20', '--rate', '100', '--count', '60', '--profile', 'every-row'];
    const run = simulate(...options, '--config', config, '--allow-congestion');
    assert.equal(run.status, 0, run.stdout.slice(0, 2_000) + run.stderr);
    const monitored = join(folder, 'monitored.toml');
    writeFileSync(monitored, readFileSync(config, 'utf8').replace('mode = "enforce"', 'mode = "monitor"'));
    const other = simulate(...options, '--config', monitored);
    assert.equal(other.status, 1);
    assert.match(other.stdout, /expected relayed \(14\)\n {2}measured rejected/);
    const both = simulate('--config', config, '--mode', 'monitor');
    assert.deepEqual([both.status, /cannot be used with option '--mode/.test(both.stderr)], [2, true]);
  });

  it('lists its profiles, and refuses one that is none', () => {
    const listed = simulate('--list');
    assert.equal(listed.status, 0);
    for (const name of [
      'ported-burst',
      'loop',
      'malformed',
      'segmented',
      'continue-dialogue',
      'dead-IN',
      'flapping-association',
      'closed-window',
    ])
      assert.match(listed.stdout, new RegExp(`^${name} `, 'm'));
    const wrong = simulate('--profile', 'nonsense');
    assert.equal(wrong.status, 2);
    assert.match(wrong.stderr, /there is no profile nonsense: plain, /);
  });

  it('refuses what it cannot read or understand in one line', () => {
    const missing = simulate('--replay', join(folder, 'nothing.pcap'));
    assert.equal(missing.status, 1);
    assert.match(missing.stderr, /nothing\.pcap: cannot be read or written \(ENOENT\)/);
    assert.equal(simulate('--answer', 'nonsense').status, 2);
    assert.equal(simulate('--screened', '99x').status, 2);
  });
});
