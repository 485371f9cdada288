/** Other carriers and value added services that send to our handsets: each repeats its message until it is answered, and now and then once more. */

import type { Msisdn } from '#base';
import { makeContent, type SendReq } from '#codec/mms';
import type { Messaging, Origin, Submission } from '#messaging';
import type { Loop } from '../kit/loop.js';
import type { Random } from '../kit/random.js';
import type { Trace } from '../kit/trace.js';
import type { Sent } from './compose.js';
import type { Ledger } from './ledger.js';
import type { Phone } from './phone.js';
import { MINUTE, SECOND, type WorldSettings } from './settings.js';

export interface StrangersWorld {
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
const SENDER = '358401000001' as Msisdn;

export class Strangers {
  readonly #in: StrangersWorld;

  constructor(world: StrangersWorld) {
    this.#in = world;
  }

  /** Sends one message until it is answered. */
  async send(number: number, random: Random): Promise<void> {
    const { loop, ledger, trace } = this.#in;
    const sent = this.#compose(number, random);
    ledger().add(sent);
    const origin = originOf(number, random);
    const copies = random.chance(0.4) ? 2 : 1;
    trace.count('sends', `from outside by ${origin.interface}`);
    for (let copy = 1; copy <= copies; copy++) {
      while (!(await this.#try(sent, origin))) await loop.sleep(random.unit() * 5 * SECOND);
      // What comes again after a while is known all the same.
      if (copy < copies) await loop.sleep(random.unit() * 3 * MINUTE);
    }
  }

  async #try(sent: Sent, origin: Origin): Promise<boolean> {
    const messaging = this.#in.messaging();
    if (!messaging) return false;
    const submitted = messaging.submit(toSubmission(sent, origin));
    const outcome = await Promise.race([submitted, this.#in.loop.sleep(PATIENCE_MS)]);
    if (!outcome) return false;
    if (outcome.ok) {
      if (outcome.value.resubmission) this.#in.trace.count('message', 'from outside, known');
      this.#in.ledger().promisedOutside(sent, outcome.value.messageId);
      return true;
    }
    this.#in.trace.count('answer', `outside: ${outcome.error.kind}`);
    return outcome.error.kind !== 'store-unavailable';
  }

  #compose(number: number, random: Random): Sent {
    const { settings, phones } = this.#in;
    const size = random.between(1, settings.store.inlineOctetsMax * 2);
    const content = makeContent(
      [
        {
          contentType: { media: 'image/jpeg', parameters: {} },
          data: Buffer.concat([Buffer.from(`stranger ${number}`), random.octets(size)]),
        },
      ],
      { media: 'application/vnd.wap.multipart.mixed', parameters: {} },
    );
    const first = random.pick(phones());
    const second = random.pick(phones());
    const people = first === second ? [first] : [first, second];
    const pdu: SendReq = {
      kind: 'm-send-req',
      transactionId: 'none',
      version: '1.2',
      from: { kind: 'address', address: `+${SENDER}/TYPE=PLMN` },
      to: people.map(({ msisdn }) => `+${msisdn}/TYPE=PLMN`),
      cc: [],
      bcc: [],
      expiry: { kind: 'relative', seconds: random.between(60, 400) },
      deliveryReport: random.chance(0.8),
      readReport: random.chance(0.5),
      content,
    };
    return {
      number,
      sender: { msisdn: SENDER },
      pdu,
      octets: Buffer.alloc(0),
      content: Buffer.from(content.octets),
      intended: people.map(({ msisdn }) => ({ key: `number:+${msisdn}`, msisdn, field: 'to', ours: true })),
      large: false,
    };
  }
}

function originOf(number: number, random: Random): Origin {
  const transactionId = `t${number}`;
  return random.chance(0.7)
    ? {
        interface: 'mm4',
        peer: 'north',
        version: '6.10.0',
        messageId: `s${number}`,
        transactionId,
        ackRequest: random.chance(0.5),
      }
    : { interface: 'mm7', vasp: 'quiz', transactionId };
}

const toSubmission = ({ number, pdu, content, intended }: Sent, origin: Origin): Submission => ({
  origin,
  sender: { kind: 'number', msisdn: SENDER },
  recipients: intended.map(({ msisdn }) => ({ field: 'to', address: { kind: 'number', msisdn: msisdn! } })),
  messageClass: 'personal',
  priority: 'normal',
  deliveryReport: pdu.deliveryReport === true,
  readReport: pdu.readReport === true,
  expiry: { afterMs: pdu.expiry?.kind === 'relative' ? pdu.expiry.seconds * SECOND : MINUTE },
  replyCharging: false,
  contentType: 'application/vnd.wap.multipart.mixed',
  content: [content],
  fingerprint: '',
  named: { system: `${origin.interface}:stranger`, messageId: `s${number}` },
});
