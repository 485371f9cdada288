/** Addresses of mail, strictly. RFC 5322 3.4; without domain as MM4 writes them, TS 23.140 8.4.5. */
import type { Result } from '#base';
import type { Address, DeviceMailbox, Mailbox, MimeError, MimeField } from './model.js';

const unbuilt = (): never => {
  throw new Error('not built yet');
};

/**
 * An address list: mailboxes and groups, with comments and folded blanks between them; empty elements are passed over. Err on anything else:
 * nothing is guessed. A domain may be missing (`+15551230001/TYPE=PLMN`): whether that will do is for the caller to say.
 */
export const parseAddresses = (_value: string): Result<readonly Address[], MimeError> => unbuilt();

/** One mailbox and nothing else: of an envelope (`+15551230001/TYPE=PLMN@mms.example`, no angle brackets needed), a Sender, a From. */
export const parseMailbox = (_value: string): Result<Mailbox, MimeError> => unbuilt();

/**
 * `"Display" <local@domain>` or `local@domain`, quoted and encoded as need be. Err where no writing is safe: controls or characters that are
 * not ASCII in the local part, a domain that is none.
 */
export const mailboxText = (_mailbox: Mailbox): Result<string, MimeError> => unbuilt();

/** A mailbox or a group. Err as `mailboxText`. */
export const addressText = (_address: Address): Result<string, MimeError> => unbuilt();

/** A field of addresses, `To` for instance. Err as `mailboxText`. An empty list is `undisclosed-recipients:;`. */
export const addressField = (_name: string, _addresses: readonly Address[]): Result<MimeField, MimeError> => unbuilt();

/** What stands in front of `/TYPE=`, and behind it. */
export const deviceMailbox = (_localPart: string): DeviceMailbox => unbuilt();
