/** What must hold of a rehearsal, whatever carried it. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { decodeError } from '#codec/map';
import type { SccpView } from '#codec/sccp';
import { decodeTcap } from '#codec/tcap';
import type { Place, SimulationResult, Verdict } from '#endpoint/exchange';
import { type Passages, passagesIn } from './passages.js';
import { type Played, type Rehearsed, ROWS_SENT } from './rehearsal.js';

/** What a test file has of a rehearsal; asked for when a test runs. */
export interface Seen {
  readonly rehearsed: Rehearsed;
  /** Of the gate's links that lead to osmo-stp. */
  readonly stpLinks: readonly string[];
  capture(name: 'rows' | 'outage' | 'afterwards'): Uint8Array;
}

/** Rows of the decision table that profile every-row meets with both checks on: 1 to 15 but for those of the other settings. */
const ROWS_MET = ['1', '2', '9', '10', '11', '13', '14', '15'];
/** Where the hop counter of an XUDT stands. Q.713 4.18. */
const XUDT_HOP_COUNTER_AT = 2;

function goodResult({ status, stdout, stderr, result }: Played): SimulationResult {
  assert.ok(result, stdout + stderr);
  assert.deepEqual(result.mismatches.slice(0, 3), []);
  assert.ok(result.isGood);
  assert.equal(status, 0);
  return result;
}

const countOf = (result: SimulationResult, verdict: Verdict): number => result.verdicts[verdict] ?? 0;

/** Every message of the decision table has come to the verdict of its row, and none is excused. */
function rowsHold(played: Played): void {
  const result = goodResult(played);
  assert.deepEqual([result.ended, result.notSent, result.excused], [ROWS_SENT, 0, 0]);
  assert.deepEqual(Object.keys(result.rows), ROWS_MET);
  const counted = (['rejected', 'redirected', 'relayed'] as const).map((it) => countOf(result, it));
  assert.ok(counted.every((it) => it > 0));
  assert.equal(counted[0]! + counted[1]! + counted[2]!, ROWS_SENT);
}

/** The refusal that an SCCP message brings: the cause in its TC-END. */
function refusalIn(view: SccpView): unknown {
  const tcap = decodeTcap(view.data);
  assert.ok(tcap.ok && tcap.value.kind === 'end');
  const [component] = tcap.value.components ?? [];
  assert.ok(component?.kind === 'returnError');
  const error = decodeError(component);
  assert.ok(error.ok && error.value.error === 'sm-DeliveryFailure');
  return error.value.parameter?.cause;
}

/** A message without its hop counter. */
function hopless({ kind, octets }: SccpView): string {
  const copy = Buffer.from(octets);
  if (kind === 'XUDT') copy[XUDT_HOP_COUNTER_AT] = 0;
  return copy.toString('hex');
}

const between = ({ through }: Passages, from: Place, to: Place) => through.filter((it) => it.from === from && it.to === to);

/** The tests that both carriers share. */
export function demands(seen: () => Seen): void {
  it('every row of the decision table: messages are rejected, redirected and relayed as the oracle has it', () => {
    rowsHold(seen().rehearsed.rows);
  });

  it('a rejected message is answered by TC-END with sm-DeliveryFailure, subscriberNotSC-Subscriber, back to the MSC', () => {
    const { rehearsed, capture } = seen();
    const { own } = passagesIn(capture('rows'));
    assert.equal(own.length, countOf(goodResult(rehearsed.rows), 'rejected'));
    for (const { to, view } of own) {
      assert.equal(to, 'access');
      assert.equal(refusalIn(view), 'subscriberNotSC-Subscriber');
    }
  });

  it('a redirected message comes to the prepaid platform, whose answer comes back to the MSC', () => {
    const { rehearsed, capture } = seen();
    const passages = passagesIn(capture('rows'));
    const redirected = countOf(goodResult(rehearsed.rows), 'redirected');
    assert.equal(between(passages, 'access', 'platform').length, redirected);
    assert.equal(between(passages, 'platform', 'access').length, redirected);
  });

  it('a relayed message and the answer to it pass octet for octet but for the hop counter, which is one less', () => {
    const passages = passagesIn(seen().capture('rows'));
    assert.ok(between(passages, 'access', 'centre').length > 0 && between(passages, 'centre', 'access').length > 0);
    const kinds = new Set(passages.through.map(({ sent }) => sent.kind));
    assert.ok(kinds.has('UDT') && kinds.has('XUDT'));
    for (const { sent, came } of passages.through) {
      assert.equal(hopless(came), hopless(sent));
      if (sent.hopCounter !== undefined) assert.equal(came.hopCounter, sent.hopCounter - 1);
    }
  });

  it('osmo-stp is lost while traffic runs: what was under way may be lost, nothing is treated otherwise than it must be', () => {
    const result = goodResult(seen().rehearsed.outage);
    assert.ok(result.notSent + result.excused > 0, 'no message fell into the outage');
    assert.ok(countOf(result, 'relayed') + countOf(result, 'rejected') + countOf(result, 'redirected') > result.sent / 2);
  });

  it('the gate sees each of its links to osmo-stp go down, and come back', () => {
    const { rehearsed, stpLinks } = seen();
    for (const name of stpLinks) {
      const states = rehearsed.gateLog
        .filter(({ link, state }) => link === name && state !== undefined)
        .map(({ state }) => state);
      const first = states.indexOf('active');
      const lost = states.indexOf('down', first);
      assert.ok(first >= 0 && lost > first && states.indexOf('active', lost) > lost, `${name}: ${states.join(', ')}`);
    }
  });

  it('the associations are made again, and every row holds as before', () => {
    const { rehearsed } = seen();
    rowsHold(rehearsed.afterwards);
    assert.equal(rehearsed.gateStatus, 0);
  });
}
