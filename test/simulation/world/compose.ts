/** Draws what a handset sends: recipients in all fields and spellings, wishes of all kinds, content small and large. */
import type { Msisdn } from '#base';
import { encodePdu, makeContent, type SendReq } from '#codec/mms';
import type { Address } from '#messaging';
import type { Random } from '../kit/random.js';
import { roadOf } from './far-sides.js';
import type { Phone } from './phone.js';
import { MINUTE, OWN_PREFIX, SECOND, type WorldSettings } from './settings.js';

type Field = 'to' | 'cc' | 'bcc';

/** One whom a message is for, once, however often he is written. */
export interface Intended {
  /** As the domain names addresses: `number:+46...`. */
  readonly key: string;
  /** Absent for what is no number. */
  readonly msisdn: Msisdn | undefined;
  /** The most public field that he is written in. */
  field: Field;
  /** A road leads there; the others are refused. */
  readonly ours: boolean;
}

/** One message, with all that is expected of it. */
export interface Sent {
  readonly number: number;
  /** A handset, or somebody elsewhere. */
  readonly sender: Pick<Phone, 'msisdn'>;
  readonly pdu: SendReq;
  readonly octets: Uint8Array;
  /** Content-Type value and body, as recipients must get it. */
  readonly content: Buffer;
  readonly intended: readonly Intended[];
  /** Large enough for a segment file. */
  readonly large: boolean;
  /** Whom recipients see as the sender; absent: the number of `sender`. */
  readonly from?: Address;
  /** Absent unless it comes by mail. */
  readonly mail?: MailTerms;
  /** The message whose place it takes; absent unless it takes one's. */
  readonly replaces?: Sent;
}

/** How a mail comes. RFC 3461. */
export interface MailTerms {
  /** Empty: nobody wants to be told of anything. */
  readonly envelopeSender: string;
  /** Absent: failures. Empty: nothing. */
  readonly notify?: readonly ('success' | 'failure')[];
}

const RANK: Readonly<Record<Field, number>> = { to: 0, cc: 1, bcc: 2 };
/** What no answer of this world needs to know of content beyond its octets. */
const MEDIA = { media: 'application/vnd.wap.multipart.mixed', parameters: {} };

export interface Composition {
  readonly number: number;
  readonly sender: Phone;
  readonly phones: readonly Phone[];
  readonly settings: WorldSettings;
  readonly random: Random;
  readonly wall: number;
  /** Sure to be taken by a machine without trouble. */
  readonly plain: boolean;
}

export function compose(composition: Composition): Sent {
  const { number, sender, phones, settings, random, wall, plain } = composition;
  const { written, intended } = recipients(composition);
  const { inlineOctetsMax } = settings.store;
  const large = random.chance(0.45);
  const most = random.chance(0.04) && !plain ? settings.policy.sizeMax * 1.2 : settings.policy.sizeMax * 0.9;
  const size = Math.floor(large ? random.between(inlineOctetsMax, most) : random.between(0, inlineOctetsMax * 0.8));
  const content = makeContent(
    [
      { contentType: { media: 'text/plain', parameters: { charset: 'utf-8' } }, data: Buffer.from(`message ${number}`) },
      { contentType: { media: 'image/jpeg', parameters: {} }, data: random.octets(size) },
    ],
    MEDIA,
  );
  const claimed = random.pick(phones).msisdn;
  const pdu: SendReq = {
    kind: 'm-send-req',
    // Real clients repeat theirs: it must not matter.
    transactionId: random.pick(['T1', `T${number}`]),
    version: sender.version,
    from: random.chance(0.8) ? { kind: 'insert-address' } : { kind: 'address', address: `+${claimed}/TYPE=PLMN` },
    ...written,
    ...(random.chance(0.6) && { subject: random.pick(['Hej', `Grüße ${number}`, 'x'.repeat(200)]) }),
    ...(random.chance(0.3) && { messageClass: random.pick(['personal', 'auto', 'advertisement'] as const) }),
    ...(random.chance(0.5) && { expiry: time(random, wall, 30 * SECOND, settings.policy.expiryMaxMs * 1.2) }),
    ...(!plain && random.chance(0.15) && { deliveryTime: time(random, wall, 0, settings.policy.deliveryTimeMaxMs * 1.05) }),
    ...(random.chance(0.3) && { priority: random.pick(['low', 'normal', 'high'] as const) }),
    ...(!plain && random.chance(0.15) && { senderVisibility: 'hide' as const }),
    ...(random.chance(0.7) && { deliveryReport: random.chance(0.85) }),
    ...(random.chance(0.6) && { readReport: random.chance(0.85) }),
    ...(!plain && random.chance(0.02) && { replyCharging: 'requested' as const }),
    content,
  };
  return { number, sender, pdu, octets: encodePdu(pdu), content: Buffer.from(content.octets), intended, large };
}

function time(random: Random, wall: number, leastMs: number, mostMs: number) {
  const afterMs = random.between(leastMs, Math.floor(mostMs));
  return random.chance(0.2)
    ? { kind: 'absolute' as const, at: Math.floor((wall + afterMs) / SECOND) * SECOND }
    : { kind: 'relative' as const, seconds: Math.floor(afterMs / SECOND) };
}

const isServed = (key: string): boolean => roadOf(key) !== undefined;

/** Further recipients, more of them with peers than elsewhere. */
const OUTER = ['peer', 'peer', 'other peer', 'email:a@b.example', 'short-code:123'] as const;

/** Spellings of one number that mean the same here. */
function spelling(random: Random, msisdn: Msisdn): string {
  const international = [`+${msisdn}/TYPE=PLMN`, `+${msisdn}`, `00${msisdn}`, `${msisdn}/TYPE=PLMN`];
  return random.pick(msisdn.startsWith('46') ? [...international, `0${msisdn.slice(2)}`] : international);
}

function recipients({ phones, sender, random, plain }: Composition) {
  const written: Record<Field, string[]> = { to: [], cc: [], bcc: [] };
  const byKey = new Map<string, Intended>();
  const add = (field: Field, text: string, one: Omit<Intended, 'field'>): void => {
    written[field].push(text);
    const known = byKey.get(one.key);
    if (!known) byKey.set(one.key, { ...one, field });
    else if (RANK[field] < RANK[known.field]) known.field = field;
  };
  const number = (field: Field, msisdn: Msisdn): void =>
    add(field, spelling(random, msisdn), { key: `number:+${msisdn}`, msisdn, ours: isServed(`number:+${msisdn}`) });
  /** From a source of its own, so that the plans of seeds that found something stay as they were. */
  const outer = (draws: Random): void => {
    if (byKey.size >= 3 || !draws.chance(0.4)) return;
    const key = draws.pick(OUTER);
    if (key === 'peer') number('to', `4479460009${2 * draws.between(5, 9)}` as Msisdn);
    else if (key === 'other peer') number('cc', `35840123${draws.between(1000, 9999)}` as Msisdn);
    else add('to', key.replace(/^[a-z-]*:/, ''), { key, msisdn: undefined, ours: true });
  };
  const count = random.pick([1, 1, 1, 2, 2, 3, 4]);
  for (let i = 0; i < count; i++) {
    const field = random.pick(['to', 'to', 'to', 'cc', 'bcc'] as const);
    // Somebody writes to himself now and then.
    const phone = random.chance(0.93) ? random.pick(phones.filter((one) => one !== sender)) : sender;
    number(field, phone.msisdn);
  }
  if (!plain) {
    if (random.chance(0.1)) number(random.pick(['to', 'bcc'] as const), `4479460009${random.between(10, 99)}` as Msisdn);
    if (random.chance(0.06)) number('to', `${OWN_PREFIX}000${random.between(1000, 9999)}` as Msisdn);
    if (random.chance(0.05))
      add('cc', 'a@b.example', { key: 'email:a@b.example', msisdn: undefined, ours: isServed('email:a@b.example') });
    if (random.chance(0.03)) add('to', '123', { key: 'short-code:123', msisdn: undefined, ours: isServed('short-code:123') });
    outer(random.fork('outer'));
  }
  return { written, intended: [...byKey.values()] };
}

/** Longest that anything drawn here can wait for its end. Milliseconds. */
export const SLACK_MS = 2 * MINUTE;
