/**
 * A PDU as a client of an older version may see it: without later fields, and with later values said in the older words.
 * Which version brought which field is said by the tables; which older value stands for which later one is our reading, row by row below.
 */
import { FIELDS, fieldOfCode, fieldOfName } from './fields.js';
import { PDUS } from './pdu-rows.js';
import type { MmsPdu, MmsVersion, PduKind } from './pdus.js';
import { RESPONSE_STATUS, statusMeaning } from './statuses.js';
import type { Counted, ResponseStatusValue, StatusValue } from './value-types.js';

/** The latest version written here. */
export const VERSION_MAX: MmsVersion = '1.3';

const minorOf = (version: MmsVersion): number => {
  const [major, minor] = version.split('.');
  return major === '1' ? Number(minor ?? 0) : Number(major) > 1 ? Number.POSITIVE_INFINITY : 0;
};

/** Whether `version` is at least `since`. Both `1.x`; a later major version knows everything, an earlier one only what 1.0 has. */
const knows = (version: MmsVersion, since: MmsVersion): boolean => minorOf(version) >= minorOf(since);

/** The lower of two versions. */
export const lowerVersion = (a: MmsVersion, b: MmsVersion): MmsVersion => (minorOf(a) <= minorOf(b) ? a : b);

/** Whether a client of that version knows the PDU at all. */
export const isPduOfVersion = (kind: PduKind, version: MmsVersion): boolean => knows(version, PDUS[kind].since);

/**
 * A status that came later, said with one that came earlier. 1.0 has no word for "later perhaps", so a transient failure keeps its subject
 * and loses its hope. A partial success is no success for 1.0 and 1.1: saying Ok would lose the refused recipients silently.
 */
const RESPONSE_EARLIER: Readonly<Record<number, ResponseStatusValue>> = {
  192: 0x81, // transient failure -> unspecified
  193: 0x84, // sending address unresolved
  194: 0x85, // message not found
  195: 0x86, // network problem
  196: 0xc0, // partial success -> transient failure (1.1)
  224: 0x81, // permanent failure -> unspecified
  225: 0x82, // service denied
  226: 0x83, // message format corrupt
  227: 0x84, // sending address unresolved
  228: 0x85, // message not found
  229: 0x87, // content not accepted
  230: 0x82, // reply charging, all four: a service that the sender may not use
  231: 0x82,
  232: 0x82,
  233: 0x82,
  234: 0xe1, // address hiding not supported -> service denied (1.1)
  235: 0xe1, // lack of prepaid -> service denied (1.1, 1.2)
};

/** The statuses of 1.0 that 1.1 replaced: some later clients treat them as undecodable and send again. */
const RESPONSE_LATER: Readonly<Record<number, ResponseStatusValue>> = {
  129: 0xe0,
  130: 0xe1,
  131: 0xe2,
  132: 0xe3,
  133: 0xe4,
  134: 0xc3,
  135: 0xe5,
};

/** A Response-Status that a client of `version` knows. */
export function responseStatusFor(status: ResponseStatusValue, version: MmsVersion): ResponseStatusValue {
  let fitted = statusMeaning(RESPONSE_STATUS, status);
  if (RESPONSE_STATUS[fitted]!.until !== undefined && !knows(RESPONSE_STATUS[fitted]!.until!, version))
    fitted = RESPONSE_LATER[fitted]!;
  while (!knows(version, RESPONSE_STATUS[fitted]!.since)) fitted = RESPONSE_EARLIER[fitted]!;
  return fitted;
}

/**
 * Statuses that came later: since when, and the earlier word.
 * Forwarded: the recipient has seen the message announced and disposed of it himself, which of the words of 1.0 only Retrieved says.
 * Indeterminate: nobody can say what became of it; Unrecognised is the one word of 1.0 that claims neither delivery nor refusal.
 * Unreachable: it never reached the recipient and will not; 1.0 and 1.1 say that with Expired.
 */
const STATUS_EARLIER: Partial<Record<StatusValue, { readonly since: MmsVersion; readonly earlier: StatusValue }>> = {
  indeterminate: { since: '1.1', earlier: 'unrecognised' },
  forwarded: { since: '1.1', earlier: 'retrieved' },
  unreachable: { since: '1.2', earlier: 'expired' },
};

/** A Status that a client of `version` knows. */
export function statusFor(status: StatusValue, version: MmsVersion): StatusValue {
  const row = STATUS_EARLIER[status];
  return row === undefined || knows(version, row.since) ? status : row.earlier;
}

/** What a PDU says in words of its own version, in those of `version`. */
function inWordsOf(version: MmsVersion, pdu: MmsPdu): Readonly<Record<string, unknown>> {
  switch (pdu.kind) {
    case 'm-send-conf':
    case 'm-forward-conf':
    case 'm-mbox-view-conf':
      return { responseStatus: responseStatusFor(pdu.responseStatus, version) };
    case 'm-mbox-delete-conf':
    case 'm-delete-conf':
      return {
        responseStatus: pdu.responseStatus.map(
          (status): Counted<ResponseStatusValue> => ({ ...status, value: responseStatusFor(status.value, version) }),
        ),
      };
    case 'm-notifyresp-ind':
    case 'm-delivery-ind':
      return { status: statusFor(pdu.status, version) };
    default:
      return {};
  }
}

/** Names of fields, without those that came later; absent when none is left. An application's own names stay. */
function attributesFor(version: MmsVersion, attributes: readonly string[]): { attributes?: readonly string[] } {
  const kept = attributes.filter((name) => knows(version, fieldOfName(name)?.since ?? '1.0'));
  return kept.length > 0 ? { attributes: kept } : {};
}

/**
 * The same PDU for a client of `version`: X-Mms-MMS-Version is that version (1.3 at most), fields that came later are left out (also of
 * `unknown` and of the names in X-Mms-Attributes), Response-Status and Status are said in its words. A mandatory field is never left out:
 * whether the client knows the PDU at all is said by `isPduOfVersion`. Content stays as it is, descriptors of a mailbox among it: they are
 * PDUs of their own.
 */
export function fitToVersion<P extends MmsPdu>(pdu: P, version: MmsVersion): P {
  const target = lowerVersion(version, VERSION_MAX);
  const { attributes, ...fitted }: Record<string, unknown> = { ...pdu, ...inWordsOf(target, pdu) };
  if (pdu.version !== undefined) fitted['version'] = target;
  for (const slot of PDUS[pdu.kind].slots)
    if (!slot.mandatory && !slot.listed && !knows(target, slot.since)) delete fitted[slot.key];
  if (attributes !== undefined && knows(target, FIELDS.attributes.since))
    Object.assign(fitted, attributesFor(target, attributes as readonly string[]));
  if (pdu.unknown !== undefined) {
    const kept = pdu.unknown.filter((field) => {
      const octet = field.octets[0];
      return octet === undefined || octet < 0x80 || knows(target, fieldOfCode(octet & 0x7f)?.since ?? '1.0');
    });
    if (kept.length > 0) fitted['unknown'] = kept;
    else delete fitted['unknown'];
  }
  return fitted as unknown as P;
}
