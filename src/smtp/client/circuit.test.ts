/** When a destination is tried. Probes come by short real timers; nothing is said of how soon. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Circuit } from './circuit.js';

interface Bed {
  readonly circuit: Circuit;
  readonly states: string[];
  /** Resolves when the circuit has come to this state. */
  until(state: string): Promise<void>;
  /** Of the probes that come: whether they come through. */
  answers: boolean;
  probes: number;
}

function make(): Bed {
  const states: string[] = [];
  let wake = (): void => {};
  const bed: Bed = {
    circuit: new Circuit(
      { heloName: 'a', troublesMax: 2, probeFirstMs: 20, probeMostMs: 40 },
      {
        now: () => 0,
        random: () => 0,
        async probe() {
          bed.probes++;
          if (!bed.answers) throw new Error('no answer');
        },
        changed(state) {
          states.push(state);
          wake();
        },
      },
    ),
    states,
    async until(state) {
      // The timers of a circuit keep no process alive; this one does.
      const alive = setInterval(() => {}, 1_000);
      while (states.at(-1) !== state)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      clearInterval(alive);
    },
    answers: false,
    probes: 0,
  };
  return bed;
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('Circuit', () => {
  it('opens after troubles in a row, and not while dialogues come to their end between them', () => {
    const { circuit, states } = make();
    for (let i = 0; i < 3; i++) {
      circuit.trouble();
      circuit.well();
    }
    assert.deepEqual([circuit.state, states], ['closed', []]);
    circuit.trouble();
    circuit.trouble();
    assert.deepEqual([circuit.state, circuit.admits(), circuit.nextProbeAt], ['open', false, 20]);
    circuit.close();
  });

  it('probes again and again, less and less often, until a probe comes through', async () => {
    const bed = make();
    bed.circuit.trouble();
    bed.circuit.trouble();
    await bed.until('probing');
    await bed.until('open');
    assert.equal(bed.circuit.nextProbeAt, 40);
    await bed.until('probing');
    await bed.until('open');
    assert.equal(bed.circuit.nextProbeAt, 40, 'not beyond the longest');
    assert.ok(bed.probes >= 2);
    bed.circuit.close();
  });

  it('lets one mail go when a probe has come through, and closes when its dialogue has come to its end', async () => {
    const bed = make();
    bed.answers = true;
    bed.circuit.trouble();
    bed.circuit.trouble();
    await bed.until('probing');
    await turn();
    assert.deepEqual([bed.circuit.admits(), bed.circuit.admits()], [true, false]);
    bed.circuit.well();
    assert.deepEqual([bed.circuit.state, bed.circuit.admits(), bed.circuit.openSince], ['closed', true, undefined]);
  });

  it('opens again when the trial gets into trouble: a server that greets may stall in DATA', async () => {
    const bed = make();
    bed.answers = true;
    bed.circuit.trouble();
    bed.circuit.trouble();
    await bed.until('probing');
    await turn();
    assert.equal(bed.circuit.admits(), true);
    bed.circuit.trouble();
    assert.equal(bed.circuit.state, 'open');
    bed.circuit.close();
  });
});
