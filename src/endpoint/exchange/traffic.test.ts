import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { PlantedFault } from './gate-double.contract.js';
import { SCREENED } from './oracle.js';
import { PROFILE_NAMES, PROFILES, type ProfileName } from './profiles.js';
import type { Fault } from './tally.js';
import { runAgainstDouble } from './traffic-testbed.contract.js';

/** Profiles whose disturbance is a matter of sockets: here their messages only. */
const isSteady = (name: ProfileName): boolean => !('disturbance' in PROFILES[name]);

describe('traffic against a gate that does as it should', () => {
  for (const name of PROFILE_NAMES)
    it(`profile ${name} ends without a fault, in both flows`, () => {
      for (const flow of ['vstp', 'ported-out'] as const) {
        const { tally } = runAgainstDouble({ profile: PROFILES[name], gate: { flow, screened: SCREENED[flow] } });
        const report = tally.report();
        assert.deepEqual(report.mismatches.slice(0, 3), [], `${name} ${flow}`);
        assert.equal(report.ended, 1_000);
        if (isSteady(name)) assert.equal(report.excused, 0);
        assert.ok((report.verdicts.relayed ?? 0) > 0 && (report.verdicts.rejected ?? 0) > 0, JSON.stringify(report.verdicts));
      }
    });
});

describe('a gate with a fault', () => {
  const found = (fault: PlantedFault, profile: ProfileName = 'plain'): Partial<Record<Fault, number>> =>
    runAgainstDouble({ fault, profile: PROFILES[profile] }).tally.report().faults;

  const CASES: readonly (readonly [PlantedFault, Fault, ProfileName?])[] = [
    ['refuses-nobody', 'wrong-verdict'],
    ['refuses-everybody', 'wrong-verdict'],
    ['alters', 'altered'],
    ['alters', 'answer-altered'],
    ['doubles', 'duplicate'],
    ['answers-another-invoke', 'bad-rejection'],
    ['tells-nobody-of-aborts', 'peer-not-aborted', 'continue-dialogue'],
    ['loses-answers', 'answer-lost'],
    ['wrong-place', 'misrouted'],
  ];
  for (const [fault, expected, profile] of CASES)
    it(`that ${fault} is found out: ${expected}`, () => {
      assert.ok((found(fault, profile)[expected] ?? 0) > 0);
    });

  it('is shown with the hex of the message, the row of the table, and both verdicts', () => {
    const [mismatch] = runAgainstDouble({ fault: 'refuses-nobody' }).tally.report().mismatches;
    assert.equal(mismatch?.fault, 'wrong-verdict');
    assert.deepEqual(mismatch?.expected, { row: '14', verdicts: ['rejected'] });
    assert.equal(mismatch?.measured, 'relayed');
    assert.match(mismatch?.hex[0] ?? '', /^(09|11|13)[0-9a-f ]+$/);
  });

  it('that has another flow than the oracle is told is found out', () => {
    const run = (realGate: object) => runAgainstDouble({ profile: PROFILES['every-row'], realGate }).tally.faultCount;
    assert.equal(run({}), 0);
    assert.ok(run({ flow: 'ported-out', screened: SCREENED['ported-out'] }) > 0);
    assert.ok(run({ prepaid: false }) > 0);
    assert.ok(run({ mode: 'monitor' }) > 0);
  });
});

describe('a run', () => {
  const octetsOf = (seed: number): readonly string[] => {
    const sent: string[] = [];
    runAgainstDouble({
      seed,
      count: 300,
      onSent: (place, octets) => sent.push(`${place} ${Buffer.from(octets).toString('hex')}`),
    });
    return sent;
  };

  it('sends the same octets for the same seed, and others for another', () => {
    assert.deepEqual(octetsOf(7), octetsOf(7));
    assert.notDeepEqual(octetsOf(7), octetsOf(8));
  });

  it('holds back what a full link does not take, in order, and loses nothing', () => {
    const { tally } = runAgainstDouble({ link: (place, now) => (place === 'access' && now % 10 < 5 ? 'full' : 'taken') });
    assert.deepEqual(tally.report().mismatches, []);
    assert.equal(tally.ended, 1_000);
    assert.ok(tally.heldBack > 0);
  });

  it('counts what could not be sent, and does not wait for it', () => {
    const { tally } = runAgainstDouble({ link: (place) => (place === 'access' ? 'not-active' : 'taken') });
    const { sent, ended, notSent } = tally.report();
    assert.ok(notSent > 0);
    assert.equal(sent + notSent, 1_000);
    assert.equal(ended, sent);
  });

  it('excuses losses behind the gate while the network is disturbed, and no others', () => {
    // Half of the messages for the service centre vanish: the double sends, the link drops.
    const run = (disturbed: boolean) =>
      runAgainstDouble({
        link: (place, now) => (place === 'centre' && now % 100 < 30 ? 'not-active' : 'taken'),
        isDisturbed: () => disturbed,
      }).tally;
    assert.ok(run(true).excused > 0);
    assert.equal(run(true).faultCount, 0);
    assert.ok(run(false).faultCount > 0);
  });

  it('excuses a refusal that is lost on the way to its sender only where that way was gone', () => {
    const run = (isCutOff: boolean, fault: PlantedFault = 'none') =>
      runAgainstDouble({
        profile: PROFILES['ported-burst'],
        fault,
        // What the exchanges send after a tenth of a second is lost, though it was taken.
        isLost: (place, now) => place === 'access' && now > 100,
        isDisturbed: () => true,
        isCutOff: () => isCutOff,
      }).tally;
    assert.equal(run(true).faultCount, 0);
    assert.ok(run(true).excused > 0);
    assert.ok(run(false).faultCount > 0);
    assert.ok(run(true, 'refuses-nobody').faultCount > 0, 'a leak is a fault whatever was cut');
  });
});

describe('a tool that stood still itself', () => {
  it('reads what came meanwhile before it calls an answer lost', () => {
    // One tick in four comes 800 ms late, four times as long as a message may wait.
    const { tally } = runAgainstDouble({ count: 300, stallEveryMs: 4 });
    assert.deepEqual(tally.report().mismatches, []);
    assert.equal(tally.ended, 300);
  });
});
