/** The tolerances that concern a PDU as a whole: which fields it has, in which order, and of which version. Found in the fields once read. */

import { hexNumber } from '#base';
import { FIELDS, type FieldKey } from './fields.js';
import { lowerVersion } from './fit-to-version.js';
import type { Item } from './inspected.js';
import type { PduRow } from './pdu-rows.js';
import type { MmsVersion } from './pdus.js';
import { RESPONSE_STATUS, RETRIEVE_STATUS, STORE_STATUS, type StatusTable } from './statuses.js';
import type { MMS_TOLERANCES } from './tolerances.js';
import type { Counted } from './value-types.js';

interface Found {
  readonly name: keyof typeof MMS_TOLERANCES;
  readonly offset: number;
  readonly detail: string;
  readonly clause?: string;
}

/** Recipients that a PDU must name: at least one of these fields. MMS_ENC 6. */
const RECIPIENTS: Readonly<Partial<Record<string, readonly FieldKey[]>>> = {
  'm-send-req': ['to', 'cc', 'bcc'],
  'm-forward-req': ['to', 'cc', 'bcc'],
  'm-delivery-ind': ['to'],
  'm-read-rec-ind': ['to'],
  'm-read-orig-ind': ['to'],
};

/** PDUs whose row lets their statuses be missing although the standard does not. */
const STATUSES: ReadonlySet<string> = new Set(['m-mbox-delete-conf', 'm-delete-conf']);

/** PDUs whose row lets a body be missing although the standard does not. */
const BODY: ReadonlySet<string> = new Set(['m-retrieve-conf']);

/** Statuses by their tables. */
export const STATUS_TABLES: Readonly<Partial<Record<FieldKey, StatusTable>>> = {
  responseStatus: RESPONSE_STATUS,
  retrieveStatus: RETRIEVE_STATUS,
  storeStatus: STORE_STATUS,
};

/** The octet of a status, whether or not it is counted. */
export function statusIn(value: unknown): number | undefined {
  const octet = typeof value === 'object' && value !== null ? (value as Partial<Counted<unknown>>).value : value;
  return typeof octet === 'number' ? octet : undefined;
}

/** Whether what came with `since` is not yet in `version`. */
export const isLater = (since: MmsVersion, version: MmsVersion): boolean => lowerVersion(since, version) !== since;

/** Transaction id (if there is one) and version stand directly behind the type, in this order. */
function* orderOf(items: readonly Item[]): Generator<Found> {
  if (items[0]?.key !== 'messageType') return;
  const wanted = (['transactionId', 'version'] as const).filter((key) => items.some((item) => item.key === key));
  const misplaced = wanted.findIndex((key, i) => items[i + 1]?.key !== key);
  const item = items[misplaced + 1];
  if (misplaced !== -1 && item !== undefined)
    yield { name: 'field-order', offset: item.offset, detail: `${item.name} where ${FIELDS[wanted[misplaced]!].name} belongs` };
}

function* fieldOf(item: Item, row: PduRow | undefined, version: MmsVersion | undefined): Generator<Found> {
  const { offset, taken, key } = item;
  if (taken === 'repeated') yield { name: 'repeated-field', offset, detail: `a second ${item.name}` };
  if (taken === 'unassigned') yield { name: 'unassigned-field', offset, detail: `field ${item.name} is assigned to nothing` };
  if (taken === 'foreign' && row !== undefined)
    yield { name: 'foreign-field', offset, detail: `${row.kind} has no field ${item.name}` };
  if (taken !== 'read' || key === undefined) return;
  if (row?.kind === 'm-delivery-ind' && key === 'transactionId')
    yield { name: 'report-transaction-id', offset, detail: `${row.kind} has no field ${item.name}` };
  const since = row?.slots.find((slot) => slot.key === key)?.since ?? FIELDS[key].since;
  if (version !== undefined && isLater(since, version) && !(row !== undefined && isLater(row.since, version)))
    yield { name: 'later-field', offset, detail: `${item.name} came with ${since}, the PDU says ${version}` };
  const octet = statusIn(item.value);
  if (STATUS_TABLES[key] !== undefined && octet !== undefined && STATUS_TABLES[key][octet] === undefined)
    yield { name: 'reserved-status', offset: item.end - 1, detail: `${hexNumber(octet)} is reserved` };
  const time = item.value as { kind?: string } | undefined;
  if (row?.kind === 'm-notification-ind' && key === 'expiry' && time?.kind === 'absolute')
    yield { name: 'absolute-expiry', offset: item.offset + 2, detail: 'an absolute time, expected a relative one' };
}

/** `items`: the fields of the PDU. `end`: where the fields end, which is where missing ones are missed; absent when that was not reached. */
export function* pduTolerances(
  items: readonly Item[],
  row: PduRow | undefined,
  version: MmsVersion | undefined,
  end: number | undefined,
): Generator<Found> {
  if (row !== undefined && version !== undefined && isLater(row.since, version))
    yield { name: 'later-pdu', offset: 1, detail: `${row.kind} came with ${row.since}, the PDU says ${version}` };
  yield* orderOf(items);
  for (const item of items) yield* fieldOf(item, row, version);
  if (row === undefined || end === undefined) return;
  const has = (key: FieldKey): boolean => items.some((item) => item.key === key && item.taken !== 'foreign');
  const recipients = RECIPIENTS[row.kind];
  if (recipients !== undefined && !recipients.some(has))
    yield {
      name: 'missing-recipient',
      offset: end,
      detail: `${row.kind} has none of ${recipients.map((key) => FIELDS[key].name).join(', ')}`,
    };
  if (STATUSES.has(row.kind) && !has('responseStatus'))
    yield { name: 'missing-status', offset: end, detail: `${row.kind} has no ${FIELDS.responseStatus.name}` };
  if (BODY.has(row.kind) && !has('content'))
    yield { name: 'missing-body', offset: end, detail: `${row.kind} has no ${FIELDS.content.name}` };
}
