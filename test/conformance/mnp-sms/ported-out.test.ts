/** Flow ported-out: its order, step for step, and all combinations of the decision table's inputs. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Decision, NumberRecord } from '#portability';
import { COMBINATIONS, type Combination, gatesOf, outcomeOf, recordsOf } from './combinations.js';
import { FOREIGN, HOME, NOW, PLATFORM, RECIPIENT, record, SENDER, submission, title, withPrepaid, worldOf } from './world.js';

/** Who left, as this flow sees it: written down from the prose, type by type and entity by entity. */
const LEFT = ['1 none', '1 sp', '1 rn', '0 rn', '36 rn'];
const hasLeft = ({ portabilityType, entity }: NumberRecord): boolean => LEFT.includes(`${portabilityType} ${entity.kind}`);

/** First that holds. */
const EXPECTED: readonly [
  when: (one: Combination, sender: NumberRecord) => boolean,
  place: Decision['place'],
  verdict: Decision['verdict'],
][] = [
  [({ selected }) => !selected, 'step 1', 'pass'],
  [({ moFsm }) => !moFsm, 'step 3', 'pass'],
  [({ fromIn }) => fromIn, 'step 5', 'pass'],
  [({ check, stored, home }, sender) => check && stored && hasLeft(sender) && home, 'step 7', 'reject'],
  [({ prepaid, stored, type }) => prepaid && stored && type === 'P', 'step 8', 'redirect'],
  [() => true, 'step 11', 'pass'],
];

const LEAVER = { [SENDER]: record(1, { kind: 'rn', routingNumber: 'D123' }) };

describe('Portability check for MO SMS: flow ported-out', () => {
  it('all 384 combinations of the inputs end at the step, and in the way, that the order says', () => {
    const gate = gatesOf('ported-out');
    const met = new Set<string>();
    for (const one of COMBINATIONS) {
      for (const sender of recordsOf(one.type)) {
        const decision = outcomeOf(gate(one.prepaid, one.check), one, sender);
        const [, place, verdict] = EXPECTED.find(([when]) => when(one, sender))!;
        assert.deepEqual([decision.place, decision.verdict], [place, verdict], JSON.stringify({ one, sender }));
        met.add(place);
      }
    }
    assert.equal(met.size, EXPECTED.length);
  });

  it('step 1: a message that no selector matches passes', () => {
    const { screening } = worldOf({ flow: 'ported-out' });
    const called = title(HOME, { translationType: 9 });
    assert.equal(screening.select(called), undefined);
    assert.equal(screening.explain({ kind: 'not-mo-ForwardSM', called }, NOW).decision.place, 'step 1');
  });

  it('step 2: a selected message that cannot be decoded passes', () => {
    const { screening } = worldOf({ flow: 'ported-out' });
    const decision = screening.passOver(screening.select(title(HOME))!, { kind: 'undecodable', why: 'no TCAP' }, NOW);
    assert.deepEqual([decision.place, decision.action, decision.reason], ['step 2', 'pass', 'undecodable']);
  });

  it('step 3: a selected message that is no MO-ForwardSM passes', () => {
    const { screening } = worldOf({ flow: 'ported-out' });
    const decision = screening.passOver(screening.select(title(HOME))!, { kind: 'not-mo-ForwardSM' }, NOW);
    assert.deepEqual([decision.place, decision.action], ['step 3', 'pass']);
  });

  it('step 4: a sender without an international number passes, before anything else is asked', () => {
    const world = worldOf({ flow: 'ported-out' }, LEAVER);
    const decision = world.decide({ sender: { nature: 'international', digits: '*21#' } });
    assert.deepEqual([decision.place, decision.action], ['step 4', 'pass']);
    assert.deepEqual(world.numbers.asked, []);
  });

  it('step 5: a message from an IN platform passes, with PPSMS off as well, where flow vstp would reject it', () => {
    for (const on of [true, false]) {
      const world = worldOf({ flow: 'ported-out', prepaid: withPrepaid(on)! }, LEAVER);
      assert.equal(world.decide({ calling: title(PLATFORM) }).place, 'step 5');
    }
    const vstp = worldOf({ prepaid: withPrepaid(false)! }, LEAVER);
    assert.equal(vstp.decide({ calling: title(PLATFORM) }).verdict, 'reject');
  });

  it('step 6: a store that does not answer ends the matter as the selector says', () => {
    for (const [whenNumbersUnavailable, verdict] of [
      ['pass', 'pass'],
      ['refuse', 'reject'],
    ] as const) {
      const world = worldOf({ flow: 'ported-out', whenNumbersUnavailable }, LEAVER);
      world.numbers.state = 'damaged';
      assert.deepEqual([world.decide().place, world.decide().verdict], ['step 6', verdict]);
    }
  });

  it('step 6: nothing is looked up while PPSMS and MNP SMS are off, so that a store that is down stops nobody', () => {
    const off = { portabilityCheck: false, prepaid: withPrepaid(false)! };
    const world = worldOf({ flow: 'ported-out', whenNumbersUnavailable: 'refuse', ...off }, LEAVER);
    assert.equal(world.decide().place, 'step 11');
    assert.deepEqual(world.numbers.asked, []);
    world.numbers.state = 'missing';
    assert.equal(world.decide().action, 'pass');
  });

  it('step 7: a sender who left is rejected at a home SMSC, and passes at a foreign one', () => {
    const world = worldOf({ flow: 'ported-out' }, LEAVER);
    assert.deepEqual([world.decide().place, world.decide().action], ['step 7', 'reject']);
    assert.equal(world.decide({ called: title(FOREIGN) }).place, 'step 11');
  });

  it('step 7: by setting, a sender who left is rejected as well when SM-RP-DA is a home SMSC', () => {
    const disguised = { called: title(FOREIGN), serviceCentre: { nature: 'national' as const, digits: HOME.slice(2) } };
    for (const [serviceCentre, place] of [
      ['ignore', 'step 11'],
      ['report', 'step 11'],
      ['screen', 'step 7'],
    ] as const) {
      const decision = worldOf({ flow: 'ported-out', serviceCentre }, LEAVER).decide(disguised);
      assert.equal(decision.place, place);
      if (place === 'step 7') assert.deepEqual([decision.rule, decision.reason], ['service-centre', 'ported-asks-home-smsc']);
    }
  });

  it('step 7: types 0 and 36 are screened with a routing number of another network only, type 2 when it is written out', () => {
    const own = worldOf({ flow: 'ported-out' }, { [SENDER]: record(36, { kind: 'sp' }) });
    assert.equal(own.decide().action, 'pass');
    const foreign = { [SENDER]: record(2, { kind: 'rn', routingNumber: 'D9' }) };
    assert.equal(worldOf({ flow: 'ported-out' }, foreign).decide().action, 'pass');
    const written = worldOf({ flow: 'ported-out', screenedTypes: [{ portabilityType: 2 }] }, foreign);
    assert.equal(written.decide().action, 'reject');
  });

  it('step 8: a prepaid sender is redirected', () => {
    const decision = worldOf({ flow: 'ported-out' }, { [SENDER]: record(7) }).decide();
    assert.deepEqual([decision.place, decision.relay?.prepaidType, decision.relay?.party], ['step 8', 4, 'sender']);
  });

  it('step 9: a message to a prepaid recipient is redirected, unless its sender is prepaid or is rejected', () => {
    const prepaid = withPrepaid(true, { recipients: true })!;
    const recipient = () => ({ nature: 'international' as const, digits: RECIPIENT });
    const run = (records: Readonly<Record<string, NumberRecord>>) =>
      worldOf({ flow: 'ported-out', prepaid }, { ...records, [RECIPIENT]: record(4) }).decide({ recipient });
    assert.deepEqual([run({}).place, run({}).relay?.party, run({}).relay?.prepaidType], ['step 9', 'recipient', 2]);
    assert.deepEqual([run({ [SENDER]: record(3) }).place, run({ [SENDER]: record(3) }).relay?.party], ['step 8', 'sender']);
    assert.equal(run({}).reason, 'recipient-prepaid');
    assert.equal(run(LEAVER).place, 'step 7');
    const unasked = worldOf({ flow: 'ported-out' }, { [RECIPIENT]: record(4) }).decide({ recipient });
    assert.equal(unasked.place, 'step 11');
  });

  it('step 10 and step 11: what is left goes on to translation, and the trace says that step 10 is not built', () => {
    const { screening } = worldOf({ flow: 'ported-out' });
    const trace = screening.explain({ kind: 'mo-ForwardSM', submission: submission() }, NOW);
    assert.equal(trace.decision.place, 'step 11');
    assert.deepEqual(
      trace.steps.filter(({ step }) => step === 'not-built').map(({ clause }) => clause),
      [10],
    );
  });
});
