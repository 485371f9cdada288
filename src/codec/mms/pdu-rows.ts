/**
 * The PDUs as rows: which fields each has, in the order they are written, and which of them must be there. MMS_ENC 1.3 clause 6.
 * The compiler holds each row to its interface in `pdus.ts`, both ways: a field that is missing, too many, of another presence or of
 * another type does not compile. A further PDU is an interface and a row.
 */
import type { Coder } from '#codec/wsp';
import { FIELDS, type FieldKey, type ValueOf } from './fields.js';
import type {
  AcknowledgeInd,
  DeliveryInd,
  MmsPdu,
  MmsVersion,
  NotificationInd,
  NotifyRespInd,
  PduKind,
  ReadOrigInd,
  ReadRecInd,
  RetrieveConf,
  SendConf,
  SendReq,
} from './pdus.js';

/** `list`: repeated, an empty list when missing. `optional-list`: repeated, absent when missing. */
export type Presence = 'mandatory' | 'optional' | 'list' | 'optional-list';

type PresenceOf<P, K extends keyof P> =
  Record<never, never> extends Pick<P, K>
    ? NonNullable<P[K]> extends readonly unknown[]
      ? 'optional-list'
      : 'optional'
    : P[K] extends readonly unknown[]
      ? 'list'
      : 'mandatory';
type Element<T> = T extends readonly (infer E)[] ? E : T;
type Equal<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

/** A presence, with the version since which this PDU has the field where that is later than the field itself. */
type Entry<P> = P | readonly [P, MmsVersion];
type Rows<P> = {
  readonly [K in Exclude<keyof P, 'kind' | 'unknown'>]-?: K extends FieldKey
    ? Equal<ValueOf<K>, Element<NonNullable<P[K]>>> extends true
      ? Entry<PresenceOf<P, K>>
      : never
    : never;
};

/** One field of one PDU, as the decoder and the encoder want it. */
export interface Slot {
  readonly index: number;
  readonly key: FieldKey;
  readonly code: number;
  readonly name: string;
  readonly coder: Coder<unknown>;
  readonly since: MmsVersion;
  readonly mandatory: boolean;
  readonly repeated: boolean;
  /** A missing field is an empty list. */
  readonly listed: boolean;
}

/** One PDU of the standard: its number, the version it came with, and its fields in the order they are written. */
export interface PduRow {
  readonly kind: PduKind;
  /** Octet of X-Mms-Message-Type. */
  readonly type: number;
  readonly since: MmsVersion;
  /** In the order they are written; content, where there is one, comes last. */
  readonly slots: readonly Slot[];
  /** By assigned number. */
  readonly slotOfCode: readonly (Slot | undefined)[];
  readonly hasContent: boolean;
}

const CODES_MAX = 128;

function pdu<P extends MmsPdu>(kind: P['kind'], type: number, since: MmsVersion, rows: Rows<P>): PduRow {
  const slots = (Object.entries(rows) as [FieldKey, Entry<Presence>][]).map(([key, entry], index): Slot => {
    const presence = typeof entry === 'string' ? entry : entry[0];
    const { code, name, coder, since: fieldSince } = FIELDS[key];
    return {
      index,
      key,
      code,
      name,
      coder: coder as Coder<unknown>,
      since: typeof entry === 'string' ? fieldSince : entry[1],
      mandatory: presence === 'mandatory',
      repeated: presence === 'list' || presence === 'optional-list',
      listed: presence === 'list',
    };
  });
  const slotOfCode = new Array<Slot | undefined>(CODES_MAX).fill(undefined);
  for (const slot of slots) slotOfCode[slot.code] = slot;
  return { kind, type, since, slots, slotOfCode, hasContent: 'content' in rows };
}

/** The PDUs by their printed names: fields, order and presence. MMS_ENC 1.3 §6. */
export const PDUS: Readonly<Record<PduKind, PduRow>> = {
  'm-send-req': pdu<SendReq>('m-send-req', 0x80, '1.0', {
    transactionId: 'mandatory',
    version: 'mandatory',
    date: 'optional',
    from: 'mandatory',
    to: 'list',
    cc: 'list',
    bcc: 'list',
    subject: 'optional',
    messageClass: 'optional',
    expiry: 'optional',
    deliveryTime: 'optional',
    priority: 'optional',
    senderVisibility: 'optional',
    deliveryReport: 'optional',
    readReport: 'optional',
    replyCharging: 'optional',
    replyChargingDeadline: 'optional',
    replyChargingSize: 'optional',
    replyChargingId: 'optional',
    store: 'optional',
    mmState: 'optional',
    mmFlags: 'optional-list',
    applicId: 'optional',
    replyApplicId: 'optional',
    auxApplicInfo: 'optional',
    contentClass: 'optional',
    drmContent: 'optional',
    adaptationAllowed: 'optional',
    content: 'mandatory',
  }),
  'm-send-conf': pdu<SendConf>('m-send-conf', 0x81, '1.0', {
    transactionId: 'mandatory',
    version: 'mandatory',
    responseStatus: 'mandatory',
    responseText: 'optional',
    messageId: 'optional',
    contentLocation: ['optional', '1.2'],
    storeStatus: 'optional',
    storeStatusText: 'optional',
  }),
  'm-notification-ind': pdu<NotificationInd>('m-notification-ind', 0x82, '1.0', {
    transactionId: 'mandatory',
    version: 'mandatory',
    from: 'optional',
    subject: 'optional',
    deliveryReport: 'optional',
    stored: 'optional',
    messageClass: 'mandatory',
    priority: ['optional', '1.2'],
    messageSize: 'mandatory',
    expiry: 'mandatory',
    replyCharging: 'optional',
    replyChargingDeadline: 'optional',
    replyChargingSize: 'optional',
    replyChargingId: 'optional',
    distributionIndicator: 'optional',
    elementDescriptor: 'optional',
    recommendedRetrievalMode: 'optional',
    recommendedRetrievalModeText: 'optional',
    applicId: 'optional',
    replyApplicId: 'optional',
    auxApplicInfo: 'optional',
    contentClass: 'optional',
    drmContent: 'optional',
    replaceId: 'optional',
    contentLocation: 'mandatory',
  }),
  'm-notifyresp-ind': pdu<NotifyRespInd>('m-notifyresp-ind', 0x83, '1.0', {
    transactionId: 'mandatory',
    version: 'mandatory',
    status: 'mandatory',
    reportAllowed: 'optional',
  }),
  'm-retrieve-conf': pdu<RetrieveConf>('m-retrieve-conf', 0x84, '1.0', {
    transactionId: 'optional',
    version: 'mandatory',
    messageId: 'optional',
    date: 'mandatory',
    from: 'optional',
    to: 'list',
    cc: 'list',
    subject: 'optional',
    messageClass: 'optional',
    priority: 'optional',
    deliveryReport: 'optional',
    readReport: 'optional',
    retrieveStatus: 'optional',
    retrieveText: 'optional',
    replyCharging: 'optional',
    replyChargingDeadline: 'optional',
    replyChargingSize: 'optional',
    replyChargingId: 'optional',
    previouslySentBy: 'optional-list',
    previouslySentDate: 'optional-list',
    mmState: 'optional',
    mmFlags: 'optional-list',
    distributionIndicator: 'optional',
    applicId: 'optional',
    replyApplicId: 'optional',
    auxApplicInfo: 'optional',
    contentClass: 'optional',
    drmContent: 'optional',
    replaceId: 'optional',
    content: 'optional',
  }),
  'm-acknowledge-ind': pdu<AcknowledgeInd>('m-acknowledge-ind', 0x85, '1.0', {
    transactionId: 'mandatory',
    version: 'mandatory',
    reportAllowed: 'optional',
  }),
  'm-delivery-ind': pdu<DeliveryInd>('m-delivery-ind', 0x86, '1.0', {
    transactionId: 'optional',
    version: 'mandatory',
    messageId: 'mandatory',
    to: 'list',
    date: 'mandatory',
    status: 'mandatory',
    statusText: 'optional',
    applicId: 'optional',
    replyApplicId: 'optional',
    auxApplicInfo: 'optional',
  }),
  'm-read-rec-ind': pdu<ReadRecInd>('m-read-rec-ind', 0x87, '1.1', {
    version: 'mandatory',
    messageId: 'mandatory',
    to: 'list',
    from: 'mandatory',
    date: 'optional',
    readStatus: 'mandatory',
    applicId: 'optional',
    replyApplicId: 'optional',
    auxApplicInfo: 'optional',
  }),
  'm-read-orig-ind': pdu<ReadOrigInd>('m-read-orig-ind', 0x88, '1.1', {
    version: 'mandatory',
    messageId: 'mandatory',
    to: 'list',
    from: 'mandatory',
    date: 'mandatory',
    readStatus: 'mandatory',
    applicId: 'optional',
    replyApplicId: 'optional',
    auxApplicInfo: 'optional',
  }),
};

/** Rows by the octet of X-Mms-Message-Type. */
export const ROW_OF_TYPE: readonly (PduRow | undefined)[] = (() => {
  const rows = new Array<PduRow | undefined>(256).fill(undefined);
  for (const row of Object.values(PDUS)) rows[row.type] = row;
  return rows;
})();
