/** Who a message is from or for, as the domain knows it: interfaces turn their own spellings into these. */
import type { Msisdn } from '#base';

export type Address =
  | { readonly kind: 'number'; readonly msisdn: Msisdn }
  | { readonly kind: 'email'; readonly mailbox: string }
  | { readonly kind: 'short-code'; readonly code: string }
  /** Something that is no address of any kind; kept as written, so that the refusal can name it. */
  | { readonly kind: 'unknown'; readonly text: string };

/** The address as people write it, numbers with a plus sign. */
export function addressText(address: Address): string {
  switch (address.kind) {
    case 'number':
      return `+${address.msisdn}`;
    case 'email':
      return address.mailbox;
    case 'short-code':
      return address.code;
    case 'unknown':
      return address.text;
  }
}

/** Equal for two addresses that mean the same mailbox or subscriber. */
export const addressKey = (address: Address): string => `${address.kind}:${addressText(address).toLowerCase()}`;
