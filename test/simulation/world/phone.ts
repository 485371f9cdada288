/** A handset: makes real PDUs, reads real answers, and follows the road that it is on. */
import type { Msisdn } from '#base';
import { decodePdu, encodePdu, type MmsPdu, type MmsVersion, type NotificationInd, type NotifyRespInd } from '#codec/mms';
import { decodePush } from '#codec/wsp';
import type { ShortMessage } from '#endpoint/push';
import type { Random } from '../kit/random.js';
import type { HttpAnswer, HttpRequest } from '../machine/mm1-driver.js';
import type { Sent } from './compose.js';
import type { Ledger } from './ledger.js';
import type { Network } from './network.js';
import { MM1_PATH, SECOND } from './settings.js';
import type { Receiver } from './smsc.js';

/** `again`: nothing is known, or it was said to try later. */
export type Heard = 'done' | 'refused' | 'again';

export interface PhoneWorld {
  readonly network: Network;
  readonly ledger: Ledger;
  sleep(ms: number): Promise<void>;
  /** A handset has got a notification that it does not know: it sets out on a road. */
  notified(phone: Phone, notification: NotificationInd): void;
}

interface Parts {
  readonly messages: Map<number, Uint8Array>;
  readonly total: number;
}

const RESPONSE_OK = 0x80;
const PARTIAL_SUCCESS = 0xc4;
/** Transient failures of MMS 1.1 and later, and of 1.0. */
const isTransient = (status: number): boolean =>
  (status >= 0xc0 && status < 0xe0 && status !== PARTIAL_SUCCESS) || status === 0x86;

export class Phone implements Receiver {
  readonly msisdn: Msisdn;
  readonly version: MmsVersion;
  readonly random: Random;
  isOn = true;
  /** Transaction ids of the notifications that it has set out for. */
  readonly known = new Set<string>();
  readonly #world: PhoneWorld;
  readonly #parts = new Map<number, Parts>();
  readonly #userAgent: string;

  constructor(world: PhoneWorld, msisdn: Msisdn, version: MmsVersion, random: Random) {
    this.#world = world;
    this.msisdn = msisdn;
    this.version = version;
    this.random = random;
    this.#userAgent = `Phone/${version}`;
  }

  get ledger(): Ledger {
    return this.#world.ledger;
  }

  sleep(ms: number): Promise<void> {
    return this.#world.sleep(ms);
  }

  /** Tries up to `times` until something definite is heard, with growing pauses. */
  async persist(times: number, attempt: () => Promise<Heard>): Promise<Heard> {
    for (let i = 1; ; i++) {
      const heard = await attempt();
      if (heard !== 'again' || i === times) return heard;
      await this.sleep(this.random.between(1, 10 * i) * SECOND);
    }
  }

  /** Submits a message once. `unnamed`: the network does not say who is sending. */
  async submit(sent: Sent, { endsAt, unnamed = false }: { endsAt?: number; unnamed?: boolean } = {}): Promise<Heard> {
    this.ledger.submitting(sent);
    const answer = await this.#post(sent.octets, endsAt, unnamed);
    const pdu = this.#pduOf(answer);
    if (pdu === undefined) return 'again';
    if (pdu.kind !== 'm-send-conf') throw this.ledger.violated('an answer fits its question', `${pdu.kind} to a submission`);
    if (pdu.transactionId !== sent.pdu.transactionId && pdu.transactionId !== '0')
      throw this.ledger.violated('an answer fits its question', `transaction ${pdu.transactionId}`);
    if (pdu.responseStatus === RESPONSE_OK || pdu.responseStatus === PARTIAL_SUCCESS) {
      this.ledger.promised(sent, pdu, unnamed);
      return 'done';
    }
    this.ledger.refused(sent, pdu.responseStatus);
    return isTransient(pdu.responseStatus) ? 'again' : 'refused';
  }

  /** Fetches what a notification names. `done`: it is here, whole. */
  async fetch(notification: NotificationInd, endsAt?: number): Promise<Heard> {
    const { pathname } = new URL(notification.contentLocation);
    const asked = { wall: this.ledger.wall(), now: this.ledger.now() };
    const answer = await this.#ask({ method: 'GET', path: pathname, octets: NOTHING, endsAt }, false);
    if (answer.kind === 'content') {
      this.ledger.received(this, notification.transactionId, answer.octets, answer.whole, asked);
      return answer.whole ? 'done' : 'again';
    }
    const pdu = this.#pduOf(answer);
    if (pdu === undefined) return 'again';
    if (pdu.kind !== 'm-retrieve-conf') throw this.ledger.violated('an answer fits its question', `${pdu.kind} to a GET`);
    this.ledger.notReceived(this, notification.transactionId, pdu);
    return pdu.retrieveStatus !== undefined && isTransient(pdu.retrieveStatus) ? 'again' : 'refused';
  }

  /** M-NotifyResp.ind. `key`: the transaction id to write. */
  respond(key: string, status: NotifyRespInd['status'], reportAllowed?: boolean): Promise<Heard> {
    const pdu = { kind: 'm-notifyresp-ind' as const, transactionId: key, version: this.version, status };
    return this.#say(key, status, reportAllowed, reportAllowed === undefined ? pdu : { ...pdu, reportAllowed });
  }

  /** M-Acknowledge.ind. */
  acknowledge(key: string, reportAllowed?: boolean): Promise<Heard> {
    const pdu = { kind: 'm-acknowledge-ind' as const, transactionId: key, version: this.version };
    return this.#say(key, 'retrieved', reportAllowed, reportAllowed === undefined ? pdu : { ...pdu, reportAllowed });
  }

  /** M-Read-Rec.ind, about the message that came with this key. */
  async readReport(messageId: string, readStatus: 'read' | 'deleted-without-being-read'): Promise<Heard> {
    const due = this.ledger.reading(this, messageId, readStatus);
    const answer = await this.#post(
      encodePdu({
        kind: 'm-read-rec-ind',
        version: this.version,
        messageId,
        to: ['+46700000000/TYPE=PLMN'],
        from: this.random.chance(0.5) ? { kind: 'insert-address' } : { kind: 'address', address: `+${this.msisdn}/TYPE=PLMN` },
        ...(this.random.chance(0.7) && { date: this.ledger.wall() - this.random.below(100) * SECOND }),
        readStatus,
      }),
    );
    if (answer.kind !== 'empty') return 'again';
    if (due) this.ledger.read(this, messageId);
    return 'done';
  }

  async #say(key: string, status: NotifyRespInd['status'], reportAllowed: boolean | undefined, pdu: MmsPdu): Promise<Heard> {
    this.ledger.saying(this, key, status, reportAllowed);
    const answer = await this.#post(encodePdu(pdu));
    if (answer.kind === 'empty') {
      this.ledger.said(this, key, status);
      return 'done';
    }
    return 'again';
  }

  #post(octets: Uint8Array, endsAt?: number, unnamed = false): Promise<HttpAnswer> {
    return this.#ask({ method: 'POST', path: MM1_PATH, octets, endsAt }, unnamed);
  }

  #ask(request: Pick<HttpRequest, 'method' | 'path' | 'octets' | 'endsAt'>, unnamed: boolean): Promise<HttpAnswer> {
    const msisdn = unnamed ? undefined : this.msisdn;
    return this.#world.network.exchange({ ...request, msisdn, userAgent: this.#userAgent }, this.random);
  }

  /** The PDU of an answer that has one. */
  #pduOf(answer: HttpAnswer): MmsPdu | undefined {
    if (answer.kind !== 'pdu') return undefined;
    const pdu = decodePdu(answer.octets);
    return pdu.ok ? pdu.value : this.ledger.violated('every answer can be read', pdu.error.text);
  }

  receive({ header, data }: ShortMessage): void {
    // Elements: ports (05), concatenation (00) with reference, total and number.
    const at = header.indexOf(0x00, 7);
    if (header.length <= 7 || at < 0) {
      this.#push(data);
      return;
    }
    const [reference, total, number] = [header[at + 2]!, header[at + 3]!, header[at + 4]!];
    const parts = this.#parts.get(reference) ?? { messages: new Map(), total };
    this.#parts.set(reference, parts);
    parts.messages.set(number, data);
    if (parts.messages.size < parts.total) return;
    this.#parts.delete(reference);
    this.#push(Buffer.concat(Array.from({ length: total }, (_, i) => parts.messages.get(i + 1)!)));
  }

  #push(octets: Uint8Array): void {
    const push = decodePush(octets);
    const pdu = push.ok ? decodePdu(push.value.body) : push;
    if (!pdu.ok) throw this.ledger.violated('every push can be read', Buffer.from(octets).toString('hex'));
    const { value } = pdu;
    if (value.kind === 'm-notification-ind') this.#notified(value, octets);
    else if (value.kind === 'm-delivery-ind') this.ledger.reports.delivery(this, value);
    else if (value.kind === 'm-read-orig-ind') this.ledger.reports.read(this, value);
    else this.ledger.violated('every push can be read', value.kind);
  }

  #notified(notification: NotificationInd, octets: Uint8Array): void {
    this.ledger.notified(this, notification, octets);
    if (this.known.has(notification.transactionId)) {
      this.ledger.count('handset', 'a notification comes again');
      return;
    }
    this.known.add(notification.transactionId);
    this.#world.notified(this, notification);
  }
}

const NOTHING = new Uint8Array(0);
