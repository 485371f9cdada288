/**
 * What has been said between handsets and server, and the promises in it: who sent what to whom, what was answered Ok, what arrived where.
 * It knows the handsets' side only, and the messages that the store was asked to keep; what should be is worked out here a second time, from
 * what was sent, not asked of the code under test.
 */
import { decodePdu, type NotificationInd, type RetrieveConf, type SendConf } from '#codec/mms';
import {
  addressKey,
  addressText,
  type Change,
  type Delivery,
  type DeliveryKey,
  type DeliveryOutcome,
  ENDED,
  type Handover,
  type Message,
  type MessageId,
  type OuterRoad,
  type Push,
  roadName,
} from '#messaging';
import type { Loop } from '../kit/loop.js';
import type { Trace } from '../kit/trace.js';
import { Violation, type Witness, type WitnessedMessage } from '../machine/witness.js';
import type { Intended, Sent } from './compose.js';
import { short } from './network.js';
import type { Phone } from './phone.js';
import { Recalled } from './recalled.js';
import { Reports } from './reports.js';
import type { WorldSettings } from './settings.js';
import { wrongTerms } from './terms.js';

export interface Clock {
  /** Epoch milliseconds. */
  wall(): number;
  /** The latest that the wall clock has shown. */
  latestWall(): number;
}

/** What a handset said of one delivery, by its key. */
interface Said {
  readonly phone: Phone;
  readonly statuses: Set<string>;
  readonly reportAllowed: Set<boolean>;
  /** The content has been here, whole. */
  received: boolean;
  readStatuses: Set<string>;
}

export interface LedgerWorld extends Clock {
  readonly loop: Loop;
  readonly trace: Trace;
  readonly settings: WorldSettings;
  readonly witness: Witness;
  /** Whether the message stands in the database now. */
  isStored(id: MessageId): boolean;
  /** Whether the delivery is open, and has been read, by its row; undefined when there is none. */
  storedDelivery(key: DeliveryKey): { readonly open: boolean; readonly read: boolean } | undefined;
  /** The message's deliveries by their rows. */
  storedDeliveries(id: MessageId): readonly Delivery[];
  /** A far side has said so of the delivery, or has it and may be silent. */
  farSaid(delivery: Delivery, outcome: DeliveryOutcome): boolean;
  /** Routing has named this road for the address with this key. */
  leadsTo(key: string, road: OuterRoad): boolean;
  /** An operator has ended what waited for a road, for this reason. */
  hasExpired(reason: string | undefined): boolean;
  /** Told of every acknowledged change. */
  changed(change: Change): void;
  /** The channel said of this notification that it can never be delivered. */
  pushFailed(key: string): boolean;
}

/** One instant by two clocks. */
export interface Instants {
  /** Epoch milliseconds. */
  readonly wall: number;
  /** Milliseconds since the world began. */
  readonly now: number;
}

/** It does not go out by this road any more, or never did. */
function isTakenOff(delivery: Delivery | undefined, by: OuterRoad): boolean {
  if (!delivery) return false;
  const { road, state, handedOver } = delivery;
  // What the far side itself calls expired may go to it once more: its word has come while a repeat was being prepared.
  const expired = state === 'expired' && handedOver?.reported === undefined;
  return road === undefined || roadName(road) !== roadName(by) || state === 'cancelled' || expired;
}

const FINAL = new Set(['retrieved', 'rejected', 'unrecognised']);

export class Ledger {
  readonly #in: LedgerWorld;
  readonly sent: Sent[] = [];
  /** By message id, what was sent. */
  readonly messages = new Map<MessageId, Sent>();
  /** Ids by which messages were answered Ok. */
  readonly promises = new Set<MessageId>();
  readonly #byContent = new Map<string, Sent>();
  readonly #said = new Map<DeliveryKey, Said>();
  /** What senders were told of their messages. */
  readonly reports: Reports;
  /** What was taken back, and what took its place. */
  readonly recalled: Recalled;

  constructor(world: LedgerWorld) {
    this.#in = world;
    this.reports = new Reports({
      trace: world.trace,
      witness: world.witness,
      messages: this.messages,
      violated: (invariant, what) => this.violated(invariant, what),
    });
    this.recalled = new Recalled({
      now: () => world.loop.now,
      fail: (violation) => world.loop.fail(violation),
      messages: this.messages,
      stored: (id) => world.storedDeliveries(id),
    });
    world.witness.onAccept = (message, content, deliveries) => this.#accepting(message, content, deliveries);
    world.witness.onChange = (change) => this.#changed(change);
  }

  wall(): number {
    return this.#in.wall();
  }

  /** Milliseconds since the world began. */
  now(): number {
    return this.#in.loop.now;
  }

  /** Ids of messages that were answered Ok and took no other's place, in the order of the answers. */
  originals(): readonly MessageId[] {
    return [...this.promises].filter((id) => this.messages.get(id)!.replaces === undefined);
  }

  /** Whether the message stands in the database now. */
  isStored(id: MessageId): boolean {
    return this.#in.isStored(id);
  }

  count(group: string, name: string): void {
    this.#in.trace.count(group, name);
  }

  /** Ends the world with this violation. */
  violated(invariant: string, what: string): never {
    const violation = new Violation(invariant, what);
    this.#in.loop.fail(violation);
    throw violation;
  }

  /** What handsets said of the delivery. */
  saidOf(key: DeliveryKey): Said | undefined {
    return this.#said.get(key);
  }

  /** The message id that came with content for this key. */
  messageOf(key: DeliveryKey): MessageId {
    return this.#in.witness.deliveries.get(key)!.messageId;
  }

  /** The key of a delivery to somebody else; undefined while there is none. */
  someForeignKey(phone: Phone): DeliveryKey | undefined {
    const keys = [...this.#in.witness.deliveries.values()].filter(
      ({ recipientKey }) => recipientKey !== `number:+${phone.msisdn}`,
    );
    return keys.length === 0 ? undefined : phone.random.pick(keys).key;
  }

  /** Something new is going to be sent. */
  add(sent: Sent): void {
    this.sent.push(sent);
    this.#byContent.set(sent.content.toString('latin1'), sent);
  }

  submitting(sent: Sent): void {
    const { trace } = this.#in;
    trace.line(`${short(sent.sender.msisdn)} submits message ${sent.number}`);
  }

  promised(sent: Sent, conf: SendConf, unnamed: boolean): void {
    const { trace, witness } = this.#in;
    trace.line(`${short(sent.sender.msisdn)} hears Ok of message ${sent.number}`);
    trace.count('answer', sent.large ? 'Ok, large' : 'Ok, small');
    if (unnamed) this.violated('nobody sends whom the network does not name', `message ${sent.number}`);
    const id = conf.messageId as MessageId | undefined;
    if (id === undefined || this.messages.get(id) !== sent)
      this.violated('Ok names the message that was sent', `message ${sent.number}: ${id}`);
    if (witness.messages.get(id)?.standing === 'refused')
      this.violated('nothing refused is answered Ok', `message ${sent.number}: ${id}`);
    this.promises.add(id);
  }

  /** Somebody elsewhere was told that his message is taken. */
  promisedOutside(sent: Sent, id: MessageId): void {
    this.#in.trace.line(`somebody elsewhere hears Ok of message ${sent.number}`);
    if (this.messages.get(id) !== sent) this.violated('Ok names the message that was sent', `message ${sent.number}: ${id}`);
    if (this.#in.witness.messages.get(id)?.standing === 'refused')
      this.violated('nothing refused is answered Ok', `message ${sent.number}: ${id}`);
    this.promises.add(id);
  }

  refused(sent: Sent, status: number): void {
    this.#in.trace.line(`${short(sent.sender.msisdn)} hears ${status.toString(16)} of message ${sent.number}`);
    this.count('answer', `refused with 0x${status.toString(16)}`);
  }

  /** The store is asked to keep a message. */
  #accepting(message: Message, content: Buffer, deliveries: readonly Delivery[]): void {
    const { trace, settings, witness } = this.#in;
    const sent = this.#byContent.get(content.toString('latin1'));
    if (!sent) throw this.violated('only what was sent is kept', message.id);
    trace.line(`message ${sent.number} is to be kept as ${message.id.slice(0, 11)}`);
    const window = message.named ? (settings.policy.namedWindowMs ?? Infinity) : settings.policy.resubmissionWindowMs;
    for (const [id, other] of this.messages) {
      const kept = witness.messages.get(id);
      // Of a replacement that is asked for again as no answer came, the later version counts.
      if (other !== sent || sent.replaces || !kept || kept.standing === 'refused') continue;
      if (window === 0 || kept.message.acceptedAt < message.acceptedAt - window) {
        trace.count('message', 'sent again later, a new one');
        continue;
      }
      // Housekeeping may have taken it, or a crash came before it was written: the rows say which.
      if (this.#in.isStored(id))
        this.violated('nobody gets one submission as two messages', `message ${sent.number}: ${id} and ${message.id}`);
    }
    this.messages.set(message.id, sent);
    const versionIs = sent.replaces && this.recalled.wrongVersion(sent, message, deliveries);
    const before = sent.replaces && this.#versionsBefore(message.id);
    const wrong = versionIs ?? wrongTerms(sent, message, deliveries, settings.policy, before);
    if (wrong !== undefined) this.violated('a message is kept on the terms it was sent on', `message ${sent.number}: ${wrong}`);
  }

  /** The versions that were kept before this one. */
  #versionsBefore(id: MessageId): readonly Message[] {
    const versions = this.recalled.versionsOf(this.recalled.firstOf(id));
    return versions.flatMap((one) => (one === id ? [] : (this.#in.witness.messages.get(one)?.message ?? [])));
  }

  /** A push is tried: who is told what, before it leaves. */
  pushed(push: Push, octets: Uint8Array | undefined): void {
    this.count('push', push.kind);
    if (octets === undefined) return;
    if (push.kind !== 'notification') return;
    const { kept, sent, one } = this.#deliveryOf(push.key);
    if (one.msisdn !== push.to) this.violated('nobody is told of what was not sent to him', `${push.key} goes to ${push.to}`);
    this.#checkHidden(sent, octets, `the notification ${push.key}`);
    // The clock may have been set back since it was claimed.
    if (this.#in.latestWall() < kept.message.deliverAt)
      this.violated('nobody is told of a message before its time', `message ${sent.number}`);
  }

  /** A far side is given a message: to whom, and what. */
  given({ road, message, deliveries, content, recipientsShown, from }: Handover): void {
    const kept = this.#in.witness.messages.get(message.id);
    const sent = this.messages.get(message.id);
    if (!kept || !sent) throw this.violated('nobody receives what was not sent to him', message.id);
    const name = `message ${sent.number}`;
    this.#in.trace.line(`${roadName(road)} is given ${name}`);
    if (!sent.content.equals(content)) this.violated('content is what was sent, octet by octet', name);
    if (this.#in.latestWall() < message.deliverAt) this.violated('nobody is told of a message before its time', name);
    for (const { key: delivery, recipient, recipientIndex } of deliveries) {
      const key = addressKey(recipient);
      this.recalled.used(delivery, this.now(), `is given to ${roadName(road)}`);
      this.#checkGiven(name, delivery, road);
      const one = sent.intended.find((intended) => intended.key === key);
      if (!one || !this.#in.leadsTo(key, road))
        this.violated('nobody receives what was not sent to him', `${name}: ${key} by ${roadName(road)}`);
      if (addressKey(message.recipients[recipientIndex]!.address) !== key)
        this.violated('content comes with its own names', name);
    }
    if (recipientsShown.some(({ field }) => field === 'bcc')) this.violated('Bcc stays hidden', name);
    if ((from === undefined) !== message.senderHidden) this.violated('a hidden sender stays hidden', name);
  }

  /** What an operator or its sender has taken off the road before does not go out by it. */
  #checkGiven(name: string, key: DeliveryKey, road: OuterRoad): void {
    const acknowledged = this.#in.witness.deliveries.get(key)?.acknowledged;
    const stored = this.#in.storedDeliveries(this.messageOf(key)).find((one) => one.key === key);
    // What has just been written nobody may have been told of yet, and of what was told a later change may stand there.
    if (isTakenOff(acknowledged, road) && isTakenOff(stored, road))
      this.violated('nothing goes out by a road that it was taken off', `${name}: ${key} is ${stored!.state}`);
  }

  notified(phone: Phone, pdu: NotificationInd, octets: Uint8Array): void {
    const { sent, one } = this.#deliveryOf(pdu.transactionId);
    this.#in.trace.line(`${short(phone.msisdn)} is notified of message ${sent.number}`);
    this.count('handset', 'is notified');
    if (one.msisdn !== phone.msisdn) this.violated('nobody is told of what was not sent to him', `message ${sent.number}`);
    this.#checkHidden(sent, octets, `the notification of message ${sent.number}`);
    this.#checkFrom(sent, pdu.from);
    if (
      (pdu.deliveryReport ?? false) !==
      this.#in.witness.messages.get(this.#keptOf(pdu.transactionId).message.id)!.message.deliveryReport
    )
      this.violated('a notification says whether a report is wanted', `message ${sent.number}`);
  }

  /** Content has come, or the beginning of it. `asked`: when it was asked for, by the wall clock and since the world began. */
  received(phone: Phone, key: string, octets: Uint8Array, whole: boolean, asked: Instants): void {
    const { kept, sent, one } = this.#deliveryOf(key);
    const name = `message ${sent.number}`;
    this.#in.trace.line(`${short(phone.msisdn)} gets ${whole ? 'all' : 'a part'} of ${name}`);
    this.count('handset', whole ? 'gets content' : 'gets a part of the content');
    if (one.msisdn !== phone.msisdn && this.#in.settings.policy.retrieveBy === 'recipient')
      this.violated('nobody receives what was not sent to him', `${name} reaches ${phone.msisdn}`);
    if (asked.wall >= kept.message.expiresAt && this.wall() >= asked.wall)
      this.violated('nobody receives what has expired', `${name}, asked for at ${asked.wall}`);
    this.recalled.used(key as DeliveryKey, asked.now, 'is fetched');
    this.#checkHidden(sent, octets, name);
    if (!whole) return;
    const pdu = decodePdu(octets);
    if (!pdu.ok || pdu.value.kind !== 'm-retrieve-conf') throw this.violated('every answer can be read', name);
    const { value } = pdu;
    if (!value.content || !sent.content.equals(value.content.octets))
      this.violated('content is what was sent, octet by octet', name);
    if (value.messageId !== kept.message.id || value.transactionId !== key)
      this.violated('content comes with its own names', name);
    this.#checkFrom(sent, value.from);
    for (const field of ['to', 'cc'] as const) {
      const shown = value[field].map((text) => text.replace('/TYPE=PLMN', '').toLowerCase()).sort();
      const meant = sent.intended.filter((other) => other.field === field).map((other) => other.key.replace(/^[a-z-]*:/, ''));
      if (shown.join() !== meant.sort().join())
        this.violated('recipients are shown as they were written', `${name}: ${field} is ${shown.join()} of ${meant.join()}`);
    }
    this.#sayings(phone, key as DeliveryKey).received = true;
  }

  notReceived(phone: Phone, key: string, pdu: RetrieveConf): void {
    this.#in.trace.line(`${short(phone.msisdn)} hears ${pdu.retrieveStatus?.toString(16) ?? 'no'} of ${key.slice(0, 11)}`);
    this.count('handset', `is refused content with 0x${pdu.retrieveStatus?.toString(16) ?? ''}`);
  }

  /** A handset is about to say this of the delivery. */
  saying(phone: Phone, key: string, status: string, reportAllowed: boolean | undefined): void {
    this.#in.trace.line(`${short(phone.msisdn)} says ${status} of ${key.slice(0, 11)}`);
    this.count('handset', `says ${status}`);
    if (!this.#isHis(phone, key)) return;
    const said = this.#sayings(phone, key as DeliveryKey);
    said.statuses.add(status);
    if (reportAllowed !== undefined) said.reportAllowed.add(reportAllowed);
  }

  /** It was answered: what was said is kept. */
  said(phone: Phone, key: string, status: string): void {
    if (!FINAL.has(status) || !this.#isHis(phone, key)) return;
    if (this.#in.storedDelivery(key as DeliveryKey)?.open)
      this.violated('what a handset says is kept before it is answered', `${key} is open, ${status} was said`);
  }

  /** A read report is about to be sent; true when it must count. */
  reading(phone: Phone, messageId: string, status: string): boolean {
    const row = this.#ownDelivery(phone, messageId);
    if (!row) return false;
    this.count('handset', `says ${status}`);
    this.#sayings(phone, row.key).readStatuses.add(status);
    return row.acknowledged?.state === 'retrieved' || row.acknowledged?.fetchedAt !== undefined;
  }

  /** It was answered. */
  read(phone: Phone, messageId: string): void {
    const row = this.#ownDelivery(phone, messageId);
    if (row && this.#in.storedDelivery(row.key)?.read === false)
      this.violated('what a handset says is kept before it is answered', `${messageId} was read`);
  }

  /** Deliveries that a change has ended: as handsets, channel or clock said. */
  #changed(change: Change): void {
    this.#in.changed(change);
    for (const delivery of change.deliveries) {
      if (!ENDED[delivery.state]) continue;
      const event = change.events.find((one) => one.kind === 'delivery-ended' && one.delivery === delivery.key);
      if (event?.kind === 'delivery-ended') {
        this.#in.trace.line(`delivery ${delivery.key.slice(0, 11)} has ended: ${event.outcome}`);
        this.count('end', event.outcome);
        this.checkOutcome(delivery, event.outcome);
      }
    }
  }

  /** Whether somebody or something has said so. */
  checkOutcome(delivery: Delivery, outcome: DeliveryOutcome): void {
    const kept = this.#in.witness.messages.get(delivery.messageId)!;
    const byOperator = outcome === 'expired' && this.#in.hasExpired(delivery.reason);
    if (delivery.road) {
      const expired = byOperator || (outcome === 'expired' && this.#in.latestWall() >= kept.message.expiresAt);
      if (!expired && !this.#in.farSaid(delivery, outcome))
        this.violated('a delivery ends for a reason', `${delivery.key}: ${outcome}`);
      return;
    }
    const said = this.#said.get(delivery.key)?.statuses;
    const grounds: Record<DeliveryOutcome, boolean> = {
      retrieved: said?.has('retrieved') ?? false,
      rejected: said?.has('rejected') ?? false,
      unrecognised: said?.has('unrecognised') ?? false,
      expired: this.#in.latestWall() >= kept.message.expiresAt,
      indeterminate: this.#in.latestWall() >= kept.message.expiresAt,
      // No handset of this world says so.
      forwarded: false,
      unreachable: this.#in.pushFailed(delivery.key),
    };
    if (!grounds[outcome]) this.violated('a delivery ends for a reason', `${delivery.key}: ${outcome}`);
  }

  /** Those of whom nobody else must learn stand in no octets for recipients. */
  #checkHidden(sent: Sent, octets: Uint8Array, where: string): void {
    const text = Buffer.from(octets).toString('latin1');
    const open = new Set(sent.intended.filter(({ field }) => field !== 'bcc').map(({ msisdn }) => msisdn));
    const hides = sent.pdu.senderVisibility === 'hide';
    if (!hides) open.add(sent.sender.msisdn);
    for (const { field, msisdn, key } of sent.intended) {
      const shown = msisdn ?? key.replace(/^[a-z-]*:/, '');
      if (field === 'bcc' && !open.has(msisdn) && text.includes(shown)) this.violated('Bcc stays hidden', `${key} in ${where}`);
    }
    if (hides && !open.has(sent.sender.msisdn) && text.includes(sent.sender.msisdn))
      this.violated('a hidden sender stays hidden', where);
  }

  #checkFrom(sent: Sent, from: NotificationInd['from']): void {
    const shown = from?.kind === 'address' ? from.address : undefined;
    const visible = sent.from ? addressText(sent.from) : `+${sent.sender.msisdn}/TYPE=PLMN`;
    const meant = sent.pdu.senderVisibility === 'hide' ? undefined : visible;
    if (shown !== meant) this.violated('the sender is whom the network names', `message ${sent.number}: ${shown}`);
  }

  #keptOf(key: string): WitnessedMessage {
    const row = this.#in.witness.deliveries.get(key as DeliveryKey);
    if (!row) throw this.violated('handsets learn of what exists', key);
    return this.#in.witness.messages.get(row.messageId)!;
  }

  #deliveryOf(key: string): { readonly kept: WitnessedMessage; readonly sent: Sent; readonly one: Intended } {
    const kept = this.#keptOf(key);
    const sent = this.messages.get(kept.message.id)!;
    const { recipientKey } = this.#in.witness.deliveries.get(key as DeliveryKey)!;
    return { kept, sent, one: sent.intended.find((one) => one.key === recipientKey)! };
  }

  #isHis(phone: Phone, key: string): boolean {
    return this.#in.witness.deliveries.get(key as DeliveryKey)?.recipientKey === `number:+${phone.msisdn}`;
  }

  #ownDelivery(phone: Phone, messageId: string) {
    const kept = this.#in.witness.messages.get(messageId as MessageId);
    return [...(kept?.deliveries.values() ?? [])].find(({ recipientKey }) => recipientKey === `number:+${phone.msisdn}`);
  }

  #sayings(phone: Phone, key: DeliveryKey): Said {
    let said = this.#said.get(key);
    if (!said) {
      said = { phone, statuses: new Set(), reportAllowed: new Set(), received: false, readStatuses: new Set() };
      this.#said.set(key, said);
    }
    return said;
  }
}
