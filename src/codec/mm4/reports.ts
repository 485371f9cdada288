/** From and To of reports, about which peers disagree. TS 23.140 8.4.2, 8.4.3. */
import { isSameAddress, type Mm4Address } from './address.js';
import type { Mm4Dialect } from './dialect.js';

/** From and To of a report about `recipient` of a message from `sender`, as the peer wants them. */
export const reportAddresses = (
  { reportAddresses: order }: Pick<Mm4Dialect, 'reportAddresses'>,
  sender: Mm4Address,
  recipient: Mm4Address,
): { readonly from: Mm4Address; readonly to: readonly [Mm4Address] } =>
  order === 'mail' ? { from: recipient, to: [sender] } : { from: sender, to: [recipient] };

/**
 * Which recipient of the message a report is about, whichever way round the peer writes it: that of From and To which is one of them;
 * From where both are; else the sender of the envelope, if he is one. `recipients`: of the message. Undefined: nobody of them.
 */
export function reportedRecipient<T>(
  report: { readonly from?: Mm4Address; readonly to?: readonly Mm4Address[] },
  envelopeSender: Mm4Address | undefined,
  recipients: readonly T[],
  addressOf: (recipient: T) => Mm4Address,
): T | undefined {
  const named = (address: Mm4Address): T | undefined => recipients.find((it) => isSameAddress(addressOf(it), address));
  const from = report.from === undefined ? undefined : named(report.from);
  const to = (report.to ?? []).map(named).find((it) => it !== undefined);
  // A message to oneself and others: the sender is a recipient too. Mail direction is the reading of most peers.
  return from ?? to ?? (envelopeSender === undefined ? undefined : named(envelopeSender));
}
