/**
 * Addresses as MMS encapsulation writes them. MMS_ENC 1.3 clause 8.
 *
 * `/TYPE=` is compared without regard to case. Android never writes it, so that a bare number is a num-shortcode by the grammar although a
 * subscriber is meant: what a bare number means is the reader's decision.
 */

export type DeviceAddress =
  /** A phone number with /TYPE=PLMN. `digits`: without plus and separators; `international`: it had a plus. */
  | { readonly kind: 'plmn'; readonly digits: string; readonly international: boolean }
  | { readonly kind: 'ipv4'; readonly address: string }
  | { readonly kind: 'ipv6'; readonly address: string }
  /** `mailbox`: the address alone, its domain in the case it came; `name`: what stood before `<`. */
  | { readonly kind: 'email'; readonly mailbox: string; readonly name?: string }
  /** Digits without /TYPE=, after nothing, `+`, `*` or `#`. `digits`: without the mark and without separators. */
  | { readonly kind: 'num-shortcode'; readonly digits: string; readonly mark: '' | '+' | '*' | '#' }
  | { readonly kind: 'alphanum'; readonly text: string }
  /** Anything else. `type`: what stood behind /TYPE=. `text`: what stood before it, as written. */
  | { readonly kind: 'other'; readonly text: string; readonly type?: string };

const TYPED = /^(.*)\/TYPE=([A-Za-z0-9_]+)$/i;
/** Separators that people and address books put between digits. */
const NUMBER = /^\+?[0-9](?:[-. ()]*[0-9])*$/;
const BARE_NUMBER = /^([+*#]?)([0-9](?:[- ()]*[0-9])*)$/;
const IPV4 = /^(?:(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])(?:\.(?!$)|$)){4}$/;
const ALPHANUM = /^[A-Za-z0-9_]+$/;
const NAMED_MAILBOX = /^(.*)<([^<>]*)>$/;
const MAILBOX = /^[^\s@<>]+@[^\s@<>]+$/;
/** Longest address worth looking at. Unit: characters; a mailbox may have 254, a name before it the same again. */
const ADDRESS_MAX = 512;

const IPV6_GROUP = /^[0-9A-Fa-f]{1,4}$/;

/** Eight groups, or fewer with one `::`. */
function isIpv6(text: string): boolean {
  const halves = text.split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  return groups.every((group) => IPV6_GROUP.test(group)) && (halves.length === 2 ? groups.length < 8 : groups.length === 8);
}

const digitsOf = (text: string): string => text.replace(/[^0-9]/g, '');

function readTyped(text: string, type: string): DeviceAddress {
  switch (type.toUpperCase()) {
    case 'PLMN':
      if (NUMBER.test(text)) return { kind: 'plmn', digits: digitsOf(text), international: text.startsWith('+') };
      break;
    case 'IPV4':
      if (IPV4.test(text)) return { kind: 'ipv4', address: text };
      break;
    case 'IPV6':
      if (isIpv6(text)) return { kind: 'ipv6', address: text };
      break;
  }
  return { kind: 'other', text, type };
}

/** What an address text means. Never fails: a text that is no address of any kind is `other`. */
export function readDeviceAddress(address: string): DeviceAddress {
  const text = address.trim();
  if (text.length > ADDRESS_MAX) return { kind: 'other', text };
  const typed = TYPED.exec(text);
  if (typed) return readTyped(typed[1]!.trim(), typed[2]!);
  if (text.includes('@')) {
    const named = NAMED_MAILBOX.exec(text);
    const mailbox = (named ? named[2]! : text).trim();
    if (!MAILBOX.test(mailbox)) return { kind: 'other', text };
    const name = named?.[1]?.trim().replace(/^"(.*)"$/, '$1');
    return name ? { kind: 'email', mailbox, name } : { kind: 'email', mailbox };
  }
  const bare = BARE_NUMBER.exec(text);
  if (bare) return { kind: 'num-shortcode', digits: digitsOf(bare[2]!), mark: bare[1] as '' | '+' | '*' | '#' };
  return ALPHANUM.test(text) ? { kind: 'alphanum', text } : { kind: 'other', text };
}

/** An international number (E.164 digits without plus) as every carrier writes it. */
export const plmn = (digits: string): string => `+${digits}/TYPE=PLMN`;
