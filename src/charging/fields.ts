/** The fields of charging records: one row each, which says where its value comes from. Names of TS 32.298. */

import { maskNumber } from '#base';
import { type Address, addressText, type Delivery, type Message, type MessagingEvent, type RoadName } from '#messaging';
import {
  ADDRESSEE,
  CHARGED_PARTY,
  MESSAGE_CLASS,
  MM_STATUS,
  NOT_SPECIFIED_BY_VASP,
  PRIORITY,
  READ_STATUS,
  requestStatus,
} from './codes.js';

export interface ChargingSettings {
  /** Name of this node: part of file names and of each record. */
  readonly node: string;
  /** Domain of our MMS relay (MMSRSAddress). */
  readonly ownDomain: string;
  /** Domain of a peer by its name; absent when there is no such peer (any more): its name stands for it then. */
  readonly domainOfPeer: (peer: string) => string | undefined;
  /** `masked`: all but the last four digits of numbers, and local parts of mailboxes, are hidden. Billing needs them whole. */
  readonly numbers: 'whole' | 'masked';
}

/** What a record is made of: one event, with the message it happened to. */
export interface Occasion {
  readonly event: MessagingEvent;
  /** All that happened in the same change. */
  readonly events: readonly MessagingEvent[];
  readonly message: Message;
  /** The delivery that the event is about; absent for events of the message as a whole. */
  readonly delivery?: Delivery;
  readonly settings: ChargingSettings;
}

export type RecordAddress = { readonly address: string; readonly kind: Address['kind'] };

/** As it stands in JSON; instants are RFC 3339 in UTC. */
export type FieldValue =
  | string
  | number
  | boolean
  | RecordAddress
  | readonly (RecordAddress & { readonly field: number })[]
  | Extensions;

/** What TS 32.298 has no field for. */
export interface Extensions {
  /** By which interface the message came. */
  readonly cameBy: string;
  readonly peer?: string;
  readonly vasp?: string;
  readonly road?: RoadName;
  readonly transactionId?: string;
  readonly attempt?: number;
  readonly answer?: { readonly by?: string; readonly code?: string; readonly text?: string };
  /** Recipients of a submission that were refused, and why. */
  readonly refused?: readonly (RecordAddress & { readonly reason: string })[];
  readonly chargedParty?: string;
  readonly messageClass?: string;
  readonly cancelledBy?: string;
  readonly replacement?: string;
}

const address = (value: Address, { numbers }: ChargingSettings): RecordAddress => {
  const text = addressText(value);
  if (numbers === 'whole') return { kind: value.kind, address: text };
  if (value.kind === 'number') return { kind: value.kind, address: `+${maskNumber(value.msisdn)}` };
  return {
    kind: value.kind,
    address: value.kind === 'email' ? text.replace(/^.*(?=@)/, '*') : value.kind === 'unknown' ? '*' : text,
  };
};

const instant = (ms: number): string => new Date(ms).toISOString();

const recipientOf = ({ event, settings }: Occasion): RecordAddress | undefined =>
  'recipient' in event ? address(event.recipient, settings) : undefined;

/** The far side's domain, of a road or an origin that is a peer. */
const peerDomain = (peer: string, { domainOfPeer }: ChargingSettings): string => domainOfPeer(peer) ?? peer;

/** The outer road that an event is about: its own word, else its delivery's. */
export function roadOf({ event, delivery }: Pick<Occasion, 'event' | 'delivery'>): RoadName | undefined {
  if ('road' in event && event.road !== undefined) return event.road;
  const road = delivery?.road;
  if (!road) return undefined;
  return road.kind === 'peer' ? `peer:${road.peer}` : road.kind === 'vasp' ? `vasp:${road.vasp}` : 'email';
}

const PEER = 'peer:';
const VASP = 'vasp:';

const origins = ({ message: { origin } }: Occasion) => ({
  mm4: origin.interface === 'mm4' ? origin : undefined,
  mm7: origin.interface === 'mm7' ? origin : undefined,
});

const answerOf = ({ event }: Occasion) => ('answer' in event ? event.answer : undefined);

type Source = (occasion: Occasion) => FieldValue | undefined;

/** Undefined: nothing is known, and the field is left out. */
export const FIELDS = {
  originatorMmsRSAddress: (it) => {
    const { mm4 } = origins(it);
    return mm4 ? peerDomain(mm4.peer, it.settings) : it.settings.ownDomain;
  },
  recipientMmsRSAddress: (it) => {
    const road = roadOf(it);
    return it.event.kind !== 'report-pushed' && road?.startsWith(PEER)
      ? peerDomain(road.slice(PEER.length), it.settings)
      : it.settings.ownDomain;
  },
  linkedID: (it) => origins(it).mm7?.linkedId,
  vaspID: (it) => origins(it).mm7?.vaspId ?? origins(it).mm7?.vasp,
  vasID: (it) => origins(it).mm7?.vasId,
  messageID: ({ message }) => message.id,
  mms3GPPVersion: (it) => origins(it).mm4?.version,
  originatorAddress: ({ message, settings }) => address(message.sender, settings),
  /** Whole even where the recipient does not learn it: `senderVisibility` says that. */
  senderAddress: ({ message, settings }) => address(message.sender, settings),
  recipientAddresses: ({ message, settings }) =>
    message.recipients.map((it) => ({ ...address(it.address, settings), field: ADDRESSEE[it.field] })),
  recipientAddress: recipientOf,
  serviceCode: (it) => origins(it).mm7?.serviceCode,
  contentType: ({ message }) => message.contentType,
  messageSize: ({ message }) => message.size,
  messageClass: ({ message: { messageClass } }) => (typeof messageClass === 'string' ? MESSAGE_CLASS[messageClass] : undefined),
  chargeInformation: (it) => {
    const { mm7 } = origins(it);
    if (!mm7) return undefined;
    const { chargedParty } = mm7;
    return chargedParty === undefined || chargedParty === 'third-party' ? NOT_SPECIFIED_BY_VASP : CHARGED_PARTY[chargedParty];
  },
  submissionTime: ({ message }) => instant(message.date),
  timeOfExpiry: ({ message }) => instant(message.expiresAt),
  earliestTimeOfDelivery: ({ message }) => (message.deliverAt > message.acceptedAt ? instant(message.deliverAt) : undefined),
  requestStatusCode: (it) => {
    const { event } = it;
    if (event.kind === 'handover-answered') return requestStatus(event.verdict === 'accepted', event.answer);
    if (event.kind === 'handover-failed') return requestStatus(false, event.answer);
    return requestStatus(true, answerOf(it));
  },
  deliveryReportRequested: ({ message }) => message.deliveryReport,
  readReplyRequested: ({ message }) => message.readReport,
  priority: ({ message }) => PRIORITY[message.priority],
  senderVisibility: ({ message }) => !message.senderHidden,
  messageDistributionIndicator: (it) => origins(it).mm7?.distributionIndicator,
  acknowledgementRequest: (it) =>
    it.event.kind === 'handed-over' ? it.event.awaits === 'acknowledgement' : (origins(it).mm4?.ackRequest ?? false),
  forwardCounter: ({ message }) => message.forwarding?.counter,
  forwardingAddress: ({ message, settings }) => {
    const last = message.forwarding?.previously.at(-1);
    return last && address(last.by, settings);
  },
  mmDateAndTime: ({ event }) => instant(event.at),
  mmStatusCode: ({ event }) => {
    if (event.kind === 'delivery-reported') return MM_STATUS[event.status];
    if (event.kind === 'delivery-ended') return MM_STATUS[event.outcome];
    return event.kind === 'delivery-deferred' ? MM_STATUS.deferred : undefined;
  },
  readStatus: ({ event }) => (event.kind === 'message-read' ? READ_STATUS[event.status] : undefined),
  statusText: (it) => {
    const { event } = it;
    if (event.kind === 'delivery-reported') return event.status;
    if (event.kind === 'delivery-ended') return event.reason === undefined ? event.outcome : `${event.outcome}: ${event.reason}`;
    if (event.kind === 'delivery-deferred') return 'deferred';
    return answerOf(it)?.text ?? answerOf(it)?.code ?? 'Ok';
  },
  reportAllowed: ({ delivery }) => delivery?.reportAllowed ?? true,
  messageReference: ({ delivery }) => delivery?.key,
  recordTimeStamp: ({ event }) => instant(event.at),
  /** Given by whoever keeps the records. */
  localSequenceNumber: () => undefined,
  recordExtensions: extensionsOf,
} as const satisfies Readonly<Record<string, Source>>;

export type FieldName = keyof typeof FIELDS;

function extensionsOf(it: Occasion): Extensions {
  const { event, events, message, settings } = it;
  const { mm4, mm7 } = origins(it);
  const road = roadOf(it);
  const answer = answerOf(it);
  const refused =
    event.kind === 'message-accepted'
      ? events.flatMap((one) =>
          one.kind === 'recipient-refused' ? [{ ...address(one.recipient, settings), reason: one.reason }] : [],
        )
      : [];
  return {
    cameBy: message.origin.interface,
    ...(mm4 && { peer: mm4.peer }),
    ...((mm7 || road?.startsWith(VASP)) && { vasp: mm7?.vasp ?? road!.slice(VASP.length) }),
    ...(road !== undefined && { road }),
    ...('transactionId' in event && { transactionId: event.transactionId }),
    ...('attempt' in event && { attempt: event.attempt }),
    ...(answer && { answer }),
    ...(refused.length > 0 && { refused }),
    ...(mm7?.chargedParty === 'third-party' && { chargedParty: mm7.chargedPartyId ?? 'third-party' }),
    ...(typeof message.messageClass !== 'string' && { messageClass: message.messageClass.token }),
    ...(event.kind === 'delivery-cancelled' && {
      cancelledBy: event.by,
      ...(event.replacement && { replacement: event.replacement }),
    }),
  };
}
