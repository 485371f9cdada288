import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Decision } from './decision.js';
import type { Trace, TraceStep } from './trace.js';
import { answerText, traceText } from './trace-text.js';

const VERSION = { load: 'full-3', change: 4, changedAt: Date.UTC(2026, 0, 2, 3, 4, 5) };
const KEY = { routeOn: 'gt', indicator: 2, translationType: 9 } as const;
const PASSED: Decision = {
  action: 'pass',
  verdict: 'pass',
  held: 'no',
  place: 'row 10',
  reason: 'sender-not-stored',
  mode: 'enforce',
  selector: 'mo',
  sender: undefined,
  record: undefined,
  homeSmsc: undefined,
  serviceCentre: 'not-compared',
  rule: undefined,
  answer: undefined,
  relay: undefined,
};

const linesOf = (steps: readonly TraceStep[], decision: Decision = PASSED, masked = false): readonly string[] => {
  const trace: Trace = { at: 0, flow: 'vstp', settings: 'v1', numbers: { state: 'ready', version: VERSION }, steps, decision };
  return traceText(trace, { masked });
};

const STEPS: readonly [step: TraceStep, line: string][] = [
  [{ step: 'selection', clause: 2, called: KEY }, '  2  called party route on gt, GTI 2, TT 9: no selector'],
  [
    { step: 'selection', clause: 2, called: KEY, selector: 'mo', mode: { kind: 'sample', percent: 5 } },
    '  2  called party route on gt, GTI 2, TT 9: selector mo, mode sample 5 %',
  ],
  [{ step: 'operation', clause: 3, found: 'undecodable', detail: 'octet 7' }, '  3  undecodable: octet 7'],
  [{ step: 'features', prepaid: false, portabilityCheck: true }, '     PPSMS off, MNP SMS on'],
  [{ step: 'origin', clause: 8, calling: '', cameFrom: 'in' }, '  8  calling party without digits, from in: no prepaid platform'],
  [{ step: 'origin', clause: 8, calling: '49', platform: 'in' }, '  8  calling party 49: prepaid platform in'],
  [
    { step: 'conditioning', party: 'sender', written: { nature: 'national', digits: '' }, failure: 'no-digits' },
    '     sender no digits (national), country code none, area code none: no-digits',
  ],
  [
    { step: 'conditioning', party: 'recipient', countryCode: '49', areaCode: '', failure: 'absent' },
    '     recipient no number, country code 49, area code : absent',
  ],
  [
    { step: 'lookup', clause: 9, party: 'sender', number: 491711234567, state: 'damaged', version: VERSION },
    '  9  sender 491711234567 in load full-3 change 4 of 2026-01-02T03:04:05.000Z: the store is damaged',
  ],
  [
    { step: 'lookup', clause: 9, party: 'sender', number: 491711234567, state: 'ready', version: VERSION },
    '  9  sender 491711234567 in load full-3 change 4 of 2026-01-02T03:04:05.000Z: not stored',
  ],
  [
    {
      step: 'lookup',
      clause: 9,
      party: 'sender',
      number: 491711234567,
      state: 'ready',
      version: VERSION,
      finding: {
        record: { portabilityType: 1, entity: { kind: 'none' } },
        by: { kind: 'range', first: '49171', last: '49172' },
        validFrom: 0,
        validUntil: 1000,
      },
    },
    '  9  sender 491711234567 in load full-3 change 4 of 2026-01-02T03:04:05.000Z: stored by range 49171 to 49172, from 1970-01-01T00:00:00.000Z, until 1970-01-01T00:00:01.000Z',
  ],
  [
    { step: 'home-smsc', clause: 7, digits: '4917', address: 'service-centre', match: 'best-fit', entries: 3 },
    '  7  service-centre 4917 in 3 home SMSCs (best-fit): none',
  ],
  [
    { step: 'service-centre', called: '4917', comparison: 'not-compared' },
    '     SM-RP-DA absent, called party 4917: not-compared',
  ],
  [{ step: 'relay', clause: 14, party: 'sender', prepaidType: 32 }, ' 14  sender is prepaid 32: not provisioned'],
  [
    {
      step: 'relay',
      clause: 14,
      party: 'recipient',
      prepaidType: 1,
      candidates: [
        { platform: 'a', weight: 2, isUp: false, drain: false },
        { platform: 'b', weight: 1, isUp: true, drain: true },
      ],
    },
    ' 14  recipient is prepaid 1: a 2 down, b 1 drained; none available',
  ],
  [{ step: 'not-built', clause: 13, what: 'ASD' }, ' 13  ASD: not built; the message goes on'],
  [
    { step: 'mode', mode: { kind: 'enforce' }, from: 'home-smsc', verdict: 'reject', held: 'ceiling' },
    '     mode enforce (home-smsc): reject, held back: ceiling',
  ],
  [
    { step: 'mode', mode: { kind: 'monitor' }, from: 'selector', verdict: 'pass', held: 'no' },
    '     mode monitor (selector): pass',
  ],
];

describe('a trace in lines', () => {
  for (const [step, line] of STEPS) it(`prints "${line.trim()}"`, () => assert.equal(linesOf([step])[1], line));

  it('ends with what is done, and what the flow says where that is another', () => {
    assert.deepEqual(linesOf([]).slice(1), ['decision: pass at row 10 (sender-not-stored)']);
    const held = { ...PASSED, verdict: 'reject', held: 'sample', answer: { kind: 'udts', cause: 1 } } as const;
    assert.deepEqual(linesOf([], held).slice(1), [
      'decision: pass at row 10 (sender-not-stored); the flow says reject, held back: sample',
      'answer: UDTS, cause 1',
    ]);
    const platform = { name: 'in', addresses: ['49'] };
    const sent = {
      ...PASSED,
      action: 'redirect',
      verdict: 'redirect',
      relay: { party: 'sender', prepaidType: 1, platform },
    } as const;
    assert.equal(linesOf([], sent).at(-1), 'platform: in');
  });

  it('masks the numbers of subscribers where that is asked, and nothing else', () => {
    const steps: TraceStep[] = [
      { step: 'conditioning', party: 'sender', written: { nature: 'national', digits: '1711234567' }, number: 491711234567 },
      { step: 'lookup', party: 'sender', number: 491711234567, state: 'ready', version: VERSION },
      { step: 'home-smsc', digits: '491770600000', address: 'called-party', match: 'exact', entries: 1 },
    ];
    const [, conditioned, looked, home] = linesOf(steps, PASSED, true);
    assert.match(conditioned!, /sender \*{6}4567 .*: \*{8}4567$/);
    assert.match(looked!, /sender \*{8}4567 in/);
    assert.match(home!, /491770600000/);
  });

  it('names answers by the standard', () => {
    assert.equal(answerText({ kind: 'tcap-error', error: 'systemFailure' }), 'systemFailure');
    assert.equal(answerText({ kind: 'silent-discard' }), 'silent-discard');
  });
});
