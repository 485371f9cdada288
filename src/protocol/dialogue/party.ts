/** Who a side of a dialogue is, as far as both directions write it alike. */
import { digitsOfAddress, type SccpAddress } from '#codec/sccp';

/**
 * What an address is known by: the digits of its global title, or point code and subsystem where it has none. Translation type, nature and
 * routing indicator stay out: nodes write them differently in the two directions of one dialogue. Empty for an address that says nothing.
 */
export function partyOf(address: SccpAddress): string {
  const digits = digitsOfAddress(address);
  if (digits !== undefined && digits !== '') return digits;
  if (address.pointCode !== undefined) return `${address.pointCode}:${address.ssn ?? ''}`;
  return '';
}
