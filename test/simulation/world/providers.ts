/**
 * A value added service that takes back and replaces what it has sent: to our handsets, to other carriers' and to mailboxes. It repeats each
 * request until it is answered, and may have several on their way at once.
 */
import type { Msisdn, Result } from '#base';
import type { Cancelled, MessageId, Messaging, RecallRefusal } from '#messaging';
import type { Loop } from '../kit/loop.js';
import type { Random } from '../kit/random.js';
import type { Trace } from '../kit/trace.js';
import { Violation } from '../machine/witness.js';
import type { Intended, Sent } from './compose.js';
import type { Ledger } from './ledger.js';
import type { Phone } from './phone.js';
import { MINUTE, SECOND, type WorldSettings } from './settings.js';
import { picture, sentFromOutside, toSubmission } from './strangers.js';

export interface ProvidersWorld {
  readonly loop: Loop;
  readonly trace: Trace;
  readonly settings: WorldSettings;
  readonly ledger: () => Ledger;
  readonly phones: () => readonly Phone[];
  /** The program, while it runs. */
  readonly messaging: () => Messaging | undefined;
}

/** How long an answer is waited for. Milliseconds. */
const PATIENCE_MS = 20 * SECOND;
const VASP = 'quiz';
const MEDIA = 'application/vnd.wap.multipart.mixed';

/** What is done with a message that has been sent. */
export const RECALLS = [
  { name: 'cancels', weight: 4 },
  { name: 'replaces', weight: 6 },
] as const;

type Recall = Result<Cancelled, RecallRefusal>;

export class Providers {
  readonly #in: ProvidersWorld;

  constructor(world: ProvidersWorld) {
    this.#in = world;
  }

  /** Sends one message, and thinks better of it. */
  async send(number: number, random: Random): Promise<void> {
    const { loop, trace, ledger } = this.#in;
    const sent = this.#compose(number, random);
    ledger().add(sent);
    trace.count('sends', 'from outside, to be recalled');
    const id = await this.#accepted(sent, random);
    if (id === undefined) return;
    const count = random.pick([1, 1, 2, 3]);
    const underWay: Promise<void>[] = [];
    for (let i = 0; i < count; i++) {
      const { name } = random.weighted(RECALLS);
      // At once, soon, or when much of it has been delivered.
      await loop.sleep(random.unit() * random.pick([0, SECOND, 20 * SECOND, 2 * MINUTE]));
      const draws = random.fork(`recall ${i}`);
      trace.line(`${VASP} ${name} message ${number}`);
      trace.count('recalls', name);
      const recall = name === 'cancels' ? this.#cancel(sent, id, draws) : this.#replace(sent, id, number + (i + 1) / 10, draws);
      underWay.push(recall);
      if (random.chance(0.7)) await recall;
    }
    await Promise.all(underWay);
  }

  async #accepted(sent: Sent, random: Random): Promise<MessageId | undefined> {
    const { trace, ledger } = this.#in;
    const submission = toSubmission(sent, { interface: 'mm7', vasp: VASP, transactionId: `t${sent.number}` });
    const outcome = await this.#insist(random, (messaging) => messaging.submit(submission));
    if (outcome.ok) {
      ledger().promisedOutside(sent, outcome.value.messageId);
      return outcome.value.messageId;
    }
    trace.count('answer', `outside: ${outcome.error.kind}`);
    return undefined;
  }

  async #cancel(sent: Sent, messageId: MessageId, random: Random): Promise<void> {
    const outcome = await this.#insist(random, (messaging) => messaging.cancel({ by: { vasp: VASP }, messageId }));
    this.#heard('cancels', sent, messageId, outcome);
    if (outcome.ok || outcome.error.kind === 'too-late') this.#in.ledger().recalled.answered(messageId);
  }

  async #replace(sent: Sent, messageId: MessageId, number: number, random: Random): Promise<void> {
    const { settings, ledger } = this.#in;
    const content = picture(`version ${number}`, random.between(1, settings.store.inlineOctetsMax * 2), random);
    const readReport = random.chance(0.5);
    const next: Sent = {
      ...sentFromOutside({
        number,
        content,
        intended: sent.intended,
        deliveryReport: sent.pdu.deliveryReport === true,
        readReport,
        ...(random.chance(0.5) && { expiry: { kind: 'relative', seconds: random.between(60, 400) } }),
      }),
      replaces: sent,
    };
    ledger().add(next);
    const { expiry } = next.pdu;
    const outcome = await this.#insist(random, (messaging) =>
      messaging.replace({
        vasp: VASP,
        messageId,
        transactionId: `t${number}`,
        readReport,
        ...(expiry?.kind === 'relative' && { expiry: { afterMs: expiry.seconds * SECOND } }),
        contentType: MEDIA,
        content: [next.content],
      }),
    );
    this.#heard('replaces', sent, messageId, outcome);
    if (!outcome.ok) return;
    ledger().promisedOutside(next, outcome.value.messageId);
    ledger().recalled.answered(messageId, outcome.value.messageId);
  }

  #heard(what: string, sent: Sent, id: MessageId, outcome: Recall): void {
    const { trace, loop } = this.#in;
    const word = outcome.ok ? 'Ok' : outcome.error.kind;
    trace.line(`${VASP} hears ${word}: it ${what} message ${sent.number}`);
    trace.count('recalls', `${what}: ${word}`);
    if ((word === 'not-found' && this.#in.ledger().isStored(id)) || word === 'not-the-sender')
      loop.fail(new Violation('senders find what they sent', `message ${sent.number}: ${word}`));
  }

  /** Asks until there is an answer that says something. */
  async #insist<T, E extends { readonly kind: string }>(
    random: Random,
    ask: (messaging: Messaging) => Promise<Result<T, E>>,
  ): Promise<Result<T, E>> {
    const { loop } = this.#in;
    for (;;) {
      const messaging = this.#in.messaging();
      const outcome = messaging && (await Promise.race([ask(messaging), loop.sleep(PATIENCE_MS)]));
      if (outcome && (outcome.ok || outcome.error.kind !== 'store-unavailable')) return outcome;
      await loop.sleep(random.unit() * 5 * SECOND);
    }
  }

  #compose(number: number, random: Random): Sent {
    const { settings, phones } = this.#in;
    const content = picture(`provider ${number}`, random.between(1, settings.store.inlineOctetsMax * 2), random);
    const byKey = new Map<string, Intended>();
    const add = (key: string, msisdn?: Msisdn): void => void byKey.set(key, { key, msisdn, field: 'to', ours: true });
    for (let left = random.between(1, 4); left > 0; left--) {
      const kind = random.pick(['handset', 'handset', 'peer', 'peer', 'other peer', 'mail'] as const);
      if (kind === 'mail') {
        add('email:a@b.example');
        continue;
      }
      const msisdn = {
        handset: random.pick(phones()).msisdn,
        peer: `4479460009${2 * random.between(5, 9)}` as Msisdn,
        'other peer': `35840123${random.between(1000, 1009)}` as Msisdn,
      }[kind];
      add(`number:+${msisdn}`, msisdn);
    }
    return sentFromOutside({
      number,
      content,
      intended: [...byKey.values()],
      expiry: { kind: 'relative', seconds: random.between(120, 500) },
      ...(random.chance(0.4) && { deliveryTime: { kind: 'relative', seconds: random.between(1, 100) } }),
      deliveryReport: random.chance(0.7),
      readReport: random.chance(0.5),
    });
  }
}
