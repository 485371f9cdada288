/** Mail that comes back: a delivery status notification about a message that we handed over. RFC 3464. */

import { decodeBody, fieldOf, leafParts, type MimeEntity, type MimeField, readFields } from '#codec/mime';
import { decodeMm4 } from '#codec/mm4';
import type { Peer } from '#directory';
import type { FarReport } from '#messaging';
import { readable, toDomain } from './addresses.js';
import { roadOf } from './translate-in.js';

/** Recipients of one notification that are looked at. Source: as many as one transaction may have, `LIMITS.recipientsMax`. */
const RECIPIENTS_MAX = 100;
const BLANK_LINE = /\r?\n\r?\n/;

/** Groups of fields of message/delivery-status: the first is about the message, the others about one recipient each. */
function groupsOf(body: Uint8Array): readonly (readonly MimeField[])[] {
  const groups: (readonly MimeField[])[] = [];
  for (const text of new TextDecoder('latin1').decode(body).split(BLANK_LINE, RECIPIENTS_MAX + 1)) {
    const fields = readFields(new TextEncoder().encode(`${text}\r\n\r\n`));
    if (fields.ok && fields.value.length > 0) groups.push(fields.value);
  }
  return groups;
}

/** `rfc822; +4670...@mms.example` without its type. */
const withoutType = (value: string | undefined): string | undefined => value?.slice(value.indexOf(';') + 1).trim();

/** Our id of the message: in ENVID, which we set to it, else in the header that came back. */
function messageIdOf(about: readonly MimeField[], entity: MimeEntity): string | undefined {
  const envelopeId = fieldOf(about, 'Original-Envelope-Id');
  if (envelopeId !== undefined) return envelopeId;
  for (const { part } of leafParts(entity)) {
    if (!part.type.media.startsWith('message/rfc822') && part.type.media !== 'text/rfc822-headers') continue;
    const fields = readFields(decodeBody(part));
    const decoded = fields.ok ? decodeMm4(fields.value) : undefined;
    if (decoded?.ok && decoded.value.pdu.kind === 'MM4_forward.REQ') return decoded.value.pdu.messageId;
  }
  return undefined;
}

/** RFC 3464 2.3.3. `relayed` and `expanded` say that nobody will say more. */
const ACTIONS: Readonly<Record<string, FarReport['status']>> = {
  failed: 'rejected',
  delayed: 'delayed',
  relayed: 'indeterminate',
  expanded: 'indeterminate',
};

/**
 * What a notification says of each recipient. Undefined: the mail is none. Empty: it is about nothing of ours, or says no more than that the
 * message has arrived (which the peer's own response says).
 */
export function bounceOf(entity: MimeEntity, peer: Peer): readonly FarReport[] | undefined {
  const status = leafParts(entity).find(({ part }) => part.type.media === 'message/delivery-status')?.part;
  if (status === undefined) return undefined;
  const [about = [], ...recipients] = groupsOf(decodeBody(status));
  const messageId = messageIdOf(about, entity);
  if (messageId === undefined) return [];
  return recipients.flatMap((fields) => reportOf(fields, messageId, peer) ?? []);
}

function reportOf(fields: readonly MimeField[], messageId: string, peer: Peer): FarReport | undefined {
  const outcome = ACTIONS[(fieldOf(fields, 'Action') ?? '').toLowerCase()];
  const written = withoutType(fieldOf(fields, 'Original-Recipient') ?? fieldOf(fields, 'Final-Recipient'));
  const address = written === undefined ? undefined : readable(written);
  if (outcome === undefined || address === undefined) return undefined;
  const code = fieldOf(fields, 'Status');
  const text = withoutType(fieldOf(fields, 'Diagnostic-Code'));
  return {
    from: roadOf(peer),
    about: { messageId, recipient: toDomain(address, peer.numbers) },
    status: outcome,
    ...(text !== undefined && { text }),
    answer: {
      by: fieldOf(fields, 'Reporting-MTA') ?? peer.name,
      ...(code !== undefined && { code }),
      ...(text !== undefined && { text }),
    },
  };
}
