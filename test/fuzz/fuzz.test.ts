/** The fuzzer itself: it finds the faults that are planted for it, and what it found before stays mended. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readCases } from './cases.js';
import { type FuzzResult, fuzz, Prober } from './supervise.js';
import { TARGETS } from './targets/index.js';

const CASES = fileURLToPath(new URL('../../../test/corpus/fuzz-findings', import.meta.url));
const WORKER = new URL('./worker.js', import.meta.url);
const PLANTED_WORKER = new URL('./planted/worker.js', import.meta.url);
/** So that a planted endless loop does not cost seconds; elsewhere the limit is longer. Unit: ms. */
const HANG_MS = 250;
/** Inputs of the short form. */
const INPUTS = 4_000;
/** Far more than they take, so that a busy machine only makes it slower. Unit: ms. */
const TIME_MS = 150_000;

/** Of the planted targets, which are quick. */
const PLANTED_INPUTS = 10_000;

const inPlanted = (target: string, seed: number, hangMs?: number): Promise<FuzzResult> =>
  fuzz({
    worker: PLANTED_WORKER,
    target,
    seed,
    inputs: PLANTED_INPUTS,
    time: TIME_MS,
    ...(hangMs === undefined ? {} : { hangMs }),
  });

describe('the fuzzer', () => {
  it('finds nothing in a decoder without fault, and runs as many inputs as it was told', async () => {
    const result = await inPlanted('sound', 1);
    assert.deepEqual(result.findings, []);
    assert.ok(result.inputs >= PLANTED_INPUTS);
  });

  it('finds a decoder that throws another error on one octet, and leaves little but that octet of the input', async () => {
    const { findings } = await inPlanted('throws', 1);
    assert.deepEqual(
      findings.map(({ outcome }) => outcome.kind),
      ['throws'],
    );
    assert.match(findings[0]!.outcome.signature, /^TypeError: /);
    assert.equal(Buffer.from(findings[0]!.octets).toString('hex').slice(-2), '9b');
    assert.equal(findings[0]!.octets.length, 3);
  });

  it('ends a decoder that loops without end on one length, and knows the input', async () => {
    const { findings } = await inPlanted('loops', 1, HANG_MS);
    assert.deepEqual(
      findings.map(({ outcome, octets }) => [outcome.kind, octets.length, octets[0]]),
      [['hangs', 2, 0x1f]],
    );
  });

  it('finds a decoder that allocates on the word of a length', async () => {
    const { findings } = await inPlanted('allocates', 1);
    assert.deepEqual(
      findings.map(({ outcome, octets }) => [outcome.kind, octets.length, octets[1]]),
      [['memory', 2, 7]],
    );
    assert.ok(findings[0]!.octets[0]! > 0x80);
  });

  it('finds a promise that is not kept, by its name', async () => {
    const { findings } = await inPlanted('departs', 1);
    assert.deepEqual(
      findings.map(({ outcome }) => [outcome.kind, outcome.signature]),
      [['departs', 'the body is as long as was said']],
    );
  });

  it('finds an input that ends the process', async () => {
    const { findings } = await inPlanted('dies', 1);
    assert.deepEqual(
      findings.map(({ outcome, octets }) => [outcome.kind, octets.length, octets[1]]),
      [['crashes', 8, 0xfe]],
    );
  });

  it('finds what inputs together leave behind', async () => {
    const { findings } = await fuzz({
      worker: PLANTED_WORKER,
      target: 'keeps',
      seed: 1,
      inputs: 12_000,
      time: TIME_MS,
      guided: false,
    });
    assert.deepEqual(
      findings.map(({ outcome }) => outcome.signature),
      ['retained'],
    );
  });

  it('makes the same inputs from the same seed', async () => {
    const [one, two] = [await inPlanted('throws', 7), await inPlanted('throws', 7)];
    assert.equal(one.findings[0]?.foundOctets, two.findings[0]?.foundOctets);
  });
});

describe('the codecs under the fuzzer', () => {
  const cases = readCases(CASES);
  for (const { name, about } of TARGETS) {
    it(`reads ${INPUTS} inputs of ${name} (${about}) and finds nothing new`, async () => {
      const known = new Set(cases.filter((one) => one.open !== undefined && one.target === name).map((one) => one.signature));
      const { findings, inputs } = await fuzz({
        worker: WORKER,
        target: name,
        seed: 20,
        inputs: INPUTS,
        time: TIME_MS,
        guided: false,
        known,
      });
      assert.deepEqual(
        findings.map(({ octets, outcome }) => `${outcome.signature}: ${Buffer.from(octets).toString('hex')}`),
        [],
      );
      assert.ok(inputs >= INPUTS);
    });

    const own = cases.filter((one) => one.target === name);
    if (own.length > 0)
      it(`holds ${own.length} former findings of ${name} mended, and those marked open still open`, async () => {
        const prober = new Prober(WORKER, name);
        try {
          for (const one of own) {
            const outcome = await prober.probe(one.octets);
            if (one.open === undefined) assert.equal(outcome, undefined, `${one.file}: ${outcome?.detail}`);
            else assert.equal(outcome?.signature, one.signature, `${one.file}: mended? then its line "open" goes`);
          }
        } finally {
          prober.close();
        }
      });
  }

  it('has a target for every case', () => {
    const names = new Set(TARGETS.map(({ name }) => name));
    assert.deepEqual(
      cases.filter(({ target }) => !names.has(target)).map(({ file }) => file),
      [],
    );
  });
});
