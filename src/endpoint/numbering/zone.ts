/** The zone: which names are in it, which numbers they are, and what stands at its top. */
import { NUMBER_DIGITS_MAX } from '#portability';
import type { EnumConfig } from './config.js';

/** A name inside the zone. `digits`: of the number, country code first, as far as the name says. */
export type ZoneName =
  | { readonly kind: 'top' }
  | { readonly kind: 'number'; readonly digits: string }
  | { readonly kind: 'nothing' };

const LABEL = /^[a-z0-9_]([-a-z0-9_]{0,61}[a-z0-9_])?$/i;
/** Octets of a domain name in text. RFC 1035 2.3.4. */
const NAME_MAX = 253;
/** Octets of a character string, as which NAPTR writes its expression. RFC 1035 3.3. */
const STRING_MAX = 255;
/** What a regular expression holds at most beside host and context: delimiters, scheme, number, `npdi`, `rn` of 15 digits, `user=phone`. */
const EXPRESSION_OVERHEAD = 80;
const CONTEXT = /^\+[0-9A-F]{1,15}$/i;

export class Zone {
  readonly config: EnumConfig;
  /** The zone's own name. */
  readonly name: string;
  private readonly labels: readonly string[];
  private readonly countryCode: string;

  /** Throws an Error that names what cannot be. */
  constructor(config: EnumConfig) {
    for (const fault of faultsOf(config)) throw new Error(`numbering: ENUM: ${fault}`);
    this.config = config;
    this.countryCode = config.countryCode ?? '';
    this.labels = [...[...this.countryCode].reverse(), ...config.root.toLowerCase().split('.')];
    this.name = this.labels.join('.');
  }

  /** What a name is, by its labels as they came; undefined when it is not in the zone. */
  find(labels: readonly string[]): ZoneName | undefined {
    const inside = labels.length - this.labels.length;
    if (inside < 0) return undefined;
    for (const [i, label] of this.labels.entries()) if (labels[inside + i]!.toLowerCase() !== label) return undefined;
    if (inside === 0) return { kind: 'top' };
    const digits = this.countryCode + labels.slice(0, inside).reverse().join('');
    const isNumber =
      labels.slice(0, inside).every((it) => /^[0-9]$/.test(it)) && digits.length <= NUMBER_DIGITS_MAX && digits[0] !== '0';
    return isNumber ? { kind: 'number', digits } : { kind: 'nothing' };
  }
}

const isName = (name: string): boolean => name.length <= NAME_MAX && name.split('.').every((it) => LABEL.test(it));

function faultsOf({
  root,
  countryCode,
  nameServers,
  contact,
  services,
  sipHost,
  routingNumbers,
  digitsMin,
  ...ttl
}: EnumConfig): string[] {
  const faults: string[] = [];
  for (const name of [root, contact, ...nameServers, ...(sipHost === undefined ? [] : [sipHost])])
    if (!isName(name)) faults.push(`"${name}" is no domain name`);
  if (countryCode !== undefined && !/^[1-9][0-9]{0,6}$/.test(countryCode)) faults.push(`"${countryCode}" is no country code`);
  if (nameServers.length === 0) faults.push('a zone needs a name server');
  if (services.length === 0) faults.push('no service is named');
  if (sipHost === undefined && services.some((it) => it !== 'pstn:tel')) faults.push('the services of SIP need a host');
  if (routingNumbers.kind === 'local' && !CONTEXT.test(routingNumbers.context) && !isName(routingNumbers.context))
    faults.push(`"${routingNumbers.context}" is no context of routing numbers`);
  const context = routingNumbers.kind === 'local' ? routingNumbers.context.length : 0;
  if ((sipHost?.length ?? 0) + context + EXPRESSION_OVERHEAD > STRING_MAX)
    faults.push('host and context of routing numbers do not fit a record together');
  if (!Number.isInteger(digitsMin) || digitsMin < 1 || digitsMin > NUMBER_DIGITS_MAX)
    faults.push(`no number has ${digitsMin} digits`);
  for (const seconds of [ttl.ttlSeconds, ttl.negativeTtlSeconds])
    if (!Number.isInteger(seconds) || seconds < 0 || seconds > 0x7fff_ffff) faults.push(`${seconds} seconds are no time to live`);
  return faults;
}
