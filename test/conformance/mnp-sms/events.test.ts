/** What is told of messages: the vendors' events with their fields and what these lack, and our own. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RejectCeiling, type ScreeningEvent } from '#portability';
import { FOREIGN, HOME, NOW, RECIPIENT, record, SENDER, title, type World, withPrepaid, worldOf } from './world.js';

const PORTED = { [SENDER]: record(1, { kind: 'rn', routingNumber: 'D123' }) };

const only = <K extends ScreeningEvent['kind']>(world: World, kind: K): ScreeningEvent & { kind: K } => {
  assert.deepEqual(
    world.events.map(({ event, context }) => [event.kind, context]),
    [[kind, 'context']],
  );
  return world.events[0]!.event as ScreeningEvent & { kind: K };
};

describe('Portability check for MO SMS: events', () => {
  it('rejected (UIM 1129): both addresses, time, sender, record, SM-RP-DA, list entry, mode and versions', () => {
    const world = worldOf({}, PORTED);
    const decision = world.decide({ imsi: '262011234567890' });
    const event = only(world, 'rejected');
    assert.equal(event.at, NOW);
    assert.deepEqual([event.called, event.calling], [title(HOME), title('491710999999')]);
    assert.deepEqual(event.sender, { nature: 'international', digits: SENDER });
    assert.deepEqual(event.serviceCentre, { nature: 'international', digits: HOME });
    assert.deepEqual([event.imsi, event.selector, event.settings], ['262011234567890', 'mo', 'test']);
    assert.deepEqual(event.numbers, world.numbers.version);
    assert.equal(event.decision, decision);
    assert.deepEqual([decision.sender, decision.record, decision.mode], [Number(SENDER), PORTED[SENDER], 'enforce']);
    assert.deepEqual(decision.homeSmsc, { name: 'home', digits: HOME });
  });

  it('rejected: told in monitor mode as well, with what would have been done', () => {
    const world = worldOf({ mode: { kind: 'monitor' } }, PORTED);
    world.decide();
    const { decision } = only(world, 'rejected');
    assert.deepEqual([decision.action, decision.verdict, decision.held], ['pass', 'reject', 'monitor']);
  });

  it('sender-unusable (UIM 1294): digits of the sender that are no number', () => {
    for (const [digits, failure] of [
      ['', 'no-digits'],
      ['4917*1', 'not-decimal'],
      ['0171', 'leading-zero'],
      ['1234567890123456', 'too-long'],
    ] as const) {
      const world = worldOf({}, PORTED);
      world.decide({ sender: { nature: 'international', digits } });
      const event = only(world, 'sender-unusable');
      assert.deepEqual([event.failure, event.written?.digits], [failure, digits]);
    }
  });

  it('recipient-unusable (UIM 1374): an address of the recipient that cannot be read or is none', () => {
    const prepaid = withPrepaid(true, { recipients: true })!;
    for (const recipient of [undefined, () => undefined, () => ({ nature: 'national' as const, digits: 'a1' })]) {
      const world = worldOf({ prepaid }, {});
      assert.equal(world.decide(recipient === undefined ? {} : { recipient }).place, 'row 10');
      assert.equal(only(world, 'recipient-unusable').failure, recipient?.() === undefined ? 'absent' : 'not-decimal');
    }
  });

  it('parameter-missing (UIM 1416): a sender that is no MSISDN', () => {
    const world = worldOf({}, PORTED);
    world.decide({ sender: undefined });
    assert.equal(only(world, 'parameter-missing').parameter, 'SM-RP-OA');
  });

  it('undecodable: a selected message that the caller could not read', () => {
    const world = worldOf();
    world.screening.passOver(world.screening.select(title(HOME))!, { kind: 'undecodable', why: 'octet 7' }, NOW, 'context');
    assert.deepEqual([only(world, 'undecodable').why, only(world, 'undecodable').selector], ['octet 7', 'mo']);
    world.screening.passOver(world.screening.select(title(HOME))!, { kind: 'not-mo-ForwardSM' }, NOW, 'context');
    assert.equal(world.events.length, 1);
  });

  it('service-centre-differs: a screened sender asks for another service centre than the called party', () => {
    const world = worldOf({}, PORTED);
    const decision = world.decide({ called: title(FOREIGN) });
    assert.deepEqual([decision.place, decision.serviceCentre], ['row 13', 'differs']);
    assert.equal(only(world, 'service-centre-differs').serviceCentre.digits, HOME);
    const same = worldOf({}, PORTED).decide({ serviceCentre: { nature: 'national', digits: HOME.slice(2) } });
    assert.equal(same.serviceCentre, 'same');
    const silent = worldOf({ serviceCentre: 'ignore' }, PORTED);
    assert.equal(silent.decide({ called: title(FOREIGN) }).serviceCentre, 'not-compared');
    assert.deepEqual(silent.events, []);
  });

  it('prepaid-type-unprovisioned: a prepaid type without a platform passes', () => {
    // Where no platform is up it may be refused; that one was never provisioned is nobody's failure now.
    const world = worldOf({ prepaid: withPrepaid(true, { whenNoPlatform: 'refuse' })! }, { [SENDER]: record(35) });
    const decision = world.decide();
    assert.deepEqual([decision.place, decision.action, decision.reason], ['row 11', 'pass', 'prepaid-type-unprovisioned']);
    assert.equal(only(world, 'prepaid-type-unprovisioned').prepaidType, 32);
  });

  it('no-platform-available: the platforms of a type are down or drained; the message passes, or is refused by setting', () => {
    const down = { isUp: () => false };
    const open = worldOf({}, { [SENDER]: record(3) }, { platforms: down });
    assert.deepEqual([open.decide().place, open.decide().action], ['row 11', 'pass']);
    const closed = worldOf(
      { prepaid: withPrepaid(true, { whenNoPlatform: 'refuse' })! },
      { [SENDER]: record(3) },
      { platforms: down },
    );
    const decision = closed.decide();
    assert.deepEqual([decision.action, decision.rule, decision.answer?.kind], ['reject', 'platforms-unavailable', 'tcap-error']);
    assert.deepEqual(
      closed.events.map(({ event }) => event.kind),
      ['no-platform-available', 'rejected'],
    );
  });

  it('no-platform-available: told of a recipient, too, whose message then goes on', () => {
    const prepaid = withPrepaid(true, { recipients: true, platforms: [{ name: 'in', addresses: ['49'], drain: true }] })!;
    const world = worldOf({ prepaid }, { [RECIPIENT]: record(3) });
    const decision = world.decide({ recipient: () => ({ nature: 'international', digits: RECIPIENT }) });
    assert.deepEqual([decision.place, decision.action], ['row 10', 'pass']);
    assert.equal(only(world, 'no-platform-available').party, 'recipient');
  });

  it('numbers-not-ready and numbers-ready-again: once for each change of the store', () => {
    const world = worldOf({}, PORTED);
    world.decide({ called: title(FOREIGN), serviceCentre: undefined });
    for (const state of ['missing', 'missing', 'ready', 'ready', 'damaged'] as const) {
      world.numbers.state = state;
      world.decide({ called: title(FOREIGN), serviceCentre: undefined });
    }
    assert.deepEqual(
      world.events.map(({ event }) => event.kind),
      ['numbers-not-ready', 'numbers-ready-again', 'numbers-not-ready'],
    );
  });

  it('numbers-ready-again: also under another edition of the settings than the one that told of the store', () => {
    const old = worldOf({}, PORTED);
    old.numbers.state = 'loading';
    old.decide({ called: title(FOREIGN), serviceCentre: undefined });
    const next = worldOf({ version: 'next' }, {}, { numbers: old.numbers });
    old.numbers.state = 'ready';
    next.decide({ called: title(FOREIGN), serviceCentre: undefined });
    assert.deepEqual(
      [...old.events, ...next.events].map(({ event }) => event.kind),
      ['numbers-not-ready', 'numbers-ready-again'],
    );
  });

  it('ceiling-exceeded: once; from then on rejects are monitored, redirects go on, until an operator resumes', () => {
    const ceiling = new RejectCeiling();
    const settings = { ceiling: { percent: 50, windowSeconds: 60, messagesMin: 4 } };
    const prepaid = '491710000003';
    const world = worldOf(settings, { ...PORTED, [prepaid]: record(3) }, { ceiling });
    const actions = () => Array.from({ length: 3 }, () => world.decide().action);
    assert.deepEqual(actions(), ['reject', 'reject', 'reject']);
    assert.deepEqual(actions(), ['pass', 'pass', 'pass']);
    assert.equal(world.decide().held, 'ceiling');
    assert.equal(world.decide({ sender: { nature: 'international', digits: prepaid } }).action, 'redirect');
    const exceeded = world.events.flatMap(({ event }) => (event.kind === 'ceiling-exceeded' ? [event] : []));
    assert.deepEqual(exceeded, [{ kind: 'ceiling-exceeded', at: NOW, percent: 50, rejects: 4, messages: 4, windowSeconds: 60 }]);
    assert.deepEqual([ceiling.state.isExceeded, ceiling.state.since], [true, NOW]);
    assert.equal(world.decide({}, NOW + 86_400_000).held, 'ceiling');
    ceiling.resume();
    assert.equal(world.decide({}, NOW + 86_400_000).action, 'reject');
  });
});
