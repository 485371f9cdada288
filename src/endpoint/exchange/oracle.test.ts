import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { expect, type GateSettings, isPrepaid, rowsFor, SCREENED, TABLES, type TableInput, type Verdict } from './oracle.js';

const BOTH = [false, true] as const;

/** All combinations of the inputs. */
const COMBINATIONS: readonly TableInput[] = BOTH.flatMap((sel) =>
  BOTH.flatMap((mof) =>
    BOTH.flatMap((pp) =>
      BOTH.flatMap((mn) =>
        BOTH.flatMap((fromIn) =>
          BOTH.flatMap((dn) =>
            (['N', 'P', 'X'] as const).flatMap((pt) => BOTH.map((hs) => ({ sel, mof, pp, mn, in: fromIn, dn, pt, hs }))),
          ),
        ),
      ),
    ),
  ),
);

const GATE: GateSettings = {
  flow: 'vstp',
  mode: 'enforce',
  prepaid: true,
  portability: true,
  recipientPrepaid: false,
  screened: SCREENED.vstp,
  platforms: 'up',
};

describe('the oracle', () => {
  it('has 384 combinations of its inputs', () => {
    assert.equal(new Set(COMBINATIONS.map((it) => JSON.stringify(it))).size, 384);
  });

  for (const flow of ['vstp', 'ported-out'] as const) {
    it(`lands on exactly one row for each of them, and uses every row (${flow})`, () => {
      const used = new Set<string>();
      for (const input of COMBINATIONS) {
        const rows = rowsFor(flow, input);
        assert.equal(rows.length, 1, `${JSON.stringify(input)}: ${rows.map(({ row }) => row).join()}`);
        used.add(rows[0]!.row);
      }
      assert.deepEqual([...used].sort(), TABLES[flow].map(({ row }) => row).sort());
    });
  }

  it('refuses in rows 7 and 14 of the literal flow only, and redirects in row 11 only', () => {
    const rows = (verdict: Verdict) => TABLES.vstp.filter((it) => it.verdict === verdict).map(({ row }) => row);
    assert.deepEqual(rows('rejected'), ['7', '14']);
    assert.deepEqual(rows('redirected'), ['11']);
  });

  it('differs between the flows exactly where an IN platform sends a screened sender to a home centre and PPSMS is off', () => {
    const verdict = (flow: 'vstp' | 'ported-out', input: TableInput) => rowsFor(flow, input)[0]!.verdict;
    const differing = COMBINATIONS.filter((input) => verdict('vstp', input) !== verdict('ported-out', input));
    assert.deepEqual(differing, [{ sel: true, mof: true, pp: false, mn: true, in: true, dn: true, pt: 'N', hs: true }]);
  });

  it('takes types 3, 4 and 6 to 35 for prepaid: thirty-two of them', () => {
    const types = Array.from({ length: 256 }, (_, type) => type).filter(isPrepaid);
    assert.equal(types.length, 32);
    assert.deepEqual([types[0], types[1], types[2], types[31]], [3, 4, 6, 35]);
  });

  const facts = { selected: true, moForwardSm: true, fromPlatform: false, homeCentre: true };
  const verdictsOf = (type: number | undefined, gate: Partial<GateSettings>, entity: 'sp' | 'rn' = 'sp') =>
    expect({ ...facts, senderType: type, senderEntity: entity }, { ...GATE, ...gate }).verdicts;

  it('screens types 0, 1, 2 and 36 in the literal flow, whatever their entity', () => {
    for (const type of [0, 1, 2, 36]) assert.deepEqual(verdictsOf(type, {}), ['rejected']);
    for (const type of [5, 255, 37, undefined]) assert.deepEqual(verdictsOf(type, {}), ['relayed']);
  });

  it('screens type 1, and types 0 and 36 of another network, in flow ported-out', () => {
    const gate = { flow: 'ported-out', screened: SCREENED['ported-out'] } as const;
    assert.deepEqual(verdictsOf(1, gate), ['rejected']);
    assert.deepEqual(verdictsOf(36, gate), ['relayed']);
    assert.deepEqual(verdictsOf(36, gate, 'rn'), ['rejected']);
    assert.deepEqual(verdictsOf(0, gate, 'rn'), ['rejected']);
    assert.deepEqual(verdictsOf(2, gate, 'rn'), ['relayed']);
  });

  it('lets pass what is only monitored, and allows both where some are refused', () => {
    assert.deepEqual(verdictsOf(1, { mode: 'monitor' }), ['relayed']);
    assert.deepEqual(verdictsOf(1, { mode: 'off' }), ['relayed']);
    assert.deepEqual(verdictsOf(1, { mode: 'sample' }), ['rejected', 'relayed']);
    assert.deepEqual(verdictsOf(3, { mode: 'monitor' }), ['relayed']);
    assert.deepEqual(verdictsOf(undefined, { mode: 'sample' }), ['relayed']);
  });

  it('sends prepaid messages on, or refuses them, while no platform is there', () => {
    assert.deepEqual(verdictsOf(3, {}), ['redirected']);
    assert.deepEqual(verdictsOf(3, { platforms: 'down-pass' }), ['relayed']);
    assert.deepEqual(verdictsOf(3, { platforms: 'down-refuse' }), ['rejected']);
  });

  it('asks for the recipient where that is on, the sender is not prepaid and the message is not stopped', () => {
    const gate = { ...GATE, recipientPrepaid: true };
    const to = (type: number | undefined, more: object = {}) =>
      expect({ ...facts, senderType: type, recipientPrepaid: true, ...more }, gate).verdicts;
    assert.deepEqual(to(undefined), ['redirected']);
    assert.deepEqual(to(5), ['redirected']);
    assert.deepEqual(to(1), ['rejected']);
    assert.deepEqual(to(1, { homeCentre: false }), ['redirected']);
    assert.deepEqual(to(5, { fromPlatform: true }), ['relayed']);
    assert.deepEqual(to(5, { selected: false }), ['relayed']);
  });
});
