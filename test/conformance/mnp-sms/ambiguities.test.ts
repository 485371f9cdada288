/** Where the published flow is silent or contradicts itself: what is done. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  enforcementFindings,
  lintHomeSmscs,
  type NumberCount,
  prepaidTypeOf,
  SERVICE_NAMES,
  type TraceStep,
  traceText,
} from '#portability';
import {
  FOREIGN,
  HOME,
  NO_TYPE,
  NOW,
  PLATFORM,
  RECIPIENT,
  record,
  SENDER,
  SETTINGS,
  submission,
  title,
  withPrepaid,
  worldOf,
} from './world.js';

const count = (portabilityType: number, entity: NumberCount['entity'], numbers = 5): NumberCount => ({
  portabilityType,
  entity,
  numbers,
  ranges: 0,
});
const kinds = (settings: object, counts: readonly NumberCount[]): readonly string[] =>
  enforcementFindings({ ...SETTINGS, ...settings }, counts).map(({ kind }) => kind);
const PORTED = { [SENDER]: record(1, { kind: 'rn', routingNumber: 'D123' }) };

describe('Portability check for MO SMS: what the source leaves open', () => {
  it('A1: flow vstp may not reject while own-network records of a screened type are stored, unless the types are written out', () => {
    const own = [count(1, 'rn', 100), count(36, 'sp')];
    assert.deepEqual(kinds({}, own), ['refusal']);
    assert.deepEqual(kinds({ mode: { kind: 'sample', percent: 1 } }, own), ['refusal']);
    const [finding] = enforcementFindings(SETTINGS, own);
    assert.match(finding!.text, /5 numbers and 0 ranges of type 36 \(not identified to be ported\)/);

    assert.deepEqual(kinds({ screenedTypes: [{ portabilityType: 36 }] }, own), ['warning']);
    assert.deepEqual(kinds({ screenedTypes: [{ portabilityType: 1 }] }, own), []);
    assert.deepEqual(kinds({ mode: { kind: 'monitor' } }, own), ['warning']);
    assert.deepEqual(kinds({ flow: 'ported-out' }, own), []);
    assert.deepEqual(kinds({ portabilityCheck: false }, own), []);
    assert.deepEqual(kinds({}, [count(1, 'rn'), count(3, 'sp'), count(5, 'sp'), count(0, 'sp', 0), count(0, 'none')]), []);
  });

  it('A1: what a selector or a home SMSC may reject counts as well', () => {
    const own = [count(0, 'sp')];
    const monitor = { mode: { kind: 'monitor' } } as const;
    const enforce = { kind: 'enforce' } as const;
    const [selector] = SETTINGS.selectors;
    assert.deepEqual(kinds({ ...monitor, selectors: [{ ...selector, mode: enforce }] }, own), ['refusal']);
    const entries = [{ name: 'home', digits: HOME, mode: enforce }];
    assert.deepEqual(kinds({ ...monitor, homeSmscs: { entries } }, own), ['refusal']);
  });

  it('A1: with screened types written out, the others of 0, 1, 2 and 36 pass', () => {
    for (const [type, action] of [
      [0, 'pass'],
      [1, 'reject'],
      [2, 'pass'],
      [36, 'pass'],
    ] as const) {
      const world = worldOf({ screenedTypes: [{ portabilityType: 1 }] }, { [SENDER]: record(type, { kind: 'sp' }) });
      assert.equal(world.decide().action, action);
    }
  });

  it('A2: prepaid 1 and 2 are types 3 and 4, prepaid 3 to 32 are types 6 to 35; 5 and all others are no prepaid types', () => {
    const expected = new Map([[3, 1], [4, 2], ...Array.from({ length: 30 }, (_, i) => [6 + i, 3 + i] as [number, number])] as [
      number,
      number,
    ][]);
    assert.equal(expected.size, 32);
    for (let type = 0; type <= 255; type++) assert.equal(prepaidTypeOf(type), expected.get(type) ?? 0, `type ${type}`);
  });

  it('A3: a sender of type 5, none or an unassigned one passes at a home SMSC, on row 8 or 15', () => {
    for (const [on, place] of [
      [false, 'row 8'],
      [true, 'row 15'],
    ] as const) {
      for (const type of [5, NO_TYPE, 37, 200]) {
        const decision = worldOf({ prepaid: withPrepaid(on)! }, { [SENDER]: record(type) }).decide();
        assert.deepEqual([decision.place, decision.action, decision.reason], [place, 'pass', 'type-not-screened']);
      }
    }
  });

  it('A4: a message from an IN platform is passed without a lookup, and the trace has both hops', () => {
    const world = worldOf({}, PORTED);
    const asked = submission({ calling: title(PLATFORM) });
    assert.equal(world.decide(asked).action, 'pass');
    assert.deepEqual(world.numbers.asked, []);
    const { steps } = world.screening.explain({ kind: 'mo-ForwardSM', submission: asked }, NOW);
    const hops = steps.filter((step): step is TraceStep & { step: 'origin' } => step.step === 'origin');
    assert.deepEqual(
      hops.map(({ clause, platform }) => [clause, platform]),
      [
        [8, 'in'],
        [14, 'in'],
      ],
    );
  });

  it('A4: a message that the transport knows to come from an IN platform does so, whatever its calling party', () => {
    assert.equal(worldOf({}, PORTED).decide({ cameFrom: 'in' }).place, 'row 9');
    assert.equal(worldOf({}, PORTED).decide({ cameFrom: 'elsewhere' }).place, 'row 14');
  });

  it('A5: a sender who is to be stopped is stopped, though the recipient is prepaid', () => {
    const prepaid = withPrepaid(true, { recipients: true })!;
    const recipient = () => ({ nature: 'international' as const, digits: RECIPIENT });
    const world = worldOf({ prepaid }, { ...PORTED, [RECIPIENT]: record(3) });
    assert.equal(world.decide({ recipient }).place, 'row 14');
    const elsewhere = world.decide({ recipient, called: title(FOREIGN) });
    assert.deepEqual([elsewhere.place, elsewhere.action, elsewhere.relay?.party], ['row 13', 'redirect', 'recipient']);
  });

  it('A7: step 13 stands before every exit to translation, and the trace says that it is not built', () => {
    const notBuilt = (records: object, message: object) =>
      worldOf({}, records as typeof PORTED)
        .screening.explain({ kind: 'mo-ForwardSM', submission: submission(message) }, NOW)
        .steps.filter(({ step }) => step === 'not-built');
    assert.deepEqual(
      notBuilt({}, {}).map(({ clause }) => clause),
      [13],
    );
    assert.equal(notBuilt(PORTED, { called: title(FOREIGN) }).length, 1);
    assert.equal(notBuilt(PORTED, {}).length, 0);
    assert.equal(notBuilt({ [SENDER]: record(3) }, {}).length, 0);
  });

  it('A8: mosms, smsmr and ppsms are one service', () => {
    assert.deepEqual(SERVICE_NAMES, ['mosms', 'smsmr', 'ppsms']);
  });

  it('A10: the number is conditioned before it is looked up; one that has no international form passes without a lookup', () => {
    for (const on of [true, false]) {
      const world = worldOf({ prepaid: withPrepaid(on)! }, PORTED);
      assert.equal(world.decide({ sender: { nature: 'national', digits: SENDER.slice(2) } }).action, 'reject');
      assert.equal(world.decide({ sender: { nature: 'other', digits: SENDER.slice(2) } }).action, 'reject');
      world.numbers.asked.length = 0;
      for (const sender of [undefined, { nature: 'international' as const, digits: '' }]) {
        const decision = world.decide({ sender });
        assert.deepEqual([decision.place, decision.action], ['A10', 'pass']);
      }
      assert.deepEqual(world.numbers.asked, []);
    }
  });

  it('A11: home SMSCs are compared exactly; by best fit the longest entry counts that the digits begin with', () => {
    const entries = [
      { name: 'short', digits: HOME.slice(0, 7) },
      { name: 'long', digits: HOME.slice(0, 9) },
    ];
    const at = (match: 'exact' | 'best-fit', digits: string) =>
      worldOf({ homeSmscs: { match, entries } }, PORTED).decide({ called: title(digits) }).homeSmsc?.name;
    assert.equal(at('exact', HOME), undefined);
    assert.equal(at('best-fit', HOME), 'long');
    assert.equal(at('best-fit', `${HOME.slice(0, 7)}999`), 'short');
    assert.equal(at('exact', HOME.slice(0, 9)), 'long');
    assert.equal(at('exact', `${HOME.slice(0, 9)}f`), 'long');
    assert.equal(at('best-fit', FOREIGN), undefined);
  });

  it('A13: a rejected sender is told sm-DeliveryFailure with subscriberNotSC-Subscriber, unless another answer is set', () => {
    assert.deepEqual(worldOf({}, PORTED).decide().answer, {
      kind: 'tcap-error',
      error: 'sm-DeliveryFailure',
      cause: 'subscriberNotSC-Subscriber',
    });
    const answers = { 'home-smsc': { kind: 'udts', cause: 1 } } as const;
    assert.deepEqual(worldOf({ answers }, PORTED).decide().answer, answers['home-smsc']);
    const selectors = [{ ...SETTINGS.selectors[0]!, answers: { 'home-smsc': { kind: 'ack-and-drop' } } }] as const;
    assert.deepEqual(worldOf({ answers, selectors }, PORTED).decide().answer, { kind: 'ack-and-drop' });
    const entries = [{ name: 'home', digits: HOME, answer: { kind: 'silent-discard' } }] as const;
    assert.deepEqual(worldOf({ answers, selectors, homeSmscs: { entries } }, PORTED).decide().answer, { kind: 'silent-discard' });
  });

  it('A14: a rejected message has ended: no platform, no further step but the mode', () => {
    const { screening } = worldOf({}, PORTED);
    const { steps, decision } = screening.explain({ kind: 'mo-ForwardSM', submission: submission() }, NOW);
    assert.equal(decision.relay, undefined);
    assert.deepEqual(
      steps.slice(-2).map(({ step }) => step),
      ['home-smsc', 'mode'],
    );
  });

  it('A15: when the number store does not answer the message passes; where the selector says refuse, it is rejected as a temporary failure', () => {
    for (const state of ['loading', 'missing', 'damaged'] as const) {
      for (const on of [true, false]) {
        const open = worldOf({ prepaid: withPrepaid(on)! }, PORTED);
        open.numbers.state = state;
        assert.deepEqual([open.decide().place, open.decide().action], ['A15', 'pass']);
        const selectors = [{ ...SETTINGS.selectors[0]!, whenNumbersUnavailable: 'refuse' }] as const;
        const closed = worldOf({ selectors, prepaid: withPrepaid(on)! }, PORTED);
        closed.numbers.state = state;
        const decision = closed.decide();
        assert.deepEqual([decision.place, decision.action, decision.rule], ['A15', 'reject', 'numbers-unavailable']);
        assert.deepEqual(decision.answer, { kind: 'tcap-error', error: 'systemFailure' });
      }
    }
  });

  it('A15: a message that needs no lookup is decided without the store', () => {
    const world = worldOf({ whenNumbersUnavailable: 'refuse' });
    world.numbers.state = 'missing';
    assert.equal(world.decide({ calling: title(PLATFORM) }).place, 'row 9');
  });

  it('A16: with best fit, an entry shorter than country and area code is warned of', () => {
    const entries = [
      { name: 'country', digits: '49' },
      { name: 'short', digits: '491' },
      { name: 'enough', digits: '4917' },
    ];
    const warned = (match: 'exact' | 'best-fit') =>
      lintHomeSmscs({ ...SETTINGS, homeSmscs: { match, entries } }).map(({ entry }) => entry);
    assert.deepEqual(warned('best-fit'), ['country', 'short']);
    assert.deepEqual(warned('exact'), []);
    // A plan without area codes has national numbers that begin with the operator's digits all the same.
    const conditioning = { countryCode: '47', areaCode: '' };
    const homeSmscs = {
      match: 'best-fit' as const,
      entries: [
        { name: 'whole', digits: '47' },
        { name: 'enough', digits: '4790' },
      ],
    };
    assert.deepEqual(
      lintHomeSmscs({ ...SETTINGS, conditioning, homeSmscs }).map(({ entry }) => entry),
      ['whole'],
    );
  });

  it('a trace reads as lines that name every step of the source, the record and the list entry', () => {
    const { screening } = worldOf({}, PORTED);
    const trace = screening.explain({ kind: 'mo-ForwardSM', submission: submission() }, NOW);
    assert.deepEqual(traceText(trace), [
      'flow vstp, settings test, numbers ready, load load-7 change 12 of 2027-01-15T07:59:00.000Z',
      '  2  called party route on gt, GTI 4, TT 0, NP 1, NAI 4, SSN 8: selector mo, mode enforce',
      '  3  mo-ForwardSM',
      '  4  PPSMS on, MNP SMS on',
      '  8  calling party 491710999999: no prepaid platform',
      '     sender 491710000001 (international), country code 49, area code 30: 491710000001',
      '  9  sender 491710000001 in load load-7 change 12 of 2027-01-15T07:59:00.000Z: stored by itself',
      ' 10  sender has type 1 (own, ported out), RN D123: screened',
      '     SM-RP-DA 491770600000, called party 491770600000: same',
      '  7  called-party 491770600000 in 1 home SMSCs (exact): home 491770600000',
      '     mode enforce (settings): reject, carried out',
      'decision: reject at row 14 (ported-at-home-smsc)',
      'answer: sm-DeliveryFailure (subscriberNotSC-Subscriber)',
    ]);
    assert.ok(traceText(trace, { masked: true }).every((line) => !line.includes(SENDER)));
  });
});
