import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LIMITS } from '#base';
import { decodeManagement, decodeSccp, encodeManagement, type SccpManagement } from '#codec/sccp';
import { HLR, nodeWith, SPEC, STP, to, US, viewOf } from './samples.contract.js';
import { type SubsystemOutput, Subsystems } from './subsystems.js';

const word = (
  kind: SccpManagement['kind'],
  affectedSsn: number,
  affectedPointCode = HLR,
  congestionLevel?: number,
): SccpManagement => ({
  kind,
  affectedSsn,
  affectedPointCode,
  multiplicity: 0,
  ...(congestionLevel === undefined ? {} : { congestionLevel }),
});
const said = (outputs: readonly SubsystemOutput[]): string[] =>
  outputs.map((it) =>
    it.kind === 'send'
      ? `${it.message.kind} ${it.message.affectedSsn} of ${it.message.affectedPointCode} to ${it.pointCode}`
      : it.kind === 'changed'
        ? `${it.pointCode} ${it.ssn} ${it.before}>${it.state}`
        : `ignored ${it.pointCode} ${it.ssn}`,
  );

describe('subsystems of other nodes', () => {
  const node = (): Subsystems => new Subsystems(SPEC.networks);
  const heard = (of: Subsystems, message: SccpManagement, now = 0): string[] => said(of.receive(0, STP, message, now));

  it('are allowed until they say that they are prohibited, and again when they say so; a repeated word changes nothing', () => {
    const subsystems = node();
    assert.equal(subsystems.stateOf(0, HLR, 6), 'allowed');
    assert.deepEqual(heard(subsystems, word('SSP', 6)), ['100 6 allowed>prohibited']);
    assert.deepEqual(heard(subsystems, word('SSP', 6)), []);
    assert.deepEqual(
      [subsystems.stateOf(0, HLR, 6), subsystems.stateOf(0, HLR, 7), subsystems.stateOf(2, HLR, 6)],
      ['prohibited', 'allowed', 'allowed'],
    );
    assert.deepEqual(heard(subsystems, word('SSA', 6)), ['100 6 prohibited>allowed']);
    assert.deepEqual(heard(subsystems, word('SSA', 6)), []);
    assert.ok(subsystems.isAllClear);
  });

  it('are tested, and forgotten as congested, in their time after the clock was set back', () => {
    const subsystems = node();
    heard(subsystems, word('SSP', 6), 3_600_000);
    heard(subsystems, word('SSC', 7, HLR, 3), 3_600_000);
    assert.deepEqual(said(subsystems.wake(3_601_000)), []);
    assert.deepEqual(said(subsystems.wake(1_000)).sort(), ['100 7 congested>allowed', 'SST 6 of 100 to 100']);
    assert.deepEqual(said(subsystems.wake(2_000)), []);
  });

  it('are tested while they are prohibited, each time after twice as long, up to the longest', () => {
    const subsystems = node();
    heard(subsystems, word('SSP', 6), 1000);
    const times: number[] = [];
    for (let now = 0; now < 3_600_000; now += 1000)
      for (const it of said(subsystems.wake(now))) {
        assert.equal(it, 'SST 6 of 100 to 100');
        times.push((now - 1000) / 1000);
      }
    const gaps = times.map((it, i) => it - (times[i - 1] ?? 0));
    assert.deepEqual(gaps.slice(0, 6), [30, 60, 120, 240, 480, 600]);
    assert.equal(gaps.at(-1), LIMITS.sccpStatusTestMaxMs / 1000);
  });

  it('that say again that they are prohibited are not tested later for it', () => {
    const subsystems = node();
    heard(subsystems, word('SSP', 6), 0);
    for (let now = 0; now < 30_000; now += 5000) heard(subsystems, word('SSP', 6), now);
    assert.deepEqual(said(subsystems.wake(30_000)), ['SST 6 of 100 to 100']);
    heard(subsystems, word('SSP', 6), 31_000);
    assert.deepEqual(said(subsystems.wake(90_000)), ['SST 6 of 100 to 100']);
    assert.deepEqual(said(subsystems.wake(150_000)), [], 'nor sooner');
    assert.deepEqual(said(subsystems.wake(210_000)), ['SST 6 of 100 to 100']);
  });

  it('are all out when their SCCP is, and back when it answers its test', () => {
    const subsystems = node();
    assert.deepEqual(said(subsystems.userPartUnavailable(0, HLR, 'unknown', 0)), ['100 1 allowed>prohibited']);
    heard(subsystems, word('SSP', 7));
    assert.equal(subsystems.stateOf(0, HLR, 6), 'prohibited');
    assert.ok(said(subsystems.wake(30_000)).includes('SST 1 of 100 to 100'));
    assert.deepEqual(heard(subsystems, word('SSA', 1)), ['100 1 prohibited>allowed', '100 7 prohibited>allowed']);
  });

  it('are congested as long as they keep saying so', () => {
    const subsystems = node();
    assert.deepEqual(heard(subsystems, word('SSC', 6, HLR, 5), 0), ['100 6 allowed>congested']);
    assert.equal(subsystems.congestionOf(0, HLR, 6), 5);
    heard(subsystems, word('SSC', 6, HLR, 7), 8000);
    assert.equal(subsystems.congestionOf(0, HLR, 6), 7);
    assert.deepEqual(said(subsystems.wake(17_999)), []);
    assert.deepEqual(said(subsystems.wake(18_000)), ['100 6 congested>allowed']);
    heard(subsystems, word('SSC', 6, HLR, 1), 0);
    assert.deepEqual(heard(subsystems, word('SSC', 6, HLR, 0), 1), ['100 6 congested>allowed']);
  });

  it('that ask after ours are told of those that we serve, and nothing of others', () => {
    const subsystems = node();
    assert.deepEqual(heard(subsystems, word('SST', 8, US)), [`SSA 8 of 1 to ${STP}`]);
    assert.deepEqual(heard(subsystems, word('SST', 1, 2)), [`SSA 1 of 2 to ${STP}`]);
    for (const it of [word('SST', 6, US), word('SST', 8, HLR), word('SOR', 8, US), word('SOG', 8, US)])
      assert.deepEqual(heard(subsystems, it), []);
    assert.deepEqual(said(subsystems.receive(1, STP, word('SST', 8, US), 0)), [], 'a network that we are not part of');
  });

  it('are kept up to a limit; the rest is counted and counts as allowed', () => {
    const subsystems = node();
    for (let i = 0; i < LIMITS.sccpSubsystemsMax; i++) subsystems.receive(0, STP, word('SSP', i % 256, Math.floor(i / 256)), 0);
    assert.deepEqual(heard(subsystems, word('SSP', 6, 9999)), ['ignored 9999 6']);
    assert.equal(subsystems.stateOf(0, 9999, 6), 'allowed');
    assert.equal(subsystems.states().length, LIMITS.sccpSubsystemsMax);
  });
});

describe('subsystems and routes together', () => {
  const LABEL = { ni: 0, opc: HLR, dpc: US, sls: 0, link: 'stp' };
  const unit = (data: Uint8Array) =>
    viewOf({
      kind: 'UDT',
      protocolClass: 0,
      returnOnError: false,
      called: { routeOn: 'ssn', ssn: 1 },
      calling: { routeOn: 'ssn', ssn: 1 },
      data,
    });

  it('a management message is taken from its unit data; one that cannot be read changes nothing', () => {
    const node = nodeWith([{ digits: '', action: to(HLR) }]);
    assert.deepEqual(said(node.manage(LABEL, unit(encodeManagement(word('SSP', 8))), 0)), ['100 8 allowed>prohibited']);
    for (const data of [[], [1], [99, 8, 100, 0, 0]]) assert.deepEqual(node.manage(LABEL, unit(Uint8Array.from(data)), 0), []);
  });

  it('ours goes out as a UDT from management to management', () => {
    const node = nodeWith([]);
    const [output] = node.manage(LABEL, unit(encodeManagement(word('SST', 8, US))), 0);
    const transfer = node.managementTransfer(output!);
    assert.ok(transfer !== undefined);
    assert.deepEqual([transfer.opc, transfer.dpc, transfer.link], [US, HLR, 'stp']);
    const message = decodeSccp(transfer.octets);
    assert.ok(message.ok && message.value.kind === 'UDT');
    assert.deepEqual([message.value.called.ssn, message.value.calling.ssn, message.value.protocolClass], [1, 1, 0]);
    const management = decodeManagement(message.value.data);
    assert.deepEqual(management.ok && management.value, word('SSA', 8, US));
    node.setLink('stp', false);
    assert.equal(node.managementTransfer(output!), undefined);
    assert.equal(node.managementTransfer({ kind: 'ignored', ni: 0, pointCode: HLR, ssn: 8 }), undefined);
  });

  it('a node that can be reached again has its subsystems allowed', () => {
    const node = nodeWith([]);
    node.subsystems.receive(0, HLR, word('SSP', 6), 0);
    assert.deepEqual(node.hear({ link: 'stp', ni: 0, kind: 'DUNA', affected: [{ pointCode: HLR, mask: 0 }] }).subsystems, []);
    const { subsystems } = node.hear({ link: 'stp', ni: 0, kind: 'DAVA', affected: [{ pointCode: HLR, mask: 0 }] });
    assert.deepEqual(said(subsystems), ['100 6 prohibited>allowed']);
  });

  it('a new configuration takes over what was known', () => {
    const former = nodeWith([]);
    former.subsystems.receive(0, HLR, word('SSP', 6), 0);
    former.setLink('smsc', false);
    const node = nodeWith([]);
    node.adopt(former);
    assert.equal(node.subsystems.stateOf(0, HLR, 6), 'prohibited');
    assert.ok(!node.routes.isUp('smsc') && node.routes.isUp('stp'));
  });
});
