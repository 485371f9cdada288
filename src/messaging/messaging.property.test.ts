/** Whatever happens in whatever order, and whatever fails: what the domain promises. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { LIMITS, type Msisdn } from '#base';
import { type Address, addressKey } from './address.js';
import type { MessagingEvent } from './events.js';
import { ALICE, aNumber, BOB, CAROL } from './fixtures.contract.js';
import { StoreUnavailable } from './message-store.js';
import type { NotificationAnswer, Retrieval, Submission } from './messaging.js';
import { ENDED, type MessageId, type RecipientField } from './model.js';
import type { PushOutcome } from './notifier.js';
import { aSubmission, aTestbed, POLICY, type StoreMethod, type Testbed } from './testbed.contract.js';

const HOUR = 3_600_000;
const PEOPLE: readonly Address[] = [ALICE, BOB, CAROL, aNumber('491510000004')];
const ADDRESSES: readonly Address[] = [...PEOPLE, aNumber('35840123456'), { kind: 'email', mailbox: 'a@example.org' }];

type Command =
  | {
      readonly do: 'submit';
      readonly letter: number;
      readonly to: readonly (readonly [number, RecipientField])[];
      readonly terms: Partial<Submission>;
    }
  | { readonly do: 'work' | 'housekeep' }
  | {
      readonly do: 'answer';
      readonly which: number;
      readonly status: NotificationAnswer['status'];
      readonly more: Partial<NotificationAnswer>;
    }
  | { readonly do: 'fetch' | 'acknowledge' | 'impostor'; readonly which: number }
  | { readonly do: 'read'; readonly which: number; readonly status: 'read' | 'deleted-without-being-read' }
  | { readonly do: 'reach'; readonly who: number }
  | { readonly do: 'pass' | 'step'; readonly ms: number }
  | { readonly do: 'weather'; readonly pushes: PushOutcome['kind']; readonly failing: readonly StoreMethod[] };

const which = fc.nat(30);
const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('submit' as const),
      letter: fc.nat(6),
      to: fc.array(fc.tuple(fc.nat(ADDRESSES.length - 1), fc.constantFrom<RecipientField>('to', 'cc', 'bcc')), {
        minLength: 1,
        maxLength: 5,
      }),
      terms: fc.record(
        {
          deliveryReport: fc.boolean(),
          readReport: fc.boolean(),
          messageClass: fc.constantFrom('personal' as const, 'auto' as const),
          expiry: fc.record({ afterMs: fc.integer({ min: 1, max: 48 * HOUR }) }),
          deliveryTime: fc.record({ afterMs: fc.integer({ min: 0, max: 12 * HOUR }) }),
        },
        { requiredKeys: [] },
      ),
    }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('work' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('housekeep' as const) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('answer' as const),
      which,
      status: fc.constantFrom<NotificationAnswer['status']>('retrieved', 'rejected', 'deferred', 'unrecognised', 'forwarded'),
      more: fc.record({ reportAllowed: fc.boolean() }, { requiredKeys: [] }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constantFrom('fetch' as const, 'acknowledge' as const, 'impostor' as const), which }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('read' as const),
      which,
      status: fc.constantFrom('read' as const, 'deleted-without-being-read' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reach' as const), who: fc.nat(PEOPLE.length - 1) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 6 * HOUR }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('step' as const), ms: fc.integer({ min: -24 * HOUR, max: 24 * HOUR }) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('weather' as const),
      pushes: fc.constantFrom<PushOutcome['kind']>('accepted', 'accepted', 'deferred', 'failed'),
      failing: fc.oneof(
        fc.constant<StoreMethod[]>([]),
        fc.subarray<StoreMethod>([
          'accept',
          'change',
          'claimDue',
          'delivery',
          'deliveriesOf',
          'content',
          'hasten',
          'nextDueAt',
          'findResubmission',
        ]),
      ),
    }),
  },
);

/** One life of the domain, with what it has promised and shown so far. */
class Life {
  readonly bed: Testbed = aTestbed({ pushesInFlightMax: 4, historyMs: 10 * 24 * HOUR });
  readonly accepted = new Map<MessageId, { readonly fingerprint: string; readonly at: number }>();
  readonly shown: Retrieval[] = [];
  failing: readonly StoreMethod[] = [];
  readonly #letters = new Map<string, Submission>();
  #dice: number;

  constructor(seed: number) {
    this.#dice = seed;
    this.bed.trouble = (method) =>
      this.failing.includes(method) && this.#throw() < 0.3 ? new StoreUnavailable('injected') : undefined;
    this.bed.delay = () => (this.#throw() < 0.3 ? new Promise((resolve) => setImmediate(resolve)) : undefined);
  }

  /** 0 up to 1, the same for the same seed. */
  #throw(): number {
    this.#dice = (this.#dice * 48_271) % 2_147_483_647;
    return this.#dice / 2_147_483_647;
  }

  async #some(index: number): Promise<{ key: string; by: Msisdn; messageId: MessageId } | undefined> {
    const ids = [...this.accepted.keys()];
    const id = ids[index % Math.max(1, ids.length)];
    const deliveries = id === undefined ? [] : await this.bed.store.deliveriesOf(id);
    const delivery = deliveries[index % Math.max(1, deliveries.length)];
    return delivery?.recipient.kind === 'number'
      ? { key: delivery.key, by: delivery.recipient.msisdn, messageId: delivery.messageId }
      : undefined;
  }

  async act(command: Command): Promise<void> {
    const { messaging } = this.bed;
    switch (command.do) {
      case 'submit': {
        const recipients = command.to.map(([address, field]) => ({ field, address: ADDRESSES[address]! }));
        const fingerprint = `letter ${command.letter}`;
        // The same letter has the same words each time it is sent.
        const letter = this.#letters.get(fingerprint) ?? aSubmission({ ...command.terms, recipients, fingerprint });
        this.#letters.set(fingerprint, letter);
        const at = this.bed.now();
        const outcome = await messaging.submit(letter);
        if (outcome.ok && !outcome.value.resubmission) this.accepted.set(outcome.value.messageId, { fingerprint, at });
        if (outcome.ok) assert.ok(this.accepted.has(outcome.value.messageId) || outcome.value.resubmission);
        return;
      }
      case 'work':
        await messaging.workDue();
        return;
      case 'housekeep':
        await messaging.housekeep();
        return;
      case 'pass':
        this.bed.pass(command.ms);
        return;
      case 'step':
        this.bed.step(command.ms);
        return;
      case 'reach': {
        const person = PEOPLE[command.who]!;
        if (person.kind === 'number') await messaging.handsetReachable(person.msisdn);
        return;
      }
      case 'weather':
        this.failing = command.failing;
        this.bed.answerPush = () => ({ kind: command.pushes, reason: 'weather' });
        return;
      default: {
        const one = await this.#some(command.which);
        if (!one) return;
        const { key, by, messageId } = one;
        if (command.do === 'answer') await messaging.notificationAnswered({ key, by, status: command.status, ...command.more });
        if (command.do === 'acknowledge') await messaging.acknowledged({ key, by });
        if (command.do === 'read') await messaging.readReported({ messageId, by, status: command.status });
        if (command.do === 'impostor') {
          const impostor = '491599999999' as Msisdn;
          assert.equal((await messaging.acknowledged({ key, by: impostor })).ok, false);
          assert.equal((await messaging.retrieve(key, impostor)).ok, false);
        }
        if (command.do === 'fetch') {
          const outcome = await messaging.retrieve(key, by);
          if (outcome.ok) {
            this.shown.push(outcome.value);
            await messaging.fetched(outcome.value.delivery.key);
          }
        }
      }
    }
  }

  /** Good weather, and time goes on until nothing is left to do. */
  async comeToRest(): Promise<void> {
    this.failing = [];
    this.bed.answerPush = () => ({ kind: 'accepted' });
    this.bed.pass(LIMITS.dueLeaseMs);
    for (let rounds = 0; rounds < 2_000; rounds++) {
      const { nextAt } = await this.bed.messaging.workDue();
      if (nextAt === undefined) return;
      this.bed.pass(Math.max(0, nextAt - this.bed.now()));
    }
    assert.fail('work never ends');
  }

  async check(): Promise<void> {
    for (const id of this.accepted.keys()) {
      const observed = this.bed.events.filter((event) => event.messageId === id);
      const history = await this.bed.store.history(id);
      if (!history) {
        // Only what has come to its end is removed.
        const { length } = observed.filter(({ kind }) => kind === 'delivery-ended' || kind === 'recipient-refused');
        const first = observed[0];
        assert.ok(first?.kind === 'message-accepted' && first.recipients === length, `${id} is lost`);
        continue;
      }
      const open = history.deliveries.filter(({ state }) => !ENDED[state]);
      const content = await this.bed.store.content(id);
      assert.equal(content.kind === 'content', open.length > 0, `content of ${id} with ${open.length} open deliveries`);
      for (const { dueAt } of open)
        assert.ok(dueAt !== undefined && dueAt <= history.message.expiresAt, 'somebody comes back in time');
      assert.deepEqual(tally(observed), tally(history.events), 'what is observed is what is kept');
    }
    this.#checkEnds();
    this.#checkSecrets();
    this.#checkResubmissions();
  }

  /** Each delivery ends once, and there is one report of each kind about each recipient. */
  #checkEnds(): void {
    const once = new Set<string>();
    for (const event of this.bed.events) {
      let what: string | undefined;
      if (event.kind === 'delivery-ended') what = event.delivery;
      if (event.kind === 'report-queued') what = `${event.messageId} ${event.about} ${addressKey(event.recipient)}`;
      if (event.kind === 'content-removed') what = `content of ${event.messageId}`;
      if (event.kind === 'message-read') what = `reading of ${event.delivery}`;
      if (what === undefined) continue;
      assert.ok(!once.has(what), `twice: ${event.kind} ${what}`);
      once.add(what);
    }
  }

  #checkSecrets(): void {
    for (const { message, recipients } of this.shown) {
      const bcc = new Set(message.recipients.filter(({ field }) => field === 'bcc').map(({ address }) => addressKey(address)));
      for (const { field, address } of recipients) assert.ok(field !== 'bcc' && !bcc.has(addressKey(address)));
    }
    const keys = new Map<string, Msisdn>();
    for (const { key, to, from } of this.bed.notifications()) {
      assert.equal(keys.get(key) ?? to, to, 'a key is told to one recipient only');
      keys.set(key, to);
      assert.deepEqual(from, ALICE);
    }
  }

  /** Within the window, the same octets of the same sender are one message. */
  #checkResubmissions(): void {
    const all = [...this.accepted.values()];
    for (const [i, one] of all.entries()) {
      for (const other of all.slice(i + 1)) {
        if (one.fingerprint === other.fingerprint)
          assert.ok(Math.abs(one.at - other.at) > POLICY.resubmissionWindowMs, one.fingerprint);
      }
    }
  }
}

/** How often each event happened; the order in which waiting callers hear of them is nobody's promise. */
const tally = (events: readonly MessagingEvent[]): string[] => events.map((event) => JSON.stringify(event)).sort();

describe('the domain, under any interleaving of commands, failing pushes, a failing store and stepping clocks', () => {
  it('loses nothing accepted, shows no Bcc, reports once, keeps content exactly while a delivery is open, and ends every delivery', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.array(fc.array(command, { minLength: 1, maxLength: 5 }), { maxLength: 25 }),
        async (seed, batches) => {
          const life = new Life(seed);
          for (const batch of batches) {
            await Promise.all(batch.map((one) => life.act(one)));
            await life.check();
          }
          await life.comeToRest();
          await life.check();
          for (const id of life.accepted.keys()) {
            const history = await life.bed.store.history(id);
            assert.ok(history?.deliveries.every(({ state }) => ENDED[state]) ?? true);
            assert.deepEqual(history?.reports ?? [], []);
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});
