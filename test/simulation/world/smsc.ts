/** The push channel: writes pushes as the endpoint does, cuts them into short messages, and brings those to handsets that may be away. */
import type { Msisdn } from '#base';
import { SEGMENTED_OCTETS_MAX, type ShortMessage, toPushOctets, toShortMessages } from '#endpoint/push';
import type { Notifier, Push, PushOutcome } from '#messaging';
import type { Loop } from '../kit/loop.js';
import type { Random } from '../kit/random.js';
import type { Trace } from '../kit/trace.js';
import type { Hazards } from '../machine/hazards.js';
import { short } from './network.js';
import { MINUTE, SECOND, type WorldSettings } from './settings.js';

export interface Receiver {
  readonly isOn: boolean;
  receive(message: ShortMessage): void;
}

/** How the channel answers, by weight. */
const ANSWERS = [
  { answer: 'accepted', weight: 80 },
  /** Taken, and the answer is lost: the server tries again, the handset sees it twice. */
  { answer: 'accepted, said to be deferred', weight: 4 },
  { answer: 'deferred', weight: 8 },
  { answer: 'deferred for a while', weight: 4 },
  { answer: 'accepted late', weight: 3 },
  { answer: 'failed', weight: 1 },
] as const;

/** The longest time that the channel asks to be left alone. Milliseconds. */
export const RETRY_AFTER_MAX_MS = 90 * SECOND;

const DEFERRED = { kind: 'deferred', reason: 'busy' } as const;

export class Smsc {
  readonly notifier: Notifier;
  readonly #loop: Loop;
  readonly #random: Random;
  readonly #trace: Trace;
  readonly #hazards: Hazards;
  readonly #settings: WorldSettings;
  readonly #receivers: ReadonlyMap<Msisdn, Receiver>;
  /** Told of every push that is tried. */
  readonly #pushed: (push: Push, octets: Uint8Array | undefined) => void;
  /** Keys of notifications of which the channel said that they cannot be delivered. */
  readonly failed = new Set<string>();
  #references = 0;

  constructor(
    loop: Loop,
    random: Random,
    trace: Trace,
    hazards: Hazards,
    settings: WorldSettings,
    receivers: ReadonlyMap<Msisdn, Receiver>,
    pushed: (push: Push, octets: Uint8Array | undefined) => void,
  ) {
    this.#loop = loop;
    this.#random = random;
    this.#trace = trace;
    this.#hazards = hazards;
    this.#settings = settings;
    this.#receivers = receivers;
    this.#pushed = pushed;
    this.notifier = { push: (push) => this.#push(push) };
  }

  async #push(push: Push): Promise<PushOutcome> {
    const reference = this.#references++ & 0xff;
    const octets = toPushOctets(push, this.#settings.push, reference, SEGMENTED_OCTETS_MAX);
    this.#pushed(push, octets.ok ? octets.value : undefined);
    if (!octets.ok) {
      if (push.kind === 'notification') this.failed.add(push.key);
      return { kind: 'failed', reason: octets.error.reason };
    }
    const receiver = this.#receivers.get(push.to);
    await this.#loop.sleep(this.#random.unit() * SECOND);
    let { answer } = this.#random.weighted(ANSWERS);
    if (!receiver?.isOn) answer = 'deferred';
    this.#trace.line(`smsc: ${push.kind} to ${short(push.to)}: ${answer}`);
    this.#trace.count('push', answer);
    switch (answer) {
      case 'deferred':
        return DEFERRED;
      case 'deferred for a while':
        return { ...DEFERRED, retryAfterMs: this.#random.unit() * RETRY_AFTER_MAX_MS };
      case 'failed':
        if (push.kind === 'notification') this.failed.add(push.key);
        return { kind: 'failed', reason: 'no such handset' };
      default: {
        const messages = toShortMessages(octets.value, reference);
        this.#trace.count('push', messages.length > 1 ? 'several short messages' : 'one short message');
        for (const message of messages) this.#send(receiver!, message);
        if (answer === 'accepted late') await this.#loop.sleep(this.#random.between(1, 40) * SECOND);
        return answer === 'accepted, said to be deferred' ? DEFERRED : { kind: 'accepted' };
      }
    }
  }

  #send(receiver: Receiver, message: ShortMessage): void {
    const { shortMessagesLost, shortMessagesDoubled, shortMessagesLate } = this.#hazards;
    if (this.#random.chance(shortMessagesLost)) {
      this.#trace.count('push', 'a short message is lost');
      return;
    }
    const times = this.#random.chance(shortMessagesDoubled) ? 2 : 1;
    if (times > 1) this.#trace.count('push', 'a short message comes twice');
    for (let i = 0; i < times; i++) {
      const late = this.#random.chance(shortMessagesLate);
      if (late) this.#trace.count('push', 'a short message comes late');
      const delayMs = this.#random.unit() * (late ? 6 * MINUTE : 3 * SECOND);
      this.#loop.after(delayMs, this.#loop.world, () => {
        // What finds the handset off is lost: validity is up to the short message centre.
        if (receiver.isOn) receiver.receive({ header: Uint8Array.from(message.header), data: Uint8Array.from(message.data) });
      });
    }
  }
}
