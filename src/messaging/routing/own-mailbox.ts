/** E-mail addresses of our own domains, and domains that name a network. */
import { type Msisdn, toMsisdn } from '#base';
import type { DirectorySnapshot } from '#directory';

/** Domain of a mailbox, lower case; undefined when there is none. */
export function domainOf(mailbox: string): string | undefined {
  const at = mailbox.lastIndexOf('@');
  return at < 1 || at === mailbox.length - 1 ? undefined : mailbox.slice(at + 1).toLowerCase();
}

/** TS 23.140 8.4.4.1: an address type after the number, of which only numbers of the telephone network are meant here. */
const TYPE_PLMN = /\/type=plmn$/i;

/** Whom a local part of one of our domains means: `+E164`, with or without `/TYPE=PLMN` and plus, or a subscriber's alias. */
export function numberOfLocalPart(mailbox: string, snapshot: DirectorySnapshot): Msisdn | undefined {
  const local = mailbox.slice(0, mailbox.lastIndexOf('@'));
  return toMsisdn(local.replace(TYPE_PLMN, '').replace(/^\+/, '')) ?? snapshot.subscriberOfAlias(local.toLowerCase())?.msisdn;
}

/** TS 23.003 20: names of a network in the IP exchange; the network code is filled up to three digits. */
const NETWORK_DOMAIN = /(?:^|\.)mnc([0-9]{3})\.mcc([0-9]{3})\.(?:gprs|3gppnetwork\.org)$/;

/**
 * The networks that a carrier's domain can stand for, `MCC-MNC`: `mms.mnc001.mcc240.gprs` is 240-001, or 240-01 filled up. Empty: none.
 * Which of both it is the domain does not say.
 */
export function networksOfDomain(domain: string): readonly string[] {
  const [, mnc, mcc] = NETWORK_DOMAIN.exec(domain) ?? [];
  if (mnc === undefined) return [];
  return mnc.startsWith('0') ? [`${mcc}-${mnc.slice(1)}`, `${mcc}-${mnc}`] : [`${mcc}-${mnc}`];
}
