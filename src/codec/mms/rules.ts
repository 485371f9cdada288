/**
 * What the standards ask of a PDU beyond its grammar, and a relay does not look at: one row for each rule of strict mode. Tolerances are in
 * tolerances.ts; what breaks a rule of this table is read as it stands, and departs all the same.
 */
import { LIMITS } from '#base';
import { contentTypeText, isMultipart, type Part } from '#codec/wsp';
import { decodeParts } from './content.js';
import { readDeviceAddress } from './device-address.js';
import { FIELDS, type FieldKey } from './fields.js';
import { statusFor, VERSION_MAX } from './fit-to-version.js';
import type { Inspection } from './inspect.js';
import type { Item } from './inspected.js';
import { isLater, STATUS_TABLES, statusIn } from './pdu-tolerances.js';
import type { MmsVersion } from './pdus.js';
import type { FromValue, PreviouslySentBy, StatusValue } from './value-types.js';

/** Something that the standard asks for and decoding does not need. */
export interface Rule {
  /** What is asked. */
  readonly asks: string;
  readonly clause: string;
}

/** The rules that strict mode adds to the grammar, by the name under which a departure is reported. */
export const RULES = {
  'bare-number': {
    asks: 'A phone number is written with /TYPE=PLMN: without it, digits are a short code.',
    clause: 'MMS_ENC 8',
  },
  'address-form': {
    asks: 'What stands before /TYPE= is of that type, and an address without it is a mailbox or a short code.',
    clause: 'MMS_ENC 8',
  },
  'insert-address': {
    asks: 'Insert-address is for PDUs of a client: a relay writes the address, or no From.',
    clause: 'MMS_ENC 7.3.21',
  },
  'empty-identifier': {
    asks: 'Transaction id, Message-ID and X-Mms-Content-Location hold something.',
    clause: 'MMS_ENC 7.3',
  },
  'message-id-brackets': {
    asks: 'A Message-ID is written without angle brackets.',
    clause: 'MMS_ENC 7.3.29',
  },
  'unassigned-version': {
    asks: 'X-Mms-MMS-Version is 1.0, 1.1, 1.2 or 1.3.',
    clause: 'MMS_ENC 7.3',
  },
  'later-value': {
    asks: 'A status is one that the version of the PDU has.',
    clause: 'MMS_ENC 7.3',
  },
  'obsolete-value': {
    asks: 'A status is one that the version of the PDU still uses.',
    clause: 'MMS_ENC 7.3',
  },
  'missing-message-id': {
    asks: 'A message that was accepted, or is handed over, has a Message-ID.',
    clause: 'MMS_ENC 6',
  },
  'auto-with-reports': {
    asks: 'A message of class Auto asks for no reports.',
    clause: 'MMS_ENC 7.3.27',
  },
  'content-type-not-last': {
    asks: 'Content-Type is the last field: all behind it is the body.',
    clause: 'MMS_ENC 7',
  },
  'related-without-type': {
    asks: 'A multipart/related names the type of its root in a parameter.',
    clause: 'RFC 2387 3.1',
  },
  'related-without-start': {
    asks: 'A multipart/related whose root is not the first part names the root in a start parameter.',
    clause: 'RFC 2387 3.2',
  },
  'start-names-no-part': {
    asks: 'The start parameter is the Content-ID of a part.',
    clause: 'RFC 2387 3.2',
  },
  'type-not-of-root': {
    asks: 'The type parameter of a multipart/related is the type of its root.',
    clause: 'RFC 2387 3.1',
  },
  'part-without-name': {
    asks: 'Each part of a multipart/related but the root has a Content-ID or a Content-Location, by which the root can refer to it.',
    clause: 'RFC 2557 8',
  },
  'content-id-form': {
    asks: 'A Content-ID, and the start parameter that names one, are written in angle brackets.',
    clause: 'RFC 2045 7',
  },
  'repeated-content-id': {
    asks: 'No two parts have one Content-ID.',
    clause: 'RFC 2045 7',
  },
} as const satisfies Readonly<Record<string, Rule>>;

/** Name of a row of RULES. */
export type RuleName = keyof typeof RULES;

/** A rule that is broken. */
export interface Broken {
  readonly name: RuleName;
  readonly offset: number;
  readonly field?: string;
  readonly detail: string;
}

const broken = (name: RuleName, item: Item, detail: string): Broken => ({ name, offset: item.offset, field: item.name, detail });

function* addressOf(item: Item, text: string): Generator<Broken> {
  if (text === '') return;
  const address = readDeviceAddress(text);
  if (address.kind === 'num-shortcode' && address.digits.length >= LIMITS.bareNumberDigitsMin && address.mark in NUMBER_MARKS)
    yield broken('bare-number', item, `${address.digits.length} digits without /TYPE=PLMN`);
  else if (address.kind === 'other' && address.type === undefined)
    yield broken('address-form', item, 'neither mailbox nor short code, and no /TYPE=');
  else if (address.kind === 'other' && TYPES.has(address.type!.toUpperCase()))
    yield broken('address-form', item, `no address of /TYPE=${address.type}`);
}

/** Marks of what may be a number; `*` and `#` begin codes of the network. */
const NUMBER_MARKS: Readonly<Record<string, true>> = { '': true, '+': true };
/** Types with a form that the standard gives; others are anybody's. */
const TYPES: ReadonlySet<string> = new Set(['PLMN', 'IPV4', 'IPV6']);
const RECIPIENTS: ReadonlySet<FieldKey> = new Set(['to', 'cc', 'bcc']);
const IDENTIFIERS: ReadonlySet<FieldKey> = new Set(['transactionId', 'messageId', 'contentLocation']);
/** PDUs that a relay writes with a From. */
const FROM_RELAY: ReadonlySet<string> = new Set(['m-notification-ind', 'm-retrieve-conf', 'm-read-orig-ind']);
const VERSIONS: ReadonlySet<string> = new Set(['1.0', '1.1', '1.2', VERSION_MAX]);

function* valueRules(item: Item, kind: string | undefined, version: MmsVersion | undefined): Generator<Broken> {
  const { key, value } = item;
  if (key === undefined || value === undefined) return;
  if (RECIPIENTS.has(key)) yield* addressOf(item, value as string);
  if (key === 'from') {
    const from = value as FromValue;
    if (from.kind === 'address') yield* addressOf(item, from.address);
    else if (kind !== undefined && FROM_RELAY.has(kind)) yield broken('insert-address', item, `insert-address in ${kind}`);
  }
  if (key === 'previouslySentBy') yield* addressOf(item, (value as PreviouslySentBy).address);
  if (IDENTIFIERS.has(key) && value === '') yield broken('empty-identifier', item, 'an empty text');
  if (key === 'messageId' && typeof value === 'string' && value.startsWith('<'))
    yield broken('message-id-brackets', item, 'angle brackets around it');
  if (key === 'version' && !VERSIONS.has(value as string)) yield broken('unassigned-version', item, `version ${value as string}`);
  if (version !== undefined) yield* statusRules(item, version);
}

function* statusRules(item: Item, version: MmsVersion): Generator<Broken> {
  const { key, value } = item;
  if (key === 'status' && statusFor(value as StatusValue, version) !== value)
    yield broken('later-value', item, `${item.text} is not of ${version}`);
  const octet = statusIn(value);
  const row = octet !== undefined && key !== undefined ? STATUS_TABLES[key]?.[octet] : undefined;
  if (row === undefined) return;
  if (isLater(row.since, version))
    yield broken('later-value', item, `${row.name} came with ${row.since}, the PDU says ${version}`);
  if (row.until !== undefined && isLater(version, row.until))
    yield broken('obsolete-value', item, `${row.name} is not used since ${row.until}, the PDU says ${version}`);
}

const OK = 0x80;

function* pduRules(inspection: Inspection, fields: ReadonlyMap<FieldKey, Item>, end: number): Generator<Broken> {
  const kind: string | undefined = inspection.row?.kind;
  const value = (key: FieldKey): unknown => fields.get(key)?.value;
  const accepted = (kind === 'm-send-conf' || kind === 'm-forward-conf') && value('responseStatus') === OK;
  const handedOver = kind === 'm-retrieve-conf' && fields.has('content') && (value('retrieveStatus') ?? OK) === OK;
  // Version 1.0 wanted a Message-ID from a retrieval for read reports only.
  const wanted = accepted || (handedOver && inspection.version !== '1.0');
  if (wanted && inspection.isWhole && !fields.has('messageId'))
    yield { name: 'missing-message-id', offset: end, detail: `${kind} has no ${FIELDS.messageId.name}` };
  for (const key of ['deliveryReport', 'readReport'] as const)
    if (value('messageClass') === 'auto' && value(key) === true)
      yield broken('auto-with-reports', fields.get(key)!, 'asked for by a message of class Auto');
}

const nameOf = (part: Part): string | undefined => part.contentId ?? part.contentLocation;
const IN_BRACKETS = /^<.+>$/;
const bare = (contentId: string): string => contentId.replace(/^<(.*)>$/, '$1');

/** The root of a multipart/related: the part that `start` names, else the first. RFC 2387 3.2. */
function rootOf(parts: readonly Part[], start: string | undefined): Part | undefined {
  return start === undefined
    ? parts[0]
    : parts.find((part) => part.contentId !== undefined && bare(part.contentId) === bare(start));
}

function* relatedRules(
  parts: readonly Part[],
  places: readonly Item[],
  content: Item,
  type: Part['contentType'],
): Generator<Broken> {
  const { start, type: rootType } = type.parameters;
  const root = rootOf(parts, start);
  if (rootType === undefined) yield broken('related-without-type', content, `${type.media} without the parameter type`);
  if (start !== undefined && !IN_BRACKETS.test(start)) yield broken('content-id-form', content, 'start without angle brackets');
  if (start !== undefined && root === undefined && parts.length > 0)
    yield broken('start-names-no-part', content, 'no part has this Content-ID');
  if (rootType !== undefined && root !== undefined && root.contentType.media !== rootType.toLowerCase()) {
    const elsewhere = start === undefined && parts.some((part) => part.contentType.media === rootType.toLowerCase());
    if (elsewhere) yield broken('related-without-start', content, `the first part is no ${rootType}, another is`);
    else yield broken('type-not-of-root', content, `the root is ${contentTypeText(root.contentType)}`);
  }
  for (const [i, part] of parts.entries())
    if (part !== root && nameOf(part) === undefined && places[i] !== undefined)
      yield broken('part-without-name', places[i], 'neither Content-ID nor Content-Location');
}

function* partRules(inspection: Inspection, content: Item): Generator<Broken> {
  if (!inspection.pdu.ok || !('content' in inspection.pdu.value) || inspection.pdu.value.content === undefined) return;
  const { type } = inspection.pdu.value.content;
  const parts = decodeParts(inspection.pdu.value.content);
  if (!parts.ok || !isMultipart(type)) return;
  const places = inspection.items.filter((item) => item.kind === 'part' && item.depth === 1);
  if (type.media.endsWith('.related') || type.media === 'multipart/related')
    yield* relatedRules(parts.value, places, content, type);
  const ids = new Set<string>();
  for (const [i, { contentId }] of parts.value.entries()) {
    const place = places[i];
    if (contentId === undefined || place === undefined) continue;
    if (!IN_BRACKETS.test(contentId)) yield broken('content-id-form', place, 'Content-ID without angle brackets');
    if (ids.has(bare(contentId))) yield broken('repeated-content-id', place, 'Content-ID of an earlier part');
    ids.add(bare(contentId));
  }
}

/** A body that is no multipart although its type says so, but begins like a field of the PDU: Content-Type was not the last. */
function* orderRule(inspection: Inspection, content: Item): Generator<Broken> {
  if (!inspection.refused.some((one) => one.inBody)) return;
  const octet = inspection.bytes[content.end];
  const slot = octet === undefined || octet < 0x80 ? undefined : inspection.row?.slotOfCode[octet & 0x7f];
  if (slot !== undefined) yield broken('content-type-not-last', content, `the body begins like ${slot.name}`);
}

/** Every rule that the PDU breaks. */
export function* brokenRules(inspection: Inspection): Generator<Broken> {
  const { items, row, version } = inspection;
  const fields = new Map<FieldKey, Item>();
  let end = 0;
  for (const item of items) {
    if (item.kind !== 'field') continue;
    end = item.end;
    if (item.taken !== 'read') continue;
    if (item.key !== undefined && !fields.has(item.key)) fields.set(item.key, item);
    yield* valueRules(item, row?.kind, version);
  }
  yield* pduRules(inspection, fields, end);
  const content = fields.get('content');
  if (content === undefined) return;
  yield* orderRule(inspection, content);
  yield* partRules(inspection, content);
}
