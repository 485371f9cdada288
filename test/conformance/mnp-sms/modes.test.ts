/** Modes, selectors and counts: how much of a verdict is carried out, for whom, and what is counted of it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  createScreening,
  OUTCOMES,
  PLACES,
  REASONS,
  RejectCeiling,
  type ScreeningSettings,
  Tally,
  type TallyRow,
  type TitleKey,
} from '#portability';
import {
  FOREIGN,
  HOME,
  NOW,
  Numbers,
  PLATFORM,
  record,
  SELECTOR,
  SENDER,
  SETTINGS,
  submission,
  title,
  withPrepaid,
  worldOf,
} from './world.js';

const PORTED = { [SENDER]: record(1) };
const sum = (counts: Readonly<Record<string, number>>): number => Object.values(counts).reduce((all, one) => all + one, 0);

describe('Modes of screening', () => {
  it('settings without a mode are refused with a reason', () => {
    const { mode, ...rest } = SETTINGS;
    assert.equal(mode!.kind, 'enforce');
    const made = createScreening(rest, { numbers: new Numbers() });
    assert.ok(!made.ok);
    assert.deepEqual(
      made.error.map(({ path }) => path),
      ['mode'],
    );
    assert.match(made.error[0]!.text, /no mode is set/);
  });

  it('off: nothing is looked into, and that is counted', () => {
    const tally = new Tally();
    const { screening, numbers } = worldOf({ mode: { kind: 'off' } }, PORTED, { tally });
    assert.equal(screening.select(title(HOME)), undefined);
    assert.deepEqual(numbers.asked, []);
    assert.deepEqual(tally.rows().find(({ selector }) => selector === 'mo')?.outcomes, { off: 1 });
    assert.equal(screening.explain({ kind: 'mo-ForwardSM', submission: submission() }, NOW).decision.place, 'off');
  });

  it('monitor: rejects and redirects are computed and passed', () => {
    const world = worldOf({ mode: { kind: 'monitor' } }, { ...PORTED, 491710000009: record(3) });
    const rejected = world.decide();
    assert.deepEqual([rejected.action, rejected.verdict, rejected.held], ['pass', 'reject', 'monitor']);
    const redirected = world.decide({ sender: { nature: 'international', digits: '491710000009' } });
    assert.deepEqual([redirected.action, redirected.verdict, redirected.held], ['pass', 'redirect', 'monitor']);
  });

  it('sample: about n % of the messages, the same ones every time and on every node', () => {
    const actions = () => {
      const world = worldOf({ mode: { kind: 'sample', percent: 20 } }, PORTED);
      return Array.from({ length: 2_000 }, (_, reference) => world.decide({ reference }).action);
    };
    const first = actions();
    assert.deepEqual(first, actions());
    const share = first.filter((action) => action === 'reject').length / first.length;
    assert.ok(share > 0.16 && share < 0.24, `${share}`);
    for (const [percent, action] of [
      [0, 'pass'],
      [100, 'reject'],
    ] as const) {
      const world = worldOf({ mode: { kind: 'sample', percent } }, PORTED);
      for (let reference = 0; reference < 200; reference++) assert.equal(world.decide({ reference }).action, action);
    }
  });

  it('sample: what is in a smaller sample is in every larger one', () => {
    const inSample = (percent: number) => {
      const world = worldOf({ mode: { kind: 'sample', percent } }, PORTED);
      return new Set(
        Array.from({ length: 500 }, (_, i) => i).filter((reference) => world.decide({ reference }).action === 'reject'),
      );
    };
    const [small, large] = [inSample(10), inSample(30)];
    assert.ok(small.size > 0 && small.size < large.size);
    for (const reference of small) assert.ok(large.has(reference));
  });

  it('a selector has its own mode, and a home SMSC the last word about rejects', () => {
    const selectors = [{ ...SELECTOR, mode: { kind: 'monitor' } }] as const;
    assert.equal(worldOf({ selectors }, PORTED).decide().held, 'monitor');
    const entries = [{ name: 'home', digits: HOME, mode: { kind: 'enforce' } }] as const;
    const both: Partial<ScreeningSettings> = { selectors, homeSmscs: { entries } };
    assert.equal(worldOf(both, PORTED).decide().action, 'reject');
    assert.equal(worldOf(both, { [SENDER]: record(3) }).decide().held, 'monitor');
  });

  it('an answer monitor-only lets the message pass in every mode', () => {
    const decision = worldOf({ answers: { 'home-smsc': { kind: 'monitor-only' } } }, PORTED).decide();
    assert.deepEqual([decision.action, decision.verdict, decision.held], ['pass', 'reject', 'answer']);
  });

  it('a ceiling counts only where the mode acts, and refusals for want of the store do not count', () => {
    const settings = { ceiling: { percent: 1, windowSeconds: 60, messagesMin: 1 } };
    const ceiling = new RejectCeiling();
    worldOf({ ...settings, mode: { kind: 'monitor' } }, PORTED, { ceiling }).decide();
    assert.deepEqual(ceiling.state, { isExceeded: false, since: undefined, messages: 0, rejects: 0 });
    const world = worldOf({ ...settings, whenNumbersUnavailable: 'refuse' }, PORTED, { ceiling });
    world.numbers.state = 'missing';
    assert.equal(world.decide().action, 'reject');
    assert.deepEqual(ceiling.state, { isExceeded: false, since: undefined, messages: 1, rejects: 0 });
  });

  it('a ceiling takes its share of all messages of a selector, also where one home SMSC alone enforces', () => {
    const ceiling = new RejectCeiling();
    const world = worldOf(
      {
        mode: { kind: 'monitor' },
        homeSmscs: { entries: [{ name: 'home', digits: HOME, mode: { kind: 'enforce' } }] },
        ceiling: { percent: 20, windowSeconds: 60, messagesMin: 5 },
      },
      PORTED,
      { ceiling },
    );
    for (let i = 0; i < 90; i++) world.decide({ sender: { nature: 'international', digits: `4917199990${i + 10}` } });
    for (let i = 0; i < 10; i++) assert.equal(world.decide().action, 'reject');
    assert.deepEqual([ceiling.state.messages, ceiling.state.rejects], [100, 10]);
  });

  it('a new edition of the settings takes over counts, ceiling and the selections of dialogues under way', () => {
    const ports = { tally: new Tally(), ceiling: new RejectCeiling() };
    const old = worldOf({}, PORTED, ports);
    const selection = old.screening.select(title(HOME))!;
    const monitoring = worldOf({ mode: { kind: 'monitor' } }, PORTED, ports);
    assert.equal(monitoring.screening.decide(selection, submission(), NOW).held, 'monitor');
    const gone = worldOf({ selectors: [{ ...SELECTOR, name: 'other' }] }, PORTED, ports);
    assert.equal(gone.screening.decide(selection, submission(), NOW).place, 'row 1');
    const rows = ports.tally.rows().map(({ selector, homeSmsc, outcomes }) => [selector, homeSmsc, outcomes]);
    assert.deepEqual(rows, [
      ['', '', { passed: 1 }],
      ['mo', 'home', { 'reject-monitored': 1 }],
    ]);
  });
});

describe('Counts', () => {
  it('every decision is counted once by place, once by outcome and once by reason, under its selector and home SMSC', () => {
    const tally = new Tally();
    const world = worldOf({}, PORTED, { tally });
    world.decide();
    world.decide({ called: title(FOREIGN) });
    world.decide({ calling: title(PLATFORM) });
    world.screening.select(title(HOME, { ssn: 6 }));
    world.screening.passOver(world.screening.select(title(HOME))!, { kind: 'not-mo-ForwardSM' }, NOW);
    const of = (selector: string, homeSmsc: string): TallyRow =>
      tally.rows().find((row) => row.selector === selector && row.homeSmsc === homeSmsc)!;
    assert.deepEqual(of('mo', 'home').places, { 'row 14': 1 });
    assert.deepEqual(of('mo', 'home').outcomes, { 'tcap-error': 1 });
    assert.deepEqual(of('mo', '').places, { 'row 13': 1, 'row 9': 1, 'row 2': 1 });
    assert.deepEqual(of('', '').places, { 'row 1': 1 });
    for (const row of tally.rows()) {
      assert.equal(sum(row.places), sum(row.outcomes));
      assert.equal(sum(row.places), sum(row.reasons));
    }
  });

  it('a verdict that is held back is counted by what held it', () => {
    const outcomeOf = (settings: Partial<ScreeningSettings>, type: number) => {
      const tally = new Tally();
      worldOf(settings, { [SENDER]: record(type) }, { tally }).decide();
      return tally.rows().flatMap(({ outcomes }) => Object.keys(outcomes));
    };
    const none = { mode: { kind: 'sample', percent: 0 } } as const;
    const monitor = { mode: { kind: 'monitor' } } as const;
    assert.deepEqual(outcomeOf(none, 1), ['reject-not-sampled']);
    assert.deepEqual(outcomeOf(none, 3), ['redirect-not-sampled']);
    assert.deepEqual(outcomeOf(monitor, 1), ['reject-monitored']);
    assert.deepEqual(outcomeOf(monitor, 3), ['redirect-monitored']);
    assert.deepEqual(outcomeOf({}, 3), ['redirected']);
    const ceiling = { percent: 1, windowSeconds: 1, messagesMin: 1 };
    assert.deepEqual(outcomeOf({ ceiling }, 1), ['reject-above-ceiling']);
    for (const answer of [{ kind: 'udts', cause: 0 }, { kind: 'silent-discard' }, { kind: 'ack-and-drop' }] as const)
      assert.deepEqual(outcomeOf({ answers: { 'home-smsc': answer } }, 1), [answer.kind]);
    assert.deepEqual(outcomeOf({ answers: { 'home-smsc': { kind: 'monitor-only' } } }, 1), ['reject-monitor-only']);
  });

  it('an explanation is not counted and not told', () => {
    const tally = new Tally();
    const world = worldOf({}, PORTED, { tally });
    world.screening.explain({ kind: 'mo-ForwardSM', submission: submission() }, NOW);
    assert.equal(tally.rows().flatMap(({ places }) => Object.values(places)).length, 0);
    assert.deepEqual(world.events, []);
  });
});

describe('Service selectors', () => {
  const selected = (selectors: ScreeningSettings['selectors'], called: TitleKey) =>
    worldOf({ selectors }).screening.select(called)?.name;

  it('match indicator, translation type, numbering plan, nature of address and subsystem, each of them', () => {
    assert.equal(selected([SELECTOR], title(HOME)), 'mo');
    for (const other of [{ indicator: 3 }, { translationType: 1 }, { numberingPlan: 6 }, { natureOfAddress: 3 }, { ssn: 7 }])
      assert.equal(selected([SELECTOR], title(HOME, other)), undefined, JSON.stringify(other));
  });

  it('with ssn * match any subsystem, and none; one with its number precedes', () => {
    const selectors = [{ ...SELECTOR, ssn: '*' as const, name: 'any' }, SELECTOR];
    assert.equal(selected(selectors, title(HOME)), 'mo');
    assert.equal(selected(selectors, title(HOME, { ssn: 200 })), 'any');
    const { ssn: _, ...without } = title(HOME);
    assert.equal(selected(selectors, without), 'any');
  });

  it('match titles that are routed on; addresses without a title by indicator 0', () => {
    assert.equal(selected([SELECTOR], title(HOME, { routeOn: 'ssn' })), undefined);
    const none = { routeOn: 'ssn', indicator: 0, ssn: 8, digits: '' } as const;
    assert.equal(selected([{ name: 'no-title', indicator: 0, ssn: 8 }], none), 'no-title');
  });

  it('for titles of fewer fields compare those only', () => {
    const { numberingPlan: _p, natureOfAddress: _n, ...gti2 } = title(HOME, { indicator: 2 });
    assert.equal(selected([{ name: 'tt', indicator: 2, translationType: 0, ssn: 8 }], gti2), 'tt');
  });
});

describe('Any message', () => {
  const digits = fc.string({ unit: fc.constantFrom(...'0123456789abcdef*#'), maxLength: 24 });
  const written = fc.record({ nature: fc.constantFrom('international', 'national', 'subscriber', 'other' as const), digits });
  const message = fc.record({
    called: fc.constantFrom(HOME, FOREIGN, `${HOME}f`).map((it) => title(it)),
    calling: fc.constantFrom(PLATFORM, '', '4917').map((it) => title(it)),
    sender: fc.oneof(written, fc.constant({ nature: 'international' as const, digits: SENDER })),
    serviceCentre: written,
    recipient: fc.constantFrom(undefined, { nature: 'international' as const, digits: SENDER }).map((it) => () => it),
    reference: fc.integer(),
  });
  const settings = fc.record({
    flow: fc.constantFrom('vstp', 'ported-out' as const),
    portabilityCheck: fc.boolean(),
    mode: fc.constantFrom<ScreeningSettings['mode']>({ kind: 'monitor' }, { kind: 'enforce' }, { kind: 'sample', percent: 50 }),
    whenNumbersUnavailable: fc.constantFrom('pass', 'refuse' as const),
    prepaid: fc
      .record({ on: fc.boolean(), whenNoPlatform: fc.constantFrom('pass', 'refuse' as const) })
      .map(({ on, ...more }) => withPrepaid(on, { ...more, recipients: on })!),
  });

  it('gets a decision of known words that is explained alike, asks the store only when it is ready, and acts only as its verdict says', () => {
    fc.assert(
      fc.property(settings, message, fc.integer({ min: 0, max: 255 }), fc.boolean(), (wish, one, type, isReady) => {
        const world = worldOf(wish as Partial<ScreeningSettings>, { [SENDER]: record(type) });
        if (!isReady) world.numbers.state = 'damaged';
        const decision = world.decide(one as never);
        assert.ok(PLACES.includes(decision.place) && REASONS.includes(decision.reason));
        assert.equal(decision.action, decision.held === 'no' ? decision.verdict : 'pass');
        assert.equal(decision.verdict === 'reject', decision.rule !== undefined && decision.answer !== undefined);
        assert.equal(decision.verdict === 'redirect', decision.relay !== undefined);
        if (wish.mode!.kind === 'monitor') assert.equal(decision.action, 'pass');
        if (decision.rule === 'home-smsc')
          assert.ok(wish.portabilityCheck && decision.homeSmsc !== undefined && decision.record !== undefined);
        assert.equal(new Set(OUTCOMES).size, OUTCOMES.length);
      }),
    );
  });
});
