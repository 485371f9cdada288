/** Other carriers, value added services and mail that come to our handsets: each repeats its message until it is answered, and now and then once more. */
import type { Msisdn } from '#base';
import { makeContent, type SendReq } from '#codec/mms';
import type { Address, Messaging, Origin, Submission } from '#messaging';
import type { Loop } from '../kit/loop.js';
import type { Random } from '../kit/random.js';
import type { Trace } from '../kit/trace.js';
import type { Intended, MailTerms, Sent } from './compose.js';
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
const MAIL_SENDER: Address = { kind: 'email', mailbox: 'Someone@elsewhere.example' };
/** What mail wishes to be told of; undefined: nothing in particular, which means failures. RFC 3461 4.1. */
const NOTIFY: readonly MailTerms['notify'][] = [undefined, undefined, [], ['success', 'failure'], ['failure'], ['success']];

export class Strangers {
  readonly #in: StrangersWorld;

  constructor(world: StrangersWorld) {
    this.#in = world;
  }

  /** Another carrier or a value added service sends one message until it is answered. */
  async send(number: number, random: Random): Promise<void> {
    const sent = this.#compose(number, random);
    this.#in.ledger().add(sent);
    await this.#insist(sent, originOf(number, random), random);
  }

  /** A mail comes, until it is answered. */
  async mail(number: number, random: Random): Promise<void> {
    const envelopeSender = random.chance(0.85) ? 'bounces@elsewhere.example' : '';
    const notify = random.pick(NOTIFY);
    const mail: MailTerms = { envelopeSender, ...(notify && { notify }) };
    const sent: Sent = { ...this.#compose(number, random), mail, from: MAIL_SENDER };
    this.#in.ledger().add(sent);
    await this.#insist(sent, { interface: 'mm3', messageId: `<s${number}@elsewhere.example>`, envelopeSender }, random);
  }

  async #insist(sent: Sent, origin: Origin, random: Random): Promise<void> {
    const { loop, trace } = this.#in;
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
    const content = picture(`stranger ${number}`, random.between(1, settings.store.inlineOctetsMax * 2), random);
    const first = random.pick(phones());
    const second = random.pick(phones());
    const people = first === second ? [first] : [first, second];
    return sentFromOutside({
      number,
      content,
      intended: people.map(({ msisdn }) => ({ key: `number:+${msisdn}`, msisdn, field: 'to', ours: true })),
      expiry: { kind: 'relative', seconds: random.between(60, 400) },
      deliveryReport: random.chance(0.8),
      readReport: random.chance(0.5),
    });
  }
}

/** Content that is nobody else's. */
export function picture(name: string, size: number, random: Random): Content {
  return makeContent(
    [
      {
        contentType: { media: 'image/jpeg', parameters: {} },
        data: Buffer.concat([Buffer.from(name), random.octets(size)]),
      },
    ],
    { media: 'application/vnd.wap.multipart.mixed', parameters: {} },
  );
}

type Content = ReturnType<typeof makeContent>;

export interface FromOutside extends Pick<SendReq, 'expiry' | 'deliveryTime' | 'deliveryReport' | 'readReport'> {
  readonly number: number;
  readonly content: Content;
  readonly intended: readonly Intended[];
}

/** A message that comes from elsewhere, as if it had been written on a handset: what is expected of it is the same. */
export function sentFromOutside({ number, content, intended, ...terms }: FromOutside): Sent {
  const pdu: SendReq = {
    kind: 'm-send-req',
    transactionId: 'none',
    version: '1.2',
    from: { kind: 'address', address: `+${SENDER}/TYPE=PLMN` },
    to: intended.map(({ key, msisdn }) => (msisdn ? `+${msisdn}/TYPE=PLMN` : key.replace(/^[a-z-]*:/, ''))),
    cc: [],
    bcc: [],
    ...terms,
    content,
  };
  return {
    number,
    sender: { msisdn: SENDER },
    pdu,
    octets: Buffer.alloc(0),
    content: Buffer.from(content.octets),
    intended,
    large: false,
  };
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

type Wish = SendReq['expiry'];
const wishOf = (time: Wish) => time && (time.kind === 'relative' ? { afterMs: time.seconds * SECOND } : { at: time.at });

/** What the endpoint makes of it. */
export const toSubmission = ({ number, pdu, content, intended, mail, from }: Sent, origin: Origin): Submission => ({
  origin,
  sender: from ?? { kind: 'number', msisdn: SENDER },
  recipients: intended.map(({ key, msisdn }) => ({
    field: 'to',
    address: msisdn ? { kind: 'number', msisdn } : { kind: 'email', mailbox: key.slice('email:'.length) },
    ...(mail?.notify && { dsn: { notify: mail.notify } }),
  })),
  messageClass: 'personal',
  priority: 'normal',
  deliveryReport: pdu.deliveryReport === true,
  readReport: pdu.readReport === true,
  expiry: wishOf(pdu.expiry) ?? { afterMs: MINUTE },
  ...(pdu.deliveryTime && { deliveryTime: wishOf(pdu.deliveryTime)! }),
  replyCharging: false,
  contentType: 'application/vnd.wap.multipart.mixed',
  content: [content],
  fingerprint: '',
  named: { system: `${origin.interface}:stranger`, messageId: `s${number}` },
});
