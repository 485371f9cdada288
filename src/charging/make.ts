/** Which events are charging events, and the records they give. One event gives none, one or two records; the same events always the same. */
import type { Delivery, LoggedChange, MessagingEvent } from '#messaging';
import { type ChargingSettings, FIELDS, type FieldName, type FieldValue, type Occasion, roadOf } from './fields.js';
import { RECORDS, type RecordName } from './records.js';

/** A record before it is numbered. */
export interface ChargingRecord {
  readonly name: RecordName;
  /** Names it for good: see `RecordId`. Made twice, it is the same. */
  readonly id: string;
  readonly fields: { readonly [name in FieldName]?: FieldValue };
}

/** What an id says: the log, the place of the change in it, the event in the change, and which of the event's records. */
export interface RecordId {
  readonly log: string;
  readonly place: number;
  readonly event: number;
  readonly record: number;
}

const ID = /^([-0-9A-Za-z]{1,32})\.(\d{1,16})\.(\d{1,6})\.(\d)$/;

/** Undefined for a text that is none. */
export function readRecordId(text: string): RecordId | undefined {
  const [, log, place, event, record] = ID.exec(text) ?? [];
  return log === undefined ? undefined : { log, place: Number(place), event: Number(event), record: Number(record) };
}

/** Records of one change, in the order of its events. `log`: the log's identity. */
export function recordsOf(log: string, change: LoggedChange, settings: ChargingSettings): readonly ChargingRecord[] {
  const { message, deliveries, events, place } = change;
  return events.flatMap((event, index) => {
    const delivery = 'delivery' in event ? deliveries.find(({ key }) => key === event.delivery) : undefined;
    const occasion: Occasion = { event, events, message, settings, ...(delivery && { delivery }) };
    return namesOf(event, delivery, occasion).map((name, record) => ({
      name,
      id: `${log}.${place}.${index}.${record}`,
      fields: fieldsOf(name, occasion),
    }));
  });
}

function fieldsOf(name: RecordName, occasion: Occasion): ChargingRecord['fields'] {
  const fields: { [field in FieldName]?: FieldValue } = {};
  for (const field of Object.keys(RECORDS[name].fields) as FieldName[]) {
    const value: FieldValue | undefined = FIELDS[field](occasion);
    if (value !== undefined) fields[field] = value;
  }
  return fields;
}

type Far = 'peer' | 'vasp' | 'email' | 'handset';

function farOf(occasion: Occasion): Far {
  const road = roadOf(occasion);
  if (road === undefined) return 'handset';
  return road.startsWith('peer:') ? 'peer' : road.startsWith('vasp:') ? 'vasp' : 'email';
}

const NONE: readonly RecordName[] = [];

/** Mail has no records of its own in TS 32.270: what leaves or comes by MM3 is charged by the records of its other side. */
function namesOf(event: MessagingEvent, delivery: Delivery | undefined, occasion: Occasion): readonly RecordName[] {
  const { origin } = occasion.message;
  const far = farOf(occasion);
  switch (event.kind) {
    case 'message-accepted':
      return { mm1: ['MMO1S'], mm4: ['MMR4F'], mm7: ['MM7S'], mm3: NONE }[origin.interface] as readonly RecordName[];
    case 'handed-over':
      if (event.heard === 'late') return NONE;
      return far === 'peer' ? ['MMO4FRq'] : far === 'vasp' ? ['MM7DRq', 'MM7DRs'] : NONE;
    case 'handover-failed':
      return far === 'vasp' ? ['MM7DRq', 'MM7DRs'] : NONE;
    case 'handover-answered':
      return far === 'peer' ? ['MMO4FRs'] : NONE;
    case 'delivery-reported':
      return far === 'peer' ? ['MMO4D'] : NONE;
    case 'notification-pushed':
      return ['MMR1NRq'];
    case 'content-fetched':
      return ['MMR1Rt'];
    case 'delivery-deferred':
      return ['MMR1NRs'];
    case 'delivery-ended':
      return far === 'handset' ? [endAtHandset(event.outcome, delivery)] : endFar(event.outcome, occasion);
    case 'message-read':
      return far === 'peer' ? ['MMO4R'] : far === 'handset' ? ['MMR1RR'] : NONE;
    case 'report-pushed':
      return REPORTED[event.about][origin.interface];
    case 'delivery-cancelled':
      if (origin.interface === 'mm7') return event.replacement === undefined ? ['MM7C'] : ['MM7R'];
      return ['MMOMD'];
    default:
      return NONE;
  }
}

/** A recipient who has fetched the content confirms it; one who has not answers the notification; and what nobody answers for is deleted. */
function endAtHandset(
  outcome: Extract<MessagingEvent, { kind: 'delivery-ended' }>['outcome'],
  delivery: Delivery | undefined,
): RecordName {
  if (outcome === 'retrieved') return 'MMR1A';
  if (outcome === 'rejected' || outcome === 'unrecognised') return delivery?.fetchedAt === undefined ? 'MMR1NRs' : 'MMR1A';
  return 'MMRMD';
}

const SAID_BY_FAR_SIDE: ReadonlySet<string> = new Set(['handed-over', 'handover-answered', 'delivery-reported']);

/** A far side's own word was recorded when it came; what ends without one is given up by us. */
function endFar(
  outcome: Extract<MessagingEvent, { kind: 'delivery-ended' }>['outcome'],
  { events }: Occasion,
): readonly RecordName[] {
  const isTold = events.some(({ kind }) => SAID_BY_FAR_SIDE.has(kind));
  return isTold || outcome === 'retrieved' ? NONE : ['MMOMD'];
}

/** Reports to senders, by what they are about and where the sender is. */
const REPORTED: Readonly<
  Record<'acknowledgement' | 'delivery' | 'read', Readonly<Record<'mm1' | 'mm3' | 'mm4' | 'mm7', readonly RecordName[]>>>
> = {
  // The response to a forward is part of the record of the forward (MMR4F).
  acknowledgement: { mm1: NONE, mm4: NONE, mm7: NONE, mm3: NONE },
  delivery: { mm1: ['MMO1D'], mm4: ['MMR4DRq'], mm7: ['MM7DRRq', 'MM7DRRs'], mm3: NONE },
  read: { mm1: ['MMO1R'], mm4: ['MMR4RRq'], mm7: ['MM7RRq', 'MM7RRs'], mm3: NONE },
};
