/** Messages and reports for VASPs as MM7 has them. Pure. */
import {
  type DeliverReq,
  type DeliveryReportReq,
  dialectFromTag,
  type Mm7Address,
  type Mm7Dialect,
  type MmStatus,
  type ReadReplyReq,
  type Recipients,
} from '#codec/mm7';
import type { Vasp } from '#directory';
import type { Address, Handover, NoRoute, OutgoingReport, RecipientField, ReportedOutcome } from '#messaging';
import { toWire } from './addresses.js';
import { present } from './request.js';

/** Of the version that a VASP takes no release 6 elements in, whatever it says of itself. */
const RELEASE_5 = '5.3.0';

/** How this VASP wants messages written. */
export function dialectOfVasp({ dialect }: Vasp): Mm7Dialect {
  const { namespace, version, prefix, release6Elements } = dialect;
  const spoken = release6Elements || version.startsWith('5.') ? version : RELEASE_5;
  if (!namespace.includes(':')) return dialectFromTag(namespace, spoken, prefix === '' ? undefined : prefix);
  return { namespace, version: spoken, ...(prefix !== '' && { prefix }) };
}

/** Sender is mandatory, and must not say who it is. RFC 2606: the domain exists nowhere. */
const HIDDEN: Mm7Address = { kind: 'RFC2822Address', value: 'anonymous@anonymous.invalid' };

const PRIORITIES = { low: 'Low', normal: 'Normal', high: 'High' } as const;

/** Addresses of the service that the message is for, and the other recipients as they may be seen. */
function recipientsFor(handover: Handover, vasp: Vasp): Recipients {
  const own = handover.deliveries.map(({ recipient }) => recipient);
  const same = (one: Address, other: Address): boolean => JSON.stringify(one) === JSON.stringify(other);
  const shown = handover.recipientsShown;
  const list = (field: RecipientField): readonly Mm7Address[] =>
    shown
      .filter((recipient) => recipient.field === field)
      .map(({ address }) => ({
        ...toWire(address, vasp.dialect),
        ...(own.some((one) => same(one, address)) ? {} : { displayOnly: true }),
      }));
  // A recipient in Bcc is shown to himself only.
  const unseen = own.filter((one) => !shown.some(({ address }) => same(one, address)));
  const to = [...list('to'), ...unseen.map((address) => toWire(address, vasp.dialect))];
  const cc = list('cc');
  return { ...(to.length > 0 && { to }), ...(cc.length > 0 && { cc }) };
}

export function deliverReq(handover: Handover, vasp: Vasp, relayServerId: string): DeliverReq {
  const { message, road } = handover;
  return present<DeliverReq>({
    kind: 'DeliverReq',
    version: dialectOfVasp(vasp).version,
    relayServerId,
    vaspId: vasp.vaspId,
    vasId: road.kind === 'vasp' ? road.vas : undefined,
    linkedId: message.id,
    sender: handover.from === undefined ? HIDDEN : toWire(handover.from, vasp.dialect),
    recipients: recipientsFor(handover, vasp),
    previouslySentBy: message.forwarding?.previously.map(({ by }, i) => ({ address: toWire(by, vasp.dialect), sequence: i + 1 })),
    previouslySentDates: message.forwarding?.previously.flatMap(({ at }, i) =>
      at === undefined ? [] : [{ at, sequence: i + 1 }],
    ),
    timeStamp: message.date,
    priority: PRIORITIES[message.priority],
    subject: message.subject,
    ...message.application,
    content: undefined,
  } as { readonly [K in keyof DeliverReq]: DeliverReq[K] | undefined });
}

/** What a sender is told of one recipient. TS 23.140 8.7.1.4; `unreachable` has no word of its own. */
const MM_STATUS: Readonly<Record<ReportedOutcome, MmStatus>> = {
  deferred: 'Deferred',
  retrieved: 'Retrieved',
  rejected: 'Rejected',
  expired: 'Expired',
  unrecognised: 'Unrecognised',
  indeterminate: 'Indeterminate',
  unreachable: 'Indeterminate',
  forwarded: 'Forwarded',
};

/** Reason of a recipient whose road was found late, and did not fit. MMStatus has a word for it from release 6 on. */
const CONDITION_NOT_MET: NoRoute = 'condition-not-met';

const READ_STATUS = { read: 'Read', 'deleted-without-being-read': 'Deleted' } as const;

/** The name under which the VASP knows the message: the one that was replaced keeps its own. */
export const nameOfReported = ({ report, origin }: OutgoingReport): string =>
  (origin.interface === 'mm7' ? origin.replaces : undefined) ?? report.messageId;

/** What a VASP is told of its message; how it was taken stands in the response to its request. */
export type ToldContent = Exclude<OutgoingReport['report']['content'], { readonly kind: 'acknowledgement' }>;

export function reportReq(
  outgoing: OutgoingReport,
  content: ToldContent,
  vasp: Vasp,
  relayServerId: string,
): DeliveryReportReq | ReadReplyReq {
  const { report } = outgoing;
  const { version } = dialectOfVasp(vasp);
  const common = {
    version,
    relayServerId,
    messageId: nameOfReported(outgoing),
    recipient: toWire(report.recipient, vasp.dialect),
    sender: toWire(report.to, vasp.dialect),
    ...report.application,
  };
  if (content.kind === 'read')
    return { kind: 'ReadReplyReq', ...common, timeStamp: report.at, mmStatus: READ_STATUS[content.status] };
  const text = content.text ?? (content.outcome === 'unreachable' ? 'unreachable' : undefined);
  return {
    kind: 'DeliveryReportReq',
    ...common,
    date: report.at,
    mmStatus:
      content.text === CONDITION_NOT_MET && version.startsWith('6.') ? 'DeliveryConditionNotMet' : MM_STATUS[content.outcome],
    ...(content.outcome === 'rejected' && { mmStatusExtension: 'RejectionByMMSRecipient' }),
    ...(text !== undefined && { statusText: text }),
  };
}
