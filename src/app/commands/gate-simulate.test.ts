/** The traffic tool against the gate itself: by the configuration and the numbers that the tool writes, in this process, over TCP. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { silentLog } from '#base';
import {
  type GateSettings,
  gateFile,
  NETWORK,
  type PlaceSettings,
  PROFILE_NAMES,
  PROFILES,
  type ProfileName,
  plannedRecords,
  SCREENED,
  Simulation,
  type SimulationResult,
  type SimulationSettings,
} from '#endpoint/exchange';
import { MemoryNumbers, type NumberChange, type NumberRecord } from '#portability';
import { parseGateConfig } from '../gate/config-file.js';
import { toAssociationSettings } from '../gate/config-links.js';
import { toGateBounds } from '../gate/config-parts.js';
import { createCore } from '../gate/core.js';
import { GateNode } from '../gate/node.js';

const SUBSCRIBERS = 200;
const GATE: GateSettings = {
  flow: 'vstp',
  mode: 'enforce',
  prepaid: true,
  portability: true,
  recipientPrepaid: false,
  screened: SCREENED.vstp,
  platforms: 'up',
};

async function numbers(): Promise<MemoryNumbers> {
  const changes: NumberChange[] = [];
  for (const { first, last, portabilityType, entity, routingNumber = '' } of plannedRecords(SUBSCRIBERS)) {
    const record: NumberRecord = {
      portabilityType,
      entity: entity === 'rn' ? { kind: entity, routingNumber } : { kind: entity },
    };
    if (first === last) changes.push({ kind: 'set-number', number: Number(first), record });
    else changes.push({ kind: 'set-range', first: Number(first), last: Number(last), record });
  }
  const stored = new MemoryNumbers();
  const applied = await stored.apply(changes);
  assert.ok(applied.ok);
  return stored;
}

function must<T, E>(result: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: E }): T {
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

interface RunningGate {
  readonly place: PlaceSettings;
  close(): Promise<void>;
}

/** Opens a gate by the configuration that `--prepare` writes. */
async function openGate(gate: GateSettings, protocol: 'm3ua' | 'ipa' = 'm3ua', answer?: string): Promise<RunningGate> {
  const written = gateFile({ gate, network: NETWORK, protocol, transport: 'tcp', address: '127.0.0.1', port: 0 });
  const text = answer === undefined ? written : `${written}\n[screening.answers]\nhome-smsc = "${answer}"\n`;
  const file = must(parseGateConfig(text, 'gate.toml'));
  assert.deepEqual(file.warnings, []);
  const core = must(createCore(file, { numbers: { lookup: await numbers() } }));
  const { config } = file;
  const node = must(
    GateNode.create(toAssociationSettings(config), core, toGateBounds(config), { log: silentLog, now: Date.now }),
  );
  must(await node.start());
  const { address, port } = node.associations.listening.get('laboratory')!;
  return {
    place: { conversation: protocol, transport: 'tcp', addresses: [address], port },
    close: () => node.stop(0),
  };
}

async function simulated(
  profile: ProfileName,
  gate: Partial<GateSettings> = {},
  more: Partial<SimulationSettings> & { readonly protocol?: 'm3ua' | 'ipa'; readonly answer?: string } = {},
): Promise<SimulationResult> {
  const { protocol, answer, ...settings } = more;
  const asked = { ...GATE, ...('platformsDown' in PROFILES[profile] ? { platforms: 'down-pass' as const } : {}), ...gate };
  const { place, close } = await openGate(asked, protocol, answer);
  try {
    return await new Simulation(
      {
        profile,
        seed: 11,
        schedule: { rate: 500, durationMs: 1_000 },
        inFlightMax: 1_000,
        timeoutMs: 3_000,
        gate: asked,
        places: { access: place, centre: place, platform: place },
        subscribers: SUBSCRIBERS,
        ...settings,
      },
      { log: silentLog },
    ).run();
  } finally {
    await close();
  }
}

const isDisturbed = (profile: ProfileName): boolean => 'disturbance' in PROFILES[profile];

describe('angarium gate simulate against the gate', () => {
  for (const profile of PROFILE_NAMES)
    it(`profile ${profile}: every message comes to the verdict of the table`, async () => {
      const schedule = isDisturbed(profile) ? { rate: 300, durationMs: 3_500 } : { rate: 1_000, durationMs: 1_000 };
      const result = await simulated(profile, {}, { schedule });
      assert.deepEqual(result.mismatches.slice(0, 3), []);
      assert.ok(result.isGood);
      assert.ok((result.verdicts.rejected ?? 0) > 0);
    });

  it('flow ported-out: every row of its order', async () => {
    const result = await simulated('every-row', { flow: 'ported-out', screened: SCREENED['ported-out'] });
    assert.deepEqual(result.mismatches.slice(0, 3), []);
  });

  for (const gate of [
    { prepaid: false },
    { portability: false },
    { recipientPrepaid: true },
    { mode: 'monitor' },
    { mode: 'sample' },
  ] as const)
    it(`settings ${JSON.stringify(gate)}: every row`, async () => {
      const result = await simulated('every-row', gate);
      assert.deepEqual(result.mismatches.slice(0, 3), []);
      assert.ok(result.isGood);
    });

  it('with recipients asked for: messages to prepaid recipients are redirected, from senders who are not prepaid', async () => {
    const { rows } = await simulated('every-row', { recipientPrepaid: true });
    const byRecipient = Object.entries(rows).filter(([row]) => row.endsWith(' recipient'));
    assert.ok(byRecipient.length >= 3, Object.keys(rows).join());
    for (const [row, counts] of byRecipient) assert.deepEqual(Object.keys(counts ?? {}), ['redirected'], row);
  });

  it('without platforms: prepaid senders are refused where the settings say so, and phones are asked to try again', async () => {
    const result = await simulated('dead-IN', { platforms: 'down-refuse' });
    assert.deepEqual(result.mismatches.slice(0, 3), []);
    assert.ok((result.rows['11']?.rejected ?? 0) > 0);
  });

  for (const [answer, refusal] of [
    ['udts 7', { kind: 'returned', cause: 7 }],
    ['silent-discard', { kind: 'silence' }],
    ['ack-and-drop', { kind: 'result' }],
    ['systemFailure', { kind: 'error', error: 'systemFailure' }],
  ] as const)
    it(`answer ${answer}: a refused message ends as that says`, async () => {
      const result = await simulated('every-row', {}, { refusal, answer });
      assert.deepEqual(result.mismatches.slice(0, 3), []);
      assert.ok((result.verdicts.rejected ?? 0) > 0);
    });

  it('over IPA', async () => {
    const result = await simulated('every-row', {}, { protocol: 'ipa' });
    assert.deepEqual(result.mismatches.slice(0, 3), []);
  });

  it('a platform that charges and sends on: the message comes to its service centre, and the answer back', async () => {
    const result = await simulated('dead-IN', { platforms: 'up' }, { profile: 'plain', platform: 'forward' });
    assert.deepEqual(result.mismatches.slice(0, 3), []);
    assert.ok((result.verdicts.redirected ?? 0) > 0);
  });
});
