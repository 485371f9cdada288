/**
 * Addresses as decisions and routing see them, read once for each form that they come in. A network has few of them (exchanges, registers,
 * service centres), so nearly every address of a message has been met before: finding it costs a hash of its octets and a comparison.
 */
import { type AddressVariant, decodeAddress, type SccpAddress } from '#codec/sccp';
import type { TitleKey } from '#portability';
import { partyOf } from '#protocol/dialogue';

/** One address that was read. Nobody changes it: it is shared by all messages that carry it. */
export interface Title {
  /** A copy of the parameter's value. */
  readonly octets: Uint8Array;
  readonly address: SccpAddress;
  readonly key: TitleKey;
  /** Who it is: digits, or point code and subsystem. Empty when it does not say. */
  readonly party: string;
}

/** Places for addresses. Unit: addresses. Source: the nodes that one network's exchanges talk to, several times; 1 MB when full. A power of two. */
const TITLES_KEPT_MAX = 4096;
/** Longer addresses are read anew each time. Unit: octets. Source: indicator, point code, SSN, three octets of title and 32 digits. */
const TITLE_OCTETS_MAX = 24;

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

function hashOf(octets: Uint8Array): number {
  let hash = FNV_OFFSET;
  for (let i = 0; i < octets.length; i++) hash = Math.imul(hash ^ octets[i]!, FNV_PRIME);
  return (hash ^ (hash >>> 15)) & (TITLES_KEPT_MAX - 1);
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** What selectors and lists compare of an address. */
export function titleKeyOf(address: SccpAddress): TitleKey {
  const { routeOn, ssn, globalTitle: gt } = address;
  return {
    routeOn,
    indicator: gt?.indicator ?? 0,
    ...(gt !== undefined && 'translationType' in gt ? { translationType: gt.translationType } : {}),
    ...(gt !== undefined && 'numberingPlan' in gt ? { numberingPlan: gt.numberingPlan } : {}),
    ...(gt !== undefined && 'natureOfAddress' in gt ? { natureOfAddress: gt.natureOfAddress } : {}),
    ...(ssn === undefined ? {} : { ssn }),
    digits: gt !== undefined && 'digits' in gt ? gt.digits : '',
  };
}

/** Reads addresses, and keeps what it has read: the last one of each place, so that strangers cannot fill it. */
export class Titles {
  private readonly variant: AddressVariant;
  private readonly kept: (Title | undefined)[] = new Array(TITLES_KEPT_MAX).fill(undefined);

  constructor(variant: AddressVariant = 'itu') {
    this.variant = variant;
  }

  /** The address in these octets (without its length octet); undefined when they are none. */
  read(octets: Uint8Array): Title | undefined {
    const place = hashOf(octets);
    const known = this.kept[place];
    if (known !== undefined && isSame(known.octets, octets)) return known;
    const copy = octets.slice();
    const address = decodeAddress(copy, this.variant);
    if (!address.ok) return undefined;
    const title = { octets: copy, address: address.value, key: titleKeyOf(address.value), party: partyOf(address.value) };
    if (octets.length <= TITLE_OCTETS_MAX) this.kept[place] = title;
    return title;
  }
}
