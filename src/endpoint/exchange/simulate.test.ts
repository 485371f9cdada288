import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { silentLog } from '#base';
import { decodeM3ua } from '#codec/m3ua';
import { CaptureReader, SignallingReader } from '#codec/mtp';
import { decodeSccp } from '#codec/sccp';
import { type DoubleWish, simulateDouble, startDouble } from './gate-program.contract.js';
import type { ProfileName } from './profiles.js';
import { CannotSimulate, Simulation, type SimulationResult, type SimulationSettings } from './simulate.js';
import { GATE, SUBSCRIBERS } from './traffic-testbed.contract.js';

interface Wish extends DoubleWish {
  readonly settings?: Partial<SimulationSettings>;
}

const simulated = (profile: ProfileName, { settings = {}, ...double }: Wish = {}): Promise<SimulationResult> =>
  simulateDouble({ profile, seed: 5, schedule: { rate: 500, durationMs: 1_000 }, ...settings }, double);

describe('a simulation over TCP', () => {
  it('plays all places over M3UA, and every message comes to the verdict that it must', async () => {
    const result = await simulated('plain');
    assert.deepEqual(result.mismatches, []);
    assert.equal(result.ended, 500);
    assert.ok(result.isGood);
    assert.ok(result.through.count > 0 && result.through.maxMs > 0);
  });

  it('plays them over IPA', async () => {
    const result = await simulated('plain', { conversation: 'ipa' });
    assert.deepEqual(result.mismatches, []);
    assert.ok(result.isGood);
  });

  it('is no good when a message was treated otherwise', async () => {
    const result = await simulated('ported-burst', { fault: 'refuses-nobody' });
    assert.equal(result.isGood, false);
    assert.ok((result.faults['wrong-verdict'] ?? 0) > 0);
  });

  it('goes on while the association of the service centres is lost again and again, and the ported are still refused', async () => {
    const result = await simulated('flapping-association', { settings: { schedule: { rate: 300, durationMs: 3_000 } } });
    assert.deepEqual(result.mismatches, []);
    assert.ok(result.excused + result.notSent > 0, 'nothing was lost: the association was never cut');
    assert.ok(result.isGood);
  });

  it('goes on while the service centres read nothing', async () => {
    const result = await simulated('closed-window', { settings: { schedule: { rate: 300, durationMs: 4_500 } } });
    assert.deepEqual(result.mismatches, []);
    // The window is closed for a second: something waited through the better part of it.
    assert.ok((result.delays.relayed?.maxMs ?? 0) > 500);
  });

  it('runs without IN platforms', async () => {
    const gate = { ...GATE, platforms: 'down-pass' as const };
    const result = await simulated('dead-IN', { settings: { gate } });
    assert.deepEqual(result.mismatches, []);
    assert.ok(result.isGood);
    assert.equal(result.verdicts.redirected ?? 0, 0);
  });

  it('says which places the gate does not take into traffic', async () => {
    const gate = await startDouble(GATE, SUBSCRIBERS);
    await gate.close();
    const simulation = new Simulation(
      {
        profile: 'closed-window',
        seed: 1,
        schedule: { rate: 1, durationMs: 1 },
        inFlightMax: 1,
        timeoutMs: 1,
        gate: GATE,
        places: { centre: { ...gate.places.centre, transport: 'in-process' } },
        subscribers: 1,
      },
      { log: silentLog },
    );
    await assert.rejects(simulation.run(), CannotSimulate);
  });
});

describe('the capture of a simulation', () => {
  it('holds everything sent and received, as M3UA in SCTP that our own reader takes apart', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'exchange-'));
    try {
      const path = join(folder, 'run.pcap');
      const result = await simulated('plain', { settings: { capture: { path, octetsMax: 10_000_000 } } });
      const packets = new CaptureReader().push(readFileSync(path));
      assert.ok(packets.ok);
      const reader = new SignallingReader();
      const messages = packets.value.flatMap((packet) => reader.push(packet));
      assert.equal(messages.length, result.capture?.messages);
      assert.equal(reader.passedOver.size, 0);
      assert.ok(messages.length >= 2 * result.ended);
      for (const { kind, octets } of messages) {
        assert.equal(kind, 'm3ua');
        const decoded = decodeM3ua(octets);
        assert.ok(decoded.ok && decoded.value.kind === 'DATA');
        assert.ok(decodeSccp(decoded.value.protocolData.userData).ok);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('stops at its bound and counts what it left out', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'exchange-'));
    try {
      const path = join(folder, 'run.pcap');
      const result = await simulated('short', { settings: { capture: { path, octetsMax: 20_000 } } });
      assert.ok((result.capture?.leftOut ?? 0) > 0);
      assert.ok(readFileSync(path).length <= 20_000);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
