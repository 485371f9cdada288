/**
 * The statuses that a relay answers with, by their octets: the standard's name, the version that brought them, and the last version that
 * uses them. MMS_ENC 1.3 7.3 (Response-Status, Retrieve-Status, Store-Status).
 */

import { hexNumber } from '#base';
import type { MmsVersion } from './pdus.js';

/** One status of the standard: its name and the versions that use it. */
export interface StatusRow {
  readonly name: string;
  readonly since: MmsVersion;
  /** The last version that uses it; absent while it is in use. */
  readonly until?: MmsVersion;
}

/** Statuses by their octet, 128..255. */
export type StatusTable = Readonly<Record<number, StatusRow>>;

const row = (name: string, since: MmsVersion, until?: MmsVersion): StatusRow =>
  until === undefined ? { name, since } : { name, since, until };

/** X-Mms-Response-Status. */
export const RESPONSE_STATUS: StatusTable = {
  128: row('Ok', '1.0'),
  129: row('Error-unspecified', '1.0', '1.0'),
  130: row('Error-service-denied', '1.0', '1.0'),
  131: row('Error-message-format-corrupt', '1.0', '1.0'),
  132: row('Error-sending-address-unresolved', '1.0', '1.0'),
  133: row('Error-message-not-found', '1.0', '1.0'),
  134: row('Error-network-problem', '1.0', '1.0'),
  135: row('Error-content-not-accepted', '1.0', '1.0'),
  136: row('Error-unsupported-message', '1.0'),
  192: row('Error-transient-failure', '1.1'),
  193: row('Error-transient-sending-address-unresolved', '1.1'),
  194: row('Error-transient-message-not-found', '1.1'),
  195: row('Error-transient-network-problem', '1.1'),
  196: row('Error-transient-partial-success', '1.2'),
  224: row('Error-permanent-failure', '1.1'),
  225: row('Error-permanent-service-denied', '1.1'),
  226: row('Error-permanent-message-format-corrupt', '1.1'),
  227: row('Error-permanent-sending-address-unresolved', '1.1'),
  228: row('Error-permanent-message-not-found', '1.1'),
  229: row('Error-permanent-content-not-accepted', '1.1'),
  230: row('Error-permanent-reply-charging-limitations-not-met', '1.1'),
  231: row('Error-permanent-reply-charging-request-not-accepted', '1.1'),
  232: row('Error-permanent-reply-charging-forwarding-denied', '1.1'),
  233: row('Error-permanent-reply-charging-not-supported', '1.1'),
  234: row('Error-permanent-address-hiding-not-supported', '1.2'),
  235: row('Error-permanent-lack-of-prepaid', '1.3'),
};

/** X-Mms-Retrieve-Status. */
export const RETRIEVE_STATUS: StatusTable = {
  128: row('Ok', '1.1'),
  192: row('Error-transient-failure', '1.1'),
  193: row('Error-transient-message-not-found', '1.1'),
  194: row('Error-transient-network-problem', '1.1'),
  224: row('Error-permanent-failure', '1.1'),
  225: row('Error-permanent-service-denied', '1.1'),
  226: row('Error-permanent-message-not-found', '1.1'),
  227: row('Error-permanent-content-unsupported', '1.1'),
};

/** X-Mms-Store-Status. */
export const STORE_STATUS: StatusTable = {
  128: row('Success', '1.2'),
  192: row('Error-transient-failure', '1.2'),
  193: row('Error-transient-network-problem', '1.2'),
  224: row('Error-permanent-failure', '1.2'),
  225: row('Error-permanent-service-denied', '1.2'),
  226: row('Error-permanent-message-format-corrupt', '1.2'),
  227: row('Error-permanent-message-not-found', '1.2'),
  228: row('Error-permanent-mmbox-full', '1.2'),
};

const TRANSIENT_FAILURE = 0xc0;
const PERMANENT_FAILURE = 0xe0;

/**
 * What an octet means: itself where the standard assigns it; otherwise 0xc0, a transient failure, for the range 0xc0..0xdf that is reserved
 * for further ones, and 0xe0, a permanent failure, for everything else. MMS_ENC 1.3 7.3.48, 7.3.50, 7.3.57.
 */
export const statusMeaning = (table: StatusTable, octet: number): number =>
  table[octet] !== undefined
    ? octet
    : octet >= TRANSIENT_FAILURE && octet < PERMANENT_FAILURE
      ? TRANSIENT_FAILURE
      : PERMANENT_FAILURE;

/** The standard's name, or what range of it an unassigned octet falls into. */
export const statusName =
  (table: StatusTable) =>
  (octet: number): string =>
    table[octet]?.name ?? `${statusMeaning(table, octet) === TRANSIENT_FAILURE ? 'transient' : 'permanent'} ${hexNumber(octet)}`;
