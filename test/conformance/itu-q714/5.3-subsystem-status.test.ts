/** ITU-T Q.714, clause 5: management of subsystem status, as far as a relay takes part. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ManagementKind } from '#codec/sccp';
import { Subsystems } from '#protocol/routing';

const US = 1;
const HLR = 0x123;
const node = (): Subsystems => new Subsystems([{ ni: 0, variant: 'itu', own: [US], subsystems: [8] }]);
const word = (of: Subsystems, kind: ManagementKind, affectedSsn: number, affectedPointCode = HLR, now = 0) =>
  of.receive(0, HLR, { kind, affectedSsn, affectedPointCode, multiplicity: 0 }, now);

describe('ITU-T Q.714, 5: subsystem status', () => {
  it('5.2.3: a node that can be reached again has all its subsystems allowed', () => {
    const subsystems = node();
    word(subsystems, 'SSP', 6);
    word(subsystems, 'SSP', 7);
    subsystems.resumed(0, HLR);
    assert.ok(subsystems.isAllClear);
  });

  it('5.3.2: a subsystem that is said to be prohibited (SSP) is', () => {
    const subsystems = node();
    word(subsystems, 'SSP', 6);
    assert.equal(subsystems.stateOf(0, HLR, 6), 'prohibited');
  });

  it('5.3.3: a subsystem that is said to be allowed (SSA) is', () => {
    const subsystems = node();
    word(subsystems, 'SSP', 6);
    word(subsystems, 'SSA', 6);
    assert.equal(subsystems.stateOf(0, HLR, 6), 'allowed');
  });

  it('5.3.4: a prohibited subsystem is tested (SST) after 30 s, and each time after twice as long, 10 min at the most', () => {
    const subsystems = node();
    word(subsystems, 'SSP', 6);
    const at: number[] = [];
    for (let second = 0; second <= 3000; second++) if (subsystems.wake(second * 1000).length > 0) at.push(second);
    assert.deepEqual(at, [30, 90, 210, 450, 930, 1530, 2130, 2730]);
  });

  it('5.3.4: a test of a subsystem that we serve is answered with SSA, a test of any other with nothing', () => {
    assert.deepEqual(word(node(), 'SST', 8, US), [
      { kind: 'send', ni: 0, pointCode: HLR, message: { kind: 'SSA', affectedSsn: 8, affectedPointCode: US, multiplicity: 0 } },
    ]);
    assert.deepEqual(word(node(), 'SST', 6, US), []);
  });

  it('5.3.4: a node whose SCCP does not answer is tested as a whole, with SSN 1', () => {
    const subsystems = node();
    subsystems.userPartUnavailable(0, HLR, 'inaccessible', 0);
    const [test] = subsystems.wake(30_000);
    assert.ok(test?.kind === 'send' && test.message.kind === 'SST' && test.message.affectedSsn === 1);
  });
});
