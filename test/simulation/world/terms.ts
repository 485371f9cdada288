/** On what terms a message must be kept, worked out from what was sent. */
import { isDeepStrictEqual } from 'node:util';
import { addressKey, type Delivery, type Message, type Policy } from '#messaging';
import type { Sent } from './compose.js';
import { SECOND } from './settings.js';

/**
 * What is wrong with a message that is to be kept; undefined: nothing. `before`: with a message that takes another's place, the versions that were
 * kept before it.
 */
export function wrongTerms(
  sent: Sent,
  message: Message,
  deliveries: readonly Delivery[],
  policy: Policy,
  before: readonly Message[] | undefined,
): string | undefined {
  const { pdu, intended } = sent;
  if (addressKey(message.sender) !== senderKeyOf(sent)) return 'its sender';
  if (message.senderHidden !== (pdu.senderVisibility === 'hide')) return 'whether the sender is hidden';
  const mayReport = pdu.messageClass !== 'auto';
  if (message.deliveryReport !== (mayReport && policy.deliveryReportsAllowed && pdu.deliveryReport === true))
    return 'delivery report';
  if (message.readReport !== (mayReport && policy.readReportsAllowed && pdu.readReport === true)) return 'read report';
  const is = [message.deliverAt, message.expiresAt];
  // What a replacement does not say holds as before: as with the version that could be replaced.
  const meant = (before ?? [undefined]).map((version) => timesOf(sent, message.acceptedAt, policy, version));
  if (!meant.some((times) => isDeepStrictEqual(times, is))) return `its times: ${is.join()} of ${meant.join(' or ')}`;
  if (before) return undefined;
  const kept = deliveries.map(({ recipient, state }) => `${addressKey(recipient)} ${state === 'refused'}`).sort();
  const wanted = intended.map(({ key, ours }) => `${key} ${!ours}`).sort();
  return kept.join() === wanted.join() ? undefined : `its recipients: ${kept.join()} of ${wanted.join()}`;
}

/** When it may be delivered, and when it expires. */
function timesOf({ pdu }: Sent, acceptedAt: number, policy: Policy, before: Message | undefined): readonly number[] {
  const at = (time: typeof pdu.expiry): number | undefined =>
    time === undefined ? undefined : time.kind === 'absolute' ? time.at : acceptedAt + time.seconds * SECOND;
  const deliverAt = Math.max(acceptedAt, at(pdu.deliveryTime) ?? before?.deliverAt ?? acceptedAt);
  const wished = at(pdu.expiry) ?? before?.expiresAt ?? deliverAt + policy.expiryDefaultMs;
  return [deliverAt, Math.min(wished, acceptedAt + policy.expiryMaxMs)];
}

const senderKeyOf = ({ from, sender }: Sent): string => (from ? addressKey(from) : `number:+${sender.msisdn}`);
