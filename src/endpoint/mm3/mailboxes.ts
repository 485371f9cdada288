/** Local parts of our mail domains: numbers, aliases, the addresses that bounces come back to, and the staff. RFC 4356 2.1.1, RFC 2142. */
import type { Msisdn } from '#base';
import { readDeviceAddress } from '#codec/mms';
import { type Address, addressText, isKey, normaliseNumber } from '#messaging';
import type { Mm3Directory, Mm3Settings } from './settings.js';

/** Begins the local part of a return path. What follows is the delivery's key in hexadecimal, as some servers do not keep the case. */
const RETURN_PREFIX = 'b-';
const STAFF: readonly string[] = ['postmaster', 'abuse'];

/** Whom a local part means. */
export type Mailbox =
  | { readonly kind: 'number'; readonly msisdn: Msisdn }
  /** Mail comes back here: `delivery` is what it was about. */
  | { readonly kind: 'return'; readonly delivery: string }
  | { readonly kind: 'staff' }
  | { readonly kind: 'unknown' };

/** The delivery that a return path is about. */
function deliveryOf(local: string): string | undefined {
  if (!local.startsWith(RETURN_PREFIX)) return undefined;
  const hex = local.slice(RETURN_PREFIX.length);
  const key = /^(?:[0-9a-f]{2})+$/.test(hex) ? Buffer.from(hex, 'hex').toString('latin1') : '';
  return isKey(key) ? key : undefined;
}

/** The address that mail about a delivery comes back to. */
export const returnPath = (delivery: string, domain: string): string =>
  `${RETURN_PREFIX}${Buffer.from(delivery, 'latin1').toString('hex')}@${domain}`;

function numberOf(localPart: string, settings: Mm3Settings): Msisdn | undefined {
  const device = readDeviceAddress(localPart);
  if (device.kind !== 'plmn' && device.kind !== 'num-shortcode') return undefined;
  const international = device.kind === 'plmn' ? device.international : device.mark === '+';
  if (device.kind === 'num-shortcode' && device.mark !== '' && device.mark !== '+') return undefined;
  if (!international && settings.incoming?.plusRequired) return undefined;
  return normaliseNumber(international ? `+${device.digits}` : device.digits, settings.numbering);
}

/** Whom the local part of an address in one of our domains means. No tags: a plus sign begins a number. */
export function mailboxOf(localPart: string, settings: Mm3Settings, directory: Mm3Directory | undefined): Mailbox {
  const local = localPart.toLowerCase();
  if (STAFF.includes(local)) return { kind: 'staff' };
  const delivery = deliveryOf(local);
  if (delivery !== undefined) return { kind: 'return', delivery };
  const msisdn = numberOf(localPart, settings) ?? directory?.snapshot.subscriberOfAlias(local)?.msisdn;
  return msisdn === undefined ? { kind: 'unknown' } : { kind: 'number', msisdn };
}

/** The domain's address as a mailbox of the Internet, always with a domain (RFC 4356 2.1.1). Undefined where it is none. */
export function toMailbox(address: Address, settings: Mm3Settings): string | undefined {
  switch (address.kind) {
    case 'number':
    case 'short-code':
      return `${addressText(address)}@${settings.domains[0]}`;
    case 'email':
      return address.mailbox;
    case 'unknown':
      return undefined;
  }
}

/** A mailbox of the Internet as the domain knows it: a number of ours, or somebody elsewhere. */
export function toAddress(mailbox: { readonly localPart: string; readonly domain?: string }, settings: Mm3Settings): Address {
  const { localPart, domain } = mailbox;
  if (domain === undefined) return { kind: 'unknown', text: localPart };
  if (!settings.domains.includes(domain)) return { kind: 'email', mailbox: `${localPart}@${domain}` };
  const ours = mailboxOf(localPart, settings, undefined);
  return ours.kind === 'number' ? ours : { kind: 'email', mailbox: `${localPart}@${domain}` };
}
