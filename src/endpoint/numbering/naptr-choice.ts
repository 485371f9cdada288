/** What NAPTR records of a number say of its home. RFC 6116 (ENUM), RFC 4355 (E2U+mms:mailto), RFC 4769 (E2U+pstn:tel), RFC 4694 (rn). */
import type { Msisdn } from '#base';
import type { NumberHome } from '#messaging/routing';
import type { Naptr } from './naptr.js';
import { substitute } from './naptr-expression.js';

/** Services that are understood. `mms:mailto`: the carrier's MMS relay. `pstn:tel`: a portability record. */
export type EnumClientService = 'mms:mailto' | 'pstn:tel';

/** `home` absent: the records say nothing of it. `malformed`: one of a service that is asked for makes no sense, and no other one does. */
export type NaptrChoice = {
  readonly kind: 'chosen' | 'malformed';
  readonly home?: NumberHome;
  readonly evidence: readonly string[];
};

/** Records that are shown of an answer. */
const EVIDENCE_MAX = 8;
/** Characters of one that are shown. */
const EVIDENCE_LENGTH_MAX = 200;

/** A record as a zone file has it; anything that is no printable character is shown as `?`. */
const recordText = ({ order, preference, flags, services, regexp, replacement }: Naptr): string =>
  `NAPTR ${order} ${preference} "${flags}" "${services}" "${regexp}" ${replacement || '.'}`
    .replace(/[^\x20-\x7e]/g, '?')
    .slice(0, EVIDENCE_LENGTH_MAX);

/** The lowest order, then the lowest preference, of a service that is asked for. Terminal records only. */
export function chooseHome(number: Msisdn, records: readonly Naptr[], services: readonly EnumClientService[]): NaptrChoice {
  const sorted = [...records].sort((a, b) => a.order - b.order || a.preference - b.preference);
  const evidence = sorted.slice(0, EVIDENCE_MAX).map(recordText);
  let isMalformed = false;
  for (const record of sorted) {
    const service = serviceIn(record.services, services);
    if (service === undefined || record.flags.toLowerCase() !== 'u') continue;
    const uri = substitute(record.regexp, `+${number}`);
    const home = uri === undefined ? 'malformed' : HOME[service](uri);
    if (home === 'malformed') isMalformed = true;
    else return { kind: 'chosen', ...(home && { home }), evidence: [recordText(record)] };
  }
  return { kind: isMalformed ? 'malformed' : 'chosen', evidence };
}

/** `E2U+mms:mailto`, several services joined by `+`, and the older order `mms:mailto+E2U`. */
function serviceIn(text: string, services: readonly EnumClientService[]): EnumClientService | undefined {
  const words = text.toLowerCase().split('+');
  return words.includes('e2u') ? services.find((service) => words.includes(service)) : undefined;
}

const DOMAIN = /^(?=.{1,253}$)[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?)+$/;

const HOME: Readonly<Record<EnumClientService, (uri: string) => NumberHome | undefined | 'malformed'>> = {
  'mms:mailto'(uri) {
    const [, domain] = /^mailto:[^@?]+@([^?]+)/i.exec(uri) ?? [];
    const name = domain?.toLowerCase().replace(/\.$/, '');
    return name !== undefined && DOMAIN.test(name) ? { kind: 'domain', domain: name } : 'malformed';
  },
  /** With `rn` the number was ported and that is where; without it, it was not, which says nothing of whose it is. */
  'pstn:tel'(uri) {
    if (!/^tel:\+?[0-9]/i.test(uri)) return 'malformed';
    const rn = uri.split(';').find((it) => /^rn=/i.test(it));
    if (rn === undefined) return undefined;
    const operator = rn
      .slice('rn='.length)
      .replace(/^\+/, '')
      .replace(/[-.()]/g, '');
    return /^[0-9A-F]{1,15}$/i.test(operator) ? { kind: 'operator', operator: operator.toUpperCase() } : 'malformed';
  },
};
