/** What of a message a recipient may see of the people around it. Everything that shows a message to a recipient asks here. */
import type { Address } from './address.js';
import type { Message, Recipient } from './model.js';

/** The sender, unless hidden from the recipients. */
export const senderShown = (message: Message): Address | undefined => (message.senderHidden ? undefined : message.sender);

/** To and Cc. Nobody is shown a Bcc recipient, and such a one sees the same To and Cc as everybody. */
export const recipientsShown = (message: Message): readonly Recipient[] =>
  message.recipients.filter(({ field }) => field !== 'bcc');
