/**
 * The six messages as rows: which headers each has, in the order they are written, and which must be there. A further message is an interface
 * in `pdus.ts` and a row here; the compiler holds the two together, both ways.
 */
import type { HEADERS, HeaderKey, HeaderValue } from './headers.js';
import type {
  Mm4DeliveryReportReq,
  Mm4DeliveryReportRes,
  Mm4ForwardReq,
  Mm4ForwardRes,
  Mm4Kind,
  Mm4Pdu,
  Mm4ReadReplyReportReq,
  Mm4ReadReplyReportRes,
} from './pdus.js';

/**
 * `mandatory`: without it the message is refused. `expected`: mandatory by the standard, left out by real peers; always written, and
 * tolerated when missing. `foreign`: not of this message, but seen in it; read, never written.
 */
export type Mm4Presence = 'mandatory' | 'expected' | 'optional' | 'foreign';

type Element<T> = T extends readonly (infer E)[] ? E : T;
type Read<K extends HeaderKey> = (typeof HEADERS)[K] extends { readonly repeated?: true }
  ? HeaderValue<K> | readonly HeaderValue<K>[]
  : HeaderValue<K>;
type Row<P> = {
  readonly [K in Exclude<keyof P, 'kind'>]-?: K extends HeaderKey
    ? Element<NonNullable<P[K]>> extends Element<Read<K>>
      ? Record<never, never> extends Pick<P, K>
        ? 'expected' | 'optional' | 'foreign'
        : 'mandatory'
      : never
    : never;
};

const row = <P extends Mm4Pdu>(it: Row<P>): Row<P> => it;

const COMMON = { version: 'expected', transactionId: 'mandatory', to: 'expected', cc: 'optional', sender: 'expected' } as const;
const MAIL = { date: 'expected', mailId: 'expected' } as const;
const APPLICATIONS = { applicId: 'optional', replyApplicId: 'optional', auxApplicInfo: 'optional' } as const;

/** Headers, order and presence of each message. TS 23.140 8.4.1 to 8.4.3. */
export const PDUS = {
  'MM4_forward.REQ': row<Mm4ForwardReq>({
    from: 'mandatory',
    ...COMMON,
    ...MAIL,
    subject: 'optional',
    messageId: 'mandatory',
    messageClass: 'optional',
    expiry: 'optional',
    deliveryReport: 'optional',
    originatorSystemDeliveryReport: 'optional',
    priority: 'optional',
    senderVisibility: 'optional',
    readReply: 'optional',
    ackRequest: 'optional',
    originatorSystem: 'optional',
    forwardCounter: 'optional',
    previouslySentBy: 'optional',
    previouslySentDate: 'optional',
    adaptationAllowed: 'optional',
    contentClass: 'optional',
    drmContent: 'optional',
    ...APPLICATIONS,
    vaspId: 'optional',
    vasId: 'optional',
    serviceCode: 'optional',
    chargedParty: 'optional',
    mmsipAddress: 'optional',
    forwardRoute: 'optional',
    returnRoute: 'optional',
    statusText: 'foreign',
  }),
  'MM4_forward.RES': row<Mm4ForwardRes>({
    from: 'optional',
    ...COMMON,
    ...MAIL,
    subject: 'optional',
    messageId: 'expected',
    status: 'mandatory',
    statusText: 'optional',
    requestRecipients: 'optional',
    originatorSystem: 'foreign',
    messageClass: 'foreign',
  }),
  'MM4_delivery_report.REQ': row<Mm4DeliveryReportReq>({
    from: 'expected',
    ...COMMON,
    ...MAIL,
    messageId: 'mandatory',
    ackRequest: 'optional',
    forwardToOriginator: 'expected',
    mmStatus: 'mandatory',
    mmStatusExtension: 'optional',
    statusText: 'optional',
    ...APPLICATIONS,
    originatorSystem: 'foreign',
    status: 'foreign',
  }),
  'MM4_delivery_report.RES': row<Mm4DeliveryReportRes>({
    from: 'optional',
    ...COMMON,
    ...MAIL,
    messageId: 'expected',
    status: 'mandatory',
    statusText: 'optional',
  }),
  'MM4_read_reply_report.REQ': row<Mm4ReadReplyReportReq>({
    from: 'expected',
    ...COMMON,
    ...MAIL,
    messageId: 'mandatory',
    ackRequest: 'optional',
    readStatus: 'mandatory',
    statusText: 'optional',
    ...APPLICATIONS,
    originatorSystem: 'foreign',
  }),
  'MM4_read_reply_report.RES': row<Mm4ReadReplyReportRes>({
    from: 'optional',
    ...COMMON,
    ...MAIL,
    messageId: 'expected',
    status: 'mandatory',
    statusText: 'optional',
  }),
} as const satisfies { readonly [K in Mm4Kind]: Readonly<Partial<Record<HeaderKey, Mm4Presence>>> };

/** The rows as lists, for those who walk them. */
export const SLOTS = Object.fromEntries(
  Object.entries(PDUS).map(([kind, presences]) => [kind, Object.entries(presences)]),
) as unknown as Readonly<Record<Mm4Kind, readonly (readonly [HeaderKey, Mm4Presence])[]>>;
